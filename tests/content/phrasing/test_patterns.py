"""How patterns of words are read, and how a Hindi word is heard."""

from __future__ import annotations

import pytest

from boundaries.content.phrasing.patterns import Automaton
from boundaries.content.phrasing.rows import BadPattern
from boundaries.content.phrasing.sounds import key

GROUPS = {"kind": ["warm|dear", "very good"], "adverb": ["so", "of course"]}


def matched(pattern: str, text: str) -> list[str]:
    """The words that a pattern covers in a text, one match after another."""
    words = text.split()
    automaton = Automaton(["another", pattern], GROUPS)
    matches = [words[match.start : match.end] for match in automaton.matches(1, words)]
    assert bool(matches) == (1 in automaton.found(words))
    return [" ".join(match) for match in matches]


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("you are", "so you are you", ["you are"]),
        ("you are|were", "you were", ["you were"]),
        ("at-once|now", "go at once", ["at once"]),
        ("over~", "you overreact", ["overreact"]),
        ("just ~ed", "i just hugged her", ["just hugged"]),
        ("you {kind}", "you dear", ["you dear"]),
        ("you {kind}", "you very good", ["you very good"]),
        ("you _ good", "you look good", ["you look good"]),
        ("you _ good", "you good", []),
        ("you ..2 good", "you really look good", ["you really look good"]),
        ("you ..2 good", "you really do look good", []),
        ("you ..2 good", "you , good", []),
        ("you ... good", "you , said she , are very good", ["you , said she , are very good"]),
        ("you {adverb}* good", "you good", ["you good"]),
        ("you {adverb}* good", "you of course so so good", ["you of course so so good"]),
        ("you {adverb}+ good", "you good", []),
        ("you so? good", "you so so good", []),
        ("^ you", "^ so you", []),
        ("you .|?", "you ?", ["you ?"]),
    ],
)
def test_a_pattern_covers_its_words(pattern: str, text: str, found: list[str]) -> None:
    assert matched(pattern, text) == found


def test_brackets_say_what_is_quoted() -> None:
    words = ["so", "you", "really", "always", "do"]
    (match,) = Automaton(["you {adverb}* _? [ always ] do"], GROUPS).matches(0, words)

    assert (match.start, match.end) == (1, 5)
    assert match.quoted == (3, 4)


@pytest.mark.parametrize("pattern", ["{nobody}", "{adverb}*", "you {adverb", ""])
def test_a_pattern_that_cannot_be_meant_is_refused(pattern: str) -> None:
    with pytest.raises(BadPattern):
        Automaton([pattern], GROUPS)


@pytest.mark.parametrize(
    "spellings",
    [
        "हमेशा hamesha hmesha hameshaa",
        "कभी kabhi kbhi kabhee",
        "नहीं nahin nahi nhi",
        "तुम्हें tumhe tumhein tumhen",
        "चाहिए chahiye chahie",
        "महसूस mehsoos mahsus mehsus",
        "ज़्यादा zyada jyada zyaada",
        "झूठे jhoothe jhuthe",
        "बच्चा bachcha baccha bacha",
        "वक़्त waqt vaqt wakt",
        "सॉरी sorry sori",
    ],
)
def test_a_hindi_word_sounds_the_same_however_it_is_written(spellings: str) -> None:
    assert len({key(word) for word in spellings.split()}) == 1


def test_other_hindi_words_sound_different() -> None:
    words = {"तुम", "तू", "मुझे", "मेरा", "कभी", "कब", "हमेशा", "नहीं", "है", "हो", "का", "की"}
    words |= {"के", "को", "क्या", "क्यों", "बस", "सिर्फ़", "झूठ", "सच"}

    assert len({key(word) for word in words}) == len(words)
