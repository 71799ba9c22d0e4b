"""Cleans what people write before it is stored, and isolates its direction where it is shown.

Stored text contains no invisible characters unless its script needs them. So it is the same text
when it is looked at, printed, read aloud or hashed. Which characters these are is looked up in
Unicode's tables (docs/adr/0018-stored-words-hold-nothing-hidden.md).
"""

from __future__ import annotations

import html
import unicodedata
from functools import lru_cache, partial
from typing import Any

import regex
from bidi import get_display
from django import forms
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext_lazy as _

_compiled = partial(regex.compile, flags=regex.V1 | regex.VERBOSE)

LINE_ENDS = _compiled(r"\r\n | [\r\x0B\x0C\x85\u2028\u2029]")
# Spaces of another width. Two belong to their script: the wide one of Chinese, Japanese and
# Korean, and the narrow one before a Mongolian suffix.
ODD_SPACES = _compiled(
    r"""[\p{Zs}--\x20]
        (?<! \u202F (?= \p{Script=Mongolian} ) )
        (?<! \u3000 (?= [\p{scx=Hani}\p{scx=Kana}\p{scx=Hira}\p{scx=Hang}] ) )
        (?<! [\p{scx=Hani}\p{scx=Kana}\p{scx=Hira}\p{scx=Hang}] \u3000 )"""
)
# What separates words, except the space inside a Mongolian word.
BLANKS = _compiled(r"[\s\x1C-\x1F--\u202F]+")
# Controls, surrogates, unassigned and private characters, and interlinear annotations.
UNKNOWN = _compiled(
    r"[\p{C}--\p{Cf}--[\t\n]] | [\p{Cf}--\p{Default_Ignorable_Code_Point}"
    r"--\p{Prepended_Concatenation_Mark}]"
)
# Blank characters without a Unicode property that says so: the empty cell of Braille, a note
# without a head, and two spaces of hieroglyphs.
BLANK = frozenset("\u2800\U0001d159\U00013441\U00013442")
_BLANK = "".join(BLANK)
VISIBLE = _compiled(rf"[^\p{{Z}}\p{{C}}\p{{Default_Ignorable_Code_Point}}{_BLANK}]")
INVISIBLE_LETTERS = _compiled(
    r"[\p{Default_Ignorable_Code_Point}&&\p{L}]"
    rf"| [{_BLANK}--\u2800] | (?<![\u2801-\u28FF]) \u2800+ (?![\u2801-\u28FF\u2800])"
)
# A stacker joins two letters of its script. Anywhere else it is invisible.
STACKER_ALONE = _compiled(
    r"""(?<! [\p{InSC=Consonant}\p{InSC=Consonant_Dead}\p{InSC=Consonant_Placeholder}
            \p{InSC=Vowel_Independent}\p{InSC=Vowel}] \p{M}{0,4} ) \p{InSC=Invisible_Stacker}
        | (?<! \p{Script=Tifinagh} ) \u2D7F"""
)

