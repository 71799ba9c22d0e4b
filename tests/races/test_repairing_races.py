"""Two partners at one repair at the same moment: one on each line, nothing twice, nothing lost."""

from __future__ import annotations

import threading
import time
import uuid
from functools import partial
from typing import Any
from unittest import mock

import pytest

from boundaries.leaving import data_export
from boundaries.leaving import rules as leaving
from boundaries.repair import drafts, reading
from boundaries.repair import rules as repairs
from boundaries.repair.models import Repair, RepairDraft, RepairTurn, WishToKeep
from boundaries.repair.reading import NoSuchRepair
from boundaries.repair.rules import AlreadyOpen, RepairMovedOn
from boundaries.seats.rules import NotPaired
from boundaries.vocabulary import RepairMove
from tests.conftest import Person
from tests.races.conftest import Act, at_once
from tests.races.test_races import couple
from tests.support.repairs import WORDS, begun, seen_by, take

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

M = RepairMove


def sending(who: Person, move: RepairMove, repair: uuid.UUID) -> Act:
    """A press on the page as it is now, for later."""
    seen = reading.repair(who.seat, repair)
    words = WORDS.get(move, {})
    return partial(repairs.send, who.seat, repair, move, words, version=seen.version)


def owned_up() -> tuple[Person, Person, uuid.UUID]:
    one, other = couple()
    repair = begun(one, id=uuid.uuid4())
    take(one, M.OWN_UP, repair=repair)
    return one, other, repair


def turns(repair: uuid.UUID) -> int:
    return RepairTurn.unscoped.filter(repair=repair).count()


def test_both_write_about_one_line_at_once_and_one_is_sent(trials: range) -> None:
    for _ in trials:
        one, other = couple()
        hers = repairs.begin(one.seat, "", i_crossed=True)
        his = repairs.begin(other.seat, "", i_crossed=False)

        outcome = at_once(sending(one, M.OWN_UP, hers), sending(other, M.DESCRIBE, his))

        assert outcome.succeeded == 1
        assert outcome.refusals == {AlreadyOpen}
        assert turns(hers) + turns(his) == 1


def test_one_turn_sent_from_two_tabs_is_taken_once(trials: range) -> None:
    for _ in trials:
        one, _other = couple()
        repair = begun(one, id=uuid.uuid4())

        outcome = at_once(sending(one, M.OWN_UP, repair), sending(one, M.OWN_UP, repair))

        assert sorted(outcome.results) == [False, True]
        assert turns(repair) == 1


def test_begun_in_two_tabs_it_is_one(trials: range) -> None:
    for _ in trials:
        one, _other = couple()
        begin = partial(repairs.begin, one.seat, "", i_crossed=True)

        first, second = at_once(begin, begin).results

        assert first == second
        assert Repair.objects.filter(couple=one.seat.couple_id).count() == 1


def test_thrown_away_while_it_is_still_being_saved(trials: range) -> None:
    for _ in trials:
        one, _other = couple()
        repair = begun(one, id=uuid.uuid4())
        words = WORDS[M.OWN_UP]

        outcome = at_once(
            partial(drafts.save, one.seat, repair, "own-up", words, version=""),
            partial(repairs.discard, one.seat, repair),
        )

        assert outcome.refusals <= {NoSuchRepair}, outcome.results
        assert outcome.results[1] is None
        assert not Repair.objects.filter(pk=repair).exists()


def test_closed_while_the_other_sends_it_has_the_words_or_refuses_them(trials: range) -> None:
    for _ in trials:
        one, other, repair = owned_up()

        act = partial(repairs.close, one.seat, repair)
        sent, closed = at_once(sending(other, M.IMPACT, repair), act).results

        assert closed is None
        assert seen_by(one, repair).closed
        assert turns(repair) == (1 if isinstance(sent, RepairMovedOn) else 2)


def test_closed_by_both_at_once_it_is_closed(trials: range) -> None:
    for _ in trials:
        one, other, repair = owned_up()

        at = at_once(*(partial(repairs.close, who.seat, repair) for who in (one, other)))

        assert at.succeeded == 2
        assert seen_by(one, repair).closed


