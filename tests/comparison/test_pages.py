"""What the comparison adds to the grades: weight, conditions, suggestions, pictures, own lines."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from boundaries.agreements import history
from boundaries.agreements import rules as agreements
from boundaries.agreements.history import ProposalVersion
from boundaries.answers import rules as answers
from boundaries.comparison.for_me import own_lines
from boundaries.comparison.rules import (
    Compared,
    Remark,
    _compared,
    compare,
    grade,
)
from boundaries.comparison.suggestions import worth_a_talk
from boundaries.content import catalogue
from boundaries.content.catalogue import Deck
from boundaries.vocabulary import Answer, Aside, Condition, Grade, Stance, Weight
from tests.conftest import Person, fill_in, propose, row_of, skip, talk, write

A, C, N, U = Stance.ACCEPTABLE, Stance.CONDITIONS, Stance.UNACCEPTABLE, Stance.UNSURE
ROW = re.compile(r'<li id="(\w+)">(.*?)</li>', re.DOTALL)
BEHAVIOURS = catalogue.deck(catalogue.ESSENTIALS).behaviours

stances = st.sampled_from(Stance)
shared = st.builds(
    Answer,
    mine=stances,
    partners=stances,
    weight=st.none() | st.sampled_from(Weight),
    conditions=st.sets(st.sampled_from(Condition)).map(tuple),
    note=st.sampled_from(["", "a note"]),
)


def compared(left: Answer | None, right: Answer | None) -> Compared:
    return _compared(BEHAVIOURS[0], "Left", "Right", left, right)


@given(left=shared, right=shared)
def test_the_grade_is_the_same_from_either_side(left: Answer, right: Answer) -> None:
    one, other = compared(left, right), compared(right, left)

    assert (one.grade, one.weight) == (other.grade, other.weight)
    assert [(line.left, line.right, line.grade) for line in one.lines] == [
        (line.right, line.left, line.grade) for line in reversed(other.lines)
    ]


@given(one=stances, other=stances)
def test_every_pair_of_stances_has_exactly_one_grade(one: Stance, other: Stance) -> None:
    assert grade(one, other) == grade(other, one)
    assert grade(one, other) in set(Grade) - {Grade.NOT_SHARED}


@given(left=shared, right=shared, heavy=st.none() | st.sampled_from(Weight))
def test_weight_never_changes_a_grade(left: Answer, right: Answer, heavy: Weight | None) -> None:
    assert compared(replace(left, weight=heavy), right).grade == compared(left, right).grade


@given(answer=shared, other=shared)
def test_private_hidden_skipped_and_missing_look_the_same(answer: Answer, other: Answer) -> None:
    kept_back = [
        replace(answer, private=True),
        replace(answer, mine=None, partners=None, skipped=True),
        Answer(),
        Answer(note="words alone"),
    ]

    assert not any(one.shared for one in kept_back)
    assert not replace(answer, hidden=True).shared
    assert (
        compared(None, other)
        == compared(other, None)
        == Compared(behaviour=BEHAVIOURS[0], grade=Grade.NOT_SHARED)
    )


# Three worth a talk

compareds = st.lists(
    st.tuples(st.sampled_from(Grade), st.integers(0, 3)), max_size=len(BEHAVIOURS)
).map(
    lambda drawn: [
        Compared(behaviour=BEHAVIOURS[at], grade=grade, weight=weight)
        for at, (grade, weight) in enumerate(drawn)
    ]
)


@given(all_of_them=compareds)
def test_at_most_three_talks_are_suggested_and_always_the_same(
    all_of_them: list[Compared],
) -> None:
    talks = worth_a_talk(all_of_them)

    assert len(talks) <= 3
    assert len({one.behaviour.id for one in talks}) == len(talks)
    assert talks == worth_a_talk(list(all_of_them))
    assert {one.grade for one in talks}.isdisjoint({Grade.COMMON, Grade.NOT_SHARED})
    grades = Counter(one.grade for one in all_of_them)
    if grades[Grade.DIFFERENCE]:
        heaviest = max(one.weight for one in all_of_them if one.grade == Grade.DIFFERENCE)
        assert (talks[-1].grade, talks[-1].weight) == (Grade.DIFFERENCE, heaviest)
    worth = sum(grades[one] for one in Grade if one not in (Grade.COMMON, Grade.NOT_SHARED))
    assert bool(talks) == bool(worth)


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        # easy is the lightest small one, what matters is the heaviest difference
        ([("close", 2), ("details", 1), ("forming", 0), ("difference", 1), ("difference", 3)],
         [1, 2, 4]),
        # nothing forming: the heaviest small difference left is in between
        ([("close", 0), ("close", 1), ("close", 3), ("difference", 0)], [0, 2, 3]),
        # only differences: the lightest left, then the heaviest
        ([("difference", 2), ("difference", 1), ("difference", 3)], [1, 2]),
        # ties follow the order of the deck
        ([("difference", 1), ("difference", 1), ("close", 0), ("close", 0)], [2, 3, 0]),
        ([("common", 3), ("not-shared", 0)], []),
        ([("forming", 0), ("forming", 2)], [1]),
    ],
)  # fmt: skip
def test_the_rule_for_talks(given_: list[tuple[str, int]], expected: list[int]) -> None:
    everything = [
        Compared(behaviour=BEHAVIOURS[at], grade=Grade(grade), weight=weight)
        for at, (grade, weight) in enumerate(given_)
    ]

    chosen = worth_a_talk(everything)

    assert [BEHAVIOURS.index(one.behaviour) for one in chosen] == expected


def with_weight(at: int, grade: str, *, note: str = "", weight: Weight | None = None) -> Compared:
    remarks = (Remark(first_name="Alice", text=note, weight=weight),)
    heaviness = list(Weight).index(weight) + 1 if weight else 0
    return Compared(behaviour=BEHAVIOURS[at], grade=Grade(grade), remarks=remarks, weight=heaviness)


@pytest.mark.parametrize("grade", ["close", "details", "forming", "difference"])
def test_what_matters_a_lot_with_a_note_is_worth_a_talk(grade: str) -> None:
    others = [
        with_weight(at, other, note="Hm.")
        for at, other in enumerate(("close", "details", "forming", "difference"))
    ]
    heavy = [with_weight(4, grade, weight=Weight.A_LOT) for grade in ("difference", "forming")]
    marked = with_weight(6, grade, note="It hurt me once.", weight=Weight.A_LOT)

    assert marked not in worth_a_talk([*others, *heavy, with_weight(6, grade)])
    assert marked in worth_a_talk([*others, *heavy, marked])


def test_what_two_agree_on_is_no_talk_however_much_it_matters() -> None:
    agreed = with_weight(0, "common", note="So glad.", weight=Weight.A_LOT)

    assert worth_a_talk([agreed]) == ()


# On the page


def opened(alice: Person, bob: Person, deck: Deck) -> str:
    for who in (alice, bob):
        answers.seal(who.seat, deck)
    return alice.client.get("/decks/essentials/comparison/").text


@pytest.mark.parametrize(
    ("differences", "called"),
    [(1, [""]), (2, ["", "A bigger one"]), (3, ["", "A bigger one"])],
)
def test_only_what_stands_between_two_is_called_one_in_between(
    alice: Person, bob: Person, deck: Deck, differences: int, called: list[str]
) -> None:
    for behaviour in deck.behaviours[:differences]:
        write(alice, behaviour, A)
        write(bob, behaviour, N)

    page = opened(alice, bob, deck)

    talks = page.partition('aria-labelledby="talks"')[2].partition("</section>")[0]
    assert talks.count("<li>") == len(called)
    assert re.findall('<span class="quiet small">(.*?)</span>', talks) == [*filter(None, called)]


def test_a_page_without_common_ground_says_so_and_shows_the_differences(
    alice: Person, bob: Person, deck: Deck
) -> None:
    write(alice, deck.behaviours[0], A)
    write(bob, deck.behaviours[0], N)

    page = opened(alice, bob, deck)

    assert "You don’t see any of these quite alike yet." in page
    assert '<details class="fold" open>' in page
    assert "You agree on these" not in page


def test_real_differences_come_by_weight_and_the_rest_in_the_order_of_the_deck(
    alice: Person, bob: Person, deck: Deck
) -> None:
    light, heavy, unsaid, close, closer, *_ = deck.behaviours
    for behaviour, weight in ((light, Weight.SMALL), (heavy, Weight.A_LOT), (unsaid, None)):
        write(alice, behaviour, A, weight=weight)
        write(bob, behaviour, N)
    for behaviour, weight in ((close, None), (closer, Weight.A_LOT)):
        write(alice, behaviour, A, weight=weight)
        write(bob, behaviour, C)
    opened(alice, bob, deck)

    groups = {group.grade: group for group in compare(alice.seat, deck).groups}

    assert [one.behaviour for one in groups[Grade.DIFFERENCE].compared] == [heavy, light, unsaid]
    assert [one.behaviour for one in groups[Grade.CLOSE].compared] == [close, closer]


def test_conditions_open_only_if_a_stance_asks_for_them(
    alice: Person, bob: Person, deck: Deck
) -> None:
    asked_for, not_asked_for, *_ = deck.behaviours
    write(alice, asked_for, C, conditions=(Condition.NOT_LATE,), in_other_words="at weekends")
    write(alice, not_asked_for, A, conditions=(Condition.IN_A_GROUP,), in_other_words="left over")
    for behaviour in (asked_for, not_asked_for):
        write(bob, behaviour, A)

    page = opened(alice, bob, deck)

    assert "it’s not late" in page
    assert "at weekends" in page
    assert "it’s in a group" not in page
    assert "left over" not in page


def test_what_is_written_for_oneself_never_reaches_the_partner(
    alice: Person, bob: Person, deck: Deck
) -> None:
    behaviour = deck.behaviours[0]
    answers.answer(
        alice.seat,
        behaviour,
        version="",
        aside=Aside(note="to herself", guess=N, to_keep_the_peace=True, live=True),
        mine=A,
        partners=N,
    )
    write(bob, behaviour, A)
    opened(alice, bob, deck)

    for url in ("comparison/", "comparison/for-me/", "", "history/", "last-look/"):
        for who in (alice, bob):
            page = who.client.get(f"/decks/essentials/{url}").text
            assert "to herself" not in page
            assert ("You guessed" in page) == (who is alice and url == "comparison/for-me/")


def test_only_their_writer_sees_differences_in_themselves_and_guesses(
    alice: Person, bob: Person, deck: Deck
) -> None:
    differs, guessed, private, unshared, *_ = deck.behaviours
    write(alice, differs, N, mine=A)
    for behaviour in (guessed, unshared):
        answers.answer(alice.seat, behaviour, version="", aside=Aside(guess=N), mine=C, partners=C)
    write(alice, private, N, mine=A, private=True)
    for behaviour in (differs, guessed, private):
        write(bob, behaviour, A, mine=C)
    opened(alice, bob, deck)

    hers = own_lines(alice.seat, deck)

    assert [(line.behaviour, line.differs, line.guessed) for line in hers] == [
        (differs, True, False),
        (guessed, False, True),
    ]
    assert (hers[1].guess, hers[1].they_say) == (N, A)
    his = {line.behaviour for line in own_lines(bob.seat, deck)}
    assert his == {differs, guessed, private}
    assert not any(line.guessed for line in own_lines(bob.seat, deck))


@pytest.mark.parametrize("grade", Grade)
def test_a_filter_shows_only_its_grade(
    alice: Person, bob: Person, deck: Deck, grade: Grade
) -> None:
    for behaviour, (one, other) in zip(
        deck.behaviours, [(A, N), (U, A), (C, C), (A, C), (N, N)], strict=False
    ):
        write(alice, behaviour, one)
        write(bob, behaviour, other)
    opened(alice, bob, deck)

    page = alice.client.get(f"/decks/essentials/comparison/?show={grade.value}").text

    assert re.findall(r'<h2 id="([\w-]+)">', page) == [grade.value]


def test_a_filter_by_category_is_kept_by_the_other(alice: Person, bob: Person, deck: Deck) -> None:
    for who in (alice, bob):
        fill_in(who, deck, A)
    opened(alice, bob, deck)

    page = alice.client.get("/decks/essentials/comparison/?category=b").text

    shown = re.findall(r'<li id="(\w+)">', page)
    assert shown == [behaviour.id for behaviour in deck.behaviours if behaviour.category == "b"]
    assert 'href="?show=common&amp;category=b"' in page


@pytest.mark.parametrize("query", ["show=bogus", "show=", "category=zz", "category=", "show=%00"])
def test_a_filter_that_does_not_exist_is_a_404(
    alice: Person, bob: Person, deck: Deck, query: str
) -> None:
    opened(alice, bob, deck)

    assert alice.client.get(f"/decks/essentials/comparison/?{query}").status_code == 404


def test_the_overview_says_in_words_what_the_picture_shows(
    alice: Person, bob: Person, deck: Deck
) -> None:
    first, second, *_ = deck.behaviours
    write(alice, first, A, mine=N)
    write(bob, first, A)
    write(alice, second, C)
    write(bob, second, U)
    skip(bob, deck.behaviours[2])

    page = " ".join(opened(alice, bob, deck).split())

    assert page.count("<figure>") == 1
    assert "Alice</span>: fine: 1, fine, if …: 1 and not OK: 1" in page
    assert "Bob</span>: fine: 2 and not sure yet: 1" in page
    circles, diamonds = re.findall(r' d="([^"]*)"', page)[-2:]
    assert (circles.count("M"), diamonds.count("M")) == (3, 3)  # no mark twice


def test_names_are_plain_text_in_what_a_picture_is_called(
    alice: Person, bob: Person, deck: Deck
) -> None:
    for who, name, stance in ((alice, "דנה", A), (bob, "גל", N)):
        User.objects.filter(pk=who.user.pk).update(first_name=name)
        fill_in(who, deck, stance)
        answers.seal(who.seat, deck)

    page = alice.client.get("/decks/essentials/comparison/").text

    labels = re.findall(r'class="scale"[^>]* aria-label="([^"]*)"', page)
    assert set(labels) == {"\u2067דנה\u2069 says fine, \u2067גל\u2069 says not OK."}


def test_both_are_offered_the_same_talks(alice: Person, bob: Person, deck: Deck) -> None:
    easy, matters, *_ = deck.behaviours
    write(alice, easy, C)
    write(alice, matters, A, weight=Weight.A_LOT)
    write(bob, easy, A)
    write(bob, matters, N)
    hers = opened(alice, bob, deck)
    his = bob.client.get("/decks/essentials/comparison/").text

    for page in (hers, his):
        talks = page[page.index('id="talks"') : page.index("</ol>")]
        assert re.findall(r'href="/talks/about/(\w+)/"', talks) == [easy.id, matters.id]
    assert row_of(alice, easy).answer.weight is None


@pytest.mark.parametrize("answered", [1, 24])
def test_the_page_for_oneself_needs_few_queries(
    alice: Person, bob: Person, deck: Deck, answered: int, django_assert_num_queries: object
) -> None:
    for behaviour in deck.behaviours[:answered]:
        write(alice, behaviour, N, mine=A)
        write(bob, behaviour, A)
    opened(alice, bob, deck)

    with django_assert_num_queries(6):  # type: ignore[operator]
        alice.client.get("/decks/essentials/comparison/for-me/")


@pytest.mark.parametrize("writer", ["alice", "bob"])
def test_a_row_says_to_both_that_it_comes_with_a_note(
    alice: Person, bob: Person, deck: Deck, writer: str
) -> None:
    same, close, silent = deck.behaviours[:3]
    for who in (alice, bob):
        note = "Some words." if who.user.first_name.lower() == writer else ""
        write(who, same, A, note=note)
        write(who, close, A if who is alice else C, note=note)
        write(who, silent, A, conditions=())
    hers = opened(alice, bob, deck)
    his = bob.client.get("/decks/essentials/comparison/").text

    for page in (hers, his):
        rows = {id: row.partition("</summary>")[0] for id, row in re.findall(ROW, page)}
        marked = [one.id for one in (same, close, silent) if "with a note" in rows[one.id]]
        assert marked == [same.id, close.id]


def test_what_two_talked_about_or_agreed_on_is_not_suggested_again(
    alice: Person, bob: Person, deck: Deck
) -> None:
    for behaviour in deck.behaviours[:2]:
        write(alice, behaviour, A)
        write(bob, behaviour, A)
    for behaviour in deck.behaviours[2:8]:
        write(alice, behaviour, A)
        write(bob, behaviour, N)
    before = opened(alice, bob, deck)
    suggested = re.compile(r'<li>\s*<a href="/talks/about/(\w+)/"').findall
    one, two = suggested(before)
    same = [behaviour.id for behaviour in deck.behaviours[:2]]

    talk(alice, one)
    for id in (two, *same):
        propose(alice, id)
    proposed = bob.client.get("/decks/essentials/comparison/").text
    agreements.assent(bob.seat, [newest(bob, id).digest for id in (two, *same)])
    agreed = [who.client.get("/decks/essentials/comparison/").text for who in (alice, bob)]

    assert "Keep these as they are" in before
    assert one not in suggested(proposed)
    assert two in suggested(proposed)  # words that wait for a yes are no agreement yet
    assert "On our page" not in before + proposed
    assert "All of these are on our page, or proposed." in proposed
    for page in agreed:
        rows = {id: row.partition("</summary>")[0] for id, row in re.findall(ROW, page)}
        assert {id for id, row in rows.items() if "On our page" in row} == {two, *same}
        assert {one, two}.isdisjoint(suggested(page))
        assert len(suggested(page)) == 2
        assert "Keep these as they are" not in page
        assert "All of these are on our page." in page

    agreements.withdraw(bob.seat, two, newest(bob, two).digest)
    again = alice.client.get("/decks/essentials/comparison/").text
    assert two in suggested(again)


def newest(who: Person, behaviour: str) -> ProposalVersion:
    return history.entry(who.seat, behaviour).newest
