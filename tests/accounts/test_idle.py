"""An idle session is signed out, and one in use is not before it is twelve hours old."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import reauthentication
from accounts.devices import LAST_USED_AT
from accounts.middleware import MINUTE, STARTED_AT
from boundaries.answers import sheets
from boundaries.content.catalogue import Deck
from tests.conftest import Person

IDLE = int(settings.SIGNED_OUT_WHEN_IDLE_FOR.total_seconds())


def wait(who: Person, seconds: int) -> None:
    """Let time pass for one session by changing what it has recorded."""
    session = who.client.session
    session[LAST_USED_AT] -= seconds
    session.save()


def last(who: Person, seconds: int) -> None:
    """Make a session older, as if it had been in use since."""
    session = who.client.session
    session[STARTED_AT] -= seconds
    session.save()


def status(who: Person) -> int:
    return who.client.get("/").status_code


def writes(who: Person) -> list[str]:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        who.client.get("/")
    return [query["sql"] for query in seen if "UPDATE" in query["sql"] or "INSERT" in query["sql"]]


def test_a_session_nobody_used_for_half_an_hour_ends(alice: Person) -> None:
    status(alice)
    wait(alice, IDLE + MINUTE)

    assert alice.client.get(reverse("account")).status_code == HTTPStatus.FOUND
    assert LAST_USED_AT not in alice.client.session


def test_use_keeps_a_session_alive(alice: Person) -> None:
    status(alice)
    for _ in range(3):
        wait(alice, IDLE - MINUTE)
        assert alice.client.get(reverse("account")).status_code == HTTPStatus.OK


def test_a_session_in_use_ends_after_twelve_hours(alice: Person) -> None:
    """Otherwise somebody who once had the phone could stay signed in by using it now and then."""
    status(alice)
    last(alice, settings.SESSION_COOKIE_AGE - MINUTE)
    wait(alice, MINUTE)  # the time of use is written again, but not the start
    assert alice.client.get(reverse("account")).status_code == HTTPStatus.OK

    last(alice, 2 * MINUTE)

    assert alice.client.get(reverse("account")).status_code == HTTPStatus.FOUND
    assert STARTED_AT not in alice.client.session


def test_the_time_of_use_is_written_at_most_once_a_minute(alice: Person) -> None:
    status(alice)
    assert writes(alice) == []

    wait(alice, MINUTE)
    assert writes(alice)
    assert writes(alice) == []


def test_a_form_sent_after_the_idle_time_leads_back_to_its_page(alice: Person, deck: Deck) -> None:
    status(alice)
    wait(alice, IDLE + MINUTE)
    look = reverse("answers-last-look", args=[deck])

    answer = alice.client.post(
        reverse("answers-seal", args=[deck]), headers={"Referer": f"http://testserver{look}"}
    )

    assert answer["Location"] == f"{reverse('account_login')}?next={look}&unsaved=on"
    assert "that wasn’t saved" in alice.client.get(answer["Location"]).text


@pytest.mark.parametrize(
    ("referer", "page"),
    [
        ("//evil.example/", "/%2F//evil.example/"),
        ("///evil.example/", "/%2F///evil.example/"),
        ("/\\evil.example/", "/%5Cevil.example/"),
        ("/talks/?side=left", "/talks/?side=left"),
        ("", ""),
    ],
)
def test_the_page_of_a_form_is_never_on_another_site(referer: str, page: str) -> None:
    """An address of ours that begins with two slashes would be a host's where it is linked to."""
    headers = {"Referer": f"http://testserver{referer}"}
    request = RequestFactory().post("/talks/", headers=headers)

    assert reauthentication.page_before(request) == page


def test_a_form_without_a_referrer_leads_home(alice: Person, deck: Deck) -> None:
    for referer in ({}, {"Referer": "https://elsewhere.example/answers/"}):
        answer = Client().post(reverse("answers-seal", args=[deck]), headers=referer)

        home = f"{reverse('account_login')}?next={reverse('home')}&unsaved=on"
        assert answer["Location"] == home


def test_a_save_after_the_idle_time_says_so_in_place_and_keeps_the_words(
    alice: Person, deck: Deck
) -> None:
    status(alice)
    wait(alice, IDLE + MINUTE)
    behaviour = deck.behaviours[0]

    answer = alice.client.post(
        reverse("answers-answer", args=[behaviour]),
        {"partners": "acceptable", "note": "my words"},
        headers={"HX-Request": "true"},
    )

    assert answer.status_code == HTTPStatus.UNAUTHORIZED
    assert "Not saved yet. You are signed out." in answer.content.decode()
    assert "<html" not in answer.content.decode()
    assert not sheets.own_sheet(alice.seat, deck).row(behaviour).answer.answered


def test_polling_keeps_no_session_alive(alice: Person) -> None:
    alice.client.get(reverse("account"))
    for _ in range(3):
        wait(alice, IDLE // 3 - 5)  # five seconds for a slow machine
        asked = alice.client.get(reverse("account"), headers={"X-Follows": "1"})
        assert asked.status_code == HTTPStatus.OK

    wait(alice, MINUTE)
    assert alice.client.get(reverse("account")).status_code == HTTPStatus.FOUND
