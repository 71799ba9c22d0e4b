"""Every column that tells something of a person is in what they can take along, or it says why not.

A new table or column without a decision fails here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import chain
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.db import models

from accounts.models import User
from boundaries.leaving import data_export
from boundaries.privacy_notice import rules as privacy_notice
from boundaries.sealing.ciphertexts import CiphertextField
from tests.conftest import Person, person
from tests.privacy.test_erasure import BY_THE_WORKER, EMPTY, NOBODYS
from tests.support.lives import AGREED, at_home, lived, words

pytestmark = pytest.mark.django_db

# A column, and where it is in the data. `[]` stands for each of a list.
TAKEN = {
    "accounts.User.email": "account.email",
    "accounts.User.first_name": "account.first_name",
    "accounts.User.date_joined": "account.signed_up_at",
    "accounts.User.last_login": "account.last_signed_in_at",
    "accounts.User.said_adult_at": "account.said_adult_at",
    "accounts.User.takes_mailed_codes": "account.takes_mailed_codes",
    "accounts.User.time_zone": "account.time_zone",
    "accounts.User.time_zone_since": "account.time_zone_since",
    "accounts.User.language": "account.language",
    "account.EmailAddress.email": "account.addresses[].email",
    "account.EmailAddress.verified": "account.addresses[].confirmed",
    "account.EmailAddress.primary": "account.addresses[].primary",
    "mfa.Authenticator.type": "account.second_steps[].kind",
    "mfa.Authenticator.created_at": "account.second_steps[].added_at",
    "mfa.Authenticator.last_used_at": "account.second_steps[].last_used_at",
    "usersessions.UserSession.created_at": "account.signed_in[].since",
    "usersessions.UserSession.last_seen_at": "account.signed_in[].last_seen_at",
    "usersessions.UserSession.user_agent": "account.signed_in[].browser",
    "boundaries.Seat.parted": "pairing.told_of_a_parting",
    "boundaries.Seat.agreed_to": "agreed_to.version",
    "boundaries.Seat.agreed_at": "agreed_to.at",
    "boundaries.Seat.advised": "preferences.notes_on_wording",
    "boundaries.ReminderMails.off": "preferences.no_mails_about[]",
    "boundaries.ReminderMails.mailed_at": "preferences.last_reminded_by_mail_at",
    "boundaries.Reminder.kind": "reminders[].kind",
    "boundaries.Reminder.due_at": "reminders[].due_at",
    "boundaries.Reminder.mail_at": "reminders[].mail_at",
    "boundaries.CheckInReplies.content": "check_ins.written[].plan",
    "boundaries.SharedCheckIn.content": "check_ins.on_one_phone[].plan",
    "boundaries.SharedCheckIn.at": "check_ins.on_one_phone[].at",
    "boundaries.Rhythm.every": "check_ins.rhythm.every",
    "boundaries.Rhythm.next_at": "check_ins.rhythm.next_at",
    "boundaries.Invitation.expires_at": "pairing.invitation.expires_at",
    "boundaries.Sheet.deck": "sheets[].deck",
    "boundaries.Sheet.number": "sheets[].round",
    "boundaries.Seal.set_at": "sheets[].sealed_at",
    "boundaries.Answers.content": "sheets[].answers[].note",
    "boundaries.Notes.content": "sheets[].answers[].for_myself.note",
    "boundaries.Own.text": "put_forward[].text",
    "boundaries.Own.put_forward_at": "put_forward[].put_forward_at",
    "boundaries.Own.accepted_at": "answered[].accepted_at",
    "boundaries.Own.set_aside": "answered[].set_aside",
    "boundaries.Conversation.behaviour": "talks[].behaviour",
    "boundaries.Conversation.mode": "talks[].mode",
    "boundaries.Conversation.opened_at": "talks[].opened_on",
    "boundaries.Conversation.over": "talks[].over",
    "boundaries.Turn.move": "talks[].handed_over[].move",
    "boundaries.Turn.at": "talks[].handed_over[].at",
    "boundaries.Turn.content": "talks[].handed_over[].words.words",
    "boundaries.Draft.purpose": "talks[].not_handed_over[].purpose",
    "boundaries.Draft.content": "talks[].not_handed_over[].words.keep",
    "boundaries.EarlyDraft.behaviour": "kept_for_talks[].behaviour",
    "boundaries.EarlyDraft.content": "kept_for_talks[].words",
    "boundaries.JournalEntry.begun_at": "journal[].begun_at",
    "boundaries.JournalEntry.content": "journal[].words",
    "boundaries.Repair.behaviour": "repairs.with_my_partner[].behaviour",
    "boundaries.Repair.opened_at": "repairs.with_my_partner[].opened_at",
    "boundaries.RepairTurn.move": "repairs.with_my_partner[].sent[].move",
    "boundaries.RepairTurn.at": "repairs.with_my_partner[].sent[].at",
    "boundaries.RepairTurn.content": "repairs.with_my_partner[].sent[].words.words",
    "boundaries.RepairDraft.purpose": "repairs.with_my_partner[].not_sent[].purpose",
    "boundaries.RepairDraft.content": "repairs.with_my_partner[].not_sent[].words.underneath",
    "boundaries.ReturnedWords.until": "repairs.from_before_parting[].until",
    "boundaries.ReturnedWords.content": (
        "repairs.from_before_parting[].repairs[].sent[].words.words"
    ),
    "boundaries.ReturnedDraft.purpose": (
        "repairs.from_before_parting[].repairs[].not_sent[].purpose"
    ),
    "boundaries.ReturnedDraft.content": (
        "repairs.from_before_parting[].repairs[].not_sent[].words.underneath"
    ),
    "boundaries.ReturnedDraft.behaviour": "repairs.from_before_parting[].repairs[].behaviour",
    "boundaries.ReturnedDraft.i_crossed_it": "repairs.from_before_parting[].repairs[].i_crossed_it",
    "boundaries.ReturnedDraft.until": "repairs.from_before_parting[].until",
    "boundaries.Version.behaviour": "understandings.agreed[].behaviour",
    "boundaries.Version.number": "understandings.agreed[].version",
    "boundaries.Version.origin": "understandings.agreed[].came_from",
    "boundaries.Version.content": "understandings.agreed[].lines[].words",
    "boundaries.Version.at": "understandings.agreed[].proposed_on",
    "boundaries.Assent.at": "understandings.said_yes_to[].at",
    "boundaries.Release.at": "released.released_at",
    "boundaries.Issue.made_at": "released.made_at",
    "boundaries.Issue.days": "released.days",
    "boundaries.Copy.content": "copies[].understandings[].text[]",
    "boundaries.Copy.on": "copies[].parted_on",
}

A_SECRET = "it signs in, or stands for what does; whoever finds the copy must not be able to"
PLUMBING = "the site's own, to find its way; it tells nothing that is not told beside it"
BOTHS = "it is about both; what one of the two did of it is told where it is theirs"
NOT_TAKEN = {
    "accounts.User.password": A_SECRET,
    "accounts.User.lock": A_SECRET,
    "accounts.User.is_superuser": "of staff alone; everybody else has none of it",
    "accounts.User.is_staff": "of staff alone; everybody else has none of it",
    "accounts.User.is_active": "whoever can ask for a copy is",
    "account.EmailConfirmation.created": PLUMBING,
    "account.EmailConfirmation.sent": PLUMBING,
    "account.EmailConfirmation.key": A_SECRET,
    "mfa.Authenticator.data": A_SECRET,  # but for the name of a passkey
    "usersessions.UserSession.session_key": A_SECRET,
    "usersessions.UserSession.data": "empty",
    "usersessions.UserSession.ip": "none is kept: it is 0.0.0.0 for everybody",
    "sessions.Session.session_key": A_SECRET,
    "sessions.Session.session_data": A_SECRET,
    "sessions.Session.expire_date": PLUMBING,
    "accounts.Letter.sender": "the site's own address",
    "accounts.Letter.recipient": "on its way: it is in the mailbox a moment later",
    "accounts.Letter.subject": "on its way: it is in the mailbox a moment later",
    "accounts.Letter.body": "on its way: it is in the mailbox a moment later",
    "accounts.Letter.written_at": PLUMBING,
    "accounts.Letter.tried_at": PLUMBING,
    "accounts.Letter.urgent": PLUMBING,
    "accounts.Letter.due_at": PLUMBING,
    "accounts.Letter.tries": PLUMBING,
    "accounts.Letter.claimed_by": PLUMBING,
    "accounts.Letter.unsubscribe": "on its way: it is in the mailbox a moment later",
    "accounts.Letter.by_day_in": "as `account.time_zone`",
    "accounts.Letter.language": "as `account.language`",
    "boundaries.Reminder.side": "only one's own are in it",
    "boundaries.Reminder.subject": PLUMBING,
    "boundaries.ReminderMails.link": A_SECRET,
    "boundaries.Couple.told": "empty",
    "boundaries.SharedCheckIn.side": "as `on_the_others_phone`",
    "boundaries.Rhythm.first_on": BOTHS,
    "boundaries.Rhythm.at": BOTHS,
    "boundaries.Rhythm.zone": "whoever set it has it in `account.time_zone`; it may be the other's",
    "boundaries.Rhythm.changes": PLUMBING,
    "boundaries.Notified.side": PLUMBING,  # who was mailed
    "boundaries.Notified.subject": PLUMBING,
    "boundaries.Notified.talk": PLUMBING,
    "boundaries.Seat.side": PLUMBING,
    "boundaries.Key.epoch": PLUMBING,
    "boundaries.Key.wrapped": A_SECRET,
    "boundaries.Invitation.digest": A_SECRET,
    "boundaries.Invitation.joining": PLUMBING,
    "boundaries.Invitation.admitted": PLUMBING,
    "boundaries.Envelope.deck": PLUMBING,
    "boundaries.Envelope.round": PLUMBING,
    "boundaries.Envelope.hidden": BOTHS,  # what one has hidden oneself stands on one's answers
    "boundaries.Conversation.deck": PLUMBING,
    "boundaries.Conversation.wording": "in `behaviours`, unless its words are the other's",
    "boundaries.Conversation.first": "as `i_speak_first`",
    "boundaries.Conversation.paused_at": BOTHS,  # whose pause it is, is written nowhere
    "boundaries.Conversation.back_at": BOTHS,
    "boundaries.Conversation.back": BOTHS,
    "boundaries.Conversation.resumed": BOTHS,
    "boundaries.Conversation.told": BOTHS,
    "boundaries.Conversation.screen": BOTHS,
    "boundaries.Turn.number": PLUMBING,
    "boundaries.Turn.side": "only one's own are in it",
    "boundaries.Turn.typed_by": "as `typed_on_the_others_screen`",
    "boundaries.Turn.turn": PLUMBING,
    "boundaries.Turn.made_from": PLUMBING,
    "boundaries.JournalEntry.page": PLUMBING,
    "boundaries.Draft.side": "only one's own are in it",
    "boundaries.RepairDraft.bound_id": PLUMBING,
    "boundaries.ReturnedDraft.bound_id": PLUMBING,
    "boundaries.Repair.wording": "in `behaviours`, unless its words are the other's",
    "boundaries.Repair.opened_by": BOTHS,
    "boundaries.Repair.crossed": "as `i_crossed_it`",
    "boundaries.Repair.removal_at": "as `closed`; by whom is written nowhere",
    "boundaries.RepairTurn.number": PLUMBING,
    "boundaries.RepairTurn.side": "only one's own are in it",
    "boundaries.RepairTurn.made_from": PLUMBING,
    "boundaries.Version.side": "as `proposed_by_me`",
    "boundaries.Assent.side": "only one's own are in it",
    "boundaries.Assent.digest": PLUMBING,
    "boundaries.Withdrawal.at": "as `open_again_since`; by whom is written nowhere",
    "boundaries.Issue.content": "the other's answers are among its words",
    "boundaries.Issue.code_digest": A_SECRET,
    "boundaries.Release.side": "only one's own are in it",
    "boundaries.Release.digest": PLUMBING,
    "boundaries.Export.asked_at": "of the copy itself",
    "boundaries.Export.made_at": "of the copy itself",
    "boundaries.Export.taken_at": "of the copy itself",
    "boundaries.Part.name": "of the copy itself",
    "boundaries.Part.content": "of the copy itself",
}
# Tasks carry the id of a letter or of a copy and nothing else: see tests/boundaries/test_exporting.
NO_PERSON_IN_IT = {*NOBODYS, *EMPTY, "django_tasks_database.DBTaskResult"}

ABOUT = "user", "seat", "inviter", "author", "sheet__seat", "journal__seat", "email_address__user"


def columns() -> Iterator[str]:
    """All that is not a key or a way from one table to another."""
    for model in privacy_notice.every_model():
        if model._meta.label in NO_PERSON_IN_IT:
            continue
        for field in privacy_notice.described_columns(model):
            yield f"{model._meta.label}.{field.name}"
        if model._meta.label == "sessions.Session":
            yield "sessions.Session.session_key"  # its primary key says who is signed in


def at(data: Any, path: str) -> list[Any]:
    """All that stands at a place in the data."""
    found = [data]
    for part in path.replace("[]", ".[]").split("."):
        if part == "[]":
            found = [value for some in found for value in some]
        else:
            found = [value[part] for value in found if value and part in value]
    return found


def plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def own_rows(model: Any, who: Person) -> Any:
    """The rows of a table that are this person's own, by whichever way leads to them."""
    if model is User:
        return User.objects.filter(pk=who.user.pk)
    names = {field.name for field in model._meta.get_fields()}
    seat, rows = who.seat, model._base_manager
    for way in ABOUT:
        if way.split("__")[0] in names:
            end = way.rpartition("__")[2]
            return rows.filter(**{way: who.user if end == "user" else seat})
    own = {"side": seat.side} if "side" in names else {}
    return rows.filter(**own)


