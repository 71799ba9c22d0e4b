"""Pages for load balancers, browsers and developers."""

from __future__ import annotations

from http import HTTPStatus
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.mail import EmailMessage
from django.template import Template
from django.test import Client, RequestFactory
from django.test.signals import template_rendered
from django.urls import NoReverseMatch, reverse

from boundaries.templatetags import compared, frames
from boundaries.web import frames as filled_frames
from config import development, mailbox


@pytest.mark.django_db
def test_health_says_ok_and_no_more() -> None:
    answer = Client().get("/healthz")

    assert (answer.status_code, answer.content) == (HTTPStatus.OK, b"ok\n")
    assert not answer.cookies


def test_security_txt_says_whom_to_tell(settings: Any) -> None:
    settings.SITE_URL = "https://example.org/"
    settings.SECURITY_CONTACT = "mailto:security@example.org"

    with time_machine.travel("2026-11-27T12:34:56Z", tick=False):
        answer = Client().get("/.well-known/security.txt")

    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.text == (
        "Contact: mailto:security@example.org\n"
        "Expires: 2027-05-26T00:00:00Z\n"
        "Preferred-Languages: en\n"
        "Canonical: https://example.org/.well-known/security.txt\n"
    )


def test_health_is_bad_without_a_database() -> None:
    client = Client(raise_request_exception=False)  # and no access to the database here

    assert client.get("/healthz").status_code == HTTPStatus.INTERNAL_SERVER_ERROR


@pytest.mark.django_db
def test_an_address_for_forms_alone_says_so_and_leads_on() -> None:
    answer = Client().get("/join/code/")

    assert answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert answer["Allow"] == "POST"
    assert "Nothing was changed" in answer.text
    assert f'href="{reverse("landing")}"' in answer.text


def test_the_real_site_has_no_mailbox() -> None:
    with pytest.raises(NoReverseMatch):
        reverse("mailbox")


@pytest.mark.django_db
def test_the_style_guide_shows_every_part_that_more_than_one_page_uses() -> None:
    modules = (compared, frames, filled_frames)
    for function in chain.from_iterable(vars(module).values() for module in modules):
        getattr(function, "cache_clear", lambda: None)()  # cached parts are not rendered again
    request = RequestFactory().get("/styleguide/")
    request.user = AnonymousUser()
    shown = set()

    def note(template: Template, **more: object) -> None:
        shown.add(template.name)

    template_rendered.connect(note)
    development.styleguide(request)
    template_rendered.disconnect(note)

    folder = settings.BASE_DIR / "templates"
    parts = {str(path.relative_to(folder)) for path in (folder / "components").glob("*.html")}
    # Cached parts at the top of every page, and the script tag for htmx.
    elsewhere = {"components/leave.html", "components/htmx.html"}
    # Hidden fields in the response to a save.
    unseen = {"components/seen.html", "components/draft_version.html"}
    assert parts - shown <= elsewhere | unseen


@pytest.mark.django_db
def test_the_mailbox_shows_what_was_sent(tmp_path: Path, settings: object) -> None:
    backend = "config.mailbox.MailboxBackend"
    settings.MAILERS = {"post": {"BACKEND": backend, "OPTIONS": {"folder": str(tmp_path)}}}  # type: ignore[attr-defined]
    message = EmailMessage(
        "Your code", "<b>ABCD-EFGH</b> नमस्ते", "us@example.org", ["a@example.org"]
    )
    mailbox.MailboxBackend(alias="post", folder=str(tmp_path)).send_messages([message])
    request = RequestFactory().get("/mailbox/")
    request.user = AnonymousUser()

    page = mailbox.mailbox(request).content.decode()

    assert "Your code" in page
    assert "&lt;b&gt;ABCD-EFGH&lt;/b&gt; नमस्ते" in page
    assert "a@example.org" in page


@pytest.mark.django_db
def test_an_unencrypted_site_warns_on_every_page_and_offers_no_passkey(
    client: Client, settings: Any
) -> None:
    pages = ("/", "/help/", "/account/login/", "/no-such-page", "/join/code/")
    warning = "Anyone on this network can read along"
    for path in pages:
        assert warning not in client.get(path).text, path
    assert 'id="passkey_login"' in client.get("/account/login/").text

    settings.UNENCRYPTED = True

    for path in pages:
        assert warning in client.get(path).text, path
    login = client.get("/account/login/").text
    assert "passkey_login" not in login
    assert "webauthn" not in login
