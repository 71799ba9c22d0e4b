// Choosing a language loads the page anew. What was typed on it and not sent comes along in this tab,
// until its form is there again. What saves itself does not need this: see saving.js.
(() => {
  const STORE = "carried";
  const LONGEST = 900_000; // milliseconds: somebody may have to show who they are on the way
  const TYPED = ["text", "textarea", "email", "search", "date", "time", "select-one", "radio", "checkbox"]; // no password
  const { owner = "" } = document.body.dataset;
  const actionOf = (form) => form.getAttribute("action") ?? location.pathname;
  const isCode = ({ autocomplete }) => autocomplete === "one-time-code"; // it would be sent by itself, and count as a try
  const typedIn = (form) => [...form.elements].filter((field) => field.name && TYPED.includes(field.type) && !isCode(field));
  const forms = () => [...document.querySelectorAll("form:not(.languages, [data-card])")].filter((form) => typedIn(form).length);
  const isTick = ({ type }) => ["radio", "checkbox"].includes(type);

  const wordsOf = (form) => {
    const fields = typedIn(form).filter((field) => !isTick(field) || field.checked);
    return { action: actionOf(form), body: fields.map(({ name, value }) => [name, value]) };
  };
  const restore = (form, body) => {
    const said = new URLSearchParams(body);
    for (const field of typedIn(form)) {
      if (isTick(field)) field.checked = said.getAll(field.name).includes(field.value);
      else if (said.has(field.name)) field.value = said.get(field.name);
      const fold = field.closest("details");
      if (fold && (isTick(field) ? field.checked : field.value)) fold.open = true;
    }
  };

  try {
    const kept = JSON.parse(sessionStorage.getItem(STORE) ?? "null");
    const isOver = kept && (Date.now() - kept.at > LONGEST || (owner && kept.owner !== owner));
    const here = kept && !isOver && kept.owner === owner ? forms() : [];
    const found = kept?.forms.filter(({ action }) => here.some((form) => actionOf(form) === action)) ?? [];
    for (const { action, body } of found) {
      const at = here.findIndex((form) => actionOf(form) === action);
      if (at >= 0) restore(...here.splice(at, 1), body);
    }
    if (isOver || found.length) sessionStorage.removeItem(STORE);
  } catch {
    // storage is switched off, or what is kept there is not ours
  }

  document.addEventListener("submit", ({ target }) => {
    if (!target.matches(".languages")) return;
    const typed = forms().map(wordsOf);
    try {
      if (typed.length) sessionStorage.setItem(STORE, JSON.stringify({ owner, at: Date.now(), forms: typed }));
    } catch {
      // there is no room: it is lost, as by any other link
    }
  });
})();
