"""What a person wrote: cleaned before it is stored, and set apart where it is shown.

Stored words hold nothing that is invisible, unless the script needs it there. So whoever looks at
them, prints them, hears them read or hashes them has the same words. Which characters these are is
looked up in Unicode's tables (docs/adr/0018-stored-words-hold-nothing-hidden.md).
"""

from __future__ import annotations

import html
import unicodedata
from functools import partial
from typing import Any

import regex
from bidi import get_display
from django import forms
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext_lazy as _

_compiled = partial(regex.compile, flags=regex.V1 | regex.VERBOSE)

LINE_ENDS = _compiled(r"\r\n | [\r\x0B\x0C\x85\u2028\u2029]")
# A space of another width. Two are part of their script: the wide one of Chinese, Japanese and
# Korean, and the narrow one before a Mongolian suffix.
ODD_SPACES = _compiled(
    r"""[\p{Zs}--\x20]
        (?<! \u202F (?= \p{Script=Mongolian} ) )
        (?<! \u3000 (?= [\p{scx=Hani}\p{scx=Kana}\p{scx=Hira}\p{scx=Hang}] ) )
        (?<! [\p{scx=Hani}\p{scx=Kana}\p{scx=Hira}\p{scx=Hang}] \u3000 )"""
)
# What parts words, but for the space that belongs to a Mongolian one.
BLANKS = _compiled(r"[\s\x1C-\x1F--\u202F]+")
# Controls, halves of characters, unassigned and private ones, and the signs of an annotation.
UNKNOWN = _compiled(
    r"[\p{C}--\p{Cf}--[\t\n]] | [\p{Cf}--\p{Default_Ignorable_Code_Point}"
    r"--\p{Prepended_Concatenation_Mark}]"
)
# Unicode names these blank, and has no property that says so: the empty cell of Braille, a note
# without a head, and two spaces of hieroglyphs.
BLANK = frozenset("\u2800\U0001d159\U00013441\U00013442")
_BLANK = "".join(BLANK)
VISIBLE = _compiled(rf"[^\p{{Z}}\p{{C}}\p{{Default_Ignorable_Code_Point}}{_BLANK}]")
INVISIBLE_LETTERS = _compiled(
    r"[\p{Default_Ignorable_Code_Point}&&\p{L}]"
    rf"| [{_BLANK}--\u2800] | (?<![\u2801-\u28FF]) \u2800+ (?![\u2801-\u28FF\u2800])"
)
# What stacks two letters of its script has no look of its own, and beside others is not seen.
STACKER_ALONE = _compiled(
    r"""(?<! [\p{InSC=Consonant}\p{InSC=Consonant_Dead}\p{InSC=Consonant_Placeholder}
            \p{InSC=Vowel_Independent}\p{InSC=Vowel}] \p{M}{0,4} ) \p{InSC=Invisible_Stacker}
        | (?<! \p{Script=Tifinagh} ) \u2D7F"""
)

