"""Which notes on wording make sense at which step of a talk."""

from __future__ import annotations

from typing import Any

import pytest

from boundaries.content import phrasing
from boundaries.content.catalogue import Deck
from boundaries.talks import notes, reading
from boundaries.talks.forms import names_of_words
from boundaries.vocabulary import Step
from tests.conftest import Person, opened_together, talk, talked_up_to
from tests.support.routes import TALK

WANTED = "You want me to come find you."
MUST = "You must tell me where you go."
NEVER = "You never know where I am."
JOKE = "It was just a joke."
LIAR = "You are such a liar."


@pytest.fixture(autouse=True)
def offered(alice: Person, bob: Person, deck: Deck) -> None:
    opened_together(alice, bob, deck)
    talk(alice)


def note_on(who: Person, purpose: str, name: str, words: str) -> str:
    """The kind of the note that comes with saving these words; "" if there is none."""
    look = reading.talk(who.seat, TALK).version
    sent: Any = {"purpose": purpose, name: words, "look": look}
    page = who.client.post(f"/talks/{TALK}/draft/", sent, headers={"HX-Request": "true"})
    assert f'id="note-{name}"' in page.text
    who.client.post(
        f"/talks/{TALK}/throw-away/",
        {"purpose": purpose, "seen": page.text.partition('value="')[2].partition('"')[0]},
    )
    return page.text.partition("<b>")[2].partition("</b>")[0]


def test_speaking_for_oneself_all_kinds_of_notes_make_sense(alice: Person, bob: Person) -> None:
    talked_up_to(Step.SPEAK, alice, bob)

    found = [note_on(alice, "speak-1-1", "words", text) for text in (WANTED, MUST, NEVER, JOKE)]

    assert found == [
        "Reading thoughts",
        "Should and must",
        "Always and never",
        "Making it smaller",
    ]


def test_the_whole_sentence_has_the_note_that_a_quick_writer_missed(
    alice: Person, bob: Person
) -> None:
    talked_up_to(Step.SPEAK, alice, bob)
    look = reading.talk(alice.seat, TALK).version
    when = {"purpose": "speak-1-1", "part": "when", "when": NEVER, "look": look}
    alice.client.post(f"/talks/{TALK}/draft/", {**when, "then": "sentence"})

    noted = alice.client.get(f"/talks/{TALK}/?part=sentence").text.partition('id="note-words"')[2]
    assert "<b>Always and never</b>" in noted


def test_saying_back_has_no_note_on_what_was_heard(alice: Person, bob: Person) -> None:
    talked_up_to(Step.REFLECT, alice, bob)

    found = [note_on(bob, "reflect-1-1", "words", text) for text in (WANTED, MUST, NEVER, JOKE)]

    assert found == ["", "", "", "Making it smaller"]


def test_what_makes_sense_is_no_mind_reading(alice: Person, bob: Person) -> None:
    talked_up_to(Step.MAKES_SENSE, alice, bob)
    purpose = "makes-sense-1-1"

    because = [note_on(bob, purpose, "because", text) for text in (WANTED, MUST, LIAR, JOKE)]
    imagine = [note_on(bob, purpose, "imagine", text) for text in (WANTED, MUST, NEVER, JOKE)]

    assert because == ["", "", "A name for the other", "Making it smaller"]
    assert imagine == ["", "", "", "Making it smaller"]


def test_the_kinds_that_fit_exist_and_so_do_their_fields() -> None:
    assert frozenset().union(*notes.FITTING_KINDS.values()) <= phrasing.kinds()
    for move, name in notes.FITTING_KINDS:
        assert name in names_of_words(f"{move}-1-1")
