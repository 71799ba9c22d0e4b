"""Everybody tries every route with every method, and may do what POLICY says."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http import HTTPStatus
from itertools import product
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.client import ClientHandler
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse
from django.utils import timezone

from accounts.devices import LAST_USED_AT
from accounts.models import User
from boundaries.agreements.models import Copy
from boundaries.agreements.words import digest_of, unpack
from boundaries.answers import rules as answers
from boundaries.answers import sheets
from boundaries.consent import rules as consent
from boundaries.content import catalogue
from boundaries.content.catalogue import Deck
from boundaries.pairing import rules as pairing
from boundaries.pairing.offered import OFFERED
from boundaries.repair import reading as repairs
from boundaries.seats import rules as seats
from boundaries.seats.models import Seat
from boundaries.talks import reading
from boundaries.vocabulary import RepairMove, Stance
from tests.conftest import (
    PASSWORD,
    PROPOSED,
    Person,
    fill_in,
    opened_together,
    pair,
    person,
    propose,
    shows_mailbox,
    shows_second_step,
    talk,
)
from tests.support import routes
from tests.support.depth import DAY, some_each_day
from tests.support.passkeys import registration
from tests.support.policy import METHODS, PAIRED, POLICY, PUBLIC, Actor, expected
from tests.support.repairs import begun, take
from tests.support.routes import Route

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer
    from pytest_django import DjangoDbBlocker

OFTEN = ("GET", "POST")
IN_A_TALK = {
    "mode": "apart",
    "begins": "me",
    "minutes": "20",
    "purpose": "reflect-1-1",
    "words": "What I hear is",
    "keep": "This.",
    "outcome_both": "fine",
    "alike": "yes",
}

type World = dict[Actor, Person]

WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE)")
WRITTEN_BY_GETS = ('"django_session"', '"accounts_readinesscheck"')  # the second is nobody's
QUERY = re.compile(r'^(SELECT|INSERT|UPDATE|DELETE)(?:.*?(?:FROM|INTO))? "(\w+)"')
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')


@pytest.fixture(scope="module")
def made_once(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """All people, created once for a module. Every test is rolled back to this state."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield everybody()
        transaction.set_rollback(True)


@pytest.fixture
def world(made_once: World, db: None) -> World:
    """All people, as if they had just signed in."""
    people = {actor: Person(who.user, same_browser(who.client)) for actor, who in made_once.items()}
    for who in people.values():
        who.user.refresh_from_db()
        session = who.client.session
        if LAST_USED_AT in session:
            session[LAST_USED_AT] = int(time.time())
            session.save()
    sure = people[Actor.SURE].client
    sure.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    cache.clear()
    return people


def everybody() -> World:
    """All people, in the states that their names say; they have all opened Zoe's link."""
    deck = catalogue.deck(catalogue.ESSENTIALS)
    people = {actor: signed_up(actor.name.title()) for actor in Actor}
    people[Actor.ANONYMOUS].client.logout()
    people[Actor.SURE].client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    Seat.objects.filter(pk=people[Actor.NEW].seat.pk).update(agreed_to=None, agreed_at=None)
    invited(people[Actor.INVITING])
    joined(people[Actor.JOINED], invited(person("Ivy")))
    joined(person("Joan"), invited(people[Actor.ASKED]))
    for actor in PAIRED:
        other = person(f"{actor.name.title()}s")
        pair(people[actor], other)
        if actor is Actor.SEALED:
            answers.seal(people[actor].seat, deck)
        if actor is Actor.OPENED:
            opened_together(people[actor], other, deck)
            talk(other)
            propose(other)
            begun(other)
            take(other, RepairMove.OWN_UP)
        elif actor is not Actor.SEALED:
            answers.seal(other.seat, deck)
    kim = person("Kim")
    pair(people[Actor.FORMER], kim)
    pairing.part(kim.seat)
    kept_a_copy(people[Actor.FORMER])
    staff = people[Actor.STAFF].user
    staff.is_staff = staff.is_superuser = True
    staff.save()
    zoe = person("Zoe")
    passkey(zoe)
    code = invited(zoe)
    for guest in people.values():
        guest.client.post(reverse("joining-enter"), {"code": code})
        assert guest.seat  # created on a person's first visit
    cache.clear()
    return people


