// Leave quickly: empty the page at once, end the session behind it, and go somewhere plain.
// After GOV.UK's "Exit this page": Shift three times within five seconds does the same.
(() => {
  const link = document.querySelector("[data-leave]");
  if (!link) return;
  const told = link.parentElement.querySelector("[role=status]");
  const WITHIN = 5000; // milliseconds
  // In other tabs of this site there is as much to see.
  const tabs = window.BroadcastChannel && new BroadcastChannel("leaving");
  let presses = 0;
  let alone = false; // whether Shift is down, and nothing else was pressed since
  let timer;

  function empty() {
    document.body.replaceChildren();
    document.title = "\u00a0";
  }

  // Whatever waits to be sent is let go first: taking a field away may count as having changed it.
  function vanish() {
    document.dispatchEvent(new Event("leaving"));
    empty();
  }

  function go() {
    try {
      sessionStorage.clear();
      localStorage.clear();
    } catch {
      // storage is switched off: there is nothing to clear
    }
    location.replace(link.dataset.leave);
  }

  // The cookie is for when the site cannot be reached now: the next request that gets through ends
  // the session, before it is answered.
  function leave() {
    vanish();
    document.cookie = `${link.dataset.left}=1; path=/; samesite=strict${location.protocol === "https:" ? "; secure" : ""}`;
    fetch(link.href, { keepalive: true, redirect: "manual", cache: "no-store" }).catch(() => {});
    tabs?.postMessage("");
    go();
  }

  function count(to) {
    clearTimeout(timer);
    if (presses === to) return;
    presses = to;
    link.dataset.presses = presses;
    told.textContent = [, link.dataset.twice, link.dataset.once][presses] || "";
    if (presses) timer = setTimeout(() => count(0), WITHIN);
  }

  for (const each of document.querySelectorAll("[data-leave], [data-leaves]")) {
    for (const name of ["click", "auxclick"]) {
      each.addEventListener(name, (event) => {
        if (event.button === 2) return; // a menu
        event.preventDefault();
        leave();
      });
    }
  }
  tabs?.addEventListener("message", () => {
    vanish();
    go();
  });

  // Only a Shift that is pressed and let go by itself counts: not one that makes a capital letter,
  // marks text or, with another key, changes the keyboard.
  const withAnother = ({ ctrlKey, altKey, metaKey }) => ctrlKey || altKey || metaKey;
  addEventListener("keydown", (event) => {
    if (event.key !== "Shift" || withAnother(event)) {
      alone = false;
      count(0);
    } else if (!event.repeat) {
      alone = true;
    }
  }, true);
  addEventListener("pointerdown", () => { alone = false; }, true);
  addEventListener("keyup", (event) => {
    if (event.key !== "Shift" || !alone || withAnother(event)) return;
    alone = false;
    if (presses === 2) leave();
    else count(presses + 1);
  }, true);

  // A browser may keep a page as it was, to show it again at "back". It keeps an empty one, and
  // asks for it anew.
  addEventListener("pagehide", empty);
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });

  // What waits in this tab to be saved is one person's. It goes when they sign out, and when somebody
  // else is signed in here.
  document.addEventListener("submit", ({ target }) => {
    if (target.querySelector("[data-sign-out]")) sessionStorage.clear();
  });

  // Showing who one is changes the key of the session, and asking for a code may begin one. A second
  // press would come with the old one, or with none.
  let pressed = 0;
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-once]")) return;
    if (Date.now() - pressed < 5_000) event.preventDefault();
    else pressed = Date.now();
  });
  // A refused form of this kind was posted to get here: "back" must not ask to post it again.
  if (document.querySelector('[data-once] [aria-invalid="true"]')) history.replaceState(history.state, "");

  const { owner } = document.body.dataset;
  try {
    const kept = JSON.parse(sessionStorage.getItem("unsaved") ?? "null");
    if (owner && kept && kept.owner !== owner) sessionStorage.clear();
  } catch {
    // nothing is kept there, or nothing that is ours
  }
})();
