// Leave quickly: cover the page at once, end the session behind it, and go somewhere plain.
// After GOV.UK's "Exit this page": Shift three times within five seconds does the same.
(() => {
  const link = document.querySelector("[data-leave]");
  if (!link) return;
  const told = link.parentElement.querySelector("[role=status]");
  const WITHIN = 5000; // milliseconds
  let presses = 0;
  let withAnotherKey = false;
  let timer;

  function leave() {
    document.dispatchEvent(new Event("leaving")); // whatever waits to be sent is let go
    const cover = document.createElement("div");
    cover.className = "cover";
    document.body.append(cover);
    document.title = "\u00a0";
    try {
      sessionStorage.clear();
      localStorage.clear();
    } catch {
      // storage is switched off: there is nothing to clear
    }
    fetch(link.href, { keepalive: true, redirect: "manual", cache: "no-store" }).catch(() => {});
    location.replace(link.dataset.leave);
  }

  function count(to) {
    clearTimeout(timer);
    presses = to;
    link.dataset.presses = presses;
    told.textContent = [, link.dataset.twice, link.dataset.once][presses] || "";
    if (presses) timer = setTimeout(() => count(0), WITHIN);
  }

  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });

  // A Shift that made a capital letter is no press of its own.
  document.addEventListener("keyup", (event) => {
    if (event.key === "Shift" && !withAnotherKey) {
      if (presses === 2) leave();
      else count(presses + 1);
    } else if (event.key !== "Shift") {
      count(0);
    }
    withAnotherKey = event.shiftKey;
  });

  // What waits in this tab to be saved is one person's. It goes when they sign out, and when somebody
  // else is signed in here.
  document.addEventListener("submit", ({ target }) => {
    if (target.querySelector("[data-sign-out]")) sessionStorage.clear();
  });
  const { owner } = document.body.dataset;
  const kept = JSON.parse(sessionStorage.getItem("unsaved") ?? "null");
  if (owner && kept && kept.owner !== owner) sessionStorage.clear();

  // A page that the browser kept is shown as it was left; ask for it anew instead.
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
})();
