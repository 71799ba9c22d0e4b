"""Fills a database with couples, and says who of them visits. Run once for each database.

Those who visit are made by the real acts, each couple at some point of the way; everything else is
copies of them, made by PostgreSQL, so that a hundred thousand couples take a minute or two. What is
encrypted in a copy nobody can read, since it is bound to the row it was copied from; but each copy
has a good key of its own.
"""

from __future__ import annotations

import json
import os
import re
import resource
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from itertools import batched
from typing import Any
from unittest import mock

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.benchmarks.settings"
django.setup()

from allauth.account.models import EmailAddress  # noqa: E402
from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.db.models import Model, Q, QuerySet, UUIDField  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from accounts.encryption import DataKey  # noqa: E402
from accounts.models import User  # noqa: E402
from accounts.sessions import SessionStore  # noqa: E402
from boundaries.agreements import downloads, history  # noqa: E402
from boundaries.agreements import rules as agreements  # noqa: E402
from boundaries.agreements.models import Assent, Version  # noqa: E402
from boundaries.agreements.wording import BOTH, ProposalLine  # noqa: E402
from boundaries.agreements.words import put_into_words  # noqa: E402
from boundaries.answers import rules as answers  # noqa: E402
from boundaries.answers import sheets  # noqa: E402
from boundaries.answers.models import Answers  # noqa: E402
from boundaries.answers.private_notes import Notes  # noqa: E402
from boundaries.comparison.rules import compare  # noqa: E402
from boundaries.consent import rules as consent  # noqa: E402
from boundaries.content import catalogue  # noqa: E402
from boundaries.downloads import typesetting  # noqa: E402
from boundaries.pairing import rules as pairing  # noqa: E402
from boundaries.sealing.models import Envelope, Seal, Sheet  # noqa: E402
from boundaries.seats import rules as seats  # noqa: E402
from boundaries.seats.data_keys import Key, owner_of  # noqa: E402
from boundaries.seats.models import Couple, Seat  # noqa: E402
from boundaries.talks import reading  # noqa: E402
from boundaries.talks import rules as talks  # noqa: E402
from boundaries.talks.models import Conversation, Turn  # noqa: E402
from boundaries.vocabulary import (  # noqa: E402
    Aside,
    Condition,
    Mode,
    Move,
    Origin,
    Outcome,
    Stance,
    Step,
    Weight,
)

TABLES: tuple[type[Model], ...] = (
    User, EmailAddress, Couple, Seat, Key, Envelope, Sheet, Answers, Notes, Seal, Conversation,
    Turn, Version, Assent,
)  # fmt: skip
DECK = catalogue.deck(catalogue.ESSENTIALS)
CSRF = "a" * 32
VISITORS = 8  # of each kind
WITH_KEYS = 100_000  # couples; of more, the copies keep the keys that they were copied with


@dataclass(frozen=True)
class Pair:
    """A couple to be copied."""

    name: str
    answered: int = 24  # by each of the two
    seals: int = 0
    rounds: int = 1
    talk: Step | None = None  # where the two are in one
    agreed: int = 0  # understandings


PAIRS = (
    Pair("writing", answered=23),
    Pair("ready"),
    Pair("sealed", seals=1),
    Pair("open", seals=2),
    Pair("again", seals=2, rounds=2),
    Pair("talking", seals=2, talk=Step.MAKES_SENSE),  # it is the other's turn
    Pair("few", seals=2, agreed=5),
    Pair("many", seals=2, agreed=70),
)
A_TALK = "/talks/…/"
WORDS = "When I know about it beforehand, and it does not become a secret."


