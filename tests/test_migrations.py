"""What people wrote under an older version is theirs under a newer one, and back."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest
from django.apps.registry import Apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from accounts.models import User
from accounts.time_zones import ALWAYS
from boundaries.agreements import history
from boundaries.agreements import rules as agreements
from boundaries.answers import rules as answers
from boundaries.answers import sheets
from boundaries.check_ins import rhythms
from boundaries.check_ins.pattern import Pattern
from boundaries.comparison.rules import compare
from boundaries.content import catalogue
from boundaries.content.catalogue import Deck
from boundaries.journal import rules as journal
from boundaries.notifications import Notified
from boundaries.questions import rules as questions
from boundaries.repair import drafts as repair_drafts
from boundaries.repair.models import Repair
from boundaries.seats.data_keys import Key
from boundaries.seats.models import Seat
from boundaries.therapist_sheet import rules as therapist_sheet
from boundaries.vocabulary import (
    Aside,
    Condition,
    Frequency,
    Move,
    RepairMove,
    Stance,
    Step,
    Weight,
)
from tests.conftest import (
    PROPOSED,
    Person,
    do,
    opened_together,
    propose,
    talk,
    talked_up_to,
    write,
)
from tests.support.repairs import begun, take
from tests.support.routes import REPAIR, TALK

pytestmark = [pytest.mark.turns(8), pytest.mark.django_db(transaction=True)]

FIRST = ("boundaries", "0001_initial")
DECK = catalogue.deck(catalogue.ESSENTIALS)
ONE = DECK.behaviours[0]


def migrate(to: tuple[str, str] | None = None) -> Apps:
    """To one migration, or to the newest. Returns the models as they were there."""
    executor = MigrationExecutor(connection)
    targets = [to] if to else executor.loader.graph.leaf_nodes()
    executor.migrate(targets)
    return executor.loader.project_state(targets).apps


@pytest.fixture
def old(alice: Person, bob: Person) -> Any:
    """A couple as the first version kept it: both sealed one deck, with a note to self."""
    for who, stance in ((alice, Stance.CONDITIONS), (bob, Stance.UNACCEPTABLE)):
        write(who, ONE, stance, note="for both", self_note=f"only {who.user.first_name}")
        answers.seal(who.seat, DECK)
    yield migrate(FIRST)
    migrate()  # also if the test failed half-way


def seat(old: Any, who: Person) -> Any:
    """Somebody's place, as the first version kept it."""
    return old.get_model("boundaries", "Seat").objects.get(user=who.user.pk)


def test_the_first_version_reads_what_the_newest_wrote_and_everything_comes_back(
    old: Any, alice: Person, bob: Person
) -> None:
    notes = old.get_model("boundaries", "Note").everyones.filter(seat=seat(old, alice).pk)
    envelopes = old.get_model("boundaries", "Envelope").objects
    assert [note.text for note in notes] == ["only Alice"]
    assert not envelopes.filter(deck="own").exists()
    assert not envelopes.filter(couple=seat(old, alice).couple_id, deck="intimate").exists()

    migrate()

    row = sheets.own_sheet(alice.seat, DECK).row(ONE)
    assert (row.answer.mine, row.answer.note) == (Stance.CONDITIONS, "for both")
    assert row.aside.note == "only Alice"
    assert not row.undoable
    assert compare(bob.seat, DECK).opened_at
    assert sheets.own_sheet(bob.seat, DECK).row(ONE).aside.note == "only Bob"
    questions.opt_in(alice.seat)
    questions.opt_in(bob.seat)
    assert questions.opting(alice.seat).both


def test_a_proposal_made_in_a_talk_is_on_the_page(alice: Person, bob: Person) -> None:
    opened_together(alice, bob, DECK)
    talk(alice)
    talked_up_to(Step.OUTCOME, alice, bob)
    for who in (alice, bob, alice):
        do(who, Move.PROPOSE, {**PROPOSED, "well": who.user.first_name})
    meant = history.entry(alice.seat, "a1")
    migrate(("boundaries", "0007_talks"))

    migrate()

    found = history.entry(alice.seat, "a1")
    assert [
        (version.number, version.words, version.assented, version.talk)
        for version in found.versions
    ] == [(version.number, version.words, version.assented, TALK) for version in meant.versions]
    agreements.assent(bob.seat, [found.newest.digest])
    assert history.entry(alice.seat, "a1").current


