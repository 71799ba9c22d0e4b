"""The pages of a talk: what they accept and refuse, and that no word is lost."""

from __future__ import annotations

import re
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from boundaries.agreements.words import unpack
from boundaries.content.catalogue import Deck
from boundaries.seats import rules as seats
from boundaries.talks import drafts, reading
from boundaries.talks import rules as talks
from boundaries.talks.forms import PARTS
from boundaries.talks.models import Conversation
from boundaries.vocabulary import Mode, Move, Side, Step
from tests.conftest import Person, do, opened_together, talk, talked_up_to
from tests.support.routes import TALK

PAGE = f"/talks/{TALK}/"
DRAFT = f"{PAGE}draft/"


@pytest.fixture(autouse=True)
def offered(alice: Person, bob: Person, deck: Deck) -> None:
    opened_together(alice, bob, deck)
    talk(alice)


def post(who: Person, where: str, *, script: bool = False, **data: Any) -> Any:
    version = reading.talk(who.seat, TALK).version
    headers = {"HX-Request": "true"} if script else {}
    return who.client.post(f"{PAGE}{where}/", {"look": version, **data}, headers=headers)


def drafts_of(who: Person) -> dict[str, Any]:
    seat = who.seat
    now = reading.talk(seat, TALK)
    return {purpose: words.content for purpose, words in drafts.written(seat, now, now.me).items()}


def note_under(page: str, name: str) -> str:
    """The note on wording that stands under a field."""
    return page.partition(f'id="note-{name}"')[2].partition("</div>\n</div>")[0]


