// A page on which somebody waits goes on by itself. Without this file a reload shows what has changed.
(() => {
  const { asks, then } = document.querySelector("[data-asks]").dataset;
  following({
    address: () => asks,
    often: 5,
    seldom: 20,
    answered: (status) => {
      if (status === 200) location.assign(then); // any other: signed out, nothing here to lose or to show
    },
  });
})();
