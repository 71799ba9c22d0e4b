"""Nothing one partner does reaches the other before both have sealed; and some of it never does."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.apps import apps
from hypothesis import Phase, given, seed, settings

from boundaries.agreements.models import Assent, SetAside, Version, Withdrawal
from boundaries.answers.models import Answers
from boundaries.answers.private_notes import Notes
from boundaries.check_ins.models import CheckInReplies, Muted
from boundaries.content import catalogue
from boundaries.journal.models import Journal, JournalEntry
from boundaries.leaving.models import Export
from boundaries.pairing.models import Invitation
from boundaries.reminders.models import ReminderMails
from boundaries.repair.models import (
    RepairDraft,
    RepairTurn,
    ReturnedDraft,
    ReturnedWords,
    WishToKeep,
)
from boundaries.sealing.models import Seal, Sheet
from boundaries.seats.models import Seat
from boundaries.talks.models import Conversation, Draft, EarlyDraft, Turn
from tests.privacy.comparing import assert_looks_the_same, first_difference, lived_once
from tests.privacy.histories import OPT_IN, twin_histories
from tests.privacy.steps import OURS, SAFE, UNSAFE, Do, History, Probe, Step, Watch, act, say, taken
from tests.privacy.worlds import World, live
from tests.support import routes
from tests.support.depth import DAY, DEPTH, one_day_in, some_each_day

SEAL, UNSEAL = "/decks/essentials/seal/", "/decks/essentials/unseal/"
AGAIN = "/decks/essentials/again/"
ESSENTIALS = [behaviour.id for behaviour in catalogue.deck(catalogue.ESSENTIALS).behaviours]

pytestmark = pytest.mark.django_db


@seed(DAY)
@settings(max_examples=1, derandomize=False, phases=[Phase.generate])
@given(histories=twin_histories(everything=False, ways=1))
def test_nothing_alice_can_observe_depends_on_what_bob_does(
    histories: tuple[History, History],
) -> None:
    assert_looks_the_same(*histories)


@pytest.mark.deep
@pytest.mark.parametrize("quarter", range(4))  # so that several processes can share them
@settings(max_examples=25 * DEPTH, phases=[Phase.generate])
@given(histories=twin_histories(everything=True, ways=3))
def test_nothing_depends_on_it_in_many_histories(
    quarter: int, histories: tuple[History, History]
) -> None:
    assert_looks_the_same(*histories)


@pytest.mark.deep
@settings(max_examples=20, phases=[Phase.generate])
@given(histories=twin_histories(everything=True, ways=1))
def test_not_even_the_work_done_depends_on_it(histories: tuple[History, History]) -> None:
    assert_looks_the_same(*histories, count_work=True)


SECRET_ANSWERS = tuple(
    say(
        "bob", behaviour, mine="unacceptable", partners="unsure", note="his", self_note="to himself"
    )
    for behaviour in ESSENTIALS
)
EVERYTHING: tuple[Step, ...] = (Watch(everything=True), Probe())


@one_day_in(3, 2)
@pytest.mark.parametrize("alice_seals", [False, pytest.param(True, marks=pytest.mark.deep)])
def test_a_whole_sheet_of_his_shows_nowhere(alice_seals: bool) -> None:
    hers = (say("alice", "a1", mine="acceptable"), *([act("alice", SEAL)] if alice_seals else []))

    probe = Probe() if alice_seals else Probe(at=("/decks/", "/answers/", "/own/", "/partner/"))
    looks: History = [Watch(everything=alice_seals), probe]

    assert_looks_the_same([hers, SECRET_ANSWERS, *looks], [hers, (), *looks])


@pytest.mark.once
@one_day_in(4, 0)
def test_what_must_not_show_is_there_to_be_shown() -> None:
    """Bob's own pages hold it, and after two seals so does Alice's."""
    his = live([SECRET_ANSWERS, Watch()], observer="bob")
    hers = live([SECRET_ANSWERS, Watch()])
    opened = live(
        [
            (say("alice", "a1", mine="acceptable"), *SECRET_ANSWERS),
            (act("alice", SEAL), act("bob", SEAL)),
            Watch(),
        ]
    )

    assert b"to himself" in pages(his)
    assert b">his<" not in pages(hers)
    assert b">his<" in pages(opened)
    assert b"to himself" not in pages(opened)


def pages(world: World) -> bytes:
    return b"".join(answer.content for answer in world.answers)


@pytest.mark.parametrize(
    "instead",
    some_each_day(
        [
            pytest.param(
                (say("bob", "a1", mine="acceptable", note="kept", private="on"),), id="private"
            ),
            pytest.param(
                (say("bob", "a1", mine="unacceptable", private="on"),), id="private, other stance"
            ),
            pytest.param(
                (say("bob", "a1", mine="acceptable", note="gone"), act("bob", "/answers/a1/skip/")),
                id="skipped after",
            ),
            pytest.param((act("bob", "/answers/a1/skip/"),), id="skipped"),
            pytest.param(
                (say("bob", "a1", note="words alone", self_note="to himself"),), id="words"
            ),
            pytest.param(
                (
                    say(
                        "bob",
                        "a1",
                        mine="unsure",
                        private="on",
                        weight="a-lot",
                        conditions="not-late",
                    ),
                ),
                id="weighed",
            ),
            pytest.param(
                (say("bob", "a1", guess="unsure", live="on", to_keep_the_peace="on"),), id="guessed"
            ),
            pytest.param(
                (say("bob", "a1", mine="unsure"), act("bob", "/answers/a1/undo/")), id="undone"
            ),
            pytest.param(
                (say("bob", "a2", mine="unsure"), say("bob", "a2", mine="acceptable")), id="edited"
            ),
        ]
    ),
)
def test_after_opening_it_never_shows_why_something_is_not_shared(instead: tuple[Do, ...]) -> None:
    hers = tuple(
        say("alice", behaviour, mine="conditions", note="hers") for behaviour in ESSENTIALS[:4]
    )
    his = say("bob", "a2", mine="acceptable")
    end: History = [(act("alice", SEAL), act("bob", SEAL)), Watch()]

    assert (
        first_difference(live([hers, (*instead, his), *end]), lived_once((hers, (his,), *end)))
        == ""
    )


@one_day_in(4, 2)
def test_not_even_that_the_other_wants_to_be_asked_more() -> None:
    assert_looks_the_same([(act("bob", OPT_IN),), Watch()], [(), Watch()])


@one_day_in(4, 1)
def test_declining_is_silent() -> None:
    looks: History = [Watch(), Probe(at=("/own/", "/answers/"))]

    assert_looks_the_same([(act("bob", "/own/set-aside/"),), *looks], [(), *looks])


@one_day_in(4, 3)
def test_after_opening_guesses_flags_and_history_stay_with_their_writer() -> None:
    hers = tuple(say("alice", behaviour, mine="conditions") for behaviour in ESSENTIALS)
    his = say("bob", "a1", mine="unsure", partners="acceptable")
    more = say(
        "bob",
        "a1",
        mine="unsure",
        partners="acceptable",
        guess="unsure",
        self_note="his own",
        live="on",
        to_keep_the_peace="on",
    )
    end: History = [(act("alice", SEAL), act("bob", SEAL)), Watch(), Probe()]

    assert_looks_the_same([hers, (more,), *end], [hers, (his,), *end])


@one_day_in(4, 1)
def test_after_opening_a_new_round_begins_unseen() -> None:
    start: History = [(say("bob", "a1", mine="acceptable"), act("alice", SEAL), act("bob", SEAL))]
    begun = (act("bob", AGAIN), say("bob", "a1", mine="unacceptable"), act("bob", SEAL))
    looks: History = [Watch()]

    assert_looks_the_same([*start, begun, *looks], [*start, (), *looks])


@one_day_in(4, 2)
def test_after_opening_neither_order_nor_time_nor_the_number_of_edits_shows() -> None:
    """What the other sees is where it ended, whenever that was."""
    last = [
        say("bob", behaviour, mine="acceptable", note=f"on {behaviour}")
        for behaviour in ("a1", "a2", "a3")
    ]
    edited = (
        say("bob", "a3", mine="unacceptable", note="at first", self_note="to himself"),
        act("bob", "/answers/a2/hide/"),
        act("bob", "/answers/a2/show/"),
        act("bob", "/answers/a1/skip/"),
        act("bob", SEAL),
        act("bob", UNSEAL),
        *reversed(last),
        say("bob", "a3", mine="acceptable", note="on a3"),
    )
    hers = tuple(say("alice", behaviour, mine="conditions") for behaviour in ESSENTIALS)
    end: History = [(act("alice", SEAL),), Watch()]

    assert_looks_the_same(
        [hers, (*last, act("bob", SEAL)), (), *end],
        [hers, edited, (act("bob", SEAL),), *end],
        count_work=True,
    )


@pytest.mark.once
@one_day_in(4, 2)
def test_the_sweep_goes_everywhere() -> None:
    world = lived_once(EVERYTHING)
    names = {route.name for route in routes.every()}
    cells = {(name, method) for name in names for method in SAFE if taken(name, "GET")}
    cells |= {(name, method) for name in names for method in UNSAFE if taken(name, method)}

    assert world.visited == cells
    assert {"home", "comparison", "account", "healthz"} <= OURS
    assert [answer[:6] for answer in world.answers if answer.status >= 500] == []
    papers = [answer for answer in world.answers if answer.name.startswith("agreements-pdf")]
    assert {paper.content[:4] for paper in papers if paper.method == "GET"} == {b"%PDF"}


@pytest.mark.once
@one_day_in(4, 2)
def test_no_page_has_a_tag_or_a_date_that_others_could_move() -> None:
    world = lived_once(EVERYTHING)
    names = {name for answer in world.answers for name, _ in answer.headers}

    assert names.isdisjoint({"ETag", "Last-Modified", "Age", "Content-Encoding"})


MAY_USE_UNSCOPED = {
    "boundaries/agreements/models.py",
    "boundaries/answers/models.py",
    "boundaries/check_ins/models.py",
    "boundaries/journal/models.py",
    "boundaries/leaving/models.py",
    "boundaries/reminders/models.py",
    "boundaries/repair/models.py",
    "boundaries/sealing/by_behaviour.py",
    "boundaries/sealing/models.py",
    "boundaries/talks/models.py",
}


OF_ONE_PERSON = [
    *(Answers, Notes, Sheet, Turn, Draft, EarlyDraft, SetAside, Export),
    *(Journal, JournalEntry, CheckInReplies, Muted, ReminderMails),
    *(RepairTurn, RepairDraft, WishToKeep, ReturnedWords, ReturnedDraft),
]


@pytest.mark.once
@pytest.mark.parametrize("model", OF_ONE_PERSON)
def test_only_models_read_rows_without_their_owner(model: type) -> None:
    use_unscoped = {
        path.as_posix()
        for path in Path("boundaries").rglob("*.py")
        if "unscoped" in path.read_text() and "migrations" not in path.parts
    }

    assert not hasattr(model, "objects")
    assert use_unscoped == MAY_USE_UNSCOPED


@pytest.mark.once
def test_no_way_back_leads_to_a_seat_or_to_what_hangs_on_it() -> None:
    reachable = {
        relation.related_model
        for model in apps.get_models()
        for relation in model._meta.related_objects
        if relation.get_accessor_name()
    }

    assert reachable.isdisjoint(
        {
            *(Seat, Seal, Sheet, Answers, Notes, Invitation, Conversation, Turn, Draft),
            *(Version, Assent, Withdrawal, SetAside),
            *(EarlyDraft, Journal, JournalEntry),
        }
    )
