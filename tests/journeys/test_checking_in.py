"""Two people check in: each on their own phone, and together on one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from boundaries.content.catalogue import Deck
from tests.conftest import Person, opened_together
from tests.journeys.conftest import PhoneMaker, with_and_without_script
from tests.journeys.test_talking import phones, press
from tests.journeys.test_the_main_job import see

pytestmark = [pytest.mark.sweep, pytest.mark.django_db(transaction=True)]


@with_and_without_script
def test_two_people_set_a_rhythm_and_check_in_apart(
    phone: PhoneMaker, alice: Person, bob: Person, deck: Deck, javascript: bool
) -> None:
    # Given a couple that has opened a deck
    opened_together(alice, bob, deck)
    hers, his = phones(phone, alice, bob, javascript=javascript)

    # When Alice sets a rhythm
    hers.goto("/home/")
    hers.get_by_role("link", name="Check-ins").click()
    see(hers, "check-ins-none", "Check-ins")
    hers.get_by_role("link", name="Set a rhythm").click()
    hers.get_by_text("Every week", exact=True).click()
    hers.get_by_label("First day").fill((timezone.localdate() + timedelta(days=2)).isoformat())
    hers.get_by_label("Time", exact=True).fill("19:30")
    see(hers, "check-ins-rhythm", "Your rhythm")
    press(hers, "Set our rhythm")
    expect(hers.get_by_text("Every week, next on")).to_be_visible()

    # And seals her part
    hers.get_by_role("link", name="Check in now").click()
    reply(hers, "You made tea.", "Close")
    hers.get_by_text("Nothing today", exact=True).click()
    see(hers, "check-ins-half", "Check in")
    press(hers, "Seal my part")
    expect(hers.get_by_text("Your part is sealed.")).to_be_visible()
    see(hers, "check-ins-sealed", "Check-ins")

    # Then Bob sees nothing of it before he seals his
    his.goto("/check-ins/")
    expect(his.get_by_text("Every week, next on")).to_be_visible()
    expect(his.get_by_text("tea")).to_have_count(0)
    his.get_by_role("link", name="Check in now").click()
    reply(his, "You laughed with my sister.", "Far away")
    his.get_by_text("Yes, there is", exact=True).click()
    his.get_by_label("What’s new").fill("Kim is back in town.")
    press(his, "Seal my part")

    # And both see both parts side by side
    see(his, "check-ins-finished", "Your check-in")
    hers.goto("/check-ins/")
    hers.get_by_text("Past check-ins").click()
    hers.locator("details li a").first.click()
    for page in (hers, his):
        for words in ("You made tea.", "You laughed with my sister.", "Kim is back in town."):
            expect(page.get_by_text(words)).to_be_visible()
        expect(page.get_by_text("It could do you good to talk about this")).to_be_visible()

    # When Bob deletes it, it is gone for both
    his.get_by_text("Delete this check-in").click()
    press(his, "Delete it for us both")
    expect(his.get_by_text("It’s deleted for you both.")).to_be_visible()
    hers.reload()
    expect(hers.get_by_text("You made tea.")).to_have_count(0)


@with_and_without_script
def test_two_people_check_in_together_on_one_phone(
    phone: PhoneMaker, alice: Person, bob: Person, deck: Deck, javascript: bool
) -> None:
    # Given both on Alice's phone
    opened_together(alice, bob, deck)
    hers, his = phones(phone, alice, bob, javascript=javascript)

    # When she writes her part and passes it to him
    hers.goto("/check-ins/now/")
    press(hers, "Bob is here: pass the phone")
    expect(hers.get_by_text("There’s nothing here yet.")).to_be_visible()
    see(hers, "check-ins-nothing", "Check in")
    reply(hers, "You made tea.", "Close")
    press(hers, "Bob is here: pass the phone")
    see(hers, "check-ins-pass-on", "Pass the phone to Bob")
    hers.get_by_role("link", name="I’m Bob").click()

    # Then he sees his part alone
    expect(hers.get_by_text("tea")).to_have_count(0)
    see(hers, "check-ins-other", "Bob’s part")
    reply(hers, "You asked first.", "Very close")
    press(hers, "Done: show us both")

    # And both parts show, on both phones
    his.goto("/check-ins/")
    his.get_by_text("Past check-ins").click()
    his.locator("details li a").first.click()
    for page in (hers, his):
        expect(page.get_by_text("You made tea.")).to_be_visible()
        expect(page.get_by_text("You asked first.")).to_be_visible()
        expect(page.get_by_text("on Alice’s phone")).to_be_visible()

    # When both want the picture, both have it
    his.goto("/check-ins/closeness/")
    see(his, "check-ins-closeness-asked", "How close you’ve felt")
    for page in (hers, his):
        page.goto("/check-ins/closeness/")
        press(page, "I’d like the picture")
    hers.reload()
    see(hers, "check-ins-closeness", "How close you’ve felt")
    for page in (hers, his):
        expect(page.locator("figure.closeness svg")).to_be_visible()


def reply(page: Page, appreciation: str, closeness: str) -> None:
    page.get_by_label("One thing you appreciate").fill(appreciation)
    page.get_by_text(closeness, exact=True).click()