def main(couples: int) -> None:
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    for pair in PAIRS:
        for number in range(VISITORS):
            make(pair, number)
    if couples > len(PAIRS) * VISITORS:
        connection.ensure_connection()
        patient: Any = connection.connection
        patient.limit = None  # see config/postgresql/patience.py: one statement copies a table
        copy(couples // (len(PAIRS) * VISITORS) - 1)
        if couples <= WITH_KEYS:
            make_keys()
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            cursor.execute("VACUUM ANALYZE")
            cursor.execute("RESET statement_timeout")
    json.dump(
        {
            "visitors": {pair.name: visitors(pair) for pair in PAIRS}
            | {"listening": visitors(PAIRS[5], "two")},
            "queries": queries(),
            "pdf": pdf(),
            "encryption": {path: spent_on_encryption(path) for path in PAGES},
            "keys": Key.objects.count(),
            "behaviours": [behaviour.id for behaviour in DECK.behaviours],
        },
        sys.stdout,
    )


def make(pair: Pair, number: int) -> None:
    """One couple by the acts, as far as it goes."""
    one, two = (person(pair, number, name) for name in ("one", "two"))
    pairing.invite(one)
    standing = pairing.standing(one)
    assert standing
    pairing.join(two, pairing.offer(standing.code, two).id)
    standing = pairing.standing(one)
    assert standing
    assert standing.joiner
    pairing.confirm(one, standing.joiner.joining)
    both = [Seat.objects.with_keys().get(pk=seat.pk) for seat in (one, two)]
    for number in range(pair.rounds):
        for at, seat in enumerate(both):
            if number:
                answers.begin_again(seat, DECK)
            answer(seat, pair.answered, shift=at + number)
        for seat in both[: pair.seals]:
            answers.seal(seat, DECK)
    if pair.talk:
        hold_a_talk(both[0], both[1], pair.talk)
    if pair.agreed:
        agree(both[0], both[1], pair.agreed)


def person(pair: Pair, number: int, name: str) -> Seat:
    email = f"visitor-{number}-{pair.name}-{name}@example.org"
    user = User.objects.create_user(email, None, first_name=f"{pair.name} {name}".title())
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    consent.agree(seats.seat_of(user), consent.VERSION)
    return seats.seat_of(user)


def hold_a_talk(one: Seat, other: Seat, until: Step) -> None:
    """As far as a step, with some words in it."""
    opened = compare(one, DECK).compared
    about = next(entry.behaviour.id for entry in opened if entry.lines)
    talk = talks.open(one, about, mode=Mode.APART, begins=True)
    spoken = {"words": WORDS, "feelings": ["hurt"], "needs": ["honesty"]}
    way: tuple[tuple[Seat, Move, dict[str, Any]], ...] = (
        (other, Move.READY, {}),
        *((seat, Move.AGREE, {}) for seat in (one, other)),
        *((seat, Move.APPRECIATE, {"words": WORDS}) for seat in (one, other)),
        (one, Move.SPEAK, spoken),
        (other, Move.REFLECT, {"words": WORDS}),
        (one, Move.YES, {}),
    )
    for seat, move, content in way:
        now = reading.talk(seat, talk)
        if now.step == until:
            break
        talks.take_turn(seat, talk, move, content, version=now.version)


@transaction.atomic
def agree(one: Seat, other: Seat, many: int) -> None:
    """As if so much had been opened, proposed and said yes to."""
    couple, one = seats.lock_couple(one)
    names = seats.names(one)
    lines = [ProposalLine(doer=BOTH, outcome=Outcome.CONDITIONS, words=WORDS)]
    for behaviour in list(catalogue.every().values())[:many]:
        words = put_into_words(behaviour.text, lines, names)
        agreements._add_version(couple, one, behaviour.id, words, Origin.PAGE)
    agreements.assent(other, [entry.newest.digest for entry in history.entries(other)])


def answer(seat: Seat, count: int, *, shift: int) -> None:
    """As people do: mostly the same both ways, some conditions, now and then a note."""
    stances = list(Stance)
    for at, row in enumerate(sheets.own_sheet(seat, DECK).rows[:count]):
        stance = stances[(at * (1 + shift) + at // 4) % 4]
        answers.answer(
            seat,
            row.behaviour,
            version=row.version,
            partners=stance,
            mine=stances[(at + shift) % 4] if at % 5 == 0 else stance,
            weight=list(Weight)[at % 3] if at % 3 == 0 else None,
            conditions=tuple(Condition)[:2] if stance is Stance.CONDITIONS else (),
            note=WORDS if at % 6 == shift else "",
            private=at % 11 == 10,
            aside=Aside(note=WORDS, guess=stance) if at % 4 == 0 else Aside(),
        )


@transaction.atomic
def copy(times: int) -> None:
    """Insert every row so many times more, with ids of its own that fit together.

    Constraints and indexes are dropped first and recreated at the end, which is faster. Each table
    is emptied first, because PostgreSQL with `wal_level=minimal` then logs none of its rows.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL maintenance_work_mem = '1GB'")
        to_come_back = drop_constraints(cursor)
        for model in TABLES:
            fields: tuple[Any, ...] = model._meta.local_concrete_fields
            columns = [connection.ops.quote_name(field.column) for field in fields]
            copied = {
                column: value
                for field, column in zip(fields, columns, strict=True)
                if (value := value_of_copy(field, column))
            }
            table = connection.ops.quote_name(model._meta.db_table)
            names, all = ", ".join(copied), ", ".join(columns)
            values = ", ".join(copied.values())
            for statement in (
                f"CREATE TEMPORARY TABLE originals AS SELECT {all} FROM {table}",
                f"TRUNCATE {table}",
                f"INSERT INTO {table} ({all}) SELECT {all} FROM originals",
                f"INSERT INTO {table} ({names}) SELECT {values}"
                f" FROM originals, generate_series(1, {times}) AS g",
                "DROP TABLE originals",
            ):
                cursor.execute(statement)
        for statement in to_come_back:
            cursor.execute(statement)


def value_of_copy(field: Any, column: str) -> str:
    """What a copy has in a column; nothing where PostgreSQL counts by itself."""
    target = field.target_field if field.is_relation else field
    if isinstance(target, UUIDField) and (field.is_relation or field.primary_key):
        return f"md5({column}::text || g)::uuid"
    if field.primary_key:
        return ""
    return f"g || '-' || {column}" if field.unique or field.name == "email" else column


def drop_constraints(cursor: Any) -> list[str]:
    """Drop keys, constraints and indexes of the tables. Returns what brings them back.

    Foreign keys come back without looking at the rows, which fit.
    """
    tables = [model._meta.db_table for model in TABLES]
    cursor.execute(
        """
        SELECT contype, conrelid::regclass, quote_ident(conname), pg_get_constraintdef(oid)
        FROM pg_constraint
        WHERE contype IN ('p', 'u', 'f') AND (
            conrelid = ANY(%s::regclass[]) OR contype = 'f' AND confrelid = ANY(%s::regclass[])
        )
        ORDER BY contype
        """,
        [tables, tables],
    )
    constraints = cursor.fetchall()
    for _, table, name, _ in constraints:  # first the foreign keys, which need the others
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    cursor.execute(
        """
        SELECT indexrelid::regclass, pg_get_indexdef(indexrelid)
        FROM pg_index WHERE indrelid = ANY(%s::regclass[])
        """,
        [tables],
    )
    indexes = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX {name}")
    back = [
        f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}{' NOT VALID' * (kind == 'f')}"
        for kind, table, name, definition in reversed(constraints)
    ]
    return [*(definition for _, definition in indexes), *back]


def make_keys() -> None:
    """A good key for each of the copies: what was copied is bound to whom it was copied from."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
        real = Q(seat__user__email__startswith="visitor-") | Q(couple__in=_visiting())
        for some in batched(Key.objects.exclude(real).iterator(5_000), 5_000, strict=False):
            for key in some:
                made = DataKey.new(owner_of(key.seat_id or key.couple_id))
                key.epoch, key.wrapped = made.epoch, made.wrapped
            Key.objects.bulk_create(
                some,
                update_conflicts=True,
                unique_fields=["id"],
                update_fields=["epoch", "wrapped"],
            )


def _visiting() -> QuerySet[Seat, Any]:
    seats = Seat.objects.filter(user__email__startswith="visitor-", couple__isnull=False)
    return seats.values("couple")


def visitors(pair: Pair, which: str = "one") -> list[str]:
    """Cookies of those who stand where this couple stands, all signed in."""
    people = User.objects.filter(
        email__startswith="visitor-", email__endswith=f"-{pair.name}-{which}@example.org"
    )
    return [sign_in(user) for user in people.order_by("pk")]


def sign_in(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    key = session.session_key
    return f"{settings.SESSION_COOKIE_NAME}={key}; {settings.CSRF_COOKIE_NAME}={CSRF}"


def queries() -> dict[str, int]:
    """How many statements each page needs, with everything that its request does around it."""
    seen: dict[str, int] = {}
    for path in PAGES:
        who, client = whoever_opens(path)
        client.get(path)  # the second request is the common one
        with CaptureQueriesContext(connection) as captured:
            response = client.get(path)
        if response.status_code != HTTPStatus.OK:
            raise RuntimeError(f"{path} answered {response.status_code}")
        seen[path] = len(captured)
        if who.agreed:
            fewer = Client(headers={"cookie": visitors(PAIRS[-2])[0]})
            fewer.get(path)
            with CaptureQueriesContext(connection) as captured:
                fewer.get(path)
            if seen[path] != len(captured):
                raise RuntimeError(f"{path}: {len(captured)} queries for 5, {seen[path]} for 70")
        if who.talk:
            found = re.search(r"/talks/[0-9a-f-]{36}/", response.text)
            assert found
            with CaptureQueriesContext(connection) as captured:
                client.get(found[0])
            seen[A_TALK] = len(captured)
    return seen


def pdf() -> dict[str, float]:
    """What a page with 70 understandings costs as a PDF: seconds, bytes, and memory in bytes."""
    user = User.objects.get(email="visitor-0-many-one@example.org")
    page = downloads.page_of(history.agreement(seats.seat_of(user)))
    typesetting.typeset(page, typesetting.Paper.A4)  # the second is the common one
    begun = time.perf_counter()
    made = typesetting.typeset(page, typesetting.Paper.A4)
    return {
        "seconds": time.perf_counter() - begun,
        "bytes": len(made),
        "memory": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024,
    }


def spent_on_encryption(path: str) -> float:
    """Microseconds that a page spends with keys and ciphertexts: the median of some requests."""
    _, client = whoever_opens(path)
    taken = []
    for _ in range(25):
        with timed(DataKey, "decrypt") as spent:  # unwraps, where it is the first use of a key
            client.get(path)
        taken.append(sum(spent))
    return statistics.median(taken) * 1e6


@contextmanager
def timed(what: Any, name: str) -> Iterator[list[float]]:
    """Seconds of each call from now on."""
    true, spent = getattr(what, name), []

    def noted(*args: Any, **more: Any) -> Any:
        begun = time.perf_counter()
        try:
            return true(*args, **more)
        finally:
            spent.append(time.perf_counter() - begun)

    with mock.patch.object(what, name, noted):
        yield spent


def whoever_opens(path: str) -> tuple[Pair, Client]:
    """One of those for whom there is such a page."""
    named = {pair.name: pair for pair in PAIRS}
    who = named["writing"]
    for part, name in (("comparison", "open"), ("talk", "talking"), ("understandings", "many")):
        who = named[name] if part in path else who
    return who, Client(headers={"cookie": visitors(who, "two" if who.talk else "one")[0]})


PAGES = (
    "/floor/",
    "/home/",
    "/partner/",
    "/account/",
    "/own/",
    "/intimate/",
    f"/decks/{DECK.id}/",
    f"/answers/{DECK.behaviours[0].id}/",
    f"/decks/{DECK.id}/last-look/",
    f"/decks/{DECK.id}/history/",
    f"/decks/{DECK.id}/comparison/",
    f"/decks/{DECK.id}/comparison/for-me/",
    "/talks/",
    "/understandings/",
)

if __name__ == "__main__":
    main(int(sys.argv[1]))
