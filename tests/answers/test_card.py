"""The card: one question for both directions, where it leads, and the envelope at the end."""

from __future__ import annotations

import html
import re

import pytest

from boundaries.answers import rules as answers
from boundaries.answers import sheets
from boundaries.answers.models import Answers
from boundaries.content import catalogue
from boundaries.content.catalogue import Deck
from boundaries.questions import rules as questions
from boundaries.vocabulary import Condition, Stance
from tests.conftest import Person, fill_in, pair, person, row_of, skip, write
from tests.questions.test_rules import put_forward

# What a card sends on which nothing was chosen or typed.
UNTOUCHED_CARD = {"once": "1", "back": ""}
A, C, N, U = Stance.ACCEPTABLE, Stance.CONDITIONS, Stance.UNACCEPTABLE, Stance.UNSURE


def words_of(page: str) -> str:
    return " ".join(page.split())


def title_of(page: str) -> str:
    return words_of(page.partition("<title>")[2].partition("</title>")[0])


# One question, or one for each direction


@pytest.mark.parametrize("where", [{}, {"from": "list"}])
def test_the_one_question_answers_for_both(
    alice: Person, deck: Deck, where: dict[str, str]
) -> None:
    behaviour = deck.behaviours[0]
    write(alice, behaviour, N, mine=A)
    sent = {"once": "1", "partners": "unsure", "mine": "acceptable"}

    seen = row_of(alice, behaviour).version
    alice.client.post(f"/answers/{behaviour.id}/save/", {**sent, "seen": seen, **where})

    answer = row_of(alice, behaviour).answer
    assert (answer.partners, answer.mine) == (U, U)


@pytest.mark.parametrize(
    "parted", [{"once": "1", "apart": "on"}, {"once": "1", "both_shown": "on"}, {}]
)
def test_parted_directions_are_saved_apart(
    alice: Person, deck: Deck, parted: dict[str, str]
) -> None:
    """So are those of a browser that always shows both, and of a page without the tick."""
    behaviour = deck.behaviours[0]
    sent = {"partners": "unacceptable", "mine": "acceptable"}

    alice.client.post(f"/answers/{behaviour.id}/save/", sent | parted)

    answer = row_of(alice, behaviour).answer
    assert (answer.partners, answer.mine) == (N, A)


def test_a_card_is_parted_where_its_answers_differ(alice: Person, deck: Deck) -> None:
    apart, alike, *_ = deck.behaviours
    write(alice, apart, N, mine=A)
    write(alice, alike, N)
    ticked = 'name="apart" checked'

    assert ticked in alice.client.get(f"/answers/{apart.id}/").text
    assert ticked not in alice.client.get(f"/answers/{alike.id}/").text
    assert alice.client.get("/decks/essentials/").text.count(ticked) == 1


def test_saved_says_for_whom_it_counts(alice: Person, deck: Deck) -> None:
    alike, apart, *_ = deck.behaviours
    write(alice, alike, N)
    write(alice, apart, N, mine=A)

    assert "Saved, whoever does it." in alice.client.get(f"/answers/{alike.id}/").text
    assert "Saved." in alice.client.get(f"/answers/{apart.id}/").text


def test_saved_says_who_reads_a_note_and_when(alice: Person, deck: Deck) -> None:
    with_answer, alone, kept, *_ = deck.behaviours
    write(alice, with_answer, N, note="I know.")
    write(alice, kept, N, note="I know.", private=True)
    sent = {"seen": row_of(alice, alone).version, "note": "I know."}
    alice.client.post(f"/answers/{alone.id}/save/", sent)

    says = {card: alice.client.get(f"/answers/{card.id}/").text for card in deck.behaviours[:3]}

    reads_it = "Saved. Your partner reads the note once you’ve both sealed."
    assert reads_it in says[with_answer]
    assert reads_it not in says[kept]
    assert "Your note is saved. It opens with your answer." in says[alone]


