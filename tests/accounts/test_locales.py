"""Dates and lists are written as the active language writes them."""

from __future__ import annotations

from datetime import date

import pytest
from django.template import Context, Template
from django.utils import translation

from accounts import locales
from boundaries import sentences
from boundaries.sentences import Sentence, filled, ours, theirs
from boundaries.vocabulary import Need

DAY = date(2026, 12, 5)


@pytest.mark.parametrize(
    ("language", "day", "short", "list"),
    [
        ("en", "5 December 2026", "5 December", "a, b and c"),
        ("hi", "5 दिसंबर 2026", "5 दिसंबर", "a, b और c"),
        ("de", "5. Dezember 2026", "5. Dezember", "a, b und c"),
        ("pt-br", "5 de dezembro de 2026", "5 de dezembro", "a, b e c"),
        ("ar-xb", "5 ديسمبر 2026", "5 ديسمبر", "a وb وc"),  # no such locale: its base language
        ("xx", "5 December 2026", "5 December", "a, b and c"),
    ],
)
def test_a_date_and_a_list_in_a_language(language: str, day: str, short: str, list: str) -> None:
    with translation.override(language):
        assert locales.day(DAY) == day
        assert locales.day_and_month(DAY) == short
        assert locales.listed("abc") == list
        assert Sentence(sentences.joined([ours("a"), ours("b"), theirs("c")])) == list.replace(
            "c", "“c”"
        )


def test_weekdays() -> None:
    assert locales.weekday_and_day(DAY) == "Saturday, 5 December"
    assert locales.weekday_and_whole_day(DAY) == "Saturday, 5 December 2026"
    with translation.override("hi"):
        assert locales.weekday_and_day(DAY) == "शनिवार, 5 दिसंबर"


def test_lists_of_one_and_of_none() -> None:
    assert (locales.listed(["a"]), locales.listed([])) == ("a", "")
    assert sentences.joined([ours("a")]) == [ours("a")]


def test_in_a_template() -> None:
    page = Template("{% load locales %}{{ at|day }}|{{ none|day }}|{{ needs|labels|listed }}")

    shown = page.render(Context({"at": DAY, "none": None, "needs": [Need.TRUST, Need.FUN]}))

    assert shown == "5 December 2026||trust and fun"


def test_what_a_list_holds_is_escaped() -> None:
    shown = Template("{% load locales %}{{ words|listed }}").render(Context({"words": ["<", "b"]}))

    assert shown == "&lt; and b"


@pytest.mark.parametrize("ends", ["हाँ।", "yes.", "yes?", "yes …", "نعم؟"])
def test_words_that_end_a_sentence_get_no_full_stop(ends: str) -> None:
    assert sentences.with_full_stop(filled("%(words)s", words=ours(ends))) == [ours(ends)]
