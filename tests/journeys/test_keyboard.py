"""The main job with a keyboard alone."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from playwright.sync_api import Page, expect

from boundaries.answers import rules as answers
from boundaries.content import catalogue
from boundaries.vocabulary import Stance
from tests.conftest import PASSWORD, fill_in, pair, person, row_of
from tests.journeys.conftest import PhoneMaker, is_scripted

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]


def tab_to(page: Page, name: str, *, most: int = 60) -> None:
    """Press Tab until the focus is on what bears that name, and see that the focus shows."""
    for _ in range(most):
        page.keyboard.press("Tab")
        found = page.evaluate(
            """() => {
              const { activeElement: at } = document;
              const shown = [at, at.closest("label") ?? at];
              const lines = shown.map((each) => getComputedStyle(each).outlineStyle);
              return [at.innerText || at.value || at.name || "", ...lines];
            }"""
        )
        assert "solid" in found[1:] or "auto" in found[1:], f"no focus to be seen on {found[0]}"
        if name in found[0]:
            return
    raise AssertionError(f"Tab never reached {name}")


def test_somebody_signs_in_rates_seals_and_compares_without_a_mouse(phone: PhoneMaker) -> None:
    deck = catalogue.deck(catalogue.ESSENTIALS)
    alice, bob = person("Alice"), person("Bob")
    EmailAddress.objects.create(
        user=alice.user, email=alice.user.email, verified=True, primary=True
    )
    pair(alice, bob)
    fill_in(bob, deck, Stance.ACCEPTABLE)
    answers.seal(bob.seat, deck)
    page = phone(width=1280)

    page.goto("/account/login/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.locator("summary").get_by_text("Use a password").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type(alice.user.email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("/home/")
    tab_to(page, "Begin")
    page.keyboard.press("Enter")

    for at in range(1, len(deck.behaviours) + 1):
        expect(page.locator("article.one-card")).to_be_visible()
        is_scripted(page)
        page.locator("article.one-card").focus()
        page.keyboard.press("2")
        expect(page.locator(".saved")).to_contain_text("Saved, whoever does it.")
        tab_to(page, "Next" if at < len(deck.behaviours) else "Check your answers")
        with page.expect_navigation():
            page.keyboard.press("Enter")
    page.wait_for_url("/decks/essentials/last-look/")
    assert row_of(alice, deck.behaviours[0]).answer.mine is Stance.CONDITIONS

    tab_to(page, "Seal my answers")
    page.keyboard.press("Enter")
    page.wait_for_url("/decks/essentials/opened/")
    tab_to(page, "Open it")
    page.keyboard.press("Enter")
    page.wait_for_url("/decks/essentials/comparison/")
    tab_to(page, "Show only a part")
    page.keyboard.press("Enter")
    tab_to(page, "One step apart")
    page.keyboard.press("Enter")

    page.wait_for_url("/decks/essentials/comparison/?show=close")
    expect(page.get_by_role("heading", level=2, name="One step apart")).to_be_visible()
