// A mailed code has six digits. Its form is sent once they are all there: typed, pasted or filled in
// by the browser, which may do so before this runs.
(() => {
  const field = document.querySelector("[data-six-digits]");
  if (!field) return;
  function sendOnceComplete() {
    if (/^\s*\d{3}[\s-]?\d{3}\s*$/.test(field.value.normalize("NFKC"))) field.form.requestSubmit();
  }
  field.addEventListener("input", sendOnceComplete);
  if (field.value !== field.defaultValue) sendOnceComplete();
})();
