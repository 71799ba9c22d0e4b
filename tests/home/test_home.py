"""The home page says what is next, for this person."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import time_machine
from django.utils import timezone

from accounts.models import User
from boundaries.agreements import history
from boundaries.agreements import rules as agreements
from boundaries.answers import rules as answers
from boundaries.answers import sheets
from boundaries.content import catalogue
from boundaries.content.catalogue import Deck
from boundaries.home.rules import NextStep, home
from boundaries.pairing import rules as pairing
from boundaries.questions import rules as questions
from boundaries.talks import rules as talks
from boundaries.therapist_sheet import rules as therapist_sheet
from boundaries.vocabulary import Mode, Move, Stance
from boundaries.vocabulary import Step as TalkStep
from tests.answers.test_card import without_token
from tests.conftest import (
    Person,
    do,
    fill_in,
    opened_together,
    propose,
    skip,
    talk,
    talked_up_to,
    write,
)
from tests.pairing.test_rules import invite, join, joiner_of
from tests.questions.test_rules import put_forward

WAITING = {NextStep.WAIT_FOR_JOINER, NextStep.WAIT_FOR_CONFIRMATION, NextStep.SEALED}


def says(who: Person) -> tuple[NextStep, str]:
    """The step, and the page's one heading. A button stands below it unless somebody waits."""
    page = who.client.get("/home/").text
    heading = page.partition("<h1>")[2].partition("</h1>")[0]
    assert page.count("<h1>") == 1
    step = home(who.seat).step
    wanted = 'class="links"' if step in WAITING else 'class="button'
    assert wanted in page.partition("</h1>")[2].partition("home-rows")[0]
    return step, heading


def test_the_opening_is_led_through_once(alice: Person, bob: Person, deck: Deck) -> None:
    opened_together(alice, bob, deck)
    assert says(alice) == (NextStep.COMPARE, "You’ve both sealed.")

    alice.client.get("/decks/essentials/opened/")

    assert says(alice) == (NextStep.COMPARE, "What would you like to talk about?")
    assert 'href="/decks/essentials/comparison/"' in alice.client.get("/home/").text
    assert says(bob) == (NextStep.COMPARE, "You’ve both sealed.")


def test_from_the_first_visit_to_the_comparison(charlie: Person, dana: Person, deck: Deck) -> None:
    assert says(charlie) == (NextStep.BEGIN, "Start with your own answers.")
    write(charlie, deck.behaviours[0], Stance.ACCEPTABLE)
    assert says(charlie) == (NextStep.CONTINUE, "Pick up where you left off.")
    fill_in(charlie, deck, Stance.ACCEPTABLE)
    assert says(charlie) == (NextStep.INVITE, "Your answers are ready.")
    code = invite(charlie)
    assert says(charlie) == (NextStep.WAIT_FOR_JOINER, "Now it’s your partner’s turn.")
    fill_in(dana, deck, Stance.ACCEPTABLE)
    join(dana, code)
    assert says(dana) == (NextStep.WAIT_FOR_CONFIRMATION, "Waiting for Charlie.")
    assert says(charlie) == (NextStep.CONFIRM, "Dana has used your link.")
    pairing.confirm(charlie.seat, joiner_of(charlie).joining)
    assert says(charlie) == (NextStep.SEAL, "Ready to open?")
    answers.seal(charlie.seat, deck)
    assert says(charlie) == (NextStep.SEALED, "Sealed.")
    assert says(dana) == (NextStep.SEAL, "Ready to open?")
    answers.seal(dana.seat, deck)
    assert says(charlie) == (NextStep.COMPARE, "You’ve both sealed.")
    assert says(dana) == (NextStep.COMPARE, "You’ve both sealed.")


