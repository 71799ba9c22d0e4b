"""In a talk, what one partner writes or does unseen does not reach the other before its time."""

from __future__ import annotations

import pytest

from boundaries.vocabulary import Step
from tests.privacy.comparing import assert_looks_the_same
from tests.privacy.steps import Do, History, Probe, Watch, act, say
from tests.privacy.test_walls import SEAL, pages
from tests.privacy.worlds import live
from tests.support import routes
from tests.support.depth import one_day_in, some_each_day

pytestmark = pytest.mark.django_db

FIRST = "/talks/about/a1/open/"
TALKING: History = [
    (say("alice", "a1", mine="acceptable"), say("bob", "a1", mine="unsure")),
    (act("alice", SEAL), act("bob", SEAL)),
    (act("alice", FIRST, mode="apart", begins="me"),),
]


def turn(who: str, move: str, **data: str) -> Do:
    return act(who, f"/talks/{routes.TALK}/turn/{move}/", **data)


def draft(who: str, purpose: str, words: str) -> Do:
    return act(who, f"/talks/{routes.TALK}/draft/", purpose=purpose, words=words, part="sentence")


WAY: list[tuple[Step, Do]] = [
    (Step.SET_UP, turn("bob", "ready")),
    *((Step.RULES, turn(who, "agree")) for who in ("alice", "bob")),
    *((Step.WARM_START, turn(who, "appreciate", words="tea")) for who in ("alice", "bob")),
    (Step.SPEAK, turn("alice", "speak", words="I feel lonely.")),
    (Step.REFLECT, turn("bob", "reflect", words="You feel lonely.")),
    (Step.CONFIRM, turn("alice", "yes")),
    (Step.MAKES_SENSE, turn("bob", "makes-sense", because="it is far")),
    (Step.MAKES_SENSE, turn("bob", "speak", words="I feel torn.")),
    (Step.MAKES_SENSE, turn("alice", "reflect", words="You feel torn.")),
    (Step.MAKES_SENSE, turn("bob", "yes")),
    (Step.MAKES_SENSE, turn("alice", "makes-sense", leave_out="yes")),
    (Step.FLEX, turn("alice", "flex", keep="this", give="that")),
    (Step.FLEX, turn("bob", "flex", keep="that", give="this")),
    (Step.OUTCOME, turn("alice", "stop")),
]


def talking(until: Step) -> History:
    """A talk up to where a step begins."""
    order = list(Step)
    return [*TALKING, *((do,) for step, do in WAY if order.index(step) < order.index(until))]


HIS_DRAFTS = (
    draft("bob", "speak-1-1", "a secret of his"),
    draft("bob", "reflect-1-1", "another secret of his"),
    turn("bob", "propose", purpose="reflect-1-2", words="too early"),
    act("bob", f"/talks/{routes.TALK}/throw-away/", purpose="speak-1-1"),
    act("bob", f"/talks/{routes.TALK}/advice/", advised="off"),
    Do("bob", "GET", f"/talks/{routes.TALK}/"),
    Do("bob", "GET", f"/talks/{routes.TALK}/stuck/"),
)
# What either does unseen, at the step where both are asked.
UNSEEN: dict[Step, Do] = {
    Step.SET_UP: turn("bob", "ready"),
    Step.RULES: turn("bob", "agree"),
    Step.WARM_START: turn("bob", "appreciate", words="a secret of his"),
    Step.SPEAK: turn("bob", "leave-out"),
    Step.FLEX: turn("bob", "flex", keep="a secret of his", give="another"),
    Step.CLOSE: turn("bob", "close", well="a secret of his"),
}


@one_day_in(2, 0)
@pytest.mark.parametrize(
    "step", some_each_day(pytest.param(step, id=step) for step in (Step.SPEAK, Step.FLEX))
)
def test_what_he_writes_in_a_talk_and_does_not_hand_over_shows_nowhere(step: Step) -> None:
    at = talking(step)

    assert_looks_the_same([*at, HIS_DRAFTS, Watch()], [*at, (), Watch()])


@pytest.mark.parametrize(
    "step",
    some_each_day(pytest.param(step, id=step) for step in UNSEEN),
)
def test_what_he_does_unseen_in_a_talk_shows_nowhere_before_she_has_done_hers(step: Step) -> None:
    at = talking(step)
    if step == Step.SET_UP:  # she is ready by offering it
        at = [*at, (turn("alice", "later", on="2026-02-02"),)]

    his = UNSEEN[step]
    but = f"talks-turn-{his.url.split('/')[-2]}"  # it answers his in kind
    in_kind = Probe(but=but, at=("/talks/", "/understandings/"))
    pages = Watch(at=("/home/", "/seen/", "/talks/", "/understandings/", "/answers/a1/"))
    looks: History = [pages, in_kind]

    assert_looks_the_same([*at, (his,), *looks], [*at, (), *looks])


@pytest.mark.once
@one_day_in(4, 2)
def test_what_must_not_show_in_a_talk_is_there_to_be_shown() -> None:
    at = talking(Step.FLEX)
    hers, his = turn("alice", "flex", keep="this"), UNSEEN[Step.FLEX]

    assert b"a secret of his" in pages(live([*at, (his,), (hers,), Watch()]))
    assert b"a secret of his" not in pages(live([*at, (his,), Watch()]))
    drafts = (draft("bob", "speak-1-1", "a secret of his"), Watch())
    assert b"a secret of his" in pages(live([*at, drafts[:1], Watch()], observer="bob"))
