"""Every page, for everybody: readable, reachable, calm, and in one piece on a small phone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Page

from tests.conftest import Person
from tests.journeys.conftest import PhoneMaker, sign_in, violations
from tests.journeys.everywhere import NOBODY, OPEN, STATES, pages, somebody
from tests.support import routes
from tests.support.depth import some_each_day

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]

type Visit = tuple[str, Person | None, list[str]]

# Of the longest two one each day, and of the others some.
LONGEST = [pytest.param(state, id=state) for state in (NOBODY, OPEN)]
OTHERS = [pytest.param(state, id=state) for state in STATES if state not in (NOBODY, OPEN)]
SOME_STATES = [
    *some_each_day(LONGEST, 1, otherwise=pytest.mark.another_day),
    *some_each_day(OTHERS, 2, otherwise=pytest.mark.another_day),
]
PICTURES = Path(__file__).parent.parent.parent / "var" / "shots"

HIGHEST_STRIP = 0.25  # of the screen, with letters twice as large

WIDER_THAN_THE_SCREEN = """() => document.documentElement.scrollWidth - innerWidth"""
HEIGHT_OF_STRIP = """() => document.querySelector(".strip").offsetHeight / innerHeight"""
IN_REACH = """() => {
  scrollTo(0, document.documentElement.scrollHeight);
  const { x, y, width, height } = document.querySelector("[data-leave]").getBoundingClientRect();
  return !!document.elementFromPoint(x + width / 2, y + height / 2)?.closest("[data-leave]");
}"""
UNFOLD = """() => document.querySelectorAll("details").forEach((each) => { each.open = true })"""
# Whatever people write may be one long word, or a link that somebody has pasted.
LONG_WORDS = """() => {
  const word = "Donaudampfschiff".repeat(25);
  for (const field of document.querySelectorAll("textarea, input[type=text]")) field.value = word;
  const written = "[dir=auto]:not(input, textarea), .words, .theirs, q";
  for (const each of document.querySelectorAll(written)) {
    const within = document.createTreeWalker(each, NodeFilter.SHOW_TEXT);
    while (within.nextNode()) if (within.currentNode.data.trim()) within.currentNode.data = word;
  }
}"""
MOVING = """() => [...document.querySelectorAll("*")].filter((each) => {
  const { transitionDuration, animationDuration } = getComputedStyle(each);
  return `${transitionDuration},${animationDuration}`.split(",").some((s) => parseFloat(s) > 0.01);
}).length"""


@pytest.fixture(params=STATES)
def visit(request: pytest.FixtureRequest) -> Visit:
    state = request.param
    who = somebody(state)
    return state, who, list(pages(state, who))


def visiting(page: Page, visit: Visit) -> Iterator[str]:
    """Goes to each page in turn."""
    _, who, paths = visit
    if who:
        sign_in(page, who)
    assert paths
    for path in paths:
        page.goto(path)
        yield path


def too_large(page: Page) -> Iterator[str]:
    """What does not fit a small phone, or letters twice as large: one must scroll sideways."""
    page.evaluate(UNFOLD)
    for width, text in ((320, 100), (390, 200)):
        page.set_viewport_size({"width": width, "height": 844})
        page.evaluate(f"document.documentElement.style.fontSize = '{text}%'")
        if (over := page.evaluate(WIDER_THAN_THE_SCREEN)) > 0:
            yield f"{over} px too wide, at {width} px and {text} %"
        if page.evaluate(HEIGHT_OF_STRIP) > HIGHEST_STRIP:
            yield f"the strip takes much of the screen, at {width} px and {text} %"
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.evaluate(LONG_WORDS)
    for width in (320, 390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        if (over := page.evaluate(WIDER_THAN_THE_SCREEN)) > 0:
            yield f"{over} px too wide with a long word, at {width} px"


@pytest.mark.parametrize("visit", SOME_STATES, indirect=True)
def test_every_page_can_be_read_by_everybody(phone: PhoneMaker, visit: Visit) -> None:
    page = phone()
    wrong = {}
    for path in visiting(page, visit):
        faults = violations(page)
        if page.locator("h1").count() != 1:
            faults.append(f"{page.locator('h1').count()} headings of the first order")
        if page.evaluate(MOVING):
            faults.append("something moves, though motion is to be reduced")
        faults += too_large(page)
        if not page.evaluate(IN_REACH):
            faults.append("the way out is not in reach at the end of the page")
        if faults:
            wrong[path] = faults

    assert wrong == {}


def test_these_are_all_the_pages() -> None:
    seen = {path for state in (NOBODY, OPEN) for path in pages(state, somebody(state))}
    # Each of these is a form's answer, sends somewhere else, or is a step in signing in or up.
    elsewhere = {route.path for route in routes.every()} - seen

    assert len(seen) > 35
    assert "/decks/essentials/comparison/" in seen
    assert not {path for path in elsewhere if path.startswith("/decks/")} - {
        "/decks/essentials/seal/",
        "/decks/essentials/unseal/",
        "/decks/essentials/again/",
        "/decks/essentials/next/",
        "/decks/essentials/sealed/",
    }


@pytest.mark.skipif("SHOTS" not in os.environ, reason="make shots")
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_pictures(phone: PhoneMaker, visit: Visit, width: int, dark: bool) -> None:
    page = phone(width=width, dark=dark)
    folder = PICTURES / f"{width}-{'dark' if dark else 'light'}"
    folder.mkdir(parents=True, exist_ok=True)
    for path in visiting(page, visit):
        page.screenshot(path=folder / f"{named(visit, path)}.png", full_page=True)


@pytest.mark.skipif("MARKUP" not in os.environ, reason="make judges")
def test_the_pages_as_they_are_sent(visit: Visit) -> None:
    _, who, paths = visit
    client = who.client if who else Client()
    for path in paths:
        page = Path(os.environ["MARKUP"]) / f"{named(visit, path)}.html"
        page.write_bytes(client.get(path).content)


def named(visit: Visit, path: str) -> str:
    return f"{visit[0]} {path}".strip("/").translate(str.maketrans("/?= ", "----"))


def test_with_colours_of_ones_own_the_marks_and_the_choice_can_be_told(phone: PhoneMaker) -> None:
    page = phone(forced_colors="active")

    page.goto("/demo/comparison/")
    colours = page.evaluate(
        """() => {
          const style = (what) => getComputedStyle(document.querySelector(what));
          return {
            text: style("body").color,
            page: style("body").backgroundColor,
            circle: style(".scale .one").fill,
            diamond: style(".scale .two").stroke,
            inside: style(".scale .two").fill,
            track: style(".scale .track").stroke,
          };
        }"""
    )
    assert colours["text"] != colours["page"]
    assert {colours["circle"], colours["diamond"], colours["track"]} == {colours["text"]}
    assert colours["inside"] == colours["page"]

    page.goto("/demo/sheet/")
    papers = page.evaluate(
        """() => ["label:has(:checked)", "label:not(:has(:checked))"].map((each) =>
          getComputedStyle(document.querySelector(`.stances ${each}`)).backgroundColor)"""
    )
    assert papers[0] != papers[1]