def field(page: str, name: str) -> str:
    found = re.search(rf'<textarea[^>]* name="{name}"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert found
    return found[1]


def test_the_parts_make_a_sentence_that_is_handed_over(alice: Person, bob: Person) -> None:
    talked_up_to(Step.SPEAK, alice, bob)
    parts: Any = {"when": "it gets late", "feelings": ["lonely", "torn"], "needs": ["rest"]}
    post(alice, "draft", purpose="speak-1-1", part="parts", wish="sleep", **parts)
    page = alice.client.get(f"{PAGE}?part=sentence").text

    sentence = field(page, "words")
    seen = re.search(r'id="seen-speak-1-1"\s+value="(\w+)"', page)
    assert seen
    sent: Any = {"purpose": "speak-1-1", "part": "sentence", "words": sentence, "seen": seen[1]}
    post(alice, "turn/speak", **sent)

    assert sentence == (
        "When it gets late, I feel lonely and torn, because what matters to me is rest. "
        "I’d like us to sleep."
    )
    statement = reading.talk(bob.seat, TALK).statement
    assert statement
    assert statement.content["words"] == sentence
    assert statement.content["needs"] == ["rest"]
    assert drafts_of(alice) == {}


@pytest.mark.parametrize(
    ("part", "words"),
    [("when", "when"), ("matters", "because"), ("like", "wish"), ("sentence", "words")],
)
def test_without_script_saving_shows_what_was_saved_and_the_note_on_it(
    alice: Person, bob: Person, part: str, words: str
) -> None:
    talked_up_to(Step.SPEAK, alice, bob)

    sent: Any = {"purpose": "speak-1-1", "part": part, words: "You never listen to me."}
    answer = post(alice, "draft", **sent)
    page = alice.client.get(answer["Location"]).text

    assert field(page, words) == "You never listen to me."
    assert "Always and never" in note_under(page, words)


def test_small_steps_are_saved_one_by_one(alice: Person, bob: Person) -> None:
    talked_up_to(Step.SPEAK, alice, bob)
    steps: list[tuple[str, dict[str, Any]]] = [
        ("when", {"when": "it gets late", "feelings": ["lonely"]}),
        ("matters", {"needs": ["rest"], "because": "I am tired"}),
        ("like", {"wish": "sleep"}),
        ("matters", {"because": "I am very tired"}),  # gone back: the need is taken away
    ]
    for part, fields in steps:
        saved = drafts.written(alice.seat, reading.talk(alice.seat, TALK), Side.LEFT)
        seen = saved["speak-1-1"].version if saved else ""
        post(alice, "draft", purpose="speak-1-1", part=part, seen=seen, **fields)

    assert field(alice.client.get(f"{PAGE}?part=sentence").text, "words") == (
        "When it gets late, I feel lonely. I am very tired. I’d like us to sleep."
    )


def test_a_draft_from_before_the_starts_keeps_its_labels(alice: Person, bob: Person) -> None:
    talked_up_to(Step.SPEAK, alice, bob)
    blank = alice.client.get(f"{PAGE}?part=like").text
    old: Any = {"like": "that we sleep", "not_meaning": "that you are loud"}
    post(alice, "draft", purpose="speak-1-1", part="like", **old)
    page = alice.client.get(f"{PAGE}?part=like").text
    seen = re.search(r'id="seen-speak-1-1"\s+value="(\w+)"', page)
    assert seen
    post(alice, "draft", purpose="speak-1-1", part="like", like="that we rest", seen=seen[1])

    assert [name in blank for name in ("I’d like us to …", "I’m not asking to …")] == [True, True]
    assert [name in blank for name in ('name="like"', 'name="not_meaning"')] == [False, False]
    assert (field(page, "like"), field(page, "not_meaning")) == tuple(old.values())
    assert [name in page for name in ("What I’d like", "What it doesn’t mean")] == [True, True]
    assert [name in page for name in ('name="wish"', 'name="not_asking"')] == [False, False]
    assert field(alice.client.get(f"{PAGE}?part=sentence").text, "words") == (
        "What I’d like: that we rest. What it doesn’t mean: that you are loud."
    )


def test_an_emptied_sentence_is_not_handed_over_on_two_phones(alice: Person, bob: Person) -> None:
    talked_up_to(Step.SPEAK, alice, bob)
    post(alice, "draft", purpose="speak-1-1", part="when", when="your phone buzzes")

    refused = post(alice, "turn/speak", purpose="speak-1-1", part="sentence", words=" ")

    assert refused.status_code == HTTPStatus.BAD_REQUEST
    assert field(refused.text, "words") == ""
    assert "Please write what you want to say." in refused.text
    assert "When your phone buzzes, …" in refused.text  # to be taken instead
    assert reading.talk(alice.seat, TALK).step == Step.SPEAK


@pytest.mark.parametrize(
    ("steps", "is_asked"), [({"when": "your phone buzzes"}, True), ({"feelings": ["sad"]}, False)]
)
def test_written_steps_are_left_unsaid_once_that_was_asked(
    alice: Person, bob: Person, steps: dict[str, Any], is_asked: bool
) -> None:
    talked_up_to(Step.SPEAK, alice, bob)
    talks.switch(alice.seat, TALK, Mode.TOGETHER)
    sent: Any = {"purpose": "speak-1-1", "part": "sentence", "words": "", "side": "left"}
    post(alice, "draft", purpose="speak-1-1", part="when", side="left", **steps)

    first = post(alice, "turn/speak", **sent)
    if is_asked:
        assert first.status_code == HTTPStatus.BAD_REQUEST
        assert field(first.text, "words") == ""
        assert "Nothing written?" in first.text
        assert 'name="unwritten"' in first.text
        assert reading.talk(alice.seat, TALK).statement is None
        first = post(alice, "turn/speak", unwritten="on", **sent)

    assert first.status_code == HTTPStatus.FOUND
    statement = reading.talk(alice.seat, TALK).statement
    assert statement
    assert statement.content["words"] == ""
    assert "Said aloud." in alice.client.get(PAGE).text


def test_a_changed_sentence_is_not_composed_again(alice: Person, bob: Person) -> None:
    talked_up_to(Step.SPEAK, alice, bob)
    post(alice, "draft", purpose="speak-1-1", part="parts", wish="sleep")
    kept = drafts.written(alice.seat, reading.talk(alice.seat, TALK), Side.LEFT)
    version = kept["speak-1-1"].version
    post(alice, "draft", purpose="speak-1-1", part="sentence", words="As I say it.", seen=version)

    page = alice.client.get(f"{PAGE}?part=sentence").text

    assert field(page, "words") == "As I say it."
    offered = page.index("I’d like us to sleep.")
    assert page.index("so they stay as they are") < offered < page.index('class="foot-bar"')
    seen = re.search(r'id="seen-speak-1-1"\s+value="(\w+)"', page)
    assert seen
    taken: Any = {"part": "sentence", "words": "As I say it.", "composed": "yes", "seen": seen[1]}
    assert post(alice, "draft", purpose="speak-1-1", **taken).status_code == HTTPStatus.FOUND
    page = alice.client.get(f"{PAGE}?part=sentence").text
    assert field(page, "words") == "I’d like us to sleep."
    assert "Take these words instead" not in page


def test_a_sentence_that_nobody_changed_follows_its_steps(alice: Person, bob: Person) -> None:
    talked_up_to(Step.SPEAK, alice, bob)

    def save(part: str, **sent: Any) -> Any:
        kept = drafts.written(alice.seat, reading.talk(alice.seat, TALK), Side.LEFT)
        seen = kept["speak-1-1"].version if kept else ""
        return post(alice, "draft", purpose="speak-1-1", part=part, seen=seen, **sent)

    save("matters", needs=["rest"])
    stub = field(alice.client.get(f"{PAGE}?part=sentence").text, "words")
    save("sentence", words=stub, then="like")  # she has looked at it, and goes back
    save("when", when="it gets late", feelings=["lonely"])
    save("like", wish="sleep", then="sentence")
    page = alice.client.get(f"{PAGE}?part=sentence").text

    assert stub == "What matters to me is rest."
    assert field(page, "words") == (
        "When it gets late, I feel lonely, because what matters to me is rest. "
        "I’d like us to sleep."
    )
    assert "Take these words instead" not in page


def test_parts_left_out_of_the_sentence_stay_with_their_writer(alice: Person, bob: Person) -> None:
    talked_up_to(Step.SPEAK, alice, bob)
    post(alice, "draft", purpose="speak-1-1", part="parts", because="a thing she took out")
    post(alice, "turn/speak", purpose="speak-1-1", part="sentence", words="What I say.")
    for _ in range(3):
        do(bob, Move.REFLECT, {"words": "I hear you."})
        do(alice, Move.NOT_YET, {"words": ""})
    talks.switch(bob.seat, TALK, Mode.TOGETHER)

    for more in ("", *(f"?with=left&part={part}" for part in PARTS)):
        assert "took out" not in bob.client.get(f"{PAGE}{more}").text
    answer = post(bob, "turn/speak", part="parts", words="x" * 1501, side="left")
    assert "took out" not in answer.text
    assert "took out" in alice.client.get(f"{PAGE}?with=left").text  # what she did not hand over


def test_feelings_and_needs_taken_out_of_the_sentence_are_not_handed_over(
    alice: Person, bob: Person
) -> None:
    talked_up_to(Step.SPEAK, alice, bob)
    sentences = {1: "What matters to me is privacy and rest.", 2: "The rest is mine."}
    for half, (speaker, listener) in enumerate([(alice, bob), (bob, alice)], start=1):
        purpose = f"speak-{half}-1"
        picked: Any = {"needs": ["privacy", "rest"], "feelings": ["torn"]}
        post(speaker, "draft", purpose=purpose, part="parts", **picked)
        post(speaker, "turn/speak", purpose=purpose, part="sentence", words=sentences[half])
        do(listener, Move.REFLECT, {"words": "I hear you."})
        do(speaker, Move.YES)
        do(listener, Move.MAKES_SENSE, {"because": "", "imagine": ""})

    talk = reading.talk(alice.seat, TALK)

    assert [spoken.content["needs"] for spoken in talk.statements] == [
        ["privacy", "rest"],
        ["rest"],
    ]
    assert [spoken.content["feelings"] for spoken in talk.statements] == [[], []]
    assert "<b>privacy</b>" not in alice.client.get(PAGE).text


def test_unused_fields_of_a_proposal_are_not_handed_over(alice: Person, bob: Person) -> None:
    talked_up_to(Step.OUTCOME, alice, bob)
    sent: Any = {"purpose": "propose-2-1", "alike": "yes", "outcome_both": "fine"}
    post(alice, "turn/propose", **sent, words_left="words for a line of her own")

    assert "a line of her own" not in repr(reading.talk(bob.seat, TALK))
    assert "a line of her own" in repr(reading.talk(alice.seat, TALK))


def test_a_double_click_hands_a_sentence_over_once(alice: Person, bob: Person) -> None:
    talked_up_to(Step.SPEAK, alice, bob)
    post(alice, "draft", purpose="speak-1-1", part="parts", needs=["rest"], wish="sleep")
    kept = drafts.written(alice.seat, reading.talk(alice.seat, TALK), Side.LEFT)
    look = reading.talk(alice.seat, TALK).version
    sent = {"purpose": "speak-1-1", "part": "sentence", "words": "Sleep.", "look": look}
    sent["seen"] = kept["speak-1-1"].version

    answers = [alice.client.post(f"{PAGE}turn/speak/", sent) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [HTTPStatus.FOUND] * 2


def test_words_sent_with_a_yes_are_saved(alice: Person, bob: Person) -> None:
    talked_up_to(Step.CONFIRM, alice, bob)

    post(alice, "turn/yes", purpose="partly-1-1", words="though one thing is missing")

    assert reading.talk(bob.seat, TALK).step == Step.MAKES_SENSE
    assert drafts_of(alice) == {"partly-1-1": {"words": "though one thing is missing"}}


def test_words_sent_with_a_yes_that_are_too_long_are_given_back(alice: Person, bob: Person) -> None:
    talked_up_to(Step.CONFIRM, alice, bob)
    long = "y" * 301

    answer = post(alice, "turn/yes", purpose="partly-1-1", words=long)

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert field(answer.text, "words") == long
    assert "There is room for 300." in answer.text
    assert reading.talk(bob.seat, TALK).step == Step.CONFIRM


def test_no_word_is_lost_however_often_the_talk_moves_on(alice: Person, bob: Person) -> None:
    talked_up_to(Step.REFLECT, alice, bob)
    for mode in (Mode.TOGETHER, Mode.APART) * 4:
        page = bob.client.get(f"{PAGE}?with=right&part=write").text
        seen = re.search(r'id="seen-reflect-1-1"\s+value="(\w*)"', page)
        assert seen
        sent = {"look": reading.talk(bob.seat, TALK).version, "purpose": "reflect-1-1"}
        sent |= {"seen": seen[1], "side": "right", "words": f"What I hear, as I go {mode}."}
        talks.switch(bob.seat, TALK, mode)

        answer = bob.client.post(f"{PAGE}turn/reflect/", sent)

        assert answer.status_code == HTTPStatus.CONFLICT
        assert sent["words"] in answer.text
        assert drafts_of(bob) == {"reflect-1-1": {"words": sent["words"]}}


def test_late_words_that_cannot_be_saved_are_given_back(alice: Person, bob: Person) -> None:
    talked_up_to(Step.REFLECT, alice, bob)
    look = reading.talk(bob.seat, TALK).version
    talks.switch(alice.seat, TALK, Mode.TOGETHER)
    for number in range(6):  # each from a page of its own, where nothing was kept yet
        late = {"look": look, "purpose": "reflect-1-1", "words": f"late words {number}"}

        answer = bob.client.post(f"{PAGE}turn/reflect/", late)

        assert answer.status_code == HTTPStatus.CONFLICT
        assert f"late words {number}" in answer.text


def test_late_words_are_saved_beside_the_draft(alice: Person, bob: Person) -> None:
    talked_up_to(Step.REFLECT, alice, bob)
    post(bob, "draft", purpose="reflect-1-1", words="a long one from the desk")
    do(alice, Move.STOP)

    late = {"purpose": "reflect-1-1", "words": "a quick one", "look": "from before"}
    bob.client.post(f"{PAGE}turn/reflect/", late)

    assert drafts_of(bob) == {
        "reflect-1-1": {"words": "a long one from the desk"},
        "reflect-1-1+": {"words": "a quick one"},
    }


@pytest.mark.parametrize("where", ["draft", "turn/reflect"])
def test_words_that_are_too_long_are_given_back_during_a_pause(
    alice: Person, bob: Person, where: str
) -> None:
    talked_up_to(Step.REFLECT, alice, bob)
    post(alice, "pause", minutes="20")

    answer = post(bob, where, purpose="reflect-1-1", words="z" * 1501)

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert "z" * 1501 in answer.text


def test_a_refusal_does_not_show_the_listener_the_speakers_buttons(
    alice: Person, bob: Person
) -> None:
    talked_up_to(Step.CONFIRM, alice, bob)

    answer = post(bob, "turn/partly", purpose="partly-1-1", words="w" * 400)

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert "Is that what you meant?" not in answer.text
    assert "w" * 400 in answer.text


def test_an_unknown_feeling_is_refused(alice: Person, bob: Person) -> None:
    talked_up_to(Step.SPEAK, alice, bob)
    bogus: Any = {"purpose": "speak-1-1", "words": "x", "feelings": "bogus", "needs": "bogus"}

    for where in ("draft", "turn/speak"):
        for part in ("when", "matters", "parts", "sentence"):
            answer = post(alice, where, part=part, **bogus)
            assert answer.status_code == HTTPStatus.BAD_REQUEST


def test_words_sent_with_the_parts_are_handed_over(alice: Person, bob: Person) -> None:
    talked_up_to(Step.SPEAK, alice, bob)

    post(alice, "turn/speak", purpose="speak-1-1", part="parts", words="What I say.")

    assert "What I say." in bob.client.get(PAGE).text


def test_people_see_that_their_part_was_typed_on_the_others_screen(
    alice: Person, bob: Person
) -> None:
    talked_up_to(Step.SPEAK, alice, bob)
    talks.switch(alice.seat, TALK, Mode.TOGETHER)
    do(alice, Move.SPEAK, {"words": "I feel torn.", "feelings": [], "needs": []}, side=Side.LEFT)
    do(alice, Move.REFLECT, {"words": "You feel torn."}, side=Side.RIGHT)

    typed = "Some of this was typed on the other phone."
    during, hers = (who.client.get(PAGE).text for who in (bob, alice))
    do(alice, Move.STOP)
    for side in Side:
        do(alice, Move.CLOSE, {"well": "", "next": ""}, side=side)
    assert typed not in hers
    for page in (during, bob.client.get(PAGE).text):
        flow, _, record = page.partition('class="fold record"')
        assert typed in record
        assert typed not in flow


def test_words_that_are_too_long_are_marked_and_not_cut(alice: Person, bob: Person) -> None:
    talked_up_to(Step.REFLECT, alice, bob)
    long = "x" * 1501

    for where in ("draft", "turn/reflect"):
        answer = post(bob, where, purpose="reflect-1-1", words=long)
        assert answer.status_code == HTTPStatus.BAD_REQUEST
        assert field(answer.text, "words") == long
        assert "There is room for 1500." in answer.text


def test_words_are_required_on_two_screens_and_not_on_one(alice: Person, bob: Person) -> None:
    talked_up_to(Step.REFLECT, alice, bob)

    assert post(bob, "turn/reflect").status_code == HTTPStatus.BAD_REQUEST
    talks.switch(bob.seat, TALK, Mode.TOGETHER)
    assert post(bob, "turn/reflect", side="right").status_code == HTTPStatus.FOUND


def test_on_a_shared_screen_drafts_are_shown_to_their_writer_only(
    alice: Person, bob: Person
) -> None:
    talked_up_to(Step.REFLECT, alice, bob)
    talks.switch(alice.seat, TALK, Mode.TOGETHER)
    post(alice, "draft", purpose="reflect-1-1", words="what Bob hears", side="right")
    post(alice, "draft", purpose="close-1-1", well="what Alice keeps", side="left")

    both, card, his = (
        alice.client.get(f"{PAGE}{more}").text
        for more in ("", "?part=write&with=left", "?part=write&with=right")
    )

    assert "Hand the phone to Bob" in card
    for page in (both, card):
        assert "what Alice keeps" not in page
        assert "what Bob hears" not in page
    assert "what Alice keeps" not in his
    assert field(his, "words") == "what Bob hears"


def test_late_words_are_given_back_on_a_shared_screen(alice: Person, bob: Person) -> None:
    talked_up_to(Step.REFLECT, alice, bob)
    talks.switch(bob.seat, TALK, Mode.TOGETHER)
    look = reading.talk(bob.seat, TALK).version
    sent = {"look": look, "purpose": "reflect-1-1", "side": "right", "part": "write"}
    for words in ("Said on one page.", "Said on another."):
        answer = bob.client.post(f"{PAGE}turn/reflect/", {**sent, "words": words})

    assert answer.status_code == HTTPStatus.CONFLICT
    assert "Said on another." in answer.text
    thrown = re.search(
        r'name="seen" value="(\w+)">\s*<input type="hidden" name="side"', answer.text
    )
    assert thrown
    post(bob, "throw-away", purpose="reflect-1-1", seen=thrown[1], side="right")
    assert drafts_of(bob) == {}


def test_late_words_are_saved_for_their_writer(alice: Person, bob: Person) -> None:
    talked_up_to(Step.SPEAK, alice, bob)
    look = reading.talk(alice.seat, TALK).version
    do(bob, Move.STOP)

    late = {"look": look, "purpose": "speak-1-1", "part": "sentence", "words": "What I meant."}
    answer = alice.client.post(f"{PAGE}turn/speak/", late)

    assert answer.status_code == HTTPStatus.CONFLICT
    assert "What I meant." in answer.text
    assert drafts_of(alice) == {"speak-1-1": {"words": "What I meant."}}
    assert "What I meant." not in bob.client.get(PAGE).text


def test_late_words_that_are_too_long_are_not_put_into_another_steps_form(
    alice: Person, bob: Person
) -> None:
    talked_up_to(Step.SPEAK, alice, bob)
    do(alice, Move.SPEAK, {"words": "I feel lonely.", "needs": []})
    do(bob, Move.REFLECT, {"words": "You feel lonely."})
    long = "y" * 1501

    answer = post(alice, "turn/speak", purpose="speak-1-1", part="sentence", words=long)

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert field(answer.text, "words") == ""
    assert long in answer.text


def test_a_stale_page_shows_what_another_page_saved(alice: Person, bob: Person) -> None:
    talked_up_to(Step.REFLECT, alice, bob)
    post(bob, "draft", purpose="reflect-1-1", words="from the phone")

    for script in (True, False):
        answer = post(
            bob, "draft", script=script, purpose="reflect-1-1", words="from the desk", seen=""
        )
        assert answer.status_code == HTTPStatus.CONFLICT
        assert "There it says: from the phone" in answer.text
    assert field(answer.text, "words") == "from the desk"
    assert drafts_of(bob) == {"reflect-1-1": {"words": "from the phone"}}


@pytest.mark.parametrize("purpose", ["", "ready-1-1", "speak-3-1", "speak-1-9", "x", "speak-1-1-1"])
def test_an_unknown_purpose_is_not_found(alice: Person, purpose: str) -> None:
    answer = post(alice, "draft", purpose=purpose, words="x")

    assert answer.status_code == HTTPStatus.NOT_FOUND


def test_only_the_writer_sees_a_note_on_wording(alice: Person, bob: Person) -> None:
    talked_up_to(Step.REFLECT, alice, bob)
    data: Any = {"purpose": "reflect-1-1", "words": "You are overreacting."}

    saved = post(bob, "draft", script=True, **data).text
    assert "Making it smaller" in note_under(saved, "words")
    assert "Making it smaller" in bob.client.get(PAGE).text
    assert "Making it smaller" not in alice.client.get(PAGE).text
    post(bob, "advice", advised="off")
    assert "Making it smaller" not in bob.client.get(PAGE).text
    assert post(bob, "turn/reflect", **data).status_code == HTTPStatus.FOUND


@pytest.mark.parametrize(("part", "asked"), [("like", "?part=like"), ("x" * 3000, "")])
def test_only_a_part_of_the_page_gets_into_its_address(
    alice: Person, bob: Person, part: str, asked: str
) -> None:
    talked_up_to(Step.SPEAK, alice, bob)

    answer = post(alice, "advice", part=part)

    assert (answer.status_code, answer.get("Location")) == (HTTPStatus.FOUND, f"{PAGE}{asked}")


def proposed(bob: Person, **data: Any) -> list[str]:
    post(bob, "turn/propose", purpose="propose-2-1", **data)
    proposal = reading.talk(bob.seat, TALK).proposal
    assert proposal
    names = seats.names(bob.seat)
    return [str(line) for line in unpack(proposal.content, names).text]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"outcome_both": "fine"}, ["Fine with both of us."]),
        ({"outcome_both": "not-for-us"}, ["Not OK for us."]),
        (
            {
                "outcome_both": "conditions",
                "conditions_both": ["not-late", "told-first"],
                "words_both": "only friends we both know",
            },
            [
                "Fine, if we tell each other first and it’s not late.",
                "In our own words: “only friends we both know”",
            ],
        ),
        (
            {
                "outcome_both": "conditions",
                "conditions_both": ["told-first"],
                "words_both": "we find each other now and then",
            },
            ["Fine, if we tell each other first and “we find each other now and then”."],
        ),
        (
            {"outcome_both": "revisit", "on_both": "2099-01-01"},
            None,
        ),
        (
            {"outcome_both": "differ"},
            ["We see it differently, and that’s all right."],
        ),
        (
            {"alike": "no", "outcome_left": "fine", "outcome_right": "not-for-us"},
            ["When Alice does it: fine with both of us.", "When Bob does it: not OK for us."],
        ),
        (
            {"alike": "no", "outcome_left": "fine", "outcome_both": "fine"},
            ["When Alice does it: fine with both of us.", "When Bob does it: we leave this open."],
        ),
        ({"alike": "no", "outcome_both": "fine"}, None),
        ({"outcome_both": "conditions"}, None),
        ({"outcome_both": "revisit"}, None),
        ({"outcome_both": "whatever"}, None),
        ({}, None),
    ],
)
def test_a_proposal_becomes_exact_words_or_says_what_is_missing(
    alice: Person, bob: Person, data: dict[str, Any], text: list[str] | None
) -> None:
    talked_up_to(Step.OUTCOME, alice, bob)

    if text is not None:
        assert proposed(bob, **data) == text
    else:
        answer = post(bob, "turn/propose", purpose="propose-2-1", **data)
        assert answer.status_code == HTTPStatus.BAD_REQUEST
        assert "Please" in answer.text
        assert reading.talk(bob.seat, TALK).proposal is None