# A sheet as one encrypted value

A_ROW_A_CARD = ("boundaries", "0013_agreed")
# Every field of an answer, as it was kept when each was a row: nothing said.
NOTHING_SAID: dict[str, Any] = {
    "mine": None,
    "partners": None,
    "weight": None,
    "conditions": [],
    "in_other_words": "",
    "private": False,
    "skipped": False,
    "hidden": False,
    "note": "",
}
LONG = 'a long note, with ünïcode 🫶 and "quotes"\n' * 20


def everything(*people: Person) -> list[Any]:
    """All that is on anybody's sheets, with what an undo would bring back."""
    return [
        (sheets.export(who.seat), [sheets.own_sheet(who.seat, deck) for deck in decks(who)])
        for who in people
    ]


def decks(who: Person) -> list[Deck]:
    return list(questions.decks(who.seat))


@pytest.fixture
def kept(alice: Person, bob: Person) -> tuple[Person, Person]:
    """Two people with a bit of everything, on several sheets and in two rounds."""
    questions.put_forward(alice.seat, "Long calls")
    questions.accept(bob.seat, questions.ours(bob.seat).theirs[0].id)
    first, second, third, fourth, *_ = DECK.behaviours
    for who in (alice, bob):
        answers.skip(who.seat, second, version="")
        answers.hide(who.seat, third, version="")
        answers.answer(
            who.seat,
            fourth,
            version="",
            mine=Stance.UNACCEPTABLE,
            aside=Aside(guess=Stance.UNSURE, to_keep_the_peace=True, live=True),
        )
        write(who, first, Stance.CONDITIONS, note=LONG, self_note=LONG, weight=Weight.A_LOT,
              conditions=(Condition.NOT_LATE,), in_other_words="by ten")  # fmt: skip
        write(who, first, Stance.UNSURE, mine=Stance.ACCEPTABLE, private=True, self_note="after")
        write(who, decks(who)[-1].behaviours[0], Stance.ACCEPTABLE, self_note="on our own")
        write(who, decks(who)[1].behaviours[0], Stance.ACCEPTABLE)
        answers.seal(who.seat, DECK)
    questions.opt_in(alice.seat)
    answers.begin_again(alice.seat, DECK)
    write(alice, DECK.behaviours[5], Stance.UNSURE, self_note="in the second round")
    return alice, bob


