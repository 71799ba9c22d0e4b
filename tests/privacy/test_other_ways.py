"""Ways round the walls that somebody once found: each was shown to work, and is closed.

None of these is a page that tells too much; the twin worlds in test_walls look after those.
"""

from __future__ import annotations

import re
import time
from datetime import timedelta
from http import HTTPStatus

import pytest
import time_machine
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from boundaries.answers import rules as answers
from boundaries.answers import sheets
from boundaries.comparison.rules import compare
from boundaries.content import catalogue
from boundaries.content.catalogue import Deck
from boundaries.pairing import rules as pairing
from boundaries.pairing.offered import OFFERED
from boundaries.questions import rules as questions
from boundaries.seats import rules as seats
from boundaries.vocabulary import Stance
from tests.conftest import Person, fill_in, pair, person, write
from tests.pairing.test_rules import invite, join, joiner_of
from tests.questions.test_rules import put_forward

OWN = "/decks/own/"


def look(who: Person, url: str = "/decks/essentials/") -> dict[str, str]:
    """What the last look sends along with the seal."""
    page = who.client.get(f"{url}last-look/").text
    return {"seen": page.partition('id="look" value="')[2].partition('"')[0]}


def statements_of_parting(who: Person) -> list[str]:
    with transaction.atomic():
        with CaptureQueriesContext(connection) as queries:
            who.client.post("/partner/part/")
        transaction.set_rollback(True)
    statements = [query["sql"].partition(" WHERE ")[0] for query in queries.captured_queries]
    bare = [re.sub(r"'[^']*'", "?", statement) for statement in statements]
    return [statement for statement in bare if "SAVEPOINT" not in statement]


@pytest.mark.parametrize("what", ["an answer", "a seal"])
def test_parting_does_not_tell_how_far_the_other_was(alice: Person, bob: Person, what: str) -> None:
    put_forward(alice, bob, "Long calls")
    before = statements_of_parting(alice)

    deck = questions.deck(bob.seat, catalogue.OWN)
    write(bob, deck.behaviours[0], Stance.ACCEPTABLE, note="his")
    if what != "an answer":
        answers.seal(bob.seat, deck)

    assert statements_of_parting(alice) == before


def test_parting_leaves_nothing_of_the_own_deck(alice: Person, bob: Person) -> None:
    from boundaries.answers.models import Answers
    from boundaries.answers.private_notes import Notes
    from boundaries.sealing.models import Seal, Sheet

    put_forward(alice, bob, "Long calls")
    deck = questions.deck(bob.seat, catalogue.OWN)
    for who in (alice, bob):
        write(who, deck.behaviours[0], Stance.ACCEPTABLE, self_note="x")
        answers.seal(who.seat, deck)
    write(alice, catalogue.deck("a").behaviours[0], Stance.UNSURE, self_note="stays")

    alice.client.post("/partner/part/")

    assert not Sheet.unscoped.filter(deck=catalogue.OWN).exists()
    assert not Seal.objects.exists()
    assert {answer.sheet.deck for answer in Answers.unscoped.all()} == {"a"}
    assert {note.sheet.deck for note in Notes.unscoped.all()} == {"a"}


def test_what_opened_without_a_behaviour_stays_without_it(alice: Person, bob: Person) -> None:
    put_forward(alice, bob, "One")
    answers.seal(alice.seat, questions.deck(alice.seat, catalogue.OWN))
    put_forward(alice, bob, "Two")
    deck = questions.deck(bob.seat, catalogue.OWN)
    answers.hide(bob.seat, deck.behaviours[1], version="")
    answers.seal(bob.seat, deck)

    alice.client.post(f"{OWN}seal/", look(alice, OWN))
    answers.seal(alice.seat, deck)

    for who in (alice, bob):
        assert [entry.behaviour.text for entry in compare(who.seat, deck).compared] == ["One"]


def test_a_seal_set_on_a_page_about_one_partner_opens_nothing_to_the_next(
    alice: Person, bob: Person, charlie: Person, deck: Deck
) -> None:
    fill_in(alice, deck, Stance.ACCEPTABLE, note="for Bob")
    seen = look(alice)
    pairing.part(bob.seat)
    pair(alice, charlie)
    answers.seal(charlie.seat, deck)

    answer = alice.client.post("/decks/essentials/seal/", seen)

    assert answer.status_code == HTTPStatus.CONFLICT
    assert "Charlie" in answer.text
    assert charlie.client.get("/decks/essentials/comparison/").status_code == HTTPStatus.NOT_FOUND


