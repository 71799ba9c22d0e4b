// Copy and share buttons for a link or a message. Hidden until this file shows that they work.
(() => {
  const COPIED_FOR = 4000; // milliseconds
  const status = document.getElementById("shared");
  const shares = Boolean(navigator.share);
  for (const button of document.querySelectorAll("[data-copy]")) {
    if (!navigator.clipboard) continue;
    const isMessage = button.parentElement.querySelector("[data-share]");
    if (isMessage && shares) continue; // one way is enough: what it is shared with can copy it, too
    button.hidden = false;
    const label = button.textContent;
    let timer;
    button.addEventListener("click", async () => {
      const field = document.getElementById(button.dataset.copy);
      try {
        await navigator.clipboard.writeText(field.value);
      } catch {
        return field.select(); // the browser forbids it: then it can be copied by hand
      }
      button.style.minInlineSize = `${button.offsetWidth}px`; // what stands beside it stays there
      button.textContent = button.dataset.copied;
      status.textContent = button.dataset.done;
      clearTimeout(timer);
      timer = setTimeout(() => {
        button.textContent = label;
        status.textContent = ""; // so that copying again is announced again
      }, COPIED_FOR);
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
