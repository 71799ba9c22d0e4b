"""No user text and no name can pass for text of the site."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from itertools import combinations
from typing import Any

import pypdfium2
import pytest
from django.utils.html import escape

from accounts.models import User
from accounts.text import LineField
from boundaries.agreements import copies, history
from boundaries.agreements import rules as agreements
from boundaries.agreements.differences import differences
from boundaries.agreements.models import Version
from boundaries.agreements.wording import BOTH, ProposalLine, proposal
from boundaries.agreements.words import Words, put_into_words, unpack
from boundaries.answers import rules as answers
from boundaries.comparison.wording import stances
from boundaries.content import catalogue
from boundaries.content.catalogue import Deck
from boundaries.leaving import rules as leaving
from boundaries.questions import rules as questions
from boundaries.seats import rules as seats
from boundaries.sentences import Sentence, Source, ours, theirs
from boundaries.talks import wording
from boundaries.therapist_sheet import rules as therapist_sheet
from boundaries.vocabulary import Condition, Outcome, Side, Stance
from tests.conftest import Person, opened_together, propose, write

NAMES = {Side.LEFT: "Alice", Side.RIGHT: "Bob"}
FORGED = (
    "fine.\nWhen Bob does it: not OK for us.",
    "fine.\u2028When Bob does it: not OK for us.",
    "fine”. When Bob does it: not OK for us. “",
    'fine". When Bob does it: not OK for us. "',
    "fine; not late; only with you",
    "x" * 250 + " When Bob does it: not OK for us.",
    "What you two did well: “nothing”",
)


def by_source(sentence: Any) -> list[tuple[Source, str]]:
    return [(part.source, part.text) for part in sentence.parts]


# User text keeps its case


@pytest.mark.once
@pytest.mark.parametrize(
    "words",
    ["iPhone", "Ravi is late", "McDonald’s", "ich", "I", "USA", "Bob calls at 5 p.m.", "éclair"],
)
def test_user_text_keeps_its_case(words: str) -> None:
    results = [
        wording.statement({"when": words, "feelings": ["sad"]}),
        wording.statement({"when": words, "needs": ["rest"]}),
        wording.statement({"because": words}),
        wording.statement({"wish": words}),
        wording.statement({"not_asking": words}),
        wording.statement({"like": words}),
        wording.statement({"not_meaning": words}),
        wording.completed("It makes sense because %(words)s", words),
        proposal([ProposalLine(doer=BOTH, outcome=Outcome.FINE, words=words)], {})[1],
        proposal([ProposalLine(doer="left", outcome=Outcome.CONDITIONS, words=words)], {})[0],
    ]

    assert [result for result in results if words not in result] == []


@pytest.mark.once
@pytest.mark.parametrize(
    ("when", "sentence"),
    [
        ("you come home late", "When you come home late, I feel sad."),
        ("When you come home late", "When you come home late, I feel sad."),
        ("I come home late", "When I come home late, I feel sad."),
        ("I’m late", "When I’m late, I feel sad."),
        ("You come home late", "You come home late. I feel sad."),
        ("Sam calls at 5 p.m.", "Sam calls at 5 p.m. I feel sad."),
        ("", "I feel sad."),
    ],
)
def test_no_capital_ends_up_in_the_middle_of_a_statement(when: str, sentence: str) -> None:
    assert wording.statement({"when": when, "feelings": ["sad"]}) == sentence


@pytest.mark.once
@pytest.mark.parametrize("wish", ["we tell each other", "That it stays with us", "to know first"])
def test_a_wish_of_an_earlier_draft_reads_as_it_was_written(wish: str) -> None:
    parts = {"like": wish, "not_meaning": "That I want to read it"}

    assert wording.statement(parts) == (
        f"What I’d like: {wish}. What it doesn’t mean: That I want to read it."
    )


@pytest.mark.once
@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ("eat without phones", "I’d like us to eat without phones."),
        ("to eat without phones.", "I’d like us to eat without phones."),
        ("us to eat without phones", "I’d like us to eat without phones."),
        ("I'd like us to eat without phones", "I’d like us to eat without phones."),
        ("We put the phones away", "I’d like us to … We put the phones away."),
        ("you put it away!", "I’d like us to … you put it away!"),
        ("tour the old town", "I’d like us to tour the old town."),
        ("iterate", "I’d like us to iterate."),
    ],
)
def test_a_wish_goes_on_from_the_start_before_its_field(wish: str, sentence: str) -> None:
    assert wording.statement({"wish": wish}) == sentence


@pytest.mark.once
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("read your messages", "I’m not asking to read your messages."),
        ("to read your messages", "I’m not asking to read your messages."),
        ("I’m not asking to read them", "I’m not asking to read them."),
        ("I don’t want to read them", "I’m not asking to … I don’t want to read them."),
    ],
)
def test_what_somebody_does_not_ask_goes_on_from_its_start(words: str, sentence: str) -> None:
    assert wording.statement({"not_asking": words}) == sentence


@pytest.mark.once
@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ({}, "When it rings, …"),
        ({"wish": "eat in peace"}, "When it rings, I’d like us to eat in peace."),
        ({"because": "I am tired"}, "When it rings, … I am tired."),
        ({"like": "us to eat"}, "When it rings, … What I’d like: us to eat."),
        ({"when": "It rings", "wish": "eat"}, "It rings. I’d like us to eat."),
    ],
)
def test_what_happens_is_said_without_a_feeling(parts: dict[str, str], sentence: str) -> None:
    assert wording.statement({"when": "it rings", **parts}) == sentence


STATEMENT = {
    "when": "your phone buzzes through dinner",
    "feelings": ["sad"],
    "needs": ["rest"],
    "because": "I am tired",
    "wish": "eat without phones",
    "not_asking": "read your messages",
    "like": "that we eat in peace",
    "not_meaning": "that I am angry",
}


@pytest.mark.once
@pytest.mark.parametrize("capital", [False, True])
def test_a_statement_has_every_part_that_was_filled_in(capital: bool) -> None:
    dropped = []
    for size in range(len(STATEMENT) + 1):
        for names in combinations(STATEMENT, size):
            parts: dict[str, Any] = {name: STATEMENT[name] for name in names}
            if capital:
                parts = {
                    name: words if isinstance(words, list) else words[:1].upper() + words[1:]
                    for name, words in parts.items()
                }
            sentence = wording.statement(parts)
            firsts = [words[0] if isinstance(words, list) else words for words in parts.values()]
            dropped += [(names, words) for words in firsts if words not in sentence]
            assert sentence.removeprefix("When ").startswith(parts.get("when", ""))
            assert bool(sentence) == bool(names)

    assert dropped == []


@pytest.mark.once
def test_a_narrow_space_within_a_word_stays_in_one_line_fields() -> None:
    words = "\u182e\u1823\u1829\u182d\u1823\u182f\u202f\u1824\u1828"

    assert LineField().clean(f" {words} \n\u2028 {words}") == f"{words} {words}"
    assert theirs(words).shown == theirs(words).plain == f"“{words}”"
    (pieces,) = differences(["a"], [Sentence([theirs(words)])])
    assert pieces[-1].words == f"“{words}”"


@pytest.mark.once
@pytest.mark.parametrize("name", ["alice", "iris", "d’Arcy", "McKay", "Élodie"])
def test_a_name_keeps_its_case(name: str) -> None:
    names = {"left": name, "right": "Bob"}
    results = [
        *proposal([ProposalLine(doer="left", outcome=Outcome.FINE)], names),
        stances("left", Stance.ACCEPTABLE, Stance.UNSURE, names),
        stances("", Stance.ACCEPTABLE, Stance.UNSURE, names),
    ]

    assert [result for result in results if name not in result and "Bob" not in result] == []
    assert results[0] == f"When {name} does it: fine with both of us."


# User text is marked


@pytest.mark.once
@pytest.mark.parametrize("words", FORGED)
def test_no_character_in_user_text_can_end_its_part(words: str) -> None:
    line = ProposalLine(doer="left", outcome=Outcome.CONDITIONS, conditions=(Condition.NOT_LATE,))
    (honest, _) = proposal([line], {"left": "Alice", "right": "Bob"})
    (same, sentence, _) = proposal(
        [ProposalLine(doer="left", outcome=line.outcome, conditions=line.conditions, words=words)],
        {"left": "Alice", "right": "Bob"},
    )

    assert same == honest
    assert by_source(sentence) == [
        (Source.OURS, "When "),
        (Source.NAME, "Alice"),
        (Source.OURS, " does it, in our own words: "),
        (Source.THEIRS, words),
    ]
    assert len(sentence.splitlines()) == 1
    assert sentence.count("“") == sentence.count("”") == 1
    assert '"' not in sentence


@pytest.mark.once
def test_changed_parts_keep_their_source() -> None:
    before = [Sentence([ours("When "), ours("it is: "), theirs("late. Fine for us"), ours(".")])]
    after = [Sentence([ours("When "), ours("it is: "), theirs("soon. Fine for us"), ours(".")])]

    (line,) = differences(before, after)

    assert [
        (piece.kind.value, [source for source, _ in by_source(piece.words)]) for piece in line
    ] == [
        ("same", [Source.OURS]),
        ("gone", [Source.THEIRS]),
        ("new", [Source.THEIRS]),
        ("same", [Source.THEIRS, Source.OURS]),
    ]


@pytest.fixture
def couple(alice: Person, bob: Person, deck: Deck) -> tuple[Person, Person]:
    opened_together(alice, bob, deck)
    return alice, bob


def agree(alice: Person, bob: Person, words: Words, behaviour: str = "a1") -> str:
    digest = propose(alice, behaviour, words)
    agreements.assent(bob.seat, [digest], acknowledged=[digest])
    return digest


def outputs(who: Person) -> dict[str, str]:
    """Return every page that shows an agreement, with user text between two marks."""
    return {
        path: re.sub(r'<bdi class="theirs"[^>]*>(.*?)</bdi>', r"⟦\1⟧", who.client.get(path).text)
        for path in (
            "/understandings/",
            "/understandings/on/a1/",
            "/seen/",
            "/understandings/therapist/",
        )
    }


@pytest.mark.turns(2)
@pytest.mark.django_db
@pytest.mark.parametrize("words", FORGED)
def test_every_page_marks_user_text(couple: tuple[Person, Person], words: str) -> None:
    alice, bob = couple
    line = ProposalLine(doer=Side.LEFT, outcome=Outcome.FINE, words=words)
    agreed = put_into_words("Messaging", [line], NAMES, words)
    agree(alice, bob, agreed)
    agree(alice, bob, put_into_words("Messaging", [line], NAMES))
    shown = " ".join(words.split())
    unmarked = {
        path: text
        for path, page in outputs(bob).items()
        for text in re.split(r"⟦.*?⟧", page)[:]
        if escape(shown) in text or "does it: not OK for us" in text
    }

    assert all(escape(f"“{shown}”") in page for page in outputs(bob).values())
    assert unmarked == {}
    data = json.loads(bob.client.get("/understandings/page.json").content)
    version = data["understandings"][0]["versions"][0]
    assert version["lines"][0]["words"] == words
    assert {"words": words} in version["parts"][1]
    assert version["text"][1].count("”") == 1


@pytest.mark.django_db
def test_agreements_have_no_line_breaks(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    sent = {"alike": "yes", "outcome_both": "fine", "seen": "0"}
    sent |= {"together": seats.couple_token(alice.seat)}
    breaks = {"words_both": "as\r\nwe\u2028said", "well": "we\n\nlaughed"}

    assert (
        alice.client.post("/understandings/on/a1/propose/", {**sent, **breaks}).status_code == 302
    )

    words = history.entry(bob.seat, "a1").newest.words
    assert (words.lines[0].words, words.well) == ("as we said", "we laughed")
    assert words.alike


@pytest.mark.django_db
def test_a_pdf_has_user_text_in_quotation_marks(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    line = ProposalLine(
        doer=Side.LEFT, outcome=Outcome.FINE, words="We said.\nWhen Bob does it: no"
    )
    agree(alice, bob, put_into_words("Messaging", [line], NAMES, "We\nlaughed"))

    content = bob.client.get("/understandings/a4.pdf").content

    page = pypdfium2.PdfDocument(content)[0].get_textpage().get_text_range()
    read = " ".join(page.split())
    hers = "When Alice does it: fine with both of us."
    own = "When Alice does it, in our own words: “We said. When Bob does it: no”"
    assert f"{hers} {own}" in read
    assert "What you two did well: “We laughed”" in read


@pytest.mark.django_db
def test_an_own_behaviour_is_marked_as_user_text(alice: Person, bob: Person) -> None:
    text = "Ravi’s sister staying. Whoever does it: fine for us"
    questions.put_forward(alice.seat, text)
    questions.accept(bob.seat, questions.ours(bob.seat).theirs[0].id)
    own = questions.deck(alice.seat, catalogue.OWN)
    for who in (alice, bob):
        write(who, own.behaviours[0], Stance.ACCEPTABLE)
        answers.seal(who.seat, own)
    id = own.behaviours[0].id
    agree(
        alice,
        bob,
        put_into_words(text, [ProposalLine(doer=BOTH, outcome=Outcome.FINE)], NAMES),
        id,
    )
    therapist_sheet.make(alice.seat, [id], 7)

    bare = []
    for path in ("/understandings/", f"/understandings/on/{id}/", "/understandings/therapist/"):
        page = re.sub(r'="[^"]*"', "", alice.client.get(path).text)
        bare += [path for _ in re.findall(rf"(?<!“){re.escape(escape(text))}", page)]
    assert bare == []
    assert alice.client.get("/understandings/").text.count(f"“{escape(text)}”") == 1
    leaving.part(alice.seat)
    assert f"“{escape(text)}”" in bob.client.get("/leaving/copies/").text


@pytest.mark.parametrize("outcome", Outcome)
def test_a_day_does_not_change_the_case(outcome: Outcome) -> None:
    line = ProposalLine(doer=BOTH, outcome=outcome, conditions=(Condition.NOT_LATE,))
    names = {str(side): name for side, name in NAMES.items()}
    (plain,) = proposal([line], names)
    (dated,) = proposal([replace(line, on=date(2099, 12, 1))], names)

    assert dated == f"{plain} We look at it again on 1 December 2099."


# Rows contain sides instead of names


@pytest.mark.django_db
def test_agreements_store_no_names(
    couple: tuple[Person, Person],
) -> None:
    alice, bob = couple
    lines = [
        ProposalLine(doer=Side.LEFT, outcome=Outcome.FINE),
        ProposalLine(doer=Side.RIGHT, outcome=Outcome.NOT_FOR_US),
    ]
    digest = agree(alice, bob, put_into_words("Messaging", lines, NAMES))
    stored = json.dumps(Version.objects.get().read(alice.seat.shared_key))
    assert not re.search("Alice|Bob", stored)

    for hers, his, shown in (
        ("Alice", "Bob", ("Alice", "Bob")),
        ("Bob", "Alice", ("Bob", "Alice")),
        ("Alex", "\u0410lex", ("Alex (1)", "\u0410lex (2)")),
        ("Alice", "Alice or anyone else", ("Alice", "“Alice or anyone else”")),
    ):
        User.objects.filter(pk=alice.user.pk).update(first_name=hers)
        User.objects.filter(pk=bob.user.pk).update(first_name=his)
        for who in (alice, bob):
            current = history.entry(who.seat, "a1").current
            assert current
            assert current.digest == digest
            assert current.words.text == (
                f"When {shown[0]} does it: fine with both of us.",
                f"When {shown[1]} does it: not OK for us.",
            )
            page = who.client.get("/understandings/").text
            for name in shown:
                assert f'When <bdi class="name">{name}</bdi> does it' in page, name
            mine = shown[0] if who is alice else shown[1]
            assert (f"Here you are <b>{mine}</b>" in page) == ("(1)" in shown[0])


@pytest.mark.django_db
def test_a_phrase_as_a_name_cannot_change_what_a_sentence_says(
    couple: tuple[Person, Person],
) -> None:
    alice, bob = couple
    User.objects.filter(pk=bob.user.pk).update(first_name="Alice")
    line = ProposalLine(doer=Side.RIGHT, outcome=Outcome.FINE)
    agree(alice, bob, put_into_words("Messaging", [line], NAMES))
    therapist_sheet.make(alice.seat, ["a1"], 7)

    pages = ("/decks/essentials/comparison/", "/understandings/", "/understandings/therapist/")
    for who in (alice, bob):
        for path in pages:
            page = who.client.get(path)
            assert page.status_code == 200, path
            assert "Alice (1)" in page.text, path
            assert "Alice (2)" in page.text, path
        mine = "Alice (1)" if who is alice else "Alice (2)"
        for path in (*pages, "/understandings/on/a1/"):
            assert f"Here you are <b>{mine}</b>" in who.client.get(path).text, path
    leaving.part(alice.seat)
    (hers,), (his,) = (copies.all_of(who.seat)[0].understandings for who in (alice, bob))
    assert "When my partner does it: fine with both of us." in hers.text
    assert "When Alice does it: fine with both of us." in his.text


# Words from before

AS_THEY_WERE: dict[str, Any] = {
    "format": 2,
    "behaviour": "Messaging",
    "lines": [
        {"doer": "left", "outcome": "not-for-us", "conditions": [], "words": "", "on": ""},
    ],
    "text": [
        ["When ", {"side": "left"}, " does it: not for us."],
        ["When ", {"side": "right"}, " does it: we leave this open."],
    ],
    "well": "",
}


@pytest.mark.django_db
def test_what_was_agreed_keeps_the_words_it_was_agreed_in(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    words = unpack(AS_THEY_WERE, NAMES)
    digest = propose(alice, words=words)
    assert digest == "3f8f021f78f225e6226915a9bc7f02d244d4ce68fcbd46fd"

    agreements.assent(bob.seat, [digest], acknowledged=[digest])

    current = history.entry(bob.seat, "a1").current
    assert current
    assert current.digest == digest
    assert current.words.text[0] == "When Alice does it: not for us."
    leaving.part(bob.seat)
    (copy,) = copies.all_of(alice.seat)
    assert copy.understandings[0].text[0] == "When Alice does it: not for us."


BEFORE: dict[str, Any] = {
    "lines": [
        {
            "doer": "left",
            "outcome": "conditions",
            "conditions": ["told-first"],
            "words": "it stays in the group.",
            "on": "2099-12-01",
        },
        {"doer": "right", "outcome": "fine", "conditions": [], "words": "as\nwe said", "on": ""},
    ],
    "text": [
        "Messaging",
        "When Alice does it: fine, with conditions: we tell each other first; it stays in the "
        "group. We look at it again on 1 December 2099.",
        "When Bob or anyone else does it: fine for us. as\nwe said.",
    ],
    "well": "We laughed.",
}


@pytest.mark.django_db
def test_words_of_the_first_format_read_as_before_and_can_be_agreed_to(
    couple: tuple[Person, Person],
) -> None:
    alice, bob = couple
    words = unpack(BEFORE)
    digest = propose(alice, words=words)
    assert Version.objects.get().read(alice.seat.shared_key) == BEFORE
    assert digest == "daaf5c0159bd5a920adfb2176ebd2e6276a5c5f2c5ab2eff"

    agreements.assent(bob.seat, [digest], acknowledged=[digest])

    current = history.entry(bob.seat, "a1").current
    assert current
    assert current.words.text == (
        "When Alice does it: fine, with conditions: we tell each other first; “it stays in the "
        "group”. We look at it again on 1 December 2099.",
        "When “Bob or anyone else” does it: fine for us. “as we said”.",
    )
    assert current.words.lines[0].on == date(2099, 12, 1)
    for text in ({"text": ["Messaging", "Wenn Alice: gut. as\nwe said"]}, {"text": ["Messaging"]}):
        old = unpack({**BEFORE, "lines": BEFORE["lines"][1:], **text})
        assert all("\n" not in sentence for sentence in old.text)


OWN_WORDS = "We tell each other, and one evening a week is ours, phones away."
JOINED: dict[str, Any] = {  # as it was stored before own words were a sentence by themselves
    "format": 2,
    "behaviour": "Messaging",
    "lines": [
        {
            "doer": "both",
            "outcome": "conditions",
            "conditions": ["told-after"],
            "words": OWN_WORDS,
            "on": "",
        }
    ],
    "text": [["Fine, if we tell each other afterwards and ", {"words": OWN_WORDS}]],
    "well": "",
}


SET_APART = {  # as it was stored while own words were always a sentence by themselves
    **JOINED,
    "lines": [{**JOINED["lines"][0], "conditions": [], "words": "we find each other"}],
    "text": [["Fine with conditions."], ["In our own words: ", {"words": "we find each other"}]],
}


@pytest.mark.once
def test_own_words_are_part_of_a_sentence_where_they_read_on() -> None:
    def text(words: str, *conditions: Condition) -> list[str]:
        line = ProposalLine(
            doer=BOTH, outcome=Outcome.CONDITIONS, conditions=conditions, words=words
        )
        return [*put_into_words("Messaging", [line], NAMES).text]

    first = Condition.TOLD_FIRST
    assert text("we find each other") == ["Fine, if “we find each other”."]
    assert text("we find each other", first) == [
        "Fine, if we tell each other first and “we find each other”."
    ]
    assert text("if we find each other") == ["Fine, “if we find each other”."]
    assert text("friends only") == ["Fine, like this: “friends only”."]
    assert text("we do. Nobody else does") == ["Fine, like this: “we do. Nobody else does”."]
    assert text("we talk, and dance", first) == [
        "Fine, if we tell each other first.",
        "In our own words: “we talk, and dance”",
    ]


@pytest.mark.django_db
def test_words_that_were_set_apart_stay_so(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    agreed = agree(alice, bob, unpack(SET_APART, NAMES))

    newest = history.entry(bob.seat, "a1").newest
    assert newest.words.stored == SET_APART
    assert [*newest.words.text] == [
        "Fine with conditions.",
        "In our own words: “we find each other”",
    ]
    assert newest.digest == agreed


@pytest.mark.once
def test_own_words_are_a_line_by_themselves() -> None:
    line = ProposalLine(
        doer=BOTH,
        outcome=Outcome.CONDITIONS,
        conditions=(Condition.TOLD_AFTER,),
        words=OWN_WORDS,
    )

    assert put_into_words("Messaging", [line], NAMES).text == (
        "Fine, if we tell each other afterwards.",
        f"In our own words: “{OWN_WORDS}”",
    )


@pytest.mark.django_db
def test_words_agreed_before_keep_their_text_and_digest(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    digest = agree(alice, bob, unpack(JOINED, NAMES))

    assert digest == "f58adf76b9dac274146663a4071c2cb7d5b2853ad1c9127c"
    assert history.entry(bob.seat, "a1").newest.words.stored == JOINED
    for path, page in outputs(bob).items():
        assert f"afterwards and ⟦“{OWN_WORDS}”⟧" in page, path
