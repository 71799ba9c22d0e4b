"""PDFs can be made on any machine; if one fails, its page and the log say why."""

from __future__ import annotations

import logging
import re
import unicodedata
import zlib
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse

from boundaries.agreements import copies
from boundaries.downloads import typesetting
from boundaries.downloads.typesetting import Item, Paper, PrintedPage, Section
from boundaries.leaving import data_export
from boundaries.leaving import rules as leaving
from boundaries.leaving.data_export import ExportState
from boundaries.sentences import Sentence, ours, theirs
from boundaries.sentences import name as first_name
from tests.conftest import Person
from tests.therapist_sheet.test_rules import couple as couple
from tests.therapist_sheet.test_rules import released

pytestmark = [pytest.mark.turns(3), pytest.mark.django_db]

WORDS = "We tell each other first. हम पहले बताते हैं। 🫶 "
HOWS = {  # how a child fails, and what the log says about it
    "import sys; print('canary', file=sys.stderr); sys.exit(1)": "exit 1",
    "print('canary')": "no PDF",
    "import os; os.abort()": "SIGABRT",
    "import os, signal; os.kill(os.getpid(), signal.SIGKILL)": "SIGKILL",
    "import time; time.sleep(60)": "timeout",
}


def long_page(characters: int, words: str = WORDS) -> PrintedPage:
    text = words * (1 + 300 // len(words))
    items = tuple(Item("Messaging", (text[:300],)) for _ in range(characters // 300))
    return PrintedPage("T", (), "", (Section("S", items),))


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The program that makes a PDF, as a file that a test can replace."""
    child = tmp_path / "child.py"
    monkeypatch.setattr(typesetting, "CHILD", child)
    monkeypatch.setattr(typesetting, "MAX_WAIT", 2)
    child.write_text("raise SystemExit(1)")
    return child


@pytest.mark.once
@pytest.mark.parametrize("cores", ["16", "64", "256"])
def test_a_long_pdf_can_be_made_on_many_cores(cores: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAYON_NUM_THREADS", cores)

    assert typesetting.typeset(long_page(57_600), Paper.A4).startswith(b"%PDF")


@pytest.mark.once
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="counts threads in /proc")
def test_a_pdf_takes_two_threads_on_any_machine(
    broken: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAYON_NUM_THREADS", "64")
    child = Path(typesetting.__file__).with_name("child.py")
    broken.write_text(
        f"import runpy, sys; runpy.run_path({str(child)!r}, run_name='__main__')\n"
        "sys.stdout.write(open('/proc/self/status').read())"
    )

    status = typesetting.typeset(long_page(3000), Paper.A4)

    found = re.search(rb"^Threads:\s*(\d+)$", status, re.M)
    assert found
    assert int(found[1]) <= 2  # its own and one of Typst's


@pytest.mark.once
def test_the_child_inherits_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SECRET_KEY", "MASTER_KEYS", "DATABASE_URL", "EMAIL_URL", "TYPST_FONT_PATHS"):
        monkeypatch.setenv(name, "canary")

    assert "canary" not in str(typesetting.environment())


@pytest.mark.once
@pytest.mark.parametrize("words", [WORDS, "हम एक-दूसरे को पहले बताते हैं। ", "你好 世界 hello "])
def test_the_limits_allow_more_than_two_people_can_agree_on(words: str) -> None:
    assert typesetting.typeset(long_page(200_000, words), Paper.A4).startswith(b"%PDF")


@pytest.mark.once
def test_long_words_from_right_to_left_do_not_prevent_a_pdf() -> None:
    """Otherwise one partner could prevent the other's PDF."""
    assert typesetting.typeset(long_page(150_000, "مرحبا-" * 50), Paper.A4).startswith(b"%PDF")


@pytest.mark.once
def test_a_pdf_cannot_exceed_its_memory_limit(broken: Path) -> None:
    child = Path(typesetting.__file__).with_name("child.py").read_text()
    hog = child.replace("data = json.load(sys.stdin)", "sys.stdout.write('%PDF' + 'x' * 2**30)")
    assert hog != child
    broken.write_text(hog)

    with pytest.raises(typesetting.Failed):
        typesetting.typeset(long_page(300), Paper.A4)


@pytest.mark.once
@pytest.mark.parametrize(("program", "how"), HOWS.items(), ids=HOWS.values())
def test_the_log_says_how_a_pdf_failed_without_its_text(
    program: str, how: str, broken: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broken.write_text(program)

    with caplog.at_level(logging.DEBUG), pytest.raises(typesetting.Failed):
        typesetting.typeset(long_page(3000, "canary "), Paper.A4)

    (record,) = (
        record for record in caplog.records if record.name == "boundaries.downloads.typesetting"
    )
    assert (record.msg, record.levelname) == ("a page could not be set in type", "ERROR")
    assert {"what": how, "size": 4000}.items() <= record.__dict__.items()
    assert "canary" not in str(record.__dict__)


def test_the_page_about_a_failed_pdf_offers_another_way(
    couple: tuple[Person, Person], broken: Path
) -> None:
    alice, bob = couple
    code = released(couple, "a1", "a2")
    shown = {
        "agreements": (
            alice.client.get(reverse("agreements-pdf-a4")),
            [f'href="{reverse("agreements")}"', f'href="{reverse("agreements-data")}"'],
        ),
        "sheet": (
            alice.client.get(reverse("therapist-sheet-pdf-letter")),
            [f'href="{reverse("therapist-sheet")}"'],
        ),
        "sheet, by its code": (
            Client().post(reverse("therapist-sheet-read-on-paper"), {"code": code}),
            [f'action="{reverse("therapist-sheet-read")}"', f'name="code" value="{code}"'],
        ),
    }
    leaving.part(bob.seat)
    (copy,) = copies.all_of(alice.seat)
    shown["copy"] = (
        alice.client.get(reverse("leaving-copy-a4", args=[copy.id])),
        [
            f'href="{reverse("leaving-copies")}"',
            f'href="{reverse("leaving-copy-data", args=[copy.id])}"',
        ],
    )

    for name, (answer, ways) in shown.items():
        assert answer.status_code == 500, name
        assert "Retry-After" not in answer, name
        assert "This PDF can’t be made" in answer.text, name
        assert "In a moment" not in answer.text, name
        assert re.search(r"says nothing about you: [0-9a-f]{16}", answer.text), name
        for way in ways:
            assert way in answer.text, (name, way)


def test_the_busy_page_repeats_the_same_request(
    couple: tuple[Person, Person],
) -> None:
    code = released(couple, "a1", "a2")
    with typesetting._free:
        linked = couple[0].client.get(reverse("agreements-pdf-a4"))
        sent = Client().post(reverse("therapist-sheet-read-on-paper"), {"code": code})

    for answer in (linked, sent):
        assert answer.status_code == 503
        assert answer["Retry-After"]
    assert '<a class="button" href="">' in linked.text
    assert '<form action="" method="post">' in sent.text
    assert f'name="code" value="{code}"' in sent.text


def test_an_export_has_text_if_its_pdf_fails(alice: Person, broken: Path) -> None:
    data_export.ask(alice.seat)

    assert data_export.standing(alice.seat).state == ExportState.READY
    with ZipFile(BytesIO(data_export.take(alice.seat))) as file:
        assert sorted(file.namelist()) == ["my-data.json", "page-1.txt"]
        text = file.read("page-1.txt").decode()
    assert "could not be made as a PDF" in text
    assert "Your account" in text
    assert alice.user.email in text


def test_no_link_to_a_pdf_has_the_download_attribute(
    couple: tuple[Person, Person],
) -> None:
    """With it, a browser would show its own error instead of our page."""
    released(couple, "a1", "a2")
    client = couple[0].client
    for name in ("agreements", "therapist-sheet", "leaving-part"):
        page = client.get(reverse(name)).text
        assert "/a4.pdf" in page or ".pdf" in page, name
        assert not re.search(r"<a [^>]*\sdownload", page), name


def copied(pdf: bytes) -> str:
    """Return the text of a PDF as PDFium copies it, with its lines joined."""
    pages = pypdfium2.PdfDocument(pdf)
    return "".join(page.get_textpage().get_text_range() for page in pages).replace("\r\n", "")


def claims_to_be_accessible(pdf: bytes) -> bool:
    return b"pdfuaid:part>1<" in pdf


@pytest.mark.once
def test_text_copied_from_a_pdf_is_what_was_written() -> None:
    wrong = {}
    for words in (
        "https://example.org/a/path?with=words&of=" + "letters-and_more%20" * 12 + "#end",
        "https://example.org/" + "a-b" * 40,
        "We say it well-meant, face-to-face and same-day, at https://example.org/a-b. " * 12
        + "And so on.",
        "x" * 300,
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
        "anna.maria@" + "sub." * 20 + "example.org",
        "ह" * 90,  # a word without marks
        "\U0001faf6 ❤️ \U0001f44d\U0001f3fd \U0001f1ee\U0001f1f3",
        "\U0001f469\u200d❤️\u200d\U0001f468" * 20,
        "office, affluent; naïve façade — “quoted”, 1,234.50 €",
        "Ελληνικά λόγια, русские слова",
    ):
        pdf = typesetting.typeset(page_of(words), Paper.A4)
        if f"Before {words} after" not in copied(pdf) or not claims_to_be_accessible(pdf):
            wrong[words] = copied(pdf)

    assert not wrong


@pytest.mark.once
def test_a_long_devanagari_word_is_copied_without_extra_letters() -> None:
    words = "एकदूसरेकोपहलेबतातेहैंऔरप्यारसेकहतेहैंक्षमाश्रीद्वितीयविज्ञान" * 2

    assert f"Before {words} after" in copied(typesetting.typeset(page_of(words), Paper.A4))


@pytest.mark.once
@pytest.mark.parametrize(
    "words",
    [
        "हम एक दूसरे को पहले बताते हैं",
        "धर्म",
        "q\u0303",
        "x\u0302",
        "ई",
        "\u1e0b",
        "שלום עולם",
        "مرحبا بالعالم",
    ],
)
def test_a_pdf_that_some_readers_copy_wrongly_does_not_claim_pdf_ua(words: str) -> None:
    pdf = typesetting.typeset(page_of(words), Paper.A4)

    assert b"/StructTreeRoot" in pdf
    assert not claims_to_be_accessible(pdf)
    assert "An empty box marks" not in copied(pdf)


@pytest.mark.once
def test_letters_we_call_exact_are_copied_exactly() -> None:
    """Fonts draw some letters without marks in parts, too, and those are copied twice."""
    letters = [
        letter
        for first, last in ((0xA0, 0x250), (0x370, 0x530), (0x900, 0x980), (0x1E00, 0x2000))
        for letter in map(chr, range(first, last))
        if letter.isalpha() and typesetting.copies_exactly(letter)
    ]
    words = [f"({letter}{letter}b)" for letter in letters]
    items = tuple(
        Item("I", tuple(words[at : at + 50]), " ".join(words[at : at + 50]))
        for at in range(0, len(words), 50)
    )
    assert len(letters) > 1000

    text = copied(typesetting.typeset(PrintedPage("T", (), "", (Section("S", items),)), Paper.A4))

    composed = unicodedata.normalize("NFC", text)
    doubled = [letter for letter in letters if letter * 4 in text or letter * 4 in composed]
    assert not doubled


@pytest.mark.once
def test_a_tab_separates_two_words() -> None:
    assert "Before one two after" in copied(typesetting.typeset(page_of("one\ttwo"), Paper.A4))


@pytest.mark.once
def test_a_composed_letter_does_not_count_as_a_mark() -> None:
    assert typesetting.copies_exactly("e\u0301 ❤️")


def page_of(words: str) -> PrintedPage:
    return PrintedPage("T", (), "", (Section("S", (Item("I", (f"Before {words} after",)),)),))


LANGUAGES = re.compile(rb"/Lang\s*\((.*?)\)")
STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)


@pytest.mark.parametrize("of_words", ["", "hi"])
def test_words_in_another_language_are_said_to_be_in_it(of_words: str) -> None:
    words = Sentence([ours("हम पहले बताते हैं।")], of_words)
    page = PrintedPage("Title", ("Lead",), "foot", (Section("One", (Item("a", (words,)),)),))
    pdf = typesetting.typeset(page, Paper.A4)

    unpacked = pdf
    for stream in STREAM.findall(pdf):
        with suppress(zlib.error):
            unpacked += zlib.decompress(stream)
    assert set(LANGUAGES.findall(unpacked)) == {b"en", of_words.encode()} - {b""}


NAMES = [
    ("Zoë", False),
    ("Ελένη", False),
    ("Юлия", False),
    ("आशा ऱ्हाणे", False),
    ("ٹیپو گڑھی", False),
    ("דנה", False),
    ("தமிழ்", True),
    ("ঐশী", True),
    ("ਜਸਪ੍ਰੀਤ", True),
    ("李明", True),
    ("민지", True),
    ("สมชาย", True),
]


@pytest.mark.once
@pytest.mark.parametrize(("words", "boxes"), NAMES)
def test_it_is_known_before_a_pdf_is_made_that_letters_are_missing(words: str, boxes: bool) -> None:
    page = PrintedPage("T", (), "", (Section("S", (Item("Messaging", (words,)),)),))

    assert typesetting.will_have_boxes(page) == boxes
    assert (str(typesetting.BOXES) in copied(typesetting.typeset(page, Paper.A4))) == boxes


def test_more_fonts_may_have_those_letters(settings: Any) -> None:
    settings.PDF_FONTS = ["/fonts"]

    assert not typesetting.will_have_boxes(long_page(300, "李明 "))


def test_a_page_says_so_before_printing_and_offers_both_ways(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    bob.user.first_name = "தமிழ்"
    bob.user.save()
    code = released(couple, "a1", "a2")
    path = reverse("agreements-pdf-a4")

    linked = alice.client.get(path)
    sent = Client().post(reverse("therapist-sheet-read-on-paper"), {"code": code})

    for answer in (linked, sent):
        assert "Some letters are missing" in answer.text
    assert f'href="{reverse("agreements")}"' in linked.text
    assert '<a class="button plain" href="?anyway=yes">' in linked.text
    assert '<form action="?anyway=yes" method="post">' in sent.text
    assert f'name="code" value="{code}"' in sent.text
    for answer in (
        alice.client.get(f"{path}?anyway=yes"),
        Client().post(f"{reverse('therapist-sheet-read-on-paper')}?anyway=yes", {"code": code}),
    ):
        assert answer.content.startswith(b"%PDF")


@pytest.mark.once
def test_devanagari_is_set_in_bold_and_in_italics() -> None:
    words = Sentence([first_name("a", "आशा"), ours(" कहें "), theirs("ठीक है")])
    page = PrintedPage("शीर्षक", (), "", (Section("S", (Item("I", (words,)),)),), "hi")

    document = pypdfium2.PdfDocument(typesetting.typeset(page, Paper.A4))

    drawn = document[0].get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_TEXT])
    fonts = {text.get_font().get_base_name().split("+")[-1] for text in drawn}
    assert {f"NotoSerifDevanagari-{style}" for style in ("Regular", "SemiBold", "Italic")} <= fonts
