"""Which words every page and download shows, depending on what became of them."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import Any

import icalendar
import pypdfium2
import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from boundaries.agreements import copies
from boundaries.agreements import rules as agreements
from boundaries.agreements.wording import BOTH, ProposalLine
from boundaries.agreements.words import Words, digest_of, put_into_words
from boundaries.answers import rules as answers
from boundaries.content.catalogue import Deck
from boundaries.leaving import data_export
from boundaries.leaving import rules as leaving
from boundaries.therapist_sheet import contents
from boundaries.therapist_sheet import rules as therapist_sheet
from boundaries.vocabulary import Condition, Outcome, Side, Stance
from tests.conftest import Person, fill_in, opened_together, propose

pytestmark = pytest.mark.django_db

NAMES = {Side.LEFT: "Alice", Side.RIGHT: "Bob"}

# What became of some words, the behaviour they are about, and the day in them.
AGREED, WITHDRAWN, SUPERSEDED, PROPOSED, LET_GO, SET_ASIDE = STATUSES = (
    "agreed",
    "withdrawn",
    "superseded",
    "proposed",
    "letgo",
    "setaside",
)
ON = dict(zip(STATUSES, ("a1", "a2", "a1", "a3", "b1", "b4"), strict=True))
DAYS = {
    status: timezone.localdate() + timedelta(days=30 + at) for at, status in enumerate(STATUSES)
}

EVERYTHING = set(STATUSES)
HELD = {AGREED}
FOR_BOTH = {AGREED, WITHDRAWN, SUPERSEDED}

# Alice has proposed everything; Bob has said yes, left it, or not answered. For every place, what
# Alice and what Bob finds there. There may be nothing else.
SHOWN: dict[str, tuple[set[str], set[str]]] = {
    "page": ({AGREED, PROPOSED, SET_ASIDE}, {AGREED, PROPOSED}),
    "page of agreed": (HELD, HELD),
    "A4": (HELD, HELD),
    "Letter": (HELD, HELD),
    "calendar": (HELD, HELD),
    "called off in the calendar": ({WITHDRAWN}, {WITHDRAWN}),
    "JSON": (EVERYTHING, EVERYTHING),
    "choices for a therapist": (HELD, HELD),
    "sheet for a therapist": (HELD, HELD),
    "sheet for a therapist, A4": (HELD, HELD),
    "seen": (EVERYTHING, FOR_BOTH),
    "home": (set(), set()),
    "my data, JSON": (EVERYTHING, FOR_BOTH),
    "my data, PDF": (EVERYTHING, FOR_BOTH),
    "copy, page": (HELD, HELD),
    "copy, A4": (HELD, HELD),
    "copy, JSON": (HELD, HELD),
}


# The behaviours that are named. The page lists what was taken back, without its words.
LISTED = EVERYTHING - {SUPERSEDED}
ABOUT = SHOWN | {"page": (LISTED, LISTED), "calendar": (set(), set())}
ABOUT |= {"called off in the calendar": (set(), set())}


def words(status: str) -> Words:
    line = ProposalLine(
        doer=BOTH,
        outcome=Outcome.CONDITIONS,
        conditions=(Condition.NOT_LATE,),
        words=f"zq{status}zq",
        on=DAYS[status],
    )
    return put_into_words(f"About hq{status}hq", [line], NAMES, f"wq{status}wq")


def read(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def get(who: Person, path: str) -> str:
    answer = who.client.get(path)
    assert answer.status_code == 200, path
    if answer["Content-Type"] == "application/pdf":
        return read(answer.content)
    return strip_tags(answer.text)


def calendar(who: Person, status: str) -> str:
    calendar = icalendar.Calendar.from_ical(who.client.get("/understandings/dates.ics").content)
    events = [event for event in calendar.walk("VEVENT") if event["status"] == status]
    days = {str(event.decoded("dtstart")) for event in events}
    return " ".join(f"zq{name}zq" for name, day in DAYS.items() if str(day) in days)


def taken_along(who: Person) -> tuple[str, str]:
    data_export.ask(who.seat)
    with zipfile.ZipFile(io.BytesIO(data_export.take(who.seat))) as file:
        pages = [read(file.read(name)) for name in file.namelist() if name.endswith(".pdf")]
        return file.read("my-data.json").decode(), "\n".join(pages)


def outputs(who: Person) -> dict[str, str]:
    top = "/understandings/"
    data, pages = taken_along(who)
    return {
        "page": get(who, top),
        "page of agreed": get(who, f"{top}?show=agreed"),
        "A4": get(who, f"{top}a4.pdf"),
        "Letter": get(who, f"{top}us-letter.pdf"),
        "calendar": calendar(who, "CONFIRMED"),
        "called off in the calendar": calendar(who, "CANCELLED"),
        "JSON": get(who, f"{top}page.json"),
        "sheet for a therapist": get(who, f"{top}therapist/"),
        "sheet for a therapist, A4": get(who, f"{top}therapist/a4.pdf"),
        "seen": get(who, "/seen/"),
        "home": get(who, "/home/"),
        "my data, JSON": data,
        "my data, PDF": pages,
    }


def shown_copies(who: Person) -> dict[str, str]:
    (copy,) = copies.all_of(who.seat)
    path = f"/leaving/copies/{copy.id}/"
    return {
        "copy, page": get(who, "/leaving/copies/"),
        "copy, A4": get(who, f"{path}a4.pdf"),
        "copy, JSON": get(who, f"{path}page.json"),
    }


@pytest.fixture
def two(alice: Person, bob: Person, deck: Deck) -> tuple[Person, Person]:
    """Two people with words in every status."""
    for who in (alice, bob):
        fill_in(who, deck, Stance.ACCEPTABLE)
    for who in (alice, bob):
        answers.seal(who.seat, deck)
    for status in (SUPERSEDED, AGREED, WITHDRAWN):
        agreements.assent(bob.seat, [propose(alice, ON[status], words(status))])
    agreements.withdraw(bob.seat, ON[WITHDRAWN], digest_of(ON[WITHDRAWN], words(WITHDRAWN)))
    propose(alice, ON[PROPOSED], words(PROPOSED))
    agreements.withdraw(alice.seat, ON[LET_GO], propose(alice, ON[LET_GO], words(LET_GO)))
    left = propose(alice, ON[SET_ASIDE], words(SET_ASIDE))
    agreements.set_aside(bob.seat, ON[SET_ASIDE], left)
    return alice, bob


def found(text: str, mark: str = "zq") -> set[str]:
    return {status for status in STATUSES if f"{mark}{status}{mark}" in text}


def test_every_page_and_download_shows_exactly_its_words(
    two: tuple[Person, Person], settings: Any
) -> None:
    rates = {"typeset": "99/m/user"}
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, **rates}
    offered = contents.choices(two[0].seat)
    choices = [" ".join(get(who, "/understandings/therapist/").split()) for who in two]
    therapist_sheet.make(two[0].seat, [*dict.fromkeys(ON.values())], 7)
    assert set(ON.values()) <= offered.keys()  # all can be chosen, because their answers are open
    issue = therapist_sheet.issue(two[0].seat)
    assert issue
    for who in two:
        therapist_sheet.release(who.seat, issue.digest)

    shown = [outputs(who) for who in two]
    leaving.part(two[1].seat)
    for who, texts, choice in zip(two, shown, choices, strict=True):
        texts |= shown_copies(who) | {"choices for a therapist": choice}

    wrong = [
        (who.user.first_name, place, mark, found(texts[place], mark) ^ expected[place][at])
        for at, (who, texts) in enumerate(zip(two, shown, strict=True))
        for mark, expected in (("zq", SHOWN), ("hq", ABOUT))
        for place in SHOWN
        if found(texts[place], mark) != expected[place][at]
    ]
    assert wrong == []
    assert [texts["page"].count("Open again.") for texts in shown] == [1, 1]
    assert all(set(texts) == set(SHOWN) for texts in shown)
    well = {place for texts in shown for place, text in texts.items() if "wqwithdrawnwq" in text}
    assert well <= {"JSON", "seen", "my data, JSON", "my data, PDF"}


def test_withdrawn_words_leave_the_pdf_at_once(alice: Person, bob: Person, deck: Deck) -> None:
    opened_together(alice, bob, deck)
    digest = propose(alice, "a1", words(WITHDRAWN))
    agreements.assent(bob.seat, [digest])
    assert "zqwithdrawnzq" in get(alice, "/understandings/a4.pdf")

    agreements.withdraw(bob.seat, "a1", digest)

    for name in ("a4.pdf", "us-letter.pdf"):
        assert "zqwithdrawnzq" not in get(alice, f"/understandings/{name}"), name
