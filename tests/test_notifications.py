"""Mails say that something waits, and nothing of what."""

from __future__ import annotations

import re

import pytest
from django.core.mail import EmailMessage
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import Letter
from boundaries.agreements import history
from boundaries.agreements import rules as agreements
from boundaries.answers import rules as answers
from boundaries.content import catalogue
from boundaries.content.catalogue import Deck
from boundaries.leaving import rules as leaving
from boundaries.notifications import Notified
from boundaries.vocabulary import Side, Stance
from tests.conftest import Person, fill_in, opened_together, propose, talk
from tests.pairing.test_rules import invite, join
from tests.support.routes import TALK

TELLING = re.compile(r"partner|couple|relationship|sealed|answer|behaviou?r|alice|bob", re.I)


def test_both_get_the_same_letter_at_the_second_seal_and_none_at_the_first(
    alice: Person, bob: Person, deck: Deck, mailoutbox: list[EmailMessage]
) -> None:
    mailoutbox.clear()
    fill_in(alice, deck, Stance.ACCEPTABLE, note="a word")

    answers.seal(alice.seat, deck)
    assert mailoutbox == []
    answers.seal(bob.seat, deck)

    first, second = mailoutbox
    assert {*first.to, *second.to} == {alice.user.email, bob.user.email}
    assert (first.subject, first.body) == (second.subject, second.body)


def test_no_letter_says_what_it_is_about(
    charlie: Person, dana: Person, mailoutbox: list[EmailMessage]
) -> None:
    join(dana, invite(charlie))

    (letter,) = mailoutbox
    assert letter.to == [charlie.user.email]
    text = f"{letter.subject}\n{letter.body}"
    assert not TELLING.search(text)
    assert not any(behaviour.text in text for behaviour in catalogue.every().values())
    assert "http://localhost" in text


def test_nobody_is_mailed_again_about_the_same_before_they_act(
    alice: Person, bob: Person, deck: Deck, mailoutbox: list[EmailMessage]
) -> None:
    opened_together(alice, bob, deck)
    mailoutbox.clear()

    propose(alice, "a1")
    propose(alice, "a2")
    assert [letter.to for letter in mailoutbox] == [[bob.user.email]]

    agreements.assent(bob.seat, [history.entry(bob.seat, "a1").newest.digest])
    propose(alice, "a3")
    assert [letter.to for letter in mailoutbox] == [[bob.user.email]] * 2


def test_each_subject_is_mailed_about_by_itself(
    alice: Person, bob: Person, deck: Deck, mailoutbox: list[EmailMessage]
) -> None:
    opened_together(alice, bob, deck)
    mailoutbox.clear()

    propose(alice, "a1")
    talk(alice)

    assert [letter.to for letter in mailoutbox] == [[bob.user.email]] * 2
    assert set(Notified.objects.values_list("side", "subject", "talk")) == {
        ("right", "agreements", None),
        ("right", "talk", TALK),
    }


def test_to_propose_is_to_act(alice: Person, bob: Person, deck: Deck) -> None:
    opened_together(alice, bob, deck)
    propose(alice, "a1")

    propose(bob, "a2")

    assert [row.side for row in Notified.objects.all()] == [Side.LEFT]


def test_who_was_mailed_is_forgotten_with_the_couple(
    alice: Person, bob: Person, deck: Deck
) -> None:
    opened_together(alice, bob, deck)
    propose(alice, "a1")
    talk(alice)
    assert Notified.objects.count() == 2

    leaving.part(bob.seat)

    assert not Notified.objects.exists()


@pytest.mark.django_db
def test_a_letter_is_written_in_the_transaction_and_posted_after_it(
    alice: Person,
    bob: Person,
    deck: Deck,
    settings: object,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    mailoutbox: list[EmailMessage],
) -> None:
    settings.MAILERS = {  # type: ignore[attr-defined]
        "default": {"BACKEND": "accounts.outbox.LetterBackend"},
        "post": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"},
    }
    mailoutbox.clear()
    answers.seal(alice.seat, deck)

    with django_capture_on_commit_callbacks(execute=True):
        answers.seal(bob.seat, deck)
        assert Letter.objects.count() == 2
        assert mailoutbox == []

    assert len(mailoutbox) == 2
    assert not Letter.objects.exists()
