"""Whoever waits for a partner is led on by the page itself once something has changed."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import quote

from django.urls import reverse
from django.utils.translation import override

from boundaries.answers import rules as answers
from boundaries.content.catalogue import Deck
from boundaries.pairing import rules as pairing
from boundaries.pairing.invitation_card import InvitationCard
from boundaries.pairing.rules import Stage
from boundaries.vocabulary import Stance
from tests.conftest import Person, fill_in
from tests.pairing.test_rules import invite, join, joiner_of

STATE = reverse("pairing-state")
SAME, CHANGED = HTTPStatus.NO_CONTENT, HTTPStatus.OK


def asked(who: Person, stage: Stage) -> int:
    return who.client.get(STATE, {"stage": stage}).status_code


def test_both_learn_of_each_step_and_of_nothing_else(charlie: Person, dana: Person) -> None:
    assert asked(charlie, Stage.ALONE) == SAME

    code = invite(charlie)
    assert (asked(charlie, Stage.INVITED), asked(charlie, Stage.ALONE)) == (SAME, CHANGED)
    assert asked(dana, Stage.ALONE) == SAME

    join(dana, code)
    assert (asked(charlie, Stage.INVITED), asked(dana, Stage.ALONE)) == (CHANGED, CHANGED)
    assert (asked(charlie, Stage.JOINED), asked(dana, Stage.AWAITING)) == (SAME, SAME)

    pairing.confirm(charlie.seat, joiner_of(charlie).joining)
    assert (asked(charlie, Stage.JOINED), asked(dana, Stage.AWAITING)) == (CHANGED, CHANGED)
    assert (asked(charlie, Stage.CONNECTED), asked(dana, Stage.CONNECTED)) == (SAME, SAME)


def test_whoever_is_refused_is_told_that_something_changed(charlie: Person, dana: Person) -> None:
    join(dana, invite(charlie))
    pairing.refuse(charlie.seat)

    assert (asked(dana, Stage.AWAITING), asked(dana, Stage.ALONE)) == (CHANGED, SAME)


def test_the_pages_on_which_somebody_waits_ask(charlie: Person, dana: Person, deck: Deck) -> None:
    pages = ["/home/", "/partner/"]
    assert all("data-asks" not in charlie.client.get(page).text for page in pages)

    join(dana, invite(charlie))

    for who, stage in ((charlie, Stage.JOINED), (dana, Stage.AWAITING)):
        wants = f'data-asks="{STATE}?stage={stage}"'
        assert wants in who.client.get("/partner/").text
    assert (
        f'data-asks="{STATE}?stage=awaiting" data-then="/home/"' in dana.client.get("/home/").text
    )
    assert "data-asks" not in charlie.client.get("/home/").text  # it is their turn


def test_home_waits_for_the_opening_of_a_sealed_deck(
    alice: Person, bob: Person, deck: Deck
) -> None:
    for who in (alice, bob):
        fill_in(who, deck, Stance.ACCEPTABLE)
    answers.seal(alice.seat, deck)

    asks = 'data-asks="/decks/essentials/sealed/" data-then="/decks/essentials/opened/"'
    assert asks in alice.client.get("/home/").text
    assert "data-asks" not in bob.client.get("/home/").text


def test_a_mailed_invitation_has_its_subject_in_the_language_of_its_writer() -> None:
    with override("hi"):
        [message, *_] = InvitationCard.of("0123456789AB").messages
        assert f"subject={quote('हम दोनों के लिए')}&" in message.mail