@pytest.fixture
def full(settings: Any) -> Person:
    settings.TASKS = BY_THE_WORKER
    one, other = person("Alizq"), person("Boris")
    lived(one, other, person("Erin"))
    at_home(one)
    return one


@pytest.mark.once
def test_each_column_is_decided_about() -> None:
    assert set(columns()) - {*TAKEN, *NOT_TAKEN} == set()
    assert {*TAKEN, *NOT_TAKEN} - set(columns()) == set()  # nothing is listed that is not there
    assert TAKEN.keys() & NOT_TAKEN.keys() == set()


def test_what_is_to_be_taken_along_is_there(full: Person) -> None:
    export = data_export.data(full.seat)
    missing = {}
    for column, path in TAKEN.items():
        label, _, name = column.rpartition(".")
        model = apps.get_model(label)
        if isinstance(model._meta.get_field(name), CiphertextField):
            continue  # its words are looked for below
        rows = own_rows(model, full)
        if path.startswith("answered"):  # what they did with what the other put forward
            rows = model._base_manager.exclude(author=full.seat)
        found = rows.values_list(name, flat=True)
        values = chain.from_iterable(it if isinstance(it, list) else [it] for it in found)
        stored = {plain(value) for value in values if value is not None}
        there = {value for value in at(export, path) if value is not None}
        if path.endswith("_on"):  # the day alone, where the other may have done it
            stored = {value[:10] for value in stored}
        if not stored & there:
            missing[column] = (stored, there)

    assert missing == {}


