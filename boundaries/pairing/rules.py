"""How two people become a couple, by a link that one gives to the other; and parting."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
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


class Stage(StrEnum):
    """How far somebody has come on the way to a partner."""

    ALONE = "alone"
    INVITED = "invited"  # nobody has used their link yet
    AWAITING = "awaiting"  # they have joined somebody, who has yet to say that it is them
    JOINED = "joined"  # somebody has used their link
    CONNECTED = "connected"


class AlreadyPaired(Conflict):
    """One of the two is in a couple already."""


class DeadLink(NotFound):
    """The link is unknown, used, revoked, expired or their own: all look the same."""


class NobodyJoined(Conflict):
    """The person on the page has withdrawn, or somebody else has joined since."""


@dataclass(frozen=True, slots=True)
class Joiner:
    """Who joined by a link, as its maker sees them to tell whether it is the right person."""

    first_name: str
    masked_email: str
    joining: uuid.UUID


@dataclass(frozen=True, slots=True)
class LiveInvitation:
    """This person's live invitation."""

    code: str  # empty if somebody has joined by it and the secret key that made it is gone
    expires_at: datetime
    joiner: Joiner | None


@dataclass(frozen=True, slots=True)
class WayToPartner:
    """How far somebody who is not connected has come: who joined them, whom they joined."""

    invitation: LiveInvitation | None = None  # their own
    awaited: seats.Partner | None = None

    @property
    def joiner(self) -> Joiner | None:
        return self.invitation.joiner if self.invitation else None

    @property
    def stage(self) -> Stage:
        """What a page waits to see change. It tells of the other no more than that page."""
        if self.joiner:
            return Stage.JOINED
        if self.awaited:
            return Stage.AWAITING
        return Stage.INVITED if self.invitation else Stage.ALONE


@dataclass(frozen=True, slots=True)
class Offer:
    """What an invited person sees of an invitation: the first name of its maker."""

    id: uuid.UUID
    first_name: str


@dataclass(frozen=True, slots=True)
class InvitationCounts:
    """How many invitations stand, and to how many somebody has come who is not confirmed yet."""

    open: int
    joined: int


@transaction.atomic
def invite(seat: Seat) -> None:
    """Make a new link that works for seven days. Any earlier one of this person's stops working.

    Raises AlreadyPaired and consent.NotAgreed.
    """
    consent.require(seat)
    _refuse_if_paired(seats.locked_seat(seat))
    Invitation.objects.filter(inviter=seat).delete()
    new = Invitation(inviter=seat, expires_at=Now() + LIFETIME)
    new.digest = CODES.digest(CODES.code_of(new.pk))
    new.save(force_insert=True)


def standing(seat: Seat) -> LiveInvitation | None:
    """This person's live invitation, with whoever joined by it and waits for a yes."""
    invitation = (
        Invitation.objects.standing().filter(inviter=seat).select_related("joiner__user").first()
    )
    if invitation is None:
        return None
    code = CODES.kept_code(invitation.pk, invitation.digest)
    if not code and invitation.joiner is None:
        return None  # made with a secret key that is gone: nobody can join by it any more
    joiner = None
    if invitation.joiner is not None and invitation.joining is not None:
        user = invitation.joiner.user
        joiner = Joiner(first_names.shown(user.first_name), _masked(user.email), invitation.joining)
    return LiveInvitation(code, invitation.expires_at, joiner)


def revoke(seat: Seat) -> None:
    """End this person's invitation, joined or not. Whoever joined does not learn why."""
    Invitation.objects.filter(inviter=seat).delete()


def offer(text: str, seat: Seat | None = None) -> Offer:
    """The offer of a code; of several in one message, the newest that works.

    Looking changes nothing, since mail scanners follow links too. Raises DeadLink.
    """
    invitations = Invitation.objects.untaken().filter(digest__in=CODES.digests_in(text))
    invitations = invitations.order_by("-expires_at")
    return _offer(invitations.exclude(inviter=seat) if seat else invitations)


def made(text: str, seat: Seat) -> bool:
    """Whether the code is of this person's own invitation."""
    mine = Invitation.objects.standing().filter(inviter=seat)
    return mine.filter(digest__in=CODES.digests_in(text)).exists()


