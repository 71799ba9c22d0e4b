"""Finds a code in whatever a person pastes: the code, its link, a wrapped link, a whole message.

Used for the codes of invitations, therapist sheets and mails. Mail programs and chats encode links,
wrap them in links of their own, break lines and add text; keyboards replace characters. No
library was found that reverses all of this; the standard library decodes the individual formats.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from types import MappingProxyType
from urllib.parse import unquote

# Douglas Crockford's base 32. It leaves out I, L and O, which look like digits, and U.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LOOK_ALIKES = MappingProxyType({"O": "0", "I": "1", "L": "1"})
GROUP = 4  # letters between two hyphens
MAX_TEXT_LENGTH = 10_000  # characters; the rest is not searched
MAX_CODES = 8  # found in one text
MAX_VARIANTS = 24  # decodings of one text

DASH = "[-\u2010-\u2015\u2043\u2212_~]"
HYPHENATED = rf"\s?{DASH}\s?"
LOOSE = r"[^0-9A-Za-z#%=&?]{1,8}"
# A line break, possibly in quoted mail. The quantifiers are possessive, because many empty lines
# could otherwise be matched in exponentially many ways.
BREAK = r"(?:[ \t]*+\r?\n[>|\s]*+|[ ]>[ ])?+"
QUOTED_BYTES = re.compile("=[0-7][0-9A-F]|=[C-F][0-9A-F](?:=[89AB][0-9A-F]){1,3}", re.IGNORECASE)
NOT_AFTER, NOT_BEFORE = "(?<![0-9A-Za-z])", "(?![0-9A-Za-z])"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What the codes of one kind look like."""

    length: int  # without hyphens; a multiple of the group
    group: int = GROUP
    alphabet: str = ALPHABET
    look_alikes: Mapping[str, str] = field(default=LOOK_ALIKES)


MAILED = Shape(length=6, group=3, alphabet="0123456789")


def find(text: str, shape: Shape) -> list[str]:
    """Return the codes that a text may contain, without hyphens and most likely first.

    What looks like an ordinary word is left out, unless it is the whole text or follows # or code=.
    """
    variants = list(islice(_variants(_normal(text[:MAX_TEXT_LENGTH])), MAX_VARIANTS))
    whole = _code(re.sub("[^0-9A-Za-z]", "", variants[0]), shape)
    found = [whole] if whole else []
    for likely in (_after_a_mark, _hyphenated, _unseparated, _loosely_grouped):
        for variant in variants:
            found += likely(variant, shape)
    return list(dict.fromkeys(found))[:MAX_CODES]


def code_from(random_bytes: bytes, shape: Shape) -> str:
    """A new code of this shape, made from random bytes."""
    alphabet = shape.alphabet
    return "".join(alphabet[byte % len(alphabet)] for byte in random_bytes[: shape.length])


def grouped(code: str, group: int = GROUP) -> str:
    """A code with hyphens between groups, as it is shown and read aloud."""
    return "-".join(code[at : at + group] for at in range(0, len(code), group))


def normalized(text: str) -> str:
    """Reduce a typed code, such as an app's, to ASCII digits and capital letters."""
    return re.sub("[^0-9A-Z]", "", _normal(text[:MAX_TEXT_LENGTH]).upper())


def _variants(text: str) -> Iterator[str]:
    """Yield a text and everything it decodes to, applying all encodings again and again."""
    seen = {text: None}
    for variant in _growing(seen):
        yield variant
        for decode in (unquote, _from_html, _from_quoted_printable, _from_proofpoint):
            seen.setdefault(_normal(decode(variant)))


def _growing(seen: dict[str, None]) -> Iterator[str]:
    """Yield the keys of a dictionary, including those added during iteration."""
    at = 0
    while at < len(seen):
        yield next(islice(seen, at, None))
        at += 1


def _normal(text: str) -> str:
    """Make styled letters plain and all digits ASCII, and drop invisible characters.

    Truncates after normalizing, since one character can become eighteen.
    """
    return "".join(
        str(unicodedata.decimal(character, character))
        for character in unicodedata.normalize("NFKC", text)[:MAX_TEXT_LENGTH]
        if unicodedata.category(character) != "Cf"
    )


def _from_html(text: str) -> str:
    """Decode HTML entities. Very long numbers are removed first, since Python fails on them."""
    return html.unescape(re.sub("&#[0-9]{9,}", "", text))


def _from_quoted_printable(text: str) -> str:
    """Decode quoted-printable: "=" joins two lines, or starts a byte of UTF-8."""
    joined = re.sub(r"=[ \t]*(?:\r?\n|[ ])", "", text)
    return QUOTED_BYTES.sub(lambda found: unquote(found[0].replace("=", "%")), joined)


def _from_proofpoint(text: str) -> str:
    """Decode links rewritten by Proofpoint (version 2), which writes - for % and _ for /."""
    if "urldefense" not in text:
        return text
    return unquote(text.translate(str.maketrans("-_", "%/")))


def _after_a_mark(text: str, shape: Shape) -> Iterator[str]:
    """Codes after # or code=, as in a link."""
    before = r"(?:#|(?i:code)=)\s*"
    for grouped in _matches(text, shape, f"(?:{HYPHENATED})?", before, BREAK):
        if code := _code(grouped, shape):
            yield code


def _hyphenated(text: str, shape: Shape) -> Iterator[str]:
    """Codes in groups with hyphens or other dashes between them."""
    for grouped in _matches(text, shape, HYPHENATED, NOT_AFTER, BREAK):
        if code := _code(grouped, shape):
            yield code


def _unseparated(text: str, shape: Shape) -> Iterator[str]:
    """Codes without separators, except those that look like a word or a number."""
    for letters in _matches(text, shape, "", NOT_AFTER):
        if (code := _code(letters, shape)) and not _is_word(letters, shape):
            yield code


def _loosely_grouped(text: str, shape: Shape) -> Iterator[str]:
    """Codes in groups with the same separator between all of them, such as a space."""
    for grouped in _matches(text, shape, LOOSE, NOT_AFTER):
        between = set(re.split("[0-9A-Za-z]+", grouped)[1:-1])
        has_digit = any(character.isdecimal() for character in grouped)
        may_be_words = len(between) > 1 or (_has_vowels(shape) and not has_digit)
        if (code := _code(grouped, shape)) and not may_be_words:
            yield code


def _matches(text: str, shape: Shape, between: str, before: str, within: str = "") -> Iterator[str]:
    """Yield all matches, also overlapping ones. `within` is allowed between any two letters."""
    group = within.join(["[0-9A-Za-z]"] * shape.group)
    groups = f"{within}{between}{within}".join([group] * (shape.length // shape.group))
    for found in re.finditer(f"{before}(?=({groups}){NOT_BEFORE})", text):
        yield found[1]


def _code(letters: str, shape: Shape) -> str:
    """These letters as a code of this shape, or "" if they are not one."""
    code = normalized(letters)
    for alike, meant in shape.look_alikes.items():
        code = code.replace(alike, meant)
    return code if len(code) == shape.length and set(code) <= set(shape.alphabet) else ""


def _is_word(letters: str, shape: Shape) -> bool:
    """Whether these letters are more likely a word or a number than a code."""
    if not _has_vowels(shape):
        return False
    if letters.isdecimal():
        return True
    return letters.isalpha() and (
        not letters.isupper() or any(letter in letters for letter in shape.look_alikes)
    )


def _has_vowels(shape: Shape) -> bool:
    """Whether codes of this shape can contain vowels, and so look like words."""
    return not set("AEIOU").isdisjoint(shape.alphabet)