# What may have to be left out. Most texts have none of it.
UNUSUAL = _compiled(r"[[\p{Default_Ignorable_Code_Point}\p{Zs}\uFFFC]--\x20]")
# Invisible characters that change nothing: they are left out wherever they stand.
WITHOUT_EFFECT = _compiled(
    r"[\p{Default_Ignorable_Code_Point}--\p{Bidi_Control}--\p{L}--\p{Cn}"
    r"--\p{Join_Control}--\p{Variation_Selector}--\u180E--[\U000E0020-\U000E007F]] | \uFFFC"
)
REPEATED = _compiled(r"([\p{Join_Control}\p{Variation_Selector}]) \1+")
# Those that are kept where they change what is seen, and left out anywhere else (UAX #31, UTS #51).
NEEDED = _compiled(
    r"""(?P<needed>
        # Arabic and its like: parted letters, and joined ones that stand alone
          (?<! \p{DI} ) (?<= [\p{jt=D}\p{jt=L}] [\p{jt=T}--\p{DI}]{0,4} )
            \u200C (?= [\p{jt=T}--\p{DI}]{0,4} [\p{jt=D}\p{jt=R}] )
        | (?<! \p{DI} ) (?<= [\p{jt=D}\p{jt=L}] [\p{jt=T}--\p{DI}]{0,4} )
            \u200D (?! \p{DI} | [\p{jt=T}--\p{DI}]{0,4} [\p{jt=D}\p{jt=R}\p{jt=C}] )
        | (?<! \p{DI} | [\p{jt=D}\p{jt=L}\p{jt=C}] [\p{jt=T}--\p{DI}]{0,4} )
            \u200D (?= [\p{jt=T}--\p{DI}]{0,4} [\p{jt=D}\p{jt=R}] )
        # The scripts of India: beside a virama
        | (?<= \p{ccc=9} [\p{M}--\p{ccc=0}--\p{DI}]{0,3} ) \u200C (?= \p{L} )
        | (?<= \p{ccc=9} [\p{M}--\p{ccc=0}--\p{DI}]{0,3} )
            \u200D (?! \p{InSC=Vowel_Dependent} | \p{DI} )
        | (?<= \p{L} \p{InSC=Nukta}? ) \u200D (?= \p{ccc=9} \p{L} )
        | (?<= \u09B0 ) \u200C (?= \u09CD\u09AF )
        | (?<= \p{InSC=Register_Shifter} ) \u200C (?= \p{InSC=Vowel_Dependent} )
        # Emoji: several that are one, how one is drawn, and the flags of England, Scotland, Wales
        | (?<= \p{Extended_Pictographic} [\p{Emoji_Modifier}\uFE0F]{0,2} )
            \u200D (?= \p{Extended_Pictographic} )
        | (?<= [\p{Emoji}--\p{Emoji_Modifier}--\p{Regional_Indicator}--[0-9\#*]] ) [\uFE0E\uFE0F]
        | (?<= [0-9\#*] ) \uFE0F (?= \u20E3 )
        | \U0001F3F4 \U000E0067 \U000E0062 (?: \U000E0065 \U000E006E \U000E0067
            | \U000E0073 \U000E0063 \U000E0074 | \U000E0077 \U000E006C \U000E0073 ) \U000E007F
        # Forms of one letter
        | (?<= \p{Unified_Ideograph} ) [\uFE00-\uFE02\U000E0100-\U000E01EF]
        | (?<= [\p{Script=Mongolian}&&\p{L}] ) [\u180B-\u180D\u180F]
        | (?<= [\p{Script=Mongolian}&&\p{L}] ) \u180E (?= [\p{Script=Mongolian}&&\p{L}] )
        | (?<= [[\p{Script=Myanmar}\p{Script=Phags_Pa}]&&\p{L}] ) \uFE00
    ) | [\p{Join_Control}\p{Variation_Selector}\u180E\U000E0020-\U000E007F]""".replace(
        r"\p{DI}", r"\p{Default_Ignorable_Code_Point}"
    )
)

DIRECTION_CONTROL = _compiled(r"\p{Bidi_Control}")
# What programs put around a name. A page and a PDF set all words of a person apart by themselves.
FIRST_STRONG_ISOLATION = _compiled(r"\u2068 (?P<words> [^\p{Bidi_Control}\n]* ) \u2069")
REVERSED = "\u202e"  # no honest program writes it
# Tables give a direction to characters that are not assigned, too.
STRONG = _compiled(
    r"""(?P<open> [\u2066-\u2068] ) | (?P<close> \u2069 )
        | (?P<rtl> [[\p{bc=R}\p{bc=AL}]--\p{Cn}] ) | \p{bc=L}"""
)
RIGHT_TO_LEFT = _compiled(r"[[\p{bc=R}\p{bc=AL}\p{bc=AN}]--\p{Cn}]")
RTL_CONTROL = _compiled(r"[\u061C\u200F\u202B\u202E\u2067]")
MIRRORED = _compiled(r"\p{Bidi_Mirrored}")
SIDE = "\u0300"  # takes the side of what it follows

MARK = _compiled(r"\p{M}")
MARK_ALONE = _compiled(r"(?: \A | \n ) \p{M}")
# A stroke through letters, or something around them. A keycap is an emoji.
CROSSED_OUT = _compiled(r"\p{ccc=1} | [\p{Me}--\u20E3] | (?<! [0-9\#*] \uFE0F? ) \u20E3")
# UTS #39 allows four marks on a letter, and none twice. Letters that are written below another, as
# in Tibetan and Burmese, are not counted.
HEAPED = _compiled(
    r"""[[\p{Mn}\p{Me}]--\p{InSC=Consonant_Subjoined}--\p{InSC=Consonant_Medial}]{5}
        | ([\p{Mn}--\p{ccc=0}]) \1"""
)

