"""Writing one's own answers, sealing them, taking the seal back."""

from __future__ import annotations

import random
import string

import pytest
from django.core.mail import EmailMessage
from django.db import connection
from django.test.utils import CaptureQueriesContext

from boundaries.answers import rules as answers
from boundaries.answers import sheets
from boundaries.content import catalogue
from boundaries.content.catalogue import Deck
from boundaries.pairing import rules as pairing
from boundaries.questions import rules as questions
from boundaries.sealing import rules as sealing
from boundaries.seats import rules as seats
from boundaries.vocabulary import Answer, Stance
from tests.conftest import Person, fill_in, pair, row_of, skip, write

A, C, N, U = Stance.ACCEPTABLE, Stance.CONDITIONS, Stance.UNACCEPTABLE, Stance.UNSURE
HTMX = {"HX-Request": "true"}


def test_nothing_is_preselected(alice: Person, deck: Deck) -> None:
    page = sheets.own_sheet(alice.seat, deck)

    assert {row.answer for row in page.rows} == {Answer()}
    assert " checked" not in alice.client.get("/decks/essentials/").text


@pytest.mark.parametrize(("mine", "partners"), [(C, None), (None, C)])
def test_a_stance_in_one_direction_is_kept_and_never_made_one_in_the_other(
    alice: Person, deck: Deck, mine: Stance | None, partners: Stance | None
) -> None:
    behaviour = deck.behaviours[0]

    answers.answer(alice.seat, behaviour, version="", mine=mine, partners=partners)

    answer = sheets.own_sheet(alice.seat, deck).row(behaviour).answer
    assert (answer.mine, answer.partners) == (mine, partners)
    assert answer.half_answered
    assert not answer.answered


def test_the_two_directions_may_differ(alice: Person, deck: Deck) -> None:
    write(alice, deck.behaviours[0], N, mine=A)

    answer = row_of(alice, deck.behaviours[0]).answer
    assert (answer.partners, answer.mine) == (N, A)


def test_an_answer_is_only_on_its_writers_sheet(alice: Person, bob: Person, deck: Deck) -> None:
    write(alice, deck.behaviours[0], N, note="opens", self_note="never")

    row = row_of(alice, deck.behaviours[0])
    assert (row.answer.note, row.aside.note) == ("opens", "never")
    assert {row.answer for row in sheets.own_sheet(bob.seat, deck).rows} == {Answer()}
    assert {row.aside.note for row in sheets.own_sheet(bob.seat, deck).rows} == {""}


def test_skipping_deletes_the_stances_and_keeps_the_words(alice: Person, deck: Deck) -> None:
    behaviour = deck.behaviours[0]
    write(alice, behaviour, N, note="words", self_note="mine")

    skip(alice, behaviour)

    row = sheets.own_sheet(alice.seat, deck).row(behaviour)
    assert row.answer == Answer(skipped=True, note="words")
    assert row.aside.note == "mine"
    assert row.dealt_with


def test_answering_ends_a_skip(alice: Person, deck: Deck) -> None:
    skip(alice, deck.behaviours[0])

    write(alice, deck.behaviours[0], A)

    assert row_of(alice, deck.behaviours[0]).answer == Answer(mine=A, partners=A)


