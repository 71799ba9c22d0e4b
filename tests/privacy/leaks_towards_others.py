"""Planted leaks towards whoever is not the partner: each theorem of the walls has its own."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest import mock

from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.core.mail import send_mail
from django.http import HttpRequest, HttpResponse

from accounts import encryption
from accounts.encryption import Ciphertext, DataKey
from boundaries import notifications
from boundaries.answers import rules as answers
from boundaries.answers import sheets
from boundaries.answers.private_notes import Notes
from boundaries.comparison import rules as comparison_rules
from boundaries.pairing import rules as pairing
from boundaries.pairing.models import Invitation
from boundaries.questions import rules as questions
from boundaries.reminders import mailing
from boundaries.reminders import rules as reminders
from boundaries.reminders.mailing import BETWEEN_MAILS
from boundaries.reminders.models import ReminderMails
from boundaries.sealing.models import Seal
from boundaries.seats import rules as seats
from boundaries.seats.models import Couple, Seat
from boundaries.talks import overview
from boundaries.talks.models import Conversation
from boundaries.therapist_sheet import contents
from boundaries.therapist_sheet import rules as therapist_sheet
from tests.privacy.leaks import Leak, answered, bobs, everywhere, has_sealed, instead, planted

OF_REMINDERS: dict[str, Leak] = {}
OF_A_FORMER_PARTNER: dict[str, Leak] = {}
OF_ANOTHER_COUPLE: dict[str, Leak] = {}
OF_WHO_IS_HERE: dict[str, Leak] = {}
OF_AN_ADDRESS: dict[str, Leak] = {}
OF_STAFF: dict[str, Leak] = {}
OF_WORDS: dict[str, Leak] = {}
OF_AN_INVITATION: dict[str, Leak] = {}
OF_A_DEAD_LINK: dict[str, Leak] = {}
OF_A_SHEET: dict[str, Leak] = {}
OF_KEYS: dict[str, Leak] = {}


def seat_of(name: str) -> Seat:
    address = f"{name.lower()}@example.org"
    return Seat.objects.with_keys().select_related("user").get(user__email=address)


def replace_side(seat: Seat) -> Seat:
    """The other seat of the couple, as far as a query by side goes."""
    return Seat(pk=seat.pk, couple_id=seat.couple_id, side=seat.other_side)


# To the partner, by what one does with a reminder


@planted(OF_REMINDERS, "what one puts off is put off for both")
def _() -> Any:
    def spoiled(true: Any, seat: Seat, *about: Any) -> Any:
        true(replace_side(seat), *about)
        return true(seat, *about)

    return instead(reminders, "put_off")(spoiled)


@planted(OF_REMINDERS, "a mail tells of the other")
def _() -> Any:
    def spoiled(true: Any, person: Any, mail: Any) -> Any:
        off = ReminderMails.unscoped.exclude(seat=person.seat).exclude(off=[]).exists()
        letter = true(person, mail)
        return replace(letter, body=letter.body + "You alone get these." if off else letter.body)

    return instead(mailing, "_letter")(spoiled)


@planted(OF_REMINDERS, "one is not mailed where the other is not")
def _() -> Any:
    def spoiled(true: Any, now: Any, person: Any, mailed_at: Any) -> Any:
        off = ReminderMails.unscoped.exclude(off=[]).exists()
        return true(now, person, mailed_at) + (BETWEEN_MAILS if off else timedelta())

    return instead(mailing, "_earliest")(spoiled)


@everywhere(OF_REMINDERS, "the choices of both on one page", "/reminders/")
def _(request: HttpRequest, response: HttpResponse) -> None:
    response.content += repr(list(ReminderMails.unscoped.values_list("off", flat=True))).encode()


# To a former partner


@everywhere(OF_A_FORMER_PARTNER, "the calm page tells of the other's new partner", "/home/")
def _(request: HttpRequest, response: HttpResponse) -> None:
    response.content += repr(seats.partner_of(seat_of("Bob"))).encode()


@planted(OF_A_FORMER_PARTNER, "a mail when the other has somebody else")
def _() -> Any:
    def spoiled(true: Any, seat: Seat, joining: Any) -> Any:
        send_mail("You may want to know", "", "a@example.org", ["alice@example.org"])
        return true(seat, joining)

    return instead(pairing, "confirm")(spoiled)


@planted(OF_A_FORMER_PARTNER, "a further look where the other has somebody")
def _() -> Any:
    def spoiled(true: Any, seat: Seat) -> Any:
        if seat_of("Bob").couple_id:
            Couple.objects.exists()
        return true(seat)

    return instead(seats, "partner_of")(spoiled)


# To another couple


@everywhere(OF_ANOTHER_COUPLE, "how many have sealed", "/help/")
def _(request: HttpRequest, response: HttpResponse) -> None:
    response.content += f"{Seal.objects.count()} are ready".encode()


@planted(OF_ANOTHER_COUPLE, "one cache for everybody")
def _() -> Any:
    def spoiled(true: Any, seat: Any, deck: Any) -> Any:
        return cache.get_or_set(deck.id, lambda: true(seat, deck))

    return instead(sheets, "own_sheet")(spoiled)


@planted(OF_ANOTHER_COUPLE, "everybody's talks are counted")
def _() -> Any:
    def spoiled(true: Any, seat: Any) -> Any:
        for talk in Conversation.objects.all():
            Conversation.objects.filter(pk=talk.pk).exists()
        return true(seat)

    return instead(overview, "summaries")(spoiled)


# To who is not signed in


@everywhere(OF_WHO_IS_HERE, "how many have answered something", "/demo/")
def _(request: HttpRequest, response: HttpResponse) -> None:
    response.content += f"{answered()} answers given".encode()


@everywhere(OF_WHO_IS_HERE, "a cookie once there are couples enough", "/account/login/")
def _(request: HttpRequest, response: HttpResponse) -> None:
    if Couple.objects.count() > 1:
        response.set_cookie("busy", "1")


def is_known(request: HttpRequest) -> bool:
    email = request.POST.get("email") or request.POST.get("login", "")
    return bool(EmailAddress.objects.filter(email=email, verified=True).exists())


@everywhere(OF_AN_ADDRESS, "a code is promised otherwise", "/account/login/code/", "POST")
def _(request: HttpRequest, response: HttpResponse) -> None:
    response["X-Mailed"] = str(is_known(request))


@everywhere(OF_AN_ADDRESS, "a password is refused otherwise", "/account/login/", "POST")
def _(request: HttpRequest, response: HttpResponse) -> None:
    if is_known(request):
        response.content += b"Try your other password."


@everywhere(OF_AN_ADDRESS, "a new one is a success and a known one is none", "/account/signup/")
def _(request: HttpRequest, response: HttpResponse) -> None:
    if request.method == "POST" and is_known(request):
        response.status_code = 409


# To staff


@everywhere(OF_STAFF, "a link that only staff see", "/account/", "GET")
def _(request: HttpRequest, response: HttpResponse) -> None:
    if request.user.is_staff:
        response.content += b"<a href=/admin/>all people</a>"


@planted(OF_STAFF, "staff are told who has sealed")
def _() -> Any:
    def spoiled(true: Any, seat: Any, deck: Any) -> Any:
        page = true(seat, deck)
        return replace(page, again=has_sealed()) if seat.user.is_superuser else page

    return instead(sheets, "own_sheet")(spoiled)


# To the operator


def log_of(name: str) -> logging.Logger:
    return logging.getLogger(f"boundaries.{name}")


@planted(OF_WORDS, "a line for debugging")
def _() -> Any:
    def spoiled(true: Any, seat: Any, behaviour: Any, **content: Any) -> Any:
        log_of("answers").debug("%s: %s", behaviour.id, content)
        return true(seat, behaviour, **content)

    return instead(answers, "answer")(spoiled)


@planted(OF_WORDS, "what goes along with a record")
def _() -> Any:
    def spoiled(true: Any, seat: Any, behaviour: Any, **content: Any) -> Any:
        log_of("answers").info("saved", extra={"stance": content.get("mine")})
        return true(seat, behaviour, **content)

    return instead(answers, "answer")(spoiled)


@planted(OF_WORDS, "a fault that quotes")
def _() -> Any:
    def spoiled(true: Any, seat: Any, behaviour: Any, **content: Any) -> Any:
        raise ValueError(f"not to be kept: {content}")

    return instead(answers, "answer")(spoiled)


@planted(OF_WORDS, "a fault that quotes what came before it")
def _() -> Any:
    def spoiled(true: Any, seat: Any, behaviour: Any, **content: Any) -> Any:
        try:
            raise KeyError(content.get("note"))
        except KeyError as fault:
            raise ValueError("not to be kept") from fault

    return instead(answers, "answer")(spoiled)


@planted(OF_WORDS, "words that are stored as they are")
def _() -> Any:
    def plain(key: DataKey, value: Any, *place: object, **how: Any) -> Ciphertext:
        return Ciphertext(json.dumps(value).encode().ljust(1024))

    return mock.patch.multiple(
        DataKey, encrypt=plain, decrypt=lambda key, stored, *place: json.loads(bytes(stored))
    )


@planted(OF_WORDS, "how long a text is")
def _() -> Any:
    return mock.patch.object(encryption, "_padded", lambda plain, blocks: plain)


@planted(OF_WORDS, "notes are written only where there is one")
def _() -> Any:
    def spoiled(true: Any, seat: Any, sheet: Any, notes: Any) -> Any:
        return true(seat, sheet, notes) if any(it.get("live") for it in notes.values()) else None

    return instead(Notes, "put")(spoiled)


@planted(OF_WORDS, "a mail that says which")
def _() -> Any:
    def spoiled(true: Any, *people: Any) -> Any:
        stances = [answer.mine for _, answer in bobs() if answer.mine]
        send_mail(f"You two: {stances}", "", "a@example.org", [people[0].email])

    return instead(notifications, "something_waits_for")(spoiled)


@everywhere(OF_WORDS, "the session remembers the last note", "/answers/", "POST")
def _(request: HttpRequest, response: HttpResponse) -> None:
    request.session["last"] = request.POST.get("note")
    request.session.save()


# To who holds a link


@everywhere(OF_AN_INVITATION, "the invitation says how far its maker is", "/join/")
def _(request: HttpRequest, response: HttpResponse) -> None:
    seat = seat_of("Charlie")
    count = sheets.own_sheet(seat, questions.deck(seat, "essentials")).answered
    response.content += f"{count} answers wait for yours".encode()


@planted(OF_AN_INVITATION, "a query for each of its maker's notes")
def _() -> Any:
    def spoiled(true: Any, *args: Any) -> Any:
        for note in Notes.unscoped.filter(seat__user__first_name="Charlie"):
            Notes.unscoped.filter(pk=note.pk).exists()
        return true(*args)

    return instead(pairing, "offer")(spoiled)


@planted(OF_A_DEAD_LINK, "fetched first, and compared then")
def _() -> Any:
    def spoiled(true: Any, code: str, seat: Any = None) -> Any:
        if Invitation.objects.filter(digest=pairing.CODES.digest(code)).first() is None:
            raise pairing.DeadLink
        return true(code, seat)

    return instead(pairing, "offer")(spoiled)


@everywhere(OF_A_DEAD_LINK, "somebody was quicker", "/join/", "")
def _(request: HttpRequest, response: HttpResponse) -> None:
    if Invitation.objects.filter(joiner__isnull=False).exists():
        response.content += b"Somebody else has joined."


@everywhere(OF_A_SHEET, "the sheet has the name of today", "/read/", "POST")
def _(request: HttpRequest, response: HttpResponse) -> None:
    response.content += seat_of("Bob").user.first_name.encode()


@planted(OF_A_SHEET, "the sheet is put together anew")
def _() -> Any:
    def spoiled(true: Any, code: str) -> Any:
        sheet, until = true(code)
        words = tuple(map(repr, contents.choices(seat_of("Bob")).values()))
        return replace(sheet, entries=(replace(sheet.entries[0], words=words),)), until

    return instead(therapist_sheet, "read")(spoiled)


@planted(OF_A_SHEET, "a look at each talk there was")
def _() -> Any:
    def spoiled(true: Any, code: str) -> Any:
        for talk in Conversation.objects.all():
            Conversation.objects.filter(pk=talk.pk).exists()
        return true(code)

    return instead(therapist_sheet, "read")(spoiled)


# By a key, with the same bytes and the same statements in both worlds


@planted(OF_KEYS, "the other's answers are read before the opening, and nothing made of them")
def _() -> Any:
    def spoiled(true: Any, seat: Any) -> Any:
        bobs()
        return true(seat)

    return instead(seats, "partner_of")(spoiled)


@planted(OF_KEYS, "the other's key is unwrapped, and nothing read")
def _() -> Any:
    def spoiled(true: Any, seat: Any) -> Any:
        for other in Seat.objects.with_keys().filter(couple=seat.couple_id).exclude(pk=seat.pk):
            encryption.unwrap(other.key)
        return true(seat)

    return instead(seats, "partner_of")(spoiled)


@planted(OF_KEYS, "after the opening, read elsewhere than in it")
def _() -> Any:
    def spoiled(true: Any, seat: Any, deck: Any) -> Any:
        for note in Notes.unscoped.filter(seat__user__first_name="Bob"):
            note.read(seat_of("Bob").key)
        return true(seat, deck)

    return instead(comparison_rules, "compare")(spoiled)