def test_what_the_partner_has_done_comes_first_and_then_nothing_waits(
    alice: Person, bob: Person, deck: Deck
) -> None:
    opened_together(alice, bob, deck)
    assert says(alice) == (NextStep.COMPARE, "You’ve both sealed.")
    talk(bob)
    assert says(bob) == (NextStep.PARTNERS_TURN, "It’s Alice’s turn.")
    assert says(alice) == (NextStep.TALK, "Bob would like to talk with you.")
    talked_up_to(TalkStep.CLOSED, bob, alice)
    assert says(alice) == (NextStep.ANSWER, "Bob has proposed some words.")
    assert says(bob) == (NextStep.REST, "All done for now.")
    assert waits_for(bob) == ("This counts once Alice says yes too:", True)
    assert waits_for(alice) == ("", False)
    (waiting,) = history.agreement(alice.seat).waiting
    agreements.assent(alice.seat, [waiting.newest.digest])
    assert says(alice) == says(bob) == (NextStep.REST, "You’ve both said yes.")
    days_later = time_machine.travel(timezone.now() + timedelta(days=3, minutes=1), tick=False)
    with days_later:
        for who in (alice, bob):
            who.client.force_login(who.user)
            assert says(who) == (NextStep.REST, "All done for now.")
    for who in (alice, bob):
        who.client.force_login(who.user)
    therapist_sheet.make(bob.seat, ["a1"], days=3)
    assert says(alice) == (NextStep.REST, "You’ve both said yes.")
    issue = therapist_sheet.issue(bob.seat)
    assert issue
    therapist_sheet.release(bob.seat, issue.digest)
    assert says(alice) == (NextStep.RELEASE, "A page is waiting for you.")
    assert says(bob) == (NextStep.REST, "You’ve both said yes.")
    therapist_sheet.release(alice.seat, issue.digest)
    assert says(alice) == (NextStep.REST, "You’ve both said yes.")


def test_home_says_that_a_card_of_your_own_waits_and_not_what_it_says(
    alice: Person, bob: Person
) -> None:
    sentence = re.compile(r"Alice.? would like to add a card to Our own\.")
    assert not sentence.search(bob.client.get("/home/").text)
    own = put_forward(alice, bob, "Texting during dinner", accepted=False)

    page = bob.client.get("/home/").text

    assert sentence.search(page)
    assert "during dinner" not in page
    assert "a card to Our own" not in alice.client.get("/home/").text
    hers = without_token(alice.client.get("/home/").text)
    questions.set_aside(bob.seat, own)
    assert not sentence.search(bob.client.get("/home/").text)
    assert without_token(alice.client.get("/home/").text) == hers


def test_another_deck_is_answered_card_by_card_and_home_says_when_it_is_sealed(
    alice: Person, bob: Person, deck: Deck
) -> None:
    opened_together(alice, bob, deck)
    another = catalogue.deck("a")
    assert 'href="/decks/a/next/"' in alice.client.get("/home/").text
    first = sheets.own_sheet(alice.seat, another).rows[0].behaviour
    assert alice.client.get("/decks/a/next/")["Location"] == f"/answers/{first.id}/"
    check = 'href="/decks/a/last-look/"'
    assert check not in alice.client.get("/decks/a/").text
    write(alice, first, Stance.ACCEPTABLE)
    assert check in alice.client.get("/decks/a/").text
    sentence = "It opens when you’ve both sealed."
    assert sentence not in alice.client.get("/home/").text
    bob.client.get("/home/")  # a passkey is offered once
    his = without_token(bob.client.get("/home/").text)

    answers.seal(alice.seat, another)

    assert f"{another.name}: sealed. {sentence}" in alice.client.get("/home/").text
    assert without_token(bob.client.get("/home/").text) == his
    answers.seal(bob.seat, another)
    assert sentence not in alice.client.get("/home/").text


def test_a_sheet_for_a_therapist_is_offered_on_home_and_not_under_an_empty_page(
    alice: Person, bob: Person, deck: Deck
) -> None:
    way = 'href="/understandings/therapist/"'
    assert way not in alice.client.get("/home/").text
    opened_together(alice, bob, deck)

    assert way in alice.client.get("/home/").text
    assert way not in alice.client.get("/understandings/").text
    agreements.assent(bob.seat, [propose(alice)])
    assert way in alice.client.get("/understandings/").text  # now, to take it along


