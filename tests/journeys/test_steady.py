"""Nothing on a page moves while it loads, where a thumb may be about to tap."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Page, Route

from boundaries.content.catalogue import Deck
from boundaries.vocabulary import Stance
from tests.conftest import Person, opened_together, talk, write
from tests.journeys.conftest import PhoneMaker, sign_in
from tests.support import routes

pytestmark = [
    pytest.mark.once,
    pytest.mark.chromium,  # no other browser says what has moved
    pytest.mark.django_db(transaction=True),
]

MOST = 0.01  # of the screen; up to 0.1 passes for good (web.dev/articles/cls)
PUBLIC = ("/", "/help/", "/demo/sheet/", "/demo/comparison/", "/account/signup/", "/account/login/")
ALONE = ("/home/", "/decks/essentials/", "/decks/essentials/last-look/", "/answers/a1/")
TOGETHER = ("/home/", "/decks/essentials/comparison/", f"/talks/{routes.TALK}/", "/understandings/")

NOTE_SHIFTS = """
  window.shifts = [];
  const box = ({ y, height }) => `${Math.round(y)}+${Math.round(height)}`;
  new PerformanceObserver((list) => {
    for (const { value, sources } of list.getEntries()) {
      const words = (node) => (node?.textContent ?? "").trim().slice(0, 30);
      const moved = sources.map(({ node, previousRect, currentRect }) =>
        `${words(node)} ${box(previousRect)} to ${box(currentRect)}`);
      window.shifts.push([value, moved]);
    }
  }).observe({ type: "layout-shift", buffered: true });
"""


def as_on_a_slow_phone(page: Page) -> None:
    """What comes late is painted late: nothing is in the cache, and every file takes its time."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    devtools.send("Network.setCacheDisabled", {"cacheDisabled": True})
    line = {"latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 90_000}
    devtools.send("Network.emulateNetworkConditions", {"offline": False, **line})
    page.add_init_script(NOTE_SHIFTS)
    page.route("**/*.woff2", late)


def late(route: Route) -> None:
    time.sleep(0.5)  # the page has been painted by then
    route.continue_()


def moved(page: Page, paths: tuple[str, ...]) -> dict[str, list[str]]:
    """What moved on these pages by more than is allowed."""
    found = {}
    for path in paths:
        page.goto(path)
        page.evaluate("() => document.fonts.ready")
        page.evaluate(
            "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))"
        )
        shifts = page.evaluate("window.shifts")
        if sum(value for value, _ in shifts) > MOST:
            found[path] = [f"{value:.3f}: {', '.join(what)}" for value, what in shifts]
    return found


def test_nothing_moves_while_a_page_loads(
    alice: Person, bob: Person, deck: Deck, phone: PhoneMaker
) -> None:
    page = phone()
    as_on_a_slow_phone(page)

    found = moved(page, PUBLIC)
    for behaviour in deck.behaviours[:4]:
        write(alice, behaviour, Stance.ACCEPTABLE)
    sign_in(page, alice)
    found |= moved(page, ALONE)
    opened_together(alice, bob, deck)
    talk(alice)
    found |= moved(page, TOGETHER)

    assert found == {}