@pytest.mark.parametrize("on", ["", "yesterday", "2020-01-01", "2099-13-01", "9999-12-31"])
def test_another_day_must_be_in_the_future(alice: Person, bob: Person, on: str) -> None:
    answer = post(bob, "turn/later", on=on)

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert "Please choose a day" in answer.text


@pytest.mark.parametrize("minutes", ["", "5", "20.5", "99999", "x"])
def test_a_pause_needs_a_time_to_come_back(alice: Person, minutes: str) -> None:
    answer = post(alice, "pause", minutes=minutes)

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert "Please choose when you come back." in answer.text


def test_a_pause_says_when_it_ends_by_the_readers_own_clock(alice: Person, bob: Person) -> None:
    talked_up_to(Step.SPEAK, alice, bob)
    for who, zone in ((alice, "America/New_York"), (bob, "Asia/Kolkata")):
        who.user.time_zone = zone
        who.user.save()

    with time_machine.travel("2026-11-30T12:00:00Z", tick=False):
        post(alice, "pause", minutes="60")
        pages = [who.client.get(PAGE).text for who in (alice, bob)]

    paragraphs = [
        re.search(r"A pause</h1>\s*<p>\s*(.*?)\s*</p>", page, re.DOTALL) for page in pages
    ]
    assert [found and found[1] for found in paragraphs] == [
        "You’re back in 1\N{NO-BREAK SPACE}hour, at"
        f' <time class="local" datetime="2026-11-30T13:00:00Z">{hour}</time>.'
        for hour in ("08:00", "18:30")
    ]


