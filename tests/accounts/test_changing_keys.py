"""Reauthentication changes the session key, even while other requests are running."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from accounts.devices import LAST_USED_AT
from accounts.middleware import MINUTE
from accounts.models import User
from boundaries.answers import rules as answers
from boundaries.content.catalogue import Deck
from boundaries.leaving import rules as leaving
from boundaries.vocabulary import Stance
from tests.accounts.test_devices import sign_in
from tests.accounts.test_reauthentication import known, show_it
from tests.accounts.test_signing_in import is_signed_in, post
from tests.conftest import PASSWORD, Person, row_of

__all__ = ["known"]  # a fixture

KEY = settings.SESSION_COOKIE_NAME

type Meanwhile = Callable[[Callable[[], object]], None]


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """Runs something while the next password is being checked."""
    compare = User.check_password

    def of(act: Callable[[], object]) -> None:
        left = [act]

        def slowly(self: User, raw: str) -> bool:
            if left:
                left.pop()()
            return bool(compare(self, raw))

        monkeypatch.setattr(User, "check_password", slowly)

    return of


def on_its_way(of: Client) -> Client:
    """The same browser, which sends its current session key."""
    other = Client()
    other.cookies[KEY] = str(of.cookies[KEY].value)
    return other


def keys_of(*browsers: Client) -> set[str]:
    return {str(browser.cookies[KEY].value) for browser in browsers if is_signed_in(browser)}


def listed(who: Person) -> set[str]:
    return {row.session_key for row in UserSession.objects.filter(user=who.user)}


def held() -> str:
    """The contents of all sessions."""
    return str([session.get_decoded() for session in Session.objects.all()])


def test_the_old_session_key_stops_working(known: Person) -> None:
    old = on_its_way(known.client)
    assert is_signed_in(old)

    show_it(known)

    assert is_signed_in(known.client)
    assert not is_signed_in(old)
    assert listed(known) == keys_of(known.client)


def test_two_requests_at_once_make_no_unlisted_session(known: Person, meanwhile: Meanwhile) -> None:
    theirs = sign_in(known)
    second = on_its_way(theirs)
    meanwhile(lambda: post(theirs, "account_reauthenticate", password=PASSWORD))

    post(second, "account_reauthenticate", password=PASSWORD)

    assert keys_of(theirs)
    assert listed(known) == keys_of(known.client, theirs, second)


@pytest.mark.parametrize("way_out", ["account_logout", "leave"])
def test_signing_out_during_a_key_change_ends_the_session(
    known: Person, meanwhile: Meanwhile, way_out: str
) -> None:
    second = on_its_way(known.client)
    leave = known.client.get if way_out == "leave" else known.client.post
    meanwhile(lambda: leave(reverse(way_out)))

    post(second, "account_reauthenticate", password=PASSWORD)

    assert not keys_of(known.client, second)
    assert str(known.user.pk) not in held()


@pytest.mark.read_committed("do something else within the transaction that is given up")
def test_deleting_the_account_during_a_key_change_leaves_no_session(
    known: Person, meanwhile: Meanwhile
) -> None:
    second = on_its_way(known.client)
    second.raise_request_exception = False
    meanwhile(lambda: leaving.delete(known.user))

    post(second, "account_reauthenticate", password=PASSWORD)

    assert str(known.user.pk) not in held()
    assert known.user.email not in held()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_late_response_does_not_delete_the_new_key(known: Person, method: str) -> None:
    late = on_its_way(known.client)
    show_it(known)

    answer = late.generic(method, reverse("account_reauthenticate"))

    assert KEY not in answer.cookies
    assert is_signed_in(known.client)


def test_the_sign_in_page_says_that_a_form_was_not_saved(known: Person) -> None:
    old = on_its_way(known.client)
    show_it(known)

    answer = old.post(reverse("account-name"), {"first_name": "Alicia"}, follow=True)

    assert "You were signed out, so that wasn’t saved." in answer.text
    assert User.objects.get(pk=known.user.pk).first_name == "Alice"


def test_a_form_saved_during_a_key_change_is_not_reported_as_lost(
    known: Person, deck: Deck, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A save records the time of last use once a minute; by then the session has another key."""
    behaviour = deck.behaviours[0]
    session = known.client.session
    session[LAST_USED_AT] -= MINUTE
    session.save()
    other = on_its_way(known.client)
    sent = {"partners": "unsure", "seen": row_of(known, behaviour).version}
    answer_it = answers.answer

    def slowly(*args: object, **kwargs: object) -> object:
        post(other, "account_reauthenticate", password=PASSWORD)
        return answer_it(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(answers, "answer", slowly)

    answer = known.client.post(
        reverse("answers-answer", args=[behaviour]), sent, headers={"HX-Request": "true"}
    )

    assert answer.status_code == HTTPStatus.OK
    assert row_of(known, behaviour).answer.partners == Stance.UNSURE
