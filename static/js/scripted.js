// Runs before the page is painted, so that nothing moves when the other scripts come.
(() => {
  const { classList } = document.documentElement;
  classList.add("scripted");
  // Where one of them does not come, buttons save.
  addEventListener("load", () => { if (!window.htmx || !window.isTouched) classList.remove("scripted"); });
})();
