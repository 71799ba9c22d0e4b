"""The note on control is shown for everything unreadable, and rarely for plain English."""
# ruff: noqa: RUF001 it is about letters that look like others

from __future__ import annotations

import pytest

from boundaries.content import catalogue
from boundaries.content.control import can_read, may_be_control

pytestmark = pytest.mark.once

UNREAD = {
    "another script": [
        "बहन से मिलना",
        "友達と会う",
        "не встречаться с сестрой",
        "لا خروج",
        "ಸ್ನೇಹಿತರು",
    ],
    "another language": [
        *("No ver a mis amigas", "No me mires", "Salir sola", "Dame tu clave"),
        *("Die Kinder", "Mit Freunden ausgehen", "Voir tes amis", "Uscire la sera"),
        *("Pergi tanpa izin", "Sem minha ordem", "Arkadaş", "Wyjście beze mnie"),
    ],
    "Hindi in Latin letters": [
        *("Doston se milna", "Bina bataye bahar jaana", "Phone mein kya hai", "Main us se bat"),
    ],
    "mixed": ["Texting बहन", "Dinner with दोस्त", "No ir to dinner", "Late raat ko chatting"],
    "a name": ["Talking to Rahul", "Dinner with Ms. Kowalski"],
    "no word at all": ["📱🚫", "👗", "22", "24/7", "!?", "…", "٢٢:٠٠"],
    "an emoji among words": ["Dinner 👙", "No 👭 at night", "Texting ❤️"],
    "letters that look alike": [
        *("Seeing your s\u0456ster", "Wear\u0456ng that", "m\u043eney", "p\u0430ssword"),
        *("Texting \u0430t night", "te\u0445ting"),
    ],
    "something inside a word": [
        *(
            "sis\u200dter",
            "sis\u200bter",
            "pass\u00adword",
            "mo\u2060ney",
            "mo\u0336n\u0336e\u0336y",
        ),
        *("te\u200dxting", "p.a.s.s.w.o.r.d", "p a s s w o r d", "passw0rd", "p@ssword", "m0ney"),
    ],
    "wide or decorated": ["ｐａｓｓｗｏｒｄ", "𝐦𝐨𝐧𝐞𝐲", "ⓜⓞⓝⓔⓨ", "ｍｏｎｅｙ"],
    "punctuation inside a word": ["pass.word", "pass-word", "mon_ey", "sis*ter", "mo'ney"],
    "letters with marks": ["pässwörd", "mòney", "sïster"],
}


def test_the_note_is_shown_next_to_whatever_cannot_be_read() -> None:
    passed = [
        f"{kind}: {text!r}"
        for kind, texts in UNREAD.items()
        for text in texts
        if not may_be_control(text)
    ]

    assert passed == []


PLAIN = (
    *("Seeing your best friend", "Having a friend over", "Time with the girls", "Talking to men"),
    *("Reading each other's messages", "Reading each other’s phones", "Show me your phone"),
    *("Keeping your phone locked", "Sharing codes", "Taking your passport", "Deleting people"),
    *("Who you talk to", "Where you go", "Checking in every hour", "Answering at once"),
    *("Quit your work", "Going to work", "Working late", "Cash", "Who pays", "Buying things"),
    *("Your hair", "Tight tops", "Pants", "Losing weight", "Visiting your folks"),
    *("Nights out", "Coming home late", "Home before ten", "Stay at home", "Going anywhere alone"),
    *("Not without me", "Ask me first", "Permission", "You must", "You can’t", "I decide", "Obey"),
    *("Locking the door", "Keeping the key", "Tell me before you leave", "Driving alone"),
)


def test_what_is_one_persons_to_decide_is_noticed_in_plain_english() -> None:
    assert [text for text in PLAIN if not may_be_control(text)] == []


def test_common_english_is_readable_however_it_is_typed() -> None:
    """Otherwise the note would be everywhere, and mean nothing."""
    harmless = [
        *(
            "Texting after 22:00, or on a Sunday",
            "DANCING WITH A STRANGER",
            "Late-night gaming (online)",
        ),
        *(
            "Dinner with an ex’s flatmate",
            "Liking, sharing & commenting",
            "Ｔｅｘｔｉｎｇ at night",
        ),
        *("Drinks after 9pm / before midnight", "“Just one” drink", "I don’t mind… do you?"),
    ]
    ours = [behaviour.text for behaviour in catalogue.every().values()]

    noticed = [text for text in harmless if may_be_control(text)]
    unread = [text for text in ours if not can_read(text)]

    assert noticed == []
    assert unread == [], "add their words to the end of boundaries/english.txt"