def offer_again(invitation_id: uuid.UUID, seat: Seat | None = None) -> Offer:
    """The offer this browser was shown before. Raises DeadLink."""
    invitations = Invitation.objects.untaken().filter(pk=invitation_id)
    return _offer(invitations.exclude(inviter=seat) if seat else invitations)


@transaction.atomic
def join(seat: Seat, invitation_id: uuid.UUID) -> None:
    """Accept an invitation. They are a couple only once its maker has confirmed who joined.

    A person joins one invitation at a time: an earlier joining is withdrawn. Raises AlreadyPaired,
    DeadLink and consent.NotAgreed.
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
    """Who has yet to confirm that this person joined."""
    invitation = (
        Invitation.objects.standing()
        .filter(joiner=seat)
        .values_list("inviter__user__first_name")
        .first()
    )
    return seats.Partner(first_names.shown(*invitation)) if invitation else None


def stage(seat: Seat) -> Stage:
    return Stage.CONNECTED if seat.couple_id else way_to_partner(seat).stage


def way_to_partner(seat: Seat) -> WayToPartner:
    """How far somebody who is not connected has come."""
    return WayToPartner(standing(seat), waiting_for(seat))


def count_invitations() -> InvitationCounts:
    rows = Invitation.objects.standing().values_list("pk", "digest", "joiner")
    standing = [joiner for pk, digest, joiner in rows if joiner or CODES.kept_code(pk, digest)]
    return InvitationCounts(len(standing), sum(map(bool, standing)))


def address_shown(seat: Seat) -> str:
    """What an inviter sees of the e-mail address of whoever joined."""
    return _masked(seat.user.email)


def withdraw(seat: Seat) -> None:
    """Withdraw from an invitation. The link works again until it expires."""
    _withdraw(seat)


@transaction.atomic
def confirm(seat: Seat, joining: uuid.UUID) -> None:
    """Confirm exactly the person who was shown. Only now are they a couple.

    Raises NobodyJoined where that person has withdrawn, AlreadyPaired where either is in a couple.
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
    for locked in both.values():
        _refuse_if_paired(locked)
    couple = Couple.objects.create()
    Key.make(couple)
    for pk, side in ((seat.pk, Side.LEFT), (joiner, Side.RIGHT)):
        Seat.objects.filter(pk=pk).update(couple=couple, side=side, parted=False)
    sealing.prepare(couple)
    Invitation.objects.filter(inviter__in=both).delete()
    Invitation.objects.filter(joiner__in=both).update(joiner=None, joining=None)
    notifications.something_waits_for(both[joiner].user)


def refuse(seat: Seat) -> None:
    """Not the right person: the link is in wrong hands, so it ends."""
    revoke(seat)


def part(seat: Seat, *, couple_token: str | None = None) -> None:
    """Leave the couple, alone and at once. Each keeps what they wrote; nothing is shared any more.

    Behaviours that the two wrote themselves are deleted with the couple, since they belonged to
    both. So is opting in to the intimate deck, and to a picture of closeness, which were for this
    partner. The other only learns that there is no couple. Idempotent. Raises NotPaired, also where
    the page was about another couple.
    """
    with seats.locked(seat, couple_token) as (couple, seat):
        both = seats.locked_seats(*Seat.objects.filter(couple=couple).values_list("pk", flat=True))
        for deck in (catalogue.OWN, sealing.OPTING_IN, sealing.CLOSENESS):
            Sheet.delete_all(both.values(), deck)
        Seat.objects.filter(pk__in=both).update(couple=None, side=None)
        Seat.objects.filter(pk__in=both).exclude(pk=seat.pk).update(parted=True)
        couple.delete()


def acknowledge_parting(seat: Seat) -> None:
    """The page about the parting was read; do not show it again."""
    Seat.objects.filter(pk=seat.pk).update(parted=False)


def export(seat: Seat) -> dict[str, Any]:
    """The partner, and the invitations that this person made or accepted. Three queries."""
    partner = seats.partner_of(seat)
    own = Invitation.objects.filter(inviter=seat).values_list("expires_at", "joiner").first()
    taken = Invitation.objects.filter(joiner=seat).values_list("expires_at").first()
    return {
        "partner": partner.first_name if partner else None,
        "told_of_a_parting": seat.parted,
        "invitation": {"expires_at": own[0], "somebody_joined": bool(own[1])} if own else None,
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
    """Enough of an address to recognise it, and too little to write to."""
    name, _, host = email.partition("@")
    return f"{name[:1]}•••@{host}"