# What may have to be removed. Most texts contain none of it.
UNUSUAL = _compiled(r"[[\p{Default_Ignorable_Code_Point}\p{Zs}\uFFFC]--\x20]")
# Invisible characters without any effect: removed everywhere.
WITHOUT_EFFECT = _compiled(
    r"[\p{Default_Ignorable_Code_Point}--\p{Bidi_Control}--\p{L}--\p{Cn}"
    r"--\p{Join_Control}--\p{Variation_Selector}--\u180E--[\U000E0020-\U000E007F]] | \uFFFC"
)
REPEATED = _compiled(r"([\p{Join_Control}\p{Variation_Selector}]) \1+")
# Kept where they change what is visible, and removed anywhere else (UAX #31, UTS #51).
NEEDED = _compiled(
    r"""(?P<needed>
        # Arabic and similar scripts: letters that are separated, or joined although alone
          (?<! \p{DI} ) (?<= [\p{jt=D}\p{jt=L}] [\p{jt=T}--\p{DI}]{0,4} )
            \u200C (?= [\p{jt=T}--\p{DI}]{0,4} [\p{jt=D}\p{jt=R}] )
        | (?<! \p{DI} ) (?<= [\p{jt=D}\p{jt=L}] [\p{jt=T}--\p{DI}]{0,4} )
            \u200D (?! \p{DI} | [\p{jt=T}--\p{DI}]{0,4} [\p{jt=D}\p{jt=R}\p{jt=C}] )
        | (?<! \p{DI} | [\p{jt=D}\p{jt=L}\p{jt=C}] [\p{jt=T}--\p{DI}]{0,4} )
            \u200D (?= [\p{jt=T}--\p{DI}]{0,4} [\p{jt=D}\p{jt=R}] )
        # Scripts of India: next to a virama
        | (?<= \p{ccc=9} [\p{M}--\p{ccc=0}--\p{DI}]{0,3} ) \u200C (?= \p{L} )
        | (?<= \p{ccc=9} [\p{M}--\p{ccc=0}--\p{DI}]{0,3} )
            \u200D (?! \p{InSC=Vowel_Dependent} | \p{DI} )
        | (?<= \p{L} \p{InSC=Nukta}? ) \u200D (?= \p{ccc=9} \p{L} )
        | (?<= \u09B0 ) \u200C (?= \u09CD\u09AF )
        | (?<= \p{InSC=Register_Shifter} ) \u200C (?= \p{InSC=Vowel_Dependent} )
        # Emoji: sequences, variants, and the flags of England, Scotland and Wales
        | (?<= \p{Extended_Pictographic} [\p{Emoji_Modifier}\uFE0F]{0,2} )
            \u200D (?= \p{Extended_Pictographic} )
        | (?<= [\p{Emoji}--\p{Emoji_Modifier}--\p{Regional_Indicator}--[0-9\#*]] ) [\uFE0E\uFE0F]
        | (?<= [0-9\#*] ) \uFE0F (?= \u20E3 )
        | \U0001F3F4 \U000E0067 \U000E0062 (?: \U000E0065 \U000E006E \U000E0067
            | \U000E0073 \U000E0063 \U000E0074 | \U000E0077 \U000E006C \U000E0073 ) \U000E007F
        # Variants of a letter
        | (?<= \p{Unified_Ideograph} ) [\uFE00-\uFE02\U000E0100-\U000E01EF]
        | (?<= [\p{Script=Mongolian}&&\p{L}] ) [\u180B-\u180D\u180F]
        | (?<= [\p{Script=Mongolian}&&\p{L}] ) \u180E (?= [\p{Script=Mongolian}&&\p{L}] )
        | (?<= [[\p{Script=Myanmar}\p{Script=Phags_Pa}]&&\p{L}] ) \uFE00
    ) | [\p{Join_Control}\p{Variation_Selector}\u180E\U000E0020-\U000E007F]""".replace(
        r"\p{DI}", r"\p{Default_Ignorable_Code_Point}"
    )
)

DIRECTION_CONTROL = _compiled(r"\p{Bidi_Control}")
# Programs put these around names. Pages and PDFs isolate all text of people themselves.
FIRST_STRONG_ISOLATION = _compiled(r"\u2068 (?P<words> [^\p{Bidi_Control}\n]* ) \u2069")
REVERSED = "\u202e"  # used only for deceiving readers
# Unicode's tables give a direction to unassigned characters as well.
STRONG = _compiled(
    r"""(?P<open> [\u2066-\u2068] ) | (?P<close> \u2069 )
        | (?P<rtl> [[\p{bc=R}\p{bc=AL}]--\p{Cn}] ) | \p{bc=L}"""
)
RIGHT_TO_LEFT = _compiled(r"[[\p{bc=R}\p{bc=AL}\p{bc=AN}]--\p{Cn}]")
RTL_CONTROL = _compiled(r"[\u061C\u200F\u202B\u202E\u2067]")
MIRRORED = _compiled(r"\p{Bidi_Mirrored}")
SIDE = "\u0300"  # a combining mark stays next to its base character

MARK = _compiled(r"\p{M}")
MARK_ALONE = _compiled(r"(?: \A | \n ) \p{M}")
# Strokes through letters, and shapes around them. A keycap is an emoji, so it is allowed.
CROSSED_OUT = _compiled(r"\p{ccc=1} | [\p{Me}--\u20E3] | (?<! [0-9\#*] \uFE0F? ) \u20E3")
# UTS #39 allows four marks on a letter, and no mark twice. Letters written below another one, as in
# Tibetan and Burmese, do not count as marks.
HEAPED = _compiled(
    r"""[[\p{Mn}\p{Me}]--\p{InSC=Consonant_Subjoined}--\p{InSC=Consonant_Medial}]{5}
        | ([\p{Mn}--\p{ccc=0}]) \1"""
)

ISOLATE = {"ltr": "\u2066", "rtl": "\u2067"}
POP_ISOLATE = "\u2069"


def clean_text(text: str) -> str:
    """Text as it is stored: normalized (NFC), without hidden characters, stripped.

    Invisible characters without an effect are removed; text that is invisible as a whole becomes
    "". Raises ValidationError for text that two people could read differently.
    """
    text = LINE_ENDS.sub("\n", text)
    if text.isascii() and text.isprintable():
        return text.strip(" ")
    if UNKNOWN.search(text):
        raise _hidden()
    if text.isascii():
        return text.strip()
    if UNUSUAL.search(text):
        text = _without_unusual(text)
    text = unicodedata.normalize("NFC", text)
    if RIGHT_TO_LEFT.search(text):
        text = text.replace("\t", " ")  # a tab would split a line into separate directions
    text = text.strip()
    if not VISIBLE.search(text):
        return ""
    if INVISIBLE_LETTERS.search(text) or STACKER_ALONE.search(text):
        raise _hidden()
    if MARK.search(text) and _covered(text):
        raise ValidationError(
            _("Some letters are crossed out or covered by marks. Please write them without."),
            code="covered",
        )
    return text


