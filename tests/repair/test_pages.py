"""The pages of a repair: who sees what, what is refused, and what is never lost."""

from __future__ import annotations

import re
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from boundaries.agreements import rules as agreements
from boundaries.agreements.wording import BOTH, ProposalLine
from boundaries.agreements.words import put_into_words
from boundaries.content import control, phrasing
from boundaries.content.catalogue import Deck
from boundaries.repair import drafts
from boundaries.repair import rules as repairs
from boundaries.repair.models import Repair, RepairTurn
from boundaries.seats import rules as seats
from boundaries.vocabulary import Outcome, RepairMove, RepairStep
from tests.conftest import Person, opened_together, propose
from tests.support.repairs import WORDS, begun, repaired_up_to, seen_by, take
from tests.support.routes import REPAIR

pytestmark = pytest.mark.django_db

M, S = RepairMove, RepairStep
PAGE = reverse("repair-show", args=[REPAIR])
SEND, DRAFT = reverse("repair-send", args=[REPAIR]), reverse("repair-draft", args=[REPAIR])


def sent(who: Person, move: RepairMove, **words: str) -> dict[str, str]:
    look = seen_by(who).version
    return {"move": move.value, "purpose": move.value, "look": look, **words}


def test_it_begins_on_the_line_and_nothing_is_stored_by_looking(
    alice: Person, bob: Person, deck: Deck
) -> None:
    opened_together(alice, bob, deck)
    agreements.assent(bob.seat, [propose(alice)])
    about = reverse("repair-about", args=["a1"])

    assert about in alice.client.get(reverse("agreements")).text
    page = alice.client.get(about).text
    assert reverse("safety-questions") in page
    assert "Nothing is sent until" in page
    assert not Repair.objects.exists()


def test_what_both_call_fine_cannot_be_crossed(alice: Person, bob: Person, deck: Deck) -> None:
    opened_together(alice, bob, deck)
    for behaviour, outcome in (("a1", Outcome.NOT_FOR_US), ("a2", Outcome.FINE)):
        line = ProposalLine(doer=BOTH, outcome=outcome)
        words = put_into_words(behaviour, [line], seats.names(alice.seat))
        agreements.assent(bob.seat, [propose(alice, behaviour, words)])
    page = alice.client.get(reverse("repair")).text

    assert reverse("repair-about", args=["a1"]) in page
    assert reverse("repair-about", args=["a2"]) not in page


def test_words_that_may_hurt_wait_for_a_press_of_their_reader(alice: Person, bob: Person) -> None:
    begun(alice)
    take(alice, M.OWN_UP)
    folded = '<details class="prepared">'
    assert folded in bob.client.get(PAGE).text

    bob.client.post(DRAFT, sent(bob, M.IMPACT, words="a stone in the stomach"))
    assert folded not in bob.client.get(PAGE).text  # they have begun to answer
    assert '<details class="prepared" open>' in bob.client.get(PAGE).text


def test_whose_line_it_was_has_to_be_said(alice: Person, bob: Person) -> None:
    answer = alice.client.post(reverse("repair-begin"), {"behaviour": "", "crossed": "them"})

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert "Please choose one of the two." in answer.text
    assert not Repair.objects.exists()


@pytest.mark.postgresql  # SQLite takes the first of them
@pytest.mark.parametrize("behaviour", ["a\x00b", "a" * 40, "nothing-known"])
def test_a_line_that_cannot_be_is_a_404(alice: Person, bob: Person, behaviour: str) -> None:
    for crossed in ("me", "them"):
        sent = {"behaviour": behaviour, "crossed": crossed}

        assert alice.client.post(reverse("repair-begin"), sent).status_code == HTTPStatus.NOT_FOUND


def test_words_are_read_after_the_beginning_that_their_writer_saw(
    alice: Person, bob: Person
) -> None:
    begun(alice)
    repaired_up_to(S.REFLECT, alice, bob)

    page = alice.client.get(PAGE).text

    for beginning, move in (("I …", M.OWN_UP), ("For me it was …", M.IMPACT)):
        words = re.escape(WORDS[move]["words"])
        assert re.search(
            rf'{beginning}</p>\s*<p class="words" dir="auto" lang="">{words}</p>', page
        )


def test_the_other_finds_nothing_before_it_is_sent(alice: Person, bob: Person) -> None:
    begun(alice)

    assert bob.client.get(PAGE).status_code == HTTPStatus.NOT_FOUND
    assert bob.client.post(SEND, {"move": "impact"}).status_code == HTTPStatus.NOT_FOUND
    assert str(REPAIR) not in bob.client.get(reverse("repair")).text
    assert str(REPAIR) in alice.client.get(reverse("repair")).text


