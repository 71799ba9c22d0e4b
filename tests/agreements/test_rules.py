"""Nothing is agreed unless both said yes to those exact words, and no version is ever lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from boundaries import dates
from boundaries.agreements import history, standing
from boundaries.agreements import rules as agreements
from boundaries.agreements.common_ground import common_ground
from boundaries.agreements.history import AgreementStatus
from boundaries.agreements.models import Assent, Version
from boundaries.agreements.wording import BOTH, ProposalLine
from boundaries.agreements.words import Words, digest_of, put_into_words, unpack
from boundaries.answers import rules as answers
from boundaries.comparison.rules import compare
from boundaries.content.catalogue import Deck
from boundaries.pairing import rules as pairing
from boundaries.seats import rules as seats
from boundaries.talks import overview
from boundaries.talks import rules as talks
from boundaries.vocabulary import Mode, Move, Outcome, Side, Stance, Step
from tests.conftest import (
    PROPOSED,
    Person,
    do,
    opened_together,
    said_alike,
    talk,
    talked_up_to,
    write,
)

pytestmark = pytest.mark.django_db

NAMES = {Side.LEFT: "Alice", Side.RIGHT: "Bob"}
WORDING = "Staying in touch"


def words(outcome: Outcome = Outcome.FINE, doer: str = BOTH, *, well: str = "") -> Words:
    return put_into_words(WORDING, [ProposalLine(doer=doer, outcome=outcome)], NAMES, well)


def propose(who: Person, proposal: Words | None = None, behaviour: str = "a1") -> Words:
    """From the page as it is now."""
    proposal = proposal or words()
    agreements.propose(
        who.seat, behaviour, proposal, version=history.subject(who.seat, behaviour).version
    )
    return proposal


def say_yes(who: Person, proposal: Words, behaviour: str = "a1") -> list[str]:
    digest = digest_of(behaviour, proposal)
    return agreements.assent(who.seat, [digest], acknowledged=[digest])


def cannot_say_yes(who: Person, proposal: Words) -> bool:
    with pytest.raises(agreements.WordsChanged):
        say_yes(who, proposal)
    return True


def current(who: Person, behaviour: str = "a1") -> tuple[str, ...] | None:
    found = history.entry(who.seat, behaviour).current
    return found.words.text if found else None


@pytest.fixture
def couple(alice: Person, bob: Person, deck: Deck) -> tuple[Person, Person]:
    opened_together(alice, bob, deck)
    mail.outbox.clear()
    return alice, bob


def test_a_proposal_holds_once_the_partner_says_yes(
    couple: tuple[Person, Person],
) -> None:
    alice, bob = couple
    proposal = propose(alice)
    assert history.entry(bob.seat, "a1").status == AgreementStatus.PROPOSED
    assert history.entry(bob.seat, "a1").waits_for_me
    assert not history.entry(alice.seat, "a1").waits_for_me
    assert current(alice) is None

    assert say_yes(bob, proposal) == ["a1"]

    for who in couple:
        assert current(who) == ("Fine with both of us.",)
        assert history.entry(who.seat, "a1").status == AgreementStatus.AGREED
        assert not standing.waits(who.seat)


def test_saying_yes_twice_does_not_count_for_the_partner(couple: tuple[Person, Person]) -> None:
    alice, _bob = couple
    proposal = propose(alice)

    say_yes(alice, proposal)
    propose(alice, proposal)

    assert current(alice) is None
    assert len(history.entry(alice.seat, "a1").versions) == 1


def test_a_yes_counts_for_exactly_these_words(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    read = propose(alice)
    meant = propose(alice, words(Outcome.NOT_FOR_US))  # before Bob has answered

    assert cannot_say_yes(bob, read)
    assert current(bob) is None

    say_yes(bob, meant)
    assert current(bob) == meant.text


@pytest.mark.parametrize("change", ["text", "well", "outcome"])
def test_a_yes_does_not_count_after_somebody_tampers_with_the_row(
    couple: tuple[Person, Person], change: str
) -> None:
    alice, bob = couple
    say_yes(bob, propose(alice))
    row = Version.objects.get()
    key = alice.seat.shared_key
    content = row.read(key)
    if change == "outcome":
        content["lines"][0]["outcome"] = "not-for-us"
    else:
        content[change] = ["Staying in touch", "Forged."] if change == "text" else "Forged."
    row.set_encrypted(key, content=content).save()

    assert current(alice) is None
    assert history.entry(alice.seat, "a1").newest.agreed_at is None


def test_if_one_of_several_has_changed_none_is_agreed(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    digests = [digest_of(id, propose(alice, behaviour=id)) for id in ("a1", "a2")]
    propose(alice, words(Outcome.NOT_FOR_US), "a2")

    with pytest.raises(agreements.WordsChanged):
        agreements.assent(bob.seat, digests)

    assert current(alice) is None


def test_an_answer_in_other_words_is_a_new_proposal(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    first = propose(alice)
    other = propose(bob, words(Outcome.NOT_FOR_US))
    entry = history.entry(alice.seat, "a1")
    assert entry.waits_for_me
    assert [version.words for version in entry.versions] == [other, first]

    say_yes(alice, other)

    assert current(bob) == other.text


def test_a_newer_proposal_by_the_partner_must_be_read_first(
    couple: tuple[Person, Person],
) -> None:
    alice, bob = couple
    version = history.subject(bob.seat, "a1").version
    propose(alice)

    with pytest.raises(agreements.WordsChanged):
        agreements.propose(bob.seat, "a1", words(Outcome.NOT_FOR_US), version=version)

    assert len(history.entry(bob.seat, "a1").versions) == 1


def test_proposing_the_same_words_counts_as_a_yes(
    couple: tuple[Person, Person],
) -> None:
    alice, bob = couple
    version = history.subject(bob.seat, "a1").version
    proposal = propose(alice)

    agreements.propose(bob.seat, "a1", proposal, version=version)

    assert current(alice) == proposal.text
    assert len(history.entry(bob.seat, "a1").versions) == 1


def test_leaving_a_proposal_for_now_is_not_an_answer(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    propose(alice)
    before = history.agreement(alice.seat)

    digest = digest_of("a1", words())
    agreements.set_aside(bob.seat, "a1", digest)

    assert history.agreement(alice.seat) == before
    assert history.entry(bob.seat, "a1").left_for_now
    assert not standing.waits(bob.seat)
    say_yes(bob, words())
    assert current(alice) == words().text


@pytest.mark.parametrize("who", [0, 1])
def test_either_can_take_back_their_yes(couple: tuple[Person, Person], who: int) -> None:
    alice, bob = couple
    proposal = propose(alice)
    say_yes(bob, proposal)

    agreements.withdraw(couple[who].seat, "a1", digest_of("a1", proposal))

    entries = [history.agreement(who.seat).entries[0] for who in couple]
    assert {entry.status for entry in entries} == {AgreementStatus.TALKED_ABOUT}
    assert current(alice) is None
    assert entries[0].versions[0].agreed_at  # it is remembered


def test_nothing_stores_who_took_it_back(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    histories = []
    for who in couple:
        say_yes(bob, propose(alice, words(well=who.user.first_name)))
        agreements.withdraw(who.seat, "a1", history.entry(who.seat, "a1").newest.digest)
        row = dict.fromkeys(["agreed", "assented", "ended"])
        newest = history.entry(alice.seat, "a1").newest
        row.update(agreed=bool(newest.agreed_at), assented=newest.assented)
        histories.append(row | {"ended": bool(newest.ended_at)})

    assert histories[0] == histories[1]


def test_taking_words_back_does_not_restore_the_ones_before(
    couple: tuple[Person, Person],
) -> None:
    alice, bob = couple
    say_yes(bob, propose(alice))
    newer = propose(bob, words(Outcome.NOT_FOR_US))
    say_yes(alice, newer)

    agreements.withdraw(alice.seat, "a1", digest_of("a1", newer))

    assert current(alice) is None


def test_the_same_words_can_be_agreed_again(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    proposal = propose(alice)
    say_yes(bob, proposal)
    agreements.withdraw(bob.seat, "a1", digest_of("a1", proposal))
    assert cannot_say_yes(bob, proposal)  # it was taken back

    propose(bob, proposal)
    assert current(alice) is None
    say_yes(alice, proposal)

    assert current(alice) == proposal.text
    assert len(history.entry(alice.seat, "a1").versions) == 2


def test_only_its_author_can_take_back_a_proposal(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    digest = digest_of("a1", propose(alice))
    with pytest.raises(agreements.WordsChanged):
        agreements.withdraw(bob.seat, "a1", digest)

    agreements.withdraw(alice.seat, "a1", digest)

    assert history.entry(bob.seat, "a1").status == AgreementStatus.LET_GO
    assert cannot_say_yes(bob, words())
    assert not standing.waits(bob.seat)


def test_an_agreement_holds_while_other_words_are_proposed(
    couple: tuple[Person, Person],
) -> None:
    alice, bob = couple
    proposal = propose(alice)
    say_yes(bob, proposal)

    propose(bob, words(Outcome.NOT_FOR_US))

    assert current(alice) == proposal.text
    assert history.entry(alice.seat, "a1").waits_for_me


def test_words_that_differ_for_the_two_need_a_tick(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    proposal = propose(alice, words(doer=Side.LEFT))
    assert proposal.text == (
        "When Alice does it: fine with both of us.",
        "When Bob does it: we leave this open.",
    )
    digest = digest_of("a1", proposal)

    with pytest.raises(agreements.TickMissing):
        agreements.assent(bob.seat, [digest])
    assert current(bob) is None
    assert agreements.assent(bob.seat, [digest], acknowledged=[digest]) == ["a1"]


def test_common_ground_is_proposed_all_at_once(alice: Person, bob: Person, deck: Deck) -> None:
    stances = [Stance.ACCEPTABLE, Stance.UNACCEPTABLE, Stance.CONDITIONS, Stance.ACCEPTABLE]
    for who in (alice, bob):
        for behaviour, stance in zip(deck.behaviours, stances, strict=False):
            write(who, behaviour, stance)
    one, other = deck.behaviours[4], deck.behaviours[5]
    write(alice, one, Stance.ACCEPTABLE, mine=Stance.UNACCEPTABLE)
    write(bob, one, Stance.UNACCEPTABLE, mine=Stance.ACCEPTABLE)
    write(alice, other, Stance.ACCEPTABLE)
    write(bob, other, Stance.UNACCEPTABLE)
    for who in (alice, bob):
        answers.seal(who.seat, deck)
    mail.outbox.clear()

    offered = common_ground(alice.seat, deck)
    texts = {item.behaviour: item.words.text for item in offered}
    behaviours = [behaviour.id for behaviour in deck.behaviours]
    assert texts == {
        behaviours[0]: ("Fine with both of us.",),
        behaviours[1]: ("Not OK for us.",),
        behaviours[3]: ("Fine with both of us.",),
        one.id: ("When Alice does it: not OK for us.", "When Bob does it: fine with both of us."),
    }

    chosen = [item.digest for item in offered if item.behaviour != behaviours[3]]
    with pytest.raises(agreements.TickMissing):
        agreements.propose_common_ground(alice.seat, deck, chosen)
    assert not Version.objects.exists()
    agreements.propose_common_ground(alice.seat, deck, chosen, acknowledged=chosen)

    assert [letter.to for letter in mail.outbox] == [[bob.user.email]]  # one, for all of them
    assert [item.behaviour for item in common_ground(bob.seat, deck)] == [behaviours[3]]
    waiting = history.agreement(bob.seat).waiting
    answered = agreements.assent(
        bob.seat,
        [entry.newest.digest for entry in waiting],
        acknowledged=[entry.newest.digest for entry in waiting],
    )
    assert set(answered) == {behaviours[0], behaviours[1], one.id}
    assert len(history.agreement(alice.seat).current) == 3


def test_after_keeping_common_ground_the_page_names_who_has_to_say_yes(
    alice: Person, bob: Person, deck: Deck
) -> None:
    for who in (alice, bob):
        write(who, deck.behaviours[0], Stance.ACCEPTABLE)
        answers.seal(who.seat, deck)
    (offered,) = common_ground(alice.seat, deck)

    answer = alice.client.post(
        f"/understandings/common-ground/{deck.id}/keep/",
        {"digests": offered.digest, "together": seats.couple_token(alice.seat)},
        follow=True,
    )

    assert "Sent to Bob. It counts once Bob says yes too." in answer.text


def test_if_both_keep_the_same_it_is_agreed(alice: Person, bob: Person, deck: Deck) -> None:
    for who in (alice, bob):
        write(who, deck.behaviours[0], Stance.ACCEPTABLE)
        answers.seal(who.seat, deck)
    shown = [item.digest for item in common_ground(bob.seat, deck)]
    agreements.propose_common_ground(alice.seat, deck, shown)

    agreements.propose_common_ground(bob.seat, deck, shown)

    assert len(history.agreement(alice.seat).current) == 1


def test_only_words_on_the_page_can_be_kept(couple: tuple[Person, Person], deck: Deck) -> None:
    alice, _bob = couple

    with pytest.raises(agreements.WordsChanged):
        agreements.propose_common_ground(alice.seat, deck, [digest_of("a1", words())])

    assert not history.agreement(alice.seat).entries


def test_nobody_can_propose_on_a_deck_that_is_not_open(
    alice: Person, bob: Person, deck: Deck
) -> None:
    for who in (alice, bob):
        write(who, deck.behaviours[0], Stance.ACCEPTABLE)
    answers.seal(alice.seat, deck)

    for who in (alice, bob):
        with pytest.raises(history.NoSuchAgreement):
            history.subject(who.seat, "a1")
        with pytest.raises(history.NoSuchAgreement):
            common_ground(who.seat, deck)


def test_the_partner_gets_one_mail_until_they_act(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    propose(alice)
    propose(alice, words(Outcome.NOT_FOR_US))
    propose(alice, behaviour="a2")
    assert [letter.to for letter in mail.outbox] == [[bob.user.email]]

    propose(bob, words(Outcome.DIFFER))
    propose(alice)

    assert [letter.to[0] for letter in mail.outbox[1:]] == [alice.user.email, bob.user.email]
    assert "a1" not in str(mail.outbox[0].body)


def test_taking_words_back_sends_no_mail(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    proposal = propose(alice)
    say_yes(bob, proposal)
    mail.outbox.clear()

    agreements.withdraw(bob.seat, "a1", digest_of("a1", proposal))

    assert not mail.outbox


def test_parting_deletes_all_agreements(couple: tuple[Person, Person], charlie: Person) -> None:
    alice, bob = couple
    say_yes(bob, propose(alice))

    pairing.part(alice.seat)

    assert not Version.objects.exists()
    with pytest.raises(history.NoSuchAgreement):
        history.agreement(bob.seat)


@pytest.mark.parametrize("who", ["charlie", "erin"])
def test_nobody_else_can_reach_an_agreement(
    couple: tuple[Person, Person], who: str, request: pytest.FixtureRequest
) -> None:
    alice, _bob = couple
    proposal = propose(alice)
    stranger: Person = request.getfixturevalue("charlie")

    with pytest.raises(history.NoSuchAgreement):
        history.entry(stranger.seat, "a1")
    with pytest.raises(seats.NotPaired):
        say_yes(stranger, proposal)


def test_an_agreement_is_due_once_its_day_has_come(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    coming = dates.tomorrow()
    for behaviour, on in (("a1", coming - timedelta(days=1)), ("a2", coming)):
        line = ProposalLine(doer=BOTH, outcome=Outcome.REVISIT, on=on)
        proposal = put_into_words(WORDING, [line], NAMES)
        say_yes(bob, propose(alice, proposal, behaviour), behaviour)

    assert [entry.due for entry in history.agreement(alice.seat).entries] == [True, False]


def test_the_page_is_in_the_order_of_the_catalogue(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    for behaviour in ("a3", "a1", "a2"):
        propose(alice, behaviour=behaviour)

    assert [entry.behaviour for entry in history.agreement(bob.seat).entries] == ["a1", "a2", "a3"]


@pytest.mark.read_committed("count what one try does")
def test_the_number_of_queries_does_not_grow(
    couple: tuple[Person, Person],
) -> None:
    alice, bob = couple
    counts = []
    for behaviour in ("a1", "a2", "a3"):
        say_yes(bob, propose(alice, behaviour=behaviour), behaviour)
        with CaptureQueriesContext(connection) as queries:
            history.agreement(alice.seat)
        counts.append(len(queries))

    assert len(set(counts)) == 1


# From a talk


def at_the_outcome(couple: tuple[Person, Person], mode: Mode = Mode.APART) -> None:
    alice, bob = couple
    talk(alice, mode=mode)
    talked_up_to(Step.OUTCOME, alice, bob)


def test_a_proposal_in_a_talk_is_on_the_page(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    at_the_outcome(couple)

    do(alice, Move.PROPOSE, PROPOSED)

    entry = history.entry(bob.seat, "a1")
    assert entry.proposed
    assert entry.proposed.talk
    assert list(entry.proposed.words.full_text[:2]) == PROPOSED["text"]
    assert entry.waits_for_me


def test_the_partner_can_say_yes_in_the_talk(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    at_the_outcome(couple)
    do(alice, Move.PROPOSE, PROPOSED)
    digest = history.entry(bob.seat, "a1").newest.digest

    do(bob, Move.ASSENT, {"digest": digest, "acknowledged": []})

    assert current(alice) == tuple(PROPOSED["text"][1:])
    assert overview.agenda(alice.seat).going[0].step == Step.CLOSE


def test_a_yes_in_a_talk_does_not_count_for_newer_words(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    at_the_outcome(couple)
    do(alice, Move.PROPOSE, PROPOSED)
    digest = history.entry(bob.seat, "a1").newest.digest
    propose(alice, words(Outcome.NOT_FOR_US))

    with pytest.raises(agreements.WordsChanged):
        do(bob, Move.ASSENT, {"digest": digest, "acknowledged": []})

    assert current(bob) is None
    assert overview.agenda(alice.seat).going[0].step == Step.OUTCOME  # nothing was done


def test_nobody_can_say_yes_on_the_partners_screen(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    at_the_outcome(couple, Mode.TOGETHER)
    do(alice, Move.PROPOSE, PROPOSED)
    digest = history.entry(bob.seat, "a1").newest.digest

    with pytest.raises(talks.MovedOn):
        do(alice, Move.ASSENT, {"digest": digest, "acknowledged": []}, side=Side.RIGHT)

    assert current(alice) is None


def test_words_typed_for_the_partner_need_a_yes_from_both(
    couple: tuple[Person, Person],
) -> None:
    alice, bob = couple
    at_the_outcome(couple, Mode.TOGETHER)

    do(alice, Move.PROPOSE, PROPOSED, side=Side.RIGHT)  # Bob's turn, on Alice's screen

    entry = history.entry(alice.seat, "a1")
    assert entry.newest.side == Side.RIGHT
    assert entry.newest.assented == frozenset()
    for number, who in enumerate(couple, start=1):
        agreements.assent(who.seat, [entry.newest.digest])
        assert Assent.objects.count() == number
    assert current(bob)


def test_a_new_round_shows_the_agreements_it_touches(
    couple: tuple[Person, Person], deck: Deck
) -> None:
    alice, bob = couple
    for behaviour in ("a1", "a2"):
        say_yes(bob, propose(alice, behaviour=behaviour), behaviour)
    assert history.touched(alice.seat, compare(alice.seat, deck)) == []

    for who in couple:
        answers.begin_again(who.seat, deck)
    write(bob, deck.behaviours[0], Stance.CONDITIONS)
    for who in couple:
        answers.seal(who.seat, deck)

    comparison = compare(alice.seat, deck)
    assert [entry.behaviour for entry in history.touched(alice.seat, comparison)] == ["a1"]

    say_yes(bob, propose(alice, words(well="We spoke of it.")))  # in this round, knowing that
    assert history.touched(alice.seat, compare(alice.seat, deck)) == []


def test_only_current_words_can_be_taken_back(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    say_yes(bob, propose(alice))

    with pytest.raises(agreements.WordsChanged):
        agreements.withdraw(bob.seat, "a1", digest_of("a1", words(Outcome.DIFFER)))

    assert current(bob) == words().text


def test_only_the_person_who_is_asked_can_leave_it_for_now(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    propose(alice)

    with pytest.raises(agreements.WordsChanged):
        agreements.set_aside(alice.seat, "a1", digest_of("a1", words()))

    assert standing.waits(bob.seat)


def test_only_the_words_that_were_shown_can_be_left_for_now(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    propose(alice)

    with pytest.raises(agreements.WordsChanged):
        agreements.set_aside(bob.seat, "a1", "the digest of other words")

    assert standing.waits(bob.seat)


def test_common_ground_that_was_taken_back_cannot_be_kept_again(
    alice: Person, bob: Person, deck: Deck
) -> None:
    said_alike(alice, bob, deck, 3)
    shown = common_ground(bob.seat, deck)[0]
    agreements.propose_common_ground(alice.seat, deck, [shown.digest])
    agreements.withdraw(alice.seat, shown.behaviour, shown.digest)

    with pytest.raises(agreements.WordsChanged):
        agreements.propose_common_ground(bob.seat, deck, [shown.digest])

    assert not history.entry(bob.seat, shown.behaviour).current


def test_the_same_words_in_the_partners_turn_are_not_a_yes(
    couple: tuple[Person, Person],
) -> None:
    alice, bob = couple
    at_the_outcome(couple, Mode.TOGETHER)
    propose(bob, unpack(PROPOSED))

    do(alice, Move.PROPOSE, PROPOSED, side=Side.RIGHT)  # Bob's turn, on Alice's screen

    assert history.entry(alice.seat, "a1").newest.assented == {Side.RIGHT}


def test_ticking_the_same_words_twice_is_one_yes(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    digest = digest_of("a1", propose(alice))

    assert agreements.assent(bob.seat, [digest, digest]) == ["a1"]

    assert current(bob)
    assert Assent.objects.count() == 2


def test_ticking_common_ground_twice_proposes_it_once(
    alice: Person, bob: Person, deck: Deck
) -> None:
    for who in (alice, bob):
        write(who, deck.behaviours[0], Stance.ACCEPTABLE)
        answers.seal(who.seat, deck)
    (offered,) = common_ground(alice.seat, deck)

    for who in (alice, bob):
        kept = agreements.propose_common_ground(who.seat, deck, [offered.digest, offered.digest])
        assert kept == [offered.behaviour]

    assert Version.objects.count() == 1
    assert current(alice, offered.behaviour)


def test_too_many_proposals_do_not_stop_the_partner_from_proposing(
    couple: tuple[Person, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agreements, "MAX_UNANSWERED", 3)
    alice, bob = couple
    for number in range(3):
        propose(alice, words(well=f"{number}"))
    with pytest.raises(agreements.TooManyProposals):
        propose(alice, words(well="one more"))

    answer = propose(bob, words(Outcome.NOT_FOR_US))

    say_yes(alice, answer)
    assert current(bob) == answer.text
    assert propose(alice, words(well="one more"))
