"""Who may sign up where SIGN_UP is not open: whoever holds an invitation, once for each."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from http import HTTPStatus
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db.models.functions import Now
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts import maintenance
from accounts.auth_forms import SignUpForm
from accounts.models import User
from boundaries.consent import rules as consent
from boundaries.pairing import admission
from boundaries.pairing import rules as pairing
from boundaries.pairing.models import SiteInvitation
from boundaries.pairing.offered import OFFERED
from tests.accounts.test_signing_in import ADA, is_signed_in, mailed_code, post
from tests.conftest import Person
from tests.pairing.test_rules import invite

pytestmark = pytest.mark.django_db

NOT_OPEN = pytest.mark.parametrize("mode", ["invited", "closed"])
SIGN_UP = "/account/signup/"
LOU = ADA | {"email": "lou@example.org", "first_name": "Lou"}


def invite_couple(**options: Any) -> str:
    """The link that the command prints."""
    out = StringIO()
    call_command("invite_couple", stdout=out, **options)
    link, _ = out.getvalue().split("\n", 1)
    return link


def holds(link: str) -> Client:
    """A browser that has looked at an invitation."""
    browser = Client()
    browser.post("/join/code/", {"code": link})
    return browser


def offers_form(browser: Client) -> bool:
    return "Send me the code" in str(browser.get(SIGN_UP).text)


def signs_up(browser: Client, about: dict[str, str] = ADA) -> bool:
    """Whether the form leads on to the page for the mailed code."""
    return bool(post(browser, "account_signup", **about).status_code == HTTPStatus.FOUND)


def confirms(browser: Client) -> bool:
    post(browser, "account_email_verification_sent", code=mailed_code())
    return is_signed_in(browser)


@NOT_OPEN
def test_nobody_signs_up_without_an_invitation(mode: str, settings: Any, alice: Person) -> None:
    assert offers_form(Client())
    settings.SIGN_UP = mode
    sent = post(Client(), "account_signup", **ADA)

    assert sent.status_code == HTTPStatus.OK
    assert not offers_form(Client())
    for made_up in ("", "ABCD-EFGH-JKMN", "x" * 200, "None"):
        assert not offers_form(holds(made_up))
        assert not signs_up(holds(made_up))
    assert User.objects.get() == alice.user


@pytest.mark.read_committed("count what one try does")
@NOT_OPEN
def test_the_answer_is_the_same_for_every_address(
    mode: str, settings: Any, alice: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    settings.SIGN_UP = mode
    pages = []
    for email in (alice.user.email, "nobody@example.org"):
        with django_assert_num_queries(0):
            pages.append(post(Client(), "account_signup", **{**ADA, "email": email}).text)

    assert pages[0] == pages[1]


@NOT_OPEN
def test_the_link_of_whoever_runs_the_site_admits_one_person(mode: str, settings: Any) -> None:
    settings.SIGN_UP = mode
    link = invite_couple()
    first, second = holds(link), holds(link)
    assert offers_form(first)
    assert offers_form(second)

    assert signs_up(first)
    assert not offers_form(second)
    assert not signs_up(second, LOU)
    assert confirms(first)
    assert not SiteInvitation.objects.exists()
    assert not offers_form(holds(link))
    post(first, "account_logout")
    assert not signs_up(first, LOU)
    assert list(User.objects.values_list("email", flat=True)) == [ADA["email"]]


@NOT_OPEN
def test_of_two_who_send_the_form_at_once_the_second_is_told(mode: str, settings: Any) -> None:
    settings.SIGN_UP = mode
    link = invite_couple()
    second, request = holds(link), RequestFactory().post(SIGN_UP, LOU)
    request.session, request.user = second.session, AnonymousUser()
    form = SignUpForm(LOU)
    assert form.is_valid()
    assert signs_up(holds(link))

    user, page = form.try_save(request)

    assert user is None
    assert page
    assert "This invitation was just used" in page.content.decode()
    assert not User.objects.filter(email=LOU["email"]).exists()


@NOT_OPEN
def test_they_then_invite_their_partner_as_everybody_does(mode: str, settings: Any) -> None:
    settings.SIGN_UP = mode
    first = holds(invite_couple())
    signs_up(first)
    confirms(first)
    ada = Person(User.objects.get(email=ADA["email"]), first)
    consent.agree(ada.seat, consent.VERSION)
    link = invite(ada)
    partner, stranger = holds(link), holds(link)

    assert signs_up(partner, LOU)
    assert not signs_up(stranger, ADA | {"email": "eve@example.org"})
    assert confirms(partner)
    assert "Ada" in partner.get("/join/offer/").text  # what they were invited to is still there


@NOT_OPEN
def test_who_mistypes_their_address_may_try_again(mode: str, settings: Any) -> None:
    settings.SIGN_UP = mode
    browser = holds(invite_couple())
    assert signs_up(browser, ADA | {"email": "adda@example.org"})
    another = post(browser, "account_logout", next=SIGN_UP)  # "Use another address"
    assert another.url == SIGN_UP
    assert offers_form(browser)

    assert signs_up(browser)
    assert confirms(browser)
    post(browser, "account_logout")
    assert not signs_up(browser, LOU)


@NOT_OPEN
def test_a_taken_address_uses_the_invitation_up_like_any_other(
    mode: str, settings: Any, alice: Person
) -> None:
    """Otherwise whoever has a link could learn who has an account here."""
    settings.SIGN_UP = mode
    for email in (alice.user.email, "nobody@example.org"):
        link = invite_couple()

        assert signs_up(holds(link), ADA | {"email": email})
        assert not offers_form(holds(link)), email


@NOT_OPEN
def test_a_partners_link_ends_for_new_accounts_as_it_ends_for_joining(
    mode: str, settings: Any, alice: Person, charlie: Person
) -> None:
    settings.SIGN_UP = mode
    link = invite(alice)
    browser = holds(link)
    assert offers_form(browser)

    pairing.revoke(alice.seat)

    assert not offers_form(browser)
    assert not signs_up(browser)
    browser = holds(invite(alice))
    pairing.join(charlie.seat, uuid.UUID(browser.session[OFFERED]))
    assert not offers_form(browser)


@NOT_OPEN
def test_a_link_runs_out_and_can_be_ended(mode: str, settings: Any) -> None:
    settings.SIGN_UP = mode
    lapsed, ended = invite_couple(days=1), invite_couple()
    browsers = holds(lapsed), holds(ended)
    SiteInvitation.objects.filter(digest__in=admission.CODES.digests_in(lapsed)).update(
        expires_at=Now() - timedelta(seconds=1)
    )
    out = StringIO()
    call_command("invite_couple", end=ended, stdout=out)

    assert "ended" in out.getvalue()
    for browser in (*browsers, holds(lapsed), holds(ended)):
        assert not offers_form(browser)
        assert not signs_up(browser)
    maintenance.run_round("worker")
    assert not SiteInvitation.objects.exists()


@NOT_OPEN
def test_several_links_are_made_at_once_and_each_admits_one_person(
    mode: str, settings: Any
) -> None:
    settings.SIGN_UP = mode
    out = StringIO()
    call_command("invite_couple", "--count", "3", stdout=out)
    *links, explained = out.getvalue().splitlines()

    assert len(set(links)) == 3
    assert explained.startswith("Give each to one of the two. Each works once, until ")
    for number, link in enumerate(links):
        assert signs_up(holds(link), ADA | {"email": f"ada{number}@example.org"})
        assert not offers_form(holds(link))


def test_a_dead_link_looks_like_one_that_never_was() -> None:
    ended = invite_couple()
    call_command("invite_couple", end=ended, stdout=StringIO())
    pages = [Client().post("/join/code/", {"code": code}) for code in (ended, "ABCD-EFGH-JKMN")]

    assert {page.status_code for page in pages} == {HTTPStatus.NOT_FOUND}
    assert "This code doesn’t work" in pages[0].text


def test_the_code_is_stored_nowhere_and_neither_is_whom_it_is_for() -> None:
    code = invite_couple().partition("#")[2].replace("-", "")
    browser = holds(code)
    row = SiteInvitation.objects.get()

    assert code not in str(vars(row))
    assert code not in str(dict(browser.session.items()))
    assert {field.name for field in SiteInvitation._meta.fields} == {"id", "digest", "expires_at"}


def test_looking_at_a_link_does_not_use_it_up() -> None:
    link = invite_couple()

    for _ in range(3):
        assert offers_form(holds(link))
    assert SiteInvitation.objects.exists()


def test_somebody_with_an_account_keeps_the_link_whole(alice: Person) -> None:
    link = invite_couple()
    page = alice.client.post("/join/code/", {"code": link}, follow=True)

    assert "for somebody without an account" in page.text
    assert SiteInvitation.objects.exists()


def test_it_is_used_up_while_sign_up_is_open_too(settings: Any) -> None:
    link = invite_couple()
    assert signs_up(holds(link))

    settings.SIGN_UP = "closed"

    assert not offers_form(holds(link))


def test_it_is_not_for_joining_anybody(alice: Person, charlie: Person) -> None:
    link = invite_couple()
    charlie.client.post("/join/code/", {"code": link})

    assert OFFERED not in charlie.client.session
    with pytest.raises(pairing.DeadLink):
        pairing.offer(link)


@pytest.mark.parametrize("wrong", ["0", "-1", "91", "week", "٣", ""])
def test_the_command_refuses_a_number_that_makes_no_sense(wrong: str) -> None:
    with pytest.raises(CommandError, match="from 1 to 90"):
        call_command("invite_couple", "--days", wrong)
    with pytest.raises(CommandError, match="must be a number of links from 1 to 100"):
        call_command("invite_couple", "--count", {"91": "101"}.get(wrong, wrong))
    with pytest.raises(CommandError, match="No link like that"):
        call_command("invite_couple", "--end", "ABCD-EFGH-JKMN")


def test_the_pages_say_what_somebody_new_needs(settings: Any, client: Client) -> None:
    words = {
        "open": ("Begin, it takes ten minutes", "New here?", "Send me the code"),
        "invited": ("You need an invitation", "I was invited", "You need an invitation"),
        "closed": ("This site takes nobody new", "I was invited", "Nobody new right now"),
    }
    for mode, (landing, login, sign_up) in words.items():
        settings.SIGN_UP = mode
        assert landing in client.get("/").text, mode
        assert landing in client.get(reverse("how-it-works")).text, mode
        assert login in client.get("/account/login/").text, mode
        assert sign_up in client.get(SIGN_UP).text, mode
        by_whom = re.search(r"partner.*whoever runs this site", client.get(SIGN_UP).text)
        assert bool(by_whom) == (mode != "open"), mode
        assert ("Begin, it takes ten minutes" in client.get("/").text) == (mode == "open")
    assert "Begin, it takes ten minutes" in holds(invite_couple()).get("/").text


@NOT_OPEN
def test_no_mail_sends_a_stranger_to_a_closed_page(mode: str, settings: Any) -> None:
    settings.SIGN_UP = mode
    post(Client(), "account_request_login_code", email="stranger@example.org")
    assert SIGN_UP not in mail.outbox[-1].body
    assert "You cannot start here right now." in mail.outbox[-1].body


@NOT_OPEN
def test_who_lost_the_page_for_the_code_signs_in_elsewhere(mode: str, settings: Any) -> None:
    settings.SIGN_UP = mode
    signs_up(holds(invite_couple()))
    cache.clear()

    elsewhere = Client()
    post(elsewhere, "account_request_login_code", email=ADA["email"])
    post(elsewhere, "account_confirm_login_code", code=mailed_code())

    assert is_signed_in(elsewhere)
