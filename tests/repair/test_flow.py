"""The order of a repair: exactly what its table allows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaries.repair import flow
from boundaries.repair.flow import MOVES, Pace, RepairPlace, Role
from boundaries.vocabulary import RepairMove, RepairStep, Side

LEFT, RIGHT = Side.LEFT, Side.RIGHT  # here the left one crossed the line
M, S = RepairMove, RepairStep

HEARD = [(LEFT, M.OWN_UP), (RIGHT, M.IMPACT), (LEFT, M.REFLECT), (RIGHT, M.YES)]
OFFERED = [*HEARD, (LEFT, M.OFFER)]

ways = st.lists(st.integers(0, 999), max_size=60)


def at(*moves: tuple[Side, RepairMove], opened_by: Side = LEFT) -> RepairPlace:
    return flow.replayed(LEFT, opened_by, moves)


def wandered(opened_by: Side, way: list[int]) -> list[tuple[RepairPlace, Side, RepairMove]]:
    """A random way through a repair. It rarely closes."""
    place, done = RepairPlace.begun(LEFT, opened_by), []
    for choice in way:
        moves = [(side, move) for side in Side for move in sorted(flow.allowed(place, side))]
        if choice < 950:
            moves = [(side, move) for side, move in moves if move != M.CLOSE]
        if not moves:
            break
        side, move = moves[choice % len(moves)]
        done.append((place, side, move))
        place = flow.after(place, side, move)
    return done


def test_whoever_was_hurt_may_begin_and_then_waits() -> None:
    begun = at(opened_by=RIGHT)

    assert begun.step == S.DESCRIBE
    assert flow.awaited(begun) == {RIGHT}
    assert flow.awaited(at((RIGHT, M.DESCRIBE), opened_by=RIGHT)) == {LEFT}


def test_nothing_is_offered_before_the_other_feels_heard() -> None:
    for moves in (HEARD[:1], HEARD[:2], HEARD[:3]):
        assert M.OFFER not in flow.allowed(at(*moves), LEFT)

    assert M.OFFER in flow.allowed(at(*HEARD), LEFT)


def test_it_is_said_back_as_often_as_it_takes() -> None:
    again = [(RIGHT, M.NOT_YET), (LEFT, M.REFLECT)]
    place = at(*HEARD[:3], *again * 9)

    assert place.step == S.CONFIRM
    assert place.said_back == 10


def test_each_move_is_of_one_of_the_two_or_of_either() -> None:
    own = {M.OWN_UP, M.REFLECT, M.OFFER, M.ANSWER}
    either = {M.UNDERNEATH, M.FOLLOW_UP, M.CLOSE}
    roles = {(move, role) for (_, move), (role, _) in MOVES.items()}

    assert {move for move, role in roles if role is Role.CROSSED} == own
    assert {move for move, role in roles if role is Role.EITHER} == either
    assert {move for move, role in roles if role is Role.HURT} == set(M) - own - either


def test_an_offer_waits_for_nobody() -> None:
    assert flow.awaited(at(*OFFERED)) == frozenset()


def test_another_offer_takes_not_enough_yet() -> None:
    assert M.OFFER not in flow.allowed(at(*OFFERED), LEFT)
    assert M.OFFER not in flow.allowed(at(*OFFERED, (RIGHT, M.NOT_READY)), LEFT)
    place = at(*OFFERED, (RIGHT, M.NOT_ENOUGH), (LEFT, M.OFFER))
    assert place.reply is None


def test_the_pace_is_that_of_whoever_was_hurt() -> None:
    place = at(*OFFERED)
    paces = {M.SLOWER, M.PAUSE, M.END}

    assert paces <= flow.allowed(place, RIGHT)
    assert not paces & flow.allowed(place, LEFT)
    assert M.RESUME not in flow.allowed(place, RIGHT)
    assert M.FOLLOW_UP not in flow.allowed(at(*OFFERED, (RIGHT, M.PAUSE)), LEFT)
    assert at(*OFFERED, (RIGHT, M.PAUSE), (RIGHT, M.RESUME)).pace == Pace.STEADY
    assert not at(*OFFERED, (RIGHT, M.END)).follow_ups_left


def test_four_follow_ups_and_then_nothing_is_asked() -> None:
    asked = [(LEFT, M.FOLLOW_UP), (RIGHT, M.FOLLOW_UP)]
    place = at(*OFFERED, *asked * 4)

    assert place.follow_up == 4
    assert not flow.allowed(place, RIGHT) & {M.FOLLOW_UP, M.PAUSE, M.END}
    assert M.FOLLOW_UP not in flow.allowed(at(*OFFERED, asked[0]), LEFT)  # once for each


def test_one_question_at_a_time_and_only_the_hurt_partner_asks() -> None:
    asked = at(*HEARD[:1], (RIGHT, M.ASK))

    assert flow.awaited(asked) == {LEFT, RIGHT}
    assert M.ASK not in flow.allowed(asked, RIGHT)
    assert M.ANSWER in flow.allowed(asked, LEFT)
    assert M.ASK not in flow.allowed(at(*HEARD), LEFT)
    assert M.ANSWER not in flow.allowed(at(*HEARD[:1]), LEFT)


def test_what_was_underneath_comes_after_the_offer_once_from_each() -> None:
    assert M.UNDERNEATH not in flow.allowed(at(*HEARD), LEFT)
    place = at(*OFFERED, (LEFT, M.UNDERNEATH))
    assert M.UNDERNEATH not in flow.allowed(place, LEFT)
    assert M.UNDERNEATH in flow.allowed(place, RIGHT)


@given(way=ways, opened_by=st.sampled_from(Side))
def test_either_can_close_it_wherever_it_is(way: list[int], opened_by: Side) -> None:
    for place, _, _ in wandered(opened_by, way):
        for side in Side:
            assert flow.after(place, side, M.CLOSE).step == S.CLOSED


@given(way=ways, opened_by=st.sampled_from(Side))
def test_every_other_move_is_refused(way: list[int], opened_by: Side) -> None:
    for place, _, _ in wandered(opened_by, way):
        for side in Side:
            may = flow.allowed(place, side)
            assert may <= {move for step, move in MOVES if step == place.step}
            for move in set(M) - may:
                with pytest.raises(flow.NotAllowed):
                    flow.after(place, side, move)


@given(way=ways, opened_by=st.sampled_from(Side))
def test_whoever_is_awaited_has_something_to_do(way: list[int], opened_by: Side) -> None:
    for place, _, _ in wandered(opened_by, way):
        for side in flow.awaited(place):
            assert flow.allowed(place, side) - {M.CLOSE, M.ASK}


@given(way=ways, opened_by=st.sampled_from(Side))
def test_the_last_leading_move_says_whom_it_waits_for(way: list[int], opened_by: Side) -> None:
    """The query of the home page rests on this."""
    done = wandered(opened_by, way)
    leading = [move for _, _, move in done if move in flow.LEADING]
    questions = [move for _, _, move in done if move in (M.ASK, M.ANSWER)]
    if not leading:
        return
    end = flow.after(*done[-1])
    if end.step == S.CLOSED:
        return
    waits = {end.hurt} if leading[-1] in flow.AWAITS_HURT else set()
    waits |= (
        {end.crossed} if leading[-1] in flow.AWAITS_CROSSED or questions[-1:] == [M.ASK] else set()
    )
    assert flow.awaited(end) == waits


def test_nobody_asks_for_forgiveness_and_nothing_is_restored() -> None:
    words = " ".join((*M.values, *S.values, *map(str, M.labels), *map(str, S.labels)))

    assert not {"forgive", "restored", "trust"} & set(words.lower().split())


def test_every_step_but_the_last_leads_on() -> None:
    assert {step for step, _ in MOVES} == set(S) - {S.CLOSED}
    assert {role for role, _ in MOVES.values()} == set(Role)
