"""What {partner} can see right now: word for word what their pages show, and no word more."""

from __future__ import annotations

import html
import re
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import pypdfium2
import pytest
from django.db import connection
from django.db.models import TextChoices
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from accounts.models import User
from boundaries.agreements import history
from boundaries.agreements import rules as agreements
from boundaries.agreements.words import unpack
from boundaries.answers import rules as answers
from boundaries.content import catalogue
from boundaries.content.catalogue import Deck
from boundaries.leaving import rules as leaving
from boundaries.privacy_notice import visibility
from boundaries.questions import rules as questions
from boundaries.talks import drafts, overview
from boundaries.talks.flow import BLIND
from boundaries.talks.models import Turn
from boundaries.therapist_sheet import rules as therapist_sheet
from boundaries.vocabulary import Condition, Mode, Move, Need, Side, Stance, Step, Weight
from tests.conftest import (
    FINE,
    Person,
    do,
    opened_together,
    pair,
    person,
    propose,
    row_of,
    skip,
    talk,
    talked_up_to,
    write,
)
from tests.pairing.test_rules import invite, join
from tests.questions.test_rules import put_forward
from tests.support import routes
from tests.support.depth import one_day_in

pytestmark = [pytest.mark.turns(2), pytest.mark.django_db]

SEEN, COPIES = "/seen/", "/leaving/copies/"
COMPARISON = "/decks/essentials/comparison/"
TALK = f"/talks/{routes.TALK}/"
WORD = re.compile(r"\bzq-[a-z]+")  # what only Alice writes, each in one place


def words_of(who: Person, path: str) -> set[str]:
    """All of Alice's words on a page, be it a page of paper."""
    answer = who.client.get(path)
    if answer.headers.get("Content-Type") != "application/pdf":
        return set(WORD.findall(answer.text))
    paper = pypdfium2.PdfDocument(answer.content)
    text = "".join(page.get_textpage().get_text_bounded() for page in paper)
    return set(WORD.findall(re.sub(r"-\s+", "-", text)))


def seen_by(who: Person) -> set[str]:
    """All of Alice's words on all of somebody's pages."""
    found: set[str] = set()
    for route in routes.every():
        if route.name not in {routes.LEAVE, "account_logout"}:
            found |= words_of(who, route.path)
    for entry in history.agreement(who.seat).entries if who.seat.couple_id else ():
        found |= words_of(who, f"/understandings/on/{entry.behaviour}/")
    for deck in questions.decks(who.seat):
        found |= words_of(who, f"/decks/{deck.id}/comparison/")
    return found


@pytest.fixture
def alice() -> Person:
    who = person("zq-name")
    User.objects.filter(pk=who.user.pk).update(email="zq-mail@example.org")
    who.user.refresh_from_db()
    return who


def answered(alice: Person, deck: Deck) -> None:
    """Something of everything that can stand on a sheet."""
    one, two, three, four, five = deck.behaviours[:5]
    kept_back: dict[str, Any] = {"weight": Weight.SMALL, "conditions": (Condition.NOT_LATE,)}
    content: dict[str, Any] = {"note": "zq-note", "in_other_words": "zq-other"}
    content |= {"weight": Weight.A_LOT, "conditions": (Condition.TOLD_FIRST,)}
    write(alice, one, Stance.CONDITIONS, self_note="zq-self", **content)
    write(alice, two, Stance.CONDITIONS, private=True, note="zq-private", **kept_back)
    write(alice, three, Stance.ACCEPTABLE, note="zq-skipped", self_note="zq-skipself")
    skip(alice, three)
    write(alice, four, Stance.ACCEPTABLE, note="zq-hidden")
    answers.hide(alice.seat, four, version=row_of(alice, four).version)
    write(alice, five, Stance.ACCEPTABLE, note="zq-alone")  # which Bob does not share
    write(alice, catalogue.deck("a").behaviours[0], Stance.UNSURE, note="zq-otherdeck")


def opened(alice: Person, bob: Person, deck: Deck) -> None:
    for behaviour in deck.behaviours[:4]:
        write(bob, behaviour, Stance.ACCEPTABLE)
    for who in (alice, bob):
        answers.seal(who.seat, deck)


SAID: dict[Move, dict[str, Any]] = {
    Move.APPRECIATE: {"words": "zq-thanks"},
    Move.SPEAK: {"words": "zq-say", "feelings": ["lonely"], "needs": ["rest", "fun"]},
    Move.REFLECT: {"words": "zq-heard"},
    Move.PARTLY: {"words": "zq-partly"},
    Move.MAKES_SENSE: {"because": "zq-sense", "imagine": "zq-imagine"},
    Move.FLEX: {"keep": "zq-keep", "give": "zq-give"},
    Move.CLOSE: {"well": "zq-well", "next": "zq-next"},
}
PROPOSED = {
    "lines": [{**FINE, "words": "zq-words", "outcome": "conditions"}],
    "text": ["Messaging", "Whoever of us does it: zq-words"],
    "well": "zq-didwell",
}


