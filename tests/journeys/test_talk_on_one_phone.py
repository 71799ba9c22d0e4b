"""A whole talk together on one phone: its screens are counted, and each has one thing to do."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from boundaries.content.catalogue import Deck
from boundaries.vocabulary import Mode
from tests.conftest import Person, opened_together, talk
from tests.journeys.conftest import (
    PhoneMaker,
    is_scripted,
    look,
    sign_in,
    unfold,
    with_and_without_script,
    without_script,
)

pytestmark = [
    pytest.mark.every_day,
    pytest.mark.sweep,
    pytest.mark.django_db(transaction=True),
]

MOST_SCREENS = 25
MOST_TIMES_HANDED_ON = 5
LAST = "Done for today"


def heading_of(page: Page) -> str:
    page.wait_for_load_state()
    return page.get_by_role("heading", level=1).inner_text()


def write_on(page: Page, heading: str) -> None:
    """What somebody writes here, if anything."""
    if heading == "What happens, how you feel":
        page.get_by_text("Hurt", exact=True).click()
        page.get_by_text("lonely", exact=True).click()
    elif heading == "Why it matters to you":
        page.get_by_text("honesty", exact=True).click()
    elif heading == "What you would like":
        page.get_by_label("I’d like us to …").fill("say who it is")
    elif heading == "What you need, where you’re flexible":
        page.get_by_label("What I need most").fill("Being told.")
    elif heading == "What would work for you two?" and page.locator("[name=outcome_both]").count():
        page.get_by_role("group", name="Whoever does it").get_by_label("Fine", exact=True).check()


def go_on(page: Page) -> None:
    """The one main thing to do on a screen."""
    main = page.locator(".foot-bar .button:not(.plain)")
    expect(main).to_have_count(1)
    with page.expect_navigation():
        main.click()


def walk(page: Page) -> list[str]:
    """Every screen of a talk, by its heading, to the one that closes it."""
    screens: list[str] = []
    while not screens or (screens[-1] != LAST and len(screens) < 2 * MOST_SCREENS):
        heading = heading_of(page)
        handed = page.get_by_text("Hand the phone to").count()
        screens.append(f"hand over: {heading}" if handed else heading)
        look(page, f"one-phone-{len(screens):02}")
        if heading == LAST:
            break
        if page not in without_script and page.locator("form[data-card]").count():
            is_scripted(page)
        write_on(page, heading)
        go_on(page)
    return screens


@with_and_without_script
def test_a_talk_on_one_phone_is_short(
    phone: PhoneMaker, alice: Person, bob: Person, deck: Deck, javascript: bool
) -> None:
    opened_together(alice, bob, deck)
    id = talk(alice, mode=Mode.TOGETHER, begins=False)
    page = phone(javascript=javascript)
    sign_in(page, alice)
    page.goto(f"/talks/{id}/")

    screens = walk(page)

    handed_on = [screen for screen in screens if screen.startswith("hand over")]
    print(f"\nA talk on one phone: {len(screens)} screens ({len(handed_on)} to hand it on)")
    print("\n".join(f"{number:3} {screen}" for number, screen in enumerate(screens, start=1)))
    assert screens[0] == "Is now a good time?"
    assert screens[-1] == LAST
    assert len(screens) <= MOST_SCREENS
    assert len(handed_on) <= MOST_TIMES_HANDED_ON
    expect(
        page.get_by_role("heading", name="Bob, answer on your own phone or laptop")
    ).to_be_visible()
    unfold(page, "Show me the way there")
    expect(page.locator(".address")).to_contain_text("/understandings/")
    expect(page.get_by_role("img", name="as a picture to scan")).to_be_visible()
    with page.expect_navigation():
        page.get_by_role("link", name="Open our page").click()
    assert page.url.endswith("/understandings/")