def test_a_waiting_page_learns_that_the_talk_has_moved_on(alice: Person, bob: Person) -> None:
    def asked() -> int:
        return alice.client.get(f"{PAGE}state/", {"look": look}).status_code

    look = reading.talk(alice.seat, TALK).version
    assert asked() == HTTPStatus.NO_CONTENT
    post(bob, "draft", purpose="speak-1-1", words="his own")
    assert asked() == HTTPStatus.NO_CONTENT
    do(bob, Move.READY)
    assert asked() == HTTPStatus.OK


@pytest.mark.read_committed("count what one try does")
def test_a_page_takes_the_same_number_of_queries_at_every_step(alice: Person, bob: Person) -> None:
    def counted() -> int:
        with CaptureQueriesContext(connection) as queries:
            alice.client.get(PAGE)
        return len(queries)

    alice.client.get(PAGE)
    talked_up_to(Step.RULES, alice, bob)
    early = counted()
    talked_up_to_the_end_from_the_rules(alice, bob)

    assert early == 7
    assert counted() == 9  # with what became of the proposal, and whether to talk about it again


def talked_up_to_the_end_from_the_rules(alice: Person, bob: Person) -> None:
    Conversation.objects.all().delete()
    talk(alice)
    talked_up_to(Step.CLOSED, alice, bob)


