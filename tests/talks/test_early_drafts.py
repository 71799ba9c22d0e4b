"""Words that somebody keeps for a talk: from the journal to the talk, and nobody else knows."""

from __future__ import annotations

import pytest

from boundaries.content.catalogue import Deck
from boundaries.leaving import rules as leaving
from boundaries.talks import drafts, early_drafts, reading
from boundaries.talks import rules as talks
from boundaries.talks.early_drafts import MAX_LENGTH, NoRoomInDraft
from boundaries.talks.models import EarlyDraft
from boundaries.talks.reading import NoSuchTalk
from boundaries.vocabulary import Mode, Move, Side, Step
from tests.conftest import Person, do, opened_together, pair, talk, talked_up_to
from tests.support.routes import TALK

pytestmark = pytest.mark.django_db

LINE = "I find out last."


@pytest.fixture(autouse=True)
def _opened(alice: Person, bob: Person, deck: Deck) -> None:
    opened_together(alice, bob, deck)


def drafts_of(who: Person) -> dict[str, object]:
    side = Side(str(who.seat.side))
    saved = drafts.written(who.seat, reading.talk(who.seat, TALK), side)
    return {purpose: words.content for purpose, words in saved.items()}


def test_words_wait_until_the_talk_is_opened_by_their_writer(alice: Person) -> None:
    early_drafts.keep(alice.seat, "a1", LINE)
    assert early_drafts.kept(alice.seat) == {"a1": LINE}

    talk(alice, "a1")

    assert drafts_of(alice) == {"speak-1-1": {"when": LINE}}
    assert early_drafts.kept(alice.seat) == {}


def test_words_come_along_once_their_writer_says_that_now_is_good(
    alice: Person, bob: Person
) -> None:
    early_drafts.keep(bob.seat, "a1", LINE)
    talk(alice, "a1")
    assert early_drafts.kept(bob.seat) == {"a1": LINE}

    do(bob, Move.READY)

    assert drafts_of(bob) == {"speak-2-1": {"when": LINE}}
    assert (drafts_of(alice), early_drafts.kept(bob.seat)) == ({}, {})


def test_words_on_another_behaviour_stay_where_they_are(alice: Person) -> None:
    early_drafts.keep(alice.seat, "a3", LINE)
    talk(alice, "a1")

    assert (drafts_of(alice), early_drafts.kept(alice.seat)) == ({}, {"a3": LINE})


def test_in_a_talk_that_goes_on_they_are_a_draft_at_once(alice: Person, bob: Person) -> None:
    talk(alice, "a1")

    early_drafts.keep(bob.seat, "a1", LINE)

    assert drafts_of(bob) == {"speak-2-1": {"when": LINE}}
    assert not EarlyDraft.unscoped.exists()


def test_they_stand_beside_a_draft_that_is_there(alice: Person) -> None:
    talk(alice, "a1")
    drafts.save(alice.seat, TALK, "speak-1-1", {"when": "Mine."}, version="", side=Side.LEFT)

    for _ in range(2):
        early_drafts.keep(alice.seat, "a1", LINE)

    assert drafts_of(alice) == {"speak-1-1": {"when": "Mine."}, "speak-1-1+": {"when": LINE}}


def test_the_partner_on_a_shared_screen_brings_nothing_along(alice: Person, bob: Person) -> None:
    """What Alice kept is hers, and Bob's press on her phone is his."""
    early_drafts.keep(bob.seat, "a1", LINE)
    talk(alice, "a1", mode=Mode.TOGETHER)

    do(alice, Move.READY, side=Side.RIGHT)

    assert drafts_of(alice) == {}
    assert early_drafts.kept(bob.seat) == {"a1": LINE}


def test_a_second_line_goes_below_the_first_while_there_is_room(alice: Person) -> None:
    for _ in range(2):
        early_drafts.keep(alice.seat, "a1", LINE)
    early_drafts.keep(alice.seat, "a1", "Another.")
    assert early_drafts.kept(alice.seat) == {"a1": f"{LINE}\nAnother."}

    with pytest.raises(NoRoomInDraft):
        early_drafts.keep(alice.seat, "a1", "x" * MAX_LENGTH)

    assert early_drafts.kept(alice.seat) == {"a1": f"{LINE}\nAnother."}


def test_there_is_room_for_a_few_drafts_in_a_talk(alice: Person) -> None:
    talk(alice, "a1")
    for number in range(len(drafts.LATE_SUFFIXES)):
        early_drafts.keep(alice.seat, "a1", f"Line {number}")

    with pytest.raises(NoRoomInDraft):
        early_drafts.keep(alice.seat, "a1", "One too many.")


@pytest.mark.parametrize("behaviour", ["j4", "d3", "nothing"])
def test_only_what_both_have_shared_can_be_kept_words_for(alice: Person, behaviour: str) -> None:
    with pytest.raises(NoSuchTalk):
        early_drafts.keep(alice.seat, behaviour, LINE)


def test_what_can_be_talked_about_is_what_both_have_shared(
    alice: Person, bob: Person, charlie: Person, deck: Deck
) -> None:
    shared = [behaviour.id for behaviour in deck.behaviours[:4]]

    assert sorted(early_drafts.choices(alice.seat).ids) == sorted(shared)
    assert early_drafts.choices(charlie.seat).ids == []


def test_they_are_nobody_elses(alice: Person, bob: Person) -> None:
    early_drafts.keep(alice.seat, "a1", LINE)
    early_drafts.throw_away(bob.seat, "a1")

    assert early_drafts.kept(bob.seat) == {}
    assert early_drafts.kept(alice.seat) == {"a1": LINE}
    early_drafts.throw_away(alice.seat, "a1")
    assert early_drafts.kept(alice.seat) == {}


def test_they_end_with_the_couple(alice: Person, bob: Person, deck: Deck) -> None:
    early_drafts.keep(alice.seat, "a1", LINE)

    leaving.part(bob.seat)
    pair(alice, bob)

    assert early_drafts.kept(alice.seat) == {}
    assert not EarlyDraft.unscoped.exists()


def test_an_opened_talk_tells_the_partner_nothing_of_them(alice: Person, bob: Person) -> None:
    early_drafts.keep(alice.seat, "a1", "Zq only hers.")
    talk(alice, "a1")
    talked_up_to(Step.SPEAK, alice, bob)

    assert "Zq " in alice.client.get(f"/talks/{TALK}/").text
    assert "Zq " not in bob.client.get(f"/talks/{TALK}/").text


def test_once_handed_over_nothing_is_left(alice: Person, bob: Person) -> None:
    early_drafts.keep(alice.seat, "a1", LINE)
    talk(alice, "a1")
    talked_up_to(Step.SPEAK, alice, bob)
    (words,) = drafts.written(alice.seat, reading.talk(alice.seat, TALK), Side.LEFT).values()

    talks.take_turn(
        alice.seat,
        TALK,
        Move.SPEAK,
        {"words": LINE, "feelings": [], "needs": []},
        version=reading.talk(alice.seat, TALK).version,
        draft_version=words.version,
    )

    assert drafts_of(alice) == {}
