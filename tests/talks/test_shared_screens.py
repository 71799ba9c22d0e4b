"""A shared screen names nobody as a danger, and shows no words that are not handed over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from boundaries.content.catalogue import Deck
from boundaries.talks import drafts, reading
from boundaries.talks import rules as talks
from boundaries.talks.forms import PARTS
from boundaries.vocabulary import Mode, Move, Side, Step
from tests.conftest import PROPOSED, Person, do, opened_together, talk, talked_up_to
from tests.support.routes import TALK

PAGE = f"/talks/{TALK}/"
LEFT, RIGHT = Side.LEFT, Side.RIGHT
DANGER = re.compile(
    r"afraid|fear|scare|danger|\bsafe|unsafe|threat|hurt|violen|\bhit\b|\breact|harm|control"
    r"|protect|is.?n.t yours|not you\b|stop the talk|get help|can help",
    re.IGNORECASE,
)
BLOCKS = {"p", "li", "h1", "h2", "h3", "div", "section", "summary", "label", "legend", "button"}
WITH_NAMES = re.compile(r"{% blocktranslate\b[^%]*%}(.*?){% endblocktranslate %}", re.DOTALL)
NO_WARNINGS = {
    "{{ name }} would like to find out together with you what feels all right in your relationship "
    "and what does not, before anyone is hurt.",
    "Questions? Whoever runs this site answers for it: {{ contact }}. You can also complain to the "
    "data protection authority where you live.",
}

# Every step, spoken on one screen. The owner of the account comes first where both are asked.
ALOUD = {"words": "", "feelings": [], "needs": []}
FLEX = {"keep": "", "give": ""}
SENSE = {"because": "", "imagine": ""}
CLOSING = {"well": "", "next": ""}


class Blocks(HTMLParser):
    """The blocks of text on a page, with the addresses that they link to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, list[str]]] = [("", [])]
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS:
            self.found.append(("", []))
        text, links = self.found[-1]
        given = dict(attrs)
        labels = [str(given[name]) for name in ("aria-label", "title") if given.get(name)]
        self.found[-1] = (f"{text} {' '.join(labels)}", [*links, given.get("href") or ""])

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS:
            self.found.append(("", []))

    def handle_data(self, data: str) -> None:
        text, links = self.found[-1]
        self.found[-1] = (text + data, links)


def warnings_of(page: str) -> list[str]:
    """The texts about danger on a page: by their words, or because they link to help."""
    body = page.partition("<main")[2].partition("</main>")[0]
    assert body
    return [
        " ".join(text.split())
        for text, links in Blocks(body).found
        if DANGER.search(text) or reverse("help") in links
    ]


def steps_of(owner: Side, first: Side) -> Iterator[tuple[Side, Move, dict[str, Any]]]:
    """A whole talk of both, with the crossroads, another day, and a counterproposal."""
    other = LEFT if owner == RIGHT else RIGHT
    second = LEFT if first == RIGHT else RIGHT
    both = (owner, other)
    yield other, Move.READY, {}
    yield from ((side, Move.AGREE, {}) for side in both)
    yield from ((side, Move.APPRECIATE, {"words": ""}) for side in both)
    yield first, Move.SPEAK, ALOUD
    for _ in range(3):
        yield second, Move.REFLECT, {"words": ""}
        yield first, Move.NOT_YET, {"words": ""}
    yield first, Move.ENOUGH, {}
    yield second, Move.MAKES_SENSE, SENSE
    yield other, Move.LATER, {"on": "2099-01-01"}
    yield from ((side, Move.READY, {}) for side in both)
    yield second, Move.SPEAK, ALOUD
    yield first, Move.REFLECT, {"words": ""}
    yield second, Move.PARTLY, {"words": ""}
    yield first, Move.REFLECT, {"words": ""}
    yield second, Move.YES, {}
    yield first, Move.MAKES_SENSE, SENSE
    yield from ((side, Move.FLEX, FLEX) for side in both)
    yield other, Move.PROPOSE, PROPOSED
    yield owner, Move.PROPOSE, PROPOSED
    yield other, Move.LET_STAND, {}
    yield from ((side, Move.CLOSE, CLOSING) for side in both)


HANDS = ("", "with=left", "with=right")
AROUND = ("/talks/", "/talks/about/a1/", "/leaving/part/")


def looks(step: Step) -> list[str]:
    """Every page that can be reached at a step, whoever holds the screen."""
    parts = ("", "write", *PARTS) if step in (Step.SPEAK, Step.CROSSROADS) else ("", "write")
    around = AROUND if step in (Step.SET_UP, Step.CLOSED) else ()
    hands = [f"{PAGE}?{hand}&part={part}" for hand in HANDS for part in parts]
    return [*hands, f"{PAGE}stuck/?with=right", *around]


