"""The note on control is shown for everything unreadable, and rarely for plain words."""
# ruff: noqa: RUF001 it is about letters that look like others

from __future__ import annotations

import tomllib

import pytest

from boundaries.content import catalogue, control
from boundaries.content.control import LANGUAGES, can_read, may_be_access, may_be_control
from tests.content.control.measuring import CONTROL as ABOUT_CONTROL
from tests.content.control.measuring import FINE, behaviours, in_devanagari, measure

pytestmark = pytest.mark.once

# Precision and recall on the behaviours of all rounds. No less, from here on.
REACHED = (0.97, 0.97)

UNREAD = {
    "another script": [
        "बहिणीला भेटणे",
        "友達と会う",
        "не встречаться с сестрой",
        "لا خروج",
        "ಸ್ನೇಹಿತರು",
    ],
    "another language": [
        *("No ver a mis amigas", "No me mires", "Salir sola", "Dame tu clave"),
        *("Die Kinder", "Mit Freunden ausgehen", "Voir tes amis", "Uscire la sera"),
        *("Geen contact met mannen", "Jangan keluar rumah", "Kısa etek giymek", "Mon code"),
        *("एकटी बाहेर जाणे", "साथीहरूसँग भेट्नु", "Aai la bhetne", "Ohne mich ausgehen"),
        *("Pergi tanpa izin", "Sem minha ordem", "Arkadaş", "Wyjście beze mnie"),
    ],
    "Hindi words that are rare": ["मोहतरमा", "Sinhasan par baithna"],
    "short words that other languages have too": ["Main ke bar", "Se no la", "Ko to"],
    "mixed": ["No ir to dinner", "Texting hermana", "Dance con दोस्त"],
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


CONTROL = {
    "family": [
        *("Visiting your mother alone", "Your in-laws staying over", "Seeing your cousin"),
        *("Visiting your folks", "Your family’s group chat"),
        *("बहन से मिलना", "मायके जाना", "Maa se roz baat karna", "Saas ke saath rehna"),
    ],
    "friends as a group": [
        *("Seeing your best friend", "Having a friend over", "Time with the girls", "Nights out"),
        *("Your gang from college", "Meeting people I don’t know", "Going out with your mates"),
        *("Doston se milna", "दोस्तों के साथ पार्टी", "Saheliyon ke saath ghoomna"),
    ],
    "the opposite sex": [
        *("Talking to men", "Talking to the opposite sex", "Having female colleagues"),
        *("Sitting next to a man", "Texting any man", "Being alone with a woman"),
        *("लड़कों से बात करना", "Ladkiyon se dosti", "Main us se bat"),
    ],
    "whereabouts": [
        *("Where you go", "Checking in every hour", "Answering at once", "Who you are with"),
        *("Saying when you’ll be back", "Not picking up the phone", "Sharing your location"),
        *("लोकेशन भेजना", "Kahan ho batana", "Turant phone uthana", "हर घंटे फ़ोन करना"),
    ],
    "clothes": [
        *("Your hair", "Tight tops", "Pants", "Losing weight", "A low-cut top", "Tight jeans"),
        *("छोटे कपड़े पहनना", "Chhote kapde pehenna", "साड़ी पहनना"),
    ],
    "passwords and phones": [
        *("Reading each other's messages", "Reading each other’s phones", "Show me your phone"),
        *("Keeping your phone locked", "Sharing codes", "Taking your passport", "Deleting people"),
        *("Going through your laptop", "Leaving social media", "Blocking a contact"),
        *("मेरा फ़ोन देखना", "Phone mein kya hai", "Password batana", "मैसेज पढ़ना"),
    ],
    "places": [
        *("Going to bars", "Going to the gym", "Being in a pub", "Going to his house"),
        *("Staying at a hotel on your own", "Office parties", "Driving alone"),
        *("Club jaana", "होटल में रुकना", "Dost ke ghar jaana", "बाज़ार अकेले जाना"),
    ],
    "money and work": [
        *("Quit your work", "Going to work", "Working late", "Cash", "Who pays", "Buying things"),
        *("Working full time", "Paying by card", "Your salary"),
        *("पैसे ख़र्च करना", "Naukri karna", "नौकरी छोड़ना", "Bank ka khata"),
    ],
    "leaving home": [
        *("Coming home late", "Home before ten", "Stay at home", "Going anywhere alone"),
        *(
            "Not without me",
            "Ask me first",
            "Permission",
            "You must",
            "You can’t",
            "I decide",
            "Obey",
        ),
        *("Locking the door", "Keeping the key", "Tell me before you leave", "Leaving me"),
        *("Sleeping elsewhere", "Being out after dark", "Taking the car", "Living apart"),
        *("रात को बाहर जाना", "Bina bataye bahar jaana", "मुझसे पूछकर जाना", "Ijazat lena"),
    ],
    "children": [
        *("Taking the children", "Raising the baby", "Your daughter’s school", "Teenagers"),
        *("बच्चों को ले जाना", "Bachche paida karna"),
    ],
}
HARMLESS = (
    *("Texting after midnight", "Kissing on the cheek", "Sending a heart", "Sexting", "Winking"),
    *("Sleeping in one bed", "Keeping old love letters", "Talking about our fights"),
    *("किसी के साथ नाचना", "फ़ोटो लाइक करना", "गले लगाना", "पुरानी यादें", "देर रात मैसेज करना"),
    *("Photo like karna", "Shaadi mein flirt karna", "Late raat ko chatting", "Mazaak karna"),
)


def test_what_is_one_persons_to_decide_is_noticed_in_english_and_hindi() -> None:
    passed = [
        f"{family}: {text!r}"
        for family, texts in CONTROL.items()
        for text in texts
        if not may_be_control(text)
    ]

    assert passed == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_note_is_right_about_the_behaviours_of_all_rounds(language: str) -> None:
    lines = behaviours(language)
    parts = [lines, in_devanagari(lines)] if language == "hi" else [lines]

    for part in parts:
        assert {about for about, _ in part} == {ABOUT_CONTROL, FINE}
        assert 0.4 <= sum(about == FINE for about, _ in part) / len(part) <= 0.6
        found, _ = measure(part)
        assert found.precision >= REACHED[0]
        assert found.recall >= REACHED[1]


LET_BE = (
    *("Sitting on someone’s lap at a party", "Sharing a hotel room on a work trip"),
    *("Deleting messages before we meet", "Talking about our sex life with a colleague"),
    *("खाने के समय फ़ोन देखना", "बहाना बनाना", "Talaak ka mazaak karna"),
)
STILL = (
    *("Going to a party", "Staying at a hotel on your own", "Deleting people"),
    *("Dressing for parties", "Deleting your messages", "मेरा फ़ोन देखना", "बहन से मिलना"),
)


def test_a_sign_is_let_be_where_it_is_about_something_else() -> None:
    assert [text for text in LET_BE if may_be_control(text)] == []
    assert [text for text in STILL if not may_be_control(text)] == []


def test_a_word_with_an_english_ending_is_read() -> None:
    assert [text for text in ("Fibbing", "Snuggled", "Tipsily") if not can_read(text)] == []
    assert not can_read("Saling")


def test_a_longer_text_may_be_about_access_in_either_language() -> None:
    touching = [
        "I give you my password, Ravi.",
        "तुम मेरा फ़ोन देख सकते हो।",
        "tum mera phone dekh sakte ho",
    ]
    others = ["I tell you when I see Kim and Ravi.", "मैं तुम्हें शाम को बता दूँगी।"]

    assert [text for text in touching if not may_be_access(text)] == []
    assert [text for text in others if may_be_access(text)] == []


def test_hindi_is_read_in_both_scripts_and_mixed_with_english() -> None:
    assert [text for text in HARMLESS if not can_read(text)] == []
    assert [text for text in HARMLESS if may_be_control(text)] == []


def test_the_files_of_all_languages_have_the_same_families() -> None:
    files = [tomllib.loads((control.HERE / f"{name}.toml").read_text()) for name in LANGUAGES]

    families = [set(file["signs"]) for file in files]

    assert LANGUAGES == ("en", "hi")
    assert families == [families[0]] * len(families)
    assert [sorted(file["told"]) for file in files] == [["about_us", "demand"]] * len(files)


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
    assert unread == [], "add their words to the end of boundaries/content/control/en.txt"