def kept_a_copy(who: Person) -> None:
    """An object from before they parted, with the id that the URLs contain."""
    held = {
        "category": "a",
        "text": ["Messaging", "Fine for us."],
        "well": "",
        "since": "2026-01-01",
    }
    with mock.patch.object(Copy._meta.pk, "_get_default", return_value=routes.COPY):
        Copy.put(who.seat, [held], on=timezone.localdate())


def signed_up(name: str) -> Person:
    """Somebody who has signed up and confirmed their address."""
    who = person(name)
    EmailAddress.objects.create(user=who.user, email=who.user.email, verified=True, primary=True)
    return who


def invited(who: Person) -> str:
    pairing.invite(who.seat)
    standing = pairing.standing(who.seat)
    assert standing
    return standing.code


def joined(who: Person, code: str) -> None:
    pairing.join(who.seat, pairing.offer(code, who.seat).id)


def passkey(who: Person) -> None:
    """The person whose id the URLs contain."""
    Authenticator.objects.create(
        pk=routes.example("pk"),
        user=who.user,
        type=Authenticator.Type.WEBAUTHN,
        data=registration("A key"),
    )


@contextmanager
def undone() -> Iterator[None]:
    """Rolls back whatever happens inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    cache.clear()


def same_browser(client: Client) -> Client:
    """A copy with the same cookies, so that requests do not affect one another's cookies."""
    copy = Client()
    copy.cookies.load({name: morsel.value for name, morsel in client.cookies.items()})
    return copy


def copied(client: Client, *, checks: bool = False) -> Client:
    """The same browser, which turns errors into responses."""
    copy = same_browser(client)
    copy.raise_request_exception = False
    # To load the middleware takes as long as a small page, so each browser does so once.
    handlers = vars(client).setdefault("handlers", {False: client.handler})
    if checks not in handlers:
        handlers[checks] = ClientHandler(enforce_csrf_checks=checks)
    copy.handler = handlers[checks]
    return copy


def noting(written: list[str]) -> Callable[..., Any]:
    """Keeps all statements that write to a table, except to that of the sessions."""

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if WRITES.match(sql) and not any(table in sql for table in WRITTEN_BY_GETS):
            written.append(sql)
        return execute(sql, params, many, context)

    return note


def asked(world: World, actor: Actor, route: Route, method: str) -> str:
    """The result of a request: its status, or the name of the route it redirects to."""
    client = copied(world[actor].client)
    if method == "POST":
        return outcome(client.post(route.path, sent(world, actor, route)))
    return outcome(client.generic(method, route.path))


def sent(world: World, actor: Actor, route: Route) -> dict[str, Any]:
    """Form data with which the action succeeds wherever it can."""
    if route.name == "joining-enter":
        return {"code": invited(person("Yan"))}
    if route.name == "answers-seal" and actor is not Actor.ANONYMOUS:
        seat, deck = world[actor].seat, routes.example("deck")
        return {"seen": answers.sheet_version(seat, sheets.own_sheet(seat, deck))}
    if route.name.startswith("talks-") and actor is Actor.OPENED:
        look = reading.talk(world[actor].seat, routes.TALK).version
        tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
        return {"look": look, "on": tomorrow} | IN_A_TALK
    if route.name.startswith("repair-") and actor in PAIRED:
        seat = world[actor].seat
        sent = {"crossed": "me", "together": seats.couple_token(seat), "stay": "yes"}
        if actor is Actor.OPENED:
            words = {"move": "impact", "purpose": "impact", "words": "It hurt."}
            sent |= words | {"look": repairs.repair(seat, routes.REPAIR).version}
        return sent
    if route.name.startswith("agreements-") and actor is not Actor.ANONYMOUS:
        # What the other has proposed, and other words.
        digest = digest_of("a1", unpack(PROPOSED))
        seat = world[actor].seat
        shown = {"together": seats.couple_token(seat), "digest": digest, "digests": digest}
        return {"seen": "1", "alike": "yes", "outcome_both": "differ"} | shown
    if route.name.startswith("therapist-sheet-") and actor is not Actor.ANONYMOUS:
        together = seats.couple_token(world[actor].seat)
        return {"behaviours": "a1", "days": "7", "digest": "none", "together": together}
    if route.name == "joining-join" and actor is not Actor.ANONYMOUS:
        return {"join": world[actor].client.session.get(OFFERED, ""), "questions": "read"}
    if route.name == "pairing-invite":
        return {"questions": "read"}
    if route.name == "consent-agree":
        return {"version": consent.VERSION}
    if route.name == "questions-opt-in" and actor is not Actor.ANONYMOUS:
        return {"together": seats.couple_token(world[actor].seat)}
    if route.name == "pairing-confirm" and actor is Actor.ASKED:
        standing = pairing.standing(world[actor].seat)
        assert standing
        assert standing.joiner
        return {"joining": standing.joiner.joining}
    return {}