def test_who_looks_at_all_their_answers_is_thanked_once_none_is_missing(
    alice: Person, deck: Deck
) -> None:
    for behaviour in deck.behaviours[1:]:
        write(alice, behaviour, N)
    assert "That took some honesty" not in alice.client.get("/decks/essentials/last-look/").text

    skip(alice, deck.behaviours[0])

    assert "That took some honesty" in alice.client.get("/decks/essentials/last-look/").text


@pytest.mark.parametrize("given", ["mine", "partners"])
def test_one_direction_alone_opens_nothing_and_is_still_asked(
    alice: Person, bob: Person, deck: Deck, given: str
) -> None:
    """Without script, as with it: nobody's answer is ever made up."""
    first = sheets.own_sheet(alice.seat, deck).rows[0].behaviour
    write(bob, first, A)

    sent = {"once": "1", "apart": "on", given: "unacceptable", "back": ""}
    alice.client.post(f"/answers/{first.id}/save/", sent)

    card = words_of(alice.client.get(f"/answers/{first.id}/").text)
    look = words_of(alice.client.get("/decks/essentials/last-look/").text)
    missing = "When I do it" if given == "partners" else "When Bob does it"
    assert "Saved. Your other answer on this card is still open." in card
    assert card.count('value="unacceptable" checked') == 1
    assert f"not shared (no answer yet for “{missing}”)" in look
    assert "24 cards have no answer yet." in look
    assert alice.client.get(f"/decks/{deck.id}/next/")["Location"] == f"/answers/{first.id}/"
    for who in (alice, bob):
        answers.seal(who.seat, deck)
    opened = Answers.opened_to(bob.seat, [deck.id])[deck.id][0]
    assert [first.id in sheet.shared for sheet in opened.values()].count(True) == 1


# Conditions


def test_a_card_asks_privately_whether_one_would_be_at_ease(alice: Person, deck: Deck) -> None:
    """It stands under what nobody else sees, and asks for no answer."""
    card = f"/answers/{deck.behaviours[0].id}/"
    private = words_of(alice.client.get(card).text).partition("Only for you")[2]
    assert "would I be at ease if my partner were in the room?" in private

    pair(alice, person("Bob"))

    assert "would I be at ease if Bob were in the room?" in words_of(alice.client.get(card).text)


def test_a_card_offers_the_conditions_that_fit_it(alice: Person, deck: Deck) -> None:
    replying = catalogue.every()["j4"]
    url = f"/answers/{replying.id}/"

    def offered() -> list[str]:
        return re.findall(
            r'name="conditions" value="([^"]+)"', words_of(alice.client.get(url).text)
        )

    assert offered() == ["not-late", "within-a-limit"]

    # An older page may still send another one: it is kept, and shown from then on.
    sent = {"once": "1", "partners": "conditions", "conditions": ["not-late", "told-first"]}
    alice.client.post(f"{url}save/", sent)

    kept = row_of(alice, replying).answer.conditions
    assert kept == (Condition.TOLD_FIRST, Condition.NOT_LATE)
    assert offered() == ["told-first", "not-late", "within-a-limit"]


def test_conditions_are_clauses_of_one_sentence(alice: Person, deck: Deck) -> None:
    one = deck.behaviours[0]
    tell = (Condition.TOLD_FIRST, Condition.TOLD_AFTER)
    write(alice, one, C, conditions=(*tell, Condition.NOT_LATE, Condition.WITHIN_A_LIMIT))

    words = words_of(alice.client.get("/decks/essentials/last-look/").text)

    assert (
        "fine, if we tell each other both before and after, it’s not late and it stays within"
        " a limit" in words
    )


# Titles, and where a card leads


def test_every_card_has_a_title_of_its_own(alice: Person, deck: Deck) -> None:
    rows = sheets.own_sheet(alice.seat, deck).rows

    titles = [title_of(alice.client.get(f"/answers/{row.behaviour.id}/").text) for row in rows]

    assert titles == [f"Card {at} of 24 · Common Ground" for at in range(1, 25)]


