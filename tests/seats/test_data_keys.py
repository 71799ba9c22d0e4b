"""Everything written is readable with its owner's key alone, and gone with it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from io import StringIO
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.core.checks import Tags, run_checks
from django.core.management import CommandError, call_command
from django.db import OperationalError

from accounts import encryption
from accounts.encryption import DataKey, Unreadable
from boundaries.agreements import copies, history
from boundaries.agreements import rules as agreements
from boundaries.answers import rules as answers
from boundaries.answers.forms import MAX_CONDITION_LENGTH, MAX_NOTE_LENGTH
from boundaries.answers.models import Answers, packed_answer, unpacked_answer
from boundaries.answers.private_notes import Notes, packed_note, unpacked_aside, unpacked_before
from boundaries.check_ins import rules as check_ins
from boundaries.check_ins.replies import Replies
from boundaries.comparison.rules import compare
from boundaries.content import catalogue
from boundaries.journal import rules as journal
from boundaries.leaving.models import Export, Part
from boundaries.pairing import rules as pairing
from boundaries.questions import rules as questions
from boundaries.repair import drafts as repair_drafts
from boundaries.repair.export import return_words
from boundaries.sealing.ciphertexts import CiphertextField, Encrypted
from boundaries.sealing.models import Sheet
from boundaries.seats.data_keys import Key, rewrap
from boundaries.seats.models import Couple, Seat
from boundaries.talks import drafts, early_drafts
from boundaries.therapist_sheet import rules as therapist_sheet
from boundaries.vocabulary import (
    Answer,
    Aside,
    Condition,
    Move,
    RepairMove,
    Side,
    Stance,
    Step,
    Weight,
)
from tests.conftest import PROPOSED, Person, do, row_of, talk, talked_up_to, write
from tests.support import repairs
from tests.support.routes import REPAIR, TALK

DECK = catalogue.deck(catalogue.ESSENTIALS)
WORDS = "CANARY"  # in everything that is written here

pytestmark = pytest.mark.django_db

ENCRYPTED: list[Any] = [model for model in apps.get_models() if issubclass(model, Encrypted)]


@pytest.fixture
def couple(alice: Person, bob: Person) -> tuple[Person, Person]:
    """Two people with a row of everything that can be written."""
    for who in (alice, bob):
        for behaviour in DECK.behaviours[:2]:
            write(who, behaviour, Stance.ACCEPTABLE, note=f"{WORDS} note", self_note=f"{WORDS} own")
    questions.put_forward(alice.seat, f"{WORDS} behaviour")
    for deck in (DECK, catalogue.deck("f")):
        for who in (alice, bob):
            answers.seal(who.seat, deck)
    journal.save(alice.seat, TALK, f"{WORDS} journal", version="")
    early_drafts.keep(bob.seat, "a2", f"{WORDS} early")
    talk(alice)
    talked_up_to(Step.OUTCOME, alice, bob)
    do(alice, Move.PROPOSE, {**PROPOSED, "well": f"{WORDS} well"})
    drafts.save(bob.seat, TALK, "propose-9-9", {"words": WORDS}, version="", side=Side.RIGHT)
    agreements.assent(bob.seat, [history.entry(bob.seat, "a1").newest.digest])
    therapist_sheet.make(alice.seat, ["a1"], 3)
    issued = therapist_sheet.issue(alice.seat)
    assert issued
    therapist_sheet.release(alice.seat, issued.digest)
    for who in (alice, bob):
        check_ins.seal(who.seat, Replies(plan=f"{WORDS} plan"), seen="")
    seen = check_ins.own_half(alice.seat).seen
    check_ins.keep_for_passing_on(alice.seat, Replies(plan=f"{WORDS} mine"), seen=seen)
    check_ins.finish_on_one_phone(alice.seat, Replies(plan=f"{WORDS} theirs"))
    repairs.begun(alice, "a1")
    repairs.take(alice, RepairMove.OWN_UP, {"words": f"{WORDS} mine"})
    repair_drafts.save(bob.seat, REPAIR, "impact", {"words": f"{WORDS} unsent"}, version="")
    return_words(alice.seat)
    copies.copy_for_each(alice.seat)
    for who in (alice, bob):
        export = Export.unscoped.create(seat=who.seat)
        Part.put(who.seat, export, "my-data.json", WORDS)
    return alice, bob


def columns() -> Iterator[tuple[Any, str]]:
    for model in ENCRYPTED:
        for field in model._meta.get_fields():
            if isinstance(field, CiphertextField):
                yield model, field.name


def stored(model: Any, column: str) -> dict[Any, bytes]:
    found = written(model, column).values_list("pk", column)
    return {pk: bytes(ciphertext) for pk, ciphertext in found}


def written(model: Any, column: str) -> Any:
    """The rows with something in a column: an envelope has nothing in it before it opens."""
    return model._base_manager.exclude(**{column: None}).order_by("pk")


def test_no_word_is_in_the_database(couple: tuple[Person, Person]) -> None:
    for model, column in columns():
        rows = stored(model, column)
        assert rows, f"the test writes nothing into {model.__name__}.{column}"
        for ciphertext in rows.values():
            assert ciphertext[:1] in (encryption.FORMAT, encryption.COMPRESSED)
            assert WORDS.encode() not in ciphertext
            assert b"acceptable" not in ciphertext


def test_every_column_of_bytes_holds_what_is_encrypted_or_a_key() -> None:
    bare = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config("boundaries").get_models()
        for field in model._meta.get_fields()
        if field.get_internal_type() == "BinaryField" and not isinstance(field, CiphertextField)
    }

    assert bare == {"Key.wrapped"}


def test_plain_words_cannot_be_stored(alice: Person) -> None:
    write(alice, DECK.behaviours[0], Stance.ACCEPTABLE)
    answer = Answers.owned_by(alice.seat).first()
    assert answer

    for plain in (b"plain", "plain", {"plain": "words"}, bytes(300)):
        answer.content = plain
        with pytest.raises(TypeError, match="takes only what is encrypted"):
            answer.save()


def readers(couple: tuple[Person, Person], row: Any, column: str) -> int:
    """How many of the keys that there are read what stands in a row."""
    alice, bob = couple
    found = 0
    others = Key.objects.exclude(copy=None) | Key.objects.exclude(journal=None)
    of_others = [key.data_key for key in others]
    for key in (alice.seat.key, bob.seat.key, alice.seat.shared_key, *of_others):
        with suppress(Unreadable):
            row.read(key, column)
            found += 1
    return found


def test_a_ciphertext_of_another_row_is_an_error(couple: tuple[Person, Person]) -> None:
    """Somebody who can write to the database can spoil, and cannot forge."""
    for model, column in columns():
        for row, other in pairwise(written(model, column)):
            assert readers(couple, row, column) == 1

            setattr(row, column, getattr(other, column))

            assert readers(couple, row, column) == 0, model


def test_a_ciphertext_about_something_else_is_an_error(couple: tuple[Person, Person]) -> None:
    """The words of an answer cannot be laid under another behaviour, nor a yes to another's."""
    for model, column in columns():
        row = written(model, column).first()
        for bound in model.bound_to:
            spoiled = model._base_manager.get(pk=row.pk)
            assert readers(couple, spoiled, column) == 1

            setattr(spoiled, bound, 77 if isinstance(getattr(row, bound), int) else UUID(int=7))

            assert readers(couple, spoiled, column) == 0, (model, bound)


