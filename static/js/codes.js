// A mailed code has six digits. Its form is sent once they are all there: typed, pasted or filled in
// by the browser.
(() => {
  const field = document.querySelector("[data-six-digits]");
  field?.addEventListener("input", () => {
    if (/^\s*\d{3}[\s-]?\d{3}\s*$/.test(field.value.normalize("NFKC"))) field.form.requestSubmit();
  });
})();
