"""A demo: signing in by one tap, a mailbox of one's own, and nothing that is kept."""

from __future__ import annotations

import re
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from accounts.models import User
from boundaries.demo import rules
from boundaries.management.commands import serve_demo
from boundaries.seats import rules as seats
from boundaries.seats.models import Couple
from boundaries.vocabulary import Side
from tests.accounts.test_outbox import posted_by
from tests.conftest import Person

pytestmark = [
    pytest.mark.turns(4),
    pytest.mark.django_db(transaction=True),
]  # mails leave once something is saved

AS_ASHA, AS_RAVI = "/demo/asha/", "/demo/ravi/"


@pytest.fixture
def demo(settings: Any, tmp_path: Path) -> Path:
    """The settings of a demo. Returns the folder of its mails."""
    settings.DEMO = True
    settings.DEMO_RESET_MINUTES = 60
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"sign_in_as": "30/h/ip"}
    settings.ROOT_URLCONF = "tests.demo.urls"
    settings.VAR = tmp_path
    folder = tmp_path / "mail"
    options: dict[str, Any] = {"folder": str(folder), "printed": False}
    settings.MAILERS = posted_by("config.mailbox.MailboxBackend", **options)
    return folder


def visitor() -> Client:
    return Client()


def user_of(browser: Client) -> User:
    return User.objects.get(pk=browser.session["_auth_user_id"])


def test_a_real_site_has_none_of_it(client: Client) -> None:
    for path in (AS_ASHA, AS_RAVI, "/mailbox/"):
        assert client.post(path).status_code == HTTPStatus.NOT_FOUND
    for name in ("mailbox", "demo-as-left", "demo-as-right"):
        with pytest.raises(NoReverseMatch):
            reverse(name)
    for page in ("/", "/account/login/", "/account/signup/"):
        text = client.get(page).text
        assert "demo.example" not in text
        assert "A demo." not in text
        assert "Look around" not in text


def test_every_page_says_that_it_is_a_demo_also_a_refusal(demo: Path, alice: Person) -> None:
    for path in ("/", "/help/", "/account/login/", "/no-such-page", "/join/code/", "/home/"):
        for browser in (visitor(), alice.client):
            page = browser.get(path, follow=True).text
            assert "A demo." in page, path
            assert "emptied every 60 minutes" in page, path


def test_one_tap_signs_in_as_either_of_a_couple_with_an_open_deck(demo: Path) -> None:
    browser = visitor()

    for page in ("/", "/account/login/"):
        assert f'action="{AS_ASHA}"' in browser.get(page).text
    for path, name, other in ((AS_ASHA, "Asha", "Ravi"), (AS_RAVI, "Ravi", "Asha")):
        assert browser.post(path)["Location"] == "/home/"
        assert user_of(browser).first_name == name
        comparison = browser.get("/decks/essentials/comparison/")
        assert comparison.status_code == HTTPStatus.OK
        assert f"Switch to {other}" in comparison.text
    assert Couple.objects.count() == 1


def test_no_visitor_meets_what_another_has_written(demo: Path) -> None:
    one, other = visitor(), visitor()
    for browser in (one, other):
        browser.post(AS_ASHA)

    first, second = map(user_of, (one, other))
    assert first != second
    assert seats.seat_of(first).couple_id != seats.seat_of(second).couple_id
    one.post("/account/name/", {"first_name": "Mallory"})
    assert "Mallory" not in other.get("/account/").text


def test_whoever_deletes_an_account_gets_a_new_couple(demo: Path) -> None:
    browser = visitor()
    browser.post(AS_ASHA)
    user_of(browser).delete()

    browser.post(AS_ASHA)

    assert browser.get("/decks/essentials/comparison/").status_code == HTTPStatus.OK


def test_a_made_up_cookie_leads_to_nobody(demo: Path, alice: Person, settings: Any) -> None:
    rules.load(password="a long enough password")
    for cookie in ("", "0" * 12, "../x", "%", "x" * 5000):
        browser = visitor()
        browser.cookies[settings.DEMO_COOKIE_NAME] = cookie
        browser.post(AS_ASHA)
        assert user_of(browser).email != rules.address_of(Side.LEFT), cookie


def test_the_couple_of_the_console_is_reached_by_its_password_alone(demo: Path) -> None:
    rules.load(password="a long enough password")
    address = rules.address_of(Side.LEFT)
    browser = visitor()

    browser.post(reverse("account_request_login_code"), {"email": address})

    assert not re.search(r"\b[0-9]{6}\b", browser.get("/mailbox/").text)
    browser = visitor()
    browser.post("/account/login/", {"login": address, "password": "a long enough password"})
    assert user_of(browser).email == address