def is_so(alice: Person, bob: Person, *pages: str) -> set[str]:
    """That her page tells exactly what is on his, or on these of them. Returns what that is."""
    found = words_of(alice, SEEN)
    shown = set().union(*(words_of(bob, page) for page in pages)) if pages else seen_by(bob)
    assert found == shown
    return found


def queries(who: Person) -> int:
    """How many it takes to see the page."""
    who.client.get(SEEN)
    with CaptureQueriesContext(connection) as asked:
        assert who.client.get(SEEN).status_code == HTTPStatus.OK
    return len(asked)


def labels(page: str, kind: type[TextChoices]) -> set[str]:
    """Which of these words stand on a page as something of their own, or after "fine, if …"."""
    parts = set(re.split(r"\s*(?:[,:·]|\band\b|<[^>]*>)\s*", html.unescape(page)))
    return {
        str(choice.label)
        for choice in kind
        if parts & {str(choice.label), getattr(choice, "in_words", None)}
    }


def test_alone_nobody_sees_anything(alice: Person, deck: Deck) -> None:
    answered(alice, deck)

    assert words_of(alice, SEEN) == set()
    assert seen_by(person("Charlie")) == set()
    assert "Nothing. You’re here on your own" in alice.client.get(SEEN).text


def test_an_invitation_shows_a_name(alice: Person) -> None:
    charlie = person("Charlie")
    charlie.client.post("/join/code/", {"code": invite(alice)})

    assert words_of(alice, SEEN) == words_of(charlie, "/join/offer/") == {"zq-name"}


def test_joining_shows_a_name_and_a_part_of_an_address(alice: Person) -> None:
    bob = person("Bob")
    join(alice, invite(bob))
    page = bob.client.get("/partner/").text

    assert is_so(alice, bob) == {"zq-name"}
    assert "z•••@example.org" in page
    assert "z•••@example.org" in alice.client.get(SEEN).text


def test_paired_and_sealed_a_name_is_all(alice: Person, deck: Deck) -> None:
    bob = person("Bob")
    pair(alice, bob)
    answered(alice, deck)
    answers.seal(alice.seat, deck)
    questions.opt_in(alice.seat)

    assert is_so(alice, bob) == {"zq-name"}
    assert "Bob sees no answer of yours" in alice.client.get(SEEN).text


def test_opened_what_is_shared_by_both_is_seen(alice: Person, deck: Deck) -> None:
    bob = person("Bob")
    pair(alice, bob)
    answered(alice, deck)
    opened(alice, bob, deck)

    assert is_so(alice, bob) == {"zq-name", "zq-note", "zq-other"}
    page, his = alice.client.get(SEEN).text, bob.client.get(COMPARISON).text
    assert "When you do it: fine, if …; when Bob does it: fine, if …" in page
    assert labels(page, Condition) == labels(his, Condition) == {str(Condition.TOLD_FIRST.label)}
    assert labels(page, Weight) == labels(his, Weight) == {str(Weight.A_LOT.label)}
    for who in (alice, bob):
        answers.begin_again(who.seat, deck)
    write(alice, deck.behaviours[0], Stance.UNACCEPTABLE, note="zq-secondround")
    assert is_so(alice, bob) == {"zq-name", "zq-note", "zq-other"}
    for who in (alice, bob):
        answers.seal(who.seat, deck)
    assert is_so(alice, bob) == {"zq-name", "zq-secondround"}


def test_the_halves_are_not_mixed_up(alice: Person, deck: Deck) -> None:
    """From either side, and also where both have one name."""
    bob = person("Bob")
    User.objects.filter(pk=bob.user.pk).update(first_name="zq-name")
    pair(bob, alice)
    write(alice, deck.behaviours[0], Stance.ACCEPTABLE, mine=Stance.UNACCEPTABLE, note="zq-mine")
    write(bob, deck.behaviours[0], Stance.UNSURE, mine=Stance.CONDITIONS, note="his")
    for who in (alice, bob):
        answers.seal(who.seat, deck)

    hers, his = (who.client.get(SEEN).text for who in (alice, bob))

    assert "When you do it: not OK; when zq-name (1) does it: fine" in hers
    assert "When you do it: fine, if …; when zq-name (2) does it: not sure yet" in his
    assert ("zq-mine" in hers, "zq-mine" in his) == (True, False)
    assert (">his<" in hers, ">his<" in his) == (False, True)


