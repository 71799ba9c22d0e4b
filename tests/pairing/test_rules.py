"""Two people become a couple by a link, and part as easily."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from boundaries.answers import rules as answers
from boundaries.answers import sheets
from boundaries.comparison.rules import NotOpen, compare
from boundaries.content.catalogue import Deck
from boundaries.pairing import rules as pairing
from boundaries.pairing.models import Invitation
from boundaries.seats import rules as seats
from boundaries.vocabulary import Stance
from tests.conftest import Person, fill_in, pair, write


def code_of(who: Person) -> str:
    standing = pairing.standing(who.seat)
    assert standing
    return standing.code


def join(who: Person, code: str) -> None:
    pairing.join(who.seat, pairing.offer(code, who.seat).id)


def invite(who: Person) -> str:
    pairing.invite(who.seat)
    return code_of(who)


def joiner_of(who: Person) -> pairing.Joiner:
    standing = pairing.standing(who.seat)
    assert standing
    assert standing.joiner
    return standing.joiner


def test_joining_is_not_yet_a_couple(charlie: Person, dana: Person) -> None:
    join(dana, invite(charlie))

    assert seats.partner_of(charlie.seat) is None
    assert seats.partner_of(dana.seat) is None
    assert pairing.waiting_for(dana.seat) == seats.Partner("Charlie")


def test_the_inviter_sees_a_name_and_a_masked_address(charlie: Person, dana: Person) -> None:
    join(dana, invite(charlie))

    joiner = joiner_of(charlie)
    assert (joiner.first_name, joiner.masked_email) == ("Dana", "d•••@example.org")


def test_confirming_makes_a_couple(charlie: Person, dana: Person) -> None:
    pair(charlie, dana)

    assert seats.partner_of(charlie.seat) == seats.Partner("Dana")
    assert seats.partner_of(dana.seat) == seats.Partner("Charlie")
    assert {charlie.seat.side, dana.seat.side} == {"left", "right"}


def test_the_inviter_confirms_exactly_the_person_who_was_shown(
    alice: Person, charlie: Person, dana: Person
) -> None:
    code = invite(alice)
    join(charlie, code)
    shown = joiner_of(alice)
    pairing.withdraw(charlie.seat)
    join(dana, code)

    with pytest.raises(pairing.NobodyJoined):
        pairing.confirm(alice.seat, shown.joining)

    assert seats.partner_of(alice.seat) is None


def test_a_link_works_once(alice: Person, charlie: Person, dana: Person) -> None:
    code = invite(alice)
    join(charlie, code)

    with pytest.raises(pairing.DeadLink):
        join(dana, code)


def test_a_new_link_ends_the_old_one(alice: Person, charlie: Person) -> None:
    old = invite(alice)
    new = invite(alice)

    with pytest.raises(pairing.DeadLink):
        pairing.offer(old)
    assert pairing.offer(new).first_name == "Alice"


def test_a_revoked_and_a_refused_link_are_dead(alice: Person, charlie: Person) -> None:
    revoked = invite(alice)
    pairing.revoke(alice.seat)
    refused = invite(alice)
    join(charlie, refused)
    pairing.refuse(alice.seat)

    for code in (revoked, refused):
        with pytest.raises(pairing.DeadLink):
            pairing.offer(code)
    assert pairing.waiting_for(charlie.seat) is None


def test_nobody_pairs_with_themselves(alice: Person) -> None:
    code = invite(alice)

    with pytest.raises(pairing.DeadLink):
        pairing.offer(code, alice.seat)
    with pytest.raises(pairing.DeadLink):
        pairing.join(alice.seat, pairing.offer(code).id)


def test_a_link_expires_after_seven_days(alice: Person) -> None:
    code = invite(alice)
    made = Invitation.objects.get()
    assert timedelta(days=6, hours=23) < made.expires_at - timezone.now() <= timedelta(days=7)

    Invitation.objects.update(expires_at=Now())

    with pytest.raises(pairing.DeadLink):
        pairing.offer(code)
    assert pairing.standing(alice.seat) is None


def test_a_server_whose_clock_is_behind_revives_no_link(alice: Person) -> None:
    code = invite(alice)
    Invitation.objects.update(expires_at=Now() - timedelta(seconds=1))

    with time_machine.travel(timezone.now() - timedelta(days=3)), pytest.raises(pairing.DeadLink):
        pairing.offer(code)


@pytest.mark.parametrize(
    "typed",
    [
        lambda code: code.lower(),
        lambda code: "-".join(code),
        lambda code: f"  {code[:4]} {code[4:8]} {code[8:]}\n",
        lambda code: code.replace("0", "O").replace("1", "l"),
    ],
    ids=["small letters", "hyphens", "blanks", "look-alikes"],
)
def test_a_code_works_however_it_is_typed(alice: Person, typed: object) -> None:
    code = invite(alice)

    assert callable(typed)
    assert pairing.offer(typed(code)).first_name == "Alice"


def test_a_code_has_twelve_characters_and_is_in_no_table(alice: Person) -> None:
    code = invite(alice)

    assert len(code) == 12
    assert code not in everything_stored()
    assert Invitation.objects.get().digest in everything_stored()


def test_looking_at_an_offer_changes_nothing(alice: Person) -> None:
    code = invite(alice)
    before = everything_stored()

    for _ in range(50):
        pairing.offer(code)

    assert everything_stored() == before


def test_pairing_ends_every_other_link_of_both(
    alice: Person, charlie: Person, dana: Person
) -> None:
    charlies = invite(charlie)
    pair(alice, charlie)

    with pytest.raises(pairing.DeadLink):
        join(dana, charlies)
    assert not Invitation.objects.exists()


def test_a_person_is_in_one_couple_at_a_time(alice: Person, bob: Person, charlie: Person) -> None:
    code = invite(charlie)

    with pytest.raises(pairing.AlreadyPaired):
        join(bob, code)
    with pytest.raises(pairing.AlreadyPaired):
        pairing.invite(bob.seat)


def test_what_each_rated_alone_is_there_and_still_sealed(
    charlie: Person, dana: Person, deck: Deck
) -> None:
    fill_in(charlie, deck, Stance.ACCEPTABLE, note="his")
    fill_in(dana, deck, Stance.UNACCEPTABLE, note="hers")

    pair(charlie, dana)

    assert {row.answer.note for row in sheets.own_sheet(charlie.seat, deck).rows} == {"his"}
    assert {row.answer.note for row in sheets.own_sheet(dana.seat, deck).rows} == {"hers"}
    for who in (charlie, dana):
        assert not sheets.own_sheet(who.seat, deck).sealed
        with pytest.raises(NotOpen):
            compare(who.seat, deck)


def test_parting_is_one_sided_and_at_once(alice: Person, bob: Person, deck: Deck) -> None:
    fill_in(alice, deck, Stance.ACCEPTABLE)
    answers.seal(alice.seat, deck)
    answers.seal(bob.seat, deck)

    pairing.part(alice.seat)

    for who in (alice, bob):
        assert seats.partner_of(who.seat) is None
        with pytest.raises(NotOpen):
            compare(who.seat, deck)
    assert sheets.own_sheet(alice.seat, deck).answered == 24
    assert (alice.seat.parted, bob.seat.parted) == (False, True)


def test_parting_is_idempotent(alice: Person, bob: Person) -> None:
    pairing.part(alice.seat)

    with pytest.raises(seats.NotPaired):
        pairing.part(bob.seat)
    assert not alice.seat.parted


def test_pairing_again_starts_fresh(alice: Person, bob: Person, deck: Deck) -> None:
    write(alice, deck.behaviours[0], Stance.ACCEPTABLE)
    answers.seal(alice.seat, deck)
    answers.seal(bob.seat, deck)
    pairing.part(bob.seat)

    pair(bob, alice)

    assert not sheets.own_sheet(alice.seat, deck).sealed
    assert not alice.seat.parted
    write(alice, deck.behaviours[0], Stance.UNACCEPTABLE)


def test_a_former_partner_has_no_way_back(erin: Person, bob: Person, deck: Deck) -> None:
    fill_in(bob, deck, Stance.ACCEPTABLE, note="for Alice")

    assert seats.partner_of(erin.seat) is None
    with pytest.raises(seats.NotPaired):
        answers.seal(erin.seat, deck)
    with pytest.raises(seats.NotPaired):
        pairing.part(erin.seat)


def everything_stored() -> str:
    """Every value of every table, as text."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        lines = []
        for table in sorted(tables):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 our own tables
            lines.append(f"{table}: {sorted(map(repr, cursor.fetchall()))}")
    return "\n".join(lines)