@pytest.mark.once
def test_the_largest_possible_sheet_is_stored(alice: Person) -> None:
    """Every field filled in with the characters that take most, and the same again to undo."""
    widest = "🫶"
    answered = Answer(
        mine=Stance.UNACCEPTABLE,
        partners=Stance.UNACCEPTABLE,
        weight=Weight.MATTERS,
        conditions=tuple(Condition),
        in_other_words=widest * MAX_CONDITION_LENGTH,
        private=True,
        skipped=True,
        hidden=True,
        note=widest * MAX_NOTE_LENGTH,
    )
    aside = Aside(
        note=widest * MAX_NOTE_LENGTH, guess=Stance.UNACCEPTABLE, to_keep_the_peace=True, live=True
    )
    most = questions.MAX_TOGETHER + 2 * questions.MAX_OWN  # if all that waits is accepted
    own = [f"{number:032x}" for number in range(most)]
    sheet = Sheet.owned_by(alice.seat).create(seat=alice.seat, deck=catalogue.OWN)

    for table, value in (
        (Answers, packed_answer(answered)),
        (Notes, packed_note(aside, (answered, aside))),
    ):
        table.begin(alice.seat, sheet, dict.fromkeys(own, value))
        table.put(alice.seat, sheet, dict.fromkeys(own, value))

    answer, note = (table.on(alice.seat, sheet)[own[-1]] for table in (Answers, Notes))
    assert unpacked_answer(answer) == answered
    assert (unpacked_aside(note), unpacked_before(note)) == (aside, (answered, aside))


