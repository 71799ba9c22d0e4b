"""What two people do shows to nobody else: a former partner, another couple, staff, a stranger.

Nor does it to who is not signed in, or holds a link: such a link is good or it is not.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.db.models.functions import Now

from accounts.models import User
from boundaries.pairing.models import Invitation
from tests.privacy.comparing import assert_looks_the_same, first_difference, lived_once
from tests.privacy.histories import OPT_IN
from tests.privacy.steps import (
    CODE_OF,
    NOBODY,
    THE_SHEET,
    Do,
    History,
    Meanwhile,
    Probe,
    Watch,
    act,
    say,
)
from tests.privacy.test_walls import AGAIN, SEAL, SECRET_ANSWERS, pages
from tests.privacy.test_walls_of_a_talk import FIRST, HIS_DRAFTS, WAY
from tests.privacy.test_walls_of_an_agreement import propose
from tests.privacy.worlds import World, live
from tests.support.depth import one_day_in

pytestmark = pytest.mark.django_db

# By the work done as well, each night: it takes four lives instead of two, and each is slow.
also_by_work = pytest.mark.parametrize(
    "count_work", [False, pytest.param(True, marks=pytest.mark.deep)]
)
THERAPIST = "/understandings/therapist/"
LOOKS: History = [Watch(), Probe()]


def with_code(who: str, of: str, url: str = "/join/code/") -> Do:
    """Somebody types the code of somebody's link, whether it still works or not."""
    return Do(who, "POST", url, f"{CODE_OF}{of}")


OPENED = (
    *SECRET_ANSWERS,
    *(say("alice", behaviour, mine="acceptable", note="hers") for behaviour in ("a1", "a2", "a3")),
    *(act(who, SEAL) for who in ("alice", "bob")),
)
RELEASED = (
    act("bob", f"{THERAPIST}make/", behaviours="a1", days="7"),
    *(act(who, f"{THERAPIST}release/") for who in ("alice", "bob")),
)
# All that two people can do here, but for parting.
ALL_THEY_DO = (
    *OPENED,
    act("alice", FIRST, mode="apart", begins="me"),
    *HIS_DRAFTS,
    *(do for _, do in WAY),
    propose("alice", "as we said"),
    act("bob", "/understandings/yes/"),
    propose("alice", "more", "/understandings/on/a2/"),
    act("bob", "/understandings/on/a2/set-aside/"),
    *RELEASED,
    act("bob", "/own/put-forward/", text="Something of his"),
    act("alice", OPT_IN),
    act("bob", OPT_IN),
    act("bob", AGAIN),
    say("bob", "a1", mine="unsure", note="in a new round"),
)
# What Bob does once he and Alice have parted: everything anew, and with somebody else.
WITH_ANOTHER = (
    say("bob", "a5", mine="unsure", self_note="to himself"),
    act("bob", "/partner/invite/"),
    with_code("erin", "bob"),
    act("erin", "/join/accept/"),
    act("bob", "/partner/confirm/"),
    say("erin", "a1", mine="acceptable"),
    act("erin", SEAL),
    act("bob", SEAL),
    act("bob", "/own/put-forward/", text="Something of his"),
)


@pytest.mark.once
@one_day_in(14, 0)
def test_what_must_not_show_has_happened() -> None:
    """Alice sees all of it before they part, and Erin what comes after."""
    before = live([ALL_THEY_DO, Watch()])
    parted = (act("bob", "/partner/part/"),)
    after = live([ALL_THEY_DO, parted, WITH_ANOTHER, Watch()], observer="erin")

    assert before.codes[THE_SHEET]
    for words in (b"as we said", b"Something of his", b"I feel lonely.", b">his<"):
        assert words in pages(before)
    assert b"Something of his" in pages(after)


# P3: a former partner


@also_by_work
@pytest.mark.parametrize("who_leaves", [pytest.param("alice", marks=pytest.mark.deep), "bob"])
@one_day_in(14, 1)
def test_a_former_partner_sees_nothing_of_what_comes_after(
    who_leaves: str, count_work: bool
) -> None:
    parting: History = [ALL_THEY_DO, (act(who_leaves, "/partner/part/"),)]

    assert_looks_the_same(
        [*parting, WITH_ANOTHER, *LOOKS],
        [*parting, (), *LOOKS],
        count_work=count_work,
    )


@also_by_work
@pytest.mark.once
@one_day_in(14, 2)
def test_nor_does_one_of_long_ago(count_work: bool) -> None:
    assert_looks_the_same(
        [ALL_THEY_DO, *LOOKS], [(), *LOOKS], observer="erin", count_work=count_work
    )