def test_a_note_on_wording_is_for_the_writer_and_prevents_nothing(
    alice: Person, bob: Person
) -> None:
    begun(alice)
    words = "It was only texting, because you were away."
    alice.client.post(DRAFT, {"purpose": "own-up", "words": words})
    assert "Making it smaller" in alice.client.get(PAGE).text

    version = drafts.written(alice.seat, REPAIR)["own-up"].version
    answer = alice.client.post(SEND, sent(alice, M.OWN_UP, words=words, seen=version))
    assert answer.status_code == HTTPStatus.FOUND
    assert words in bob.client.get(PAGE).text
    assert "Making it smaller" not in bob.client.get(PAGE).text


def test_reasons_get_a_note_only_where_somebody_says_what_they_did() -> None:
    words = "I wrote to Kim because I was bored."

    assert phrasing.notes(words) == []
    (note,) = phrasing.notes(words, only={"justifying"})
    assert note.words == "because"
    assert phrasing.notes("I wrote to Kim and said nothing.", only={"justifying"}) == []


@pytest.mark.parametrize(
    "words",
    [
        "You can read my phone.",
        "I give you my password.",
        "You get my location all day.",
        "Ich gebe dir mein Kennwort und sage dir immer Bescheid.",
    ],
)
def test_words_about_phones_are_sent_only_after_a_note(
    alice: Person, bob: Person, words: str
) -> None:
    begun(alice)
    repaired_up_to(S.OFFER, alice, bob)
    offer = {"sorry": "I am sorry.", "offer": words, "on": "2026-12-24"}
    first = sent(alice, M.OFFER, **offer)
    with_day = first | {"on": _tomorrow(alice)}

    answer = alice.client.post(SEND, with_day)
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert "Not sent yet, and only you see this." in answer.text
    assert words in answer.text
    noted = answer.text.partition('name="noted" value="')[2].partition('"')[0]
    assert alice.client.post(SEND, with_day | {"noted": noted}).status_code == HTTPStatus.FOUND
    assert "belong to you" in bob.client.get(PAGE).text
    assert "belong to you" not in alice.client.get(PAGE).text


@pytest.mark.parametrize("words", ["I tell you when I see Kim and Ravi.", "I’ll be home at six."])
def test_other_words_need_none(words: str) -> None:
    assert not control.may_be_access(words)


def test_a_refused_form_gives_every_word_back(alice: Person, bob: Person) -> None:
    begun(alice)
    repaired_up_to(S.OFFER, alice, bob)
    answer = alice.client.post(SEND, sent(alice, M.OFFER, sorry="I see it.", on="yesterday"))

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert "I see it." in answer.text
    assert "Please write one thing you’ll do." in answer.text
    assert "Please choose a day, such as" in answer.text
    assert RepairTurn.unscoped.count() == 4


def test_words_from_a_page_that_was_too_old_are_kept(alice: Person, bob: Person) -> None:
    begun(alice)
    old = sent(alice, M.OWN_UP, words="These came late.")
    take(alice, M.OWN_UP)
    answer = alice.client.post(SEND, old)

    assert answer.status_code == HTTPStatus.CONFLICT
    assert "These came late." in answer.text
    assert "These came late." in alice.client.get(PAGE).text
    assert "These came late." not in bob.client.get(PAGE).text


def test_a_draft_changed_on_another_page_is_not_overwritten(alice: Person, bob: Person) -> None:
    begun(alice)
    alice.client.post(DRAFT, {"purpose": "own-up", "words": "From the first page."})
    answer = alice.client.post(DRAFT, {"purpose": "own-up", "words": "From another.", "seen": "x"})

    assert answer.status_code == HTTPStatus.CONFLICT
    assert "From another." in answer.text
    assert "From the first page." in answer.text


def test_pressing_yes_keeps_the_line_that_was_begun(alice: Person, bob: Person) -> None:
    begun(alice)
    repaired_up_to(S.CONFIRM, alice, bob)
    press = sent(bob, M.YES) | {"purpose": "not-yet", "missing": "One more thing."}
    bob.client.post(SEND, press)

    assert seen_by(bob).step == S.OFFER
    assert "One more thing." in bob.client.get(PAGE).text
    assert "One more thing." not in alice.client.get(PAGE).text


def test_the_reply_to_an_offer_has_three_buttons_and_none_for_silence(
    alice: Person, bob: Person
) -> None:
    begun(alice)
    repaired_up_to(S.AFTER, alice, bob)
    page = bob.client.get(PAGE).text

    assert [move for move in ("heard", "not-ready", "not-enough") if f'value="{move}"' in page]
    assert "You don’t have to answer this" in page
    assert "orgive" not in page
    theirs = alice.client.get(PAGE).text
    assert 'value="heard"' not in theirs
    assert 'value="pause"' not in theirs


