// A link carries its code behind the "#", where no server or log sees it. Put it in the form.
(() => {
  const form = document.querySelector("form[data-code-from-link]");
  const code = decodeURIComponent(location.hash.slice(1));
  if (!form || !code) return;
  history.replaceState(null, "", location.pathname);
  form.elements.code.value = code;
  form.requestSubmit();
})();
