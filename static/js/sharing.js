// Copy and share buttons for a link or a message. Hidden until this file shows that they work.
(() => {
  const shares = Boolean(navigator.share);
  for (const button of document.querySelectorAll("[data-copy]")) {
    if (!navigator.clipboard) continue;
    const isMessage = button.parentElement.querySelector("[data-share]");
    if (isMessage && shares) continue; // one way is enough: what it is shared with can copy it, too
    button.hidden = false;
    button.addEventListener("click", async () => {
      const field = document.getElementById(button.dataset.copy);
      await navigator.clipboard.writeText(field.value);
      document.getElementById("shared").textContent = button.dataset.done;
    });
  }
  for (const button of document.querySelectorAll("[data-share]")) {
    const mail = button.parentElement.querySelector("[data-mail]");
    if (shares) {
      button.hidden = false;
      mail.hidden = true;
    } else if (navigator.clipboard) {
      mail.classList.add("plain"); // then copying is the main way
    }
    button.addEventListener("click", () => {
      const field = document.getElementById(button.dataset.share);
      navigator.share({ text: field.value }).catch(() => {});
    });
  }
})();