def test_all_words_are_where_they_are_said_to_be(full: Person) -> None:
    export = data_export.data(full.seat)
    expected = {
        "boundaries.Answers.content": "note",
        "boundaries.Notes.content": "self-note",
        "boundaries.Own.text": "put-forward",
        "boundaries.Turn.content": "said",
        "boundaries.Draft.content": "draft",
        "boundaries.CheckInReplies.content": "checked-in",
        "boundaries.SharedCheckIn.content": "on-one-phone",
        "boundaries.Version.content": AGREED,
    }
    for column, what in expected.items():
        assert words(full, what) in at(export, TAKEN[column]), column
    assert "Whoever does it: fine for us." in at(export, TAKEN["boundaries.Copy.content"])


def test_addresses_are_told_with_all_that_is_known_of_them(full: Person) -> None:
    addresses = data_export.data(full.seat)["account"]["addresses"]

    stored = EmailAddress.objects.filter(user=full.user).values_list("email", "verified")
    assert {(address["email"], address["confirmed"]) for address in addresses} == set(stored)


def test_a_new_column_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    column = models.CharField(max_length=9)
    column.set_attributes_from_name("nickname")
    monkeypatch.setattr(
        User._meta, "concrete_fields", (*User._meta.concrete_fields, column), raising=False
    )

    assert set(columns()) - {*TAKEN, *NOT_TAKEN} == {"accounts.User.nickname"}
