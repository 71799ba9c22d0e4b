"""Changing an answer safely, hiding a behaviour, and answering a deck again."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from boundaries.answers import rules as answers
from boundaries.answers import sheets
from boundaries.answers.models import Answers
from boundaries.answers.private_notes import Notes
from boundaries.answers.rules import StaleCard
from boundaries.comparison.rules import Change, compare, compare_all
from boundaries.content import catalogue
from boundaries.content.catalogue import Deck
from boundaries.pairing import rules as pairing
from boundaries.questions import rules as questions
from boundaries.seats.models import Seat
from boundaries.vocabulary import Answer, Aside, Condition, Grade, Stance, Weight
from tests.conftest import Person, fill_in, pair, row_of, skip, write
from tests.questions.test_rules import put_forward

A, C, N, U = Stance.ACCEPTABLE, Stance.CONDITIONS, Stance.UNACCEPTABLE, Stance.UNSURE
HTMX = {"HX-Request": "true"}


def open_both(one: Person, other: Person, deck: Deck) -> None:
    for who in (one, other):
        answers.seal(who.seat, deck)


# A stale tab


def test_a_stale_tab_overwrites_nothing(alice: Person, deck: Deck) -> None:
    behaviour = deck.behaviours[0]
    write(alice, behaviour, A, note="newer")

    with pytest.raises(StaleCard) as refused:
        answers.answer(alice.seat, behaviour, version="", partners=N, note="older")

    assert refused.value.row == row_of(alice, behaviour)
    assert row_of(alice, behaviour).answer.note == "newer"


@pytest.mark.parametrize("act", ["skip", "hide", "undo", "show"])
def test_a_button_on_a_stale_tab_overwrites_nothing(alice: Person, deck: Deck, act: str) -> None:
    behaviour = deck.behaviours[0]
    write(alice, behaviour, A)
    write(alice, behaviour, C)
    before = row_of(alice, behaviour)

    page = alice.client.post(f"/answers/{behaviour.id}/{act}/", {"seen": "old"})

    if act == "show":  # it is shown already
        assert page.status_code == 302
    else:
        assert page.status_code == 409
        assert "changed on another page" in page.text
    assert row_of(alice, behaviour) == before


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_a_stale_page_gives_the_words_back_and_saving_again_overwrites(
    alice: Person, deck: Deck, headers: dict[str, str]
) -> None:
    behaviour = deck.behaviours[0]
    url = f"/answers/{behaviour.id}/save/"
    write(alice, behaviour, A)
    typed = {"partners": "unacceptable", "mine": "unacceptable", "note": "my words"}

    refused = alice.client.post(url, typed, headers=headers)

    assert refused.status_code == 409
    assert "There it says: Fine." in " ".join(refused.text.split())
    assert f'value="{row_of(alice, behaviour).version}"' in refused.text
    if not headers:
        assert "my words" in refused.text
    again = {**typed, "seen": row_of(alice, behaviour).version}
    assert alice.client.post(url, again, headers=headers).status_code in (200, 302)
    assert row_of(alice, behaviour).answer.note == "my words"


def test_a_save_whose_response_was_lost_can_be_repeated(alice: Person, deck: Deck) -> None:
    behaviour = deck.behaviours[0]
    url = f"/answers/{behaviour.id}/save/"
    for _ in range(2):
        sent = alice.client.post(url, {"partners": "unsure", "note": "once"}, headers=HTMX)
        assert sent.status_code == 200

    assert row_of(alice, behaviour).answer.note == "once"


def test_every_state_of_a_card_has_its_own_version(alice: Person, deck: Deck) -> None:
    behaviour = deck.behaviours[0]
    versions = [row_of(alice, behaviour).version]
    states: list[tuple[dict[str, object], Aside]] = [
        ({"partners": A}, Aside()),
        ({"partners": A, "mine": N}, Aside()),
        ({"weight": Weight.MATTERS}, Aside()),
        ({"conditions": (Condition.NOT_LATE,)}, Aside()),
        ({"in_other_words": "x"}, Aside()),
        ({"private": True}, Aside()),
        ({"note": "x"}, Aside()),
        ({}, Aside(note="x")),
        ({}, Aside(guess=A)),
        ({}, Aside(live=True)),
        ({}, Aside(to_keep_the_peace=True)),
    ]
    for values, aside in states:
        row = answers.answer(alice.seat, behaviour, version=versions[-1], aside=aside, **values)
        versions.append(row.version)
        assert row == row_of(alice, behaviour)

    assert len(set(versions)) == len(versions)


# On the list


def test_the_list_saves_only_the_stances_and_leaves_the_rest(alice: Person, deck: Deck) -> None:
    behaviour = deck.behaviours[0]
    write(alice, behaviour, C, note="kept", self_note="mine", weight=Weight.A_LOT)
    sent = {
        "from": "list",
        "once": "1",
        "partners": "acceptable",
        "seen": row_of(alice, behaviour).version,
    }

    alice.client.post(f"/answers/{behaviour.id}/save/", sent)

    row = row_of(alice, behaviour)
    assert row.answer == Answer(mine=A, partners=A, note="kept", weight=Weight.A_LOT)
    assert row.aside == Aside(note="mine")


def test_a_whole_card_is_saved_and_shown_again(alice: Person, deck: Deck) -> None:
    behaviour = deck.behaviours[0]
    sent = {
        "partners": "conditions",
        "mine": "acceptable",
        "weight": "a-lot",
        "conditions": ["not-late", "told-first"],
        "in_other_words": "only on Fridays",
        "note": "opens",
        "self_note": "never",
        "guess": "unsure",
        "to_keep_the_peace": "on",
        "live": "on",
    }

    assert alice.client.post(f"/answers/{behaviour.id}/save/", sent).status_code == 302

    row = row_of(alice, behaviour)
    assert row.answer == Answer(
        partners=C,
        mine=A,
        weight=Weight.A_LOT,
        conditions=(Condition.TOLD_FIRST, Condition.NOT_LATE),
        in_other_words="only on Fridays",
        note="opens",
    )
    assert row.aside == Aside(note="never", guess=U, to_keep_the_peace=True, live=True)
    page = alice.client.get(f"/answers/{behaviour.id}/").text
    assert page.count(" checked") == 9  # with the tick that parts the two directions
    assert "only on Fridays" in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("weight", "huge"),
        ("conditions", "never"),
        ("guess", "bogus"),
        ("in_other_words", "x" * 201),
        ("in_other_words", "a\u202eb"),
    ],
)
def test_nonsense_is_refused_beside_its_field(
    alice: Person, deck: Deck, field: str, value: str
) -> None:
    behaviour = deck.behaviours[0]

    page = alice.client.post(f"/answers/{behaviour.id}/save/", {field: value, "note": "kept"})

    assert page.status_code == 400
    assert 'class="error"' in page.text
    assert "kept" in page.text
    assert row_of(alice, behaviour).answer == Answer()


# Undo


def test_undo_restores_the_card_and_a_second_undo_redoes_the_change(
    alice: Person, deck: Deck
) -> None:
    behaviour = deck.behaviours[0]
    write(alice, behaviour, A, note="first", self_note="mine")
    first = row_of(alice, behaviour)
    skip(alice, behaviour)
    second = row_of(alice, behaviour)

    undone = answers.undo(alice.seat, behaviour, version=second.version)
    assert (undone.answer, undone.aside, undone.version) == (
        first.answer,
        first.aside,
        first.version,
    )

    redone = answers.undo(alice.seat, behaviour, version=undone.version)
    assert (redone.answer, redone.aside) == (second.answer, second.aside)


def test_an_untouched_card_has_nothing_to_undo(alice: Person, deck: Deck) -> None:
    behaviour = deck.behaviours[0]

    assert answers.undo(alice.seat, behaviour, version="").answer == Answer()
    assert not row_of(alice, behaviour).undoable
    assert "data-undo" not in alice.client.get(f"/answers/{behaviour.id}/").text
    write(alice, behaviour, A)
    assert "data-undo" in alice.client.get(f"/answers/{behaviour.id}/").text


def test_what_was_on_a_card_is_kept_until_two_others_were_changed(
    alice: Person, deck: Deck
) -> None:
    """Not for ever: whoever takes something back does not expect that it stays somewhere."""
    one, two, three, *_ = deck.behaviours
    for behaviour in (one, two):
        write(alice, behaviour, A)
        write(alice, behaviour, N)
    write(alice, two, A)  # once more, which pushes out nothing
    assert [row_of(alice, behaviour).undoable for behaviour in (one, two)] == [True, True]

    write(alice, three, A)
    shown = row_of(alice, one)
    left = answers.undo(alice.seat, one, version=shown.version)

    assert (left.answer, shown.undoable) == (shown.answer, False)
    assert [row_of(alice, behaviour).undoable for behaviour in (two, three)] == [True, True]
    sheet = sheets.newest(alice.seat, deck.id)
    assert sheet
    notes = Notes.on(alice.seat, sheet)
    assert sum("before" in note for note in notes.values()) == 2


# A person's own order


def test_everybody_has_their_own_order_and_it_is_stable(
    alice: Person, bob: Person, charlie: Person
) -> None:
    deck = catalogue.deck("f")

    def order(who: Person) -> list[str]:
        return [row.behaviour.id for row in sheets.own_sheet(who.seat, deck).rows]

    orders = [order(who) for who in (alice, bob, charlie)]

    assert {tuple(sorted(order)) for order in orders} == {
        tuple(sorted(behaviour.id for behaviour in deck.behaviours))
    }
    assert order(alice) == orders[0]
    seen = {tuple(order(Person(alice.user, alice.client))) for _ in range(3)}
    assert seen == {tuple(orders[0])}


def test_the_orders_of_many_people_differ(deck: Deck) -> None:
    orders = {
        tuple(one.id for one in sheets._in_own_order(Seat(pk=uuid.uuid4()), deck))
        for _ in range(20)
    }

    assert len(orders) == 20
    for order in orders:  # the order of the categories stays
        assert [id[0] for id in order] == [behaviour.id[0] for behaviour in deck.behaviours]


# Hiding


def test_a_hidden_behaviour_disappears_for_both_when_the_deck_opens_and_not_before(
    alice: Person, bob: Person, deck: Deck
) -> None:
    behaviour = deck.behaviours[0]
    fill_in(alice, deck, A)
    fill_in(bob, deck, A)
    before = sheets.own_sheet(alice.seat, deck)
    answers.hide(bob.seat, behaviour, version=row_of(bob, behaviour).version)

    assert sheets.own_sheet(alice.seat, deck) == before
    assert behaviour not in [row.behaviour for row in sheets.own_sheet(bob.seat, deck).rows]

    open_both(alice, bob, deck)
    for who in (alice, bob):
        compared = compare(who.seat, deck).compared
        assert behaviour not in [one.behaviour for one in compared]
        assert len(compared) == 23


def test_only_whoever_hid_it_can_show_it_again_in_a_new_round(
    alice: Person, bob: Person, deck: Deck
) -> None:
    behaviour = deck.behaviours[0]
    fill_in(alice, deck, A)
    fill_in(bob, deck, A)
    answers.hide(bob.seat, behaviour, version=row_of(bob, behaviour).version)
    open_both(alice, bob, deck)
    for who in (alice, bob):
        answers.begin_again(who.seat, deck)
    assert sheets.own_sheet(alice.seat, deck).hidden == ()
    assert [row.behaviour for row in sheets.own_sheet(bob.seat, deck).hidden] == [behaviour]

    hidden = sheets.own_sheet(bob.seat, deck).hidden[0]
    answers.show_again(bob.seat, behaviour, version=hidden.version)
    open_both(alice, bob, deck)

    assert len(compare(alice.seat, deck).compared) == 24


def test_what_a_former_partner_hid_is_not_hidden_with_a_new_partner(
    alice: Person, bob: Person, charlie: Person, deck: Deck
) -> None:
    fill_in(alice, deck, A)
    fill_in(bob, deck, A)
    answers.hide(bob.seat, deck.behaviours[0], version=row_of(bob, deck.behaviours[0]).version)
    open_both(alice, bob, deck)
    pairing.part(alice.seat)
    pair(alice, charlie)
    fill_in(charlie, deck, A)

    open_both(alice, charlie, deck)

    assert len(compare(charlie.seat, deck).compared) == 24


def test_the_last_look_lists_what_this_person_has_hidden(
    alice: Person, bob: Person, deck: Deck
) -> None:
    behaviour = deck.behaviours[0]
    answers.hide(alice.seat, behaviour, version="")

    page = alice.client.get("/decks/essentials/last-look/").text

    assert page.index("These are left out for you both") < page.index(behaviour.text)


def test_sealing_again_changes_nothing_that_is_open(alice: Person, bob: Person) -> None:
    put_forward(alice, bob, "Long calls")
    deck = questions.deck(alice.seat, catalogue.OWN)
    open_both(alice, bob, deck)
    before = compare(alice.seat, deck).compared
    put_forward(alice, bob, "Short calls")
    later = questions.deck(alice.seat, catalogue.OWN)

    for who in (alice, bob):
        assert answers.seal(who.seat, later)
        who.client.post("/decks/own/seal/")

    assert compare(alice.seat, later).compared == before


def test_a_hidden_behaviour_can_be_shown_again_with_its_answer(alice: Person, deck: Deck) -> None:
    behaviour = deck.behaviours[0]
    write(alice, behaviour, N, note="kept")
    answers.hide(alice.seat, behaviour, version=row_of(alice, behaviour).version)
    assert "Hidden" in alice.client.get("/decks/essentials/").text

    alice.client.post(
        f"/answers/{behaviour.id}/show/",
        {"seen": row_of(alice, behaviour).version, "from": "list"},
    )

    assert row_of(alice, behaviour).answer == Answer(mine=N, partners=N, note="kept")
    assert sheets.own_sheet(alice.seat, deck).hidden == ()


# A new round


def test_a_new_round_begins_with_the_writers_last_answers(
    alice: Person, bob: Person, deck: Deck
) -> None:
    fill_in(alice, deck, C, note="hers", self_note="for her")
    open_both(alice, bob, deck)
    before = sheets.own_sheet(alice.seat, deck)

    answers.begin_again(alice.seat, deck)
    answers.begin_again(alice.seat, deck)

    page = sheets.own_sheet(alice.seat, deck)
    assert [(row.answer, row.aside) for row in page.rows] == [
        (row.answer, row.aside) for row in before.rows
    ]
    assert (page.sealed, page.open, page.again) == (False, False, True)
    assert not any(row.undoable for row in page.rows)
    assert Answers.owned_by(alice.seat).count() == 2


def test_what_is_open_stays_as_it_was_while_a_new_round_is_written(
    alice: Person, bob: Person, deck: Deck
) -> None:
    fill_in(alice, deck, A)
    fill_in(bob, deck, A)
    open_both(alice, bob, deck)
    before = compare(bob.seat, deck)

    answers.begin_again(alice.seat, deck)
    write(alice, deck.behaviours[0], N)
    answers.seal(alice.seat, deck)

    assert compare(bob.seat, deck) == compare(alice.seat, deck) == before
    assert sheets.own_sheet(bob.seat, deck).open


def test_two_seals_open_the_new_round_which_marks_what_changed(
    alice: Person, bob: Person, deck: Deck
) -> None:
    moved, same, hushed, *_ = deck.behaviours
    fill_in(alice, deck, A)
    fill_in(bob, deck, N)
    open_both(alice, bob, deck)
    first = compare(alice.seat, deck)
    for who in (alice, bob):
        answers.begin_again(who.seat, deck)
    write(bob, moved, C)
    write(bob, hushed, A, private=True)
    open_both(alice, bob, deck)

    second = compare(alice.seat, deck)

    found = {compared.behaviour.id: compared for compared in second.compared}
    assert found[moved.id].change == Change(Grade.DIFFERENCE, first.opened_at)
    assert found[same.id].change is None
    assert found[hushed.id].change is None
    page = alice.client.get("/decks/essentials/comparison/").text
    assert page.count("Changed since") == 1
    assert "A real difference" in page


def test_the_last_two_rounds_of_every_open_deck_are_read(
    alice: Person, bob: Person, deck: Deck, django_assert_num_queries: Any
) -> None:
    other, closed = catalogue.deck("a"), catalogue.deck("b")
    answers.seal(alice.seat, closed)
    for sealed in (deck, deck, deck, other):
        for who in (alice, bob):
            answers.begin_again(who.seat, sealed)
        open_both(alice, bob, sealed)
    decks, seat = (closed, other, deck), alice.seat

    opened = Answers.opened_to(seat, [one.id for one in decks])
    with django_assert_num_queries(1):
        compared = compare_all(seat, decks)

    assert {id: len(rounds) for id, rounds in opened.items()} == {other.id: 1, deck.id: 2}
    assert compared == [compare(seat, other), compare(seat, deck)]


def test_everybody_sees_their_own_history_and_nobody_elses(
    alice: Person, bob: Person, deck: Deck
) -> None:
    behaviour = deck.behaviours[0]
    write(alice, behaviour, A, note="hers at first", private=True)
    write(bob, behaviour, N, note="his at first")
    open_both(alice, bob, deck)
    for who in (alice, bob):
        answers.begin_again(who.seat, deck)
    write(alice, behaviour, U, note="hers later")
    open_both(alice, bob, deck)

    past = sheets.past_rounds(alice.seat, deck)
    page = alice.client.get("/decks/essentials/history/").text

    assert [answer.note for past_round in past for _, answer in past_round.rows] == [
        "hers later",
        "hers at first",
    ]
    assert all(past_round.opened_at for past_round in past)
    assert page.index("hers later") < page.index("hers at first")
    assert "his at first" not in page


def test_history_shows_what_is_no_longer_asked(alice: Person, bob: Person, deck: Deck) -> None:
    write(alice, deck.behaviours[0], A, note="when it was asked")
    sheet = sheets.newest(alice.seat, deck.id)
    assert sheet
    stored = Answers.on(alice.seat, sheet)
    Answers.put(alice.seat, sheet, {"c6": stored[deck.behaviours[0].id]})
    open_both(alice, bob, deck)

    page = alice.client.get("/decks/essentials/history/").text

    assert catalogue.every()["c6"].retired
    assert catalogue.every()["c6"].text in page
    assert "when it was asked" in page


def test_history_outlives_the_couple(alice: Person, bob: Person, charlie: Person) -> None:
    deck = catalogue.deck("a")
    write(alice, deck.behaviours[0], A, note="with Bob")
    open_both(alice, bob, deck)
    answers.begin_again(alice.seat, deck)
    pairing.part(bob.seat)

    (past,) = sheets.past_rounds(alice.seat, deck)
    assert past.opened_at is None
    assert past.rows[0][1].note == "with Bob"
    pair(alice, charlie)
    assert not answers.seal(alice.seat, deck)
    assert "with Bob" not in charlie.client.get("/decks/a/history/").text


def test_where_nothing_is_open_there_is_nothing_to_begin_again(
    alice: Person, bob: Person, deck: Deck
) -> None:
    write(alice, deck.behaviours[0], A)
    answers.begin_again(alice.seat, deck)
    answers.seal(alice.seat, deck)
    answers.begin_again(alice.seat, deck)

    assert Answers.owned_by(alice.seat).count() == 1
    assert sheets.own_sheet(alice.seat, deck).sealed


def now_retired(person: Person, deck: Deck, retired: str) -> None:
    """Let the answer to the first behaviour of a deck be one to a behaviour retired since."""
    sheet = sheets.newest(person.seat, deck.id)
    assert sheet
    stored = Answers.on(person.seat, sheet)
    Answers.put(person.seat, sheet, stored | {retired: stored[deck.behaviours[0].id]})


def test_what_is_no_longer_asked_stays_in_the_comparison(
    alice: Person, bob: Person, deck: Deck
) -> None:
    """It can be talked about and agreed on, as whatever both answered; new answers are refused."""
    retired = catalogue.every()["c6"]
    for person in (alice, bob):
        write(person, deck.behaviours[0], A)
    open_both(alice, bob, deck)
    for person in (alice, bob):
        now_retired(person, deck, "c6")

    assert retired.text in alice.client.get(f"/decks/{deck.id}/comparison/").text
    assert retired.text in alice.client.get("/talks/about/c6/").text
    assert retired.text in alice.client.get("/understandings/on/c6/words/").text
    assert alice.client.get("/answers/c6/").status_code == 404
    assert alice.client.post("/answers/c6/save/", {"mine": "acceptable"}).status_code == 404


def test_an_answer_retired_before_the_seal_does_not_open(
    alice: Person, bob: Person, deck: Deck
) -> None:
    """Its card is not on the page that is sealed: its writer could neither see nor change it."""
    retired = catalogue.every()["c6"]
    for person in (alice, bob):
        write(person, deck.behaviours[0], A, note=f"a note of {person.seat.side}")
        now_retired(person, deck, "c6")
        write(person, deck.behaviours[0], A, note="")
    open_both(alice, bob, deck)

    page = alice.client.get(f"/decks/{deck.id}/comparison/").text
    assert retired.text not in page
    assert "a note of right" not in page
    assert alice.client.get("/talks/about/c6/").status_code == 404
    assert retired.text in alice.client.get(f"/decks/{deck.id}/history/").text
