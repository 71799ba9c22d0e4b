// A talk that two people hold on two screens follows by itself. Without this file a reload shows it.
(() => {
  // Often while the other may be here, seldom later; never while nobody looks.
  const OFTEN = 3, SELDOM = 15; // seconds
  const AWHILE = 5 * 60; // seconds
  let since = Date.now();
  let timer;
  let gone = false; // somebody leaves quickly: no late answer may bring this page back
  document.addEventListener("leaving", () => { gone = true; });
  const talk = () => document.getElementById("talk");

  const localTimes = () => {
    for (const each of document.querySelectorAll("time.local")) {
      each.textContent = new Date(each.dateTime).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    }
  };

  const wait = () => {
    clearTimeout(timer);
    const seconds = Date.now() - since > 1000 * AWHILE ? SELDOM : OFTEN;
    timer = setTimeout(ask, 1000 * seconds);
  };

  // Somebody who is writing is told; a page without new words of theirs is changed for them.
  const isWriting = (form) => form.contains(document.activeElement) || isTouched(form);
  const somebodyWrites = () => [...talk().querySelectorAll("form[data-card]")].some(isWriting);
  const follow = async () => {
    const { page } = somebodyWrites() ? {} : await pageAt(location.pathname);
    if (gone) return;
    if (somebodyWrites()) return tellMoved(); // perhaps begun while the page was on its way
    const now = page.getElementById("talk");
    if (!now) return location.reload();
    const said = now.querySelector(":scope > .just-said");
    const isRead = said?.textContent === talk().querySelector(":scope > .just-said")?.textContent;
    talk().replaceWith(now);
    document.title = page.title;
    window.htmx?.process(now);
    localTimes();
    const first = isRead || !said ? now.querySelector("h1") : said; // what stood there before is not said again
    first.tabIndex = -1;
    first.focus(); // which a screen reader says, once
    since = Date.now();
    used();
    wait();
  };

  // It stands under the field that somebody is writing in, where they see it.
  const tellMoved = () => {
    if (document.getElementById("moved")) return;
    const form = [...talk().querySelectorAll("form[data-card]")].find(isWriting);
    const field = form.contains(document.activeElement) && document.activeElement.closest(".field, fieldset");
    (field || form.querySelector(".field") || form).append(copyOf("moved-on"));
  };
  const copyOf = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);

  // A session that nobody uses ends. A page that follows by itself asks first whether somebody is there.
  let idle;
  const used = () => {
    clearTimeout(idle);
    document.getElementById("staying")?.remove();
    idle = setTimeout(askWhetherToStay, 60_000 * document.getElementById("still-there").dataset.minutes);
  };
  const askWhetherToStay = () => {
    const staying = copyOf("still-there");
    staying.querySelector("button").addEventListener("click", async () => {
      const { state, look } = talk().dataset;
      const answer = await fetch(`${state}?look=${look}`, { headers: { "HX-Request": "true" } }).catch(() => null);
      if (answer?.ok) used();
      else location.reload();
    });
    talk().querySelector("h1").after(staying);
  };
  document.addEventListener("htmx:finally:request", used);

  // The talk is gone, since one of the two has left. Words that were not sent are left to their writer.
  const leave = () => {
    const gone = document.getElementById("gone");
    if (!somebodyWrites()) return location.assign(gone.querySelector("a").href);
    document.getElementById("moved")?.remove();
    for (const each of talk().querySelectorAll(".saved")) each.textContent = "";
    gone.hidden = false;
  };

  let asking = false; // one question at a time: two answers would change the page twice
  const ask = async () => {
    if (asking) return;
    asking = true;
    await askOnce();
    asking = false;
  };
  const askOnce = async () => {
    const { state, look } = talk()?.dataset ?? {};
    if (!state) return;
    if (document.visibilityState !== "visible") return; // asked when somebody looks again
    try {
      const answer = await fetch(`${state}?look=${look}`, { headers: { "X-Follows": "1", "HX-Request": "true" } });
      if (gone) return;
      if (answer.status === 200) return await follow();
      if (answer.status === 404) return leave();
      if (answer.status !== 204) return location.reload(); // signed out
    } catch { /* not reached: asked again */ }
    wait();
  };

  addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") ask();
  });
  localTimes();
  if (talk()?.dataset.state) {
    wait();
    used();
  }
})();