def test_a_third_person_is_suggested_after_three_delays(alice: Person, bob: Person) -> None:
    third = "Some talks go better with a third person"
    for number in range(3):
        assert third not in bob.client.get(PAGE).text, number
        do(bob, Move.LATER, {"on": "2099-01-01"})

    assert third in bob.client.get(PAGE).text


def test_the_home_page_leads_to_a_talk_that_waits(alice: Person, bob: Person) -> None:
    assert f'href="{PAGE}"' in bob.client.get("/home/").text
    assert "It’s Bob’s turn." in alice.client.get("/home/").text
    do(bob, Move.READY)
    assert "A talk is waiting for you." in alice.client.get("/home/").text


def test_a_refused_proposal_keeps_its_choices(alice: Person, bob: Person) -> None:
    talked_up_to(Step.OUTCOME, alice, bob)
    sent: dict[str, Any] = {
        "alike": "no",
        "outcome_left": "conditions",
        "conditions_right": "not-late",
    }

    page = post(alice, "turn/propose", **sent)

    assert page.status_code == 400
    for name, value in sent.items():
        field = re.search(rf'<input[^>]*name="{name}"[^>]*value="{value}"[^>]*>', page.text)
        assert field
        assert "checked" in field[0], name


def test_a_press_on_a_shared_screen_that_names_nobody_is_refused(
    alice: Person, bob: Person
) -> None:
    talked_up_to(Step.REFLECT, alice, bob)
    talks.switch(bob.seat, TALK, Mode.TOGETHER)

    answer = post(bob, "turn/reflect", purpose="reflect-1-1", words="Whose words?")

    assert answer.status_code == HTTPStatus.CONFLICT
    assert "Whose words?" in answer.text
    assert reading.talk(bob.seat, TALK).step == Step.REFLECT
    assert post(bob, "turn/stop").status_code == HTTPStatus.FOUND  # whoever it is may stop


