// Rating, made smoother. Without this file the same cards work by their buttons.
(() => {
  const other = { mine: "partners", partners: "mine" };

  // The first tap fills both directions. It runs before the card is sent (capture).
  document.addEventListener("change", (event) => {
    const { form, name, value, type } = event.target;
    if (type !== "radio" || !other[name] || form.querySelector(`[name=${other[name]}]:checked`)) return;
    form.querySelector(`[name=${other[name]}][value=${value}]`).checked = true;
  }, true);

  // A save that did not arrive is said, not hidden. Answers of 400, 401 and 409 say it themselves.
  const tellsItself = new Set([400, 401, 409]);
  const unsaved = (event) => {
    const form = event.target.closest?.("form[data-unsaved]");
    if (!form || tellsItself.has(event.detail.ctx?.response?.raw?.status)) return;
    form.querySelector(".saved").textContent = form.dataset.unsaved;
  };
  document.addEventListener("htmx:error", unsaved);
  document.addEventListener("htmx:response:error", unsaved);
})();
