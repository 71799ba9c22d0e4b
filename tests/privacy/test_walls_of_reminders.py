"""What somebody does with a reminder, or wants by mail, is theirs alone."""

from __future__ import annotations

import uuid
from datetime import timedelta
from unittest import mock

import pytest
from django.utils import timezone

from accounts import daytime
from boundaries.reminders import mailing
from boundaries.reminders import rules as reminders
from boundaries.vocabulary import ReminderKind
from tests.privacy.comparing import assert_looks_the_same
from tests.privacy.observing import after_the_commit
from tests.privacy.steps import Do, History, Meanwhile, Probe, Watch, act
from tests.privacy.test_walls import pages
from tests.privacy.test_walls_of_an_agreement import PROPOSED
from tests.privacy.worlds import World, live

pytestmark = [pytest.mark.turns(3), pytest.mark.django_db]

SUBJECT = uuid.UUID("5b1ec700-0000-4000-8000-000000000001")
THIS = {"kind": "revisit", "subject": str(SUBJECT)}


def come_due(world: World) -> None:
    moment = timezone.now() - timedelta(minutes=1)
    seat = world.cast["alice"].seat
    reminders.schedule_both(seat, ReminderKind.REVISIT, SUBJECT, moment)


def write(world: World) -> None:
    """A worker's round, and its mails; a history begins too early in the morning for them."""
    with mock.patch.multiple(daytime, BEGINS=0, ENDS=24):
        mailing.remind()
        after_the_commit()


AGREED: History = [*PROPOSED, (act("bob", "/understandings/yes/"),), Meanwhile(come_due)]
HE_PUTS_IT_OFF = (
    act("bob", "/reminders/later/", **THIS),
    act("bob", "/reminders/save/", on="check-in"),
)
HE_IS_DONE = (act("bob", "/reminders/done/", **THIS), act("bob", "/reminders/save/"))


@pytest.mark.parametrize("his", [HE_PUTS_IT_OFF, HE_IS_DONE], ids=["put off", "done"])
def test_what_he_does_with_his_reminder_shows_her_nothing(his: tuple[Do, ...]) -> None:
    rest: History = [Meanwhile(write), Watch(), Probe(at=("/reminders/", "/home/"))]

    assert_looks_the_same([*AGREED, his, *rest], [*AGREED, (), *rest])


@pytest.mark.once
def test_there_is_a_reminder_to_be_shown() -> None:
    looks = Watch(at=("=/home/",))

    assert b"Still good?" in pages(live([*AGREED, looks]))
    *_, (_, what, mails) = live([*AGREED, HE_PUTS_IT_OFF, Meanwhile(write)]).seen
    assert what == "mail"
    assert "come back to" in repr(mails)
    assert b"Still good?" in pages(live([*AGREED, HE_PUTS_IT_OFF, looks]))
    assert b"Still good?" not in pages(live([*AGREED, HE_PUTS_IT_OFF, looks], observer="bob"))
