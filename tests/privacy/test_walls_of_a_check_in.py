"""What one writes, wants or mutes in check-ins shows nowhere to the other before both have."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from django.db.models import F

from boundaries.sealing.models import Seal
from tests.privacy.comparing import assert_looks_the_same, first_difference, lived_twice
from tests.privacy.steps import Do, History, Meanwhile, Probe, Step, Watch, act
from tests.privacy.test_walls import pages
from tests.privacy.worlds import World, live

pytestmark = [pytest.mark.turns(3), pytest.mark.django_db]

BRIEFLY = Watch(at=("/check-ins/", "/home/", "/seen/", "=/understandings/", "/leaving/"))
PROBED = Probe(at=("/check-ins/",))


def seal(who: str, words: str = "a walk", closeness: str = "close") -> Do:
    return act(who, "/check-ins/seal/", plan=words, closeness=closeness)


def rhythm(who: str, every: str = "weekly", day: int = 4) -> Do:
    return act(who, "/check-ins/rhythm/set/", every=every, first_on=f"2026-01-0{day}", at="19:30")


def press(who: str, what: str) -> Do:
    return act(who, f"/check-ins/{what}/")


def _wait_too_long(world: World) -> None:
    Seal.objects.update(set_at=F("set_at") - timedelta(days=7))


A_WEEK_LATER = Meanwhile(_wait_too_long)
HERS: Step = (rhythm("alice"), seal("alice", "hers"), press("alice", "take-back"))
# Everything that he can do before both have, which leaves his half sealed.
HIS: Step = (
    seal("bob", "zq-first", "far"),
    press("bob", "take-back"),
    act("bob", "/check-ins/pass-on/", plan="zq-passed"),
    Do("bob", "GET", "/check-ins/other/"),
    act("bob", "/check-ins/other/finish/", closeness="bogus"),
    act("bob", "/check-ins/seal/", well="zq-refused", anything_new="something"),
    press("bob", "closeness/want"),
    press("bob", "closeness/stop"),
    seal("bob", "zq-second", "very-close"),
    Do("bob", "GET", "/check-ins/"),
)
BOTH_FINISH: History = [(seal("bob", "his", "far"), seal("alice", "hers"))]


def test_a_half_that_only_he_has_sealed_shows_nowhere() -> None:
    looks: History = [BRIEFLY, PROBED]

    assert_looks_the_same([HERS, HIS, *looks], [HERS, (), *looks])


@pytest.mark.deep
def test_nor_anywhere_else_on_the_site() -> None:
    looks: History = [Watch(everything=True), Probe()]

    assert_looks_the_same([HERS, HIS, *looks], [HERS, (), *looks])


def test_a_half_of_his_that_waited_too_long_shows_nowhere_whatever_she_does() -> None:
    """She seals hers, takes it back, and seals it again: his may be there, or never have been."""
    hers: History = [(seal("alice"),), BRIEFLY, (press("alice", "take-back"),), (seal("alice"),)]
    his: Step = (seal("bob"),)

    assert_looks_the_same([his, A_WEEK_LATER, *hers, BRIEFLY], [(), A_WEEK_LATER, *hers, BRIEFLY])


def test_a_half_of_hers_that_waited_too_long_is_the_same_whether_he_then_sealed_his() -> None:
    ends: History = [BRIEFLY, (press("alice", "take-back"),), PROBED]

    assert_looks_the_same(
        [(seal("alice"),), A_WEEK_LATER, (seal("bob"), press("bob", "take-back")), *ends],
        [(seal("alice"),), A_WEEK_LATER, (), *ends],
    )


def test_that_he_has_muted_it_shows_nowhere_whatever_she_does_with_it() -> None:
    hers: History = [
        BRIEFLY,
        (rhythm("alice", "monthly", 5),),
        (seal("alice"), press("alice", "take-back")),
        PROBED,
        (press("alice", "rhythm/end"),),
        BRIEFLY,
        (rhythm("alice"),),  # which he doesn't hear of either
        BRIEFLY,
    ]
    muted: Step = (press("bob", "rhythm/mute"),)

    assert_looks_the_same(
        [(rhythm("alice"),), muted, *hers],
        [(rhythm("alice"),), (), *hers],
    )


def test_that_he_has_muted_it_shows_nowhere_when_she_parts() -> None:
    parting: History = [(act("alice", "/partner/part/"),), BRIEFLY]
    muted: Step = (press("bob", "rhythm/mute"), press("bob", "closeness/want"))

    assert_looks_the_same([(rhythm("alice"),), muted, *parting], [(rhythm("alice"),), (), *parting])


def test_that_he_wants_the_picture_shows_nowhere_until_she_does() -> None:
    probed = replace(PROBED, but="check-ins-closeness-want")  # that would open it
    hers: History = [BRIEFLY, (press("alice", "closeness/stop"),), probed]
    wants = tuple(press("bob", f"closeness/{what}") for what in ("want", "stop", "want"))

    # His key opens what both have finished, so that only what she sees is compared.
    worlds = lived_twice([*BOTH_FINISH, wants, *hers], [*BOTH_FINISH, (), *hers])

    assert not (found := first_difference(*worlds)), found


@pytest.mark.once
@pytest.mark.parametrize("what", ["rhythm/end", "closeness/stop"])
def test_by_whom_something_was_ended_for_both_shows_nowhere(what: str) -> None:
    both_want = (press("alice", "closeness/want"), press("bob", "closeness/want"))
    begun: History = [*BOTH_FINISH, (*both_want, rhythm("alice"))]
    worlds = [live([*begun, (press(who, what),), BRIEFLY]) for who in ("alice", "bob")]

    contents = [
        [answer.content for answer in world.answers if answer.name.startswith("check-ins-")]
        for world in worlds
    ]
    contents[0] = contents[0][-len(contents[1]) :]
    assert contents[0] == contents[1]


@pytest.mark.once
def test_what_must_not_show_is_there_to_be_shown() -> None:
    page = partial(live, observer="bob")

    assert b"Your part is sealed" in pages(page([HERS, HIS, BRIEFLY]))
    assert b"Your part is sealed" not in pages(live([HERS, HIS, BRIEFLY]))
    muted: History = [(rhythm("alice"), press("bob", "rhythm/mute")), BRIEFLY]
    assert b"Your reminders of check-ins are off" in pages(page(muted))
    assert b"Your reminders of check-ins are off" not in pages(live(muted))
    finished: History = [*BOTH_FINISH, BRIEFLY]
    for who in ("alice", "bob"):
        assert b"Far away" in pages(live(finished, observer=who))
    wants: History = [(press("bob", "closeness/want"),), BRIEFLY]
    assert "You’d like the picture.".encode() in pages(page(wants))
