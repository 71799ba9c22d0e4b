"""What one person does often is never counted for another."""

from __future__ import annotations

from http import HTTPStatus

import pytest

from tests.privacy.comparing import first_difference, lived_twice
from tests.privacy.steps import Do, History, Meanwhile, act, say
from tests.privacy.test_walls_of_a_talk import TALKING
from tests.privacy.worlds import live, sure
from tests.support import routes

pytestmark = pytest.mark.django_db

AT_MOST = 2  # a day
# An act for each limit that is counted for a person, and not by address (tests/test_limits.py knows
# them all). None of them shows to the other.
COUNTED: dict[str, tuple[str, str, dict[str, str]]] = {
    "mail_still_you": ("POST", "/account/still-you/mail/", {}),
    "invite": ("POST", "/partner/invite/", {"questions": "read"}),
    "try_code": ("POST", "/join/code/", {"code": "ZZZZZZZZZZZZ"}),
    "join": ("POST", "/join/accept/", {"questions": "read"}),
    "offer_talk": ("POST", "/talks/about/a8/open/", {"mode": "bogus"}),
    "typeset": ("GET", "/understandings/a4.pdf", {}),
    "issue": ("POST", "/understandings/therapist/make/", {}),
    "propose": ("POST", "/understandings/common-ground/essentials/keep/", {}),
    "check_in": ("POST", "/check-ins/seal/", {"closeness": "bogus"}),
    "rhythm": ("POST", "/check-ins/rhythm/set/", {"every": "bogus"}),
    "export": ("POST", "/leaving/export/make/", {}),
    "begin_repair": ("POST", "/repair/begin/", {"crossed": "bogus"}),
    "turn": ("POST", f"/talks/{routes.TALK}/switch/", {"mode": "bogus"}),
    "reauthenticate": ("POST", "/account/still-you/code/", {"code": "ZZZZZZ"}),
}
LOWERED = dict.fromkeys(COUNTED, f"{AT_MOST}/d/user")
# Both have shown who they are, since an export asks for that first.
TALK_IS_OPEN: History = [
    *TALKING,
    (say("alice", "b1", mine="unsure"),),
    Meanwhile(sure),
]


def tries(who: str, often: int) -> tuple[Do, ...]:
    return tuple(
        act(who, url, **sent) if method == "POST" else Do(who, method, url)
        for method, url, sent in COUNTED.values()
        for _ in range(often)
    )


BOTH_TRY = {who: tries(who, AT_MOST + 1) for who in ("alice", "bob")}


@pytest.mark.parametrize("often", [pytest.param(AT_MOST - 1, marks=pytest.mark.deep), AT_MOST + 1])
def test_what_the_other_does_often_is_not_counted_for_her(often: int) -> None:
    one: History = [*TALK_IS_OPEN, tries("bob", often), BOTH_TRY["alice"]]
    other: History = [*TALK_IS_OPEN, (), BOTH_TRY["alice"]]

    worlds = lived_twice(one, other, limits=LOWERED)

    assert not (found := first_difference(*worlds)), found
    statuses = [answer.status for answer in worlds[0].answers][-len(BOTH_TRY["alice"]) :]
    last = {action: statuses[(AT_MOST + 1) * (at + 1) - 1] for at, action in enumerate(COUNTED)}
    # Her own acts are counted, so that it would show if his were.
    assert last == dict.fromkeys(COUNTED, HTTPStatus.TOO_MANY_REQUESTS)


def test_whoever_is_signed_out_is_not_counted_for_who_is_signed_in() -> None:
    many = tuple(act("nobody", "/join/code/", code="ZZZZZZZZZZZZ") for _ in range(AT_MOST + 1))
    hers = tries("alice", 1)[2:3]
    limits = LOWERED | {"try_code_signed_out": f"{AT_MOST}/d/ip"}

    one, other = (live([start, hers], limits=limits) for start in (many, ()))

    assert not (found := first_difference(one, other)), found
