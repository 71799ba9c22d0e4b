"""The privacy notice names every table and column, and matches the models."""

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
from boundaries.privacy_notice.checks import check_registry, complaints
from boundaries.privacy_notice.registry import REGISTRY, Audience, Table
from boundaries.sealing.ciphertexts import CiphertextField
from config import logs
from tests.conftest import PASSWORD, Person
from tests.journeys.everywhere import OPEN, pages, somebody
from tests.support import routes

pytestmark = pytest.mark.once

SEAT, NOTE, LETTER = "boundaries.Seat", "boundaries.Notes", "accounts.Letter"


def errors_of(**changes: Table | None) -> list[str]:
    """The ids of the errors in a registry in which some tables are changed or missing."""
    changed = {name.replace("_", ".", 1): table for name, table in changes.items()}
    registry = {label: table for label, table in {**REGISTRY, **changed}.items() if table}
    return [error.id or "" for error in complaints(privacy_notice.every_model(), registry)]


def test_the_registry_is_complete() -> None:
    assert list(check_registry()) == []


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
def test_the_check_names_what_is_wrong(wrong: dict[str, Any], id: str) -> None:
    assert f"boundaries.{id}" in errors_of(**wrong)


def test_which_deletions_reach_a_table_is_read_from_its_foreign_keys() -> None:
    ends = {
        model._meta.label: privacy_notice.ends_with(model) for model in privacy_notice.every_model()
    }

    assert ends["boundaries.Answers"] == {privacy_notice.ACCOUNT}
    assert ends["boundaries.Turn"] == {privacy_notice.COUPLE}
    assert ends["boundaries.Draft"] == {privacy_notice.ACCOUNT, privacy_notice.COUPLE}
    assert ends["boundaries.Notified"] == {privacy_notice.COUPLE}  # by DB_CASCADE
    assert ends["boundaries.Key"] == set()  # it is one's own, a couple's or a copy's
    assert ends["accounts.Letter"] == set()
    assert ends["boundaries.Seat"] == {privacy_notice.ACCOUNT}  # it outlives a couple


def test_tables_that_are_merged_have_the_same_audience_and_end() -> None:
    merged: dict[str, set[object]] = {}
    for label, table in REGISTRY.items():
        stored = privacy_notice._stored(apps.get_model(label), table)
        ends = stored.seen_by, stored.goes_with_account, stored.goes_with_couple, str(stored.until)
        merged.setdefault(str(stored.what), set()).add((table.group, *ends))

    assert [what for what, ends in merged.items() if len(ends) > 1] == []


def test_a_column_is_marked_encrypted_exactly_if_it_is() -> None:
    marked = {
        (label, str(column.words))
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


@pytest.mark.parametrize("column", ["Notified.side", "Couple.told", "Conversation.back"])
def test_what_only_one_of_the_two_may_see_does_not_claim_to_show_to_both(column: str) -> None:
    model, name = column.split(".")

    assert "shown to" in str(REGISTRY[f"boundaries.{model}"].columns[name])


@pytest.mark.django_db
def test_the_notice_describes_the_pseudonyms_in_the_log(alice: Person, client: Client) -> None:
    account = {"account": pseudonym(alice.user.pk)}
    event = logging.makeLogRecord({"name": "accounts.events", "msg": "signed in", **account})

    assert account["account"] in logs.JsonLineFormatter().format(event)
    assert "a mark in place of a name" in client.get("/kept/").text


@pytest.mark.django_db
def test_everybody_can_read_all_of_it(client: Client) -> None:
    page = html.unescape(client.get("/kept/").text)

    for table in REGISTRY.values():
        assert str(table.what) in page
        for column in table.columns.values():
            assert str(column) in page
    assert page.count('<b class="small">encrypted</b>') > 9
    assert "It isn’t encrypted end to end." in page


@pytest.mark.django_db
def test_every_page_links_to_it(alice: Person, client: Client) -> None:
    for browser in (client, alice.client):
        for path in ("/help/", "/no-such-page/", "/four-questions/"):
            assert 'href="/kept/"' in browser.get(path).text


@pytest.mark.turns(3)
@pytest.mark.django_db
def test_there_are_no_cookies_but_the_five_that_are_named() -> None:
    who = somebody(OPEN)
    assert who
    named: set[str] = set()
    for browser, paths in (
        (Client(), [route.path for route in routes.every()]),
        (who.client, pages(OPEN, who)),
    ):
        for path in paths:
            browser.get(path)
        named |= set(browser.cookies)

    EmailAddress.objects.create(user=who.user, email=who.user.email, verified=True, primary=True)
    newcomer = Client()
    newcomer.post("/account/login/", {"login": who.user.email, "password": PASSWORD})
    named |= set(newcomer.cookies)

    own = {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME}
    kept = {settings.KNOWN_BROWSER_COOKIE_NAME, settings.PASSKEY_COOKIE_NAME}
    assert named == {*own, *kept}  # a script writes the fifth
    assert settings.LEFT_COOKIE_NAME