def test_what_is_put_forward_and_accepted(alice: Person, deck: Deck) -> None:
    bob = person("Bob")
    pair(alice, bob)
    put_forward(alice, bob, "zq-accepted")
    put_forward(alice, bob, "zq-waiting", accepted=False)
    questions.put_forward(alice.seat, "zq-aside")
    questions.set_aside(bob.seat, questions.ours(bob.seat).theirs[-1].id)
    questions.put_forward(alice.seat, "zq-takenback")
    questions.take_back(alice.seat, questions.ours(alice.seat).mine[-1].id)
    for who in (alice, bob):
        questions.opt_in(who.seat)

    assert is_so(alice, bob) == {"zq-name", "zq-accepted", "zq-waiting", "zq-aside"}
    assert "more intimate things" in alice.client.get(SEEN).text


@one_day_in(2, 0)
def test_in_a_talk_what_is_handed_over_and_what_is_answered_in_kind(
    alice: Person, deck: Deck
) -> None:
    bob = person("Bob")
    pair(alice, bob)
    write(alice, deck.behaviours[0], Stance.UNSURE)
    opened(alice, bob, deck)
    shared = {"zq-name"}
    talk(alice)
    draft = {"words": "zq-draft"}
    drafts.save(alice.seat, routes.TALK, "reflect-2-1", draft, version="", side=Side.LEFT)
    way: list[tuple[Person, Move]] = [
        (bob, Move.READY),
        *((who, Move.AGREE) for who in (alice, bob)),
        *((who, Move.APPRECIATE) for who in (alice, bob)),
        (alice, Move.SPEAK),
        (bob, Move.REFLECT),
        (alice, Move.PARTLY),
        (bob, Move.REFLECT),
        (alice, Move.YES),
        (bob, Move.MAKES_SENSE),
        (bob, Move.SPEAK),
        (alice, Move.REFLECT),
        (bob, Move.YES),
        (alice, Move.MAKES_SENSE),
        *((who, Move.FLEX) for who in (alice, bob)),
        (bob, Move.PROPOSE),
        (alice, Move.LET_STAND),
        *((who, Move.CLOSE) for who in (alice, bob)),
    ]
    his: dict[str, Any] = dict.fromkeys(("words", "because", "keep", "give"), "his")
    his |= {"imagine": "", "well": "", "next": "", "feelings": [], "needs": ["rest", "trust"]}
    unseen: set[str] = set()
    for who, move in way:
        content = SAID.get(move, {}) if who is alice else his
        if move == Move.PROPOSE:
            content = {"lines": [FINE], "text": ["Messaging", "Fine for us."], "well": ""}
        do(who, move, content)
        shared |= set(WORD.findall(repr(SAID.get(move, {})))) if who is alice else set()
        if who is bob and move not in BLIND:
            continue  # nothing of hers has moved
        unseen |= shared - is_so(alice, bob, TALK)
        both = [
            labels(who.client.get(page).text, Need) for who, page in ((alice, SEEN), (bob, TALK))
        ]
        assert move != Move.FLEX or both == [{str(Need.REST.label)}] * 2  # each has named more
    assert is_so(alice, bob) == shared
    assert labels(alice.client.get(SEEN).text, Need) == set()
    assert unseen == {"zq-thanks", "zq-keep", "zq-give", "zq-well", "zq-next"}  # for a while


def test_what_is_typed_on_the_others_screen_is_seen_there(alice: Person, deck: Deck) -> None:
    bob = person("Bob")
    pair(alice, bob)
    opened_together(alice, bob, deck)
    talk(alice, mode=Mode.TOGETHER)
    talked_up_to(Step.SPEAK, alice, bob)
    content = {"words": "zq-handed", "feelings": [], "needs": []}
    do(bob, Move.SPEAK, content, side=Side.LEFT)
    assert is_so(alice, bob) == {"zq-name", "zq-handed"}

    typed = {"words": "zq-typed"}
    drafts.save(bob.seat, routes.TALK, "partly-1-1", typed, version="", side=Side.LEFT)

    assert words_of(bob, TALK) - words_of(alice, SEEN) <= {"zq-typed"}
    assert "What was typed on Bob’s screen and not sent stays there" in html.unescape(
        alice.client.get(SEEN).text
    )