def waits_for(who: Person) -> tuple[str, bool]:
    """What the home page says of words without the partner's yes, and whether it names them."""
    page = re.sub("[\u2068\u2069]|</?bdi[^>]*>", "", who.client.get("/home/").text)
    sentence = re.search(r"[^>]*once \w+ says yes too[.:]", page)
    text = "Messaging the same person nearly every day"
    return (sentence[0].strip() if sentence else "", f'/understandings/on/a1/">{text}</a>' in page)


def test_home_speaks_of_words_that_wait_for_some_days_and_not_beside_an_agreement(
    alice: Person, bob: Person, deck: Deck
) -> None:
    opened_together(alice, bob, deck)
    propose(alice, "a1")
    assert waits_for(alice) == ("This counts once Bob says yes too:", True)
    propose(alice, "a2")
    assert waits_for(alice) == ("Two things count once Bob says yes too.", False)

    agreements.set_aside(bob.seat, "a1", history.entry(bob.seat, "a1").newest.digest)
    assert waits_for(alice)[0]  # that he left it is his alone
    agreements.assent(bob.seat, [history.entry(bob.seat, "a2").newest.digest])

    assert says(alice)[1] == "You’ve both said yes."
    assert waits_for(alice) == ("", False)
    with time_machine.travel(timezone.now() + timedelta(days=3, minutes=1), tick=False):
        alice.client.force_login(alice.user)
        assert says(alice)[1] == "All done for now."
        assert waits_for(alice) == ("", False)


def test_home_says_to_both_that_something_is_open_again(
    alice: Person, bob: Person, deck: Deck
) -> None:
    opened_together(alice, bob, deck)
    both = (alice, bob)
    first = propose(alice, "a1")
    agreements.assent(bob.seat, [first])
    assert {says(who)[1] for who in both} == {"You’ve both said yes."}

    agreements.withdraw(alice.seat, "a1", first)
    assert {says(who)[1] for who in both} == {"One understanding is open again."}
    agreements.assent(bob.seat, [propose(alice, "a2")])

    assert {says(who)[1] for who in both} == {"You’ve both said yes."}


def test_whoever_was_left_reads_that_first_and_is_asked_nothing_else(
    alice: Person, bob: Person, deck: Deck
) -> None:
    opened_together(alice, bob, deck)
    pairing.part(bob.seat)

    assert says(alice)[1] == "You’re no longer connected."
    assert "Invite your partner" not in alice.client.get("/home/").text

    pairing.acknowledge_parting(alice.seat)
    assert says(alice)[1] == "Pick up where you left off."


def test_skipping_every_behaviour_completes_a_deck(charlie: Person, deck: Deck) -> None:
    for behaviour in deck.behaviours:
        skip(charlie, behaviour)

    assert home(charlie.seat).step == NextStep.INVITE


def test_home_lists_all_decks(charlie: Person) -> None:
    assert len(home(charlie.seat).all) == 11


def test_home_names_every_deck_that_is_open_and_not_talked_about(
    alice: Person, bob: Person, deck: Deck
) -> None:
    opened_together(alice, bob, deck)
    talk(bob)
    talked_up_to(TalkStep.CLOSED, bob, alice)
    (waiting,) = history.agreement(alice.seat).waiting
    agreements.assent(alice.seat, [waiting.newest.digest])
    assert says(alice)[0] == NextStep.REST
    other = catalogue.decks()["b"]

    opened_together(alice, bob, other)

    for who in (alice, bob):
        assert says(who) == (NextStep.COMPARE, "You’ve both sealed.")
        assert f'href="/decks/{other.id}/opened/"' in who.client.get("/home/").text