def test_the_last_button_says_where_it_leads(alice: Person, deck: Deck) -> None:
    rows = sheets.own_sheet(alice.seat, deck).rows
    urls = [f"/answers/{row.behaviour.id}/" for row in rows]

    def ways_on(url: str) -> list[str]:
        page = words_of(alice.client.get(url).text)
        return re.findall(r">\s?(Skip|Next[^<]*?|Check [^<]*answers[^<]*?) ?<", page)

    for url in urls[:-1]:
        assert ways_on(url) == ["Skip", "Next", "Next"], url
    for url in (urls[-1], f"{urls[0]}?back=look"):
        on = "Check your answers"
        assert ways_on(url) == ["Skip", on, on], url


def test_only_a_deck_that_is_not_begun_says_what_a_tap_does(alice: Person, deck: Deck) -> None:
    """It can be switched off on every card, where there is more to add."""
    first, second, *_ = (row.behaviour for row in sheets.own_sheet(alice.seat, deck).rows)
    hint = "Tap an answer, and the next card comes."

    def faces(id: str) -> tuple[bool, bool, bool]:
        face, _, folded = alice.client.get(f"/answers/{id}/").text.partition(
            '<details class="more"'
        )
        return hint in face, "data-moves" in face, "data-moves" in folded

    assert faces(first.id) == (True, False, True)
    write(alice, first, A)
    assert faces(second.id) == (False, False, True)


def test_where_a_text_comes_from_is_folded_within_why_couples_differ(alice: Person) -> None:
    source = catalogue.every()["a2"].source
    page = words_of(alice.client.get("/answers/a2/").text)
    why = page.partition("Why couples differ</summary>")[2]

    assert source in html.unescape(why)
    before = html.unescape(why).partition(source)[0]
    assert before.count("<details") == before.count("</details>") + 1
    assert before.rpartition("<summary>")[2].startswith("Where this comes from</summary>")


def test_going_on_leads_to_the_first_card_without_an_answer(
    alice: Person, bob: Person, deck: Deck
) -> None:
    first, second, *rest = (row.behaviour for row in sheets.own_sheet(alice.seat, deck).rows)

    def leads() -> str:
        return alice.client.get(f"/decks/{deck.id}/next/")["Location"]

    assert leads() == f"/answers/{first.id}/"
    write(alice, first, N)
    assert leads() == f"/answers/{second.id}/"
    for behaviour in (second, *rest):
        write(alice, behaviour, N)
    assert leads() == f"/decks/{deck.id}/"


def test_the_next_card_undoes_the_last_answer(alice: Person, deck: Deck) -> None:
    first, second, *_ = (row.behaviour for row in sheets.own_sheet(alice.seat, deck).rows)
    alice.client.post(f"/answers/{first.id}/save/", {"once": "1", "partners": "unsure"})

    page = alice.client.get(f"/answers/{second.id}/?saved").text
    assert "Your last answer is saved." in page
    version = row_of(alice, first).version
    button = re.search(r'<button[^>]*name="before"[^>]*>', page)
    assert button
    assert f'value="{version}"' in button[0]
    assert f'formaction="/answers/{second.id}/save/"' in button[0]
    sent = {"before": version, **UNTOUCHED_CARD}
    back = alice.client.post(f"/answers/{second.id}/save/", sent, follow=True)

    assert row_of(alice, first).answer.partners is None
    assert title_of(back.text) == "Undone: Card 1 of 24 · Common Ground"
    assert "Undone. Only you see this." in words_of(back.text)


