"""Two people becoming a couple, by a link that one hands to the other; and parting."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models.functions import Now

from accounts import codes
from accounts import names as first_names
from boundaries import notifications
from boundaries.consent import rules as consent
from boundaries.content import catalogue
from boundaries.errors import Conflict, NotFound
from boundaries.link_codes import LinkCodes
from boundaries.pairing.models import LIFETIME as LIFETIME
from boundaries.pairing.models import Invitation
from boundaries.sealing import rules as sealing
from boundaries.sealing.models import Sheet
from boundaries.seats import rules as seats
from boundaries.seats.data_keys import Key
from boundaries.seats.models import Couple, Seat
from boundaries.vocabulary import Side

if TYPE_CHECKING:
    from django.db.models import QuerySet


CODE = codes.Shape(length=12)  # 60 bits
CODES = LinkCodes("invitation", CODE)


class AlreadyPaired(Conflict):
    """A person is in one couple at a time."""


class DeadLink(NotFound):
    """Unknown, used, revoked, out of date or one's own: all look the same."""


class NobodyJoined(Conflict):
    """Whoever stood on the page has withdrawn, or it is somebody else by now."""


@dataclass(frozen=True, slots=True)
class Joiner:
    """Who has followed a link, as its maker needs it to tell whether it is the right person."""

    first_name: str
    masked_email: str
    joining: uuid.UUID


@dataclass(frozen=True, slots=True)
class LiveInvitation:
    """One's own live invitation."""

    code: str
    expires_at: datetime
    joiner: Joiner | None


@dataclass(frozen=True, slots=True)
class Offer:
    """What an invited person sees of an invitation: the first name its maker chose."""

    id: uuid.UUID
    first_name: str


@transaction.atomic
def invite(seat: Seat) -> None:
    """A new link, good for seven days. Any earlier one of this person's stops working.

    Raises AlreadyPaired, and consenting.NotAgreed.
    """
    consent.require(seat)
    _refuse_if_paired(seats.locked_seat(seat))
    Invitation.objects.filter(inviter=seat).delete()
    made = uuid.uuid4()
    Invitation.objects.create(
        id=made, inviter=seat, digest=CODES.digest(CODES.code_of(made)), expires_at=Now() + LIFETIME
    )


def standing(seat: Seat) -> LiveInvitation | None:
    """This person's live invitation, with whoever has joined by it and waits."""
    invitation = (
        Invitation.objects.standing().filter(inviter=seat).select_related("joiner__user").first()
    )
    if invitation is None:
        return None
    joiner = None
    if invitation.joiner is not None and invitation.joining is not None:
        user = invitation.joiner.user
        joiner = Joiner(first_names.shown(user.first_name), _masked(user.email), invitation.joining)
    return LiveInvitation(CODES.code_of(invitation.pk), invitation.expires_at, joiner)


def revoke(seat: Seat) -> None:
    """End one's own invitation, joined or not. Whoever joined is not told why."""
    Invitation.objects.filter(inviter=seat).delete()


def offer(text: str, seat: Seat | None = None) -> Offer:
    """What stands behind a code, or behind the newest that works in a message with several.

    Looking changes nothing: mail scanners look too. Raises DeadLink.
    """
    invitations = Invitation.objects.untaken().filter(digest__in=CODES.digests_in(text))
    invitations = invitations.order_by("-expires_at")
    return _offer(invitations.exclude(inviter=seat) if seat else invitations)


def made(text: str, seat: Seat) -> bool:
    """Whether this is the person's own invitation, tried out by themselves."""
    mine = Invitation.objects.standing().filter(inviter=seat)
    return mine.filter(digest__in=CODES.digests_in(text)).exists()


def offer_again(invitation_id: uuid.UUID, seat: Seat | None = None) -> Offer:
    """The offer this browser was shown before. Raises DeadLink."""
    invitations = Invitation.objects.untaken().filter(pk=invitation_id)
    return _offer(invitations.exclude(inviter=seat) if seat else invitations)


@transaction.atomic
def join(seat: Seat, invitation_id: uuid.UUID) -> None:
    """Take up an invitation. They are a couple only once its maker has confirmed who joined.

    A person waits at one door at a time: an earlier joining is withdrawn.
    Raises AlreadyPaired, DeadLink, and consenting.NotAgreed.
    """
    consent.require(seat)
    _refuse_if_paired(seats.locked_seat(seat))
    _withdraw(seat)
    taken = (
        Invitation.objects.untaken()
        .filter(pk=invitation_id)
        .exclude(inviter=seat)
        .update(joiner=seat, joining=uuid.uuid4(), expires_at=Now() + LIFETIME)
    )
    if not taken:
        raise DeadLink
    inviter = Invitation.objects.select_related("inviter__user").get(pk=invitation_id).inviter
    notifications.something_waits_for(inviter.user)