def one_line(text: str) -> str:
    """Text on one line: line breaks and repeated spaces become one space."""
    if text.isascii():
        return " ".join(text.split())
    return str(BLANKS.sub(" ", text)).strip()


def direction(text: str) -> str:
    """The direction of a text, "ltr" or "rtl", by its first letter outside isolates.

    The same rule as dir="auto" in HTML.
    """
    if text.isascii():
        return "ltr"
    depth = 0
    for at in STRONG.finditer(text):
        if at["open"]:
            depth += 1
        elif at["close"]:
            depth = max(depth - 1, 0)
        elif not depth:
            return "rtl" if at["rtl"] else "ltr"
    return "ltr"


def needs_isolation(text: str) -> bool:
    """Whether a text could reorder the words around it."""
    return _is_rtl(get_language()) or not (text.isascii() or not RIGHT_TO_LEFT.search(text))


@lru_cache(maxsize=128)
def _is_rtl(language: str | None) -> bool:
    """Whether this language, the active one, is written from right to left."""
    return language is not None and get_language_bidi()


def isolated(text: str) -> str:
    """Text of a person for use inside a sentence of ours, in plain text such as a PDF's.

    Never store or hash the result.
    """
    if not text or not needs_isolation(text):
        return text
    isolate = ISOLATE[direction(text)]
    return "\n".join(f"{isolate}{line}{POP_ISOLATE}" for line in text.split("\n"))


class OwnWords(str):
    """Text of a person, inside a sentence on a page. Templates isolate its direction."""

    __slots__ = ()

    def __html__(self) -> SafeString:
        escaped = html.escape(str.__str__(self))
        return SafeString(f"<bdi>{escaped}</bdi>" if needs_isolation(self) else escaped)


def _hidden() -> ValidationError:
    return ValidationError(
        _("There is a hidden character in this text. Please type it again by hand."),
        code="unsafe",
    )


def _without_unusual(text: str) -> str:
    text = WITHOUT_EFFECT.sub("", ODD_SPACES.sub(" ", text))
    text = unicodedata.normalize("NFC", _without_direction_controls(text))
    return str(NEEDED.sub(_if_needed, REPEATED.sub(r"\1", text)))


def _without_direction_controls(text: str) -> str:
    """Remove direction controls. Raises ValidationError if that would reorder the text."""
    if not DIRECTION_CONTROL.search(text):
        return text
    text = FIRST_STRONG_ISOLATION.sub(r"\g<words>", text)
    plain = str(DIRECTION_CONTROL.sub("", text))
    if REVERSED in text and VISIBLE.search(text):
        raise _hidden()
    if RIGHT_TO_LEFT.search(text) or RTL_CONTROL.search(text):
        base, plain_base = direction(text), direction(plain)
        for line, plain_line in zip(text.split("\n"), plain.split("\n"), strict=True):
            if _visual_order(line, base) != _visual_order(plain_line, plain_base):
                raise _hidden()
    return plain


def _visual_order(line: str, base: str) -> str:
    """A line in visual order, from left to right (Unicode Bidirectional Algorithm).

    Brackets are mirrored in right-to-left text; a mark on each one shows whether it is.
    """
    sided = MIRRORED.sub(rf"\g<0>{SIDE}", line.strip())
    visual = str(get_display(sided, base_dir="R" if base == "rtl" else "L"))
    return str(DIRECTION_CONTROL.sub("", visual)).strip()


def _if_needed(found: regex.Match[str]) -> str:
    return str(found["needed"] or "")


def _covered(text: str) -> bool:
    return bool(
        CROSSED_OUT.search(text)
        or MARK_ALONE.search(text)
        or HEAPED.search(unicodedata.normalize("NFD", text))
    )


class TextField(forms.CharField):
    """A form field for free text, which is cleaned before its length is checked."""

    def __init__(self, **options: Any) -> None:
        super().__init__(strip=True, **options)
        self.validators = [v for v in self.validators if not _refuses_nul(v)]

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "dir": "auto"}

    def to_python(self, value: Any) -> str:
        return clean_text(super().to_python(value) or "")


class LineField(TextField):
    """A form field for free text on one line: line breaks become spaces."""

    def to_python(self, value: Any) -> str:
        return one_line(super().to_python(value))


def _refuses_nul(validator: object) -> bool:
    """Django's check for NUL is redundant: `clean_text` refuses it earlier, in kinder words."""
    return type(validator).__name__ == "ProhibitNullCharactersValidator"