@also_by_work
@one_day_in(14, 3)
def test_from_the_parting_page_nobody_can_tell_how_far_the_other_was(count_work: bool) -> None:
    parted: History = [(act("bob", "/partner/part/"),), *LOOKS]

    assert_looks_the_same([SECRET_ANSWERS, *parted], [(), *parted], count_work=count_work)


# P4: another couple; P6: staff. There is no site for staff: they are people like all others here.

PARTED_AS_WELL = (*ALL_THEY_DO, act("alice", "/partner/part/"), *WITH_ANOTHER)
NOTHING: History = [(), (), *LOOKS]


def make_staff(world: World) -> None:
    who = User.objects.filter(pk=world.cast[world.observer].user.pk)
    who.update(is_staff=True, is_superuser=True)


@also_by_work
@one_day_in(14, 4)
def test_another_couple_sees_nothing_of_it(count_work: bool) -> None:
    everything: History = [(), PARTED_AS_WELL, *LOOKS]

    assert_looks_the_same(everything, NOTHING, observer="charlie", count_work=count_work)


@pytest.mark.once
@one_day_in(14, 5)
def test_staff_see_nothing_of_it_and_no_more_than_anybody() -> None:
    everything: History = [Meanwhile(make_staff), PARTED_AS_WELL, Watch()]

    assert_looks_the_same(everything, [(), (), Watch()], observer="charlie")


@also_by_work
@pytest.mark.once
@one_day_in(14, 6)
def test_staff_see_no_more_of_a_partner_than_anybody(count_work: bool) -> None:
    assert_looks_the_same(
        [Meanwhile(make_staff), ALL_THEY_DO, Watch()],
        [(), ALL_THEY_DO, Watch()],
        count_work=count_work,
    )


# P5: who is not signed in


@also_by_work
@one_day_in(14, 7)
def test_who_is_not_signed_in_sees_nothing_of_anybody(count_work: bool) -> None:
    assert_looks_the_same(
        [(), PARTED_AS_WELL, *LOOKS], NOTHING, observer=NOBODY, count_work=count_work
    )


ADDRESS = "somebody@example.net"


def is_the_address_of(name: str) -> Meanwhile:
    """Somebody has an account under the one address that is tried."""

    def has_it(world: World) -> None:
        user = world.cast[name].user
        User.objects.filter(pk=user.pk).update(email=ADDRESS)
        EmailAddress.objects.create(user=user, email=ADDRESS, verified=True, primary=True)

    return Meanwhile(has_it)


def forget(world: World) -> None:
    world.cast[NOBODY].client.cookies.clear()


def tried(first: str, then: str, wrong: dict[str, str], **sent: str) -> History:
    """A way in that is tried with the address, and what it leads to, in a fresh browser."""
    goes_on = (Do(NOBODY, "GET", then), act(NOBODY, then, **wrong), Do(NOBODY, "GET", then))
    return [Meanwhile(forget), (act(NOBODY, first, **sent), *goes_on)]


WRONG = {"code": "ZZZZZZ"}
TRIES: History = [
    *tried("/account/login/", "/account/login/", {}, login=ADDRESS, password="not this one"),
    *tried("/account/login/code/", "/account/login/code/confirm/", WRONG, email=ADDRESS),
    *tried("/account/password/reset/", "/account/password/reset/confirm/", WRONG, email=ADDRESS),
]


def signing_up() -> History:
    """The last of all: from then on the address has an account."""
    about = {"first_name": "Somebody", "adult": "on", "email": ADDRESS}
    return tried("/account/signup/", "/account/confirm-email/", WRONG, **about)


@one_day_in(14, 8)
def test_no_way_in_tells_whether_an_address_has_an_account() -> None:
    """In a browser. A sign-up does ask the database more of an address that is new."""
    tries = [*TRIES, *signing_up()]
    known = live([is_the_address_of("erin"), *tries], observer=NOBODY)
    unknown = live([Meanwhile(lambda world: None), *tries], observer=NOBODY)

    assert first_difference(known, unknown, in_a_browser=True) == ""
    assert {answer.status for answer in known.answers} == {200, 302, 400}


@also_by_work
@pytest.mark.once
@one_day_in(14, 9)
def test_no_way_in_tells_whether_somebody_is_paired_or_has_answered(count_work: bool) -> None:
    tries = [*TRIES, *signing_up()]
    erins: History = [is_the_address_of("erin"), (act("erin", "/partner/invite/"),), *tries]
    bobs: History = [is_the_address_of("bob"), ALL_THEY_DO, *tries]

    assert_looks_the_same(erins, bobs, observer=NOBODY, count_work=count_work)


# P8: who holds a link