def test_rows_per_card_move_to_the_sheet_and_back(
    kept: tuple[Person, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("boundaries.migrations._sheets.AT_A_TIME", 2)
    before, compared = everything(*kept), compare(kept[0].seat, DECK)
    seat = kept[0].seat  # an older database lacks columns that the code of now reads it with

    old = migrate(A_ROW_A_CARD)
    notes = [as_it_was(row, seat) for row in rows(old, "Note", seat)]
    carried_over = [as_it_was(row, seat) for row in rows(old, "Answer", seat)]
    migrate()

    assert everything(*kept) == before
    assert compare(kept[0].seat, DECK) == compared
    assert len(carried_over) == 24 + 24 + len(decks(kept[0])[1].behaviours) + 1
    conditional = {"weight": "a-lot", "conditions": ["not-late"], "in_other_words": "by ten"}
    assert {
        **NOTHING_SAID,
        **conditional,
        "mine": "acceptable",
        "partners": "unsure",
        "private": True,
    } in carried_over
    assert {**NOTHING_SAID, "hidden": True} in carried_over
    assert carried_over.count(NOTHING_SAID) > 40
    assert len(notes) == 11  # of the cards that were changed, in each round, and of no other
    assert {
        "note": "after",
        "guess": None,
        "to_keep_the_peace": False,
        "live": False,
        "before": [
            {
                **NOTHING_SAID,
                **conditional,
                "mine": "conditions",
                "partners": "conditions",
                "note": LONG,
            },
            {"note": LONG, "guess": None, "to_keep_the_peace": False, "live": False},
        ],
    } in notes


def test_an_opt_in_that_was_taken_back_is_forgotten(alice: Person, bob: Person) -> None:
    questions.opt_in(alice.seat)
    his = bob.seat.pk
    old = migrate(("boundaries", "0015_answers_of_a_sheet_as_one_value"))
    sheets = old.get_model("boundaries", "Sheet")._base_manager.filter(deck="opting-in")
    sheets.create(seat_id=his, deck="opting-in")  # his seal is gone

    migrate()

    assert [sheet.seat_id for sheet in sheets] == [alice.seat.pk]
    assert questions.opting(alice.seat).said_yes


def test_a_journal_goes_with_its_table_and_leaves_no_key_behind(alice: Person) -> None:
    journal.save(alice.seat, TALK, "Mine.", version="")

    migrate(("boundaries", "0023_reminders_of_days"))
    migrate()

    assert journal.leaf(alice.seat).entries == ()
    assert Key.objects.count() == 1


def test_a_repair_goes_with_its_tables(alice: Person, bob: Person) -> None:
    begun(alice)
    take(alice, RepairMove.OWN_UP)

    migrate(("boundaries", "0024_journal"))
    migrate()

    assert not Repair.objects.exists()
    begun(alice)
    take(alice, RepairMove.OWN_UP)


def test_what_is_unsent_in_a_repair_and_who_has_muted_check_ins_stay_through_27_and_back(
    alice: Person, bob: Person
) -> None:
    begun(alice)
    take(alice, RepairMove.OWN_UP)
    words = {"words": "I lay awake."}
    repair_drafts.save(bob.seat, REPAIR, "impact", words, version="")
    first_on = timezone.now().date() + timedelta(days=2)
    pattern = Pattern(every=Frequency.WEEKLY, first_on=first_on, at=time(19), zone="UTC")
    rhythms.set_rhythm(alice.seat, pattern, version="")
    rhythms.mute(bob.seat)

    for _ in range(2):  # drafts of this version, then those that were there before
        migrate(("boundaries", "0026_repair"))
        migrate()
        (draft,) = repair_drafts.written(bob.seat, REPAIR).values()
        assert draft.content == words
        assert (rhythms.is_muted(alice.seat), rhythms.is_muted(bob.seat)) == (False, True)


def test_who_was_mailed_moves_from_lists_to_a_table_and_back(alice: Person, bob: Person) -> None:
    opened_together(alice, bob, DECK)
    digest = propose(alice)
    talk(alice)
    therapist_sheet.make(alice.seat, ["a1"], 7)
    release(alice)
    mailed = notified()
    assert mailed == {
        ("right", "agreements", None),
        ("right", "talk", TALK),
        ("right", "therapist-sheet", None),
    }

    old = migrate(("boundaries", "0017_rename_managers"))
    couple, conversation = lists(old)
    assert couple.told == ["right", "sheet right"]
    assert conversation.told == ["right"]
    migrate()

    assert notified() == mailed
    assert [row.told for row in lists(old)] == [[], []]
    agreements.assent(bob.seat, [digest])
    assert notified() == mailed - {("right", "agreements", None)}


def test_a_zone_that_was_given_at_sign_up_counts_since_always(alice: Person) -> None:
    old = migrate(("accounts", "0005_time_zones"))
    old.get_model("accounts", "User")._base_manager.update(time_zone_since=None)

    migrate()

    assert User.objects.get(pk=alice.user.pk).time_zone_since == ALWAYS


def notified() -> set[tuple[Any, ...]]:
    return set(Notified.objects.values_list("side", "subject", "talk"))


def lists(old: Apps) -> tuple[Any, Any]:
    names = ("Couple", "Conversation")
    couple, conversation = (old.get_model("boundaries", name)._base_manager for name in names)
    return couple.get(pk=conversation.get().couple_id), conversation.get()


def release(who: Person) -> None:
    issue = therapist_sheet.issue(who.seat)
    assert issue
    therapist_sheet.release(who.seat, issue.digest)


def rows(old: Apps, name: str, seat: Seat) -> list[Any]:
    return list(old.get_model("boundaries", name)._base_manager.filter(sheet__seat=seat.pk))


def as_it_was(row: Any, seat: Seat) -> Any:
    """What is in a row of its own, as the code of its time encrypted it."""
    place = (row._meta.db_table, "content", row.sheet_id, row.behaviour)
    return seat.key.decrypt(bytes(row.content), *place)