def outcome(answer: Answer) -> str:
    if answer.headers.get("Location") == settings.LEAVE_TO:
        return "elsewhere"
    if answer.has_header("Location"):
        return str(resolve(answer["Location"].partition("?")[0]).url_name)
    return str(answer.status_code)


def tables() -> dict[str, str]:
    """A digest of every table except sessions, which record their last use."""
    digests = {}
    for model in apps.get_models(include_auto_created=True):
        if model is not Session:
            names = [field.attname for field in model._meta.concrete_fields]
            rows = sorted(map(repr, model._base_manager.values_list(*names)))
            digests[model._meta.label] = hashlib.sha256("".join(rows).encode()).hexdigest()
    return digests


def plain(answer: Answer) -> tuple[int, dict[str, str], str]:
    """A whole response except for CSRF tokens and times."""
    of_the_moment = ("Expires", "X-Request-ID")
    headers = {name: value for name, value in answer.items() if name not in of_the_moment}
    return answer.status_code, headers, CSRF.sub("", answer.text)


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    names = [route.name for route in routes.every()]

    assert sorted(names) == sorted(POLICY)


def test_the_public_routes_are_exactly_these(world: World) -> None:
    reached = set()
    for route in routes.every():
        with undone():
            answer = copied(world[Actor.ANONYMOUS].client).get(route.path)
        if answer.headers.get("Location") != f"{reverse('account_login')}?next={route.path}":
            reached.add(route.name)

    assert reached == PUBLIC


@pytest.mark.sweep
@pytest.mark.parametrize("every", [9, pytest.param(1, marks=pytest.mark.deep)])
@pytest.mark.parametrize(
    "actor", some_each_day([pytest.param(one, id=one.name.lower()) for one in Actor], 6)
)
def test_everybody_may_do_what_the_policy_says(world: World, actor: Actor, every: int) -> None:
    """GET and POST everywhere, and a sample of the other methods, another each day.

    A GET writes nothing but to the session. A check of readiness tries to write one row.
    """
    wrong = {}
    for place, route in enumerate(routes.every()):
        for at, method in enumerate(METHODS):
            if method not in OFTEN and (place + at + DAY) % every:
                continue
            written: list[str] = []
            with undone(), connection.execute_wrapper(noting(written)):
                came = asked(world, actor, route, method)
            if came != (meant := expected(route.name, method, actor)):
                wrong[f"{method} {route.path}"] = f"{came}, not {meant}"
            if written and method == "GET":
                wrong[f"{method} {route.path}"] = written[0][:80]

    assert not wrong


def test_staff_may_do_no_more_than_a_stranger() -> None:
    for route in POLICY:
        for method in METHODS:
            assert expected(route, method, Actor.STAFF) == expected(route, method, Actor.ALONE)


