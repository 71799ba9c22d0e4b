"""A code is found in text that mail programs, chats and keyboards have changed."""

from __future__ import annotations

import quopri
import re
import time
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import codes
from accounts.codes import Shape, find
from boundaries.pairing import rules as pairing
from boundaries.pairing.invitation_card import InvitationCard
from boundaries.therapist_sheet import rules as therapist_sheet

pytestmark = pytest.mark.once

INVITATION, SHEET, MAILED = pairing.CODE, therapist_sheet.CODE, codes.MAILED
CODE = "92QP514XHCBH"
SITE = "https://example.org/join/"
FULL_WIDTH = {
    ord(character): ord(character) + 0xFEE0 for character in "0123456789ABCDEFGHJKMNPQRSTVWXYZ-#"
}

Wrapper = Callable[[str], str]


def safe_link(link: str) -> str:
    return (
        "https://eur01.safelinks.protection.outlook.com/?url="
        f"{quote(link, safe='')}&data=05%7C02%7Canna%40example.org%7C7a1c0000&sdata=x%3D&reserved=0"
    )


# What programs make of a link on its way: functions from the link to the text that arrives.
LINKS: dict[str, Wrapper] = {
    "as it is": str,
    "in brackets": lambda link: f"<{link}>",
    "in Markdown": lambda link: f"[{link}]({link})",
    "at the end of a sentence": lambda link: f"Look ({link}).",
    "Safe Links": lambda link: safe_link(link),
    "Safe Links, twice": lambda link: safe_link(safe_link(link)),
    "Proofpoint 2": lambda link: (
        "https://urldefense.proofpoint.com/v2/url?u="
        f"{quote(link, safe='').replace('%2F', '_').replace('-', '%2D').replace('%', '-')}"
        "&d=DwMFaQ&c=euGZstcaTDllvimEN8b7jXrwqOf-v5A_CdpgnVfiiMM&e="
    ),
    "Proofpoint 3": lambda link: (
        f"https://urldefense.com/v3/__{link.replace('#', '*')}__;Iw!!Gk3xQw!abcDEF-123_xyz$"
    ),
    "Google": lambda link: (
        f"https://www.google.com/url?q={quote(link, safe='')}&sa=D&ust=1764&usg=A"
    ),
    "Facebook": lambda link: (
        f"https://l.facebook.com/l.php?u={quote_plus(link)}%3Ffbclid%3DIwAR0&h=AT1"
    ),
    "Cisco": lambda link: f"https://secure-web.cisco.com/1aB-c_d/{quote(link, safe='')}",
    "number sign encoded": lambda link: link.replace("#", "%23"),
    "encoded twice": lambda link: link.replace("#", "%2523"),
    "encoded three times": lambda link: link.replace("#", "%252523"),
    "all encoded": lambda link: quote(link, safe=""),
    "as HTML": lambda link: link.replace("#", "&#35;").replace("-", "&#x2d;"),
    "a parameter before": lambda link: link.replace("#", "?fbclid=IwAR2abcDEFghiJKL_0123456#"),
    "a parameter behind": lambda link: f"{link}?utm_source=chat&utm_id=120208123456",
    "an ampersand behind": lambda link: f"{link}&fbclid=IwAR2abc",
    "cut off in a character": lambda link: f"{link}%",
    "cut off after a digit": lambda link: f"{link}%E2%8",
    "in the path": lambda link: link.replace("#", ""),
    "as a parameter": lambda link: link.replace("#", "?code="),
    "without the sign": lambda link: link.replace("#", " "),
    "in quoted-printable": lambda link: quopri.encodestring(
        f"{'x' * 60} {link}".encode(), quotetabs=False
    ).decode(),
    "in quoted-printable, with other hyphens": lambda link: quopri.encodestring(
        link.replace("-", "\u2011").encode()
    ).decode(),
    "in quoted-printable, full-width": lambda link: quopri.encodestring(
        link.translate(FULL_WIDTH).encode()
    ).decode(),
    "broken in the middle": lambda link: f"{link[:-7]}=\n{link[-7:]}",
    "broken at a hyphen": lambda link: f"{link[:-4]}\n{link[-4:]}",
    "quoted, broken at a hyphen": lambda link: f"> {link[:-4]}\r\n> {link[-4:]}",
    "quoted, broken in a group": lambda link: f"> {link[:-2]}\n> {link[-2:]}",
    "with soft hyphens": lambda link: "\u00ad".join(link),
    "with a zero-width space behind": lambda link: f"{link}\u200b",
    "between marks of direction": lambda link: f"\u2066{link}\u2069",
    "full-width": lambda link: link.translate(FULL_WIDTH),
    "full-width and encoded": lambda link: quote(link.translate(FULL_WIDTH), safe=""),
    "in bold": lambda link: f"*{link}*",
    "among Chinese words": lambda link: f"请点击{link}谢谢",
}
# Ways to type or copy a code alone.
CODES: dict[str, Wrapper] = {
    "in groups": str,
    "in one": lambda code: code.replace("-", ""),
    "small letters": str.lower,
    "with spaces": lambda code: code.replace("-", " "),
    "with no-break spaces": lambda code: code.replace("-", "\u00a0"),
    "with spaces and hyphens": lambda code: code.replace("-", " - "),
    "with other hyphens": lambda code: code.replace("-", "\u2010", 1).replace("-", "\u2011"),
    "with dashes": lambda code: code.replace("-", "\u2013", 1).replace("-", "\u2014"),
    "with minus signs": lambda code: code.replace("-", "\u2212", 1).replace("-", "\uff0d"),
    "with bars": lambda code: code.replace("-", "\u2015"),
    "letter by letter": lambda code: " ".join(code.replace("-", "")),
    "full-width": lambda code: code.translate(FULL_WIDTH),
    "with a full stop": lambda code: f"{code}.",
    "in quotes": lambda code: f"“{code}”",
    "on two lines": lambda code: code.replace("-", "-\n", 1),
    "quoted": lambda code: f"> {code}",
}
LOOKS_ALIKE: dict[str, Wrapper] = {
    "O for 0, I for 1": lambda code: code.replace("0", "O").replace("1", "I"),
    "o for 0, l for 1": lambda code: code.replace("0", "o").replace("1", "l"),
}
AROUND: dict[str, Wrapper] = {
    "nothing": str,
    "German": lambda link: (
        f"Ich habe etwas gefunden, das ich gern mit dir machen würde.\n\n{link}\n"
        "Es dauert etwa zehn Minuten. Kein Stress!"
    ),
    "Hindi": lambda link: f"मुझे कुछ मिला है जो मैं तुम्हारे साथ करना चाहूँगी।\n\n{link}\nकोई जल्दी नहीं।",
    "Arabic": lambda link: f"وجدت شيئًا معك.\n{link}\nعجلة.",
    "a chat": lambda link: (
        f"[29/11/2026, 18:03:22] Anna: have a look {link} x\n[29/11/2026] Ben: ok"
    ),
    "a reply": lambda link: (
        f"Sure!\n\nAm 29.11.2026 um 18:03 schrieb Anna <anna@example.org>:\n> {link}\n>\n> Anna"
    ),
}