def test_an_undo_names_the_answer_that_it_takes_back(alice: Person, deck: Deck) -> None:
    first, second, *_ = (row.behaviour for row in sheets.own_sheet(alice.seat, deck).rows)

    def undoes(path: str) -> list[str]:
        page = alice.client.get(path).text
        buttons = re.findall(
            r"<button([^>]*)>((?:(?!</button>).)*(?:Un|Re)do.*?)</button>", page, re.S
        )
        shown = [words for tag, words in buttons if "hidden" not in tag]
        return [" ".join(re.sub("<[^>]+>", "", words).split()) for words in shown]

    write(alice, first, Stance.CONDITIONS)
    assert undoes(f"/answers/{second.id}/?saved") == [f"Undo: Fine, if …, {first.text}"]
    assert undoes(f"/answers/{first.id}/") == ["Undo: Fine, if …"]
    assert undoes(f"/decks/{deck.id}/") == ["Undo: Fine, if …"]

    answers.undo(alice.seat, first, version=row_of(alice, first).version)
    assert undoes(f"/answers/{first.id}/?undone") == ["Redo: Fine, if …"]

    write(alice, first, Stance.ACCEPTABLE)
    write(alice, first, Stance.ACCEPTABLE, note="With friends.")
    assert undoes(f"/answers/{first.id}/") == ["Undo: your last change"]

    answers.skip(alice.seat, first, version=row_of(alice, first).version)
    assert undoes(f"/answers/{second.id}/?saved") == [f"Undo: Skip, {first.text}"]


def test_a_card_with_an_answer_never_offers_the_undo_of_another_as_its_own(
    alice: Person, bob: Person, deck: Deck
) -> None:
    """The browser's back button shows a card at the address it had when it was empty."""
    first, second, *_ = (row.behaviour for row in sheets.own_sheet(alice.seat, deck).rows)
    write(alice, first, Stance.ACCEPTABLE)
    write(alice, second, Stance.UNACCEPTABLE)

    page = alice.client.get(f"/answers/{second.id}/?saved").text

    assert "Undo: Not OK" in words_of(page)
    assert "Undo: Fine" not in words_of(page)

    # In a new round every card has an answer from before, and nothing of its own to undo.
    for who in (alice, bob):
        fill_in(who, deck, Stance.UNACCEPTABLE)
        answers.seal(who.seat, deck)
    answers.begin_again(alice.seat, deck)
    first, second, *_ = (row.behaviour for row in sheets.own_sheet(alice.seat, deck).rows)
    write(alice, first, Stance.ACCEPTABLE)
    page = alice.client.get(f"/answers/{second.id}/?saved").text
    assert "Undo card 1: Fine" in words_of(page)


def test_an_undo_that_comes_too_late_mixes_up_no_two_cards(alice: Person, deck: Deck) -> None:
    """The button's form is that of the next card, and its words must not show on this one."""
    first, second, *_ = (row.behaviour for row in sheets.own_sheet(alice.seat, deck).rows)
    write(alice, first, Stance.ACCEPTABLE)
    sent = {"before": row_of(alice, first).version, "back": "", "partners": "unacceptable"}
    write(alice, first, Stance.CONDITIONS, note="On another page.")

    sent |= {"once": "1", "note": "Another."}
    page = alice.client.post(f"/answers/{second.id}/save/", sent, follow=True).text

    assert "so nothing was undone" in page
    assert "On another page." not in page
    assert "Another." in page
    assert row_of(alice, first).answer.note == "On another page."


@pytest.mark.parametrize("act", ["save", "skip", "hide", "undo"])
def test_no_button_of_a_card_drops_words_that_were_typed_on_it(
    alice: Person, deck: Deck, act: str
) -> None:
    """Without script they are not saved yet when the button is pressed."""
    first, second, *_ = (row.behaviour for row in sheets.own_sheet(alice.seat, deck).rows)
    write(alice, first, Stance.ACCEPTABLE)
    sent = {"once": "1", "back": "", "seen": "", "partners": "unsure", "note": "Typed just now."}
    if act == "save":
        sent |= {"before": row_of(alice, first).version}

    answer = alice.client.post(f"/answers/{second.id}/{act}/", sent)

    assert answer.status_code == 302
    if act == "save":
        assert row_of(alice, first).answer.partners is None
        assert answer["Location"] == f"/answers/{first.id}/?undone"
    if act == "undo":  # and "Redo" brings them back
        assert row_of(alice, second).answer.note == ""
        answers.undo(alice.seat, second, version=row_of(alice, second).version)
    assert row_of(alice, second).answer.note == "Typed just now."


