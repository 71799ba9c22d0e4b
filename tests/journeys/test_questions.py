"""Four questions: answered on the page, sent nowhere, and gone when one leaves it."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PhoneMaker, is_accessible, look, with_and_without_script
from tests.journeys.plain_place import Place
from tests.journeys.test_leaving import keeping_phone, place
from tests.journeys.turning_back import Buttons

__all__ = ["keeping_phone", "place"]  # fixtures

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]

QUESTIONS = ("being afraid", "people I want", "hurt me", "want to be")
FINE, UNEASY = 0, 1
TICKED = 'document.querySelectorAll(":checked").length'


def tick(page: Page, *answers: int) -> None:
    for question, answer in zip(QUESTIONS, answers, strict=False):
        page.locator("fieldset", has_text=question).locator("label").nth(answer).click()


def shown(page: Page) -> list[str]:
    headings = page.get_by_role("status").get_by_role("heading", level=2)
    return [heading.inner_text() for heading in headings.all() if heading.is_visible()]


@with_and_without_script
def test_each_answer_is_answered_on_the_page_and_sent_nowhere(
    keeping_phone: PhoneMaker, javascript: bool
) -> None:
    page = keeping_phone(javascript=javascript)
    page.goto("/four-questions/")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)  # its letters and the picture of the tab come last
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    before = page.url, page.context.cookies()
    if javascript:
        pages_back = page.evaluate("history.length")

    assert shown(page) == []
    tick(page, FINE, FINE, FINE)
    assert shown(page) == []
    tick(page, FINE, FINE, FINE, FINE)
    assert shown(page) == ["Good to hear"]
    for at in range(4):
        answers = [FINE] * 4
        answers[at] = UNEASY
        tick(page, *answers)
        assert shown(page) == ["That matters, and you’re not to blame"]
    page.keyboard.press("Enter")  # in a form, this would send it
    if javascript:
        is_accessible(page, "Is this right for us?")
        look(page, "questions-uneasy")

    assert asked == []
    assert (page.url, page.context.cookies()) == before
    assert not Session.objects.exists()
    if javascript:
        assert page.evaluate("[history.length, sessionStorage.length, localStorage.length]") == [
            *(pages_back, 0, 0),
        ]


@with_and_without_script
@pytest.mark.parametrize("at", [0, 3])
def test_a_worry_is_answered_where_it_was_ticked_and_in_the_bar(
    keeping_phone: PhoneMaker, javascript: bool, at: int
) -> None:
    page = keeping_phone(javascript=javascript, width=360)
    page.goto("/four-questions/")
    bar = page.locator(".foot-bar")
    question, helps = page.locator("fieldset").nth(at), page.get_by_text("Here is who can help")
    expect(bar.get_by_role("link")).to_have_text(["Continue"])

    question.locator("label").nth(UNEASY).click()

    expect(helps.filter(visible=True)).to_have_count(2)
    reply = page.get_by_role("status").filter(has=helps.filter(visible=True))
    below, after = question.bounding_box(), reply.bounding_box()
    assert below
    assert after
    assert 0 <= round(after["y"] - (below["y"] + below["height"]), 2) < 24
    expect(bar.get_by_role("link")).to_have_text(["Here is who can help", "Continue"])
    expect(bar.get_by_role("link").first).to_be_in_viewport(ratio=1)
    page.locator("fieldset").nth((at + 1) % 4).locator("label").nth(UNEASY).click()
    expect(page.get_by_text("A tool for couples").filter(visible=True)).to_have_count(1)


@with_and_without_script
@pytest.mark.parametrize("way", ["to another site", "to another page", "reload", "leave quickly"])
def test_no_tick_is_there_when_somebody_comes_back(
    keeping_phone: PhoneMaker, place: Place, javascript: bool, way: str
) -> None:
    page = keeping_phone(javascript=javascript)
    buttons = Buttons(page)
    page.goto("/four-questions/")
    tick(page, UNEASY, FINE, UNEASY, FINE)

    match way:
        case "to another site":
            page.goto(place.address)
        case "to another page":
            page.get_by_role("link", name="Here is who can help").first.click()
            expect(page.get_by_role("heading", level=1)).to_have_text("Help, if you need it")
        case "reload":
            page.reload()
        case "leave quickly":
            page.get_by_role("link", name="Leave this site now").first.click()
            page.wait_for_url(place.address)
    if way == "reload" or buttons.back():  # leaving quickly leaves nothing to go back to
        assert buttons.comes_to("Is this right for us?</h1>")
    assert buttons.tells(TICKED) == 0
