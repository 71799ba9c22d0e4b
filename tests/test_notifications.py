"""Mails say that something waits, and nothing of what."""

from __future__ import annotations

import re

import pytest
from django.core.mail import EmailMessage
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import Letter
from boundaries.answers import rules as answers
from boundaries.content import catalogue
from boundaries.content.catalogue import Deck
from boundaries.vocabulary import Stance
from tests.conftest import Person, fill_in
from tests.pairing.test_rules import invite, join

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
    told = f"{letter.subject}\n{letter.body}"
    assert not TELLING.search(told)
    assert not any(each.text in told for each in catalogue.every().values())
    assert "http://localhost" in told


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