def test_there_is_no_admin() -> None:
    """There are no pages for staff, so none can show what people write."""
    assert not apps.is_installed("django.contrib.admin")
    assert not list(settings.BASE_DIR.glob("*/admin.py"))
    assert not [route for route in routes.every() if "admin" in route.path]


@pytest.mark.sweep
@pytest.mark.deep
def test_only_a_post_changes_anything(world: World) -> None:
    """Everybody requests all routes, by all other methods, one after the other.

    A check of readiness writes one row.
    """
    before = tables()

    for actor, route, method in product(Actor, routes.every(), METHODS):
        if method != "POST":
            copied(world[actor].client).generic(method, route.path)
            cache.clear()

    changed = {label for label, digest in tables().items() if before[label] != digest}
    assert changed <= {"accounts.ReadinessCheck"}


@pytest.mark.django_db
def test_a_first_visit_creates_a_seat_with_its_key_and_nothing_else() -> None:
    user = User.objects.create_user("charlie@example.org", PASSWORD, first_name="Charlie")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    charlie = Person(user, Client())
    charlie.client.force_login(user)
    first = tables()
    charlie.client.get(reverse("home"))
    second = tables()
    for route in routes.every():
        charlie.client.get(route.path)

    changed = {label for label in first if first[label] != second[label]}
    assert changed == {"boundaries.Seat", "boundaries.Key"}
    third = tables()
    changed = {label for label in second if second[label] != third[label]}
    assert changed == {"accounts.ReadinessCheck"}  # by /readyz, whoever asks


def test_a_method_named_inside_a_form_has_no_effect(alice: Person) -> None:
    path = reverse("account-name")

    responses = [
        alice.client.get(path, {"_method": "POST", "first_name": "Mallory"}),
        alice.client.get(path, headers={"X-HTTP-Method-Override": "POST"}),
    ]

    assert {answer.status_code for answer in responses} == {HTTPStatus.METHOD_NOT_ALLOWED}


TOKEN_TAKERS = [Actor.ANONYMOUS, Actor.SURE, Actor.OPENED]


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("method", "who"),
    [
        ("POST", [TOKEN_TAKERS[DAY % 3]]),
        *(
            pytest.param(method, TOKEN_TAKERS, marks=pytest.mark.deep)
            for method in ("POST", "PUT", "PATCH", "DELETE")
        ),
    ],
)
def test_no_form_is_accepted_without_a_csrf_token(
    world: World, method: str, who: list[Actor]
) -> None:
    before = tables()
    others = Client()
    others.get(reverse("account_login"))
    token = others.cookies["csrftoken"].value
    came = {}
    for actor in who:
        for route in routes.every():
            for how, path, headers in (
                ("none", route.path, {}),
                ("another's", route.path, {"X-CSRFToken": token}),
                ("in the address", f"{route.path}?csrfmiddlewaretoken={token}", {}),
                ("from elsewhere", route.path, {"Origin": "https://evil.example"}),
                ("from nowhere", route.path, {"Origin": "null"}),
            ):
                client = copied(world[actor].client, checks=True)
                answer = client.generic(method, path, headers=headers)
                came[actor.name, route.path, how] = answer.status_code

    by_mail = reverse("reminders-off", args=[routes.LINK])  # the link is what shows who may
    of_a_browser = reverse("language")  # it does nothing for anybody who is signed in
    assert {
        status for (_, path, _), status in came.items() if path not in {by_mail, of_a_browser}
    } == {HTTPStatus.FORBIDDEN}
    assert tables() == before


def test_a_form_with_a_csrf_token_is_accepted(alice: Person) -> None:
    client = copied(alice.client, checks=True)
    token = CSRF.search(client.get(reverse("account")).text)
    assert token
    value = token[0].rpartition('value="')[2].rstrip('"')

    client.post(reverse("account-name"), {"first_name": "Alicia", "csrfmiddlewaretoken": value})

    alice.user.refresh_from_db()
    assert alice.user.first_name == "Alicia"


