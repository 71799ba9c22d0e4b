"""Repairs: what is seen when, what is sent once, and what goes when."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import pytest
import time_machine
from django.core import mail
from django.db.models.functions import Now
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts import encryption
from accounts.encryption import DataKey
from boundaries.agreements import rules as agreements
from boundaries.agreements.history import NoSuchAgreement
from boundaries.content.catalogue import Deck
from boundaries.home.rules import NextStep, home
from boundaries.leaving import data_export
from boundaries.leaving import rules as leaving
from boundaries.reminders.models import Reminder
from boundaries.repair import drafts, export, reading
from boundaries.repair import rules as repairs
from boundaries.repair.models import (
    Repair,
    RepairDraft,
    RepairTurn,
    ReturnedDraft,
    ReturnedWords,
    WishToKeep,
)
from boundaries.repair.reading import NoSuchRepair
from boundaries.repair.rules import AlreadyOpen, RepairMovedOn
from boundaries.seats.models import NotPaired
from boundaries.vocabulary import RepairMove, RepairStep, Side
from tests.conftest import Person, opened_together, propose
from tests.support.repairs import WORDS, begun, repaired_up_to, seen_by, take
from tests.support.routes import REPAIR

pytestmark = pytest.mark.django_db

M, S = RepairMove, RepairStep
DAY = timedelta(days=1)
NOON = datetime(2027, 3, 3, 12, tzinfo=UTC)


def agreed(one: Person, other: Person, deck: Deck) -> None:
    """Both have said yes to words on the first line."""
    opened_together(one, other, deck)
    agreements.assent(other.seat, [propose(one)])


def closed_long_ago() -> None:
    Repair.objects.exclude(removal_at=None).update(removal_at=Now() - DAY)


def test_nothing_shows_until_something_is_sent(alice: Person, bob: Person) -> None:
    begun(alice)
    drafts.save(alice.seat, REPAIR, "own-up", WORDS[M.OWN_UP], version="")

    with pytest.raises(NoSuchRepair):
        seen_by(bob)
    assert reading.summaries(bob.seat) == []
    assert reading.shown(alice.seat) == []
    take(alice, M.OWN_UP)
    assert seen_by(bob).turns[0].content == WORDS[M.OWN_UP]


def test_a_stranger_and_a_former_partner_see_none(
    alice: Person, bob: Person, charlie: Person, erin: Person
) -> None:
    begun(alice)
    take(alice, M.OWN_UP)

    for other in (charlie, erin):
        with pytest.raises(NoSuchRepair):
            seen_by(other)
        with pytest.raises((NoSuchRepair, NotPaired)):
            repairs.close(other.seat, REPAIR)


def test_a_line_has_to_have_been_agreed_on(alice: Person, bob: Person, deck: Deck) -> None:
    opened_together(alice, bob, deck)
    propose(alice)

    with pytest.raises(NoSuchAgreement):
        begun(alice, "a1")


def test_begun_twice_it_is_the_same(alice: Person, bob: Person) -> None:
    first = repairs.begin(alice.seat, "", i_crossed=True)

    assert repairs.begin(alice.seat, "", i_crossed=True) == first
    assert repairs.begin(alice.seat, "", i_crossed=False) == first
    assert [found.pk for found in Repair.objects.all()] == [first]


def test_begun_again_from_the_other_side_it_keeps_what_was_saved(
    alice: Person, bob: Person
) -> None:
    begun(alice)
    seen = seen_by(alice)
    drafts.save(alice.seat, REPAIR, "own-up", WORDS[M.OWN_UP], version="")

    assert repairs.begin(alice.seat, "", i_crossed=False) == REPAIR

    assert not seen_by(alice).i_crossed
    assert drafts.written(alice.seat, REPAIR)["own-up"].content == WORDS[M.OWN_UP]
    with pytest.raises(RepairMovedOn):
        repairs.send(alice.seat, REPAIR, M.OWN_UP, WORDS[M.OWN_UP], version=seen.version)
    assert WORDS[M.OWN_UP]["words"] in alice.client.get(f"/repair/{REPAIR}/").text
    take(alice, M.DESCRIBE)
    assert seen_by(bob).i_crossed


def test_both_begin_one_on_the_same_line_and_one_is_sent(alice: Person, bob: Person) -> None:
    hers = repairs.begin(alice.seat, "", i_crossed=True)
    his = repairs.begin(bob.seat, "", i_crossed=False)
    assert hers != his  # otherwise he would learn of hers
    version = seen_by(bob, his).version
    take(alice, M.OWN_UP, repair=hers)

    with pytest.raises(AlreadyOpen) as refused:
        repairs.send(bob.seat, his, M.DESCRIBE, WORDS[M.DESCRIBE], version=version)
    assert refused.value.repair == hers
    assert repairs.begin(bob.seat, "", i_crossed=False) == hers


def test_a_turn_sent_twice_is_taken_once(alice: Person, bob: Person) -> None:
    begun(alice)
    version = seen_by(alice).version
    sent = (alice.seat, REPAIR, M.OWN_UP, WORDS[M.OWN_UP])

    assert repairs.send(*sent, version=version)
    assert not repairs.send(*sent, version=version)
    assert RepairTurn.unscoped.count() == 1


def test_a_stale_page_sends_nothing(alice: Person, bob: Person) -> None:
    begun(alice)
    version = seen_by(alice).version
    take(alice, M.OWN_UP)

    with pytest.raises(RepairMovedOn):
        repairs.send(alice.seat, REPAIR, M.OWN_UP, {"words": "Other."}, version=version)


def test_what_was_sent_leaves_no_draft(alice: Person, bob: Person) -> None:
    begun(alice)
    drafts.save(alice.seat, REPAIR, "own-up", WORDS[M.OWN_UP], version="")
    take(alice, M.OWN_UP)

    assert not RepairDraft.unscoped.exists()


def test_words_that_came_too_late_are_kept_beside_newer_ones(alice: Person, bob: Person) -> None:
    begun(alice)
    drafts.save(alice.seat, REPAIR, "own-up", {"words": "New."}, version="")

    assert drafts.recover(alice.seat, REPAIR, "own-up", {"words": "Late."}, version="old")
    kept = drafts.written(alice.seat, REPAIR)
    assert {purpose: words.content["words"] for purpose, words in kept.items()} == {
        "own-up": "New.",
        "own-up+": "Late.",
    }


def test_a_mail_comes_when_it_is_the_others_turn_and_says_nothing(
    alice: Person, bob: Person
) -> None:
    begun(alice)
    mail.outbox.clear()
    take(alice, M.OWN_UP)
    take(bob, M.ASK)
    take(alice, M.ANSWER)
    take(bob, M.IMPACT)

    assert [message.to for message in mail.outbox] == [
        [bob.user.email],
        [alice.user.email],
        [bob.user.email],
        [alice.user.email],
    ]
    assert "Kim" not in str(mail.outbox[0].body)


def test_silence_is_fine_and_replies_send_no_mail(alice: Person, bob: Person) -> None:
    begun(alice)
    repaired_up_to(S.AFTER, alice, bob)
    mail.outbox.clear()

    for reply in (M.NOT_READY, M.HEARD, M.NOT_ENOUGH):
        take(bob, reply)
    assert mail.outbox == []
    assert not seen_by(alice).my_turn


def test_home_shows_it_to_the_one_whose_turn_it_is(alice: Person, bob: Person) -> None:
    begun(alice)
    assert home(alice.seat).repair is None  # her own words wait for nobody
    assert home(bob.seat).repair is None

    take(alice, M.OWN_UP)
    assert home(bob.seat).step == NextStep.REPAIR
    assert home(bob.seat).repair == REPAIR
    assert home(alice.seat).repair is None
    take(bob, M.IMPACT)
    assert home(bob.seat).repair is None
    assert home(alice.seat).step == NextStep.REPAIR


def test_home_leads_to_one_that_goes_on_until_nobody_wants_to_be_asked(
    alice: Person, bob: Person
) -> None:
    begun(alice)
    assert home(alice.seat).repairing is None  # nobody can see it yet but her
    take(alice, M.OWN_UP)
    assert (home(alice.seat).repairing, home(bob.seat).repairing) == (REPAIR, None)
    assert "Nothing waits for you now." in alice.client.get("/home/").text

    turns = ((bob, M.IMPACT), (alice, M.REFLECT), (bob, M.YES), (alice, M.OFFER), (bob, M.HEARD))
    for who, move in turns:
        take(who, move)
    assert home(alice.seat).repairing == home(bob.seat).repairing == REPAIR
    take(bob, M.END)
    assert home(alice.seat).repairing is home(bob.seat).repairing is None


def test_home_says_for_three_days_that_an_offer_came(alice: Person, bob: Person) -> None:
    with time_machine.travel(NOON, tick=False):
        begun(alice)
        repaired_up_to(S.AFTER, alice, bob)
        assert home(bob.seat).repair == REPAIR
        assert home(alice.seat).repair is None
    with time_machine.travel(NOON + 4 * DAY, tick=False):
        assert home(bob.seat).repair is None
    with time_machine.travel(NOON, tick=False):
        take(bob, M.NOT_READY)
        assert home(bob.seat).repair is None


def test_home_asks_for_it_in_a_query_that_it_had_before(
    alice: Person, bob: Person, deck: Deck, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    opened_together(alice, bob, deck)
    seat = bob.seat
    with django_assert_num_queries(10) as without:
        home(seat)
    begun(alice)
    take(alice, M.OWN_UP)
    seat = bob.seat
    with django_assert_num_queries(len(without) - 2):  # nothing below it is asked for
        home(seat)


def test_both_are_asked_again_about_three_days_after_an_offer(alice: Person, bob: Person) -> None:
    with time_machine.travel(NOON, tick=False):
        begun(alice)
        repaired_up_to(S.AFTER, alice, bob)

        due = Reminder.objects.values_list("side", "due_at", "subject")
        assert {*due} == {(side, NOON + 3 * DAY, REPAIR) for side in Side}
    with time_machine.travel(NOON + 3 * DAY, tick=False):
        assert seen_by(bob).is_due
        take(alice, M.FOLLOW_UP)
        assert Reminder.objects.get().side == bob.seat.side
        take(bob, M.FOLLOW_UP)
        assert {*Reminder.objects.values_list("due_at", flat=True)} == {NOON + 14 * DAY}
        assert not seen_by(bob).is_due


@pytest.mark.parametrize(
    ("pace", "due"), [(M.SLOWER, 6), (M.PAUSE, None), (M.END, None)], ids=lambda it: str(it)
)
def test_the_hurt_partner_sets_the_pace(
    alice: Person, bob: Person, pace: RepairMove, due: int | None
) -> None:
    with time_machine.travel(NOON, tick=False):
        begun(alice)
        repaired_up_to(S.AFTER, alice, bob)
        take(bob, pace)

        expected = {NOON + due * DAY} if due else set()
        assert {*Reminder.objects.values_list("due_at", flat=True)} == expected


def test_asked_again_after_a_pause_nothing_comes_in_a_burst(alice: Person, bob: Person) -> None:
    with time_machine.travel(NOON, tick=False):
        begun(alice)
        repaired_up_to(S.AFTER, alice, bob)
        take(bob, M.PAUSE)
    later = NOON + 200 * DAY
    with time_machine.travel(later, tick=False):
        take(bob, M.RESUME)
        assert seen_by(bob).due_at == later + 3 * DAY
    with time_machine.travel(later + 3 * DAY, tick=False):
        take(bob, M.FOLLOW_UP)
        assert seen_by(bob).due_at == later + 6 * DAY


@pytest.mark.parametrize("pace", [(M.SLOWER,), (M.PAUSE, M.RESUME)], ids=["slower", "resumed"])
def test_whoever_has_answered_is_not_asked_again_by_another_pace(
    alice: Person, bob: Person, pace: tuple[RepairMove, ...]
) -> None:
    begun(alice)
    repaired_up_to(S.AFTER, alice, bob)
    take(alice, M.FOLLOW_UP)

    for move in pace:
        take(bob, move)

    assert {*Reminder.objects.values_list("side", flat=True)} == {bob.seat.side}


@pytest.mark.parametrize("jump", [-400, 400])
def test_a_clock_that_jumps_blocks_and_loses_nothing(alice: Person, bob: Person, jump: int) -> None:
    with time_machine.travel(NOON, tick=False):
        begun(alice)
        take(alice, M.OWN_UP)
        take(bob, M.IMPACT)
    with time_machine.travel(NOON + jump * DAY, tick=False):
        take(alice, M.REFLECT)
        take(bob, M.YES)
        take(alice, M.OFFER)
    with time_machine.travel(NOON, tick=False):
        take(bob, M.FOLLOW_UP)  # sooner or later than suggested
        take(bob, M.HEARD)
        assert [turn.move for turn in seen_by(bob).turns][-2:] == [M.FOLLOW_UP, M.HEARD]
        assert seen_by(bob).due_at


def test_either_closes_it_and_nobody_learns_who(alice: Person, bob: Person) -> None:
    begun(alice)
    repaired_up_to(S.AFTER, alice, bob)
    repairs.close(bob.seat, REPAIR)
    repairs.close(alice.seat, REPAIR)

    assert seen_by(alice).closed
    assert not Reminder.objects.exists()
    assert not RepairTurn.unscoped.filter(move=M.CLOSE).exists()
    with pytest.raises(RepairMovedOn):
        take(alice, M.UNDERNEATH)


def test_a_closed_one_goes_after_thirty_days(alice: Person, bob: Person) -> None:
    begun(alice)
    take(alice, M.OWN_UP)
    repairs.remove_expired()
    repairs.close(alice.seat, REPAIR)
    repairs.remove_expired()
    left = seen_by(alice).removal_at
    assert left
    assert timedelta(days=29) < left - timezone.now() < timedelta(days=31)

    closed_long_ago()
    repairs.remove_expired()
    assert not Repair.objects.exists()
    assert not RepairTurn.unscoped.exists()


def test_it_stays_only_if_both_wish_it(alice: Person, bob: Person) -> None:
    begun(alice)
    take(alice, M.OWN_UP)
    repairs.close(alice.seat, REPAIR)

    repairs.wish_to_keep(alice.seat, REPAIR, True)
    repairs.wish_to_keep(alice.seat, REPAIR, True)
    assert not seen_by(alice).kept_by_both
    assert not seen_by(bob).kept_by_me
    repairs.wish_to_keep(bob.seat, REPAIR, True)
    assert seen_by(bob).kept_by_both
    closed_long_ago()
    repairs.remove_expired()
    assert Repair.objects.exists()

    repairs.wish_to_keep(alice.seat, REPAIR, False)
    repairs.remove_expired()
    assert Repair.objects.exists()  # the other has thirty days to take their own along
    closed_long_ago()
    repairs.remove_expired()
    assert not Repair.objects.exists()
    assert not WishToKeep.unscoped.exists()


def test_one_wish_does_not_keep_it(alice: Person, bob: Person) -> None:
    begun(alice)
    take(alice, M.OWN_UP)
    repairs.close(alice.seat, REPAIR)
    repairs.wish_to_keep(alice.seat, REPAIR, True)
    closed_long_ago()
    repairs.remove_expired()

    assert not Repair.objects.exists()


def test_a_second_one_on_a_line_is_known_as_long_as_the_first_is_stored(
    alice: Person, bob: Person, deck: Deck
) -> None:
    agreed(alice, bob, deck)
    begun(alice, "a1")
    take(alice, M.OWN_UP)
    assert not seen_by(alice).again
    repairs.close(alice.seat, REPAIR)
    second = repairs.begin(bob.seat, "a1", i_crossed=False)
    assert seen_by(bob, second).again
    closed_long_ago()
    repairs.remove_expired()
    assert not seen_by(bob, second).again


def test_parting_midway_gives_both_their_own_words_and_nobody_the_others(
    alice: Person, bob: Person
) -> None:
    begun(alice)
    take(alice, M.OWN_UP)
    take(bob, M.IMPACT)
    drafts.save(alice.seat, REPAIR, "reflect", {"words": "That you lay awake."}, version="")
    leaving.part(bob.seat)

    for who in (alice, bob):
        with pytest.raises(NoSuchRepair):
            seen_by(who)
    assert not Repair.objects.exists()
    hers, his = (str(data_export.data(who.seat)["repairs"]) for who in (alice, bob))
    assert "I wrote to Kim" in hers
    assert "That you lay awake." in hers
    assert "I lay awake" not in hers
    assert "I lay awake" in his
    assert "Kim" not in his


def test_whoever_parts_opens_nothing_that_the_other_has_not_sent(
    alice: Person, bob: Person
) -> None:
    only_begun = begun(bob, i_crossed=False, id=uuid.uuid4())
    drafts.save(bob.seat, only_begun, "describe", {"words": "Another day."}, version="")
    begun(alice)
    take(alice, M.OWN_UP)
    drafts.save(bob.seat, REPAIR, "impact", {"words": "I lay awake."}, version="")
    couple, opened = str(alice.seat.couple_id), []
    decrypt = DataKey.decrypt

    def heard(key: DataKey, *args: Any) -> Any:
        opened.append(key.owner)
        return decrypt(key, *args)

    with mock.patch.object(DataKey, "decrypt", heard):
        leaving.part(alice.seat)

    assert set(opened) == {couple}  # what was sent, which both can read
    hers, his = (data_export.data(who.seat)["repairs"] for who in (alice, bob))
    assert "awake" not in str(hers)
    assert "night" in str(hers)  # her own
    (back,) = his["from_before_parting"]
    found = {draft["words"]["words"] for it in back["repairs"] for draft in it["not_sent"]}
    assert found == {"I lay awake.", "Another day."}
    assert [it["i_crossed_it"] for it in back["repairs"]] == [False] * 3
    assert not RepairDraft.unscoped.exists()


def test_what_comes_back_goes_when_it_would_have_gone(alice: Person, bob: Person) -> None:
    """Parting makes nothing stay longer: neither what was sent, nor what was not."""
    with time_machine.travel(NOON, tick=False):
        goes = []
        for kept, days in ((False, 3), (True, 3), (False, 40)):
            repair = begun(alice, id=uuid.uuid4())
            take(alice, M.OWN_UP, repair=repair)
            drafts.save(bob.seat, repair, "impact", {"words": "Mine."}, version="")
            repairs.close(bob.seat, repair)
            for who in (alice, bob) if kept else ():
                repairs.wish_to_keep(who.seat, repair, True)
            Repair.objects.filter(pk=repair).update(removal_at=NOON + days * DAY)
            goes.append(NOON + (30 if kept else min(days, 30)) * DAY)

        leaving.part(alice.seat)

        until = ReturnedDraft.owned_by(bob.seat).values_list("until", flat=True)
        assert sorted(until) == sorted(goes)
        lasts = {row.until for row in ReturnedWords.owned_by(alice.seat)}
        assert lasts == {NOON + 3 * DAY, NOON + 30 * DAY}
    with time_machine.travel(NOON + 4 * DAY):
        ReturnedDraft.unscoped.filter(until=NOON + 3 * DAY).update(until=Now() - DAY)
        repairs.remove_expired()
        assert ReturnedDraft.owned_by(bob.seat).count() == 2


def test_a_couple_that_a_restore_brings_back_gets_no_other_thirty_days(
    alice: Person, bob: Person
) -> None:
    begun(alice)
    take(alice, M.OWN_UP)
    drafts.save(bob.seat, REPAIR, "impact", {"words": "Mine."}, version="")
    parted_on = timezone.now().date() - 10 * DAY
    couple = alice.seat.couple_id
    assert couple

    leaving.part_again({couple: parted_on})

    for rows in (ReturnedWords, ReturnedDraft):
        assert {row.until.date() for row in rows.unscoped.all()} == {parted_on + 30 * DAY}


def test_words_whose_days_are_over_do_not_come_back_from_a_restore(
    alice: Person, bob: Person
) -> None:
    begun(alice)
    take(alice, M.OWN_UP)
    drafts.save(bob.seat, REPAIR, "impact", {"words": "Mine."}, version="")
    couple = alice.seat.couple_id
    assert couple

    leaving.part_again({couple: timezone.now().date() - 31 * DAY})

    assert bob.seat.couple_id is None
    for rows in (ReturnedWords, ReturnedDraft, RepairDraft):
        assert not rows.unscoped.exists()


def test_parting_gives_both_a_row_whatever_they_wrote(alice: Person, bob: Person) -> None:
    leaving.part(alice.seat)

    rows = ReturnedWords.unscoped.all()
    assert {row.seat_id for row in rows} == {alice.seat.pk, bob.seat.pk}
    assert len({len(bytes(row.content)) for row in rows}) == 1


def test_whoever_wrote_very_much_keeps_nobody_from_leaving(
    alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encryption, "MAX_LENGTH", 60_000)
    monkeypatch.setattr(export, "PORTION", 15_000, raising=False)
    much = {"words": "\N{GRINNING FACE}" * 1500}
    for _ in range(8):
        repair = begun(alice, id=uuid.uuid4())
        take(alice, M.OWN_UP, much, repair=repair)
        drafts.save(alice.seat, repair, "reflect", much, version="")
        repairs.close(alice.seat, repair)
    Repair.objects.update(removal_at=Now() + 31 * DAY)

    leaving.part(bob.seat)

    assert ReturnedWords.owned_by(bob.seat).count() == 1
    portions = export.export(alice.seat)["from_before_parting"]
    found = [repair for portion in portions for repair in portion["repairs"]]
    assert [turn["words"] for repair in found for turn in repair["sent"]] == [much] * 8
    assert [draft["words"] for repair in found for draft in repair["not_sent"]] == [much] * 8


def test_returned_words_go_after_thirty_days(alice: Person, bob: Person) -> None:
    leaving.part(alice.seat)
    repairs.remove_expired()
    assert ReturnedWords.unscoped.exists()
    ReturnedWords.unscoped.update(until=Now() - DAY)
    repairs.remove_expired()
    assert not ReturnedWords.unscoped.exists()


def test_one_who_never_parted_takes_only_their_own_along(alice: Person, bob: Person) -> None:
    begun(alice)
    take(alice, M.OWN_UP)
    take(bob, M.IMPACT)

    (mine,) = export.export(bob.seat)["with_my_partner"]
    assert [turn["move"] for turn in mine["sent"]] == ["impact"]
    assert mine["i_crossed_it"] is False
    assert "Kim" not in str(mine)


def test_what_is_begun_and_not_sent_can_be_thrown_away(alice: Person, bob: Person) -> None:
    begun(alice)
    repairs.discard(alice.seat, REPAIR)
    assert not Repair.objects.exists()
    begun(alice)
    take(alice, M.OWN_UP)
    with pytest.raises(RepairMovedOn):
        repairs.discard(alice.seat, REPAIR)