def test_a_deleted_sheet_is_not_written_to(alice: Person) -> None:
    sheet = Sheet.owned_by(alice.seat).create(seat=alice.seat, deck=DECK.id)

    for table in (Answers, Notes):
        with pytest.raises(table.DoesNotExist):
            table.put(alice.seat, sheet, {"a1": {}})


def test_each_person_and_each_couple_has_one_key_of_their_own(
    alice: Person, bob: Person, charlie: Person
) -> None:
    charlie.client.get("/home/")

    owners = {(key.seat_id, key.couple_id) for key in Key.objects.all()}

    seats = {(seat.pk, None) for seat in Seat.objects.all()}
    assert owners == seats | {(None, alice.seat.couple_id)}
    assert len({bytes(key.wrapped) for key in Key.objects.all()}) == 4


def test_parting_destroys_the_key_of_the_couple(alice: Person, bob: Person) -> None:
    pairing.part(alice.seat)

    assert not Couple.objects.exists()
    assert not Key.objects.filter(couple__isnull=False).exists()
    assert Key.objects.count() == 2


def test_deleting_a_copy_deletes_its_key(couple: tuple[Person, Person]) -> None:
    alice, _ = couple
    (copy,) = copies.all_of(alice.seat)

    copies.delete(alice.seat, copy.id)

    assert Key.objects.exclude(copy=None).count() == 1  # Bob's


def test_deleting_an_account_deletes_its_key(alice: Person) -> None:
    seat = alice.seat

    alice.user.delete()

    assert not Key.objects.filter(seat=seat.pk).exists()


# Whose keys are used


def owners_used(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bool]]:
    """Whose data keys are unwrapped from now on, and whether by the opening."""
    used: list[tuple[str, bool]] = []
    true = encryption.unwrap

    def noted(key: DataKey) -> bytes:
        frame: Any = sys._getframe()
        names = set()
        while frame:
            names.add((frame.f_globals.get("__name__"), frame.f_code.co_name))
            frame = frame.f_back
        opening = {("boundaries.answers.models", name) for name in ("opened_to", "hide_for_both")}
        used.append((key.owner, bool(names & opening)))
        return true(key)

    monkeypatch.setattr(encryption, "unwrap", noted)
    return used


def look_everywhere(who: Person) -> None:
    for path in (
        "/home/", "/account/", "/decks/essentials/", "/decks/essentials/last-look/",
        "/decks/essentials/history/", "/decks/essentials/comparison/", "/answers/a1/",
        "/decks/essentials/comparison/for-me/", "/own/", "/intimate/", "/talks/",
        f"/talks/{TALK}/", f"/talks/{TALK}/state/", "/understandings/",
        "/understandings/on/a1/", "/understandings/page.json", "/understandings/therapist/",
    ):  # fmt: skip
        who.client.get(path)


