"""A couple can be a shard: what a database that spans many machines asks of tables and statements.

docs/scaling.md says what follows from this, and lists what crosses couples.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models

from accounts.models import User
from boundaries.seats.models import Couple, Seat
from tests.conftest import person
from tests.journeys.everywhere import NOBODY, OPEN, STATES, pages, somebody
from tests.support.lives import at_home, lived, sure_of

SCALING = (Path(__file__).parent.parent / "docs/scaling.md").read_text()

# Rows that belong to nobody, or to somebody whom no column names.
UNOWNED = {
    "accounts_heartbeat": "a worker's sign of life",
    "accounts_letter": "a mail that waits, by its id",
    "accounts_readinesscheck": "that the database takes writes",
    "accounts_sentletter": "that a mail with a code was sent, by its id",
    "accounts_tombstone": "the id of what was deleted",
    "auth_group_permissions": "Django's own; it stays empty",
    "auth_group": "Django's own; it stays empty",
    "auth_permission": "Django's own; nobody asks for it",
    "boundaries_siteinvitation": "an invitation to the site, by its digest",
    "cache": "counts of tries, by a digest",
    "django_content_type": "Django's own; nobody asks for it",
    "django_migrations": "what the tables look like",
    "django_session": "a session, by its random key",
    "django_tasks_database_dbtaskresult": "a task that waits, by its id",
}
# Statements that look for somebody by what they typed or hold, so that no id says where they are.
LOOKED_FOR = {
    "accounts_user": "signing in: by the address",
    "account_emailaddress": "signing in: by the address",
    "boundaries_invitation": "joining: by the digest of a code; and the worker's sweep of old ones",
    "boundaries_issue": "reading a sheet: by the digest of its code",
    "boundaries_remindermails": "stopping mails: by the link in one",
    "mfa_authenticator": "signing in by a passkey: by its id",
    "usersessions_usersession": "the list of one's devices: by the key of a session",
}
# The one statement about two who are no couple yet: who joins is written into an invitation.
JOINING = re.compile(r'UPDATE "boundaries_invitation" SET "joiner_id" = ')
NOTHING = re.compile(r'"(couple_id|side)" IS NULL')  # which is true of no row with an owner
TABLE = re.compile(r'(?:FROM|JOIN|INTO|UPDATE)\s+"(\w+)"')
INSERT = re.compile(r'INSERT (?:OR IGNORE )?INTO "\w+" \(([^)]*)\)')
OF_A_TRANSACTION = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")


class Statements:
    """Every statement, with the ids in it; and which ids belong together."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, tuple[str, ...]]] = []
        self.above: dict[str, str] = {}

    def record(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.startswith(OF_A_TRANSACTION):
            for row in params if many else [params or ()]:
                ids = [as_id(value) for value in row]
                self.seen.append((sql, tuple(filter(None, ids))))
                self._join_inserted(sql, ids)
        return execute(sql, params, many, context)

    def _join_inserted(self, sql: str, ids: list[str | None]) -> None:
        """What one new row names belongs together."""
        if inserted := INSERT.match(sql):
            width = inserted[1].count(",") + 1
            for at in range(0, len(ids), width):
                self.join(ids[at : at + width])

    def join(self, ids: Iterable[str | None]) -> None:
        together = [self.root(id) for id in ids if id]
        for root in together[1:]:
            self.above[self.root(root)] = self.root(together[0])

    def root(self, id: str) -> str:
        while self.above.get(id, id) != id:
            id = self.above[id]
        return id


def as_id(value: Any) -> str | None:
    if isinstance(value, uuid.UUID):
        return value.hex
    text = str(value).replace("-", "") if isinstance(value, str) else ""
    return text if re.fullmatch(r"[0-9a-f]{32}", text) else None


@contextmanager
def recorded() -> Iterator[Statements]:
    statements = Statements()
    with connection.execute_wrapper(statements.record):
        yield statements


def couples_of(statements: Statements) -> set[str]:
    """One id for each couple, and for each person alone, once all that is theirs is joined."""
    for seat in Seat.objects.all():
        statements.join(map(as_id, (seat.pk, seat.user_id, seat.couple_id)))
    return {statements.root(user.pk.hex) for user in User.objects.all()}


def crossing(statements: Statements) -> set[str]:
    """Statements that name two couples, or none although their rows belong to somebody."""
    couples = couples_of(statements)
    found = set()
    for sql, ids in statements.seen:
        named = {statements.root(id) for id in ids} & couples
        tables = set(TABLE.findall(sql))
        if len(named) > 1 and not JOINING.match(sql):
            found.add(f"names {len(named)}: {sql}")
        if not named and tables - set(UNOWNED) and not is_known_to_name_nobody(sql, tables):
            found.add(f"names nobody: {sql}")
    return found


def is_known_to_name_nobody(sql: str, tables: set[str]) -> bool:
    """A new account, a search by what somebody typed, or whoever is alone asking for a couple's."""
    return sql.startswith("INSERT") or bool(tables & set(LOOKED_FOR)) or bool(NOTHING.search(sql))


# Alice and Bob have done what couples in this state have, and in part with the same ids.
OTHERS = [state for state in STATES if state not in (NOBODY, OPEN)]


@pytest.mark.turns(3)
@pytest.mark.django_db
def test_no_statement_touches_two_couples() -> None:
    """Of all that two people can do, of what everybody else has done, and of all their pages."""
    with recorded() as statements:
        alice, bob, erin = map(person, ("Alice", "Bob", "Erin"))
        lived(alice, bob, erin)
        visited = 0
        for state, who in ((OPEN, alice), *((state, somebody(state)) for state in OTHERS)):
            assert who
            sure_of(who)
            for page in pages(state, who):
                who.client.get(page)
                visited += 1
        for who in (alice, bob):
            at_home(who)

    assert len(couples_of(statements)) > len(OTHERS)  # or nothing could be told apart
    assert len(statements.seen) > 5_000
    assert visited > 100
    assert sorted(crossing(statements)) == []


def owned(model: type[models.Model]) -> bool:
    return model._meta.db_table not in UNOWNED


def tables() -> list[type[models.Model]]:
    return sorted(
        apps.get_models(include_auto_created=True), key=lambda model: model._meta.db_table
    )


def test_every_row_has_an_owner_or_a_reason_to_have_none() -> None:
    """A column that leads to a person or a couple, if need be by way of another table."""
    roots = {User, Couple}

    def leads_to_an_owner(model: type[models.Model], way: tuple[Any, ...] = ()) -> bool:
        above = {
            field.related_model
            for field in model._meta.fields
            if isinstance(field, models.ForeignKey) and field.related_model not in way
        }
        return model in roots or any(
            leads_to_an_owner(other, (*way, model)) for other in above if isinstance(other, type)
        )

    without = {model._meta.db_table for model in tables() if not leads_to_an_owner(model)}

    assert without <= set(UNOWNED)
    assert set(UNOWNED) - without <= {"cache", "django_migrations"}  # which have no model


def test_what_is_unique_across_couples_is_listed_with_the_reason() -> None:
    found = set()
    for model in tables():
        fields = {field.name: field for field in model._meta.fields}
        constraints = [
            list(constraint.fields) or [str(part) for part in constraint.expressions]
            for constraint in model._meta.constraints
            if isinstance(constraint, models.UniqueConstraint)
        ]
        unique = [[field.name] for field in fields.values() if field.unique]
        for columns in (*unique, *constraints, *map(list, model._meta.unique_together)):
            named = [fields[name] for name in columns if name in fields]
            is_random = any(isinstance(field, models.UUIDField) for field in named)
            if not is_random and not any(field.is_relation for field in named):
                found.add(f"{model._meta.db_table}({', '.join(columns)})")

    assert found == set(re.findall(r"^\| `(\w+\(.+?\))` \|", SCALING, re.M))


def test_ids_are_random_or_listed_as_counted() -> None:
    counted = {
        model._meta.db_table
        for model in tables()
        if isinstance(model._meta.pk, models.AutoField | models.BigAutoField)
    }

    listed = SCALING.partition("| counted |")[2]
    assert counted == set(re.findall(r"^\| `(\w+)\(id\)` \|", listed, re.M))
    libraries = ("account_", "accounts_user_", "auth_", "django_", "mfa_", "usersessions_")
    assert [name for name in sorted(counted) if not name.startswith(libraries)] == []
