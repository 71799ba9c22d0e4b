"""The day comes that two people chose, and each decides for themselves what to do about it."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from boundaries.agreements import rules as agreements
from boundaries.content.catalogue import Deck
from boundaries.reminders import preferences
from boundaries.reminders import rules as reminders
from boundaries.reminders.models import ReminderMails
from boundaries.vocabulary import ReminderKind
from tests.conftest import Person, opened_together, propose
from tests.journeys.conftest import PhoneMaker, sign_in, with_and_without_script
from tests.journeys.test_the_main_job import see

pytestmark = [pytest.mark.django_db(transaction=True)]


@with_and_without_script
def test_somebody_is_reminded_puts_it_off_and_chooses_what_comes_by_mail(
    phone: PhoneMaker, alice: Person, bob: Person, deck: Deck, javascript: bool
) -> None:
    opened_together(alice, bob, deck)
    agreements.assent(bob.seat, [propose(alice)])
    yesterday = timezone.now() - timedelta(days=1)
    reminders.schedule_both(alice.seat, ReminderKind.REVISIT, uuid.uuid4(), yesterday)
    page = phone(javascript=javascript, width=320)
    sign_in(page, alice)
    page.goto("/home/")

    see(page, "reminder", "Still good?")
    page.get_by_role("button", name="Ask me in a week").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Still good?")

    page.goto("/account/")
    page.get_by_role("link", name="Reminders by mail").click()
    see(page, "reminders", "Reminders")
    page.get_by_label("A check-in").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_label("A check-in")).not_to_be_checked()
    assert ReminderKind.CHECK_IN not in preferences.kinds_on(alice.seat)


@with_and_without_script
def test_the_link_in_a_mail_stops_all_for_somebody_who_is_signed_out(
    phone: PhoneMaker, alice: Person, javascript: bool
) -> None:
    preferences.switch_on_only(alice.seat, ReminderKind)
    link = ReminderMails.owned_by(alice.seat).get().link
    page = phone(javascript=javascript, width=320)
    page.goto(f"/reminders/off/{link}/")
    see(page, "reminders-off", "Stop the reminders?")

    page.get_by_role("button", name="Stop all reminders").click()

    see(page, "reminders-stopped", "No more reminders")
    assert preferences.kinds_on(alice.seat) == []
