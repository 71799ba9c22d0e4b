"""That somebody leaves a proposal shows nowhere, and a page of two is of these two alone."""

from __future__ import annotations

import pytest

from tests.privacy.comparing import assert_looks_the_same
from tests.privacy.steps import Do, History, Probe, Watch, act, say
from tests.privacy.test_walls import SEAL, pages
from tests.privacy.worlds import live
from tests.support.depth import one_day_in

pytestmark = pytest.mark.django_db

ON = "/understandings/on/a1/"
OPENED: History = [
    tuple(
        say(who, behaviour, mine="acceptable")
        for who in ("alice", "bob")
        for behaviour in ("a1", "a2")
    ),
    (act("alice", SEAL), act("bob", SEAL)),
]


def propose(who: str, words: str, on: str = ON) -> Do:
    return act(who, f"{on}propose/", alike="yes", outcome_both="differ", words_both=words)


PROPOSED: History = [*OPENED, (propose("alice", "as we said"),)]
HE_LEAVES_IT = (
    Do("bob", "GET", "/understandings/"),
    Do("bob", "GET", ON),
    Do("bob", "GET", f"{ON}words/"),
    act("bob", f"{ON}set-aside/"),
    act("bob", f"{ON}propose/", alike="no", words_left="a draft that is refused"),
    act("bob", "/understandings/yes/", digests="other words"),
)


@one_day_in(4, 2)
def test_silence_is_nothing_whether_it_was_read_or_left_or_refused() -> None:
    looks: History = [Watch(), Probe()]

    assert_looks_the_same([*PROPOSED, HE_LEAVES_IT, *looks], [*PROPOSED, (), *looks])


@one_day_in(2, 1)
def test_by_whom_something_was_taken_back_shows_nowhere() -> None:
    agreed: History = [*PROPOSED, (act("bob", "/understandings/yes/"),)]
    hers, his = ((act(who, f"{ON}withdraw/"),) for who in ("alice", "bob"))
    looks: History = [Watch()]

    # The two are in one step, so that the answer to her own act is not among what is compared.
    assert_looks_the_same(
        [*agreed, his, *looks],
        [*agreed, (*his, act("bob", f"{ON}withdraw/")), *looks],
    )
    one, other = (live([*agreed, how, *looks]) for how in (hers, his))
    assert pages(one).count(b"Open again.") == pages(other).count(b"Open again.") > 0
    assert [answer.content for answer in one.answers if answer.name == "agreements-entry"] == [
        answer.content for answer in other.answers if answer.name == "agreements-entry"
    ]


@pytest.mark.once
@one_day_in(4, 3)
def test_what_must_not_show_is_there_to_be_shown() -> None:
    left = [*PROPOSED, HE_LEAVES_IT, Watch()]

    assert b"Left for now" in pages(live(left, observer="bob"))
    assert b"Left for now" not in pages(live(left))
    assert b"as we said" in pages(live(left))
