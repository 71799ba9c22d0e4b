// Copy and share buttons for an invitation. Hidden until this file shows that they work.
(() => {
  for (const button of document.querySelectorAll("[data-copy]")) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const field = document.getElementById(button.dataset.copy);
      await navigator.clipboard.writeText(field.value);
      document.getElementById("shared").textContent = button.dataset.done;
    });
  }
  for (const button of document.querySelectorAll("[data-share]")) {
    if (!navigator.share) {
      document.querySelector("[data-copy=link]").classList.remove("plain"); // then this is the main way
      continue;
    }
    button.hidden = false;
    button.addEventListener("click", () => {
      const field = document.getElementById(button.dataset.share);
      navigator.share({ text: field.value }).catch(() => {});
    });
  }
})();
