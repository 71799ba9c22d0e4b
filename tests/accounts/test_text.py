"""Text is stored as it was meant, and nothing in it can be hidden or reversed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import regex
from bidi import get_display
from django import forms
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.html import format_html
from django.utils.module_loading import import_string
from hypothesis import given
from hypothesis import strategies as st

import boundaries
from accounts.passkeys import AddPasskeyForm, RenamePasskeyForm
from accounts.text import BLANK, NEEDED, OwnWords, TextField, clean_text, direction, isolated
from boundaries.talks.forms import ProposeForm

pytestmark = pytest.mark.once

HONEST = (
    "नहीं, यह ठीक है। क्‍ष क्‌ष हाँ हाँ",
    "ਪੰਜਾਬੀ ਵਿੱਚ ਗੱਲ ਕਰੋ",
    "র‍্যাব, ক্ষমা",
    "\u09b0\u200c\u09cd\u09af\u09be\u09ac",  # the same, as typed by many keyboards
    "தமிழ் க்‌ஷ",
    "ශ්‍රී ලංකා",
    "هذا مقبول، نَعَم. ٣ / ١٠",
    "می‌خواهم خانه‌ها را ببینم ه‍",
    "זה בסדר, שָׁלוֹם (22 - 6)",
    "ก็ได้ครับ ที่นี่ น้ำ",
    "ន្ត្រី",
    "လျှို့ ဗုဒ္ဓ င်္ဂ",
    "ស្រឡាញ់ ប៊្លុក",
    "ᨠᩕ᩠ᩅ᩶ᩣ",
    "ⴰ⵿ⴱ",
    "བཀྲ་ཤིས།",
    "Tiếng Việt: những lời ấy, ế ệ ỗ",
    "한국어로 말해요",
    "日本語　です。葛\U000e0100 か゚",
    "👩‍❤️‍👨 and 👨‍👩‍👧, 🧑🏽‍❤️‍💋‍🧑🏻, 👩🏾‍⚕️",
    "🏳️‍🌈 🇮🇳 🏴󠁧󠁢󠁷󠁬󠁳󠁿 👋🏽 1️⃣ #⃣ ❤︎ ©️",
    "≠ ≮ ∉ “it’s fine” – naïve café…",
    "a\tb\n\nc",
)
# Pasted text that is kept: what programs put between words.
HARMLESS = {
    "\ufeffa byte-order mark": "a byte-order mark",
    "a soft\u00adhy\u00adphen": "a softhyphen",
    "zero\u200bwidth\u2060none\ufeff": "zerowidthnone",
    "times\u2062two\u2064": "timestwo",
    "old\u206a\u206ffashioned": "oldfashioned",
    "\u2066abc\u2069 \u2068def\u2069 \u202dghi\u202c \u202ajkl\u202c": "abc def ghi jkl",
    "\u2068דנה\u2069 says so": "דנה says so",
    "זה בסדר\u200f": "זה בסדר",
    "\u200e+972 50\u200e": "+972 50",
    "a\x0bb\x0cc\x85d\u2028e\u2029f\r\ng\rh": "a\nb\nc\nd\ne\nf\ng\nh",
    "a\u00a0b\u202fc\u2003d\u2009e\u3000f": "a b c d e f",
    "a\u200db\u200cc\ufe0fd": "abcd",
    "1\ufe0f 🏴\U000e0061\U000e007f \U000e0068\U000e0069": "1 🏴",
    "ब\u200d\u200d भ\u200c": "ब भ",
    "x\u034fy\u17b5z\u180e": "xyz",
    "a picture \ufffc here": "a picture  here",
    "אב\tגד": "אב גד",
}
DECEPTIVE = (
    "\u200f22 - 6",
    "\u061c3 / 10",
    "3 \u061c/ 10",
    "\u202b22 - 6\u202c",
    "\u206722 - 6\u2069",
    "\u202b(\u202c",
    "abc\u202edef",
    "a\u202eb",
    "\u202dאבג\u202c",
    "n\u0336o\u0336 means yes",
    "n\u0335o\u0338",
    "n\u20e0",
    "n\u20ddo\u20de",
    "no\u0488",
    "a\u20e3",
    "a" + "\u0301\u0323\u0302\u0324\u0303",
    "a\u0301\u0301",
    "ก่่",
    "\u0301a",
    "a\n\u0336b",
    "a\u3164b",
    "a\u115f\u1160b",
    "a\uffa0b",
    "a\u2800b",
    "a\U0001d159b",
    "\ufff9a\ufffab\ufffb",
    "a\u17d2b",
    "a\u1039",
    "a\u2d7fb",
    "a\ue000b",
    "a\U000f0000b",
    "a\u0378b",
    "a\ufffeb",
    "a\U0010ffffb",
    *(f"a{chr(code)}b" for code in range(0x20) if chr(code) not in "\t\n\r\x0b\x0c"),
    *(f"a{chr(code)}b" for code in range(0x7F, 0xA0) if code != 0x85),
    "a\ud800b",
)
SCRIPTS = st.sampled_from(
    "abc 22-6/3.10(),!?\n\tאבגهذاपहिनी़्ािকর্য‌‍\u200b\ufeff\u200e\u200f\u061c\u202a\u202b\u202c\u202d"
    "\u2066\u2067\u2068\u2069\u0301\u0323\u0336\ufe0e\ufe0f\u20e3👨👩❤🏽🏴\U000e0067\U000e007f葛\U000e0100ᠠ\u180b\u180e"
)
ANY_TEXT = st.text() | st.text(SCRIPTS)
IGNORABLE = regex.compile(r"\p{Default_Ignorable_Code_Point}")
CONTROL = regex.compile(r"\p{Bidi_Control}")


@pytest.mark.turns(2)
@given(ANY_TEXT)
def test_cleaned_text_is_in_one_form_and_stays_as_it_is(text: str) -> None:
    try:
        cleaned = clean_text(text)
    except ValidationError:
        return

    assert clean_text(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert cleaned == cleaned.strip()
    assert "\r" not in cleaned
    cleaned.encode()  # every database stores it


@given(ANY_TEXT)
def test_what_is_invisible_in_cleaned_text_is_there_for_its_script(text: str) -> None:
    try:
        cleaned = clean_text(text)
    except ValidationError:
        return

    needed = "".join(found["needed"] or "" for found in NEEDED.finditer(cleaned))
    assert IGNORABLE.findall(cleaned) == IGNORABLE.findall(needed)
    assert not CONTROL.search(cleaned)


@given(
    st.text(st.sampled_from("ab 1-2/(אבה\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u2067\u2069"))
)
def test_removing_controls_keeps_the_order_on_a_line(text: str) -> None:
    try:
        cleaned = clean_text(text)
    except ValidationError:
        return

    shown = str(get_display(text.strip(), base_dir="R" if direction(text) == "rtl" else "L"))
    base = "R" if direction(cleaned) == "rtl" else "L"
    assert CONTROL.sub("", shown).split() == str(get_display(cleaned, base_dir=base)).split()


@given(
    st.text(
        st.characters(
            categories=["L", "N", "P", "S"], exclude_characters=[*BLANK, "\ufffc", "\u2adc"]
        ).filter(lambda character: not IGNORABLE.match(character)),
        min_size=1,
    )
)
def test_no_visible_character_is_lost(text: str) -> None:
    assert clean_text(f"  {text}\r\n") == unicodedata.normalize("NFC", text)


def test_ordinary_words_of_many_scripts_are_unchanged() -> None:
    changed = {}
    for text in HONEST:
        try:
            cleaned = clean_text(text)
        except ValidationError as error:
            cleaned = str(error)
        if cleaned != unicodedata.normalize("NFC", text):
            changed[text] = ascii(cleaned)

    assert changed == {}


def test_characters_without_effect_are_removed() -> None:
    assert {text: clean_text(text) for text in HARMLESS} == HARMLESS


def test_hidden_and_reversed_text_is_refused() -> None:
    passed = {}
    for text in DECEPTIVE:
        try:
            passed[text] = clean_text(text)
        except ValidationError:
            continue

    assert passed == {}


@pytest.mark.parametrize(
    "text",
    ["", "  \n", "\u200b", "\u2060\u200d", "\u3000", "\u3164", "\u2800 \u115f", "\u202e", "\u200f"],
)
def test_invisible_text_becomes_empty(text: str) -> None:
    assert clean_text(text) == ""


def test_the_same_words_are_the_same_text_whatever_they_were_typed_on() -> None:
    assert clean_text("cafe\u0301\r\nand\rtea") == "caf\u00e9\nand\ntea"


def test_long_malicious_text_is_cleaned_quickly() -> None:
    """These would take minutes if a rule looked back to the start at every letter."""
    for part in (
        "\u200d",
        "\u200d\u200c",
        "ब\u200d",
        "क्\u200d",
        "👨\u200d",
        "ب\u064b\u200d",
        "(\u200f",
    ):
        try:
            clean_text(part * 20_000)
        except ValidationError:
            continue


def test_the_direction_of_a_text_is_that_of_its_first_letter() -> None:
    texts = {
        "22 - 6": "ltr",
        "(2) יעל": "rtl",
        "a אב": "ltr",
        "٣ هذا": "rtl",
        "": "ltr",
        "…": "ltr",
    }

    assert {text: direction(text) for text in texts} == texts
    assert direction(f"{isolated('דנה')} and Bob") == "ltr"


def test_words_are_isolated_if_they_could_reorder_others() -> None:
    assert isolated("Bob 2") == "Bob 2"
    assert isolated("דנה") == "\u2067דנה\u2069"
    assert format_html("{} and {}", OwnWords("<Bob>"), OwnWords("<דנה>")) == (
        "&lt;Bob&gt; and <bdi>&lt;דנה&gt;</bdi>"
    )
    with translation.override("ar"):  # where a Latin name could reorder words
        assert isolated("Bob") == "\u2066Bob\u2069"


@pytest.mark.parametrize("form", [AddPasskeyForm, RenamePasskeyForm])
def test_the_name_of_a_passkey_is_text_like_any_other(form: Any, settings: Any) -> None:
    field = form.base_fields["name"]

    assert field.clean("\ufeffMy phone\u200b") == "My phone"
    with pytest.raises(ValidationError):
        field.clean("\u200f22 - 6")
    assert form in {import_string(path) for path in settings.MFA_FORMS.values()}


# Codes, addresses and passwords, which nobody else is shown; and user names, which nobody has.
# On the second line: versions and keys of our own pages.
NO_WORDS = re.compile(
    r"code|username|credential|email|login|password\d?|oldpassword|digest"
    r"|acknowledged|behaviour|join|joining|look|noted|own|part|prompt|seen|together|version"
)


def descendants(kind: type) -> Iterator[Any]:
    subclass: type
    for subclass in kind.__subclasses__():
        yield subclass
        yield from descendants(subclass)


def test_every_field_for_words_is_cleaned() -> None:
    for module in ("accounts.forms", "accounts.auth_forms", "accounts.passkeys"):
        import_module(module)
    for found in Path(boundaries.__path__[0]).glob("*/forms.py"):
        import_module(f"boundaries.{found.parent.name}.forms")
    ours = [
        form
        for form in descendants(forms.Form)
        if form.__module__.startswith(("accounts.", "boundaries."))
    ]
    fields = {
        (form.__qualname__, name): field
        for form in ours
        for name, field in form.base_fields.items()
    }
    fields |= {("ProposeForm", name): field for name, field in ProposeForm().fields.items()}

    uncleaned = [
        f"{form}.{name}"
        for (form, name), field in fields.items()
        if isinstance(field, forms.CharField)
        and not isinstance(field, TextField | forms.EmailField | forms.UUIDField)
        and not NO_WORDS.fullmatch(name)
    ]
    assert len(ours) > 20
    assert uncleaned == []
