"""Two partners at one page at the same moment: nothing agreed unread, and nothing lost."""

from __future__ import annotations

import threading
from functools import partial

import pytest
from django.db import transaction

from boundaries.agreements import history
from boundaries.agreements import rules as agreements
from boundaries.agreements.history import NoSuchAgreement
from boundaries.agreements.models import Assent, Version
from boundaries.agreements.rules import WordsChanged
from boundaries.agreements.wording import BOTH, ProposalLine
from boundaries.agreements.words import Words, digest_of, put_into_words
from boundaries.content.catalogue import Deck
from boundaries.pairing import rules as pairing
from boundaries.seats import rules as seats
from boundaries.seats.rules import NotPaired
from boundaries.vocabulary import Origin, Outcome, Side
from tests.conftest import Person, opened_together, propose
from tests.races.conftest import Act, at_once
from tests.races.test_races import couple

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def words(outcome: Outcome) -> Words:
    names = {Side.LEFT: "Left", Side.RIGHT: "Right"}
    return put_into_words("Messaging", [ProposalLine(doer=BOTH, outcome=outcome)], names)


FINE, NOT, DIFFER = map(words, (Outcome.FINE, Outcome.NOT_FOR_US, Outcome.DIFFER))


def opened(deck: Deck) -> tuple[Person, Person]:
    one, other = couple()
    opened_together(one, other, deck)
    return one, other


def proposing(who: Person, words: Words) -> Act:
    """A press on the page as it is now, for later."""
    seat, version = who.seat, history.subject(who.seat, "a1").version
    return partial(agreements.propose, seat, "a1", words, version=version)


def saying_yes(who: Person, words: Words) -> Act:
    return partial(agreements.assent, who.seat, [digest_of("a1", words)])


def texts(who: Person) -> list[tuple[str, ...]]:
    """What was proposed, first to last; and the numbers have no gap."""
    versions = list(reversed(history.entry(who.seat, "a1").versions))
    assert [version.number for version in versions] == list(range(1, len(versions) + 1))
    return [version.words.text for version in versions]


def test_both_propose_and_the_second_reads_the_first(trials: range, deck: Deck) -> None:
    for _ in trials:
        one, other = opened(deck)

        outcome = at_once(proposing(one, FINE), proposing(other, NOT))

        assert outcome.succeeded == 1
        assert outcome.refusals == {WordsChanged}
        assert texts(one) in ([FINE.text], [NOT.text])
        assert history.entry(one.seat, "a1").current is None


def test_both_propose_the_same_and_it_is_agreed_once(trials: range, deck: Deck) -> None:
    for _ in trials:
        one, other = opened(deck)

        outcome = at_once(proposing(one, FINE), proposing(other, FINE))

        assert outcome.succeeded == 2
        assert texts(one) == [FINE.text]
        assert history.entry(other.seat, "a1").current


def test_both_say_yes_to_what_was_written_on_a_shared_screen(trials: range, deck: Deck) -> None:
    for _ in trials:
        one, other = opened(deck)
        with seats.locked(one.seat) as (couple, seat):
            agreements._add_version(couple, seat, "a1", FINE, Origin.TALK, side=Side.RIGHT)
        Assent.objects.filter(version__couple=one.seat.couple_id).delete()

        outcome = at_once(saying_yes(one, FINE), saying_yes(other, FINE))

        assert outcome.succeeded == 2
        assert history.entry(one.seat, "a1").current


def test_a_yes_against_a_change_of_the_words(trials: range, deck: Deck) -> None:
    for _ in trials:
        one, other = opened(deck)
        propose(one, "a1", FINE)

        outcome = at_once(saying_yes(other, FINE), proposing(one, NOT))

        entry = history.entry(one.seat, "a1")
        assert texts(other) == [FINE.text, NOT.text]
        assert outcome.refusals <= {WordsChanged}
        if outcome.succeeded == 2:  # the yes came first, and holds until the new words are agreed
            assert entry.current
            assert entry.current.words == FINE
        else:
            assert entry.current is None


def test_a_yes_against_the_taking_back_of_the_proposal(trials: range, deck: Deck) -> None:
    for _ in trials:
        one, other = opened(deck)
        digest = propose(one, "a1", FINE)

        outcome = at_once(
            saying_yes(other, FINE), partial(agreements.withdraw, one.seat, "a1", digest)
        )

        assert outcome.refusals <= {WordsChanged}
        assert history.entry(one.seat, "a1").current is None


def test_both_take_back_what_was_agreed(trials: range, deck: Deck) -> None:
    for _ in trials:
        one, other = opened(deck)
        digest = propose(one, "a1", FINE)
        agreements.assent(other.seat, [digest])

        outcome = at_once(
            *(partial(agreements.withdraw, who.seat, "a1", digest) for who in (one, other))
        )

        assert outcome.succeeded == 2
        assert history.entry(one.seat, "a1").newest.ended_at


def test_proposing_against_parting(trials: range, deck: Deck) -> None:
    for _ in trials:
        one, other = opened(deck)

        outcome = at_once(proposing(one, FINE), partial(pairing.part, other.seat))

        assert outcome.refusals <= {NotPaired, NoSuchAgreement}
        assert not Version.objects.filter(couple=None).exists()
        assert not Version.objects.exists()


@pytest.mark.read_committed("show what only read committed lets happen")
def test_without_the_lock_a_yes_is_to_words_that_are_gone(deck: Deck) -> None:
    """What the couple's lock is for: a yes that believes its words are still the newest."""
    one, other = opened(deck)
    digest = propose(one, "a1", FINE)
    looked, changed = threading.Event(), threading.Event()

    @transaction.atomic
    def naive() -> None:
        entry = history.entry(other.seat, "a1")
        assert entry.newest.digest == digest
        looked.set()
        changed.wait(timeout=10)
        agreements._say_yes(other.seat, entry, [])

    def change() -> None:
        looked.wait(timeout=10)
        proposing(one, NOT)()
        changed.set()

    outcome = at_once(naive, change)

    assert outcome.succeeded == 2
    entry = history.entry(one.seat, "a1")
    assert entry.current  # agreed, while other words had taken their place
    assert entry.newest.words == NOT