def test_what_was_changed_after_the_last_look_is_not_sealed_unseen(
    alice: Person, bob: Person, deck: Deck
) -> None:
    fill_in(alice, deck, Stance.ACCEPTABLE)
    seen = look(alice)
    write(alice, deck.behaviours[0], Stance.UNACCEPTABLE, note="from another tab")

    answer = alice.client.post("/decks/essentials/seal/", seen)

    assert answer.status_code == HTTPStatus.CONFLICT
    assert "from another tab" in answer.text
    assert not sheets.own_sheet(alice.seat, deck).sealed
    assert alice.client.post("/decks/essentials/seal/", look(alice)).status_code == HTTPStatus.FOUND
    assert sheets.own_sheet(alice.seat, deck).sealed


def test_what_was_meant_for_one_partner_is_not_put_to_the_next(
    alice: Person, bob: Person, charlie: Person
) -> None:
    meant = {"together": seats.couple_token(alice.seat)}
    pairing.part(bob.seat)
    pair(alice, charlie)

    answer = alice.client.post("/own/put-forward/", {"text": "Calling Dana", **meant})
    alice.client.post("/intimate/yes/", meant)

    assert answer.status_code == HTTPStatus.CONFLICT
    assert 'value="Calling Dana"' in answer.text  # kept, to be sent again or not
    assert questions.ours(charlie.seat).theirs == ()
    assert not questions.opting(alice.seat).said_yes


@pytest.mark.parametrize("idle", [False, True])
def test_a_page_about_one_partner_does_not_part_from_the_next(
    alice: Person, bob: Person, charlie: Person, idle: bool
) -> None:
    meant = {"together": seats.couple_token(alice.seat)}
    assert meant["together"] in alice.client.get("/leaving/part/").text
    pairing.part(bob.seat)
    pair(alice, charlie)
    later = timezone.now() + timedelta(minutes=20 if idle else 0)

    with time_machine.travel(later):
        if idle:  # it asks once more, and that page is about the same person
            answer = alice.client.post("/partner/part/", meant)
            assert answer.status_code == HTTPStatus.UNAUTHORIZED
            assert meant["together"] in answer.text
            meant["anyway"] = ""
        answer = alice.client.post("/partner/part/", meant, follow=True)

    assert "That page was about someone else." in answer.text
    assert seats.partner_of(alice.seat)
    assert seats.partner_of(charlie.seat)


def test_pairing_leaves_other_peoples_links_alone(db: None) -> None:
    one, other, third = person("One"), person("Other"), person("Third")
    join(other, invite(third))
    join(one, invite(other))

    pairing.confirm(other.seat, joiner_of(other).joining)

    standing = pairing.standing(third.seat)
    assert standing
    assert standing.joiner is None


def test_trying_codes_is_counted_for_each_person_alone(alice: Person, bob: Person) -> None:
    def tries_left() -> int:
        tried = 0
        while alice.client.post("/join/code/", {"code": "X"}).status_code != 429:
            tried += 1
        return tried

    alone = tries_left()
    cache.clear()
    for _ in range(3):
        bob.client.post("/join/code/", {"code": "Y"})

    assert tries_left() == alone


def test_joining_and_leaving_again_and_again_writes_few_mails(
    charlie: Person, dana: Person, mailoutbox: list[EmailMessage]
) -> None:
    code = invite(charlie)
    for _ in range(15):
        dana.client.post("/join/code/", {"code": code})
        joining = {"join": dana.client.session[OFFERED], "questions": "read"}
        dana.client.post("/join/accept/", joining)
        dana.client.post("/join/withdraw/")

    assert len([letter for letter in mailoutbox if charlie.user.email in letter.to]) <= 6


@pytest.mark.parametrize("which", ["own", "intimate"])
@pytest.mark.parametrize("act", ["answer", "skip"])
def test_parting_in_the_middle_of_a_save_is_no_page_and_no_fault(
    alice: Person, bob: Person, which: str, act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_forward(alice, bob, "Long calls")
    for who in (alice, bob):
        questions.opt_in(who.seat)
    behaviour = questions.deck(bob.seat, which).behaviours[0]
    true = getattr(answers, act)

    def parted_between(*args: object, **kwargs: object) -> object:
        pairing.part(alice.seat)
        return true(*args, **kwargs)

    monkeypatch.setattr(answers, act, parted_between)
    path = {"answer": "save"}.get(act, act)

    answer = bob.client.post(f"/answers/{behaviour.id}/{path}/", {"mine": "unsure"})

    assert answer.status_code == HTTPStatus.NOT_FOUND


@pytest.mark.django_db
def test_an_address_that_is_known_takes_as_long_as_one_that_is_not(
    alice: Person, settings: object
) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]  # type: ignore[attr-defined]

    def seconds(email: str) -> float:
        cache.clear()
        form = {"email": email, "first_name": "Al", "adult": "on"}
        begun = time.process_time()
        answer = Client().post("/account/signup/", form)
        assert answer.status_code == HTTPStatus.FOUND
        return time.process_time() - begun

    known = min(seconds(alice.user.email) for _ in range(3))
    fresh = min(seconds(f"nobody{at}@example.org") for at in range(3))

    assert known > fresh / 3  # without the made-up account it is far less
