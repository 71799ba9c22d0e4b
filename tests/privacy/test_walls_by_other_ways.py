"""Nothing shows by another kind of request, at another moment, in another order or on paper.

Nor on any deck, however far either of the two is with it.
"""

from __future__ import annotations

import re

import pytest

from boundaries.sealing.models import Sheet as Sheets
from boundaries.vocabulary import Step
from tests.privacy import ways
from tests.privacy.comparing import assert_looks_the_same, first_difference
from tests.privacy.histories import Sheet, alices, all_of, asked, everything_on
from tests.privacy.moments import disorder
from tests.privacy.steps import (
    DECKS,
    HERS_OWN,
    NOBODY,
    OURS,
    SAFE,
    Do,
    History,
    Meanwhile,
    Probe,
    Watch,
    act,
    say,
    taken,
)
from tests.privacy.test_walls import SEAL
from tests.privacy.test_walls_of_a_talk import HIS_DRAFTS, talking
from tests.privacy.test_walls_of_an_agreement import PROPOSED, propose
from tests.privacy.test_walls_towards_others import ALL_THEY_DO
from tests.privacy.worlds import live, sure
from tests.support import routes
from tests.support.depth import DAY, one_day_in

pytestmark = pytest.mark.django_db

STATES = [(deck, sheet) for deck in DECKS for sheet in Sheet]


def looks(deck: str) -> tuple[Watch, Probe]:
    at = ("/home/", f"/decks/{deck}/", "/answers/", "/own/", "/seen/", "/understandings/on/a")
    return Watch(at=at, ways=1, luck=DAY), Probe(
        but="answers-seal",  # a second seal opens the deck
        at=("/decks/", "/own/", "/answers/"),
        luck=DAY,
    )


def assert_his_sheet_shows_nowhere(deck: str, sheet: Sheet) -> None:
    start: History = [asked(deck), alices(sheet, deck)]
    his = everything_on(deck, seals=sheet != Sheet.SEALED)

    assert_looks_the_same([*start, his, *looks(deck)], [*start, (), *looks(deck)])


@one_day_in(2, 0)
def test_a_full_sheet_does_not_show_whether_the_other_has_sealed() -> None:
    assert_his_sheet_shows_nowhere("essentials", Sheet.FULL)


@pytest.mark.deep
@pytest.mark.parametrize(("deck", "sheet"), STATES)
def test_nor_does_any_sheet_of_any_deck(deck: str, sheet: Sheet) -> None:
    assert_his_sheet_shows_nowhere(deck, sheet)


STALE = (
    Do("alice", "POST", "/answers/a1/save/", "mine=unsure&note=hers", stale=True),
    Do("alice", "POST", "/answers/a1/save/", "mine=unsure", stale=True, way=ways.HTMX),
    *(Do("alice", "POST", f"/answers/a1/{press}/", stale=True) for press in ("skip", "undo")),
    Do("alice", "POST", SEAL, stale=True),
    Do("alice", "POST", "/own/put-forward/", "text=Something", stale=True),
    Do("alice", "POST", "/intimate/yes/", stale=True),
)


def test_a_stale_save_is_the_same_and_is_logged_the_same() -> None:
    hers = (say("alice", "a1", mine="acceptable"),)
    his = everything_on("essentials", seals=True)

    assert_looks_the_same([hers, his, STALE], [hers, (), STALE])
    assert [answer.status for answer in live([hers, STALE]).answers][1:3] == [409, 409]


@pytest.mark.parametrize("group", ["mine", "theirs"])
def test_offering_and_taking_back_is_the_same_once_it_was_set_aside(group: str) -> None:
    acts = (
        act("alice", "/own/put-forward/", text=HERS_OWN, noted=HERS_OWN),
        Do("alice", "POST", "/own/accept/", group=group),
        Do("alice", "POST", "/own/set-aside/", group=group),
        Do("alice", "POST", "/own/take-back/", group=group),
        act("alice", "/own/put-forward/", text=HERS_OWN, noted=HERS_OWN),
    )
    look = Watch(at=("/own/", "/seen/"))

    assert_looks_the_same([(act("bob", "/own/set-aside/"),), acts, look], [(), acts, look])


# Moments and order


@one_day_in(2, 0)
def test_at_what_moment_the_other_did_something_shows_nowhere() -> None:
    """Not the minute, nor the hour: in one world all he does in secret is hours later."""
    his = (*all_of("bob", "essentials", note="his"), act("bob", SEAL))
    hers = (*all_of("alice", "essentials"), act("alice", SEAL))
    at = ("/home/", "/decks/essentials/", "/seen/", "/understandings/")
    history: History = [his, (act("bob", "/own/set-aside/"),), hers, Watch(at=at, ways=1)]

    first, then = (live(history, hours=True, later=later) for later in ((), {1, 2}))

    assert any(b">his<" in answer.content for answer in first.answers)  # it is open
    assert not (found := first_difference(first, then)), found


@one_day_in(2, 1)
def test_no_page_depends_on_the_order_in_which_rows_lie() -> None:
    history: History = [
        ALL_THEY_DO,
        (say("alice", "a8", mine="unsure"), propose("bob", "also", "/understandings/on/a3/")),
        Watch(),
    ]

    assert not (found := first_difference(live(history), live(history, disorder=True))), found