@pytest.mark.parametrize("act", ["save", "skip", "hide", "undo"])
def test_words_that_cannot_be_saved_stay_on_their_card(alice: Person, deck: Deck, act: str) -> None:
    first, second, *_ = (row.behaviour for row in sheets.own_sheet(alice.seat, deck).rows)
    write(alice, first, Stance.ACCEPTABLE)
    sent = {"before": row_of(alice, first).version} if act == "save" else {}

    long = {"once": "1", "back": "", "seen": "", "note": "word " * 300}
    answer = alice.client.post(f"/answers/{second.id}/{act}/", sent | long)

    assert answer.status_code == 400
    assert "word word word" in answer.text
    assert row_of(alice, first).answer.partners is Stance.ACCEPTABLE
    assert not row_of(alice, second).answer.hidden


def test_an_untouched_card_that_was_skipped_stays_skipped(alice: Person, deck: Deck) -> None:
    first, second, *_ = (row.behaviour for row in sheets.own_sheet(alice.seat, deck).rows)
    write(alice, first, Stance.ACCEPTABLE)
    skip(alice, second)
    before = row_of(alice, first).version
    sent = {"before": before, "seen": row_of(alice, second).version, **UNTOUCHED_CARD}

    alice.client.post(f"/answers/{second.id}/save/", sent)

    assert row_of(alice, first).answer.partners is None
    assert row_of(alice, second).answer.skipped


def test_the_next_card_offers_no_undo_of_what_was_not_answered(alice: Person, deck: Deck) -> None:
    second = sheets.own_sheet(alice.seat, deck).rows[1].behaviour

    assert "Your last answer" not in alice.client.get(f"/answers/{second.id}/?saved").text


def test_an_undo_on_the_list_is_announced(alice: Person, deck: Deck) -> None:
    behaviour = deck.behaviours[0]
    write(alice, behaviour, N)
    sent = {"from": "list", "seen": row_of(alice, behaviour).version}

    page = alice.client.post(f"/answers/{behaviour.id}/undo/", sent, follow=True).text

    assert title_of(page) == "Undone: The whole list · Common Ground"


def test_a_card_opened_from_the_last_look_leads_back_to_it(alice: Person, deck: Deck) -> None:
    behaviour = deck.behaviours[0]

    page = alice.client.get(f"/answers/{behaviour.id}/?back=look").text
    sent = {"once": "1", "partners": "unsure", "back": "look"}
    saved = alice.client.post(f"/answers/{behaviour.id}/save/", sent)

    assert 'data-next="/decks/essentials/last-look/"' in page
    assert 'name="back" value="look"' in page
    assert saved.headers["Location"] == "/decks/essentials/last-look/"


def test_a_refused_card_says_so_in_its_title(alice: Person, deck: Deck) -> None:
    behaviour = deck.behaviours[0]

    page = alice.client.post(f"/answers/{behaviour.id}/save/", {"note": "x" * 1001}).text

    assert title_of(page).startswith("Not saved: Card ")
    assert page.count("autofocus") == 1


# The whole list


def test_no_two_groups_of_the_list_have_one_name(alice: Person, deck: Deck) -> None:
    page = alice.client.get("/decks/essentials/").text

    names = re.findall(r'<fieldset[^>]*aria-labelledby="([^"]+)"', page)

    assert len(names) == len(set(names)) == page.count("<fieldset") == 48


