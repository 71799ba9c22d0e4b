"""In which time zone somebody is shows to nobody else, whatever the two do together."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from unittest import mock

import pytest
from django.utils.timezone import get_current_timezone, localdate

from accounts.models import User
from accounts.time_zones import ALWAYS
from boundaries import dates
from boundaries.agreements import copies
from tests.privacy.comparing import assert_looks_the_same
from tests.privacy.histories import ZONES, in_zone
from tests.privacy.steps import NOBODY, THE_SHEET, Do, History, Meanwhile, Probe, Watch, act
from tests.privacy.test_walls import pages
from tests.privacy.test_walls_of_a_check_in import rhythm
from tests.privacy.test_walls_of_a_talk import FIRST, turn
from tests.privacy.test_walls_of_an_agreement import ON
from tests.privacy.test_walls_towards_others import ALL_THEY_DO, OPENED, RELEASED, reads
from tests.privacy.worlds import live
from tests.support.depth import one_day_in, some_each_day

pytestmark = pytest.mark.django_db

EAST, WEST, _ = ZONES
# It is 1 January at eight in UTC: 31 December in the west, and still the 1st in the east. So this
# day is today for Bob in one of them, and tomorrow in the other.
A_DAY = "2026-01-01"


def look_again(who: str, on: str) -> Do:
    return act(who, f"{ON}propose/", alike="yes", outcome_both="revisit", on_both=on)


DATED = (
    act("alice", FIRST, mode="apart", begins="me"),
    turn("bob", "later", on=A_DAY),
    look_again("bob", A_DAY),
    act("alice", "/understandings/yes/"),
)
SHEET = tuple(Do(do.who, do.method, do.url, do.data) for do in RELEASED)


def twins(*acts: tuple[Do, ...], looks: History) -> tuple[History, History]:
    """The same is done in both worlds; Bob is on one side of the earth or on the other."""
    return tuple(  # type: ignore[return-value]
        [(in_zone("bob", zone),), *acts, *looks] for zone in (EAST, WEST)
    )


@one_day_in(4, 1)
def test_the_days_of_both_show_nothing_of_a_clock() -> None:
    looks: History = [Watch(), Probe(at=("/talks/", "/understandings/", "/account/"))]

    assert_looks_the_same(*twins(OPENED, DATED, SHEET, looks=looks))


@one_day_in(4, 0)
def test_nor_does_all_that_two_people_can_do() -> None:
    assert_looks_the_same(*twins(ALL_THEY_DO, looks=[Watch(everything=True)]))


@pytest.mark.parametrize("who_leaves", ["alice", pytest.param("bob", marks=pytest.mark.deep)])
@one_day_in(4, 2)
def test_nor_do_the_copies_of_a_parting(who_leaves: str) -> None:
    parting = (act(who_leaves, "/partner/part/"),)

    assert_looks_the_same(*twins(OPENED, DATED, parting, looks=[Watch()]))


def test_nor_does_the_rhythm_of_somebody_whose_clock_shows_the_same() -> None:
    """Who sets the same by one clock after another learns nothing of the one it was set by."""
    sets_the_same: History = [
        (rhythm("alice"),),  # not having seen his
        Watch(at=("/check-ins/",)),
        (rhythm("alice", "fortnightly"),),
        Watch(at=("/check-ins/",)),
    ]
    one, other = (
        [(in_zone("alice", "Asia/Kolkata"),), (in_zone("bob", zone), rhythm("bob")), *sets_the_same]
        for zone in ("Asia/Kolkata", "Asia/Colombo")
    )

    assert_looks_the_same(one, other)


# In no zone, in one since they signed up, and in one that they chose later.
NO_ZONE = ("", ALWAYS)
OTHERS = {"given": (EAST, ALWAYS), "chosen": (WEST, datetime(2026, 1, 1, tzinfo=UTC))}


@pytest.mark.once
@pytest.mark.parametrize("zone", ["given", pytest.param("chosen", marks=pytest.mark.deep)])
@one_day_in(4, 3)
def test_parting_is_the_same_work_whatever_the_zone_of_the_other(zone: str) -> None:
    one, other = (she_parts_from_bob_in(*there) for there in (NO_ZONE, OTHERS[zone]))

    assert_looks_the_same(one, other, count_work=True)


def she_parts_from_bob_in(zone: str, since: datetime) -> History:
    def move(_: object) -> None:
        User.objects.filter(first_name="Bob").update(time_zone=zone, time_zone_since=since)

    return [OPENED, DATED, Meanwhile(move), Probe(at=("/partner/part/",))]


@pytest.mark.parametrize("holder", [NOBODY, pytest.param("erin", marks=pytest.mark.deep)])
@one_day_in(4, 3)
def test_nor_does_a_sheet_for_a_therapist(holder: str) -> None:
    one, other = twins(OPENED, DATED, SHEET, looks=[*reads(holder), Watch(at=("/read/",))])

    assert live(one, observer=holder).codes[THE_SHEET]
    assert_looks_the_same(one, other, observer=holder)


@pytest.mark.once
@one_day_in(4, 1)
def test_what_must_not_show_is_there_to_be_shown() -> None:
    """On Bob's own pages, also in what he takes along."""
    worlds = [live(history, observer="bob") for history in twins(OPENED, DATED, looks=[Watch()])]

    shown = [pages(world) for world in worlds]
    assert b"Since 1 January 2026." in shown[0]
    assert b"Since 31 December 2025." in shown[1]
    assert [b"Time to look at it again." in page for page in shown] == [True, False]
    for world, zone in zip(worlds, (EAST, WEST), strict=True):
        assert f"'time_zone': '{zone}'" in str(world.seen)


LEAKS: dict[str, tuple[Any, str, Any]] = {
    "a day is accepted by the clock of whoever sends it": (
        dates,
        "can_be_shared",
        dates.is_ahead,
    ),
    "a sheet is dated by the clock of whoever makes it": (dates, "shared_day_of", localdate),
    "copies are dated by the clock of whoever leaves": (
        copies,
        "clock_of",
        lambda user: get_current_timezone(),
    ),
}


@pytest.mark.parametrize("leak", some_each_day(pytest.param(leak, id=leak) for leak in LEAKS))
def test_a_rule_that_goes_by_one_clock_is_caught(leak: str) -> None:
    module, name, leaking = LEAKS[leak]
    last = (act("bob", "/partner/part/"),) if module is copies else SHEET
    with mock.patch.object(module, name, leaking), pytest.raises(AssertionError):
        assert_looks_the_same(*twins(OPENED, DATED, last, looks=[Watch()]))
