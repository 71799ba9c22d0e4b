"""Pages are written so that everybody can read them: short sentences, common words.

The measure is the school grade of Flesch and Kincaid, as textstat computes it with the syllables of
the dictionary of Carnegie Mellon.
"""

from __future__ import annotations

import re
import statistics
from html.parser import HTMLParser

import pytest
import textstat
from django.test import Client

from tests.journeys.everywhere import NOBODY, STATES, pages, somebody

pytestmark = [pytest.mark.every_day, pytest.mark.once, pytest.mark.django_db(transaction=True)]

MEDIAN, HIGHEST = 6.0, 8.0  # grades
FULL_TEXTS = {"/privacy/"}  # they say everything, for whoever wants to know
FEW = 30  # words: a page with fewer has no grade worth the name
INLINE = {
    *("a", "abbr", "b", "bdi", "button", "code", "em", "i", "input", "kbd", "output", "q", "s"),
    *("small", "span", "strong", "sub", "sup", "time", "u", "wbr"),
}
VOID = {"br", "hr", "img", "input", "link", "meta", "source", "wbr"}
# What people wrote, names, codes and addresses are not our text; a list of choices is no sentence.
NOT_OURS = {"theirs", "name", "code", "codes", "words", "for-readers"}
UNSEEN = {"script", "style", "svg", "template", "textarea", "select", "datalist"}


class Sentences(HTMLParser):
    """The text of a page's main part, with a full stop after every block that has none."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.blocks: list[str] = [""]
        self._open: list[tuple[str, bool]] = []  # tags, and whether their text is left out
        self._main = False
        self.feed(page)

    @property
    def text(self) -> str:
        blocks = (re.sub(r"\s+", " ", block).strip(" ·…") for block in self.blocks)
        # A label of a word or two is no sentence, and would make every page easy.
        return " ".join(
            block if block[-1] in ".?!:" else f"{block}."
            for block in blocks
            if len(block.split()) > 2
        )

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._main = self._main or tag == "main"
        if tag not in INLINE:
            self.blocks.append("")
        if tag in VOID:
            return
        names = dict(attrs)
        out = (
            tag in UNSEEN
            or "hidden" in names
            or not NOT_OURS.isdisjoint((names.get("class") or "").split())
            or bool(self._open and self._open[-1][1])
        )
        self._open.append((tag, out))

    def handle_endtag(self, tag: str) -> None:
        if tag not in (name for name, _ in self._open):
            return
        while self._open.pop()[0] != tag:
            pass
        self._main = self._main and tag != "main"
        if tag not in INLINE:
            self.blocks.append("")

    def handle_data(self, data: str) -> None:
        if self._main and not (self._open and self._open[-1][1]):
            self.blocks[-1] += data


def test_a_page_is_cut_into_the_sentences_that_are_seen() -> None:
    page = """<title>Not this</title><main><h1>What you two said</h1><svg><title>no</title></svg>
      <p>You open it <b>together</b>.</p><ul><li>Fine</li><li>One for you both to keep</li></ul>
      <p class="theirs">Whatever somebody wrote</p></main><footer>Nor this one here</footer>"""

    found = Sentences(page).text

    assert found == "What you two said. You open it together. One for you both to keep."


def test_every_page_can_be_read_at_school() -> None:
    grades: dict[str, float] = {}
    for state in STATES:
        who = somebody(state)
        client = who.client if who else Client()
        for path in pages(state, who):
            text = Sentences(client.get(path).content.decode()).text
            if len(text.split()) >= FEW:
                grades[f"{state} {path}"] = textstat.flesch_kincaid_grade(text)

    by_grade = sorted(grades.items(), key=lambda item: -item[1])
    hard = [
        f"{grade:.1f} {page}"
        for page, grade in by_grade
        if grade > HIGHEST and page.split()[1] not in FULL_TEXTS
    ]
    print(f"{len(grades)} pages, median grade {statistics.median(grades.values()):.1f}")
    print("\n".join(f"{grade:.1f} {page}" for page, grade in by_grade[:20]))
    assert NOBODY in {page.split()[0] for page in grades}
    assert hard == []
    assert statistics.median(grades.values()) <= MEDIAN