def test_forbidden_and_missing_pages_look_the_same(world: World, deck: Deck) -> None:
    there, nowhere = reverse("comparison", args=[deck]), "/decks/nowhere/comparison/"
    told_apart = []
    for actor in set(Actor) - {Actor.OPENED, Actor.ANONYMOUS}:
        client = world[actor].client

        not_open, unknown = client.get(there), client.get(nowhere)

        if not_open.status_code != HTTPStatus.NOT_FOUND or plain(not_open) != plain(unknown):
            told_apart.append(actor)
    assert told_apart == []


def test_somebody_elses_passkey_looks_like_a_missing_one(world: World) -> None:
    client = world[Actor.SURE].client
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        hers = client.get(reverse(name, args=[routes.example("pk")]))
        nobodys = client.get(reverse(name, args=[424242]))

        assert hers.status_code == HTTPStatus.NOT_FOUND
        assert plain(hers) == plain(nobodys)


def test_ones_own_passkey_is_there(world: World) -> None:
    sure = world[Actor.SURE]
    Authenticator.objects.update(user=sure.user)
    shows_second_step(sure.client, sure)

    page = sure.client.get(reverse("mfa_edit_webauthn", args=[routes.example("pk")]))

    assert page.status_code == HTTPStatus.OK


def test_parting_takes_effect_on_the_next_request_of_an_open_session(
    alice: Person, bob: Person, deck: Deck
) -> None:
    fill_in(alice, deck, Stance.ACCEPTABLE, note="only for us two")
    fill_in(bob, deck, Stance.ACCEPTABLE)
    for who in (alice, bob):
        answers.seal(who.seat, deck)
    path = reverse("comparison", args=[deck])
    assert "only for us two" in bob.client.get(path).text

    alice.client.post(reverse("pairing-part"))

    assert plain(bob.client.get(path)) == plain(bob.client.get("/decks/nowhere/comparison/"))
    for route in routes.every():
        answer = bob.client.get(route.path)
        assert "only for us two" not in answer.text
        assert "Alice" not in answer.text


def test_a_former_partner_reaches_nothing_of_the_couple_after_them(
    erin: Person, alice: Person, bob: Person, deck: Deck
) -> None:
    fill_in(alice, deck, Stance.ACCEPTABLE, note="only for us two")
    fill_in(bob, deck, Stance.ACCEPTABLE)
    for who in (alice, bob):
        answers.seal(who.seat, deck)

    assert erin.client.get(reverse("comparison", args=[deck])).status_code == HTTPStatus.NOT_FOUND
    for route in routes.every():
        page = erin.client.get(route.path).text
        assert "only for us two" not in page
        assert "Alice" not in page


type Step = tuple[str, dict[str, str]]  # a route and what is posted to it; "" is a GET

ADDRESS = "somebody@example.org"
WRONG = "no code"
AT_THE_DOOR: dict[str, list[Step]] = {
    "signing up": [
        (
            "account_signup",
            {"first_name": "Ada", "email": ADDRESS, "adult": "on"},
        ),
        ("account_email_verification_sent", {}),
        *[("account_email_verification_sent", {"code": WRONG})] * 4,
        ("account_email_verification_sent", {"action": "resend"}),
    ],
    "signing up for codes": [
        ("account_signup", {"first_name": "Ada", "email": ADDRESS, "adult": "on"}),
        ("account_email_verification_sent", {}),
        ("account_email_verification_sent", {"action": "resend"}),
        ("account_email_verification_sent", {"action": "change", "email": "new@example.org"}),
    ],
    "signing in": [("account_login", {"login": ADDRESS, "password": "a wrong one"})] * 8,
    "signing in by code": [
        ("account_request_login_code", {"email": ADDRESS}),
        ("account_confirm_login_code", {}),
        ("account_confirm_login_code", {"action": "resend"}),
        *[("account_confirm_login_code", {"code": WRONG})] * 4,
    ],
    "a new password": [
        ("account_reset_password", {"email": ADDRESS}),
        ("account_confirm_password_reset_code", {}),
        ("account_confirm_password_reset_code", {"action": "resend"}),
        *[("account_confirm_password_reset_code", {"code": WRONG})] * 4,
        ("account_complete_password_reset", {}),
    ],
    "asking too often": [("account_reset_password", {"email": ADDRESS})] * 7,
}


