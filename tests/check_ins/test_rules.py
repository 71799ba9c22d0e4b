"""Check-ins: what both have to finish, what lapses, and what is deleted for both."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from boundaries.check_ins import closeness
from boundaries.check_ins import rules as check_ins
from boundaries.check_ins.models import CheckInReplies
from boundaries.check_ins.replies import Replies
from boundaries.check_ins.rules import WAITS, CheckInMovedOn, NoSuchCheckIn, NothingWritten
from boundaries.pairing import rules as pairing
from boundaries.sealing.models import Seal, Sheet
from boundaries.seats import rules as seats
from boundaries.vocabulary import Closeness, Side
from tests.conftest import Person, pair

HERS = Replies(appreciation="You made tea.", closeness=Closeness.CLOSE, nothing_new=True)
HIS = Replies(well="The weekend.", closeness=Closeness.FAR, plan="A walk.")


def seal(who: Person, replies: Replies = HERS) -> uuid.UUID | None:
    return check_ins.seal(who.seat, replies, seen=check_ins.own_half(who.seat).seen)


def both_finish(one: Person, other: Person) -> uuid.UUID:
    seal(one, HERS)
    opened = seal(other, HIS)
    assert opened
    return opened


def test_the_second_seal_opens_both_halves_for_both(couple: tuple[Person, Person]) -> None:
    alice, bob = couple

    assert seal(alice, HERS) is None
    assert check_ins.all_finished(bob.seat) == check_ins.all_finished(alice.seat) == []
    opened = seal(bob, HIS)

    for who in couple:
        (found,) = check_ins.all_finished(who.seat)
        assert found.id == opened
        assert found.halves == {Side.LEFT: HERS, Side.RIGHT: HIS}


def test_both_get_the_same_mail_once_it_opens(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    mail.outbox.clear()

    seal(alice)
    assert mail.outbox == []
    seal(bob, HIS)

    assert sorted(to for letter in mail.outbox for to in letter.to) == [
        "alice@example.org",
        "bob@example.org",
    ]


def test_a_half_that_waited_too_long_never_opens(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    seal(alice)

    with time_machine.travel(timezone.now() + WAITS + timedelta(minutes=1)):
        assert not check_ins.own_half(alice.seat).sealed
        assert seal(bob, HIS) is None

        assert check_ins.all_finished(alice.seat) == []
        assert seal(alice, HERS) is not None  # of the same week as his


def test_a_half_that_waited_too_long_stays_its_writers(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    seal(alice)

    with time_machine.travel(timezone.now() + WAITS + timedelta(minutes=1)):
        before = check_ins.own_half(alice.seat)
        seal(bob, HIS)

        assert check_ins.own_half(alice.seat) == before
        assert before.replies == HERS


def test_a_half_can_be_taken_back_and_is_kept_to_continue(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    seal(alice)

    check_ins.take_back(alice.seat)

    half = check_ins.own_half(alice.seat)
    assert (half.replies, half.sealed) == (HERS, False)
    assert seal(bob, HIS) is None


def test_what_has_opened_cannot_be_taken_back(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    both_finish(alice, bob)

    check_ins.take_back(alice.seat)

    assert len(check_ins.all_finished(bob.seat)) == 1


def test_sealing_the_same_twice_changes_nothing(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    seen = check_ins.own_half(alice.seat).seen
    for _ in range(2):
        assert check_ins.seal(alice.seat, HERS, seen=seen) is None
    opened = [check_ins.seal(bob.seat, HIS, seen=seen) for _ in range(2)]

    assert opened[0] == opened[1]
    assert Sheet.unscoped.filter(deck="check-in").count() == 2
    assert check_ins.own_half(alice.seat).replies is None


def test_other_words_from_an_older_page_are_refused(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    seen = check_ins.own_half(alice.seat).seen
    seal(alice)

    with pytest.raises(CheckInMovedOn):
        check_ins.seal(alice.seat, HIS, seen=seen)
    seal(bob)
    with pytest.raises(CheckInMovedOn):
        check_ins.seal(alice.seat, HIS, seen=seen)

    assert check_ins.all_finished(alice.seat)[0].halves[Side.LEFT] == HERS


def test_an_empty_half_is_refused(couple: tuple[Person, Person]) -> None:
    with pytest.raises(NothingWritten):
        seal(couple[0], Replies())


def test_the_next_one_simply_starts(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    first = both_finish(alice, bob)
    second = both_finish(bob, alice)

    assert [found.id for found in check_ins.all_finished(alice.seat)] == [second, first]


def test_two_on_one_phone_see_it_at_once_and_it_says_whose_phone(
    couple: tuple[Person, Person],
) -> None:
    alice, bob = couple
    check_ins.keep_for_passing_on(alice.seat, HERS, seen="")
    assert check_ins.all_finished(alice.seat) == []

    opened = check_ins.finish_on_one_phone(alice.seat, HIS)

    (found,) = check_ins.all_finished(bob.seat)
    assert (found.id, found.phone) == (opened, Side.LEFT)
    assert found.halves == {Side.LEFT: HERS, Side.RIGHT: HIS}
    assert check_ins.own_half(alice.seat).replies is None
    assert check_ins.finish_on_one_phone(alice.seat, HIS) == opened


def test_nothing_is_passed_on_before_ones_own_half(couple: tuple[Person, Person]) -> None:
    with pytest.raises(check_ins.NothingToPassOn):
        check_ins.finish_on_one_phone(couple[0].seat, HIS)


def test_what_he_had_sealed_apart_goes_back_to_him(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    seal(bob, HIS)
    check_ins.keep_for_passing_on(alice.seat, HERS, seen="")

    check_ins.finish_on_one_phone(alice.seat, Replies(plan="A swim."))

    assert check_ins.own_half(bob.seat).replies == HIS
    assert seal(alice) is None


def test_either_deletes_a_check_in_for_both(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    apart = both_finish(alice, bob)
    check_ins.keep_for_passing_on(alice.seat, HERS, seen=check_ins.own_half(alice.seat).seen)
    together = check_ins.finish_on_one_phone(alice.seat, HIS)

    check_ins.delete(bob.seat, apart)
    check_ins.delete(alice.seat, together)

    for who in couple:
        assert check_ins.all_finished(who.seat) == []
    assert not CheckInReplies.unscoped.exists()
    assert not Seal.objects.exists()
    with pytest.raises(NoSuchCheckIn):
        check_ins.delete(bob.seat, apart)


def test_strangers_and_former_partners_find_nothing(
    couple: tuple[Person, Person], charlie: Person, dana: Person
) -> None:
    alice, bob = couple
    opened = both_finish(alice, bob)
    pair(charlie, dana)

    with pytest.raises(NoSuchCheckIn):
        check_ins.delete(charlie.seat, opened)
    assert check_ins.all_finished(charlie.seat) == []
    pairing.part(bob.seat)
    with pytest.raises(seats.NotPaired):
        check_ins.all_finished(alice.seat)


def test_after_parting_each_keeps_their_own_half_alone(
    couple: tuple[Person, Person], charlie: Person
) -> None:
    alice, bob = couple
    both_finish(alice, bob)

    pairing.part(bob.seat)

    (written,) = check_ins.export(alice.seat)["written"]
    assert (written["appreciation"], written["opened"]) == ("You made tea.", False)
    pair(alice, charlie)
    assert check_ins.own_half(alice.seat).replies is None
    assert seal(charlie, HIS) is None
    assert seal(alice, HERS) is not None
    assert check_ins.all_finished(alice.seat)[0].halves[Side.LEFT] == HERS


@pytest.mark.parametrize(
    ("one", "other", "suggests"),
    [
        (Closeness.FAR, Closeness.A_BIT_FAR, True),
        (Closeness.FAR, Closeness.IN_BETWEEN, False),
        (Closeness.FAR, Closeness.CLOSE, True),
        (Closeness.VERY_CLOSE, Closeness.A_BIT_FAR, True),
        (Closeness.CLOSE, Closeness.VERY_CLOSE, False),
        (None, Closeness.FAR, False),
    ],
)
def test_two_low_or_very_different_answers_suggest_a_talk(
    couple: tuple[Person, Person],
    one: Closeness | None,
    other: Closeness | None,
    suggests: bool,
) -> None:
    alice, bob = couple
    seal(alice, Replies(closeness=one, plan="x"))
    seal(bob, Replies(closeness=other, plan="x"))

    for who in couple:
        assert check_ins.all_finished(who.seat)[0].suggests_talk == suggests


def test_the_picture_takes_both_and_either_ends_it_for_both(
    couple: tuple[Person, Person],
) -> None:
    alice, bob = couple
    closeness.want(alice.seat)
    assert not closeness.wanted(bob.seat).said_yes
    assert not closeness.wanted(alice.seat).both
    closeness.want(bob.seat)
    assert closeness.wanted(alice.seat).both

    closeness.stop_wanting(bob.seat)

    for who in couple:
        wanted = closeness.wanted(who.seat)
        assert (wanted.said_yes, wanted.both) == (False, False)
    closeness.want(alice.seat)
    assert not closeness.wanted(alice.seat).both


def test_a_wish_for_the_picture_can_be_taken_back_unseen(couple: tuple[Person, Person]) -> None:
    alice, bob = couple
    closeness.want(alice.seat)
    closeness.stop_wanting(alice.seat)
    closeness.want(bob.seat)

    assert not closeness.wanted(bob.seat).both
