"""Everybody's pages: people in each state, and every page that each of them can look at."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import time, timedelta
from http import HTTPStatus

from django.test import Client
from django.utils import timezone

from boundaries.agreements import history
from boundaries.agreements import rules as agreements
from boundaries.agreements.common_ground import common_ground
from boundaries.agreements.wording import BOTH, ProposalLine
from boundaries.agreements.words import put_into_words
from boundaries.answers import rules as answers
from boundaries.check_ins import closeness as picture_of_closeness
from boundaries.check_ins import rhythms
from boundaries.check_ins import rules as check_ins
from boundaries.check_ins.pattern import Pattern
from boundaries.check_ins.replies import Replies
from boundaries.content import catalogue
from boundaries.journal import rules as journal
from boundaries.leaving import data_export
from boundaries.leaving import rules as leaving
from boundaries.questions import rules as questions
from boundaries.repair import drafts as drafts_of_repairs
from boundaries.repair import rules as repairs
from boundaries.sealing import rules as sealing
from boundaries.sealing.models import Envelope
from boundaries.seats import rules as seats
from boundaries.talks import drafts, early_drafts, reading
from boundaries.talks import rules as talks
from boundaries.vocabulary import (
    Closeness,
    Condition,
    Frequency,
    Mode,
    Move,
    Outcome,
    RepairMove,
    RepairStep,
    Side,
    Stance,
    Step,
    Weight,
)
from tests.conftest import (
    PROPOSED,
    Person,
    do,
    fill_in,
    pair,
    person,
    propose,
    skip,
    talk,
    talked_up_to,
    write,
)
from tests.pairing.test_rules import invite, join
from tests.questions.test_rules import put_forward
from tests.support import routes
from tests.support.lives import sure_of
from tests.support.repairs import begun, repaired_up_to, take

PAGES = (HTTPStatus.OK, HTTPStatus.NON_AUTHORITATIVE_INFORMATION)
NOBODY, OPEN, TALKING, AGREEING = "nobody", "open", "talking", "agreements"
REPAIRING = "repairing"
PARTED = "parted"
STATES = (
    *(NOBODY, "new", "half-way", "inviting", "asked", "waiting", "ready", "sealed", OPEN),
    TALKING,
    AGREEING,
    REPAIRING,
    PARTED,
)

# The pages that look different in this state than in the states before it. All other pages are
# looked at signed out, and by somebody who has opened a deck. The list of 24 cards is the longest
# page, so it is looked at in few states.
ALONE, DECK = ("/home/", "/partner/"), ("/decks/essentials/", "/decks/essentials/last-look/")
SHOWING = {
    "new": (*ALONE, *DECK, "/own/"),
    "half-way": ("/home/", *DECK, "/answers/a1/"),
    "inviting": ALONE,
    "asked": ALONE,
    "waiting": ALONE,
    "ready": (*ALONE, *DECK, "/own/", "/intimate/"),
    "sealed": ("/home/", *DECK),
    PARTED: (
        *("/home/", "/account/", "/understandings/", "/talks/", "/understandings/therapist/"),
        *(f"/leaving/{page}" for page in ("", "copies/", "export/", "delete/", "delete/sure/")),
    ),
}
# The same for everybody except for the navigation at the top, so they are looked at signed out.
FOR_ALL = ("/demo/", "/join/", "/read/", "/account/inactive/", "/account/password/reset/done/")
MORE = {
    NOBODY: ("/no-such-page/", "/help/?country=in", "/demo/comparison/?show=close"),
    OPEN: (
        "/decks/essentials/comparison/?show=difference",
        "/decks/essentials/comparison/?category=d",
        "/decks/a/",
        "/decks/own/",
        "/decks/own/last-look/",
        "/decks/intimate/",
        "/answers/a8/",
    ),
}


def somebody(state: str) -> Person | None:
    """A new person who has done what leads to this state; None if the state is signed out."""
    if state == NOBODY:
        return None
    deck = catalogue.deck(catalogue.ESSENTIALS)
    who = person(state.replace("-", " ").title())
    if state in {"inviting", "asked", "waiting", "ready", "sealed"}:
        fill_in(who, deck, Stance.ACCEPTABLE)
    match state:
        case "half-way":
            for behaviour in deck.behaviours[:9]:
                write(who, behaviour, Stance.CONDITIONS, note="When I know of it.")
        case "inviting":
            invite(who)
        case "asked":
            join(person("Jo"), invite(who))
        case "waiting":
            join(who, invite(person("Ida")))
        case "ready" | "sealed":
            pair(who, person(f"{state} partner".title()))
            if state == "sealed":
                answers.seal(who.seat, deck)
        case "open":
            _open(who, person("Other"))
        case "talking":
            _talk(who, person("Tom"))
        case "agreements":
            _agree(who, person("Ada"))
        case "repairing":
            _repair(who, person("Ray"))
        case "parted":
            _part(who, person("Uma"))
    return who


def _talk(one: Person, other: Person) -> None:
    """A couple with many talks, one at each step."""
    deck = catalogue.deck(catalogue.ESSENTIALS)
    pair(one, other)
    for who, stance in ((one, Stance.ACCEPTABLE), (other, Stance.CONDITIONS)):
        fill_in(who, deck, stance)
        answers.seal(who.seat, deck)
    for number, step in enumerate(TALKS, start=1):
        talk_id = uuid.UUID(int=number, version=4)
        # Of every second one it is the other's turn.
        first, second = (one, other) if number % 2 else (other, one)
        talk(first, deck.behaviours[number].id, id=talk_id)
        if step == Step.CROSSROADS:
            talked_up_to(Step.CONFIRM, first, second, talk=talk_id)
            for _ in range(3):
                do(first, Move.NOT_YET, {"words": "Not quite."}, talk=talk_id)
                if reading.talk(first.seat, talk_id).step == Step.REFLECT:
                    do(second, Move.REFLECT, {"words": "I hear you."}, talk=talk_id)
        else:
            talked_up_to(step, first, second, talk=talk_id)
        if step == Step.OUTCOME:
            do(second, Move.PROPOSE, PROPOSED, talk=talk_id)
        if step == Step.RULES:
            talks.pause(one.seat, talk_id, timedelta(hours=1))
        if step in (Step.FLEX, Step.MAKES_SENSE):  # one private step, and one that both look at
            talks.switch(one.seat, talk_id, Mode.TOGETHER)
        side = Side(str(one.seat.side))
        left = {"words": "You never listen to what I did not hand over."}
        drafts.save(one.seat, talk_id, "close-1-2", left, version="", side=side)
        drafts.save(one.seat, talk_id, "flex-2-1", {"keep": "You never."}, version="", side=side)


def _agree(one: Person, other: Person) -> None:
    """A couple whose page has something of everything, as the first of them sees it."""
    deck = catalogue.deck(catalogue.ESSENTIALS)
    pair(one, other)
    for who in (one, other):
        fill_in(who, deck, Stance.ACCEPTABLE)
        answers.seal(who.seat, deck)
    names = seats.names(one.seat)
    soon = timezone.localdate() + timedelta(days=30)
    conditions = (Condition.TOLD_FIRST, Condition.NOT_LATE)
    alike = ProposalLine(doer=BOTH, outcome=Outcome.CONDITIONS, conditions=conditions, on=soon)
    lines = [
        ProposalLine(
            doer=Side.LEFT, outcome=Outcome.CONDITIONS, words="It stays in the group. नमस्ते 🫶"
        ),
        ProposalLine(doer=Side.RIGHT, outcome=Outcome.FINE),
    ]

    def put(who: Person, id: str, lines: list[ProposalLine], well: str = "") -> str:
        proposal = put_into_words(catalogue.every()[id].text, lines, names, well)
        return propose(who, id, proposal)

    ids = [behaviour.id for behaviour in deck.behaviours]
    for id in ids[:4]:
        agreements.assent(
            other.seat, [put(one, id, [ProposalLine(doer=BOTH, outcome=Outcome.FINE)])]
        )
    changed = put(one, ids[0], [alike], "We both stayed calm.")
    agreements.assent(other.seat, [changed])
    agreements.withdraw(one.seat, ids[1], history.entry(one.seat, ids[1]).newest.digest)
    put(other, ids[2], lines)
    put(one, ids[5], lines)
    left = put(other, ids[6], [alike])
    agreements.set_aside(one.seat, ids[6], left)
    taken_back = put(one, ids[7], [alike])
    agreements.withdraw(one.seat, ids[7], taken_back)
    offered = [line.digest for line in common_ground(other.seat, deck)]
    agreements.propose_common_ground(other.seat, deck, offered[:5])


# Where each of many repairs stands, and what comes of it then: first by whoever was hurt.
REPAIRS: tuple[tuple[RepairStep, tuple[RepairMove, ...]], ...] = (
    (RepairStep.IMPACT, ()),
    (RepairStep.IMPACT, (RepairMove.ASK,)),
    (RepairStep.REFLECT, ()),
    (RepairStep.CONFIRM, ()),
    (RepairStep.CONFIRM, (RepairMove.NOT_YET,)),
    (RepairStep.OFFER, ()),
    (RepairStep.AFTER, ()),
    (RepairStep.AFTER, (RepairMove.NOT_ENOUGH,)),
    (RepairStep.AFTER, (RepairMove.HEARD, RepairMove.PAUSE)),
    (RepairStep.CLOSED, ()),
)


def repair_id(number: int) -> uuid.UUID:
    return uuid.UUID(int=0x4E00 + number, version=4)


def _repair(one: Person, other: Person) -> None:
    """A couple with many repairs: at each step one that `one` has to answer for, and one not."""
    deck = catalogue.deck(catalogue.ESSENTIALS)
    pair(one, other)
    for who in (one, other):
        fill_in(who, deck, Stance.ACCEPTABLE)
        answers.seal(who.seat, deck)
    names, fine = seats.names(one.seat), [ProposalLine(doer=BOTH, outcome=Outcome.FINE)]
    lines = iter(deck.behaviours)
    for number in range(2 * len(REPAIRS)):
        line = next(lines)
        words = put_into_words(line.text, fine, names)
        agreements.assent(other.seat, [propose(one, line.id, words)])
        crosser, hurt = (other, one) if number % 2 else (one, other)
        id = begun(crosser, line.id, id=repair_id(number))
        step, more = REPAIRS[number // 2]
        repaired_up_to(step, crosser, hurt, repair=id)
        for move in more:
            take(hurt, move, repair=id)
        if step == RepairStep.CLOSED:
            repairs.close(one.seat, id)
    begun(one, i_crossed=False, id=repair_id(2 * len(REPAIRS)))
    draft = {"words": "It was only a joke, on your phone."}
    drafts_of_repairs.save(one.seat, repair_id(2), "reflect+", draft, version="")


def _part(one: Person, other: Person) -> None:
    """Somebody who has been left, with what they kept, and a copy of all that is theirs."""
    _agree(one, other)
    leaving.part(other.seat)
    sure_of(one)
    data_export.ask(one.seat)


TALKS = (*Step, Step.SPEAK, Step.OUTCOME)


def _open(one: Person, other: Person) -> None:
    """A couple that has opened twice, with everything on it that can be there."""
    deck = catalogue.deck(catalogue.ESSENTIALS)
    pair(one, other)
    for who, stances in ((one, list(Stance)), (other, [*list(Stance)[2:], *list(Stance)[:2]])):
        for at, behaviour in enumerate(deck.behaviours[:-2]):
            write(
                who,
                behaviour,
                stances[at % 4],
                mine=stances[at // 4 % 4],
                note="I would like to know." if at % 3 == 0 else "",
                self_note="For me.",
                weight=list(Weight)[at % 3],
                conditions=(Condition.TOLD_FIRST, Condition.NOT_LATE),
            )
        skip(who, deck.behaviours[-1])
    for _ in range(2):
        for who in (one, other):
            answers.seal(who.seat, deck)
        answers.begin_again(one.seat, deck)
        answers.begin_again(other.seat, deck)
        write(one, deck.behaviours[0], Stance.UNACCEPTABLE)
    for who in (one, other):
        answers.seal(who.seat, deck)
        questions.opt_in(who.seat)
    put_forward(one, other, "Playing online games with strangers")
    put_forward(other, one, "Reading each other's phone", accepted=False)
    put_forward(one, other, "Going out alone", accepted=False)
    line = "I felt left out last night, and said nothing."
    journal.save(
        one.seat, routes.ENTRY, f"{line}\nI’d like to say so.", prompt="unsaid", version=""
    )
    early_drafts.keep(one.seat, deck.behaviours[2].id, line)
    _check_in(one, other)


def _check_in(one: Person, other: Person) -> None:
    """A few check-ins, a rhythm, and the picture of how close they felt."""
    first = Envelope.objects.filter(couple=one.seat.couple_id, deck=sealing.CHECK_IN)
    first.update(id=routes.CHECK_IN)
    for near in (Closeness.FAR, Closeness.CLOSE, Closeness.VERY_CLOSE):
        for who, closeness in ((one, near), (other, Closeness.CLOSE)):
            half = Replies(
                appreciation="You listened to the whole story about the printer.",
                well="We both kept Sunday free.",
                closeness=closeness,
                nothing_new=who is one,
                new="" if who is one else "I had lunch with Kim from my old team.",
                plan="A walk by the river on Saturday.",
            )
            check_ins.seal(who.seat, half, seen=check_ins.own_half(who.seat).seen)
    tomorrow = timezone.localdate() + timedelta(days=1)
    weekly = Pattern(every=Frequency.WEEKLY, first_on=tomorrow, at=time(19, 30), zone="UTC")
    rhythms.set_rhythm(one.seat, weekly, version="")
    for who in (one, other):
        picture_of_closeness.want(who.seat)


def pages(state: str, who: Person | None) -> Iterator[str]:
    """The addresses of all pages that this person can look at, and that say something of theirs."""
    return (path for path, _ in looks(state, who))


def looks(state: str, who: Person | None) -> Iterator[tuple[str, str]]:
    """The same pages, each with its HTML."""
    client = who.client if who else Client()
    paths = [route.path for route in routes.every() if route.name != routes.LEAVE]
    if state == OPEN:
        paths = [path for path in paths if path == "/demo/" or not path.startswith(FOR_ALL)]
    paths = list(SHOWING.get(state, paths))
    if state == AGREEING:
        ids = [behaviour.id for behaviour in catalogue.deck(catalogue.ESSENTIALS).behaviours]
        on = [f"/understandings/on/{ids[at]}/" for at in (0, 1, 2, 5, 6, 7)]
        paths = ["/home/", "/understandings/", *on, f"{on[0]}words/", f"{on[2]}words/"]
        paths += [f"/understandings/?show={part}" for part in ("agreed", "again", "open")]
        paths += ["/understandings/common-ground/essentials/", "/decks/essentials/comparison/"]
        paths += ["/understandings/therapist/"]
    if state == REPAIRING:
        paths = ["/home/", "/repair/", "/repair/about/a1/", "/repair/about/", "/seen/"]
        paths += [f"/repair/{repair_id(number)}/" for number in range(2 * len(REPAIRS) + 1)]
        paths += [f"/repair/{repair_id(0)}/closing/"]
    if state == TALKING:
        talk_paths = [
            f"/talks/{uuid.UUID(int=number, version=4)}/" for number in range(1, len(TALKS) + 1)
        ]
        speaking = talk_paths[TALKS.index(Step.SPEAK)]
        paths = ["/home/", "/talks/", "/talks/about/a1/", *talk_paths, f"{speaking}stuck/"]
        paths += [
            f"{talk}?part={part}"
            for talk in talk_paths[4:6]
            for part in ("matters", "like", "sentence")
        ]
        shared = talk_paths[TALKS.index(Step.FLEX)]
        paths += [f"{shared}?with=right", f"{shared}?with=left"]
    for path in paths:
        answer = client.get(path)
        if answer.status_code in PAGES and "html" in answer["Content-Type"]:
            yield path, answer.text
    for path in MORE.get(state, ()):
        yield path, client.get(path).text
