"""Whoever deletes their account is gone: from every table, session, task, letter, limit and key."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, models
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from accounts import maintenance
from accounts.models import Letter, Tombstone, User
from boundaries.agreements import copies
from boundaries.answers import sheets
from boundaries.content import catalogue
from boundaries.privacy_notice import rules as privacy_notice
from boundaries.privacy_notice.registry import REGISTRY
from boundaries.repair.models import RepairDraft
from boundaries.seats import rules as seats
from boundaries.seats.models import Couple, Seat
from tests.conftest import Person, person
from tests.support.lives import AGREED, PRIVATE, all_private, at_home, lived, sure_of, words

DECK = catalogue.deck(catalogue.ESSENTIALS)
BY_THE_WORKER = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# Found by what stands in them, since nothing leads from an account to them.
BY_HAND = {Session, Letter, DBTaskResult}

# Every other table of the site: the page on what is kept says of it that it is nobody's.
NOBODYS = {label for label, table in REGISTRY.items() if table.nobodys}
# Tables that lead from an account, and that the site never puts anything into.
EMPTY = {"accounts.User_groups", "accounts.User_user_permissions"}


@pytest.fixture
def full(db: None, settings: Any) -> tuple[Person, Person]:
    """Two people with everything, and one of them with an account full of things as well."""
    settings.TASKS = BY_THE_WORKER
    settings.SITE_URL = "http://testserver"
    one, other = person("Alizq"), person("Boris")
    lived(one, other, person("Erin"))
    at_home(one)
    mail.outbox.clear()
    return one, other


def hanging_on(who: Person) -> dict[type[models.Model], set[Any]]:
    """All rows that hang on a person or on what they share, by table: each way down is followed."""
    found: dict[type[models.Model], set[Any]] = {
        User: {who.user.pk},
        Couple: {who.seat.couple_id},
    }
    grows = True
    while grows:
        grows = False
        for model in privacy_notice.every_model():
            for field in model._meta.concrete_fields:
                above = field.related_model
                if above not in found or (model, field.name) == (Seat, "couple"):
                    continue
                rows = model._base_manager.filter(**{f"{field.name}__in": found[above]})
                pks = set(rows.values_list("pk", flat=True))
                grows |= not pks <= found.get(model, set())
                found.setdefault(model, set()).update(pks)
    return {model: pks for model, pks in found.items() if pks}


def everything_stored() -> Iterator[str]:
    """Every value of every table as text, whatever its kind; and what is counted in the cache."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 our own tables
            for row in cursor.fetchall():
                for value in row:
                    is_bytes = isinstance(value, bytes | memoryview)
                    yield str(bytes(value), "utf-8", "replace") if is_bytes else str(value)
    for session in Session.objects.all():
        yield str(session.get_decoded())
    yield str(cache._cache)  # type: ignore[attr-defined]  # the one for tests keeps it here


def found(canaries: set[str], stored: str) -> set[str]:
    searched = stored.lower().replace("-", "")
    return {canary for canary in canaries if canary.lower().replace("-", "") in searched}


def on_disk() -> str:
    """Every byte of an SQLite database, also what SQLite itself does not look at any more."""
    name = connection.settings_dict["NAME"]
    files = (Path(f"{name}{end}") for end in ("", "-wal"))
    return "".join(str(file.read_bytes(), "latin-1") for file in files if file.exists())


def canaries_of(who: Person, hanging: dict[type[models.Model], set[Any]]) -> set[str]:
    """Ids, addresses, names, keys and words of a person: none of them is like anybody else's."""
    ids = {str(pk) for pks in hanging.values() for pk in pks if isinstance(pk, uuid.UUID)}
    letters = {str(pk) for pk in Letter.objects.values_list("pk", flat=True)}
    keys = {who.client.session.session_key or ""}
    named = {who.user.email, f"other-{who.user.email}", who.user.first_name}
    written = {words(who, what) for what in (*PRIVATE, "passkey", "letter")}
    return ids | letters | keys | named | written


def delete(who: Person) -> None:
    """As a person does it who has just shown who they are."""
    sure_of(who)
    answer = who.client.post(reverse("leaving-delete-now"))
    assert answer.status_code == 200


def test_every_table_is_emptied_of_a_person_or_holds_nobody(full: tuple[Person, Person]) -> None:
    hanging = hanging_on(full[0])
    all_of_them = set(privacy_notice.every_model())
    decided = set(hanging) | BY_HAND | {apps.get_model(name) for name in (*NOBODYS, *EMPTY)}

    assert all_of_them == decided, "say of a new table how it is emptied, or why it holds nobody"
    assert not set(hanging) & {apps.get_model(name) for name in NOBODYS}
    for model in BY_HAND:
        assert model._base_manager.exists()


