"""Leave quickly, in a real browser: by a press, by the keyboard, in the middle of things."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from tests.conftest import Person, person
from tests.journeys.conftest import PhoneMaker, sign_in
from tests.journeys.test_rating import ONE, SAVES, no_line, tap

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]

PLAIN = "/demo/"  # plays the neutral place, so that no test leaves this machine

type Leaver = tuple[Person, Page]


@pytest.fixture
def leaver(phone: PhoneMaker, settings: Any) -> Callable[..., Leaver]:
    """Somebody signed in on a phone."""
    settings.LEAVE_TO = f"{settings.SITE_URL}{PLAIN}"

    def make(**how: bool) -> Leaver:
        who, page = person("Alice"), phone(**how)
        page.goto("/")
        sign_in(page, who)
        page.goto("/home/")
        return who, page

    return make


def has_left(page: Page) -> None:
    page.wait_for_url(f"**{PLAIN}")
    page.wait_for_timeout(300)  # for the request that outlives its page
    assert not Session.objects.exists()


@pytest.mark.parametrize("javascript", [True, False], ids=["with-script", "without-script"])
def test_one_press_and_the_back_button_shows_nothing(
    leaver: Callable[..., Leaver], javascript: bool
) -> None:
    _, page = leaver(javascript=javascript)

    page.get_by_role("link", name="Leave quickly").click()
    has_left(page)
    page.go_back()

    expect(page.get_by_role("heading", level=1)).not_to_have_text("Begin with your own lines")


def test_shift_three_times(leaver: Callable[..., Leaver]) -> None:
    _, page = leaver()
    told = page.locator(".leave [role=status]")

    page.keyboard.press("Shift")
    expect(told).to_have_text("Shift: press it two more times to leave.")
    page.keyboard.press("Shift")
    expect(told).to_have_text("Shift: press it once more to leave.")
    page.keyboard.press("Shift")

    has_left(page)


def test_capitals_and_a_slow_finger_do_not_leave(leaver: Callable[..., Leaver]) -> None:
    _, page = leaver()

    for letter in "ABCD":
        page.keyboard.press(f"Shift+{letter}")
    page.keyboard.press("Shift")
    page.keyboard.press("Shift")
    page.keyboard.press("a")
    page.keyboard.press("Shift")
    page.keyboard.press("Shift")
    page.wait_for_timeout(5200)
    page.keyboard.press("Shift")

    assert page.url.endswith("/home/")
    expect(page.locator(".leave [role=status]")).to_have_text(
        "Shift: press it two more times to leave."
    )


def test_in_the_middle_of_an_unsaved_answer(leaver: Callable[..., Leaver]) -> None:
    _, page = leaver()
    page.goto(f"/answers/{ONE.id}/")
    page.wait_for_load_state("networkidle")
    page.route(SAVES, no_line)
    tap(page, "When my partner does it", "Not acceptable")
    expect(page.locator(".saved")).to_contain_text("Not saved yet")

    page.get_by_role("link", name="Leave quickly").click()

    has_left(page)
    assert page.evaluate("sessionStorage.length") == 0


def test_the_page_is_covered_before_anything_else_happens(leaver: Callable[..., Leaver]) -> None:
    _, page = leaver()

    at_once = page.evaluate(
        """() => {
          document.querySelector("[data-leave]").click();
          const { width, height } = document.querySelector(".cover").getBoundingClientRect();
          return [width >= innerWidth, height >= innerHeight, document.title.trim()];
        }"""
    )

    assert at_once == [True, True, ""]
    has_left(page)
