"""The order of a talk: exactly what its table allows."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaries.talks import flow
from boundaries.talks.flow import MOVES, By, NotNow, Place
from boundaries.vocabulary import Move, Side, Step

LEFT, RIGHT = Side.LEFT, Side.RIGHT

BEGUN = [
    *((LEFT, Move.READY), (RIGHT, Move.READY)),
    *((LEFT, Move.AGREE), (RIGHT, Move.AGREE)),
    *((LEFT, Move.APPRECIATE), (RIGHT, Move.APPRECIATE)),
]
HEARD = [
    (LEFT, Move.SPEAK),
    (RIGHT, Move.REFLECT),
    (LEFT, Move.YES),
    (RIGHT, Move.MAKES_SENSE),
]
HEARD_BACK = [(side.other, move) for side, move in HEARD]
FLEXED = [(LEFT, Move.FLEX), (RIGHT, Move.FLEX)]

ways = st.lists(
    st.integers(0, 999), max_size=80
)  # at every place, which of the allowed moves to make


def at(*moves: tuple[Side, Move]) -> Place:
    return flow.replayed(LEFT, moves)


def wandered(way: list[int]) -> list[tuple[Place, Side, Move]]:
    """A random way through a talk: places, and the move made at each of them. It rarely stops."""
    place, done = Place(LEFT), []
    for choice in way:
        open_moves = [(side, move) for side in Side for move in sorted(flow.allowed(place, side))]
        if choice < 950:
            open_moves = [
                (side, move) for side, move in open_moves if move != Move.STOP
            ] or open_moves
        if not open_moves:
            break
        side, move = open_moves[choice % len(open_moves)]
        done.append((place, side, move))
        place = flow.after(place, side, move)
    return done


def test_a_whole_talk() -> None:
    proposed = [(RIGHT, Move.PROPOSE), (LEFT, Move.LET_STAND)]
    closed = [(LEFT, Move.CLOSE), (RIGHT, Move.CLOSE)]

    assert [
        at().step,
        at(*BEGUN).step,
        at(*BEGUN, *HEARD).half,
        at(*BEGUN, *HEARD, *HEARD_BACK).step,
        at(*BEGUN, *HEARD, *HEARD_BACK, *FLEXED).step,
        at(*BEGUN, *HEARD, *HEARD_BACK, *FLEXED, *proposed).step,
        at(*BEGUN, *HEARD, *HEARD_BACK, *FLEXED, *proposed, *closed).step,
    ] == [Step.SET_UP, Step.SPEAK, 2, Step.FLEX, Step.OUTCOME, Step.CLOSE, Step.CLOSED]


def test_every_step_and_every_move_is_in_the_table() -> None:
    assert {step for step, _ in MOVES} == set(Step) - {Step.CLOSED}
    assert {move for _, move in MOVES} == set(Move)


def test_moves_that_are_not_in_the_table_are_refused() -> None:
    who = {By.BOTH: set(Side), By.EITHER: set(Side), By.SPEAKER: {LEFT}, By.LISTENER: {RIGHT}}
    for step, side, move in itertools.product(Step, Side, Move):
        by, _ = MOVES.get((step, move), (None, None))
        place = Place(LEFT, step=step)
        if by and side in who.get(by, set()):
            assert flow.after(place, side, move) != place
        else:
            with pytest.raises(NotNow):
                flow.after(place, side, move)


def test_after_three_rounds_comes_the_crossroads() -> None:
    spoken = [*BEGUN, (LEFT, Move.SPEAK), (RIGHT, Move.REFLECT)]
    again = [
        (LEFT, Move.NOT_YET),
        (RIGHT, Move.REFLECT),
        (LEFT, Move.PARTLY),
        (RIGHT, Move.REFLECT),
    ]

    assert at(*spoken, *again).round == 3
    assert at(*spoken, *again, (LEFT, Move.NOT_YET)).step == Step.CROSSROADS
    assert at(*spoken, *again, (LEFT, Move.YES)).step == Step.MAKES_SENSE


def test_the_crossroads_lead_on_or_back_to_listening() -> None:
    crossroads = [*BEGUN, (LEFT, Move.SPEAK), *[(RIGHT, Move.REFLECT), (LEFT, Move.NOT_YET)] * 3]

    assert at(*crossroads, (LEFT, Move.ENOUGH)).step == Step.MAKES_SENSE
    assert at(*crossroads, (LEFT, Move.SPEAK)) == at(*BEGUN, (LEFT, Move.SPEAK))


def test_a_part_is_left_out_only_when_both_choose_it() -> None:
    one = at(*BEGUN, *HEARD, (LEFT, Move.LEAVE_OUT))
    both = flow.after(one, RIGHT, Move.LEAVE_OUT)

    assert (one.step, both.step) == (Step.SPEAK, Step.FLEX)


def test_a_talk_that_was_put_off_resumes_at_its_step_when_both_are_ready() -> None:
    flexed = [*BEGUN, *HEARD, *HEARD_BACK, (LEFT, Move.FLEX)]
    off = [*flexed, (RIGHT, Move.LATER), (LEFT, Move.READY)]
    on = at(*off, (RIGHT, Move.READY))

    assert at(*off).step == Step.SET_UP
    assert (on.step, on.done, on.sitting) == (Step.FLEX, frozenset({LEFT}), 2)


def test_nobody_lets_their_own_proposal_stand() -> None:
    proposed = at(*BEGUN, *HEARD, *HEARD_BACK, *FLEXED, (LEFT, Move.PROPOSE))

    assert Move.LET_STAND not in flow.allowed(proposed, LEFT)
    assert Move.LET_STAND in flow.allowed(proposed, RIGHT)


@given(ways)
def test_there_is_no_dead_end(way: list[int]) -> None:
    for place, _, _ in wandered(way):
        waited_for = flow.awaited(place)

        assert waited_for
        assert all(flow.allowed(place, side) for side in waited_for)
        assert place.step == Step.CLOSE or all(
            {Move.STOP, Move.LATER} <= flow.allowed(place, side) for side in Side
        )


@given(ways)
def test_a_talk_can_be_ended_from_everywhere(way: list[int]) -> None:
    for at, _, _ in wandered(way):
        place = at
        for move in (Move.STOP, Move.CLOSE, Move.CLOSE):
            for side in Side:
                if move in flow.allowed(place, side):
                    place = flow.after(place, side, move)

        assert place.step == Step.CLOSED


@given(ways, st.sampled_from(Side))
def test_unseen_turns_of_the_other_do_not_change_what_is_allowed(way: list[int], me: Side) -> None:
    """Replaying what somebody has seen never fails, and allows them the same moves."""
    taken = list[tuple[Side, Move, int]]()
    for at, side, move in wandered(way):
        taken.append((side, move, flow.turn(at, move)))
        place = flow.after(at, side, move)
        mine = {(made, turn) for who, made, turn in taken if who == me}
        seen = [
            (who, made)
            for who, made, turn in taken
            if who == me or made not in flow.BLIND or (made, turn) in mine
        ]
        view = flow.replayed(LEFT, seen)

        assert (view.step, view.half, view.round) == (place.step, place.half, place.round)
        assert view.done in (place.done, place.done & {me})
        assert flow.allowed(view, me) == flow.allowed(place, me)


def test_the_random_ways_reach_every_step() -> None:
    """The three tests above mean something only if they come to every step."""
    luck = random.Random(7)  # noqa: S311 luck that repeats is what is wanted
    seen = {
        place.step
        for _ in range(200)
        for place, _, _ in wandered([luck.randrange(1000) for _ in range(80)])
    }

    assert seen == set(Step) - {Step.CLOSED}
