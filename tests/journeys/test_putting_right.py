"""A line was crossed: from the first word to the second time that both are asked how it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F
from playwright.sync_api import Page, expect

from boundaries.agreements import rules as agreements
from boundaries.content.catalogue import Deck
from boundaries.reminders.models import Reminder
from boundaries.repair.models import RepairTurn
from boundaries.vocabulary import RepairMove
from tests.conftest import Person, opened_together, propose
from tests.journeys.conftest import (
    PhoneMaker,
    arrived,
    is_accessible,
    look,
    unfold,
    with_and_without_script,
    without_script,
)
from tests.journeys.test_talking import phones, press

pytestmark = [pytest.mark.sweep, pytest.mark.django_db(transaction=True)]

FIVE_DAYS, TWO_WEEKS = timedelta(days=5), timedelta(days=14)


def write(page: Page, label: str, words: str) -> None:
    page.get_by_label(label, exact=True).fill(words)


def time_passes(length: timedelta) -> None:
    """Everything that was done so far was done that much earlier."""
    RepairTurn.unscoped.update(at=F("at") - length)
    Reminder.objects.update(due_at=F("due_at") - length)


def at_home(page: Page, button: str) -> None:
    page.goto("/home/")
    with page.expect_navigation():
        page.get_by_role("link", name=button).click()


@with_and_without_script
def test_two_people_put_it_right(
    phone: PhoneMaker, alice: Person, bob: Person, deck: Deck, javascript: bool
) -> None:
    # Given two people who have agreed on a line
    opened_together(alice, bob, deck)
    agreements.assent(bob.seat, [propose(alice)])
    hers, his = phones(phone, alice, bob, javascript=javascript)

    # When Bob says that he crossed it, from the line itself
    his.goto("/understandings/")
    his.locator("summary").filter(has_text="Change").first.click()
    his.get_by_role("link", name="This line was crossed").first.click()
    is_accessible_on(his, "A line was crossed")
    look(his, f"repair-about-{javascript}")
    press(his, "I crossed it")
    arrived(his, "What I did")

    # Then words that make it smaller get a note, which only he sees
    write(his, "I …", "It was only texting, because I was bored. I wrote to Kim.")
    if javascript:
        his.get_by_text("Making it smaller").wait_for()
    else:
        press(his, "Save for now")
        assert his.get_by_text("Making it smaller").is_visible()
    look(his, f"repair-note-{javascript}")
    hers.goto("/home/")
    assert not hers.get_by_text("Something is waiting for you.").is_visible()

    # And when he sends it, she finds it on her home page
    write(his, "I …", "I wrote to Kim at night and kept it to myself.")
    press(his, "Send it to Alice")
    is_accessible_on(his, "It’s with Alice now")
    look(his, f"repair-waiting-{javascript}")
    at_home(hers, "Read it")
    is_accessible_on(hers, "What it was like for you")
    write(hers, "For me it was …", "I lay awake. I felt far away from you.")
    hers.get_by_text("Hurt", exact=True).click()
    look(hers, f"repair-impact-{javascript}")
    press(hers, "Send it to Bob")

    # And it is said back until that is it
    at_home(his, "Read it")
    write(his, "What I hear is …", "You lay awake.")
    press(his, "Send it to Alice")
    at_home(hers, "Read it")
    write(hers, "What’s still missing, in a line", "That I felt far away.")
    look(hers, f"repair-confirm-{javascript}")
    press(hers, "Not quite yet")
    at_home(his, "Read it")
    look(his, f"repair-reflect-{javascript}")
    write(his, "What I hear is …", "You lay awake and felt far away from me.")
    press(his, "Send it to Alice")
    at_home(hers, "Read it")
    press(hers, "Yes, that’s it")

    # And an offer about phones shows him a note before it is sent
    at_home(his, "Read it")
    is_accessible_on(his, "What I’ll do")
    write(his, "What I see now, and what I’m sorry for", "I hurt you. I see that now.")
    write(his, "One thing I’ll do", "You can read my phone.")
    day = his.get_by_label("By when")
    assert day.input_value()  # in a week: nobody is stuck for a day
    day.fill("2099-01-01")
    his.get_by_role("button", name="Send it to Alice").click()
    expect(his.get_by_text("Please choose a day to come, within a year.")).to_be_visible()
    day.fill(str(day.get_attribute("min")))
    press(his, "Send it to Alice")
    assert his.get_by_text("Not sent yet, and only you see this.").is_visible()
    look(his, f"repair-offer-{javascript}")
    write(his, "One thing I’ll do", "I tell you on the same day when we have written.")
    press(his, "Send it to Alice")
    if not his.get_by_role("heading", name="Now it takes time").is_visible():
        press(his, "Send it to Alice")
    is_accessible_on(his, "Now it takes time")
    look(his, f"repair-after-crossed-{javascript}")

    # And she may answer or not
    at_home(hers, "Read it")
    is_accessible_on(hers, "Bob has written to you")
    look(hers, f"repair-after-hurt-{javascript}")
    press(hers, "I’m not ready")
    unfold(hers, "More")
    look(hers, f"repair-pace-{javascript}")

    # And both are asked again some days later, and again some weeks later
    for number, later in enumerate((FIVE_DAYS, TWO_WEEKS)):
        time_passes(later)
        for page in (his, hers):
            at_home(page, "Look at it")
            is_accessible_on(page, "How is it now?")
            look(page, f"repair-follow-up-{number}-{javascript}")
            write(page, "In a word or two", "A little calmer.")
            press(page, "Send it to Bob" if page is hers else "Send it to Alice")
    assert RepairTurn.unscoped.filter(move=RepairMove.FOLLOW_UP).count() == 4

    # And either closes it
    unfold(hers, "More")
    look(hers, f"repair-more-{javascript}")
    hers.get_by_role("link", name="Close this, for both of us").click()
    is_accessible_on(hers, "Close it?")
    look(hers, f"repair-closing-{javascript}")
    press(hers, "Close it for both of us")
    is_accessible_on(hers, "Closed")
    look(hers, f"repair-closed-{javascript}")
    press(hers, "I’d like to keep them")
    his.reload()
    assert his.get_by_role("button", name="I’d like to keep them").is_visible()


def is_accessible_on(page: Page, heading: str) -> None:
    if page in without_script:
        arrived(page, heading)
    else:
        is_accessible(page, heading)
