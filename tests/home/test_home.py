"""The home page says what is next, for this person."""

from __future__ import annotations

from boundaries.agreements import history
from boundaries.agreements import rules as agreements
from boundaries.answers import rules as answers
from boundaries.content.catalogue import Deck
from boundaries.home.rules import NextStep, home
from boundaries.pairing import rules as pairing
from boundaries.therapist_sheet import rules as therapist_sheet
from boundaries.vocabulary import Stance
from boundaries.vocabulary import Step as TalkStep
from tests.conftest import Person, fill_in, opened_together, skip, talk, talked_up_to, write
from tests.pairing.test_rules import invite, join, joiner_of

WAITING = {NextStep.WAIT_FOR_JOINER, NextStep.WAIT_FOR_CONFIRMATION, NextStep.SEALED}


def says(who: Person) -> tuple[NextStep, str]:
    """The step, and the page's one heading. A button stands below it unless somebody waits."""
    page = who.client.get("/home/").text
    heading = page.partition("<h1>")[2].partition("</h1>")[0]
    assert page.count("<h1>") == 1
    step = home(who.seat).step
    wanted = 'class="links"' if step in WAITING else 'class="button"'
    assert wanted in page.partition("</h1>")[2].partition("home-rows")[0]
    return step, heading


def test_from_the_first_visit_to_the_comparison(charlie: Person, dana: Person, deck: Deck) -> None:
    assert says(charlie) == (NextStep.BEGIN, "Start with your own answers.")
    write(charlie, deck.behaviours[0], Stance.ACCEPTABLE)
    assert says(charlie) == (NextStep.CONTINUE, "Pick up where you stopped.")
    fill_in(charlie, deck, Stance.ACCEPTABLE)
    assert says(charlie) == (NextStep.INVITE, "Your answers are ready.")
    code = invite(charlie)
    assert says(charlie) == (NextStep.WAIT_FOR_JOINER, "Now it’s your partner’s turn.")
    fill_in(dana, deck, Stance.ACCEPTABLE)
    join(dana, code)
    assert says(dana) == (NextStep.WAIT_FOR_CONFIRMATION, "Waiting for Charlie.")
    assert says(charlie) == (NextStep.CONFIRM, "Dana used your link.")
    pairing.confirm(charlie.seat, joiner_of(charlie).joining)
    assert says(charlie) == (NextStep.SEAL, "Ready to open?")
    answers.seal(charlie.seat, deck)
    assert says(charlie) == (NextStep.SEALED, "Sealed.")
    assert says(dana) == (NextStep.SEAL, "Ready to open?")
    answers.seal(dana.seat, deck)
    assert says(charlie) == (NextStep.COMPARE, "Essentials is open now.")
    assert says(dana) == (NextStep.COMPARE, "Essentials is open now.")


def test_what_the_partner_has_done_comes_first_and_then_nothing_waits(
    alice: Person, bob: Person, deck: Deck
) -> None:
    opened_together(alice, bob, deck)
    assert says(alice) == (NextStep.COMPARE, "Essentials is open now.")
    talk(bob)
    assert says(alice) == (NextStep.TALK, "A talk is waiting for you.")
    talked_up_to(TalkStep.CLOSED, bob, alice)
    assert says(alice) == (NextStep.ANSWER, "Bob has proposed some words.")
    (waiting,) = history.agreement(alice.seat).waiting
    agreements.assent(alice.seat, [waiting.newest.digest])
    assert says(alice) == says(bob) == (NextStep.REST, "All done for now.")
    therapist_sheet.make(bob.seat, ["a1"], days=3)
    assert says(alice) == (NextStep.REST, "All done for now.")
    issue = therapist_sheet.issue(bob.seat)
    assert issue
    therapist_sheet.release(bob.seat, issue.digest)
    assert says(alice) == (NextStep.RELEASE, "A page is waiting for you.")
    assert says(bob) == (NextStep.REST, "All done for now.")
    therapist_sheet.release(alice.seat, issue.digest)
    assert says(alice) == (NextStep.REST, "All done for now.")


def test_whoever_was_left_reads_that_first_and_is_asked_nothing_else(
    alice: Person, bob: Person, deck: Deck
) -> None:
    opened_together(alice, bob, deck)
    pairing.part(bob.seat)

    assert says(alice)[1] == "You’re no longer connected."
    assert "Invite your partner" not in alice.client.get("/home/").text

    pairing.acknowledge_parting(alice.seat)
    assert says(alice)[1] == "Pick up where you stopped."


def test_skipping_every_behaviour_completes_a_deck(charlie: Person, deck: Deck) -> None:
    for behaviour in deck.behaviours:
        skip(charlie, behaviour)

    assert home(charlie.seat).step == NextStep.INVITE


def test_home_lists_all_decks(charlie: Person) -> None:
    assert len(home(charlie.seat).all) == 11