def texts(*, length: int, alphabet: str) -> st.SearchStrategy[str]:
    return st.text(alphabet, min_size=length, max_size=length)


def missed(wrapped: dict[str, str], code: str, shape: Shape) -> dict[str, object]:
    """The texts in which the code is not found first."""
    found = {name: find(text, shape) for name, text in wrapped.items()}
    return {name: (wrapped[name], codes) for name, codes in found.items() if codes[:1] != [code]}


def all_wrapped(code: str) -> dict[str, str]:
    grouped = codes.grouped(code)
    link = f"{SITE}#{grouped}"
    return {
        **{
            f"link {how}, {around}": AROUND[around](LINKS[how](link))
            for how in LINKS
            for around in AROUND
        },
        **{f"code {how}": write(grouped) for how, write in CODES.items()},
        **{f"code {how}": write(grouped) for how, write in LOOKS_ALIKE.items()},
        **{
            f"code {how} in prose": f"My code is {CODES[how](grouped)} ok"
            for how in list(CODES)[:2]
        },
    }


@given(texts(length=12, alphabet=codes.ALPHABET))
def test_a_code_is_found_in_every_wrapped_text(code: str) -> None:
    if not (re.search("[A-Z]", code) and re.search("[0-9]", code)):
        return  # one in a million has only digits; only letters are tested below
    assert not missed(all_wrapped(code), code, INVITATION)


