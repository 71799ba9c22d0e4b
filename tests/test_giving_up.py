"""A database may give a transaction up at its last moment: it is repeated, and happens once.

`make serializable` does the same to every request of every other test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any
from unittest import mock

import pytest
from allauth.account.models import EmailAddress
from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.messages.storage import default_storage
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts import code_times, maintenance, repeating
from accounts.models import Heartbeat, User
from accounts.sessions import SessionStore
from accounts.tasks import task
from boundaries.content.catalogue import Deck
from boundaries.journal import rules as journal
from boundaries.leaving import rules as leaving
from boundaries.pairing import rules as pairing
from boundaries.vocabulary import Stance
from config.middleware import RequestState, RetryMiddleware
from tests.conftest import PASSWORD, Person, row_of
from tests.support.giving_up import GIVE_UP, requests_are_disturbed
from tests.support.lives import sure_of
from tests.support.routes import ENTRY

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def disturbed(settings: Any) -> Iterator[None]:
    """Of each request, the transaction of the view and one around it are given up once."""
    settings.SERIALIZABLE = True
    with requests_are_disturbed():
        yield


def give_up(*, times: int) -> Callable[[], None]:
    """Fails as often as that, with a real error, and then no more."""
    left = [times]

    def fail() -> None:
        if left[0]:
            left[0] -= 1
            with connection.cursor() as cursor:
                cursor.execute(GIVE_UP)

    return fail


def test_signing_in_is_repeated_with_the_session_as_it_was(alice: Person, disturbed: None) -> None:
    alice.user.set_password(PASSWORD)
    alice.user.save()
    EmailAddress.objects.create(
        user=alice.user, email=alice.user.email, verified=True, primary=True
    )
    browser = Client()

    form = {"login": alice.user.email, "password": PASSWORD}
    answer = browser.post(reverse("account_login"), form)

    assert answer.status_code == HTTPStatus.FOUND
    assert browser.get("/home/").status_code == HTTPStatus.OK


def test_a_session_that_was_given_up_is_saved_again(alice: Person) -> None:
    """Django would say that it has been deleted, and its person would be signed out."""
    session, save, fail = (
        SessionStore(alice.client.session.session_key),
        Session.save,
        give_up(times=1),
    )
    session["a"] = "word"

    def failing(row: Session, *args: Any, **options: Any) -> None:
        fail()
        save(row, *args, **options)

    with mock.patch.object(Session, "save", failing):
        session.save()

    assert SessionStore(session.session_key)["a"] == "word"


def test_words_are_saved_once(alice: Person, bob: Person, deck: Deck, disturbed: None) -> None:
    behaviour = deck.behaviours[0]
    entry = {"words": "Only once.", "seen": "", "prompt": ""}
    card = {"seen": row_of(alice, behaviour).version, "partners": "unsure", "mine": "unsure"}

    saved = [
        alice.client.post(f"/journal/{ENTRY}/save/", entry),
        alice.client.post(f"/answers/{behaviour.id}/save/", card),
        alice.client.post("/partner/part/"),
    ]

    assert [answer.status_code for answer in saved] == [HTTPStatus.FOUND] * 3
    assert [entry["words"] for entry in journal.export(alice.seat)] == ["Only once."]
    assert row_of(alice, behaviour).answer.mine == Stance.UNSURE
    assert len([letter for letter in mail.outbox if bob.user.email in letter.to]) <= 1


@pytest.mark.parametrize(("times", "status"), [(1, 200), (repeating.TRIES - 1, 200), (99, 503)])
def test_a_view_is_run_again_a_few_times(
    alice: Person, settings: Any, times: int, status: int
) -> None:
    settings.SERIALIZABLE = True
    request = alice.client.get("/home/").wsgi_request
    fail = give_up(times=times)
    middleware: RetryMiddleware

    def view(request: HttpRequest) -> HttpResponse:
        try:
            Heartbeat.objects.create(worker=f"w{Heartbeat.objects.count()}", at="2026-12-01T00:00Z")
            fail()
        except OperationalError as error:
            return middleware.process_exception(request, error) or HttpResponse(status=500)
        return HttpResponse("done")

    middleware = RetryMiddleware(view)

    assert middleware(request).status_code == status
    assert Heartbeat.objects.count() == (1 if status == 200 else 0)


@pytest.mark.parametrize("serializable", [True, False])
@pytest.mark.parametrize(
    ("rules", "name", "path", "status"),
    [
        (pairing, "revoke", "/partner/revoke/", 302),
        (leaving, "delete", "/leaving/delete/now/", 200),
    ],
)
def test_what_is_given_up_midway_is_done_again(
    alice: Person, settings: Any, serializable: bool, rules: Any, name: str, path: str, status: int
) -> None:
    """No view takes it for something else: for a partner who has left, or for a lock."""
    settings.SERIALIZABLE = serializable
    pairing.invite(alice.seat)
    sure_of(alice)
    fail, act, tries = give_up(times=2), getattr(rules, name), []

    def acting(*args: Any, **options: Any) -> Any:
        tries.append(1)
        fail()
        return act(*args, **options)

    with mock.patch.object(rules, name, acting):
        answer = alice.client.post(path)

    assert (answer.status_code, len(tries)) == (status, 3)


def test_a_limit_that_cannot_be_counted_is_counted_again(alice: Person, settings: Any) -> None:
    """allauth asks the same transaction to give its lock back, and raises what comes of that."""
    settings.SERIALIZABLE = True
    fail = give_up(times=2)

    @contextmanager
    def lock(key: str) -> Iterator[bool]:
        try:
            fail()
            yield True
        finally:
            User.objects.exists()

    with mock.patch.object(ratelimit, "cache_lock", lock):
        answer = alice.client.post(reverse("joining-enter"), {"code": "ZZZZZZZZZZZZ"})

    assert answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR


def test_an_error_before_the_view_is_repeated(alice: Person, settings: Any) -> None:
    """Django turns it into a page, since it has not asked the view yet."""
    settings.SERIALIZABLE = True
    fail, renew = give_up(times=2), code_times.renew
    alice.client.raise_request_exception = False

    def failing(request: HttpRequest) -> None:
        fail()
        renew(request)

    with mock.patch.object(code_times, "renew", failing):
        assert alice.client.get("/home/").status_code == HTTPStatus.OK


def test_a_view_that_is_run_again_finds_the_request_as_it_came(alice: Person) -> None:
    """The session as it was, also what a middleware had changed; and the form, read once."""
    key = alice.client.session.session_key
    request = RequestFactory().post("/", {"words": "mine"})
    request.session = SessionStore(key)
    request.session["before"] = {"kept": ["as", "it", "was"]}
    request.session.modified = changed_before = True
    request.user = alice.user
    request._messages = default_storage(request)  # type: ignore[attr-defined]
    state = RequestState(request)

    assert request.POST["words"] == "mine"
    request.session["before"]["kept"].append("no more")
    request.session["in_vain"] = 1
    request.session.cycle_key()
    request.known_lock = "of a try that was given up"  # type: ignore[attr-defined]
    messages.info(request, "Saved.")
    state.restore()

    assert request.POST["words"] == "mine"
    assert request.session["before"] == {"kept": ["as", "it", "was"]}
    assert "in_vain" not in request.session
    assert (request.session.session_key, request.session.modified) == (key, changed_before)
    assert not hasattr(request, "known_lock")
    assert [*messages.get_messages(request)] == []
    assert request.user == alice.user


def test_another_error_is_not_repeated(alice: Person, settings: Any) -> None:
    settings.SERIALIZABLE = True
    middleware = RetryMiddleware(lambda request: HttpResponse())

    assert middleware.process_exception(RequestFactory().get("/"), ValueError()) is None


to_do: list[Callable[[], None]] = []


@task
@transaction.atomic
def beat() -> None:
    """A task, which must stand in a module."""
    Heartbeat.objects.create(worker="one", at="2026-12-01T00:00Z")
    to_do[0]()


def test_a_task_is_repeated() -> None:
    to_do[:] = [give_up(times=2)]

    beat.call()

    assert Heartbeat.objects.count() == 1


def test_a_duty_is_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    fail, runs = give_up(times=2), []

    @transaction.atomic
    def duty() -> None:
        runs.append(1)
        fail()

    monkeypatch.setattr(maintenance, "duties", [duty])

    maintenance.run_round("one")

    assert len(runs) == 3


def test_within_another_transaction_only_that_is_repeated(alice: Person) -> None:
    fail, calls = give_up(times=1), []

    @repeating.repeated
    @transaction.atomic
    def inner() -> None:
        calls.append(1)
        fail()

    @repeating.repeated
    @transaction.atomic
    def outer() -> None:
        User.objects.filter(pk=alice.user.pk).update(first_name="Ann")
        inner()

    outer()

    assert len(calls) == 2
    assert User.objects.get(pk=alice.user.pk).first_name == "Ann"
