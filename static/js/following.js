// Asks the server now and then whether something has changed: often at first, seldom later, never while
// nobody looks. `address` says where to ask; `answered` gets the status of every answer but 204, "not yet".
const following = ({ address, often, seldom, answered }) => { // both in seconds
  const AWHILE = 5 * 60; // seconds
  let since = Date.now();
  let timer;
  let asking = false; // one question at a time: two answers would change the page twice
  let gone = false; // somebody leaves quickly: no late answer may bring a page back
  document.addEventListener("leaving", () => { gone = true; });

  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 1000 * (Date.now() - since > 1000 * AWHILE ? seldom : often));
  };
  const ask = async () => {
    const asks = address();
    if (!asks || asking || document.visibilityState !== "visible") return; // asked when somebody looks again
    asking = true;
    try {
      const { status } = await fetch(asks, { headers: { "X-Follows": "1", "HX-Request": "true" } });
      if (gone) return;
      if (status !== 204) return await answered(status);
      wait();
    } catch {
      wait(); // not reached: asked again
    } finally {
      asking = false;
    }
  };
  addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") ask();
  });
  wait();
  return {
    hasLeft: () => gone,
    again: () => { since = Date.now(); wait(); }, // something has changed: the next may come soon
  };
};
