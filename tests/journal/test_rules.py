"""A journal is its writer's alone: written, changed and deleted by them, with a key of its own."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from accounts.encryption import Unreadable
from boundaries.journal import rules as journal
from boundaries.journal.models import Journal, JournalEntry
from boundaries.journal.rules import JournalFull, NoSuchEntry, StaleEntry, Written
from boundaries.leaving import data_export, export_pages
from boundaries.leaving import rules as leaving
from boundaries.seats import data_keys
from boundaries.seats.data_keys import Key
from tests.conftest import Person

pytestmark = pytest.mark.django_db

PAGE, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)


def note(
    who: Person, words: str = "I was jealous.", page: uuid.UUID = PAGE, **more: Any
) -> Written:
    """What somebody has written, from a page on which nothing was saved before."""
    return journal.save(who.seat, page, words, **{"version": "", **more})


def words_of(who: Person) -> list[str]:
    return [written.words for written in journal.leaf(who.seat).entries]


def test_what_is_saved_is_there_again(charlie: Person) -> None:
    saved = note(charlie, "Mine.\nTwo lines.", prompt="friend")

    assert journal.entry(charlie.seat, PAGE) == saved
    assert (saved.words, saved.prompt and saved.prompt.id) == ("Mine.\nTwo lines.", "friend")


def test_nobody_else_reaches_an_entry(alice: Person, bob: Person) -> None:
    note(alice)

    assert words_of(bob) == []
    for act in (journal.entry, journal.delete):
        with pytest.raises(NoSuchEntry):
            act(bob.seat, PAGE)
    journal.delete_all(bob.seat)
    assert words_of(alice) == ["I was jealous."]


def test_the_same_page_in_two_journals_makes_two_entries(alice: Person, bob: Person) -> None:
    note(alice, "Hers.")
    note(bob, "His.")

    assert (words_of(alice), words_of(bob)) == (["Hers."], ["His."])


def test_saving_twice_makes_one_entry(charlie: Person) -> None:
    assert note(charlie) == note(charlie)
    assert words_of(charlie) == ["I was jealous."]


def test_a_blank_page_is_no_entry(charlie: Person) -> None:
    assert not note(charlie, "").is_saved
    assert words_of(charlie) == []
    assert not Journal.unscoped.exists()


def test_the_newest_entry_comes_first_and_the_rest_on_further_pages(charlie: Person) -> None:
    for number in range(journal.PER_PAGE + 2):
        with time_machine.travel(datetime(2026, 5, 1, tzinfo=UTC) + timedelta(days=number)):
            note(charlie, f"Day {number}", uuid.UUID(int=number))

    first, second = journal.leaf(charlie.seat), journal.leaf(charlie.seat, 2)
    assert first.entries[0].words == f"Day {journal.PER_PAGE + 1}"
    assert (len(first.entries), first.has_older) == (journal.PER_PAGE, True)
    assert ([entry.words for entry in second.entries], second.has_older) == (
        ["Day 1", "Day 0"],
        False,
    )


def test_an_entry_that_was_changed_elsewhere_is_not_overwritten(charlie: Person) -> None:
    first = note(charlie)
    note(charlie, "From the laptop.", version=first.version)

    with pytest.raises(StaleEntry) as stale:
        note(charlie, "From the phone.", version=first.version)

    assert stale.value.entry.words == "From the laptop."
    note(charlie, "From the phone.", version=stale.value.entry.version)
    assert words_of(charlie) == ["From the phone."]


def test_an_entry_keeps_its_prompt_when_its_words_change(charlie: Person) -> None:
    first = note(charlie, prompt="friend")
    changed = note(charlie, "Other words.", version=first.version)

    assert changed.prompt == first.prompt is not None


def test_a_prompt_that_is_gone_leaves_the_words(charlie: Person) -> None:
    assert note(charlie, prompt="gone-since").prompt is None


def test_what_is_deleted_is_gone(charlie: Person) -> None:
    note(charlie)
    note(charlie, "Stays.", OTHER)

    journal.delete(charlie.seat, PAGE)

    assert words_of(charlie) == ["Stays."]
    with pytest.raises(NoSuchEntry):
        journal.entry(charlie.seat, PAGE)


def test_a_journal_goes_with_its_key_and_can_be_begun_again(charlie: Person) -> None:
    note(charlie)
    first = Key.objects.get(journal__isnull=False)

    journal.delete_all(charlie.seat)

    assert not JournalEntry.unscoped.exists()
    assert not Key.objects.filter(journal__isnull=False).exists()
    note(charlie, "New.")
    assert Key.objects.get(journal__isnull=False).pk != first.pk


def test_a_full_journal_takes_changes_and_no_more_entries(
    charlie: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = note(charlie)
    monkeypatch.setattr(journal, "MAX_ENTRIES", 1)

    with pytest.raises(JournalFull):
        note(charlie, "One too many.", OTHER)
    note(charlie, "Changed.", version=first.version)
    assert words_of(charlie) == ["Changed."]


def test_the_key_of_the_seat_does_not_open_a_journal(charlie: Person) -> None:
    note(charlie)
    (row,) = JournalEntry.owned_by(charlie.seat)

    with pytest.raises(Unreadable):
        row.read(charlie.seat.key)
    assert row.read(row.journal.key)["words"] == "I was jealous."


def test_an_entry_is_readable_in_its_own_row_alone(charlie: Person) -> None:
    note(charlie)
    note(charlie, "Another.", OTHER)
    one, other = JournalEntry.owned_by(charlie.seat)
    one.content = other.content

    with pytest.raises(Unreadable):
        one.read(one.journal.key)


def test_the_key_of_a_journal_is_rewrapped_with_all_others(charlie: Person, settings: Any) -> None:
    note(charlie)
    settings.MASTER_KEYS = {7: bytes(range(32)), **settings.MASTER_KEYS}

    data_keys.rewrap()

    settings.MASTER_KEYS = {7: bytes(range(32))}
    assert set(Key.objects.values_list("epoch", flat=True)) == {7}
    assert words_of(charlie) == ["I was jealous."]


def test_a_key_is_of_one_owner(charlie: Person, dana: Person) -> None:
    note(charlie)
    key = Key.objects.get(journal__isnull=False)
    key.seat = dana.seat
    Key.objects.filter(seat=dana.seat).delete()

    with pytest.raises(IntegrityError), transaction.atomic():
        key.save()


def test_a_journal_stays_with_its_writer_when_they_part(alice: Person, bob: Person) -> None:
    note(alice, "Before and after.")
    note(bob, "His own.")

    leaving.part(alice.seat)

    assert (words_of(alice), words_of(bob)) == (["Before and after."], ["His own."])


def test_a_journal_goes_with_its_account(alice: Person, bob: Person) -> None:
    note(alice)
    note(bob, "His own.")

    leaving.delete(alice.user)

    assert words_of(bob) == ["His own."]
    assert JournalEntry.unscoped.count() == Journal.unscoped.count() == 1
    assert Key.objects.filter(journal__isnull=False).count() == 1


def test_only_its_writers_copy_of_their_data_holds_it(alice: Person, bob: Person) -> None:
    note(alice, "Zq only hers.", prompt="friend")

    mine, theirs = data_export.data(alice.seat), data_export.data(bob.seat)

    assert [entry["words"] for entry in mine["journal"]] == ["Zq only hers."]
    assert theirs["journal"] == []
    assert "Zq only hers." in repr(list(export_pages.pages(mine)))
    assert "Zq" not in repr((theirs, list(export_pages.pages(theirs))))
