// A link carries its code behind the "#", where no server or log sees it. Put it in the form. What
// mail programs make of a link is not undone here: the form takes it as it is.
(() => {
  const form = document.querySelector("form[data-code-from-link]");
  if (!form) return;
  const decoded = (text) => {
    try {
      return decodeURIComponent(text);
    } catch {
      return text; // a "%" that was cut off
    }
  };
  const send = () => {
    const text = decoded(location.hash.slice(1));
    const linked = text.replace(/[^\p{L}\p{N}]/gu, "").length >= 12; // "#content" leads into a page
    if (linked) form.elements.code.value = text;
    if (!linked && !form.hasAttribute("data-code-found")) return;
    history.replaceState(null, "", form.dataset.codeFromLink);
    form.requestSubmit();
  };
  addEventListener("hashchange", send);
  send();
})();