def waiting_for(seat: Seat) -> seats.Partner | None:
    """Who must still confirm that this person has joined."""
    invitation = (
        Invitation.objects.standing()
        .filter(joiner=seat)
        .values_list("inviter__user__first_name")
        .first()
    )
    return seats.Partner(first_names.shown(*invitation)) if invitation else None


def address_shown(seat: Seat) -> str:
    """What an inviter sees of the address of somebody who has joined them."""
    return _masked(seat.user.email)


def withdraw(seat: Seat) -> None:
    """Take back one's joining. The link works again until it lapses."""
    _withdraw(seat)


@transaction.atomic
def confirm(seat: Seat, joining: uuid.UUID) -> None:
    """Say yes to exactly the person who was shown. Now, and not before, they are a couple.

    Raises NobodyJoined if that person is no longer there, AlreadyPaired if either is taken.
    """
    joiner = (
        Invitation.objects.standing()
        .filter(inviter=seat, joining=joining)
        .values_list("joiner", flat=True)
        .first()
    )
    if joiner is None:
        raise NobodyJoined
    both = seats.locked_seats(seat.pk, joiner)
    if not Invitation.objects.standing().filter(inviter=seat, joining=joining).exists():
        raise NobodyJoined
    for each in both.values():
        _refuse_if_paired(each)
    couple = Couple.objects.create()
    Key.make(couple)
    for pk, side in ((seat.pk, Side.LEFT), (joiner, Side.RIGHT)):
        Seat.objects.filter(pk=pk).update(couple=couple, side=side, parted=False)
    sealing.prepare(couple)
    Invitation.objects.filter(inviter__in=both).delete()
    Invitation.objects.filter(joiner__in=both).update(joiner=None, joining=None)
    notifications.something_waits_for(both[joiner].user)


def refuse(seat: Seat) -> None:
    """Not the right person: the link has gone astray, so it ends."""
    revoke(seat)


def part(seat: Seat, *, shown: str | None = None) -> None:
    """Leave the couple, alone and at once. Each keeps what they wrote; nothing is shared any more.

    Behaviours the two wrote themselves belonged to both, and go with the couple. So does what
    either said about the intimate deck: it was said to this partner.
    The other is told nothing but that there is no couple. Doing it twice is doing it once.
    Raises NotPaired, also where the page was about another couple.
    """
    with seats.locked(seat, shown) as (couple, seat):
        both = seats.locked_seats(*Seat.objects.filter(couple=couple).values_list("pk", flat=True))
        for deck in (catalogue.OWN, sealing.OPTING_IN):
            Sheet.delete_all(both.values(), deck)
        Seat.objects.filter(pk__in=both).update(couple=None, side=None)
        Seat.objects.filter(pk__in=both).exclude(pk=seat.pk).update(parted=True)
        couple.delete()


def acknowledge_parting(seat: Seat) -> None:
    """The calm page has been read; it need not be shown again."""
    Seat.objects.filter(pk=seat.pk).update(parted=False)


def export(seat: Seat) -> dict[str, Any]:
    """Whom this person is with, and the invitations they have made or taken up. Three queries."""
    partner = seats.partner_of(seat)
    made = Invitation.objects.filter(inviter=seat).values_list("expires_at", "joiner").first()
    taken = Invitation.objects.filter(joiner=seat).values_list("expires_at").first()
    return {
        "partner": partner.first_name if partner else None,
        "told_of_a_parting": seat.parted,
        "invitation": {"expires_at": made[0], "somebody_joined": bool(made[1])} if made else None,
        "joined": {"expires_at": taken[0]} if taken else None,
    }


def _refuse_if_paired(seat: Seat) -> None:
    if seat.couple_id is not None:
        raise AlreadyPaired


def _offer(invitations: QuerySet[Invitation]) -> Offer:
    found = invitations.values_list("pk", "inviter__user__first_name").first()
    if found is None:
        raise DeadLink
    id, name = found
    return Offer(id, first_names.shown(name))


def _withdraw(seat: Seat) -> None:
    Invitation.objects.filter(joiner=seat).update(joiner=None, joining=None)


def _masked(email: str) -> str:
    """Enough of an address to know it again, and too little to write to."""
    name, _, host = email.partition("@")
    return f"{name[:1]}•••@{host}"