ISOLATE = {"ltr": "\u2066", "rtl": "\u2067"}
POP_ISOLATE = "\u2069"


def clean_text(text: str) -> str:
    """The words as they are stored: in one form (NFC), with nothing hidden and no blank edges.

    Invisible characters without an effect are left out. Text that nobody could see is empty.
    Raises ValidationError for what could make two people read different words.
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
        text = text.replace("\t", " ")  # a tab in a line would part its directions
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
    """The text on one line: whatever breaks it, and more than one space, is a space."""
    return str(BLANKS.sub(" ", text)).strip()


def direction(text: str) -> str:
    """Which way a text runs, "ltr" or "rtl": as its first letter does, like dir="auto" in HTML.

    What stands between isolates does not count.
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
    """Whether a text could change the order of the words around it."""
    return get_language_bidi() or not (text.isascii() or not RIGHT_TO_LEFT.search(text))


def isolated(text: str) -> str:
    """Somebody's words for the middle of a sentence of ours, in plain text such as a PDF's.

    Never stored and never hashed.
    """
    if not text or not needs_isolation(text):
        return text
    isolate = ISOLATE[direction(text)]
    return "\n".join(f"{isolate}{line}{POP_ISOLATE}" for line in text.split("\n"))


class OwnWords(str):
    """Somebody's words, in the middle of a sentence on a page. A template sets them apart."""

    __slots__ = ()

    def __html__(self) -> SafeString:
        escaped = html.escape(str.__str__(self))
        return mark_safe(f"<bdi>{escaped}</bdi>" if needs_isolation(self) else escaped)  # noqa: S308


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
    """The text without marks, isolates and embeddings. Raises if that would change its order."""
    if not DIRECTION_CONTROL.search(text):
        return text
    text = FIRST_STRONG_ISOLATION.sub(r"\g<words>", text)
    plain = str(DIRECTION_CONTROL.sub("", text))
    if REVERSED in text and VISIBLE.search(text):
        raise _hidden()
    if RIGHT_TO_LEFT.search(text) or RTL_CONTROL.search(text):
        base, plain_base = direction(text), direction(plain)
        for line, plain_line in zip(text.split("\n"), plain.split("\n"), strict=True):
            if _seen(line, base) != _seen(plain_line, plain_base):
                raise _hidden()
    return plain


def _seen(line: str, base: str) -> str:
    """A line from left to right, as the Unicode Bidirectional Algorithm orders it.

    Beside each bracket stands on which side its own end is: it is drawn the other way round there.
    """
    sided = MIRRORED.sub(rf"\g<0>{SIDE}", line.strip())
    shown = str(get_display(sided, base_dir="R" if base == "rtl" else "L"))
    return str(DIRECTION_CONTROL.sub("", shown)).strip()


def _if_needed(found: regex.Match[str]) -> str:
    return str(found["needed"] or "")


def _covered(text: str) -> bool:
    return bool(
        CROSSED_OUT.search(text)
        or MARK_ALONE.search(text)
        or HEAPED.search(unicodedata.normalize("NFD", text))
    )


class TextField(forms.CharField):
    """A form field for a person's own words, cleaned before its length is judged."""

    def __init__(self, **options: Any) -> None:
        super().__init__(strip=True, **options)
        self.validators = [v for v in self.validators if not _refuses_nul(v)]

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "dir": "auto"}

    def to_python(self, value: Any) -> str:
        return clean_text(super().to_python(value) or "")


class LineField(TextField):
    """A person's own words on one line: whatever breaks it, and more than one space, is a space."""

    def to_python(self, value: Any) -> str:
        return one_line(super().to_python(value))


def _refuses_nul(validator: object) -> bool:
    """Django's own check for NUL: ours says the same thing in kinder words, and earlier."""
    return type(validator).__name__ == "ProhibitNullCharactersValidator"