def known(email: str, kind: str) -> None:
    """An account of some kind, so that the address is known."""
    user = User.objects.create_user(email, PASSWORD, first_name="Kay")
    EmailAddress.objects.create(
        user=user, email=email, primary=True, verified=kind != "not confirmed"
    )
    if kind == "without a password":
        user.set_unusable_password()
    user.is_active = kind != "closed"
    user.takes_mailed_codes = kind != "without mailed codes"
    user.save()
    if kind == "with a second step":
        TOTP.activate(user, "A" * 32)


def walked(browser: Client, steps: list[Step]) -> list[object]:
    """Everything that a browser receives on the way, except CSRF tokens."""
    cache.clear()
    seen_by_browser: list[object] = []
    for name, data in steps:
        answer = browser.post(reverse(name), data) if data else browser.get(reverse(name))
        cookies = {
            name: {**morsel, "expires": ""} for name, morsel in sorted(answer.cookies.items())
        }
        seen_by_browser.append((name, data, plain(answer), cookies))
    return seen_by_browser


KINDS = (
    "with a password",
    "without a password",
    "without mailed codes",
    "with a second step",
    "closed",
    "not confirmed",
)


@pytest.mark.sweep
@pytest.mark.parametrize("way", AT_THE_DOOR)
@pytest.mark.django_db
def test_sign_in_pages_do_not_reveal_whether_an_address_has_an_account(way: str) -> None:
    with undone():
        unknown = walked(Client(), AT_THE_DOOR[way])

    told_apart = []
    for kind in KINDS:
        with undone():
            known(ADDRESS, kind)
            if walked(Client(), AT_THE_DOOR[way]) != unknown:
                told_apart.append(kind)
    assert told_apart == []


def work(steps: list[Step]) -> list[object]:
    """What the server does on the way: kinds of queries in any order, and the amount of mail.

    Where an account is made it is made and undone for an address that is taken, so where a
    transaction ends is left out.
    """
    cache.clear()
    done: list[object] = []
    browser = Client()
    for name, data in steps:
        mail.outbox.clear()
        with CaptureQueriesContext(connection) as seen:
            answer = browser.post(reverse(name), data) if data else browser.get(reverse(name))
        kinds = [QUERY.search(query["sql"]) for query in seen]
        queries = sorted(" ".join(kind.groups()) for kind in kinds if kind)
        done.append((name, data, answer.status_code, queries, len(mail.outbox)))
    return done


@pytest.mark.sweep
@pytest.mark.parametrize("way", AT_THE_DOOR)
@pytest.mark.django_db
def test_a_known_address_causes_no_more_queries(way: str) -> None:
    with undone():
        unknown = work(AT_THE_DOOR[way])

    for kind in ("with a password", "without mailed codes"):
        with undone():
            known(ADDRESS, kind)
            assert work(AT_THE_DOOR[way]) == unknown, kind


@pytest.mark.sweep
@pytest.mark.django_db
def test_mails_are_sent_only_to_the_address_that_was_typed() -> None:
    known(ADDRESS, "with a password")
    recipients = {}
    for way, steps in AT_THE_DOOR.items():
        mail.outbox.clear()
        with undone():
            walked(Client(), steps)
        recipients[way] = {address for letter in mail.outbox for address in letter.recipients()}

    assert recipients == {way: {ADDRESS} for way in AT_THE_DOOR} | {"signing in": set()}


def test_changing_the_address_does_not_reveal_who_has_an_account(world: World) -> None:
    steps: list[Step] = [
        ("account_email", {"action_add": "", "email": ADDRESS}),
        ("account_email", {}),
        ("account_email_verification_sent", {}),
    ]
    sure = world[Actor.SURE].client
    shows_mailbox(sure)
    with undone():
        unknown = walked(copied(sure), steps)
    known(ADDRESS, "with a password")

    assert walked(copied(sure), steps) == unknown
