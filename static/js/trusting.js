// How text of this site becomes part of a page (Trusted Types). Nothing else may make markup here.
(() => {
  // What htmx swaps in: never a script, a frame or a style. Text that holds one is not ours.
  const FOREIGN = /<\s*(?:script|iframe|frame|object|embed|base|link|meta|style)\b/i;
  const rules = {
    createHTML(text) {
      if (FOREIGN.test(text)) throw new TypeError("not markup of this site");
      return text;
    },
  };
  const policy = window.trustedTypes?.createPolicy("htmx", rules) ?? rules;
  document.addEventListener("htmx:before:process", () => {
    htmx.registerExtension("trusting", { init: ({ initSecurity }) => initSecurity(policy) });
  }, { once: true });

  // Another page of this site, to read in. The browser reads it itself, so no text is trusted at all.
  window.pageAt = (address) =>
    new Promise((found, lost) => {
      const request = new XMLHttpRequest();
      request.open("GET", address);
      request.responseType = "document";
      request.onload = () => found({ status: request.status, page: request.response });
      request.onerror = lost;
      request.send();
    });
})();