def test_words_of_our_own_are_in_quotation_marks(alice: Person, bob: Person) -> None:
    put_forward(alice, bob, "Long calls")
    row = sheets.own_sheet(alice.seat, questions.deck(alice.seat, "own")).rows[0]

    for path in (f"/answers/{row.behaviour.id}/", "/decks/own/", "/decks/own/last-look/"):
        assert "“Long calls”" in alice.client.get(path).text, path


# The last look, and the envelope


def test_the_last_look_is_a_line_for_each_card(alice: Person, bob: Person, deck: Deck) -> None:
    one, two, three, four, *_ = deck.behaviours
    write(alice, one, A)
    write(alice, two, C, conditions=(Condition.TOLD_FIRST, Condition.NOT_LATE))
    write(alice, three, C, in_other_words="by day")
    write(alice, four, N, mine=A)

    words = words_of(alice.client.get("/decks/essentials/last-look/").text)

    assert "fine, if we tell each other first and it’s not late" in words
    assert "“by day”" in words
    assert "when Bob does it: not OK; when I do it: fine" in words
    assert "No condition yet" not in words
    assert "Seal my answers" in words


def test_sealed_shows_ones_own_mark_and_nothing_of_the_other(
    alice: Person, bob: Person, deck: Deck
) -> None:
    answers.seal(alice.seat, deck)
    before = alice.client.get("/decks/essentials/").text
    write(bob, deck.behaviours[0], N)
    skip(bob, deck.behaviours[1])

    after = alice.client.get("/decks/essentials/").text

    assert title_of(after) == "Sealed · Common Ground"
    assert "Nobody can see who is ready first." in after
    assert 'class="left"' in after
    assert 'class="right"' not in after
    assert without_token(before) == without_token(after)


def test_what_to_do_next_is_a_deck_that_is_not_sealed(
    alice: Person, bob: Person, deck: Deck
) -> None:
    answers.seal(alice.seat, deck)
    other = sheets.next_deck(alice.seat, deck)
    assert other
    assert other.id != deck.id
    assert f'href="/decks/{other.id}/next/"' in alice.client.get("/decks/essentials/").text

    answers.seal(alice.seat, other)

    following = sheets.next_deck(alice.seat, deck)
    assert following
    assert following.id not in (deck.id, other.id)


def without_token(page: str) -> str:
    return "".join(part.partition('"')[2] for part in page.split('csrfmiddlewaretoken" value="'))


def test_the_other_seat_has_the_other_mark(alice: Person, bob: Person, deck: Deck) -> None:
    answers.seal(bob.seat, deck)

    page = bob.client.get("/decks/essentials/").text

    assert 'class="right"' in page
    assert 'class="left"' not in page


def test_the_list_shows_the_conditions_behind_an_answer(alice: Person, deck: Deck) -> None:
    one, two, three, *_ = deck.behaviours
    write(alice, one, C, conditions=(Condition.TOLD_FIRST,), in_other_words="by day")
    write(alice, two, C)
    write(alice, three, A)

    page = alice.client.get("/decks/essentials/").text
    shown = [
        words_of(re.sub("<.*?>", "", card))
        for behaviour in (one, two)
        for card in re.findall(
            rf'<article class="card" id="{behaviour.id}">(.*?)</article>', page, re.DOTALL
        )
    ]

    assert "Fine, if we tell each other first (in your words: “by day”)." in shown[0]
    assert "No condition named yet." in shown[1]


def test_every_line_of_the_last_look_can_be_changed(alice: Person, deck: Deck) -> None:
    page = alice.client.get("/decks/essentials/last-look/").text

    assert page.count('class="change"') == len(deck.behaviours)


def test_the_way_back_from_a_card_says_where_it_leads(alice: Person, deck: Deck) -> None:
    page = alice.client.get(f"/answers/{deck.behaviours[0].id}/").text

    back = page.partition('class="back"')[2].partition("</a>")[0]
    assert back.endswith(">The whole list")
