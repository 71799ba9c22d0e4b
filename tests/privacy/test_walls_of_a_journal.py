"""What one partner writes in a journal, keeps for a talk or marks for themselves reaches nobody."""

from __future__ import annotations

import pytest

from tests.privacy.comparing import assert_looks_the_same
from tests.privacy.steps import NOBODY, Do, History, Meanwhile, Probe, Watch, act, say
from tests.privacy.test_walls import SEAL, pages
from tests.privacy.worlds import live, sure
from tests.support.depth import one_day_in, some_each_day
from tests.support.routes import ENTRY

pytestmark = [pytest.mark.turns(3), pytest.mark.django_db]

SECRET = "a secret of his"
HERE = f"/journal/{ENTRY}/"
OPENED: History = [
    (say("alice", "a1", mine="acceptable"), say("alice", "a2", mine="acceptable")),
    (say("bob", "a1", mine="unsure"), say("bob", "a2", mine="unacceptable")),
    (act("alice", SEAL), act("bob", SEAL)),
    Meanwhile(sure),
]
HIS_JOURNAL: tuple[Do, ...] = (
    act("bob", f"{HERE}save/", words=SECRET, prompt="friend"),
    act("bob", f"/journal/{str(ENTRY)[:-1]}2/save/", words="more of it"),
    act("bob", f"/journal/{str(ENTRY)[:-1]}2/delete/"),
    Do("bob", "GET", "/journal/"),
    Do("bob", "GET", HERE),
)
HIS_DRAFT = act("bob", f"{HERE}talk/keep/", line=SECRET, behaviour="a1")
LOOKS: History = [Watch(), Probe()]


@pytest.mark.parametrize(
    "observer",
    some_each_day(pytest.param(who, id=who) for who in ("alice", "charlie", "erin", NOBODY)),
)
def test_what_he_writes_in_his_journal_shows_nowhere(observer: str) -> None:
    """Alice is his partner, Erin was, Charlie is a stranger. The journal of each is open."""
    assert_looks_the_same(
        [Meanwhile(sure), HIS_JOURNAL, *LOOKS], [Meanwhile(sure), (), *LOOKS], observer=observer
    )


@one_day_in(2, 1)
def test_nor_once_a_deck_is_open_and_a_line_of_it_is_kept_for_a_talk() -> None:
    assert_looks_the_same([*OPENED, (*HIS_JOURNAL, HIS_DRAFT), *LOOKS], [*OPENED, (), *LOOKS])


def test_nor_when_he_offers_that_talk() -> None:
    offer = (act("bob", "/talks/about/a1/open/", mode="apart", begins="me"),)

    assert_looks_the_same(
        [*OPENED, (*HIS_JOURNAL, HIS_DRAFT), offer, Watch()], [*OPENED, (), offer, Watch()]
    )


@one_day_in(2, 1)
def test_a_mark_that_he_offers_a_talk_by_looks_like_any_other_offer() -> None:
    opening = OPENED[2:]
    hers = OPENED[0]
    his = say("bob", "a2", mine="unacceptable")
    plain, marked = (say("bob", "a1", mine="unsure", **more) for more in ({}, {"live": "on"}))
    offer: History = [(act("bob", "/talks/about/a1/open/", mode="apart", begins="me"),), Watch()]

    assert_looks_the_same(
        [hers, (his, marked), *opening, Watch(), *offer],
        [hers, (his, plain), *opening, Watch(), *offer],
    )


@pytest.mark.once
def test_what_must_not_show_is_there_to_be_shown() -> None:
    history: History = [*OPENED, (*HIS_JOURNAL, HIS_DRAFT), Watch()]

    his = pages(live(history, observer="bob"))
    assert his.count(SECRET.encode()) >= 3  # the list, the entry, the agenda
    assert SECRET.encode() not in pages(live(history))
