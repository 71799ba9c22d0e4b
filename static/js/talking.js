// A talk that two people hold on two screens follows by itself. Without this file a reload shows it.
(() => {
  let asker; // of this talk, as long as it is not over
  const talk = () => document.getElementById("talk");

  const localTimes = () => {
    for (const each of document.querySelectorAll("time.local")) {
      each.textContent = new Date(each.dateTime).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    }
  };

  // Somebody who is writing is told; a page without new words of theirs is changed for them.
  const isWriting = (form) => form.contains(document.activeElement) || isTouched(form);
  const somebodyWrites = () => [...talk().querySelectorAll("form[data-card]")].some(isWriting);
  const follow = async () => {
    const { page } = somebodyWrites() ? {} : await pageAt(location.pathname);
    if (asker.hasLeft()) return;
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
    used();
    asker.again();
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
      const answer = await fetch(address(), { headers: { "HX-Request": "true" } }).catch(() => null);
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

  const address = () => {
    const { state, look } = talk()?.dataset ?? {};
    return state && `${state}?look=${look}`;
  };
  const answered = (status) => {
    if (status === 200) return follow();
    if (status === 404) return leave();
    location.reload(); // signed out
  };

  localTimes();
  if (address()) {
    asker = following({ address, often: 3, seldom: 15, answered });
    used();
  }
})();
