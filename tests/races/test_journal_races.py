"""Two tabs of one journal, and words for a talk that opens at the same moment."""

from __future__ import annotations

import uuid
from functools import partial

import pytest

from boundaries.content import catalogue
from boundaries.journal import rules as journal
from boundaries.journal.models import Journal
from boundaries.journal.rules import StaleEntry
from boundaries.leaving import rules as leaving
from boundaries.seats.models import NotPaired
from boundaries.talks import drafts, early_drafts, reading
from boundaries.talks import rules as talks
from boundaries.talks.models import EarlyDraft
from boundaries.talks.reading import NoSuchTalk
from boundaries.vocabulary import Mode, Side
from tests.conftest import opened_together, pair, person
from tests.races.conftest import at_once

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

PAGE, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)
DECK = catalogue.deck(catalogue.ESSENTIALS)


def test_a_double_press_on_the_first_entry_makes_one_journal_and_one_entry(trials: range) -> None:
    for number in trials:
        seat = person(f"Ann{number}").seat

        outcome = at_once(*[partial(journal.save, seat, PAGE, "Once.", version="")] * 4)

        assert outcome.succeeded == 4, outcome.results
        assert Journal.owned_by(seat).count() == 1
        assert [entry.words for entry in journal.leaf(seat).entries] == ["Once."]


def test_of_two_tabs_one_is_told(trials: range) -> None:
    for number in trials:
        seat = person(f"Ann{number}").seat
        version = journal.save(seat, PAGE, "First.", version="").version

        outcome = at_once(
            *(partial(journal.save, seat, PAGE, words, version=version) for words in ("A", "B"))
        )

        assert (outcome.succeeded, outcome.refusals) == (1, {StaleEntry}), outcome.results


def test_an_entry_is_not_lost_while_another_is_begun(trials: range) -> None:
    for number in trials:
        seat = person(f"Ann{number}").seat

        at_once(*(partial(journal.save, seat, page, "x", version="") for page in (PAGE, OTHER)))

        assert len(journal.leaf(seat).entries) == 2


@pytest.mark.parametrize("all_of_it", [False, True], ids=["an entry", "all"])
def test_an_entry_is_deleted_while_another_tab_saves_it(trials: range, all_of_it: bool) -> None:
    for number in trials:
        seat = person(f"Ann{number}").seat
        version = journal.save(seat, PAGE, "First.", version="").version
        delete = journal.delete_all if all_of_it else partial(journal.delete, page=PAGE)

        outcome = at_once(
            partial(journal.save, seat, PAGE, "Second.", version=version),
            partial(journal.save, seat, OTHER, "Another.", version=""),
            partial(delete, seat),
        )

        assert outcome.succeeded == 3, outcome.results
        assert {entry.words for entry in journal.leaf(seat).entries} <= {"Second.", "Another."}


def test_words_for_a_talk_that_opens_meanwhile_are_in_it_or_wait_for_it(trials: range) -> None:
    for number in trials:
        one, other = person(f"Ann{number}"), person(f"Ben{number}")
        pair(one, other)
        opened_together(one, other, DECK)

        outcome = at_once(
            partial(early_drafts.keep, one.seat, "a1", "A line."),
            partial(talks.open, one.seat, "a1", mode=Mode.APART, begins=True),
        )

        assert outcome.succeeded == 2, outcome.results
        talk = reading.talk(one.seat, outcome.results[1])
        saved = drafts.written(one.seat, talk, Side.LEFT)
        assert [words.content for words in saved.values()] == [{"when": "A line."}]
        assert early_drafts.kept(one.seat) == {}


def test_words_for_a_talk_with_somebody_who_leaves_are_refused_or_gone(trials: range) -> None:
    for number in trials:
        one, other = person(f"Ann{number}"), person(f"Ben{number}")
        pair(one, other)
        opened_together(one, other, DECK)

        outcome = at_once(
            partial(early_drafts.keep, one.seat, "a1", "A line."), partial(leaving.part, other.seat)
        )

        assert outcome.refusals <= {NotPaired, NoSuchTalk}, outcome.results
        assert not EarlyDraft.owned_by(one.seat).exists()
