"""What one partner begins, writes or wishes in a repair, and does not send, reaches nobody else."""

from __future__ import annotations

import pytest

from tests.privacy.comparing import assert_looks_the_same
from tests.privacy.steps import Do, History, Probe, Watch, act
from tests.privacy.test_walls import pages
from tests.privacy.worlds import live
from tests.support import routes
from tests.support.depth import one_day_in

pytestmark = pytest.mark.django_db

AT = f"/repair/{routes.REPAIR}/"
WHERE = ("/home/", "/seen/", "/repair/", "/understandings/", "/account/")


def send(who: str, move: str, **words: str) -> Do:
    return act(who, f"{AT}send/", move=move, purpose=move, **words)


def draft(who: str, move: str, **words: str) -> Do:
    return act(who, f"{AT}draft/", purpose=move, **words)


SHE_SENT: History = [
    (act("alice", "/repair/begin/", crossed="me"),),
    (send("alice", "own-up", words="I wrote to Kim."),),
]
HE_SENT: History = [*SHE_SENT, (send("bob", "impact", words="It hurt."),)]
HIS_DRAFTS = (
    draft("bob", "impact", words="a secret of his", touched="another"),
    draft("bob", "ask", question="a secret question"),
    act("bob", f"{AT}throw-away/", purpose="ask"),
    send("bob", "offer", sorry="not his to send"),
    Do("bob", "GET", AT),
)
HE_BEGINS = (
    act("bob", "/repair/begin/", crossed="partner"),
    draft("bob", "describe", words="a secret of his"),
)
CLOSED: History = [*SHE_SENT, (act("alice", f"{AT}close/"),)]
HE_WISHES = (act("bob", f"{AT}keep/", stay="yes"),)


@one_day_in(2, 0)
def test_what_he_writes_and_does_not_send_shows_nowhere() -> None:
    assert_looks_the_same([*SHE_SENT, HIS_DRAFTS, Watch()], [*SHE_SENT, (), Watch()])


def test_what_he_begins_and_does_not_send_is_not_there() -> None:
    looks: History = [Watch(at=WHERE), Probe(at=("/repair/",), but="repair-begin")]

    assert_looks_the_same([HE_BEGINS, *looks], [(), *looks])


def test_his_wish_to_keep_it_shows_nowhere_before_hers() -> None:
    looks: History = [Watch(at=WHERE), Probe(at=("/repair/",), but="repair-keep")]

    assert_looks_the_same([*CLOSED, HE_WISHES, *looks], [*CLOSED, (), *looks])


def test_who_closed_it_shows_nowhere() -> None:
    his: History = [*SHE_SENT, (act("bob", f"{AT}close/"),)]
    looks: History = [Watch(at=WHERE)]

    assert_looks_the_same([*his, *looks], [*SHE_SENT, (act("bob", f"{AT}close/"),) * 2, *looks])


@pytest.mark.once
@one_day_in(4, 2)
def test_what_must_not_show_of_a_repair_is_there_to_be_shown() -> None:
    his = [*SHE_SENT, HIS_DRAFTS[:1]]

    assert b"a secret of his" in pages(live([*his, Watch(at=WHERE)], observer="bob"))
    assert b"a secret of his" not in pages(live([*his, Watch(at=WHERE)]))
    sent = (send("bob", "impact", words="a secret of his"),)
    assert b"a secret of his" in pages(live([*SHE_SENT, sent, Watch(at=WHERE)]))
    assert b"like to keep these words" in pages(
        live([*CLOSED, HE_WISHES, (act("alice", f"{AT}keep/", stay="yes"),), Watch(at=WHERE)])
    )
