"""Leave quickly: one press on any page, and the session is over."""

from __future__ import annotations

from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.sessions.models import Session
from django.template.loader import render_to_string
from django.test import Client

from boundaries.seats import rules as seats
from tests.conftest import PASSWORD, Person, text_of
from tests.support import routes


def test_it_ends_the_session_and_goes_somewhere_plain(alice: Person) -> None:
    assert alice.client.get("/home/").status_code == 200
    sessions = Session.objects.count()

    answer = alice.client.get("/leave/")

    assert (answer.status_code, answer["Location"]) == (303, settings.LEAVE_TO)
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert "no-store" in answer["Cache-Control"]
    assert answer.cookies["sessionid"].value == ""
    assert Session.objects.count() == sessions - 1
    assert alice.client.get("/home/").status_code == 302


def test_leaving_forgets_an_invitation_that_was_opened(client: Client, alice: Person) -> None:

    charlie = seats.seat_of(alice.user)
    session = client.session
    session["offered"] = str(charlie.pk)
    session.save()

    client.get("/leave/")

    assert not Session.objects.filter(session_key=session.session_key).exists()


@pytest.mark.parametrize("purpose", ["prefetch", "prefetch;prerender"])
def test_prefetching_the_link_does_not_sign_out(alice: Person, purpose: str) -> None:
    ahead = alice.client.get("/leave/", headers={"Sec-Purpose": purpose})

    assert ahead.status_code == 503
    assert alice.client.get("/home/").status_code == 200


def test_the_button_stands_on_every_page(alice: Person, bob: Person) -> None:
    pages = 0
    for client in (Client(), alice.client):
        for path in [*(route.path for route in routes.every()), "/no-such-page/"]:
            page = text_of(client, path)
            if "<html" in page:
                pages += 1
                assert 'href="/leave/"' in page, path
                assert f'data-leave="{settings.LEAVE_TO}"' in page, path
                assert "leaving.js" in page, path

    assert pages >= 25


REFUSALS = sorted((settings.BASE_DIR / "templates").glob("[45]*.html"))


@pytest.mark.once
@pytest.mark.parametrize("template", REFUSALS, ids=lambda path: path.stem)
def test_it_stands_on_every_page_for_when_something_is_wrong(template: Path) -> None:
    page = render_to_string(template.name)  # rendered as in production, without a request

    assert 'href="/leave/"' in page
    assert "leaving.js" in page


def test_leaving_offline_signs_out_with_the_next_request(alice: Person) -> None:
    sessions = Session.objects.count()
    alice.client.cookies["left"] = "1"

    answer = alice.client.get("/home/")

    assert answer["Location"] == "/account/login/?next=/home/"
    assert Session.objects.count() == sessions - 1
    assert answer.cookies["left"]["max-age"] == 0


def test_a_form_sent_after_leaving_offline_is_not_accepted(alice: Person) -> None:
    alice.client.cookies["left"] = "1"

    alice.client.post("/account/name/", {"first_name": "Mallory"})

    alice.user.refresh_from_db()
    assert alice.user.first_name == "Alice"


def test_signing_in_works_right_after_leaving(alice: Person) -> None:
    EmailAddress.objects.create(user=alice.user, email=alice.user.email, verified=True)
    alice.client.cookies["left"] = "1"
    form = {"login": alice.user.email, "password": PASSWORD}

    alice.client.post("/account/login/", form)

    assert alice.client.get("/home/").status_code == 200