@given(
    texts(
        length=12, alphabet=codes.ALPHABET.translate({ord(digit): None for digit in "0123456789"})
    )
)
def test_a_code_without_digits_is_found_after_a_mark_and_alone(code: str) -> None:
    link = f"{SITE}#{codes.grouped(code)}"
    signs = [how for how in LINKS if how not in ("Proofpoint 3", "in the path", "without the sign")]
    wrapped = {how: AROUND["a reply"](LINKS[how](link)) for how in signs}
    wrapped |= {how: write(codes.grouped(code)) for how, write in CODES.items()}

    assert not missed(wrapped, code, INVITATION)


@given(st.sampled_from([SHEET, MAILED]), st.data())
def test_codes_of_sheets_and_mails_are_found_alike(shape: Shape, data: st.DataObject) -> None:
    code = data.draw(texts(length=shape.length, alphabet=shape.alphabet))
    if shape is SHEET and not (re.search("[A-Z]", code) and re.search("[0-9]", code)):
        return
    grouped = codes.grouped(code, shape.group)
    wrapped = {how: write(grouped) for how, write in CODES.items()}
    wrapped |= {
        around: AROUND[around](f"Here it is:\n\n{grouped}\n\nIt works once.") for around in AROUND
    }

    assert not missed(wrapped, code, shape)


@given(texts(length=12, alphabet=codes.ALPHABET))
def test_our_own_messages_contain_one_code_and_nothing_similar(code: str) -> None:
    card = InvitationCard.of(code)

    for message in card.messages:
        assert find(message.text, INVITATION) == [code]
        alone = message.text.replace(card.code, "")
        assert find(alone, INVITATION) == []
        assert find(alone, SHEET) == find(alone, MAILED) == []


def test_ordinary_words_are_not_taken_for_codes() -> None:
    text = (
        "Our relationship is a conversation; an introduction. Both want some time when they feel"
        " calm. The well-made-plan of 29 November 2026, 18:03, call 030 1234 5678 or"
        " 491701234567; invoice 2026-11-29, https://example.org/help/understandings/#content,"
        " FOR EVERYBODY: CONSIDERABLY EXAGGERATED IMPLICATIONS."
    )

    for shape in (INVITATION, SHEET, MAILED):
        for code in find(text, shape):
            assert code == "WE11MADEP1AN"  # which looks like a code


def test_both_codes_of_a_message_with_an_older_one_are_found() -> None:
    older = "ABCDEFGH2345"
    text = f"Try {SITE}#{codes.grouped(CODE)}\n\n> {SITE}#{codes.grouped(older)}\n> (old)"

    assert find(text, INVITATION) == [CODE, older]


def test_digits_of_any_script_are_digits() -> None:
    for typed in ("123456".translate(FULL_WIDTH), "१२३ ४५६", "١٢٣-٤٥٦", "123\u00a0456"):
        assert codes.normalized(typed) == "123456"


@given(st.text(max_size=3000))
def test_no_text_breaks_the_search(text: str) -> None:
    for shape in (INVITATION, SHEET, MAILED):
        found = find(text, shape)
        assert len(found) <= codes.MAX_CODES
        assert all(len(code) == shape.length and set(code) <= set(shape.alphabet) for code in found)


@pytest.mark.parametrize(
    "text",
    [
        "&#" + "1" * 5000 + ";",
        "%26%23" + "1" * 5000,
        "#AAAA" + "\n" * 600 + "AAAA" + "\n" * 600 + "AAA!",
        "#AAAA" + "\n> " * 600 + "AAAA" + " \n" * 600 + "AAA!",
        "\ufdfa" * codes.MAX_TEXT_LENGTH,
        ("#" + "\n" * 99) * 100,
        "AAAA-" * 2000,
        "AAAA. " * 1600,
    ],
    ids=lambda text: text[:10],
)
def test_no_text_makes_the_search_slow(text: str) -> None:
    begun = time.process_time()

    for shape in (INVITATION, SHEET, MAILED):
        find(text, shape)

    assert time.process_time() - begun < 3