def test_nothing_of_a_deleted_person_is_left(full: tuple[Person, Person]) -> None:
    one, other = full
    hanging, theirs = hanging_on(one), words(other, "note")
    canaries = canaries_of(one, hanging)
    before = "\n".join(everything_stored())
    readable = {canary for canary in canaries if canary not in all_private(one)}
    assert found(canaries, before) == readable  # else the search could find nothing
    kept, couple = seats.seat_of(other.user).pk, one.seat.couple_id
    moved = {str(draft.pk) for draft in RepairDraft.owned_by(other.seat)}  # the other's own
    earlier = set(Tombstone.objects.all())

    delete(one)

    after = "\n".join(everything_stored())
    tombstones = set(Tombstone.objects.all()) - earlier
    assert {tombstone.pk for tombstone in tombstones} == {one.user.pk, couple}
    gone = {str(one.user.pk), str(couple)}
    assert found(canaries - gone - moved, after) == set()
    assert [after.replace("-", "").count(key.replace("-", "")) for key in gone] == [1, 1]
    for model, pks in hanging.items():
        assert not model._base_manager.filter(pk__in=pks).exists(), model
    assert not mail.outbox  # nobody is mailed
    assert found({str(kept), other.user.email}, after) == {str(kept), other.user.email}
    assert theirs in str(sheets.own_sheet(other.seat, DECK).rows)


def test_the_former_partner_keeps_what_is_theirs_and_no_name(full: tuple[Person, Person]) -> None:
    one, other = full

    delete(one)

    seat = other.seat
    assert (seat.couple_id, seat.parted) == (None, True)
    (copy,) = copies.all_of(seat)
    texts = str(
        [(understanding.wording, understanding.text) for understanding in copy.understandings]
    )
    assert words(one, AGREED) in texts
    assert words(other, AGREED) in texts
    assert f"When {one.user.first_name}" not in texts
    page = other.client.get(reverse("home")).text
    assert "You’re no longer connected" in page
    assert one.user.first_name not in page


@pytest.mark.once
@pytest.mark.django_db(transaction=True)
def test_nothing_is_left_in_the_file_of_the_database_either(full: tuple[Person, Person]) -> None:
    one, other = full
    written = {words(one, what) for what in PRIVATE} | {one.user.email}
    assert one.user.email in on_disk()

    delete(one)

    assert found(written, on_disk()) == set()
    assert other.user.email in on_disk()


def test_all_places_where_they_were_signed_in_are_closed_at_once(
    full: tuple[Person, Person],
) -> None:
    one, _ = full
    elsewhere = Client()
    elsewhere.force_login(one.user)
    assert elsewhere.get(reverse("home")).status_code == 200

    delete(one)

    for client in (one.client, elsewhere):
        answer = client.get(reverse("home"))
        assert answer["Location"].startswith(reverse("account_login"))


def test_somebody_at_the_door_with_their_address_begins_anew(full: tuple[Person, Person]) -> None:
    one, other = full
    at_the_door, somebody_else = Client(), Client()
    at_the_door.post(reverse("account_request_login_code"), {"email": one.user.email})
    somebody_else.post(reverse("account_request_login_code"), {"email": other.user.email})
    mail.outbox.clear()

    delete(one)

    sessions = str([session.get_decoded() for session in Session.objects.all()])
    assert one.user.email not in sessions
    assert other.user.email in sessions


def test_the_same_address_can_sign_up_anew_and_has_nothing(full: tuple[Person, Person]) -> None:
    one, _ = full
    address = one.user.email
    delete(one)

    newcomer = Client()
    newcomer.post(
        reverse("account_signup"),
        {"email": address, "first_name": "Anew", "adult": "on"},
    )

    assert User.objects.get(email=address).first_name == "Anew"
    assert User.objects.get(email=address).pk != one.user.pk


@pytest.mark.once
@pytest.mark.django_db(transaction=True)
def test_a_backup_that_comes_back_does_not_bring_them_back(
    full: tuple[Person, Person], tmp_path: Path, settings: Any
) -> None:
    one, other = full
    settings.ERASED_FILE = str(tmp_path / "erased")
    name = connection.settings_dict["NAME"]
    with sqlite3.connect(tmp_path / "backup") as backup, sqlite3.connect(name) as now:
        now.backup(backup)
    hanging = hanging_on(one)
    canaries = canaries_of(one, hanging) - all_private(one)
    couple = one.seat.couple_id
    canaries -= {
        str(draft.pk) for draft in RepairDraft.owned_by(other.seat)
    }  # it stays the other's
    delete(one)
    maintenance.run_round("worker")
    assert not Tombstone.objects.exists()  # what there is of it is apart from the database

    connection.close()
    with sqlite3.connect(name) as now, sqlite3.connect(tmp_path / "backup") as backup:
        backup.backup(now)
    assert User.objects.filter(pk=one.user.pk).exists()  # back, with everything
    assert found(canaries, on_disk()) == canaries
    mail.outbox.clear()
    call_command("erase_again", stdout=StringIO())

    assert not User.objects.filter(pk=one.user.pk).exists()
    for model, pks in hanging.items():
        assert not model._base_manager.filter(pk__in=pks).exists(), model
    tombstones = {str(one.user.pk), str(couple)}
    assert found(canaries - tombstones, on_disk()) == set()
    assert (other.seat.couple_id, other.seat.parted) == (None, True)
    assert not mail.outbox
    output = StringIO()
    call_command("erase_again", stdout=output)  # doing it twice is doing it once
    assert output.getvalue() == "Accounts deleted again: 0. Couples parted again: 0.\n"
