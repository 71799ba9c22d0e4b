"""A language for each person: found out once, chosen by them alone, and shown to nobody else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.conf import settings as site_settings
from django.core import mail
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from accounts import languages, locales, operators, outbox
from accounts.messages import message_of
from accounts.models import Letter, User
from boundaries import notifications
from boundaries.leaving import data_export
from config.preloading import preload
from tests.accounts.test_signing_in import ADA, mailed_code, post
from tests.conftest import PASSWORD, Person
from tests.support import routes, second_language
from tests.support.policy import PUBLIC
from tests.support.second_language import is_in_it

HINDI = {"Accept-Language": "hi-IN,hi;q=0.9,en;q=0.5"}
COOKIE = site_settings.LANGUAGE_COOKIE_NAME
SWITCH = re.compile(r'<form class="languages".*?</form>', re.DOTALL)


def language_of(who: Person | str) -> str:
    email = who if isinstance(who, str) else who.user.email
    return User.objects.get(email=email).language


def read_in(page: Any) -> str:
    """The language that a page says it is in. Its header says the same."""
    found = re.search(r'<html lang="(\w+)"', page.text)
    assert found
    assert page["Content-Language"] == found[1]
    return found[1]


def give(who: Person, code: str) -> None:
    User.objects.filter(pk=who.user.pk).update(language=code)


def confirm(who: Person) -> None:
    email = who.user.email
    EmailAddress.objects.create(user=who.user, email=email, verified=True, primary=True)


@pytest.fixture
def invented() -> Iterator[str]:
    with second_language.spoken() as code:
        yield code


# Before there is an account


@pytest.mark.parametrize(
    ("preferred", "language"),
    [
        ("hi-IN,hi;q=0.9,en;q=0.5", "hi"),
        ("de,hi;q=0.5", "hi"),
        ("en-GB,hi;q=0.5", "en"),
        ("de", "en"),
        ("*", "en"),
        ("hi" * 300, "en"),
        ("", "en"),
    ],
)
def test_the_first_guess_is_what_the_browser_prefers(
    preferred: str, language: str, db: None
) -> None:
    page = Client().get("/", headers={"Accept-Language": preferred})

    assert read_in(page) == language
    assert "Accept-Language" in page["Vary"]


def test_a_tap_chooses_another_and_leads_back(db: None) -> None:
    browser = Client()
    way = "/account/login/?next=/seen/"
    sent = {"language": "hi", "next": "/account/login/"}
    chosen = browser.post("/language/", sent, headers={"Referer": f"http://testserver{way}"})

    assert (chosen.status_code, chosen["Location"]) == (HTTPStatus.FOUND, way)
    assert read_in(browser.get(way)) == "hi"
    assert browser.post("/language/", {"language": "en"})["Location"] == "/"
    assert read_in(browser.get(way, headers=HINDI)) == "en"


def test_the_cookie_is_gone_with_the_browser_and_no_script_reads_it(db: None) -> None:
    browser = Client()
    browser.post("/language/", {"language": "hi"})

    cookie = browser.cookies[COOKIE]
    assert (cookie.value, cookie["samesite"], cookie["httponly"]) == ("hi", "Lax", True)
    assert (cookie["expires"], cookie["max-age"], cookie["path"]) == ("", "", "/")


@pytest.mark.parametrize("code", ["", "de", "EN", "hi-IN", "en\n", "../en", "x" * 5_000])
def test_there_is_no_other_language(code: str, alice: Person) -> None:
    stranger = Client()

    assert stranger.post("/language/", {"language": code}).status_code == HTTPStatus.BAD_REQUEST
    assert COOKIE not in stranger.cookies
    refused = post(alice.client, "account-language-set", language=code)
    assert refused.status_code == HTTPStatus.BAD_REQUEST
    assert "Please choose one of these languages." in refused.text
    assert language_of(alice) == "en"


@pytest.mark.parametrize(
    "next", ["https://example.net/", "//example.net", "javascript:alert(1)", "\\\\example.net", ""]
)
def test_it_never_leads_to_another_site(next: str, alice: Person) -> None:
    sent = {"language": "hi", "next": next}
    referrer = {"Referer": "https://example.net/evil"}

    assert Client().post("/language/", sent, headers=referrer)["Location"] == "/"
    chosen = alice.client.post("/account/language/set/", sent, headers=referrer)
    assert chosen["Location"] == "/"


def test_a_page_that_was_opened_with_a_code_is_shown_again_without_it(db: None) -> None:
    browser = Client()
    sent = {"language": "hi", "next": "/join/"}
    elsewhere = {"Referer": "http://testserver/help/?country=in"}

    assert browser.post("/language/", sent)["Location"] == "/join/"
    assert browser.post("/language/", sent, headers=elsewhere)["Location"] == "/join/"


def test_reading_leaves_no_cookie(db: None) -> None:
    browser = Client()
    for path in ("/", "/help/", "/how-it-works/"):
        assert SWITCH.search(browser.get(path, headers=HINDI).text)
    assert list(browser.cookies) == []


# Keeping it


def test_signing_up_keeps_the_language_that_one_read_in(db: None) -> None:
    browser = Client()
    form = {**ADA, "password1": PASSWORD}
    browser.post(reverse("account_signup"), form, headers=HINDI)

    assert language_of(ADA["email"]) == "hi"


def test_a_language_that_was_chosen_counts_more_than_that_of_the_browser(db: None) -> None:
    browser = Client()
    browser.post("/language/", {"language": "en"})
    browser.post(reverse("account_signup"), {**ADA, "password1": PASSWORD}, headers=HINDI)

    assert language_of(ADA["email"]) == "en"


def signed_in_again(who: Person, **headers: str) -> Client:
    browser = Client()
    sent = {"login": who.user.email, "password": PASSWORD}
    browser.post(reverse("account_login"), sent, headers=headers)
    return browser


def test_an_account_from_before_keeps_what_somebody_first_signs_in_with(alice: Person) -> None:
    confirm(alice)
    give(alice, "")
    assert read_in(alice.client.get("/home/", headers=HINDI)) == "hi"
    assert language_of(alice) == ""

    signed_in_again(alice, **HINDI)
    assert language_of(alice) == "hi"
    browser = signed_in_again(alice)
    assert language_of(alice) == "hi"
    assert read_in(browser.get("/home/")) == "hi"


def test_the_language_of_an_account_counts_and_not_that_of_the_browser(alice: Person) -> None:
    give(alice, "hi")
    assert read_in(alice.client.get("/home/", headers={"Accept-Language": "en"})) == "hi"

    give(alice, "en")
    alice.client.cookies[COOKIE] = "hi"
    assert read_in(alice.client.get("/home/", headers=HINDI)) == "en"


def test_whoever_uses_the_browser_next_does_not_read_it_off(alice: Person) -> None:
    confirm(alice)
    give(alice, "hi")
    browser = Client()
    browser.post("/language/", {"language": "hi"})
    browser.post(reverse("account_login"), {"login": alice.user.email, "password": PASSWORD})

    assert browser.cookies[COOKIE].value == ""
    browser.post(reverse("account_logout"))
    assert read_in(browser.get("/")) == "en"


def test_leaving_quickly_takes_it_along(db: None) -> None:
    browser = Client()
    browser.post("/language/", {"language": "hi"})
    browser.get(reverse("leave"))

    assert browser.cookies[COOKIE].value == ""


def test_an_unknown_language_is_that_of_the_site_and_closes_no_account(alice: Person) -> None:
    give(alice, "tlh")

    assert read_in(alice.client.get("/home/")) == "en"
    assert alice.client.get("/account/").status_code == HTTPStatus.OK
    alice.user.refresh_from_db()
    assert languages.language_of(alice.user) == "en"


# Changing it


def test_a_tap_at_the_foot_of_a_page_shows_that_page_in_another(alice: Person) -> None:
    page = "/understandings/?show=agreed"
    switch = SWITCH.search(alice.client.get(page).text)
    assert switch
    assert '<input type="hidden" name="next" value="/understandings/">' in switch[0]
    assert re.search(r'<button[^>]*value="hi"[^>]*lang="hi"[^>]*>हिन्दी</button>', switch[0])
    assert 'value="en"' not in switch[0]  # it is in English

    sent = {"language": "hi", "next": "/understandings/"}
    referrer = {"Referer": f"http://testserver{page}"}
    chosen = alice.client.post(reverse("account-language-set"), sent, headers=referrer)

    assert chosen["Location"] == page
    assert read_in(alice.client.get(page)) == "hi"
    assert language_of(alice) == "hi"
    assert COOKIE not in alice.client.cookies


def test_it_can_be_chosen_under_account(alice: Person) -> None:
    assert reverse("account-language") in alice.client.get(reverse("account")).text
    page = alice.client.get(reverse("account-language")).text
    assert "Only you can see" in page

    post(alice.client, "account-language-set", language="hi")
    assert "हिन्दी</span>" in alice.client.get(reverse("account")).text


def test_a_form_from_before_signing_in_changes_no_account(alice: Person) -> None:
    alice.client.raise_request_exception = True
    answer = Client(enforce_csrf_checks=True)
    answer.force_login(alice.user)
    sent = answer.post("/language/", {"language": "hi"})

    assert sent["Location"] == reverse("account-language")
    assert language_of(alice) == "en"
    refused = answer.post(reverse("account-language-set"), {"language": "hi"})
    assert refused.status_code == HTTPStatus.FORBIDDEN


def test_a_form_that_was_refused_leads_back_to_the_page_it_was_on(alice: Person) -> None:
    on = "/understandings/on/a1/words/"
    referrer = {"Referer": f"http://testserver{on}"}
    refused = alice.client.post(reverse("account-name"), {"first_name": ""}, headers=referrer)

    switch = SWITCH.search(refused.text)
    assert switch
    assert f'name="next" value="{on}"' in switch[0]


def test_every_page_has_the_switch(alice: Person) -> None:
    stranger = Client()
    seen = 0
    for route in routes.every():
        if route.name in {routes.LEAVE, "account_logout"}:
            continue
        for browser in (stranger, alice.client) if route.name in PUBLIC else (alice.client,):
            page = browser.get(route.path)
            if not page.get("Content-Type", "").startswith("text/html") or not page.content:
                continue
            seen += 1
            assert len(SWITCH.findall(page.text)) == 1, route.name
    assert seen > 60


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "413", "429", "500", "503"])
def test_so_has_every_page_that_refuses_something(name: str) -> None:
    from django.template.loader import render_to_string

    with translation.override("hi"):
        page = render_to_string(f"{name}.html")

    assert len(SWITCH.findall(page)) == 1
    assert 'lang="hi"' in page


# What is in it


def test_a_static_file_has_no_language(db: None) -> None:
    file = Client().get("/favicon.ico", headers=HINDI)

    assert file.status_code == HTTPStatus.OK
    assert "Content-Language" not in file
    assert "Accept-Language" not in file.get("Vary", "")
    file.close()


def test_nothing_is_left_in_a_thread_for_whoever_comes_next(alice: Person) -> None:
    """The guard refuses a request before it is known whose it is."""
    give(alice, "hi")
    assert read_in(alice.client.get("/home/")) == "hi"
    assert translation.get_language() == "en"

    strange = {"Sec-Fetch-Site": "cross-site"}
    assert read_in(Client().get("/home/", headers=strange)) == "en"
    assert read_in(Client().get("/home/", headers={**strange, **HINDI})) == "hi"
    assert read_in(Client(headers={"Host": "bad_host"}).get("/")) == "en"
    assert translation.get_language() == "en"


@pytest.mark.read_committed("count what one try does")
def test_a_language_costs_no_query(alice: Person) -> None:
    alice.client.get("/home/")
    asked = {}
    for code in ("", "en", "hi"):
        give(alice, code)
        with CaptureQueriesContext(connection) as queries:
            alice.client.get("/home/")
        asked[code] = [query["sql"].partition(" WHERE ")[0] for query in queries]

    assert len(asked[""]) > 1
    assert asked[""] == asked["en"] == asked["hi"]


@pytest.mark.once
def test_the_first_text_in_a_language_is_read_at_start() -> None:
    kept: dict[str, Any] = translation.trans_real._translations  # type: ignore[attr-defined]
    kept.clear()
    preload()

    assert {"en", "hi"} <= set(kept)


# Mails


def test_a_mail_is_in_the_language_of_its_reader_whoever_acts(
    alice: Person, bob: Person, invented: str
) -> None:
    give(bob, invented)
    for acting, others in (("en", {"alice": False, "bob": True}), (invented, {"bob": True})):
        mail.outbox.clear()
        with translation.override(acting):
            people = User.objects.filter(pk__in=[alice.user.pk, bob.user.pk]).order_by("email")
            notifications.something_waits_for(*people)
        letters = {str(sent.to[0]).partition("@")[0]: sent for sent in mail.outbox}
        for name, theirs in others.items():
            sent = letters[name]
            assert is_in_it(str(sent.subject)) is is_in_it(str(sent.body)) is theirs


@pytest.mark.parametrize("code", ["en", "hi"])
def test_a_letter_keeps_the_language_it_was_written_in(code: str, db: None) -> None:
    with translation.override(code):
        outbox.LetterBackend().send_messages(
            [EmailMessage("subject", "body", "a@example.org", ["b@example.org"])]
        )

    html = str(message_of(Letter.objects.get()).alternatives[0][0])
    assert f'<html lang="{code}"' in html


@pytest.mark.parametrize(
    ("page", "field"),
    [("account_request_login_code", "email"), ("account_reset_password", "email")],
)
def test_whoever_asks_for_a_code_for_another_does_not_choose_its_language(
    page: str, field: str, bob: Person, invented: str
) -> None:
    confirm(bob)
    for theirs, browsers in ((invented, "en"), ("en", invented)):
        give(bob, theirs)
        stranger = Client(headers={"Accept-Language": browsers})
        answer = post(stranger, page, **{field: bob.user.email})

        assert answer["Content-Language"] == browsers
        assert is_in_it(str(mail.outbox[-1].body)) is (theirs == invented)


def test_a_mail_to_an_address_without_an_account_is_in_the_language_of_whoever_asks(
    invented: str, db: None
) -> None:
    for browsers in (invented, "en"):
        stranger = Client(headers={"Accept-Language": browsers})
        post(stranger, "account_request_login_code", email="nobody@example.org")
        assert is_in_it(str(mail.outbox[-1].body)) is (browsers == invented)


def test_so_is_the_mail_that_an_account_exists(bob: Person, invented: str) -> None:
    confirm(bob)
    give(bob, invented)
    post(Client(), "account_signup", **{**ADA, "email": bob.user.email})

    assert is_in_it(str(mail.outbox[-1].subject))


def test_a_mail_about_a_new_browser_is_in_the_language_of_the_account(
    bob: Person, invented: str
) -> None:
    confirm(bob)
    give(bob, invented)
    signed_in_again(bob)

    assert is_in_it(str(mail.outbox[-1].body))


def test_so_is_a_mail_of_whoever_runs_the_site(bob: Person, invented: str) -> None:
    give(bob, invented)
    bob.user.refresh_from_db()
    operators.mail(bob.user, "account_closed")

    assert is_in_it(str(mail.outbox[-1].subject))
    assert is_in_it(str(mail.outbox[-1].body))


def test_signing_up_in_a_language_mails_the_code_in_it(invented: str, db: None) -> None:
    browser = Client(headers={"Accept-Language": invented})
    post(browser, "account_signup", **ADA)

    assert mailed_code()
    assert is_in_it(str(mail.outbox[-1].body))


def test_a_letter_from_before_is_in_the_language_of_the_site(db: None) -> None:
    letter = Letter(sender="a@example.org", recipient="b@example.org", subject="s", body="b")

    with translation.override("hi"):
        html = str(message_of(letter).alternatives[0][0])
    assert '<html lang="en"' in html


# In the background


def test_a_copy_of_ones_data_is_in_ones_own_language_also_when_a_worker_makes_it(
    alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(alice, "hi")
    titles: list[str] = []

    def noted(content: Any, pages: list[Any], tries: int) -> dict[str, bytes]:
        titles.extend(page.title for page in pages)
        return {}

    monkeypatch.setattr(data_export, "_files", noted)
    data_export.make.func(str(data_export._begin(alice.seat).pk))

    with translation.override("hi"):
        assert titles == [translation.gettext("Your data on Common Ground")]
    assert titles != ["Your data on Common Ground"]


@pytest.mark.parametrize(
    ("code", "script"),
    [
        ("en", "Latn"),
        ("hi", "Deva"),
        ("mr", "Deva"),
        ("ne", "Deva"),
        ("ta", "Taml"),
        ("xb", "Latn"),
    ],
)
def test_the_script_of_a_language(code: str, script: str) -> None:
    assert locales.script(code) == script


@pytest.mark.parametrize(("code", "known"), [("hi", True), ("mr", True), ("en", False)])
def test_the_script_brings_its_font_and_its_spacing_in_any_language(
    code: str, known: bool, settings: Any, client: Client, db: None
) -> None:
    settings.LANGUAGES = [(code, code)]
    settings.LANGUAGE_CODE = code

    page = client.get("/").text

    assert (f'<html lang="{code}" data-script="Deva">' in page) == known
    assert ('as="font"' in page.partition("martel.woff2")[2].partition(">")[0]) == known


@pytest.mark.parametrize(
    ("code", "day"), [("en", "Saturday, 5 December, 18:30"), ("hi", "शनिवार, 5 दिसंबर, 18:30")]
)
def test_the_clock_of_ones_own_names_its_day_as_the_language_does(
    code: str, day: str, alice: Person
) -> None:
    alice.user.language, alice.user.time_zone = code, "UTC"
    alice.user.save()

    with time_machine.travel(datetime(2026, 12, 5, 18, 30, tzinfo=UTC), tick=False):
        client = Client()
        client.force_login(alice.user)
        page = client.get("/account/time-zone/").text

    assert day in page