@pytest.mark.once
def test_without_an_order_rows_do_come_in_another_one() -> None:
    """Else the test above would say nothing. On PostgreSQL: the planted leaks of an order."""
    kept: list[list[str]] = []

    def note(_: object) -> None:
        for wanted in (False, True):
            with disorder(wanted):
                kept.append(list(Sheets.unscoped.values_list("deck", flat=True)))

    live(
        [
            tuple(say("alice", behaviour, mine="unsure") for behaviour in ("a1", "a8", "b2")),
            Meanwhile(note),
        ]
    )

    assert sorted(kept[0]) == sorted(kept[1])
    assert kept[0] != kept[1]


# On paper


def test_the_very_bytes_of_a_pdf_are_the_same() -> None:
    paper = Watch(at=("/understandings/a4.pdf",))
    secret = (
        *all_of("bob", "a", note="his"),
        act("bob", "/understandings/on/a1/set-aside/"),
        act("bob", "/own/set-aside/"),
    )
    worlds = [
        live([*PROPOSED, (act("bob", "/understandings/yes/"),), did, paper], real_pdf=True)
        for did in (secret, ())
    ]

    assert not (found := first_difference(*worlds)), found
    pdfs = [answer.content for answer in worlds[0].answers if answer.url.endswith(".pdf")]
    assert [pdf[:5] for pdf in pdfs] == [b"%PDF-"]
    assert len(pdfs[0]) > 5_000


# Every way, everywhere


EVERY_WAY: tuple[Watch, Probe] = (Watch(True, ways=-1), Probe(everything=True, ways=-1))
# A second seal opens the deck.
EVERY_WAY_BUT_A_SEAL: tuple[Watch, Probe] = (
    EVERY_WAY[0],
    Probe(but="answers-seal", everything=True, ways=-1),
)


@pytest.mark.deep
@pytest.mark.parametrize("in_a_talk", [False, True])
def test_nothing_shows_by_any_way_to_ask(in_a_talk: bool) -> None:
    start = talking(Step.SPEAK) if in_a_talk else [asked("intimate")]
    his = HIS_DRAFTS if in_a_talk else everything_on("essentials", seals=True)
    hers = (say("alice", "b1", mine="acceptable"),)
    looks = EVERY_WAY if in_a_talk else EVERY_WAY_BUT_A_SEAL

    assert_looks_the_same(
        [*start, Meanwhile(sure), hers, his, *looks],
        [*start, Meanwhile(sure), hers, (), *looks],
    )


@pytest.mark.deep
@pytest.mark.parametrize("who", ["charlie", "erin", NOBODY])
def test_nor_to_anybody_else(who: str) -> None:
    assert_looks_the_same([ALL_THEY_DO, *EVERY_WAY], [(), *EVERY_WAY], observer=who)


@pytest.mark.deep
@pytest.mark.once
def test_every_way_to_ask_for_every_page_is_tried() -> None:
    world = live([*EVERY_WAY])
    there = {
        (route.name, method, way.name)
        for route in routes.every()
        if taken(route.name, "GET")
        for way in ways.ways_to(route.name)
        for method in SAFE[:2]
    }

    assert there <= world.visited_ways
    assert {answer.status for answer in world.answers} & {429, 500} == set()


# The tables of ways against the code


@pytest.mark.once
def test_every_parameter_that_the_site_reads_is_tried() -> None:
    read = {
        name
        for text in ways.sources(".py", ".html", ".js")
        for pattern in (ways.READ, ways.LINKED)
        for found in pattern.findall(ways.MAIL.sub("", text))
        for name in found
        if name
    }
    read |= {name for text in ways.sources(".html") for name in ways.READ_IN_TEMPLATE.findall(text)}

    assert read - set(ways.PARAMETERS) == set()
    tried = {name for route in OURS for way in ways.by_query(route) for name in keys(way)}
    assert set(ways.PARAMETERS) - tried - {"email"} == set()


def keys(way: ways.Way) -> set[str]:
    return set(re.findall(r"(\w+)=", way.query))


HEADER = re.compile(
    r"""(?<!response\.)headers(?:\.get\(\s*|\[)["']([\w-]+)["']"""
    r"""|["']([\w-]+)["'] (?:not )?in request\.headers\b(?!\.)"""
)
META = re.compile(r"""["']HTTP_(\w+)["']""")
FROM_HTMX = re.compile(r"request\.htmx\.(\w+)")
SENT = re.compile(r"""headers: \{([^}]*)\}""")


@pytest.mark.once
def test_every_header_that_the_site_reads_or_sends_is_tried() -> None:
    read: set[str] = set()
    for text in ways.sources(".py", ".html"):
        found = [name for names in HEADER.findall(text) for name in names]
        read |= {name.lower() for name in found if name}
        read |= {name.lower().replace("_", "-") for name in META.findall(text)}
        read |= {f"hx-{name.replace('_', '-')}" for name in FROM_HTMX.findall(text)}
    for text in ways.sources(".js"):
        for sent in SENT.findall(text):
            read |= {name.lower() for name in re.findall(r'"([\w-]+)":', sent)}
    read -= {"x-forwarded-proto", "x-forwarded-for"}  # what a proxy says, and no browser
    names = {"follows": "x-follows"}  # under a name of its own in accounts/middleware.py

    assert {names.get(header, header) for header in read} - {
        header.lower() for header in ways.HEADERS
    } == set()