@one_day_in(2, 1)
def test_understandings_and_the_sheet_for_a_therapist(alice: Person, deck: Deck) -> None:
    bob = person("Bob")
    pair(alice, bob)
    write(alice, deck.behaviours[0], Stance.UNSURE)
    opened(alice, bob, deck)
    shown = {"zq-name", "zq-words", "zq-didwell"}

    digest = propose(alice, words=unpack(PROPOSED))
    assert is_so(alice, bob) == shown
    agreements.assent(bob.seat, [digest])
    assert is_so(alice, bob) == shown
    therapist_sheet.make(alice.seat, ["a1"], 7)
    for who in (alice, bob):
        issue = therapist_sheet.issue(who.seat)
        assert issue
        therapist_sheet.release(who.seat, issue.digest)
    assert is_so(alice, bob) == shown
    assert "You’ve both released it" in alice.client.get(SEEN).text
    agreements.withdraw(alice.seat, "a1", digest)
    assert is_so(alice, bob) == shown


def test_a_sheet_for_a_therapist_is_seen_as_it_was_put_together(alice: Person, deck: Deck) -> None:
    bob = person("Bob")
    pair(alice, bob)
    write(alice, deck.behaviours[0], Stance.UNSURE)
    opened(alice, bob, deck)
    therapist_sheet.make(alice.seat, ["a1"], 7)
    for who in (alice, bob):
        answers.begin_again(who.seat, deck)
    write(alice, deck.behaviours[0], Stance.UNACCEPTABLE)
    for who in (alice, bob):
        answers.seal(who.seat, deck)
    issue = therapist_sheet.issue(bob.seat)
    assert issue

    page = strip_tags(html.unescape(alice.client.get(SEEN).text))

    written = [words for entry in issue.sheet.entries for words in entry.answers]
    assert "zq-name says: not sure yet" in written[0]
    assert [words for words in written if words not in page] == []
    assert "Your yes shows, too." not in page
    therapist_sheet.release(alice.seat, issue.digest)
    assert "Your yes shows, too." in alice.client.get(SEEN).text


@one_day_in(2, 0)
def test_after_a_parting_a_copy_of_what_held_is_all(alice: Person, deck: Deck) -> None:
    bob = person("Bob")
    pair(alice, bob)
    answered(alice, deck)
    opened(alice, bob, deck)
    agreements.assent(bob.seat, [propose(alice, words=unpack(PROPOSED))])
    assert len(is_so(alice, bob)) > 1

    leaving.part(bob.seat)

    assert words_of(alice, SEEN) == set()
    assert f'href="{COPIES}"' in alice.client.get(SEEN).text
    assert seen_by(bob) == words_of(alice, COPIES) == {"zq-words", "zq-didwell"}


@pytest.mark.parametrize(
    ("owner", "name", "broken"),
    [
        (
            Turn,
            "shown_to_other",
            Turn.owned_by,
        ),  # all of one's own, also what the other has not answered
        (visibility, "_is_mine", lambda _: False),
        (visibility, "compare_all", lambda *_: []),
        (overview, "shown_parts", lambda _: []),
    ],
)
def test_a_page_that_told_anything_else_would_be_noticed(
    alice: Person, deck: Deck, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, broken: Any
) -> None:
    bob = person("Bob")
    pair(alice, bob)
    answered(alice, deck)
    for who in (alice, bob):
        write(who, deck.behaviours[5], Stance.UNSURE)
    opened(alice, bob, deck)
    propose(alice, words=unpack(PROPOSED))
    talk(alice)
    talked_up_to(Step.SPEAK, alice, bob)
    do(alice, Move.SPEAK, SAID[Move.SPEAK])
    another = talk(alice, deck.behaviours[5].id, id=uuid4())
    talked_up_to(Step.WARM_START, alice, bob, talk=another)
    do(alice, Move.APPRECIATE, SAID[Move.APPRECIATE], talk=another)
    pages = TALK, f"/talks/{another}/", COMPARISON, "/understandings/on/a1/"
    assert is_so(alice, bob, *pages)

    monkeypatch.setattr(owner, name, broken)

    with pytest.raises(AssertionError):
        is_so(alice, bob, *pages)


def test_it_takes_the_same_queries_whatever_there_is(alice: Person, deck: Deck) -> None:
    bob = person("Bob")
    pair(alice, bob)
    before = queries(alice)
    answered(alice, deck)
    opened(alice, bob, deck)
    put_forward(alice, bob, "zq-accepted")
    other = catalogue.deck("a")
    for behaviour in other.behaviours[:4]:
        write(alice, behaviour, Stance.UNSURE)
    opened(alice, bob, other)
    for behaviour in (deck.behaviours[0], *other.behaviours[:3]):
        propose(alice, behaviour.id)
        talk(alice, behaviour.id, id=uuid4())

    assert queries(alice) == before