def test_a_second_one_on_a_line_offers_a_third_person(
    alice: Person, bob: Person, deck: Deck
) -> None:
    opened_together(alice, bob, deck)
    agreements.assent(bob.seat, [propose(alice)])
    begun(alice, "a1")
    take(alice, M.OWN_UP)
    assert "couples therapists" not in alice.client.get(PAGE).text
    repairs.close(alice.seat, REPAIR)
    second = repairs.begin(bob.seat, "a1", i_crossed=False)
    page = bob.client.get(reverse("repair-show", args=[second])).text
    assert "couples therapists" in page


@pytest.mark.parametrize(
    "press", [{"move": "close"}, {"move": "forgive"}, {}, {"move": ["yes", "heard"]}]
)
def test_what_is_no_move_is_refused(alice: Person, bob: Person, press: dict[str, str]) -> None:
    begun(alice)

    status = alice.client.post(SEND, press).status_code
    assert status in (HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)
    assert not RepairTurn.unscoped.exists()


def test_a_partner_who_leaves_meanwhile_leaves_the_words_to_their_writer(
    alice: Person, bob: Person
) -> None:
    begun(alice)
    take(alice, M.OWN_UP)
    late = sent(bob, M.IMPACT, words="These are mine.")
    alice.client.post(reverse("pairing-part"))
    answer = bob.client.post(SEND, late)

    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert "These are mine." in answer.text


def test_nobody_reaches_it_signed_out(alice: Person, bob: Person) -> None:
    begun(alice)

    assert Client().get(PAGE).status_code == HTTPStatus.FOUND


def test_what_the_other_can_see_is_what_was_sent(alice: Person, bob: Person) -> None:
    begun(alice)
    drafts.save(alice.seat, REPAIR, "own-up", {"words": "Not sent."}, version="")
    assert "Kim" not in alice.client.get(reverse("visibility")).text
    take(alice, M.OWN_UP)
    page = alice.client.get(reverse("visibility")).text

    assert WORDS[M.OWN_UP]["words"] in page
    assert "Not sent." not in page
    assert WORDS[M.OWN_UP]["words"] not in bob.client.get(reverse("visibility")).text


def _tomorrow(who: Person) -> str:
    page = who.client.get(PAGE).text
    return page.partition('min="')[2].partition('"')[0]


def test_closing_takes_a_second_step_that_says_what_it_means(alice: Person, bob: Person) -> None:
    begun(alice)
    closing, close = (reverse(name, args=[REPAIR]) for name in ("repair-closing", "repair-close"))
    assert alice.client.get(closing).status_code == HTTPStatus.NOT_FOUND  # not sent: thrown away
    take(alice, M.OWN_UP)

    for who in (alice, bob):
        page = who.client.get(PAGE).text
        assert closing in page
        assert close not in page
        assert close in who.client.get(closing).text
    assert not seen_by(alice).closed
    bob.client.post(close)
    assert seen_by(alice).closed
    assert alice.client.get(closing).headers["Location"] == PAGE


def test_an_offer_has_a_day_from_the_start_and_never_one_that_is_over(
    alice: Person, bob: Person
) -> None:
    begun(alice)
    repaired_up_to(S.OFFER, alice, bob)
    in_a_week = (localdate() + timedelta(days=7)).isoformat()
    assert f'value="{in_a_week}"' in alice.client.get(PAGE).text

    words = {"sorry": "I see it.", "offer": "I tell you first."}
    drafts.save(alice.seat, REPAIR, "offer", {**words, "on": localdate().isoformat()}, version="")
    assert f'value="{in_a_week}"' in alice.client.get(PAGE).text  # that day is over
    seen = drafts.written(alice.seat, REPAIR)["offer"].version
    later = (localdate() + timedelta(days=20)).isoformat()
    drafts.save(alice.seat, REPAIR, "offer", {**words, "on": later}, version=seen)
    assert f'value="{later}"' in alice.client.get(PAGE).text


def test_a_page_has_few_folds_and_one_for_all_that_can_be_written(
    alice: Person, bob: Person
) -> None:
    begun(alice)
    repaired_up_to(S.AFTER, alice, bob)
    drafts.save(bob.seat, REPAIR, "impact+", {"words": "Kept back."}, version="")

    for who in (alice, bob):
        folds = re.findall(r"<summary>(.*?)</summary>", who.client.get(PAGE).text)
        assert folds[:2] == ["Write something else", "More"]
        assert len(folds) <= 4
