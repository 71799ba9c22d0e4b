// The page of a sealed deck opens by itself. Without this file a reload shows that it is open.
(() => {
  const OFTEN = 5, SELDOM = 20; // seconds
  const AWHILE = 5 * 60; // seconds
  const since = Date.now();
  let gone = false; // somebody leaves quickly: no late answer may bring a page back
  document.addEventListener("leaving", () => { gone = true; });
  const { asks, then } = document.querySelector("[data-asks]").dataset;

  const wait = () => setTimeout(ask, 1000 * (Date.now() - since > 1000 * AWHILE ? SELDOM : OFTEN));
  const ask = async () => {
    if (document.visibilityState !== "visible") return wait();
    try {
      const answer = await fetch(asks, { headers: { "X-Follows": "1", "HX-Request": "true" } });
      if (gone) return;
      if (answer.status === 200) return location.assign(then);
      if (answer.status !== 204) return; // signed out: nothing here to lose, and nothing to show
    } catch { /* not reached: asked again */ }
    wait();
  };
  wait();
})();