def test_one_leaves_while_the_other_sends_and_no_word_is_lost(trials: range) -> None:
    for _ in trials:
        one, other, repair = owned_up()

        act = partial(leaving.part, one.seat)
        sent, left = at_once(sending(other, M.IMPACT, repair), act).results

        assert left is None
        is_kept = "I lay awake" in str(data_export.data(other.seat)["repairs"])
        assert is_kept or isinstance(sent, (NotPaired, NoSuchRepair))
        assert "I lay awake" not in str(data_export.data(one.seat)["repairs"])
        assert not Repair.objects.filter(pk=repair).exists()


def test_one_leaves_while_the_other_saves_words_and_they_come_back(trials: range) -> None:
    for _ in trials:
        one, other, repair = owned_up()

        words = WORDS[M.IMPACT]
        act = partial(drafts.save, other.seat, repair, "impact", words, version="")
        saved, left = at_once(act, partial(leaving.part, one.seat)).results

        assert left is None, left
        assert isinstance(saved, NoSuchRepair) or not isinstance(saved, Exception), saved
        is_kept = "I lay awake" in str(data_export.data(other.seat)["repairs"])
        assert is_kept or isinstance(saved, NoSuchRepair)


def test_whoever_keeps_it_as_it_goes_is_refused_or_keeps_it(trials: range) -> None:
    for _ in trials:
        one, other, repair = owned_up()
        repairs.close(one.seat, repair)
        repairs.wish_to_keep(one.seat, repair, True)
        Repair.objects.filter(pk=repair).update(removal_at="2020-01-01T00:00:00Z")

        act = partial(repairs.wish_to_keep, other.seat, repair, True)
        _, wished = at_once(repairs.remove_expired, act).results

        is_there = Repair.objects.filter(pk=repair).exists()
        assert is_there == (wished is None)
        assert WishToKeep.unscoped.filter(repair=repair).count() == (2 if is_there else 0)


def test_it_goes_while_the_other_still_writes_and_nothing_of_it_is_left(trials: range) -> None:
    for _ in trials:
        one, other, repair = owned_up()
        third = partial(drafts.save, other.seat, repair, "ask", WORDS[M.ASK], version="")
        drafts.save(other.seat, repair, "impact", WORDS[M.IMPACT], version="")
        repairs.close(one.seat, repair)
        Repair.objects.filter(pk=repair).update(removal_at="2020-01-01T00:00:00Z")
        version = drafts.written(other.seat, repair)["impact"].version

        outcome = at_once(
            third,
            partial(drafts.throw_away, other.seat, repair, "impact", version=version),
            repairs.remove_expired,
            repairs.remove_expired,
        )

        assert outcome.refusals <= {NoSuchRepair}, outcome.results
        assert outcome.results[2:] == (None, None)
        assert not Repair.objects.filter(pk=repair).exists()
        assert not RepairDraft.unscoped.filter(repair=repair).exists()


def test_it_goes_in_the_middle_of_a_draft_and_nobody_meets_an_error() -> None:
    """A draft that is stored just as its repair is deleted: the one waits for the other."""
    one, other, repair = owned_up()
    repairs.close(one.seat, repair)
    Repair.objects.filter(pk=repair).update(removal_at="2020-01-01T00:00:00Z")
    found = threading.Event()
    put = RepairDraft.put

    def slowly(*args: Any) -> None:
        found.set()
        time.sleep(0.3)  # the repair was there a moment ago
        put(*args)

    def remove() -> None:
        assert found.wait(10)
        repairs.remove_expired()

    with mock.patch.object(RepairDraft, "put", slowly):
        outcome = at_once(
            partial(drafts.save, other.seat, repair, "ask", WORDS[M.ASK], version=""), remove
        )

    assert outcome.refusals == set(), outcome.results
    assert not Repair.objects.filter(pk=repair).exists()
    assert not RepairDraft.unscoped.filter(repair=repair).exists()
    with pytest.raises(NoSuchRepair):
        drafts.save(other.seat, repair, "ask", WORDS[M.ASK], version="")
