"""A link that mail programs have changed still leads to the invitation, with or without script."""

from __future__ import annotations

import pytest
from django.conf import settings
from playwright.sync_api import expect

from accounts.codes import grouped
from tests.conftest import Person
from tests.journeys.conftest import PhoneMaker, look, with_and_without_script
from tests.pairing.test_rules import invite

INVITED = "Alice would like to do this with you."
CHANGED = (
    "/join/#{code}",
    "/join/#{code}%",
    "/join/#{code}?utm_source=mail&x=%E2%8",
    "/join/?fbclid=IwAR0_abc-DEF#{code}",
    "/join/%23{code}",
    "/join/%2523{code}&sa=D",
    "/join/{code}",
)


@with_and_without_script
def test_a_changed_link_leads_to_the_invitation(
    alice: Person, phone: PhoneMaker, *, javascript: bool
) -> None:
    code = grouped(invite(alice))
    for link in CHANGED:
        page = phone(javascript=javascript)
        page.goto(link.format(code=code))
        if not javascript:
            if "#" in link:
                page.get_by_label("Your code").fill(settings.SITE_URL + link.format(code=code))
            look(page, "join-by-link")
            page.get_by_role("button", name="See the invitation").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(INVITED)
        assert code not in page.url


@pytest.mark.once
def test_a_link_opened_on_the_page_that_is_open_already_works(
    alice: Person, phone: PhoneMaker
) -> None:
    code = grouped(invite(alice))
    page = phone()
    page.goto("/join/#content")  # what the link to the page's content leaves behind
    expect(page.get_by_role("heading", level=1)).to_have_text("You were invited")

    page.goto(f"/join/#{code}")

    expect(page.get_by_role("heading", level=1)).to_have_text(INVITED)
