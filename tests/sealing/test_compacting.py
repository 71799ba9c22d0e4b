"""What an older version stored is stored in less room, and stays what it was."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.encryption import COMPRESSED, FORMAT, Ciphertext, DataKey
from boundaries.agreements import history
from boundaries.agreements.models import Assent, Version
from boundaries.answers import rules as answers
from boundaries.answers import sheets
from boundaries.answers.models import Answers
from boundaries.answers.private_notes import Notes
from boundaries.comparison.rules import compare
from boundaries.content.catalogue import Deck
from boundaries.sealing import compacting
from boundaries.sealing.models import Envelope
from boundaries.vocabulary import Stance
from tests.conftest import Person, opened_together, propose, write

pytestmark = pytest.mark.django_db

AS_BEFORE = {  # by table: column, blocks, and the length of every row in the form of today
    Answers: ("content", (8_192,), 1_900),
    Notes: ("content", (8_192,), 1_900),
    Version: ("content", (1_024,), 512),
    Assent: ("digest", (256,), 64),
}
AROUND = 1 + 12 + 16  # format, nonce, tag


@pytest.fixture
def couple(alice: Person, bob: Person, deck: Deck) -> tuple[Person, Person]:
    """Two people with rows of every kind, as the version before stored them."""
    for who in (alice, bob):
        for behaviour in deck.behaviours[:3]:
            write(who, behaviour, Stance.UNACCEPTABLE, note="for both", self_note="for myself")
    answers.hide(alice.seat, deck.behaviours[3], version="")
    opened_together(alice, bob, deck)
    propose(alice, "a1")
    as_before()
    return alice, bob


def as_before() -> None:
    for model, (column, blocks, _) in AS_BEFORE.items():
        rewrite(
            model, column, lambda key, value, place, b=blocks: key.encrypt(value, *place, blocks=b)
        )
    for envelope in Envelope.objects.filter(hidden=None).select_related("couple__kept_key"):
        envelope.set_encrypted(envelope.couple.key, hidden=[]).save()


def rewrite(model: Any, column: str, encrypted: Any) -> None:
    names = (model.owner, f"{model.owner}__kept_key__epoch", f"{model.owner}__kept_key__wrapped")
    rows = model._base_manager.values_list("pk", column, *names, *model.bound_to)
    for pk, stored, owner, epoch, wrapped, *bound_to in rows:
        key, place = DataKey(str(owner), epoch, bytes(wrapped)), model.place(column, *bound_to)
        new = encrypted(key, key.decrypt(stored, *place), place)
        model._base_manager.filter(pk=pk).update(**{column: new})


def everything(couple: tuple[Person, Person], deck: Deck) -> list[Any]:
    """All that these rows hold, without what an undo would bring back."""
    alice, bob = couple
    return [
        [
            [(row.answer, row.aside) for row in sheets.own_sheet(who.seat, deck).rows]
            for who in couple
        ],
        compare(alice.seat, deck),
        compare(bob.seat, deck),
        history.entries(alice.seat),
    ]


def lengths(model: Any, column: str) -> set[tuple[int, bytes]]:
    return {
        (len(row) - AROUND, bytes(row[:1]))
        for row in model._base_manager.values_list(column, flat=True)
    }


def run() -> list[str]:
    output = StringIO()
    call_command("compact", stdout=output)
    return output.getvalue().splitlines()[:-1]


def test_old_rows_are_read_rewritten_and_read_again(
    couple: tuple[Person, Person], deck: Deck
) -> None:
    before = everything(couple, deck)
    closed = Envelope.objects.exclude(deck=deck.id, round=1)
    assert not closed.filter(hidden=None).exists()

    output = run()

    assert everything(couple, deck) == before
    for model, (column, _, length) in AS_BEFORE.items():
        form = COMPRESSED if model.compress else FORMAT
        assert lengths(model, column) == {(length, form)}
    assert not closed.exclude(hidden=None).exists()
    assert Envelope.objects.get(deck=deck.id, round=1).hidden
    assert "boundaries_answers: 2 rewritten" in output
    assert {line.split(": ")[1] for line in run()} == {"0 rewritten"}


def test_what_somebody_writes_meanwhile_stays(
    couple: tuple[Person, Person], deck: Deck, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, _ = couple
    answers.begin_again(alice.seat, deck)
    as_before()
    replace = compacting._replace

    def just_after_a_save(model: Any, column: str, changes: Iterator[Any]) -> int:
        read = list(changes)
        if model is Answers:
            assert read
            write(alice, deck.behaviours[4], Stance.UNSURE, note="just now")
        return replace(model, column, iter(read))

    monkeypatch.setattr(compacting, "_replace", just_after_a_save)
    run()

    assert sheets.own_sheet(alice.seat, deck).row(deck.behaviours[4]).answer.note == "just now"


def test_what_cannot_be_read_stops_it_and_stays(couple: tuple[Person, Person], deck: Deck) -> None:
    spoiled = Ciphertext(FORMAT + bytes(300))
    Version.objects.update(content=spoiled)

    with pytest.raises(CommandError, match="cannot be read"):
        run()

    assert set(Version.objects.values_list("content", flat=True)) == {spoiled}
