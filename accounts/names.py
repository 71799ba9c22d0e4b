"""First names: which are valid, how they are shown, and when two look the same.

The table of look-alikes is Unicode's (UTS 39), from the package confusable-homoglyphs. Also
considered: PyICU, which needs a compiler and ICU; and `confusables`, whose table is of 2020.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping

from confusable_homoglyphs.confusables import confusables_data
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.text import OwnWords, one_line

MAX_WORDS = 3
APOSTROPHES = "'’"
HYPHENS = "-\u2010\u2011\u058a\u05be\u30a0"  # also Armenian, Hebrew and Japanese ones
SYLLABLES = "\u0f0b\u0f0c"  # between syllables in Tibetan
PUNCTUATION = (
    f"{APOSTROPHES}{HYPHENS}{SYLLABLES}.\u00b7\u2027\u30fb\u05f3"  # middle dots, and a geresh
)
IN_A_ROW = re.compile(rf"(?!\.[{HYPHENS}])[{re.escape(PUNCTUATION)}]{{2}}")  # "J.-P." is a name
JOINERS = "\u200c\u200d\u180e"  # Persian, the languages of India and Mongolian spell with them
ALSO_ALLOWED = frozenset(f"{PUNCTUATION}{JOINERS} ")
BLANK = frozenset("\u115f\u1160\u17b4\u17b5\u3164\uffa0")  # letters by category, but invisible
NUMBERS = (" (1)", " (2)")
MARKS = ("Mn", "Mc")  # not those that enclose a letter

NOT_A_NAME = _(
    "Please use letters only; an apostrophe, a hyphen or a full stop is fine too. "
    "Any name you go by will do."
)
TOO_MANY_WORDS = _("Please use three words at the most. Any name you go by will do.")


def validate_first_name(name: str) -> None:
    """Raises ValidationError for text that is no first name: sentences, digits, symbols, emoji."""
    first = name.lstrip(APOSTROPHES)[:1]
    is_valid = all(map(_is_allowed, name)) and not IN_A_ROW.search(name)
    if not first.isalpha() or not is_valid or DOUBLE.search(name):
        raise ValidationError(NOT_A_NAME, code="not_a_name")
    if len(name.split()) > MAX_WORDS:
        raise ValidationError(TOO_MANY_WORDS, code="too_many_words")


def shown(name: str) -> OwnWords:
    """A name as it is shown. Names that are older than the rules are put in quotation marks.

    A valid name contains no quotation marks, digits or brackets, so nothing that is added to a
    name can be mistaken for a part of it.
    """
    try:
        validate_first_name(name)
    except ValidationError:
        visible = "".join(letter for letter in name if letter.isprintable() or letter.isspace())
        return OwnWords(quoted(visible))
    return OwnWords(name)


def distinguished(left: str, right: str) -> tuple[OwnWords, OwnWords]:
    """Two names as they are shown together, with numbers if they look the same.

    The number depends on the side, so both partners see the same.
    """
    if look_alike(left, right):
        first, second = NUMBERS
        return OwnWords(shown(left) + first), OwnWords(shown(right) + second)
    return shown(left), shown(right)


def is_numbered(name: str) -> bool:
    """Whether a name, as it is shown, was given a number."""
    return name.endswith(NUMBERS)


def look_alike(one: str, other: str) -> bool:
    """Whether two names can be mistaken for one another, in any alphabet and case."""
    return one == other or not _looks(one).isdisjoint(_looks(other))


def quoted(words: str) -> str:
    """Text on one line in quotation marks. Quotation marks inside become single ones."""
    inner = DOUBLE.sub(_single, one_line(words))
    return f"“{inner}”"


# Unicode's Quotation_Mark and its look-alikes: double ones, and two single ones in a row.
OPENING_DOUBLE = "\u201c\u201e\u201f\u00ab\u2e42\u301d\u2036\u2037\u275d\U0001f676\U0001f678"
OPENING = frozenset(f"{OPENING_DOUBLE}\u2018\u201a\u201b\u2039")
CLOSING_DOUBLE = (
    '"\u201d\u00bb\u301e\u301f\uff02\u2033\u02ba\u02dd\u02ee\u05f4\u275e\U0001f677'
    "\u02f6\u1cd3\u2034\u2057\u2760\u3003"
)
SINGLE = (
    "'\u2018\u2019\u201a\u201b\u2039\u203a\uff07\u02bb\u02bc\u2032"
    "`\u00b4\u02b9\u02bd\u02be\u02c8\u02ca\u02cb\u02f4\u0384\u055a\u055d\u05f3\u07f4\u07f5"
    "\u1fbd\u1fbf\u1ffe\u2035\u275b\u275c\uff40\ua78c"
)
DOUBLE = re.compile(f"[{OPENING_DOUBLE}{CLOSING_DOUBLE}]|[{SINGLE}]{{2}}")


def _single(match: re.Match[str]) -> str:
    return "‘" if match[0][0] in OPENING else "’"


def _is_allowed(character: str) -> bool:
    if character in BLANK:
        return False
    category = unicodedata.category(character)
    return category[0] == "L" or category in MARKS or character in ALSO_ALLOWED


def _looks(name: str) -> set[str]:
    """A name with all characters that look alike replaced by the same one."""
    plain = unicodedata.normalize("NFKC", name)
    return {_skeleton(plain), _skeleton(plain.casefold())}


def _skeleton(name: str) -> str:
    spelt = _bare(unicodedata.normalize("NFKD", name))
    return _bare(unicodedata.normalize("NFKD", spelt.translate(LOOK_ALIKES)))


def _bare(name: str) -> str:
    """Without spaces, punctuation and invisible characters."""
    return "".join(letter for letter in name if letter.isalnum() or unicodedata.combining(letter))


def _look_alikes(table: Mapping[str, list[dict[str, str]]]) -> Iterator[tuple[int, str]]:
    """Map every character to one that represents all that look like it."""
    stands_for: dict[str, str] = {}

    def find(character: str) -> str:
        while (up := stands_for.get(character, character)) != character:
            character = up
        return character

    for character, likes in table.items():
        for like in likes:
            one, other = find(character), find(like["c"])
            # Represented by the longest ("rn" rather than "m"), then by the smallest.
            first, second = sorted((one, other), key=lambda c: (-len(c), c))
            stands_for[second] = first
    for character in table:
        if len(character) == 1 and find(character) != character:
            yield ord(character), find(character)


LOOK_ALIKES = dict(_look_alikes(confusables_data))
