"""Words in two directions stand in a browser as they do in a PDF, while typed and when shown."""

from __future__ import annotations

import pytest

from boundaries.answers import rules as answers
from boundaries.content import catalogue
from boundaries.vocabulary import Stance
from tests.conftest import fill_in, pair, person, write
from tests.journeys.conftest import PhoneMaker, sign_in
from tests.support.mixed_texts import BRACKETS, MIXED, on_lines

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]

# Where each character of an element is drawn: lines from top to bottom, each from left to right.
LINES = """(element) => {
  const text = element.firstChild, lines = new Map();
  for (let at = 0; at < text.data.length; at++) {
    if (!text.data[at].trim()) continue;
    const range = document.createRange();
    range.setStart(text, at);
    range.setEnd(text, at + 1);
    // Where the direction changes, WebKit has an empty place as well.
    const { bottom, left } = [...range.getClientRects()].find(({ width }) => width > 0);
    const line = [...lines.keys()].find((each) => Math.abs(each - bottom) < 8) ?? bottom;
    lines.set(line, [...(lines.get(line) ?? []), [left, text.data[at]]]);
  }
  return [...lines.keys()].sort((a, b) => a - b)
    .map((line) => lines.get(line).sort((a, b) => a[0] - b[0]).map((each) => each[1]).join(""));
}"""


def test_a_browser_shows_words_of_two_directions_as_a_pdf_does(phone: PhoneMaker) -> None:
    deck = catalogue.deck(catalogue.ESSENTIALS)
    one, other = person("Ann"), person("Ben")
    pair(one, other)
    for who in (one, other):
        fill_in(who, deck, Stance.ACCEPTABLE)
    for behaviour, text in zip(deck.behaviours, MIXED, strict=False):
        write(one, behaviour, Stance.UNSURE, note=text)
    for who in (one, other):
        answers.seal(who.seat, deck)
    page = phone(width=1280)
    sign_in(page, other)

    page.goto("/decks/essentials/comparison/")
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    shown = {
        words.text_content(): [line.translate(BRACKETS) for line in words.evaluate(LINES)]
        for words in page.locator("blockquote .words").all()
    }

    assert shown == {text: on_lines(text) for text in MIXED}


def test_there_is_space_around_a_name_in_hebrew_on_what_is_pressed(phone: PhoneMaker) -> None:
    deck = catalogue.deck(catalogue.ESSENTIALS)
    one, other = person("Ann"), person("משה")
    pair(one, other)
    for who in (one, other):
        fill_in(who, deck, Stance.ACCEPTABLE)
        answers.seal(who.seat, deck)
    page = phone()
    sign_in(page, one)

    for path, label in (
        ("/partner/", "What משה can see right now"),
        ("/understandings/on/a1/words/", "Propose this to משה"),
    ):
        page.goto(path)
        pressed = page.locator("a, button").filter(has_text=label)
        assert pressed.inner_text().split("\n") == [label]


def test_the_mark_before_words_that_run_the_other_way_stays_on_the_page(phone: PhoneMaker) -> None:
    deck = catalogue.deck(catalogue.ESSENTIALS)
    one, other = person("Ann"), person("Ben")
    pair(one, other)
    for who in (one, other):
        fill_in(who, deck, Stance.CONDITIONS)
        write(who, deck.behaviours[0], Stance.CONDITIONS, in_other_words="רק בעבודה")
        answers.seal(who.seat, deck)
    page = phone(width=320)
    sign_in(page, other)

    page.goto("/decks/essentials/comparison/")

    assert page.get_by_text("רק בעבודה").count() > 0
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_words_stand_the_same_way_while_they_are_typed(phone: PhoneMaker) -> None:
    """A browser would take every line of a text area for a text of its own."""
    who = person("Ann")
    page = phone()
    sign_in(page, who)
    page.goto("/answers/a1/")
    area = page.locator("textarea[name=note]")
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")

    assert area.get_attribute("dir") == "auto"
    assert area.evaluate("(each) => getComputedStyle(each).unicodeBidi") == "isolate"
    area.fill("22 - 6\nאחרי abc!")
    assert area.evaluate("(each) => each.matches(':dir(rtl)')")