CHARLIE_INVITES = (act("dana", "/partner/part/"), act("charlie", "/partner/invite/"))
WHILE_IT_IS_OUT = (
    *(
        say("charlie", behaviour, mine="unsure", note="his", self_note="own")
        for behaviour in ("a1", "a2")
    ),
    Do("charlie", "GET", "/partner/"),
    with_code("dana", "charlie"),
    Do("dana", "GET", "/join/offer/"),
    act("dana", "/join/decline/"),
    *ALL_THEY_DO,
)


@pytest.mark.parametrize("holder", [pytest.param(NOBODY, marks=pytest.mark.deep), "erin"])
@one_day_in(14, 10)
def test_who_holds_an_invitation_sees_from_whom_and_nothing_else(holder: str) -> None:
    holds = (with_code(holder, "charlie"),)
    looks: History = [holds, *LOOKS]

    assert b"Charlie" in pages(lived_once((CHARLIE_INVITES, (), *looks), observer=holder))
    assert_looks_the_same(
        [CHARLIE_INVITES, WHILE_IT_IS_OUT, *looks],
        [CHARLIE_INVITES, (), *looks],
        observer=holder,
        count_work=holder == NOBODY,
    )


def lapse(world: World) -> None:
    Invitation.objects.update(expires_at=Now() - timedelta(days=1))


DANA_JOINS = (with_code("dana", "charlie"), act("dana", "/join/accept/"))
ENDS: dict[str, tuple[Do, ...] | Meanwhile] = {
    "revoked": (act("charlie", "/partner/revoke/"),),
    "another was made": (act("charlie", "/partner/invite/"),),
    "somebody has joined": DANA_JOINS,
    "who joined was refused": (*DANA_JOINS, act("charlie", "/partner/refuse/")),
    "they are a couple": (*DANA_JOINS, act("charlie", "/partner/confirm/")),
    "its time has run out": Meanwhile(lapse),
}


@pytest.mark.parametrize("when", ["before", "after"])
@one_day_in(14, 11)
def test_a_dead_invitation_does_not_tell_what_it_died_of(when: str) -> None:
    """Whether its holder looked at it before that, or tries it only now."""
    tries: History = [(with_code("erin", "the first"),), Watch(at=("/join/",))]

    def keep_the_first(world: World) -> None:
        world.codes["the first"] = world.codes["charlie"]

    invited: History = [CHARLIE_INVITES, Meanwhile(keep_the_first)]
    if when == "after":
        invited, tries = [*invited, *tries], tries[1:]
    for _ in range(2):  # what is computed once and kept is there the second time
        worlds = {
            how: live([*invited, end, *tries], observer="erin", count_work=True)
            for how, end in ENDS.items()
        }

    assert {how: first_difference(worlds["revoked"], world) for how, world in worlds.items()} == (
        dict.fromkeys(ENDS, "")
    )
    assert b"Charlie" in pages(worlds["revoked"]) or when == "before"


MORE_THAN_RELEASED = (
    act("bob", AGAIN),
    say("bob", "a1", mine="unsure", note="in a new round", self_note="to himself"),
    act("alice", FIRST, mode="apart", begins="me"),
    *HIS_DRAFTS,
    *(do for _, do in WAY),
    propose("alice", "as we said", "/understandings/on/a2/"),
    act("bob", "/understandings/yes/"),
    act("alice", OPT_IN),
    act("bob", "/account/name/", first_name="Robert"),
)


def reads(holder: str) -> History:
    paths = ("/read/sheet/", "/read/paper/")
    return [tuple(with_code(holder, THE_SHEET, path) for path in paths)]


@pytest.mark.parametrize("holder", [NOBODY, pytest.param("erin", marks=pytest.mark.deep)])
@one_day_in(14, 12)
def test_who_holds_the_code_of_a_sheet_sees_what_was_released_and_nothing_else(holder: str) -> None:
    released: History = [OPENED, RELEASED]
    looks: History = [*reads(holder), *LOOKS]
    page = pages(lived_once((*released, (), *looks), observer=holder))

    assert b"Bob" in page
    assert b">his<" not in page
    assert b">hers<" not in page
    assert_looks_the_same(
        [*released, MORE_THAN_RELEASED, *looks],
        [*released, (), *looks],
        observer=holder,
        count_work=holder == NOBODY,
    )


@pytest.mark.once
@one_day_in(14, 13)
def test_a_dead_sheet_does_not_tell_who_ended_it_or_how() -> None:
    ends = [
        (act("alice", f"{THERAPIST}end/"),),
        (act("bob", f"{THERAPIST}end/"),),
        (act("alice", "/partner/part/"),),
        (act("bob", "/partner/part/"),),
    ]
    first, *others = (
        live([OPENED, RELEASED, end, *reads(NOBODY)], observer=NOBODY, count_work=True)
        for end in ends
    )

    assert {answer.status for answer in first.answers} == {404}
    assert [first_difference(first, other) for other in others] == ["", "", ""]
