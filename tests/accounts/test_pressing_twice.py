"""Without script a double tap signs somebody up twice, and the browser only hears of the second."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.test import Client

from accounts import pressed_twice
from tests.conftest import person
from tests.journeys.conftest import mailed_code

pytestmark = pytest.mark.django_db
FORM = {"first_name": "Ada", "email": "ada@example.org", "adult": "on"}
CODE_PAGE = "/account/confirm-email/"


@pytest.fixture(autouse=True)
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr(pressed_twice, "PATIENCE", 0)


def pressed(secret: str) -> Client:
    """A browser that has loaded the page, and no answer to its form yet."""
    browser = Client()
    browser.cookies[settings.CSRF_COOKIE_NAME] = secret
    return browser


def test_the_second_press_leads_to_the_same_page_with_the_same_code() -> None:
    first, second = pressed("one secret"), pressed("one secret")
    first.post("/account/signup/", FORM)

    answer = second.post("/account/signup/", FORM | {"email": "Ada@example.org "})

    assert answer["Location"] == CODE_PAGE
    assert len(mail.outbox) == 1
    assert second.get(CODE_PAGE).status_code == 200
    confirmed = second.post(CODE_PAGE, {"code": mailed_code(FORM["email"])})
    assert confirmed["Location"] == "/yes/"


def test_an_address_that_is_taken_looks_the_same() -> None:
    person("Ada")
    first, second = pressed("one secret"), pressed("one secret")
    first.post("/account/signup/", FORM)

    assert second.post("/account/signup/", FORM)["Location"] == CODE_PAGE
    assert second.get(CODE_PAGE).status_code == 200


@pytest.mark.parametrize(
    ("secret", "email"), [("another secret", "ada@example.org"), ("one secret", "x@example.org")]
)
def test_nobody_else_gets_into_it(secret: str, email: str) -> None:
    first, other = pressed("one secret"), pressed(secret)
    key = "sessionid"
    first.post("/account/signup/", FORM)
    Client().post("/account/signup/", FORM | {"email": "x@example.org"})

    answer = other.post("/account/signup/", FORM | {"email": email})

    assert answer.status_code == 429
    assert other.cookies.get(key) is None or other.cookies[key].value != first.cookies[key].value