def test_refused_words_are_marked_in_the_title_and_have_the_focus(
    alice: Person, bob: Person
) -> None:
    talked_up_to(Step.REFLECT, alice, bob)

    page = post(bob, "turn/reflect", purpose="reflect-1-1", words="x" * 1501).text

    assert "Please check: Your turn · Say back what you heard" in page.partition("</title>")[0]
    assert page.count("Please check") == 1
    assert re.search(r'<textarea id="words-words"[^>]* autofocus', page)


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/talks/about/a1/open/", "Please check: Talk about this"),
        (f"{PAGE}pause/", "Please check: Let’s make this easier"),
        (f"{PAGE}turn/later/", "Please check: Let’s make this easier"),
    ],
)
def test_a_refused_form_is_in_the_title_once(
    alice: Person, bob: Person, path: str, title: str
) -> None:
    page = alice.client.post(path).text

    assert page.count("Please check") == 1
    assert title in " ".join(page.partition("</title>")[0].split())


def test_a_pause_is_in_sight_and_everything_else_is_under_more(alice: Person, bob: Person) -> None:
    talked_up_to(Step.REFLECT, alice, bob)

    for who in (alice, bob):
        page = who.client.get(PAGE).text
        ways = page.partition('<section class="ways"')[2].partition("</section>")[0]
        pause, _, more = ways.partition("<summary>More</summary>")

        assert pause.count("<details") == 2
        assert "<summary>Pause</summary>" in pause
        for words in ("Stuck, or enough for today", "Talk together, on this screen"):
            assert words in more
        assert "Switch off the notes" in more
        assert page.count("Everything said so far") == more.count("Everything said so far") == 1