def walk(phone: Person, other: Person, first: Side) -> Iterator[tuple[str, str, str]]:
    """Go through a talk on one phone. Yields every page of both accounts: where, path, page."""
    owner = Side(str(phone.seat.side))
    talk(phone, mode=Mode.TOGETHER, begins=first == owner)
    for side in Side:
        words = {"keep": f"unspoken {side}"}
        drafts.save(phone.seat, TALK, "flex-1-3", words, version="", side=side)

    seen = set()

    def pages(when: str) -> Iterator[tuple[str, str, str]]:
        now = reading.talk(phone.seat, TALK)
        state = (when, now.place.half, now.acting, now.until, now.proposal is None)
        if state in seen:
            return
        seen.add(state)
        for who in (phone, other):
            for path in looks(now.step):
                answer = who.client.get(path)
                if answer.status_code == 200:
                    yield f"{when}, {who.user.first_name}’s phone: {path}", path, answer.text

    for number, (side, move, content) in enumerate(steps_of(owner, first)):
        step = reading.talk(phone.seat, TALK).step
        yield from pages(f"{step}")
        if step in (Step.SET_UP, Step.SPEAK) and number < 9:
            talks.pause(phone.seat, TALK, reading.MIN_PAUSE)
            yield from pages("paused")
            with time_machine.travel(timezone.now() + reading.MIN_PAUSE, tick=False):
                talks.come_back(phone.seat, TALK)
                yield from pages("one is back")
                talks.come_back(other.seat, TALK)
        do(phone, move, content, side=side)
    assert reading.talk(phone.seat, TALK).over
    yield from pages("closed")


@pytest.mark.once
@pytest.mark.parametrize(
    ("owner", "first"),
    [
        (LEFT, RIGHT),
        *(
            pytest.param(owner, first, marks=pytest.mark.deep)
            for owner, first in ((LEFT, LEFT), (RIGHT, LEFT), (RIGHT, RIGHT))
        ),
    ],
)
def test_a_talk_on_one_phone_from_its_beginning_to_its_end(
    alice: Person, bob: Person, deck: Deck, owner: Side, first: Side
) -> None:
    opened_together(alice, bob, deck)
    people = {Side(str(who.seat.side)): who for who in (alice, bob)}
    phone = people[owner]
    other = next(who for side, who in people.items() if side != owner)
    names = re.compile(r"\b(Alice|Bob)\b")
    warned, wrong = set(), []
    for where, path, page in walk(phone, other, first):
        for warning in warnings_of(page):
            warned.add(warning)
            if names.search(warning):
                wrong.append(f"names somebody as a danger: {where}: {warning}")
        whose = people[owner].user.first_name in where
        for side in Side:
            shown = f"unspoken {side}" in page
            if shown and not (whose and f"with={side}" in path):
                wrong.append(f"shows words that were not handed over: {where}")
        mine = next(side for side, who in people.items() if f"{who.user.first_name}’s" in where)
        asked = f'action="{PAGE}turn/assent/"' in page
        if asked and f"with={mine}" not in path:
            wrong.append(f"asks for a yes that belongs to another account: {where}")

    assert "\n".join(wrong) == ""
    assert any("doesn’t feel safe" in warning for warning in warned)


@pytest.mark.once
def test_no_text_about_danger_contains_a_name() -> None:
    """In every template, also outside talks: a screen may be shared anywhere."""
    named = [
        f"{path.name}: {text.strip()}"
        for path in sorted(Path(settings.BASE_DIR, "templates").rglob("*.html"))
        for text in WITH_NAMES.findall(path.read_text(encoding="utf-8"))
        if DANGER.search(text) and "{{" in text and text not in NO_WARNINGS
    ]

    assert named == []


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}?with=left", f"{PAGE}?with=right"])
def test_of_two_who_are_called_the_same_nobody_is_told_that_they_hold_it(
    alice: Person, bob: Person, deck: Deck, path: str
) -> None:
    User.objects.filter(pk=bob.user.pk).update(first_name="Alice")
    opened_together(alice, bob, deck)
    talk(alice, mode=Mode.TOGETHER)

    page = alice.client.get(path).text

    assert "Signed in on this screen is <b>Alice (1)</b>." in page
    assert "Here you are" not in page


def test_after_a_talk_both_find_their_own_words(alice: Person, bob: Person, deck: Deck) -> None:
    opened_together(alice, bob, deck)
    talk(alice, mode=Mode.TOGETHER)
    for side in Side:
        words = {"keep": f"unspoken {side}"}
        drafts.save(alice.seat, TALK, "flex-1-3", words, version="", side=side)
    do(alice, Move.STOP)

    page = alice.client.get(PAGE).text

    assert "unspoken" not in page
    for side in Side:
        assert f'href="?with={side}"' in page
        assert f"unspoken {side}" in alice.client.get(f"{PAGE}?with={side}").text


