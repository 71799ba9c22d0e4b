"""What a copy of the database tells somebody who has no key: not what two people did in private.

Two worlds are lived through that differ only in private, and every table of each is dumped: its
rows in the order of the disk and each column, with nothing left out but the bytes of ciphertexts.
Of those the length stays.
"""

from __future__ import annotations

import os
import random
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import time_machine
from django.apps import apps
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from boundaries.agreements import history
from boundaries.agreements import rules as agreements
from boundaries.answers import rules as answers
from boundaries.answers import sheets
from boundaries.content import catalogue
from boundaries.leaving import data_export
from boundaries.pairing import rules as pairing
from boundaries.questions import rules as questions
from boundaries.sealing.ciphertexts import CiphertextField
from boundaries.talks import drafts, reading
from boundaries.talks import rules as talks
from boundaries.vocabulary import Aside, Condition, Move, Side, Stance, Weight
from tests.conftest import Person, do, opened_together, pair, person, propose, talk, write
from tests.support.routes import TALK

ESSENTIALS = catalogue.deck(catalogue.ESSENTIALS)
BEGINNING = datetime(2026, 1, 1, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db

type Cast = dict[str, Person]
type Act = Callable[[Cast], object]
type Dump = dict[str, list[tuple[object, ...]]]


# Living through a world, and dumping it


def dumped(*acts: Act, raw: bool = False) -> Dump:
    """Every table after a couple did this, with the ciphertexts if `raw`. Then all is undone."""
    with transaction.atomic():
        _fresh_files()
        cast: Cast = {}
        for number, act in enumerate((_meet, *acts)):
            with _moment(number):
                act(cast)
        found = _dump(raw=raw)
        transaction.set_rollback(True)
    return found


def _meet(cast: Cast) -> None:
    cast.update({name: person(name.title()) for name in ("alice", "bob")})
    pair(cast["alice"], cast["bob"])


@contextmanager
def _moment(number: int) -> Iterator[None]:
    """A time and a chance that belong to this act, so that what is drawn can be compared."""
    luck = random.Random(number)  # noqa: S311 luck that repeats is what is wanted
    with (
        time_machine.travel(BEGINNING + timedelta(seconds=number), tick=False),
        mock.patch.object(os, "urandom", luck.randbytes),
        mock.patch.object(secrets, "choice", luck.choice),
        mock.patch.multiple(Now, as_sqlite=_now, as_postgresql=_now),
    ):
        yield


def _now(now: Now, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:
    return "%s", [connection.ops.adapt_datetimefield_value(timezone.now())]


def _tables() -> list[str]:
    with connection.cursor() as cursor:
        return sorted(connection.introspection.table_names(cursor))


def _fresh_files() -> None:
    """PostgreSQL puts rows where there is room: no world may begin with room from another."""
    if connection.vendor == "postgresql":
        shipped = ("django_migrations", "django_content_type", "auth_")
        names = ", ".join(f'"{table}"' for table in _tables() if not table.startswith(shipped))
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {names}")


def _dump(*, raw: bool) -> Dump:
    """As pg_dump and .dump write it: whole tables, without an order being asked for."""
    return {
        table: [_compared(row, _encrypted(table) if not raw else set()) for row in _rows(table)]
        for table in _tables()
    }


def _rows(table: str) -> list[dict[str, object]]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 our own names
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        names = [
            column.name for column in connection.introspection.get_table_description(cursor, table)
        ]
        with cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
            lines = b"".join(bytes(chunk) for chunk in copy).decode().splitlines()
    return [dict(zip(names, map(_unescaped, line.split("\t")), strict=True)) for line in lines]


def _unescaped(value: str) -> object:
    """Bytes are what begins like this in what COPY writes."""
    return bytes.fromhex(value[3:]) if value.startswith("\\\\x") else value


def _encrypted(table: str) -> set[str | None]:
    return {
        field.column
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if model._meta.db_table == table and isinstance(field, CiphertextField)
    }


def _compared(row: dict[str, object], encrypted: set[str | None]) -> tuple[object, ...]:
    """A row, with the length of what is encrypted instead of its bytes."""
    return tuple(
        (name, f"{len(value)} bytes" if name in encrypted and isinstance(value, bytes) else value)
        for name, value in sorted(row.items())
    )


def differences(one: Dump, other: Dump) -> list[str]:
    """Where two dumps differ, a line for each table."""
    found = []
    for table in one:
        if one[table] == other[table]:
            continue
        rows = zip(one[table], other[table], strict=False)
        first = next((pair for pair in rows if pair[0] != pair[1]), None)
        apart = [pair for pair in zip(*first, strict=True) if pair[0] != pair[1]] if first else []
        found.append(f"{table}: {len(one[table])} and {len(other[table])} rows, {apart}")
    return found


# What people do in private


def rates(who: str, at: int, words: str = "", **content: Any) -> Act:
    """Somebody answers the card at a place in the deck."""
    behaviour = ESSENTIALS.behaviours[at]

    def act(cast: Cast) -> None:
        row = sheets.own_sheet(cast[who].seat, ESSENTIALS).row(behaviour)
        content.setdefault("mine", Stance.ACCEPTABLE)
        aside = Aside(note=words, live=bool(words))
        answers.answer(
            cast[who].seat, behaviour, version=row.version, aside=aside, note=words, **content
        )

    return act


def notes(who: str, at: int, words: str) -> Act:
    """Somebody changes the note to themselves on a card, and nothing else."""
    behaviour = ESSENTIALS.behaviours[at]

    def act(cast: Cast) -> None:
        row = sheets.own_sheet(cast[who].seat, ESSENTIALS).row(behaviour)
        answers.answer(
            cast[who].seat, behaviour, version=row.version, aside=replace(row.aside, note=words)
        )

    return act


def presses(who: str, at: int, what: Callable[..., object]) -> Act:
    """Somebody presses one of the buttons of a card."""
    behaviour = ESSENTIALS.behaviours[at]

    def act(cast: Cast) -> None:
        row = sheets.own_sheet(cast[who].seat, ESSENTIALS).row(behaviour)
        what(cast[who].seat, behaviour, version=row.version)

    return act


def seals(who: str) -> Act:
    return lambda cast: answers.seal(cast[who].seat, ESSENTIALS)


def begins_again(who: str) -> Act:
    return lambda cast: answers.begin_again(cast[who].seat, ESSENTIALS)


def _nothing(cast: Cast) -> None:
    """In the other world this act is not done."""


def opens(cast: Cast) -> None:
    """Both have answered and sealed: what follows needs an open deck."""
    opened_together(cast["alice"], cast["bob"], ESSENTIALS)


def opens_a_talk(cast: Cast) -> None:
    """A talk that both are in."""
    talk(cast["alice"])
    do(cast["bob"], Move.READY)


def agrees(who: str) -> Act:
    return lambda cast: do(cast[who], Move.AGREE)


def saves_draft(who: str, words: str) -> Act:
    return lambda cast: drafts.save(
        cast[who].seat, TALK, "speak-1-1", {"words": words}, version="", side=Side.RIGHT
    )


def _draft(cast: Cast, who: str) -> str:
    now = reading.talk(cast[who].seat, TALK)
    return drafts.written(cast[who].seat, now, now.me)["speak-1-1"].version


def pauses(who: str) -> Act:
    return lambda cast: talks.pause(cast[who].seat, TALK, timedelta(minutes=20))


def proposes(cast: Cast) -> None:
    propose(cast["alice"])


def says_yes(who: str) -> Act:
    return lambda cast: agreements.assent(cast[who].seat, [_newest(cast, who)])


def withdraws(who: str) -> Act:
    return lambda cast: agreements.withdraw(cast[who].seat, "a1", _newest(cast, who))


def leaves_for_now(who: str) -> Act:
    return lambda cast: agreements.set_aside(cast[who].seat, "a1", _newest(cast, who))


def _newest(cast: Cast, who: str) -> str:
    return history.entry(cast[who].seat, "a1").newest.digest


def wants_more(who: str) -> Act:
    return lambda cast: questions.opt_in(cast[who].seat)


def parts(who: str) -> Act:
    return lambda cast: pairing.part(cast[who].seat)


def offers(who: str) -> Act:
    return lambda cast: questions.put_forward(cast[who].seat, "Long calls")


def accepts(who: str) -> Act:
    return lambda cast: questions.accept(
        cast[who].seat, questions.ours(cast[who].seat).theirs[0].id
    )


def sets_aside(who: str) -> Act:
    return lambda cast: questions.set_aside(
        cast[who].seat, questions.ours(cast[who].seat).theirs[0].id
    )


def answers_own(who: str) -> Act:
    def act(cast: Cast) -> None:
        own = questions.deck(cast[who].seat, catalogue.OWN)
        write(cast[who], own.behaviours[0], Stance.UNSURE, self_note="mine")

    return act


A_LOT = "a note that goes on and on, with ünïcode 🫶; " * 20
# Three acts on a sheet each. They differ in the cards, in what is done and in how much is written.
SHEETS: dict[str, tuple[Act, Act, Act]] = {
    "the first cards, in few words": (
        rates("bob", 0), rates("bob", 1, "no"), rates("bob", 2),
    ),
    "other cards, in many words": (
        rates("bob", 20, A_LOT), rates("bob", 9, A_LOT, in_other_words="x" * 200),
        rates("bob", 4, A_LOT, mine=Stance.CONDITIONS, conditions=tuple(Condition)),
    ),
    "one card, three times": (
        rates("bob", 7, A_LOT), rates("bob", 7, "shorter"),
        rates("bob", 7, weight=Weight.A_LOT, private=True),
    ),
    "nothing is answered": (
        presses("bob", 3, answers.skip), presses("bob", 5, answers.hide),
        presses("bob", 5, answers.show_again),
    ),
    "it is undone": (
        rates("bob", 1, A_LOT), presses("bob", 1, answers.undo),
        presses("bob", 1, answers.undo),
    ),
}  # fmt: skip
LATER: tuple[Act, ...] = (
    rates("alice", 3, "hers"),
    seals("alice"),
    seals("bob"),
    begins_again("bob"),
    rates("bob", 11, "in a new round"),
)


@pytest.mark.turns(2)
@pytest.mark.parametrize("later", [(), LATER], ids=["while it is written", "once it has opened"])
def test_a_dump_does_not_tell_which_cards_were_touched_or_how_much_was_written(
    later: tuple[Act, ...],
) -> None:
    name, *names = SHEETS
    first = dumped(*SHEETS[name], *later)

    changed = {name: differences(first, dumped(*SHEETS[name], *later)) for name in names}

    assert {name: lines for name, lines in changed.items() if lines} == {}


# One change of a card each, on a sheet where it was answered with a note.
CHANGES: dict[str, Act] = {
    "an answer": rates("bob", 0, "a note", mine=Stance.UNSURE),
    "a note to oneself": notes("bob", 0, "another note"),
    "a skip": presses("bob", 0, answers.skip),
    "an undo": presses("bob", 0, answers.undo),
    "another card": rates("bob", 9),
}


def test_two_copies_tell_that_a_sheet_was_written_and_not_what_on_it() -> None:
    """Nor does its place among other sheets, from which it moves when it is written."""
    before = (rates("bob", 0, "a note"), rates("alice", 0))
    changed, dumps = {}, {}
    for name, change in CHANGES.items():
        first, second = (dumped(*before, *more, raw=True) for more in ((), (change,)))
        changed[name] = {table for table in first if set(first[table]) != set(second[table])}
        dumps[name] = dumped(*before, change)

    both = {"boundaries_answers", "boundaries_notes"}
    assert changed == dict.fromkeys(CHANGES, both)
    first, *others = dumps.values()
    assert [differences(first, other) for other in others] == [[] for _ in others]


# What is done, and then taken back.
TAKEN_BACK: dict[str, tuple[tuple[Act, ...], tuple[Act, ...]]] = {
    "a seal": (
        (rates("bob", 0),),
        (seals("bob"), lambda cast: answers.break_seal(cast["bob"].seat, ESSENTIALS)),
    ),
    "wanting to be asked more": (
        (),
        (wants_more("bob"), lambda cast: questions.opt_out(cast["bob"].seat)),
    ),
    "wanting to be asked more, by parting": (
        (),
        (wants_more("bob"), wants_more("alice"), parts("alice")),
    ),
    "an offer": (
        (),
        (
            offers("alice"),
            lambda cast: questions.take_back(
                cast["alice"].seat, questions.ours(cast["alice"].seat).mine[0].id
            ),
        ),
    ),
    "a draft": (
        (opens, opens_a_talk),
        (
            saves_draft("bob", "my words"),
            lambda cast: drafts.throw_away(
                cast["bob"].seat, TALK, "speak-1-1", Side.RIGHT, version=_draft(cast, "bob")
            ),
        ),
    ),
    "an own question, by parting": (
        (),
        (offers("alice"), accepts("bob"), answers_own("bob"), parts("alice")),
    ),
}


def test_what_is_taken_back_leaves_no_trace_in_a_dump() -> None:
    changed = {}
    for name, (before, acts) in TAKEN_BACK.items():
        parted = (parts("alice"),) if "parting" in name else ()
        done = acts[: len(acts) - len(parted)]
        one = dumped(*before, *done, *parted)
        other = dumped(*before, *(_nothing for _ in done), *parted)
        changed[name] = differences(one, other)

    assert {name: lines for name, lines in changed.items() if lines} == {}


# Two people, either of whom may have done it.
BY_EITHER: dict[str, tuple[tuple[Act, ...], Callable[[str], Act]]] = {
    "who took a yes back": ((opens, proposes, says_yes("bob")), withdraws),
    "who asked for a pause": ((opens, opens_a_talk), pauses),
}


def test_a_dump_does_not_tell_who_of_the_two_it_was() -> None:
    changed = {}
    for name, (before, act) in BY_EITHER.items():
        one, other = (dumped(*before, act(who)) for who in ("alice", "bob"))
        changed[name] = differences(one, other)

    assert {name: lines for name, lines in changed.items() if lines} == {}


# What does show. docs/threat-model.md says so, in the same words.
SHOWS: dict[str, tuple[tuple[Act, ...], Act, set[str]]] = {
    "which decks somebody has begun": (
        (), rates("bob", 0), {"answers", "notes", "sheet"},
    ),
    "who has sealed which deck, and when": ((rates("bob", 0),), seals("bob"), {"seal"}),
    "who wants to be asked the intimate deck": ((), wants_more("bob"), {"seal", "sheet"}),
    "an offer that was set aside": (
        (offers("alice"),), sets_aside("bob"), {"own"},
    ),
    "a proposal that was left for now": (
        (opens, proposes), leaves_for_now("bob"), {"setaside"},
    ),
    "that a draft is waiting in a talk, and for which step": (
        (opens, opens_a_talk), saves_draft("bob", "my words"), {"draft"},
    ),
    "turns in a talk that the other cannot see yet": (
        (opens, opens_a_talk), agrees("bob"), {"turn"},
    ),
    "whether somebody has notes on wording switched on": (
        (), lambda cast: talks.set_advised(cast["bob"].seat, False), {"seat"},
    ),
    "that somebody has asked for a copy of everything": (
        (), lambda cast: data_export.ask(cast["bob"].seat), {"export", "part"},
    ),
}  # fmt: skip


@pytest.mark.turns(2)
def test_what_a_dump_does_tell_is_what_we_say_it_tells() -> None:
    """Whoever closes one of these takes it from here and from the threat model."""
    model = " ".join(Path("docs/threat-model.md").read_text().split())
    changed = {}
    for name, (before, act, _) in SHOWS.items():
        lines = differences(dumped(*before, act), dumped(*before, _nothing))
        changed[name] = {line.partition(":")[0].removeprefix("boundaries_") for line in lines}

    assert changed == {name: tables for name, (_, _, tables) in SHOWS.items()}
    assert [name for name in SHOWS if name not in model] == []
