"""What this site keeps: no table and no column that is not told, and all of it as it is."""

from __future__ import annotations

import html
import logging
from dataclasses import replace
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.conf import settings
from django.test import Client

from accounts.pseudonyms import pseudonym
from boundaries.privacy_notice import rules as privacy_notice
from boundaries.privacy_notice.checks import complaints, told
from boundaries.privacy_notice.registry import REGISTRY, Audience, Table
from boundaries.sealing.ciphertexts import CiphertextField
from config import logs
from tests.conftest import PASSWORD, Person
from tests.journeys.everywhere import OPEN, pages, somebody
from tests.support import routes

pytestmark = pytest.mark.once

SEAT, NOTE, LETTER = "boundaries.Seat", "boundaries.Notes", "accounts.Letter"


def complained(**otherwise: Table | None) -> list[str]:
    """What is wrong with the registry if some tables stood otherwise in it, or not at all."""
    changed = {name.replace("_", ".", 1): table for name, table in otherwise.items()}
    registry = {label: table for label, table in {**REGISTRY, **changed}.items() if table}
    return [each.id or "" for each in complaints(privacy_notice.every_model(), registry)]


def test_everything_that_is_kept_is_told() -> None:
    assert list(told()) == []


@pytest.mark.parametrize(
    ("wrong", "id"),
    [
        ({"boundaries_Notes": None}, "E021"),
        ({"boundaries_Seat": replace(REGISTRY[SEAT], columns={})}, "E022"),
        ({"boundaries_Notes": replace(REGISTRY[NOTE], columns={"words": ""})}, "E023"),
        ({"boundaries_Gone": REGISTRY[NOTE]}, "E023"),
        ({"boundaries_Notes": replace(REGISTRY[NOTE], audience=Audience.BOTH)}, "E024"),
        ({"boundaries.Answers": replace(REGISTRY[NOTE], audience=Audience.ALONE)}, "E024"),
        ({"boundaries_Turn": replace(REGISTRY[NOTE], audience=Audience.SITE)}, "E024"),
        ({"boundaries_Part": replace(REGISTRY[NOTE], audience=Audience.BOTH)}, "E024"),
        ({"accounts_Letter": replace(REGISTRY[LETTER], until="")}, "E025"),
    ],
)
def test_what_is_wrong_with_it_is_named(wrong: dict[str, Any], id: str) -> None:
    assert f"boundaries.{id}" in complained(**wrong)


def test_what_goes_with_whom_is_read_from_what_cascades() -> None:
    ends = {
        model._meta.label: privacy_notice.ends_with(model) for model in privacy_notice.every_model()
    }

    assert ends["boundaries.Answers"] == {privacy_notice.ACCOUNT}
    assert ends["boundaries.Turn"] == {privacy_notice.COUPLE}
    assert ends["boundaries.Draft"] == {privacy_notice.ACCOUNT, privacy_notice.COUPLE}
    assert ends["boundaries.Key"] == set()  # it is one's own, a couple's or a copy's
    assert ends["accounts.Letter"] == set()
    assert ends["boundaries.Seat"] == {privacy_notice.ACCOUNT}  # it outlives a couple


def test_what_is_told_once_of_several_tables_is_so_of_each() -> None:
    told: dict[str, set[object]] = {}
    for label, table in REGISTRY.items():
        each = privacy_notice._stored(apps.get_model(label), table)
        ends = each.seen_by, each.goes_with_account, each.goes_with_couple, str(each.until)
        told.setdefault(str(each.what), set()).add((table.group, *ends))

    assert [what for what, ends in told.items() if len(ends) > 1] == []


def test_encrypted_is_what_the_column_encrypts() -> None:
    marked = {
        (label, str(column.told))
        for label, table in REGISTRY.items()
        for column in privacy_notice._stored(apps.get_model(label), table).columns
        if column.encrypted
    }
    encrypted = {
        (model._meta.label, str(REGISTRY[model._meta.label].columns[column.name]))
        for model in apps.get_models()
        for column in model._meta.local_concrete_fields
        if isinstance(column, CiphertextField)
    }

    assert marked == encrypted
    assert len(encrypted) > 9


@pytest.mark.parametrize(
    "column", ["Notified.side", "Couple.told", "Conversation.told", "Conversation.back"]
)
def test_what_tells_of_one_of_the_two_is_not_said_to_show_to_both(column: str) -> None:
    model, name = column.split(".")

    assert "shown to" in str(REGISTRY[f"boundaries.{model}"].columns[name])


@pytest.mark.django_db
def test_the_log_is_told_of_with_its_marks(alice: Person, client: Client) -> None:
    account = {"account": pseudonym(alice.user.pk)}
    event = logging.makeLogRecord({"name": "accounts.events", "msg": "signed in", **account})

    assert account["account"] in logs.JsonLineFormatter().format(event)
    assert "by a mark in place of its name" in client.get("/kept/").text


@pytest.mark.django_db
def test_everybody_can_read_all_of_it(client: Client) -> None:
    page = html.unescape(client.get("/kept/").text)

    for table in REGISTRY.values():
        assert str(table.what) in page
        for column in table.columns.values():
            assert str(column) in page
    assert page.count('<b class="small">encrypted</b>') > 9
    assert "It is not encrypted from end to end." in page


@pytest.mark.django_db
def test_it_is_in_reach_from_every_page(alice: Person, client: Client) -> None:
    for browser in (client, alice.client):
        for path in ("/help/", "/no-such-page/", "/four-questions/"):
            assert 'href="/kept/"' in browser.get(path).text


@pytest.mark.django_db
def test_there_are_no_cookies_but_the_four_that_are_told() -> None:
    who = somebody(OPEN)
    assert who
    named: set[str] = set()
    for browser, paths in (
        (Client(), [route.path for route in routes.every()]),
        (who.client, pages(OPEN, who)),
    ):
        for path in paths:
            named |= set(browser.get(path).cookies)

    EmailAddress.objects.create(user=who.user, email=who.user.email, verified=True, primary=True)
    newcomer = Client()
    newcomer.post("/account/login/", {"login": who.user.email, "password": PASSWORD})
    named |= set(newcomer.cookies)

    told = {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME}
    assert named == {*told, settings.KNOWN_BROWSER_COOKIE_NAME}  # a script writes the fourth
    assert settings.LEFT_COOKIE_NAME