def test_neither_the_rows_nor_their_lengths_show_what_is_answered_or_noted(
    alice: Person, deck: Deck
) -> None:
    write(alice, deck.behaviours[0], A)

    def rows(table: str) -> list[tuple[object, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT sheet_id, length(content) FROM {table}")  # noqa: S608 our own
            return list(cursor.fetchall())

    draw = random.Random(1)  # noqa: S311 nothing secret
    around = 1 + 12 + 16  # format, nonce, tag
    tables = ("boundaries_answers", "boundaries_notes")
    before = {table: rows(table) for table in tables}
    for behaviour, stance in zip(deck.behaviours[1:], [C, N, U, A], strict=False):
        words = uncommon_words(draw, 30)
        write(alice, behaviour, stance, private=stance == N, note=words, self_note=words)

    for table, there in before.items():
        assert [length for _, length in there] == [around + 1_900]
        assert rows(table) == there

    for behaviour in deck.behaviours[:12]:
        words = uncommon_words(draw, 90)
        write(alice, behaviour, A, note=words, self_note=words)

    assert [length for table in tables for _, length in rows(table)] == [around + 7_900] * 2


def uncommon_words(draw: random.Random, count: int) -> str:
    """Words that compress about as badly as those that people write."""
    letters = string.ascii_lowercase
    return " ".join("".join(draw.choices(letters, k=draw.randint(2, 8))) for _ in range(count))


def test_progress_is_shown_in_words(alice: Person, deck: Deck) -> None:
    for row in sheets.own_sheet(alice.seat, deck).rows[:3]:
        write(alice, row.behaviour, A)

    assert "3 of 24 answered" in alice.client.get("/decks/essentials/").text
    assert sheets.own_sheet(alice.seat, deck).next == sheets.own_sheet(alice.seat, deck).rows[3]


def test_nobody_can_seal_without_a_partner(charlie: Person, deck: Deck) -> None:
    with pytest.raises(seats.NotPaired):
        answers.seal(charlie.seat, deck)

    assert charlie.client.post("/decks/essentials/seal/").url == "/partner/"  # type: ignore[attr-defined]


def test_sealed_answers_cannot_be_changed(alice: Person, bob: Person, deck: Deck) -> None:
    write(alice, deck.behaviours[0], A)
    answers.seal(alice.seat, deck)

    with pytest.raises(answers.AlreadySealed):
        write(alice, deck.behaviours[0], N)
    with pytest.raises(answers.AlreadySealed):
        skip(alice, deck.behaviours[1])
    assert row_of(alice, deck.behaviours[0]).answer.mine == A


def test_a_seal_taken_back_leaves_no_trace(alice: Person, bob: Person, deck: Deck) -> None:
    before = sheets.own_sheet(alice.seat, deck), sheets.own_sheet(bob.seat, deck)
    answers.seal(alice.seat, deck)

    answers.break_seal(alice.seat, deck)

    assert (sheets.own_sheet(alice.seat, deck), sheets.own_sheet(bob.seat, deck)) == before
    assert not answers.seal(bob.seat, deck)


def test_the_second_seal_opens_and_nothing_closes_again(
    alice: Person, bob: Person, deck: Deck, mailoutbox: list[EmailMessage]
) -> None:
    mailoutbox.clear()
    assert not answers.seal(alice.seat, deck)
    assert not answers.seal(alice.seat, deck)
    assert answers.seal(bob.seat, deck)

    for who in (alice, bob):
        assert answers.seal(who.seat, deck)
        assert len(mailoutbox) == 2
        assert sheets.own_sheet(who.seat, deck).open
        with pytest.raises(sealing.IsOpen):
            answers.break_seal(who.seat, deck)
        with pytest.raises(answers.AlreadySealed):
            write(who, deck.behaviours[0], U)


def test_one_deck_opens_without_the_others(alice: Person, bob: Person) -> None:
    for who in (alice, bob):
        answers.seal(who.seat, catalogue.deck("a"))

    own = sheets.own_sheets(alice.seat, questions.decks(alice.seat))
    assert [page.deck.id for page in own if page.open] == ["a"]


def test_a_save_shows_its_status_with_script_and_continues_without(
    alice: Person, deck: Deck
) -> None:
    first, second, *_ = (row.behaviour for row in sheets.own_sheet(alice.seat, deck).rows)
    sent = {"once": "1", "partners": "conditions"}
    url = f"/answers/{first.id}/save/"

    fragment = alice.client.post(url, sent, headers=HTMX)
    on = alice.client.post(url, sent)
    back = alice.client.post(url, sent | {"from": "list"})
    on_list = alice.client.post(url, sent | {"from": "list"}, headers=HTMX)

    assert "Saved, whoever does it." in fragment.text
    assert on_list.text.split()[-4:] == ["Saved,", "whoever", "does", "it."]
    assert "<html" not in fragment.text
    assert f'value="{row_of(alice, first).version}"' in fragment.text
    assert on.headers["Location"] == f"/answers/{second.id}/?saved"
    assert back.headers["Location"] == f"/decks/essentials/#{first.id}"


def test_a_refused_card_gives_back_everything_typed(alice: Person, deck: Deck) -> None:
    url = f"/answers/{deck.behaviours[0].id}/save/"
    typed = {
        "partners": "conditions",
        "note": "x" * 1001,
        "self_note": "quite private",
        "private": "",
    }

    page = alice.client.post(url, typed)
    fragment = alice.client.post(url, typed, headers=HTMX)

    assert page.status_code == fragment.status_code == 400
    for word in ("x" * 1001, "quite private", "This note has 1001 characters"):
        assert word in page.text
    assert "This note has 1001 characters" in fragment.text
    assert sheets.own_sheet(alice.seat, deck).rows[0].answer == Answer()


def test_a_save_to_a_sealed_sheet_is_refused_with_the_reason(
    alice: Person, bob: Person, deck: Deck
) -> None:
    answers.seal(alice.seat, deck)
    url = f"/answers/{deck.behaviours[0].id}/save/"

    page = alice.client.post(url, {"partners": "conditions"})
    fragment = alice.client.post(url, {"partners": "conditions"}, headers=HTMX)

    assert page.status_code == fragment.status_code == 409
    assert "these answers are sealed" in page.text
    assert "these answers are sealed" in fragment.text


def test_the_last_look_shows_only_what_the_partner_will_see(
    alice: Person, bob: Person, deck: Deck
) -> None:
    shown, private, skipped, *_ = deck.behaviours
    write(alice, shown, C, mine=A, note="opens with it", self_note="to myself")
    write(alice, private, N, private=True, note="kept back")
    skip(alice, skipped)

    text = alice.client.get("/decks/essentials/last-look/").text

    assert "opens with it" in text
    words = " ".join(text.split())
    assert "when Bob does it: fine, if …; when I do it: fine" in words
    assert "No condition yet for “fine, if …”: add one" in words
    assert words.count("not shared (no answer yet)") == 21
    assert "not shared (you kept it private)" in words
    assert "not shared (you skipped it)" in words
    assert "21 cards have no answer yet." in words
    for word in ("to myself", "kept back"):
        assert word not in text


@pytest.mark.read_committed("count what one try does")
@pytest.mark.parametrize("answered", [1, 3, 24])
@pytest.mark.parametrize(
    "url", ["/home/", "/decks/essentials/", "/answers/a1/", "/decks/essentials/last-look/"]
)
def test_a_page_needs_few_queries_and_the_same_number_whatever_it_holds(
    alice: Person, bob: Person, deck: Deck, answered: int, url: str
) -> None:
    for behaviour in deck.behaviours[:answered]:
        write(alice, behaviour, A, note="n", self_note="s")
    alice.client.get(url)

    with CaptureQueriesContext(connection) as queries:
        alice.client.get(url)

    assert len(queries) == {"/home/": 8}.get(url, 7)


def test_a_seal_does_not_count_with_a_new_partner(
    alice: Person, bob: Person, charlie: Person, deck: Deck
) -> None:
    fill_in(alice, deck, A)
    answers.seal(alice.seat, deck)
    pairing.part(alice.seat)

    pair(alice, charlie)

    assert not answers.seal(charlie.seat, deck)