def test_home_says_on_whose_screen_the_two_are_talking(
    alice: Person, bob: Person, deck: Deck
) -> None:
    opened_together(alice, bob, deck)
    id = talk(alice, mode=Mode.TOGETHER)

    for path in ("/home/", "/talks/"):
        his, hers = bob.client.get(path).text, alice.client.get(path).text
        assert "You two are talking on Alice’s screen" in his, path
        assert "would like to talk" not in his + hers, path
        assert "are talking on" not in hers, path

    talks.switch(bob.seat, id, Mode.TOGETHER)  # they carry on, on his
    assert says(alice)[1] == "You two are talking on Bob’s screen."
    assert "are talking on" not in bob.client.get("/home/").text
    talks.switch(bob.seat, id, Mode.APART)
    assert "are talking on" not in alice.client.get("/home/").text + bob.client.get("/home/").text


def test_a_talk_on_ones_own_screen_waits_there_whoevers_turn_it_is(
    alice: Person, bob: Person, deck: Deck
) -> None:
    """Nobody gets a mail about it, and the other's turn is taken on this screen as well."""
    opened_together(alice, bob, deck)
    id = talk(alice, mode=Mode.TOGETHER)

    assert says(alice) == (NextStep.TALK, "A talk is waiting for you.")
    assert "Together, on this screen: " in alice.client.get("/talks/").text
    for path in ("/home/", "/talks/"):
        assert "Bob’s turn" not in alice.client.get(path).text, path
    talks.switch(alice.seat, id, Mode.APART)
    assert says(alice) == (NextStep.PARTNERS_TURN, "It’s Bob’s turn.")


def test_a_talk_that_was_put_off_asks_for_nothing_before_its_day(
    alice: Person, bob: Person, deck: Deck
) -> None:
    opened_together(alice, bob, deck)
    talk(bob)
    tokyo, samoa = ZoneInfo("Asia/Tokyo"), ZoneInfo("Pacific/Pago_Pago")
    for who, zone in ((alice, tokyo), (bob, samoa)):
        User.objects.filter(pk=who.user.pk).update(time_zone=zone.key)
    do(alice, Move.LATER, {"on": "2099-03-06"})
    put_off = (NextStep.PUT_OFF, "Your talk is put off until Friday, 6 March.")

    def says_at(who: Person, hour: datetime) -> tuple[NextStep, str]:
        with time_machine.travel(hour, tick=False):
            who.client.force_login(who.user)
            with timezone.override(tokyo if who is alice else samoa):
                return says(who)

    for who in (alice, bob):
        assert says(who) == put_off
        page = who.client.get("/home/").text
        assert "waiting for you" not in page
        assert "would like to talk" not in page
        assert "Put off until 6 March" in who.client.get("/talks/").text
    in_tokyo = datetime(2099, 3, 6, 0, 1, tzinfo=tokyo)
    assert says_at(alice, in_tokyo - timedelta(minutes=2)) == put_off
    assert says_at(alice, in_tokyo)[0] == NextStep.TALK  # her day has begun
    assert says_at(bob, in_tokyo) == put_off  # his has not
    assert says_at(bob, datetime(2099, 3, 6, 0, 1, tzinfo=samoa))[0] == NextStep.TALK


def test_a_talk_that_was_put_off_is_mentioned_beside_the_next_step(
    alice: Person, bob: Person, deck: Deck
) -> None:
    opened_together(alice, bob, deck)
    talk(bob)
    do(bob, Move.LATER, {"on": "2099-03-06"})
    opened_together(alice, bob, catalogue.decks()["b"])

    for who in (alice, bob):
        assert says(who)[0] == NextStep.COMPARE
        assert "A talk is put off until 6 March." in who.client.get("/home/").text


def test_home_goes_on_about_a_talk_that_waits_for_the_other(
    alice: Person, bob: Person, deck: Deck
) -> None:
    opened_together(alice, bob, deck)
    talk(bob)
    opened_together(alice, bob, catalogue.decks()["b"])

    page = bob.client.get("/home/").text

    assert "You’ve both sealed." in page
    assert "It’s Alice’s turn in your talk." in page
