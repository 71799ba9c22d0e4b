"""What has the focus can be seen, the way out covers nothing, and what is chosen looks chosen.

Each of these holds for every page, in every state that somebody can be in.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import PhoneMaker, sign_in, take_focus
from tests.journeys.everywhere import AGREEING, OPEN, STATES, TALKING, pages, somebody
from tests.support.depth import DAY, some_each_day

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]

SIZES = ((320, 568), (390, 844), (640, 360), (1280, 800))
LONGEST = 160  # stops of the Tab key on one page
DAILY = ("ready", TALKING)  # the two with bars at the bottom and many choices


def by_day_or_night(turn: int) -> list[Any]:
    """By day one of two states, and the other tomorrow; by night all there are."""
    today = DAILY[(DAY + turn) % 2]
    return [
        pytest.param(state, id=state, marks=[] if state == today else [pytest.mark.deep])
        for state in STATES
    ]


# Some point of what has the focus, or of its label, is what one sees there (WCAG 2.4.11).
FOCUSED = """() => {
  const at = document.activeElement;
  if (!at || at === document.body || at === document.documentElement) return null;
  const shown = [at, ...(at.labels ?? [])];
  const seen = shown.some((one) => [...one.getClientRects()].some(({ left, top, width, height }) =>
    [0.1, 0.5, 0.9].some((across) => [0.1, 0.5, 0.9].some((down) => {
      const hit = document.elementFromPoint(left + width * across, top + height * down);
      return hit && shown.some((other) => other.contains(hit));
    }))));
  const name = (at.innerText || at.labels?.[0]?.innerText || at.name || at.id || "").trim();
  return { seen, name: `${at.tagName.toLowerCase()} ${name.slice(0, 60)}` };
}"""

# From top to bottom of the page, the strip stays at the top: opaque, as wide as the page.
STRIP = """() => {
  const strip = document.querySelector(".strip"), out = document.querySelector("[data-leave]");
  const wrong = [];
  scrollTo(0, 0);
  const below = document.querySelector("#content").getBoundingClientRect().top;
  if (below < strip.getBoundingClientRect().bottom - 1) wrong.push("the page begins under it");
  const paper = getComputedStyle(strip).backgroundColor;
  if (/^rgba|transparent/.test(paper)) wrong.push("one can see through the strip");
  const end = document.documentElement.scrollHeight;
  for (let y = 0; y < end; y += innerHeight / 2) {
    scrollTo(0, y);
    const box = strip.getBoundingClientRect();
    const { x, y: top, width, height, bottom } = out.getBoundingClientRect();
    // Beside the body there may be room for a scroll bar, which this browser does not draw.
    const across = box.left <= 0 && box.right >= document.body.getBoundingClientRect().right;
    if (Math.abs(box.top) > 1 || !across) wrong.push(`it moved at ${y}`);
    if (top < box.top - 1 || bottom > box.bottom + 1) wrong.push(`the way out leaves it at ${y}`);
    const hit = document.elementFromPoint(x + width / 2, top + height / 2);
    if (!out.contains(hit)) wrong.push(`the way out is covered at ${y}`);
  }
  return wrong;
}"""

# Colours of one's own take all others away: what is chosen must differ in more than those.
LOOKS_CHOSEN = """() => {
  const look = (label) => {
    const style = getComputedStyle(label);
    const parts = ["border-top-width", "outline-style", "background-color", "color"];
    return parts.map((part) => style.getPropertyValue(part)).join();
  };
  const wrong = [];
  document.querySelectorAll("details").forEach((one) => { one.open = true });
  for (const input of document.querySelectorAll("label > :is([type=radio], [type=checkbox])")) {
    const label = input.parentElement, { opacity, display, width } = getComputedStyle(input);
    const drawn = opacity !== "0" && display !== "none" && parseFloat(width) > 4;
    if (drawn || !label.checkVisibility()) continue; // the browser draws its own mark
    const was = input.checked;
    input.checked = false;
    const off = look(label);
    input.checked = true;
    const on = look(label);
    input.checked = was;
    if (off === on) wrong.push(label.innerText.trim().slice(0, 60));
  }
  return wrong;
}"""


def walked(page: Page, key: str) -> Iterator[str]:
    """What had the focus and could not be seen, from one end of the page to the other."""
    take_focus(page)
    for _ in range(LONGEST):
        page.keyboard.press(key)
        found = page.evaluate(FOCUSED)
        if found is None:
            return
        if not found["seen"]:
            yield f"{key}: {found['name']}"


@pytest.mark.parametrize("state", by_day_or_night(0))
def test_what_has_the_focus_can_be_seen(phone: PhoneMaker, state: str) -> None:
    who = somebody(state)
    hidden: dict[str, list[str]] = {}
    stops = 0
    for width, height in SIZES[:1] if state in DAILY else SIZES:
        page = phone(width=width)
        page.set_viewport_size({"width": width, "height": height})
        if who:
            sign_in(page, who)
        for path in pages(state, who):
            page.goto(path)
            found = [*walked(page, "Tab"), *walked(page, "Shift+Tab")]
            stops += 1
            if found:
                hidden[f"{path} at {width} by {height}"] = found

    assert stops
    assert hidden == {}


@pytest.mark.parametrize("state", by_day_or_night(1))
def test_leave_quickly_has_a_strip_of_its_own(phone: PhoneMaker, state: str) -> None:
    who = somebody(state)
    wrong: dict[str, list[str]] = {}
    page = phone()
    if who:
        sign_in(page, who)
    for path in pages(state, who):
        page.goto(path)
        for width in (320, 390, 1280):
            page.set_viewport_size({"width": width, "height": 700})
            if found := page.evaluate(STRIP):
                wrong[f"{path} at {width}"] = found

    assert wrong == {}


@pytest.mark.parametrize(
    "state",
    some_each_day(pytest.param(state, id=state) for state in ("ready", TALKING, OPEN, AGREEING)),
)
def test_what_is_chosen_looks_chosen_in_colours_of_ones_own(phone: PhoneMaker, state: str) -> None:
    who = somebody(state)
    alike: dict[str, list[str]] = {}
    page = phone(forced_colors="active")
    assert who
    sign_in(page, who)
    for path in pages(state, who):
        page.goto(path)
        if found := page.evaluate(LOOKS_CHOSEN):
            alike[path] = found

    assert alike == {}