@pytest.mark.parametrize("step", [*Step])
def test_every_step_has_a_title_of_its_own_in_the_words_of_its_heading(
    alice: Person, bob: Person, step: Step
) -> None:
    if step == Step.CROSSROADS:
        talked_up_to(Step.REFLECT, alice, bob)
        for number in range(3):
            do(bob, Move.REFLECT, {"words": f"I hear {number}."})
            do(alice, Move.NOT_YET, {"words": ""})
    else:
        talked_up_to(step, alice, bob)
    parts = PARTS if step == Step.SPEAK else ("",)

    found = set()
    for who in (alice, bob):
        for part in parts:
            page = who.client.get(f"{PAGE}?part={part}").text
            title = " ".join(page.partition("<title>")[2].partition("</title>")[0].split())
            title = title.removesuffix(" · Common Ground")
            heading = " ".join(page.partition("<h1>")[2].partition("</h1>")[0].split())
            found.add((title.removeprefix("Your turn · "), heading.removesuffix(" for Alice")))
            assert "Alice" not in title, title
            assert "Bob" not in title, title

    assert [title for title, heading in found if title not in heading] == []
    assert len({title for title, _ in found}) >= len(parts)


# Proposing

WRITTEN: dict[str, Any] = {
    "alike": "yes",
    "outcome_both": "conditions",
    "conditions_both": ["not-late"],
    "words_both": "the chats end by nine",
    "on_both": (localdate() + timedelta(days=40)).isoformat(),
    "well": "We never shout.",
}
WHOLE = "Fine, if it’s not late. We look at it again on"
OWN = "In our own words: “the chats end by nine”"


def fieldset(page: str, doer: str) -> str:
    return page.partition(f'<fieldset class="doer {doer}"')[2].partition("</fieldset>")[0]


def fold(page: str, words: str) -> str:
    """The tag of the part that unfolds under these words."""
    return page.partition(f"<summary>{words}</summary>")[0].rpartition("<details")[2]


