"""Agreements as a PDF, a calendar and data, without anything that only one of the two may see."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from ctypes import c_double
from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest import mock

import icalendar
import pypdfium2
import pytest
import time_machine

from accounts.text import clean_text, isolated, needs_isolation
from boundaries.agreements import downloads
from boundaries.agreements import rules as agreements
from boundaries.agreements.wording import BOTH, ProposalLine
from boundaries.agreements.words import put_into_words
from boundaries.answers import rules as answers
from boundaries.content.catalogue import Deck
from boundaries.downloads import typesetting
from boundaries.downloads.typesetting import Item, Paper, PrintedPage, Section
from boundaries.sentences import Sentence, theirs
from boundaries.talks import drafts
from boundaries.vocabulary import Move, Outcome, Side, Stance, Step
from tests.accounts.test_text import HARMLESS
from tests.conftest import Person, do, propose, talk, talked_up_to, write
from tests.support.mixed_texts import BRACKETS, FONTS, MIXED, on_lines
from tests.support.routes import TALK

pytestmark = pytest.mark.django_db

FIRST = date(2027, 3, 1)
NAMES = {Side.LEFT: "Alice", Side.RIGHT: "Bob"}
HINDI, EMOJI = "हम एक दूसरे को पहले बताते हैं", "🫶"
MARKUP = '#strong[x] $y$ *z* @here `code` \\ "quoted" <label> // /* end'


@pytest.fixture
def couple(alice: Person, bob: Person, deck: Deck) -> tuple[Person, Person]:
    """A couple with private words in every field that may have some."""
    for who in (alice, bob):
        name = who.user.first_name
        for behaviour in deck.behaviours[:3]:
            write(
                who,
                behaviour,
                Stance.ACCEPTABLE,
                note=f"canary opened {name}",
                self_note=f"canary self {name}",
            )
        write(who, deck.behaviours[3], Stance.UNSURE, private=True, note=f"canary private {name}")
    for who in (alice, bob):
        answers.seal(who.seat, deck)
    talk(alice, "a3")
    talked_up_to(Step.OUTCOME, alice, bob)
    side = Side(str(bob.seat.side))
    kept = {"words": "canary draft Bob"}
    drafts.save(bob.seat, TALK, "close-1-2", kept, version="", side=side)
    do(alice, Move.STOP)
    return alice, bob


def agree(
    couple: tuple[Person, Person], *, on: date | None = None, words: str = "", behaviour: str = "a1"
) -> str:
    one, other = couple
    line = ProposalLine(
        doer=BOTH, outcome=Outcome.REVISIT if on else Outcome.DIFFER, words=words, on=on
    )
    proposal = put_into_words("Messaging", [line], NAMES, "We laughed.")
    digest = propose(one, behaviour, proposal)
    agreements.assent(other.seat, [digest])
    return digest


def read(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def events(who: Person) -> dict[str, Any]:
    calendar = icalendar.Calendar.from_ical(who.client.get("/understandings/dates.ics").content)
    return {str(event["uid"]): event for event in calendar.walk("VEVENT")}


@pytest.mark.parametrize("paper", ["a4", "us-letter"])
def test_the_pdf_says_what_holds(couple: tuple[Person, Person], paper: str) -> None:
    alice, _bob = couple
    agree(couple, words=f"{HINDI} {EMOJI} {MARKUP}")

    answer = alice.client.get(f"/understandings/{paper}.pdf")

    assert answer["Content-Type"] == "application/pdf"
    text = read(answer.content)
    for expected in ("Our understandings", "Alice and Bob", "Messaging", "We laughed.", HINDI[:6]):
        assert expected in text
    for expected in MARKUP.split():
        assert expected in text  # exactly as typed
    width, height = pypdfium2.PdfDocument(answer.content)[0].get_size()
    assert (round(width), round(height)) == {"a4": (595, 842), "us-letter": (612, 792)}[paper]


@pytest.mark.once
def test_an_own_behaviour_is_printed_exactly_as_written() -> None:
    title = Sentence([theirs('A “quick” "look", 5\' 10"')])
    section = Section("S", (Item(title, ("words",)),))

    pdf = typesetting.typeset(PrintedPage("T", (), "", (section,)), Paper.A4)

    assert '“A “quick” "look", 5\' 10"”' in read(pdf)


def test_the_pdf_is_tagged_for_screen_readers(couple: tuple[Person, Person]) -> None:
    agree(couple)
    pdf = couple[0].client.get("/understandings/a4.pdf").content

    assert b"pdfuaid:part>1<" in pdf
    assert b"/StructTreeRoot" in pdf
    assert b"/Lang" in pdf
    assert b"CreationDate" not in pdf


def test_the_sites_fonts_have_all_characters() -> None:
    """A font of the site has a glyph for all of them."""
    words = f"{HINDI} {EMOJI} ❤️ 👩‍❤️‍👨 é ß Ж λ “ ” ’ … ₹ €"
    page = PrintedPage("T", (), "", (Section("S", (Item("I", (words,)),)),))

    document = pypdfium2.PdfDocument(typesetting.typeset(page, Paper.A4))

    fonts = {
        obj.get_font().get_base_name()
        for obj in document[0].get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_TEXT])
    }
    assert {name.split("+")[-1].split("-")[0] for name in fonts} >= {
        "NotoSerifDevanagari",
        "NotoEmoji",
        "CommonGroundSerif",
    }
    assert not any("Libertinus" in name for name in fonts)  # the font that Typst falls back to


@pytest.mark.once
@pytest.mark.parametrize(
    "words", ["\u4f60\u597d", "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35", "\U0001fc00"]
)
def test_a_character_without_a_glyph_does_not_prevent_a_pdf(words: str) -> None:
    items = (Item("Messaging", (f"Before {words} after",)),)

    pdf = typesetting.typeset(PrintedPage("T", ("By both",), "", (Section("S", items),)), Paper.A4)

    text = read(pdf)
    for expected in (
        "By both",
        "Messaging",
        "Before ",
        " after",
        "An empty box marks a letter",
    ):
        assert expected in text
    assert b"/StructTreeRoot" in pdf
    assert b"pdfuaid" not in pdf


@pytest.mark.once
def test_invisible_characters_do_not_make_a_pdf_less_accessible() -> None:
    """Some are in old rows, from before we removed them; others are needed by emoji."""
    older = (
        "a\ufeffb\u200bc\u2060d\u00ade\u2062f\ufffcg\u200eh\u200fi",
        "👩‍❤️‍👨 👋🏽 ❤️",
    )
    now = [text for text in map(clean_text, HARMLESS) if not needs_isolation(text)]
    section = Section("S", (Item("All of them", (*older, *now)),))

    pdf = typesetting.typeset(PrintedPage("T", (), "", (section,)), Paper.A4)

    assert b"pdfuaid:part>1<" in pdf


@pytest.mark.once
@pytest.mark.skipif(not FONTS, reason="no font with Hebrew and Arabic here")
def test_text_in_two_directions_looks_in_a_pdf_as_on_a_page(settings: Any) -> None:
    settings.PDF_FONTS = FONTS
    section = Section("S", tuple(Item("I", (text,)) for text in MIXED))

    pdf = typesetting.typeset(PrintedPage("T", (), "", (section,)), Paper.A4)

    shown = lines_of(pdf)
    expected = [line for text in MIXED for line in on_lines(text)]
    assert [line for line in shown if line not in ("T", "S", "I", "1", "2")] == expected


@pytest.mark.once
@pytest.mark.skipif(not FONTS, reason="no font with Hebrew and Arabic here")
def test_a_name_in_a_pdf_does_not_reorder_its_sentence(settings: Any) -> None:
    settings.PDF_FONTS = FONTS
    names = f"{isolated('דנה')} 7 - 8 and {isolated('(2) יעל')}, 22 - 6"

    pdf = typesetting.typeset(
        PrintedPage("T", (names,), "", (Section("S", (Item("I", ()),)),)), Paper.A4
    )

    assert "הנד7-8andלעי|2|,22-6" in lines_of(pdf)


def lines_of(pdf: bytes) -> list[str]:
    """Return the characters of every line of a PDF, from left to right as they are drawn."""
    lines: list[str] = []
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            text = page.get_textpage()
            drawn: dict[int, list[tuple[float, str]]] = {}
            for at in range(text.count_chars()):
                letter = text.get_text_range(at, 1)
                if letter.strip() and letter.isprintable():
                    x, y = c_double(), c_double()
                    pypdfium2.raw.FPDFText_GetCharOrigin(text.raw, at, x, y)
                    left, _, _, _ = text.get_charbox(at)
                    drawn.setdefault(round(y.value), []).append((left, letter))
            for bottom in sorted(drawn, reverse=True):
                line = "".join(letter for _, letter in sorted(drawn[bottom]))
                lines.append(line.translate(BRACKETS))
    return lines


@pytest.mark.once
@pytest.mark.parametrize("word", ["x" * 300, "\u0939" * 200, "https://example.org/" + "abc" * 40])
def test_long_words_stay_within_the_page(word: str) -> None:
    items = (Item(word[:40], (f"Before {word} after",)),)

    pdf = typesetting.typeset(PrintedPage("T", (), "", (Section("S", items),)), Paper.A4)

    page = pypdfium2.PdfDocument(pdf)[0]
    text, (width, _) = page.get_textpage(), page.get_size()
    assert max(text.get_charbox(at)[2] for at in range(text.count_chars())) < width * 0.84
    assert word in text.get_text_range().replace("\r\n", "")
    assert b"pdfuaid:part>1<" in pdf


def test_calendar_events_have_a_neutral_title_and_a_stable_id(
    couple: tuple[Person, Person],
) -> None:
    alice, bob = couple
    agree(couple, on=FIRST)
    ((uid, before),) = events(alice).items()
    assert list(events(bob)) == [uid]
    assert before["dtstart"].dt == FIRST
    assert str(before["summary"]) == "Something to look at together"
    assert "essag" not in alice.client.get("/understandings/dates.ics").text

    agree(couple, on=FIRST + timedelta(days=7))
    ((again, after),) = events(alice).items()

    assert again == uid
    assert after["dtstart"].dt == FIRST + timedelta(days=7)
    assert after["sequence"] > before["sequence"]
    assert str(after["status"]) == "CONFIRMED"


def test_a_date_that_is_off_is_cancelled(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    digest = agree(couple, on=FIRST)
    ((uid, before),) = events(alice).items()

    agreements.withdraw(bob.seat, "a1", digest)

    ((again, after),) = events(alice).items()
    assert (again, str(after["status"])) == (uid, "CANCELLED")
    assert after["sequence"] > before["sequence"]


def test_the_data_has_all_versions(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    agree(couple, words="as we said")
    agree(couple, on=FIRST)
    propose(bob, "a2")

    data = json.loads(alice.client.get("/understandings/page.json").content)

    assert data["partners"] == ["Alice", "Bob"]
    assert [entry["standing"] for entry in data["understandings"]] == ["agreed", "proposed"]
    newest, first = data["understandings"][0]["versions"]
    assert newest["lines"][0]["look_again_on"] == FIRST.isoformat()
    assert first["text"] == [
        "We see it differently, and that’s all right.",
        "In our own words: “as we said”",
    ]
    assert first["agreed_on"]


def test_downloads_do_not_reveal_at_what_hour_the_partner_was_here(
    couple: tuple[Person, Person],
) -> None:
    alice, bob = couple
    # At another hour than now, which the files name as the time they were made at.
    then = datetime.now(UTC) - timedelta(days=27, hours=7, minutes=13)
    with time_machine.travel(then, tick=False):
        agreements.withdraw(bob.seat, "a1", agree(couple))
    alice.client.force_login(alice.user)

    for name in ("page.json", "dates.ics"):
        text = alice.client.get(f"/understandings/{name}").text
        assert f"{then:%H:%M}" not in text
        assert f"{then:T%H%M}" not in text
    (version,) = alice.client.get("/understandings/page.json").json()["understandings"][0][
        "versions"
    ]
    days = [version[field] for field in ("proposed_on", "agreed_on", "open_again_since")]
    assert days == [f"{then:%Y-%m-%d}"] * 3


@pytest.mark.parametrize("name", ["a4.pdf", "us-letter.pdf", "dates.ics", "page.json"])
def test_downloads_have_nothing_private(couple: tuple[Person, Person], name: str) -> None:
    agree(couple, words="agreed by both", on=FIRST)
    for who in couple:
        answer = who.client.get(f"/understandings/{name}")
        text = read(answer.content) if name.endswith("pdf") else answer.text
        assert "canary" not in text
        assert "private" not in text.lower().replace("class:private", "")
        assert answer["Content-Disposition"].startswith("attachment")
        assert who.user.email not in text


def test_downloads_are_made_from_values_only() -> None:
    """The module imports nothing that could read a table."""
    taken = {name for name in vars(downloads) if not name.startswith("_")}

    assert {"talks", "answers", "comparison", "models", "Seat", "agreements"}.isdisjoint(taken)


def test_a_slow_pdf_does_not_block_other_requests(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    started, finished = threading.Event(), threading.Event()

    def slow(*args: Any, **kwargs: Any) -> Any:
        started.set()
        finished.wait(timeout=10)
        return subprocess.CompletedProcess(args, 0, b"%PDF", b"")

    page = PrintedPage("T", (), "", ())
    with mock.patch("boundaries.downloads.typesetting.subprocess.run", slow):
        thread = threading.Thread(target=typesetting.typeset, args=(page, Paper.A4))
        thread.start()
        started.wait(timeout=10)
        before = time.monotonic()
        answer = bob.client.get("/understandings/a4.pdf")
        took = time.monotonic() - before
        finished.set()
        thread.join()

    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert took < 2
    assert alice.client.get("/understandings/a4.pdf").status_code == 200  # the lock is free again
