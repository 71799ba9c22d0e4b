"""The note on control stands beside whatever it cannot read, and seldom beside plain English."""
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


def test_the_note_stands_beside_whatever_cannot_be_read() -> None:
    passed = [
        f"{kind}: {text!r}"
        for kind, texts in UNREAD.items()
        for text in texts
        if not may_be_control(text)
    ]

    assert passed == []


def test_common_english_is_read_however_it_is_typed() -> None:
    """Else the note would stand everywhere, and say nothing."""
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
    ours = [each.text for each in catalogue.every().values()]

    noticed = [text for text in harmless if may_be_control(text)]
    unread = [text for text in ours if not can_read(text)]

    assert noticed == []
    assert unread == [], "add their words to the end of boundaries/english.txt"