def test_the_other_does_not_see_the_owners_choice_to_leave_a_part_out(
    alice: Person, bob: Person, deck: Deck
) -> None:
    opened_together(alice, bob, deck)
    talk(alice, begins=False)
    for side in (Side.RIGHT, Side.LEFT):
        who = bob if side == Side.RIGHT else alice
        if side == Side.RIGHT:
            do(who, Move.READY)
        do(who, Move.AGREE)
    for who in (alice, bob):
        do(who, Move.APPRECIATE, {"words": ""})
    do(alice, Move.LEAVE_OUT)
    talks.switch(alice.seat, TALK, Mode.TOGETHER)

    his = alice.client.get(f"{PAGE}?with=right").text

    assert "What happens, how you feel" in his
    assert "You have said that this part can be left out" not in his
    assert "Leave this part out" not in his


UNSEEN = {
    Step.WARM_START: (Move.APPRECIATE, {"words": "zqunseen"}),
    Step.FLEX: (Move.FLEX, {"keep": "zqunseen", "give": ""}),
    Step.CLOSE: (Move.CLOSE, {"well": "zqunseen", "next": ""}),
}


@pytest.mark.parametrize("step", UNSEEN)
def test_unseen_turns_are_not_shown_while_the_other_holds_the_screen(
    alice: Person, bob: Person, deck: Deck, step: Step
) -> None:
    opened_together(alice, bob, deck)
    talk(alice)
    talked_up_to(step, alice, bob)
    move, words = UNSEEN[step]
    do(alice, move, words)
    assert "zqunseen" in alice.client.get(PAGE).text
    talks.switch(alice.seat, TALK, Mode.TOGETHER)

    hands = [*HANDS, "with=left&part=write"]
    shown = {hand: "zqunseen" in alice.client.get(f"{PAGE}?{hand}").text for hand in hands}
    do(alice, move, {**words, next(iter(words)): "zqhis"}, side=RIGHT)
    matched = alice.client.get(f"{PAGE}?with=right").text

    is_private = step == Step.FLEX  # the other steps are for both to look at
    assert shown == {
        "": False,
        "with=left": is_private,
        "with=right": False,
        "with=left&part=write": True,
    }
    assert "zqunseen" in matched
    assert "zqhis" in matched


@pytest.mark.parametrize("step", [Step.FLEX, Step.REFLECT, Step.CLOSED])
def test_switching_to_two_screens_asks_to_hand_the_screen_back(
    alice: Person, bob: Person, deck: Deck, step: Step
) -> None:
    opened_together(alice, bob, deck)
    talk(alice, mode=Mode.TOGETHER)
    talks.switch(alice.seat, TALK, Mode.APART)
    talked_up_to(step if step != Step.CLOSED else Step.FLEX, alice, bob)
    do(alice, Move.STOP) if step == Step.CLOSED else None
    for purpose in ("flex-1-3", "close-2-1"):
        words = {"keep": "zqunspoken", "well": "zqunspoken"}
        drafts.save(alice.seat, TALK, purpose, words, version="", side=LEFT)
    talks.switch(alice.seat, TALK, Mode.TOGETHER)

    pressed = alice.client.post(f"{PAGE}switch/", {"mode": "apart"}, follow=True)
    followed = alice.client.get(f"{PAGE}?with=right")
    late = alice.client.post(f"{PAGE}turn/agree/", {"look": "old", "side": "right"})
    thrown = {"side": "right", "purpose": "speak-1-1", "seen": "old"}
    old = [
        alice.client.post(f"{PAGE}{press}/", thrown, follow=True)
        for press in ("advice", "throw-away", "draft")
    ]
    hers = alice.client.get(f"{PAGE}?with=left")

    for answer in (pressed, followed, late, *old):
        assert answer.status_code in (200, 409)
        assert "zqunspoken" not in answer.text
    assert "Hand the phone to Alice" in pressed.text or step == Step.CLOSED
    assert "zqunspoken" in hers.text
    assert "zqunspoken" in alice.client.get(PAGE).text


def test_nobody_is_invited_to_propose_from_the_others_account(
    alice: Person, bob: Person, deck: Deck
) -> None:
    opened_together(alice, bob, deck)
    talk(alice, mode=Mode.TOGETHER)
    link = reverse("agreements-change", args=["a1"])

    pages = {hand: alice.client.get(f"{PAGE}stuck/?{hand}").text for hand in HANDS}

    assert {hand: link in page for hand, page in pages.items()} == {
        "": False,
        "with=left": True,
        "with=right": False,
    }
    assert "On this screen, only Alice can put it into words right away." in pages["with=right"]