@pytest.mark.parametrize(
    ("reader", "words"), [("alice", "Change my words"), ("bob", "Answer with other words")]
)
def test_other_words_begin_with_everything_that_is_proposed(
    alice: Person, bob: Person, reader: str, words: str
) -> None:
    talked_up_to(Step.OUTCOME, alice, bob)
    post(alice, "turn/propose", purpose="propose-2-1", **WRITTEN)
    who = {"alice": alice, "bob": bob}[reader]

    page = who.client.get(PAGE).text
    form = fieldset(page, "alike")

    assert "open" not in fold(page, words)
    assert re.search(r'value="conditions"\s+checked', form)
    assert re.search(r'value="not-late"\s+checked', form)
    assert field(page, "words_both") == WRITTEN["words_both"]
    assert f'value="{WRITTEN["on_both"]}"' in form
    assert field(page, "well") == WRITTEN["well"]
    assert 'class="advice"' not in page  # on words that somebody may not have written
    assert drafts_of(who) == {}


def test_whoever_proposed_reads_that_it_was_sent(alice: Person, bob: Person) -> None:
    talked_up_to(Step.OUTCOME, alice, bob)

    for words in ("the chats end by nine", "the chats end by ten"):
        assert post(alice, "turn/propose", **{**WRITTEN, "words_both": words}).status_code == 302
        page = alice.client.get(PAGE).text
        assert "Sent: Bob can read these words now." in page
        assert words in page
    refused = post(alice, "turn/propose", alike="yes")
    assert refused.status_code == HTTPStatus.BAD_REQUEST
    assert "Sent:" not in refused.text


@pytest.mark.parametrize("agreed", [True, False])
def test_the_end_celebrates_a_yes_of_both_and_nothing_else(
    alice: Person, bob: Person, agreed: bool
) -> None:
    talked_up_to(Step.OUTCOME, alice, bob)
    post(alice, "turn/propose", **WRITTEN)
    sent = alice.client.get(PAGE).text
    digest = re.search(r'name="digest" value="(\w+)"', bob.client.get(PAGE).text)
    assert digest
    if agreed:
        post(bob, "turn/assent", digest=digest[1], acknowledged=digest[1])
    else:
        post(bob, "turn/let-stand")

    # what was sent is told within the part of the page that is replaced when the talk moves on
    assert sent.index('id="talk"') < sent.index("Sent: Bob can read") < sent.index("<h1")
    for who in (alice, bob):
        page = who.client.get(PAGE).text
        heading = page.partition("<h1>")[2].partition("</h1>")[0]
        assert heading == ("You’ve both said yes" if agreed else "End on something good")
        assert ("on your page now" in page, 'class="cups"' in page) == (agreed, agreed)
        assert "Sent:" not in page
        assert "both said yes to these words" not in page  # the heading has said it


def test_nobody_is_promised_that_it_shows_nowhere_who_paused(alice: Person, bob: Person) -> None:
    talked_up_to(Step.SPEAK, alice, bob)

    page = alice.client.get(PAGE).text

    assert "You don’t have to say why" in page
    assert "Nobody sees" not in page.partition("When will you both be back?")[2]


def test_what_is_missing_in_a_proposal_stands_with_its_field(alice: Person, bob: Person) -> None:
    talked_up_to(Step.OUTCOME, alice, bob)

    def refused(**data: Any) -> str:
        return fieldset(post(alice, "turn/propose", alike="yes", **data).text, "alike")

    form = refused()
    assert form.index("Please choose one of these.") < form.index('class="conditions"')
    assert "open" not in fold(form, "Look at it again later")
    assert re.search(r'<input type="radio"[^>]*value="fine"[^>]*autofocus', form)
    form = refused(outcome_both="conditions")
    conditions = form.partition('class="conditions"')[2].partition('class="field"')[0]
    words = form.partition('id="words-both"')[2].partition("</div>")[0]
    assert "Please say on which conditions." in conditions
    assert 'autofocus aria-describedby="conditions-both-error"' in words
    form = refused(outcome_both="revisit")
    assert "open" in fold(form, "Look at it again later")
    assert "Please choose a day." in form.partition('id="on-both"')[2].partition("</div>")[0]


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_a_proposal_can_be_read_before_it_is_sent(alice: Person, bob: Person, script: bool) -> None:
    talked_up_to(Step.OUTCOME, alice, bob)
    assert WHOLE not in alice.client.get(PAGE).text

    saved = post(alice, "draft", script=script, purpose="propose-2-1", **WRITTEN)
    page = saved.text if script else alice.client.get(PAGE).text

    read_out = re.sub(r"<.*?>", "", page.partition('id="read-out"')[2])
    assert WHOLE in read_out
    assert OWN in read_out
    assert WHOLE not in bob.client.get(PAGE).text


def test_half_a_proposal_is_not_read_out(alice: Person, bob: Person) -> None:
    talked_up_to(Step.OUTCOME, alice, bob)

    saved = post(alice, "draft", script=True, purpose="propose-2-1", outcome_both="conditions")

    assert 'id="read-out"' in saved.text
    assert "It will read:" not in saved.text
