"""The picture of an evening in the README is of the pages as they are. `make shots` draws it."""

from __future__ import annotations

import os
from dataclasses import fields
from textwrap import indent
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from boundaries.agreements import rules as agreements
from boundaries.agreements.wording import BOTH, ProposalLine
from boundaries.agreements.words import put_into_words
from boundaries.answers import rules as answers
from boundaries.content import catalogue
from boundaries.demo import couple
from boundaries.seats import rules as seats
from boundaries.talks.wording import statement
from boundaries.vocabulary import Condition, Move, Outcome, Side, Step
from tests.conftest import Person, do, pair, person, propose, row_of, talk, talked_up_to
from tests.journeys.conftest import sign_in, stay_on_the_card
from tools import evening

pytestmark = [
    pytest.mark.once,
    pytest.mark.chromium,
    pytest.mark.django_db(transaction=True),
]

ESSENTIALS = catalogue.deck(catalogue.ESSENTIALS)
SHOWN = ("a1", "a2", "a3", "c8", "d1", "e5", "f1", "f9")  # more would not fit
SAID = {
    "when": "an old friend writes late",
    "feelings": ["torn"],
    "needs": ["friendship"],
    "wish": "talk about it the next day",
}
HEARD = "That old friends matter to you."
FINE = ProposalLine(doer=BOTH, outcome=Outcome.FINE)
NOT_FOR_US = ProposalLine(doer=BOTH, outcome=Outcome.NOT_FOR_US)
TOLD_FIRST = ProposalLine(doer=BOTH, outcome=Outcome.CONDITIONS, conditions=(Condition.TOLD_FIRST,))
AGREED = {"a2": TOLD_FIRST, "a3": FINE, "d1": couple.TOLD_AFTERWARDS, "f1": NOT_FOR_US}


def test_the_evening(browser: Browser, live_server: Any, settings: Any) -> None:
    settings.SITE_URL = live_server.url.replace("127.0.0.1", "localhost")
    asha, ravi = person("Asha"), person("Ravi")
    both = {Side.LEFT: asha, Side.RIGHT: ravi}
    pair(asha, ravi)
    phone = screen(browser, settings.SITE_URL, asha, evening.PHONE)
    desk = screen(browser, settings.SITE_URL, asha, evening.DESK)

    pictures: dict[str, bytes] = {}
    words: dict[str, str] = {}

    def show(step: str, page: Page) -> None:
        words[step] = evening.words(page)
        assert evening.smallest_words(page) >= evening.SMALLEST, step
        width, height = evening.SIZES[step]
        page.set_viewport_size({"width": width, "height": height})
        if "SHOTS" in os.environ:
            pictures[step] = evening.taken(page)

    phone.goto("/answers/a2/")
    stay_on_the_card(phone)
    phone.reload()
    for chosen in ("Fine, if …", "we tell each other first"):
        with phone.expect_response("**/a2/save/"):  # each is saved on its own
            phone.get_by_text(chosen).first.click()
    expect(phone.get_by_text("Undo: your last change").first).to_be_visible()
    show("rate", phone)

    for side, who in both.items():
        rate_all(who, side)
    answers.seal(asha.seat, ESSENTIALS)
    phone.goto("/decks/essentials/")
    show("seal", phone)

    answers.seal(ravi.seat, ESSENTIALS)
    desk.goto("/decks/essentials/comparison/")
    show("open", desk)

    phone.emulate_media(color_scheme="dark")
    desk.emulate_media(color_scheme="dark")
    id = talk(ravi, "a2")
    talked_up_to(Step.WARM_START, ravi, asha)
    do(ravi, Move.APPRECIATE, {"words": "You waited up for me."})
    do(asha, Move.APPRECIATE, {"words": "You bring me tea."})
    do(ravi, Move.SPEAK, SAID | {"words": statement(SAID)})
    phone.goto(f"/talks/{id}/")
    phone.get_by_role("textbox").first.fill(HEARD)
    expect(phone.get_by_text("Saved").first).to_be_visible()
    show("talk", phone)

    for behaviour, line in AGREED.items():
        text = catalogue.every()[behaviour].text
        proposed = put_into_words(text, [line], seats.names(asha.seat))
        agreements.assent(ravi.seat, [propose(asha, behaviour, proposed)])
    desk.goto("/understandings/")
    show("keep", desk)

    if "SHOTS" in os.environ:
        evening.compose(browser, pictures)
        evening.WORDS.write_text(shown_words(words))
    assert shown_words(words) == evening.WORDS.read_text(), "the picture is old: make shots"


def shown_words(words: dict[str, str]) -> str:
    return "\n".join(f"{step}\n{indent(text, '    ')}\n" for step, text in words.items())


def screen(browser: Browser, address: str, who: Person, width: int) -> Page:
    context = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": 900},
        device_scale_factor=evening.SHARPNESS,
        reduced_motion="reduce",
    )
    page = context.new_page()
    sign_in(page, who)
    return page


def rate_all(who: Person, side: Side) -> None:
    """Answer as one of the invented couple did."""
    for id in SHOWN:
        answer, behaviour = couple.answers_of(side)[id], catalogue.every()[id]
        values = {field.name: getattr(answer, field.name) for field in fields(answer)}
        del values["skipped"], values["hidden"]
        version = row_of(who, behaviour).version
        answers.answer(who.seat, behaviour, version=version, **values)
