// A copy is fetched as a file, which leaves the page as it is: "ready", though it is gone by then.
// So the page looks until the site says that it was fetched, and then shows what the site says.
(() => {
  const WAIT = 1000; // milliseconds
  const TRIES = 60;
  let gone = false;
  document.addEventListener("leaving", () => { gone = true; });
  const form = () => document.querySelector("form[data-fetches]");
  const look = async (tries) => {
    const { status, page } = await pageAt(location.pathname).catch(() => ({}));
    if (gone) return;
    if (status === 200 && !page.querySelector("form[data-fetches]")) {
      const now = page.getElementById("content");
      if (page.body.dataset.owner !== document.body.dataset.owner || !now) return location.reload();
      document.getElementById("content").replaceWith(now);
      document.querySelector("#content [role=status]")?.focus();
    } else if (tries > 1) {
      setTimeout(look, WAIT, tries - 1);
    }
  };
  form()?.addEventListener("submit", () => { setTimeout(look, WAIT, TRIES); });
})();