def test_a_visitor_signs_up_with_an_invented_address_and_reads_the_code(demo: Path) -> None:
    browser = visitor()
    form = browser.get("/account/signup/").text
    address = re.findall(r'value="(guest-\w+@demo\.example)"', form)[0]
    about = {"first_name": "Ada", "adult": "on"}

    refused = browser.post("/account/signup/", about | {"email": "ada@example.org"})
    assert "invented address" in refused.text
    page = browser.post("/account/signup/", about | {"email": address}, follow=True).text

    assert 'href="/mailbox/"' in page
    assert "no mail was sent" in page
    code = re.findall(r"^([0-9]{6})$", browser.get("/mailbox/").text, re.M)
    browser.post("/account/confirm-email/", {"code": code[0]})
    assert user_of(browser).email == address


def test_the_mailbox_shows_a_browser_its_own_mails_alone(demo: Path) -> None:
    one, other = visitor(), visitor()
    for number, browser in enumerate((one, other)):
        email = f"guest-{number}@demo.example"
        browser.post("/account/signup/", {"first_name": "Ada", "adult": "on", "email": email})

    assert "guest-0@demo.example" in one.get("/mailbox/").text
    assert "guest-1@demo.example" not in one.get("/mailbox/").text
    assert "@demo.example" not in visitor().get("/mailbox/").text


def test_after_ten_idle_minutes_the_code_is_in_the_mailbox(demo: Path) -> None:
    browser = visitor()
    browser.post(AS_ASHA)
    with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=False):
        browser.get("/home/")
        browser.post(reverse("account-still-you-mail"))
        page = browser.get(reverse("account-still-you")).text
        assert "no mail was sent" in page
        code = re.findall(r"^([0-9]{6})$", browser.get("/mailbox/").text, re.M)
        done = browser.post(reverse("account-still-you-code"), {"code": code[0]})
    assert done.status_code == HTTPStatus.FOUND


def test_signing_in_by_one_tap_is_limited(demo: Path, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"sign_in_as": "1/h/ip"}

    assert visitor().post(AS_ASHA).status_code == HTTPStatus.FOUND
    assert visitor().post(AS_ASHA).status_code == HTTPStatus.TOO_MANY_REQUESTS


def test_no_page_of_another_site_signs_anybody_in(demo: Path) -> None:
    strict = Client(enforce_csrf_checks=True)

    assert strict.post(AS_ASHA).status_code == HTTPStatus.FORBIDDEN
    assert strict.get(AS_ASHA).status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert "_auth_user_id" not in strict.session


@pytest.mark.parametrize("command", ["serve_demo"])
def test_it_does_not_start_where_anything_real_may_be(command: str) -> None:
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command(command)


def test_a_reset_leaves_the_couple_of_the_console_and_nothing_else(
    demo: Path, charlie: Person
) -> None:
    browser = visitor()
    browser.post(AS_ASHA)
    browser.post("/account/signup/", {})
    demo.mkdir(exist_ok=True)
    (demo / "1.eml").write_text("a mail")

    serve_demo.start_over("a long enough password")

    assert sorted(User.objects.values_list("email", flat=True)) == [
        "asha@demo.example",
        "ravi@demo.example",
    ]
    assert not list(demo.iterdir())
    assert browser.get("/home/").status_code == HTTPStatus.FOUND  # signed out
    browser.post(AS_ASHA)
    assert browser.get("/decks/essentials/comparison/").status_code == HTTPStatus.OK


def test_the_landing_page_of_a_demo_leads_to_the_couple_first(demo: Path) -> None:
    page = visitor().get("/").text

    assert re.findall(r'class="(button[ a-z]*)"[^>]*>([^<]+)<', page) == [
        ("button", "Sign in as Asha"),
        ("button", "Sign in as Ravi"),
        ("button plain", "Begin, it takes ten minutes"),
    ]


def test_the_sign_in_page_of_a_demo_keeps_its_own_main_button(demo: Path) -> None:
    page = visitor().get("/account/login/").text

    assert '<button class="button plain">Sign in as Asha</button>' in page
    assert '<button class="button">Send me the code</button>' in page


def test_an_empty_mailbox_asks_only_strangers_to_sign_up(demo: Path) -> None:
    browser = visitor()
    assert "Sign up, and the first one lands here." in browser.get("/mailbox/").text

    browser.post(AS_ASHA)

    page = browser.get("/mailbox/").text
    assert "No mail yet. The next one to you lands here." in page
    assert "Sign up" not in page


def test_a_demo_names_no_address_that_nobody_reads(demo: Path, settings: Any) -> None:
    settings.OPERATOR_CONTACT = "mailto:anna@example.org"
    assert "anna@example.org" in visitor().get("/kept/").text

    settings.OPERATOR_CONTACT = "mailto:hello@localhost"

    page = visitor().get("/kept/").text
    assert "Questions?" not in page
    assert "localhost" not in page.replace("http://localhost", "")


def test_the_password_of_the_development_couple_is_quoted(
    settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.DEBUG = True

    call_command("demo")

    assert capsys.readouterr().out.count(' with the password "only for the demo"\n') == len(Side)
