"""A link or message that was copied: its own button says so."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Person
from tests.journeys.conftest import PhoneMaker, sign_in
from tests.pairing.test_rules import invite

pytestmark = pytest.mark.once


@pytest.fixture
def page(alice: Person, phone: PhoneMaker) -> Page:
    invite(alice)
    page = phone(width=360)
    sign_in(page, alice)
    page.add_init_script("delete Navigator.prototype.share")
    page.clock.install()
    return page


# Firefox has none on the empty page that a tab begins with.
CLIPBOARD = "if (navigator.clipboard) navigator.clipboard.writeText = %s"


def test_the_button_itself_says_copied_for_some_seconds(page: Page) -> None:
    page.add_init_script(CLIPBOARD % "async (text) => { window.copied = text }")
    page.goto("/partner/")
    status = page.locator("#shared")
    button = page.locator("[data-copy]").filter(visible=True)

    for _ in range(2):
        expect(button).to_have_text("Copy the message")
        expect(status).to_be_empty()
        button.click()
        expect(button).to_have_text("Copied")
        expect(button).to_be_in_viewport(ratio=1)
        expect(status).to_have_text("Copied. Paste it wherever you two talk.")
        page.clock.run_for(5000)
    assert "#" in page.evaluate("window.copied")


def test_what_may_not_be_copied_is_selected_to_be_copied_by_hand(page: Page) -> None:
    page.add_init_script(CLIPBOARD % "() => Promise.reject(new Error('no'))")
    page.goto("/partner/")

    page.locator("[data-copy]").filter(visible=True).click()

    expect(page.locator("textarea").filter(visible=True)).to_be_focused()
    assert "/join/" in page.evaluate("getSelection().toString()")
    expect(page.locator("[data-copy]").filter(visible=True)).to_have_text("Copy the message")
