"""Finds a code in whatever a person pastes: the code, its link, a wrapped link, a whole message.

One place for the codes of invitations, of sheets for a therapist and of mails. Mail programs and
chats encode links, wrap them in links of their own, break their lines and add to them; keyboards
change letters. No library was found that takes all this back; the standard library decodes each.
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

# Douglas Crockford's base 32: no I, L, O or U, so that nothing read aloud can be mistaken.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LOOK_ALIKES = MappingProxyType({"O": "0", "I": "1", "L": "1"})
GROUP = 4  # letters between two hyphens
MAX_TEXT_LENGTH = 10_000  # characters that are searched
MAX_CODES = 8  # of one text that are tried
MAX_VARIANTS = 24  # of one text, each decoded in another way

DASH = "[-\u2010-\u2015\u2043\u2212_~]"
HYPHENATED = rf"\s?{DASH}\s?"
LOOSE = r"[^0-9A-Za-z#%=&?]{1,8}"
# The end of a line, perhaps in a quotation. It gives nothing back, or many empty lines could be
# taken in so many ways that nobody lives to see the last.
BREAK = r"(?:[ \t]*+\r?\n[>|\s]*+|[ ]>[ ])?+"
QUOTED = re.compile("=[0-7][0-9A-F]|=[C-F][0-9A-F](?:=[89AB][0-9A-F]){1,3}", re.IGNORECASE)
NOT_AFTER, NOT_BEFORE = "(?<![0-9A-Za-z])", "(?![0-9A-Za-z])"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What the codes of one kind look like."""

    length: int  # without hyphens; a multiple of GROUP
    alphabet: str = ALPHABET
    look_alikes: Mapping[str, str] = field(default=LOOK_ALIKES)


MAILED = Shape(length=8, alphabet="BCDFGHJKLMNPQRSTVWXZ", look_alikes=MappingProxyType({}))


def find(text: str, shape: Shape) -> list[str]:
    """The codes that may be meant in a text, without hyphens, the likeliest first.

    An ordinary word of the same length is none.
    """
    variants = list(islice(_variants(_normal(text[:MAX_TEXT_LENGTH])), MAX_VARIANTS))
    whole = _code(re.sub("[^0-9A-Za-z]", "", variants[0]), shape)
    found = [whole] if whole else []
    for likely in (_after_a_mark, _hyphenated, _in_one, _loose):
        for variant in variants:
            found += likely(variant, shape)
    return list(dict.fromkeys(found))[:MAX_CODES]


def code_from(drawn: bytes, shape: Shape) -> str:
    """A code of this kind, made of random bytes."""
    alphabet = shape.alphabet
    return "".join(alphabet[byte % len(alphabet)] for byte in drawn[: shape.length])


def grouped(code: str) -> str:
    """A code in groups, as it is read aloud."""
    return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def normalized(text: str) -> str:
    """A code that stands alone, such as an app's, without spaces and in plain capitals."""
    return re.sub("[^0-9A-Z]", "", _normal(text[:MAX_TEXT_LENGTH]).upper())


def _variants(text: str) -> Iterator[str]:
    """The text, and all that comes of decoding it in the ways in which mails and links are."""
    seen = {text: None}
    for variant in _growing(seen):
        yield variant
        for decode in (unquote, _from_html, _unwrapped, _from_proofpoint):
            seen.setdefault(_normal(decode(variant)))


def _growing(seen: dict[str, None]) -> Iterator[str]:
    """All keys of a dictionary, also those that come while it is read."""
    at = 0
    while at < len(seen):
        yield next(islice(seen, at, None))
        at += 1


def _normal(text: str) -> str:
    """Full-width and styled letters as plain ones, all digits as 0 to 9, nothing invisible.

    It is cut: one character can stand for eighteen.
    """
    return "".join(
        str(unicodedata.decimal(each, each))
        for each in unicodedata.normalize("NFKC", text)[:MAX_TEXT_LENGTH]
        if unicodedata.category(each) != "Cf"
    )


def _from_html(text: str) -> str:
    """A number of more digits than any character has is none, and Python would not read it."""
    return html.unescape(re.sub("&#[0-9]{9,}", "", text))


def _unwrapped(text: str) -> str:
    """Quoted-printable: an equals sign ends a line that goes on, or begins a byte of UTF-8."""
    joined = re.sub(r"=[ \t]*(?:\r?\n|[ ])", "", text)
    return QUOTED.sub(lambda found: unquote(found[0].replace("=", "%")), joined)


def _from_proofpoint(text: str) -> str:
    """Version 2 of its links writes - for % and _ for /."""
    if "urldefense" not in text:
        return text
    return unquote(text.translate(str.maketrans("-_", "%/")))


def _after_a_mark(text: str, shape: Shape) -> Iterator[str]:
    """Where a link has it: behind # or code=."""
    before = r"(?:#|(?i:code)=)\s*"
    for grouped in _matches(text, shape, f"(?:{HYPHENATED})?", before, BREAK):
        if code := _code(grouped, shape):
            yield code


def _hyphenated(text: str, shape: Shape) -> Iterator[str]:
    for grouped in _matches(text, shape, HYPHENATED, NOT_AFTER, BREAK):
        if code := _code(grouped, shape):
            yield code


def _in_one(text: str, shape: Shape) -> Iterator[str]:
    for letters in _matches(text, shape, "", NOT_AFTER):
        if (code := _code(letters, shape)) and not _is_word(letters, shape):
            yield code


def _loose(text: str, shape: Shape) -> Iterator[str]:
    """In groups with the same between all of them, such as a space or a full stop."""
    for grouped in _matches(text, shape, LOOSE, NOT_AFTER):
        between = set(re.split("[0-9A-Za-z]+", grouped)[1:-1])
        has_digit = any(each.isdecimal() for each in grouped)
        may_be_words = len(between) > 1 or (_has_vowels(shape) and not has_digit)
        if (code := _code(grouped, shape)) and not may_be_words:
            yield code


def _matches(text: str, shape: Shape, between: str, before: str, within: str = "") -> Iterator[str]:
    """All places, also where two overlap. `within` may stand between any two letters."""
    group = within.join(["[0-9A-Za-z]"] * GROUP)
    groups = f"{within}{between}{within}".join([group] * (shape.length // GROUP))
    for found in re.finditer(f"{before}(?=({groups}){NOT_BEFORE})", text):
        yield found[1]


def _code(letters: str, shape: Shape) -> str:
    """These letters as a code of this kind, or nothing if they are none."""
    code = normalized(letters)
    for alike, meant in shape.look_alikes.items():
        code = code.replace(alike, meant)
    return code if len(code) == shape.length and set(code) <= set(shape.alphabet) else ""


def _is_word(letters: str, shape: Shape) -> bool:
    """Whether it is more likely a word or a number of somebody else's than a code."""
    if not _has_vowels(shape):
        return False
    if letters.isdecimal():
        return True
    return letters.isalpha() and (
        not letters.isupper() or any(each in letters for each in shape.look_alikes)
    )


def _has_vowels(shape: Shape) -> bool:
    return not set("AEIOU").isdisjoint(shape.alphabet)