def test_nobody_elses_key_is_used_before_a_deck_is_open(
    alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for who in (alice, bob):
        write(who, DECK.behaviours[0], Stance.ACCEPTABLE, self_note="own")
    answers.seal(bob.seat, DECK)
    mine = {str(alice.seat.pk), str(alice.seat.couple_id)}
    used = owners_used(monkeypatch)

    look_everywhere(alice)
    write(alice, DECK.behaviours[1], Stance.UNSURE)
    questions.put_forward(alice.seat, "words")

    assert {owner for owner, _ in used} == mine
    assert not any(opening for _, opening in used)


def test_only_opening_uses_the_keys_of_both(
    couple: tuple[Person, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob = couple
    mine = {str(alice.seat.pk), str(alice.seat.couple_id)}
    used = owners_used(monkeypatch)

    look_everywhere(alice)

    theirs = {(owner, opening) for owner, opening in used if owner not in mine}
    assert theirs == {(str(bob.seat.pk), True)}


def test_private_notes_are_read_with_their_writers_key_only(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    notes = list(Notes.owned_by(bob.seat))
    assert notes

    for note in notes:
        note.read(bob.seat.key)
        for key in (alice.seat.key, alice.seat.shared_key):
            with pytest.raises(Unreadable):
                note.read(key)


# Master keys


def turned(settings: Any) -> tuple[bytes, bytes]:
    """The environment from now on: what was the second master key is the one in use."""
    second, first = settings.MASTER_KEYS[2], settings.MASTER_KEYS[1]
    settings.MASTER_KEYS = {1: first, 2: second}
    return first, second


def test_all_keys_are_rewrapped_and_everything_is_still_readable(
    couple: tuple[Person, Person], settings: Any
) -> None:
    alice, bob = couple
    before = {(model, column): stored(model, column) for model, column in columns()}
    compared = compare(alice.seat, DECK)
    first, _ = turned(settings)
    output = StringIO()

    call_command("rotate_keys", stdout=output)

    settings.MASTER_KEYS = {1: first}  # the old one is destroyed
    assert output.getvalue().startswith("6 data keys and 0 secrets")
    assert set(Key.objects.values_list("epoch", flat=True)) == {1}
    assert before == {(model, column): stored(model, column) for model, column in columns()}
    assert compare(alice.seat, DECK) == compared
    assert row_of(bob, DECK.behaviours[0]).aside.note == f"{WORDS} own"
    assert rewrap() == 0


def test_a_rotation_that_lacks_the_old_key_changes_nothing(alice: Person, settings: Any) -> None:
    alice.client.get("/home/")
    before = list(Key.objects.values_list("epoch", "wrapped"))
    settings.MASTER_KEYS = {1: settings.MASTER_KEYS[1]}

    with pytest.raises(CommandError, match="MASTER_KEYS does not hold the key of epoch 2"):
        call_command("rotate_keys")

    assert list(Key.objects.values_list("epoch", "wrapped")) == before


def test_a_rotation_that_waits_too_long_for_a_lock_asks_to_run_it_again(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def waits_too_long() -> int:
        raise OperationalError("canceling statement due to lock timeout")

    monkeypatch.setattr("boundaries.seats.data_keys.rewrap", waits_too_long)

    with pytest.raises(CommandError, match="Please run this again"):
        call_command("rotate_keys")


def complaints() -> list[str]:
    return [message.msg for message in run_checks(tags=[Tags.database], databases=["default"])]


def test_a_missing_or_wrong_master_key_is_reported_at_start(alice: Person, settings: Any) -> None:
    alice.client.get("/home/")
    right = settings.MASTER_KEYS
    assert complaints() == []

    for wrong in ({1: right[1]}, {2: right[1]}):
        settings.MASTER_KEYS = wrong
        assert complaints() == [
            "MASTER_KEYS does not hold the key of epoch 2 that the data was encrypted with."
        ]


def test_the_worker_does_not_start_without_the_right_one(alice: Person, settings: Any) -> None:
    alice.client.get("/home/")
    settings.MASTER_KEYS = {2: settings.MASTER_KEYS[1]}

    with pytest.raises(CommandError, match="epoch 2"):
        call_command("work")
