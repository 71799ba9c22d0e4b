"""Two people becoming a couple, by a link that one hands to the other; and parting."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils.crypto import salted_hmac

from accounts import codes
from accounts import names as first_names
from boundaries import notifications
from boundaries.consent import rules as consent
from boundaries.content import catalogue
from boundaries.pairing.models import LIFETIME, Invitation
from boundaries.sealing import rules as sealing
from boundaries.sealing.models import Sheet
from boundaries.seats.data_keys import Key
from boundaries.seats.models import Couple, Seat
from boundaries.vocabulary import Side

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User

CODE = codes.Shape(length=12)  # 60 bits


class AlreadyPaired(Exception):
    """A person is in one couple at a time."""


class NotPaired(Exception):
    """There is no couple: there never was, or the other has just left."""


class DeadLink(Exception):
    """Unknown, used, revoked, out of date or one's own: all look the same."""


class NobodyJoined(Exception):
    """Whoever stood on the page has withdrawn, or it is somebody else by now."""


@dataclass(frozen=True, slots=True)
class Partner:
    """What one partner sees of the other: a first name."""

    first_name: str
    namesake: str = ""  # what the one who sees it is called beside it, if it looks like their name


@dataclass(frozen=True, slots=True)
class Joiner:
    """Who has followed a link, as its maker needs it to tell whether it is the right person."""

    first_name: str
    masked_email: str
    joining: uuid.UUID


@dataclass(frozen=True, slots=True)
class Standing:
    """One's own live invitation."""

    code: str
    expires_at: datetime
    joiner: Joiner | None


@dataclass(frozen=True, slots=True)
class Offer:
    """What an invited person sees of an invitation: the first name its maker chose."""

    id: uuid.UUID
    first_name: str


def seat_of(user: User) -> Seat:
    """This person's seat. It is set out on their first visit, alone."""
    return Seat.objects.with_keys().filter(user=user).first() or _set_out(user)


@transaction.atomic
def _set_out(user: User) -> Seat:
    """A seat, and with it the key to all that will be kept on it."""
    seat, new = Seat.objects.get_or_create(user=user)
    if new:
        Key.make(seat)
    return seat


def partner_of(seat: Seat) -> Partner | None:
    if seat.couple_id is None:
        return None
    both = Seat.objects.filter(couple=seat.couple_id, side__isnull=False).order_by("side")
    told = list(both.values_list("pk", "user__first_name"))
    if len(told) < len(Side):
        return None
    left, right = first_names.distinguished(told[0][1], told[1][1])
    me, other = (left, right) if told[0][0] == seat.pk else (right, left)
    return Partner(other, namesake_of(me))


def names(seat: Seat) -> dict[Side, str]:
    """The first names of the two as they are shown, by where each sits. Alone, none."""
    both = Seat.objects.filter(couple=seat.couple_id, side__isnull=False).order_by("side")
    told = list(both.values_list("user__first_name", flat=True))
    if len(told) < len(Side):
        return {}
    return dict(zip(Side, first_names.distinguished(*told), strict=True))


def namesake_of(me: str) -> str:
    """What this person is called, if the other looks to be called the same; else nothing."""
    return me if first_names.is_numbered(me) else ""


@transaction.atomic
def invite(seat: Seat) -> None:
    """A new link, good for seven days. Any earlier one of this person's stops working.

    Raises AlreadyPaired, and consenting.NotAgreed.
    """
    consent.require(seat)
    _refuse_if_paired(_hold(seat))
    Invitation.objects.filter(inviter=seat).delete()
    made = uuid.uuid4()
    Invitation.objects.create(
        id=made, inviter=seat, digest=_digest(_code(made)), expires_at=Now() + LIFETIME
    )


def standing(seat: Seat) -> Standing | None:
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
    return Standing(_code(invitation.pk), invitation.expires_at, joiner)


def revoke(seat: Seat) -> None:
    """End one's own invitation, joined or not. Whoever joined is not told why."""
    Invitation.objects.filter(inviter=seat).delete()


def offer(text: str, seat: Seat | None = None) -> Offer:
    """What stands behind a code, or behind the newest that works in a message with several.

    Looking changes nothing: mail scanners look too. Raises DeadLink.
    """
    invitations = Invitation.objects.untaken().filter(digest__in=_digests(text))
    invitations = invitations.order_by("-expires_at")
    return _offer(invitations.exclude(inviter=seat) if seat else invitations)


def made(text: str, seat: Seat) -> bool:
    """Whether this is the person's own invitation, tried out by themselves."""
    mine = Invitation.objects.standing().filter(inviter=seat)
    return mine.filter(digest__in=_digests(text)).exists()


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
    _refuse_if_paired(_hold(seat))
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


def waiting_for(seat: Seat) -> Partner | None:
    """Who must still confirm that this person has joined."""
    invitation = (
        Invitation.objects.standing()
        .filter(joiner=seat)
        .values_list("inviter__user__first_name")
        .first()
    )
    return Partner(first_names.shown(*invitation)) if invitation else None


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
    both = _hold_all(seat.pk, joiner)
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


@transaction.atomic
def part(seat: Seat, *, shown: str | None = None) -> None:
    """Leave the couple, alone and at once. Each keeps what they wrote; nothing is shared any more.

    Behaviours the two wrote themselves belonged to both, and go with the couple. So does what
    either said about the intimate deck: it was said to this partner.
    The other is told nothing but that there is no couple. Doing it twice is doing it once.
    Raises NotPaired, also where the page was about another couple.
    """
    couple = hold_couple(seat, shown)
    both = _hold_all(*Seat.objects.filter(couple=couple).values_list("pk", flat=True))
    for deck in (catalogue.OWN, sealing.OPTING_IN):
        Sheet.burn(both.values(), deck)
    Seat.objects.filter(pk__in=both).update(couple=None, side=None)
    Seat.objects.filter(pk__in=both).exclude(pk=seat.pk).update(parted=True)
    couple.delete()


def acknowledge_parting(seat: Seat) -> None:
    """The calm page has been read; it need not be shown again."""
    Seat.objects.filter(pk=seat.pk).update(parted=False)


def together(seat: Seat) -> str:
    """A word for whom this person is with now, for a page to name whom it was about."""
    told = str(seat.couple_id).encode()
    return blake2b(told, key=seat.pk.bytes, digest_size=12).hexdigest()


def export(seat: Seat) -> dict[str, Any]:
    """Whom this person is with, and the invitations they have made or taken up. Three queries."""
    partner = partner_of(seat)
    made = Invitation.objects.filter(inviter=seat).values_list("expires_at", "joiner").first()
    taken = Invitation.objects.filter(joiner=seat).values_list("expires_at").first()
    return {
        "partner": partner.first_name if partner else None,
        "told_of_a_parting": seat.parted,
        "invitation": {"expires_at": made[0], "somebody_joined": bool(made[1])} if made else None,
        "joined": {"expires_at": taken[0]} if taken else None,
    }


def is_as_it_was(seat: Seat) -> bool:
    """Whether this person still has this seat, and still beside the same person or nobody."""
    return Seat.objects.filter(pk=seat.pk, couple=seat.couple_id).exists()


def hold_couple(seat: Seat, shown: str | None = None) -> Couple:
    """This seat's couple, held until the transaction ends: two people may act at once.

    `shown` is the word for the couple that the page was about, where it was about one.
    Locks are always taken in the order couple, seats, rows. Raises NotPaired, also where somebody
    is by now in another couple.
    """
    couple = (
        Couple.objects.select_for_update(no_key=True)
        .filter(pk__in=Seat.objects.filter(pk=seat.pk).values("couple"))
        .first()
    )
    now = Seat.objects.filter(pk=seat.pk, couple=couple).first() if couple else None
    if couple is None or now is None or shown not in (None, together(now)):
        raise NotPaired
    return couple


def _hold(seat: Seat) -> Seat:
    return Seat.objects.with_keys().select_for_update(no_key=True, of=("self",)).get(pk=seat.pk)


def _hold_all(*pks: uuid.UUID) -> dict[uuid.UUID, Seat]:
    """Several seats, always locked in one order, so that no two people wait for each other."""
    seats = Seat.objects.select_for_update(no_key=True, of=("self",)).select_related("user")
    return {seat.pk: seat for seat in seats.filter(pk__in=pks).order_by("pk")}


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


def _code(invitation_id: uuid.UUID) -> str:
    """The code of an invitation: drawn from its random id with the site's secret key.

    So its maker can look at it again, and a copy of the database alone yields no working link.
    """
    drawn = salted_hmac("boundaries.invitation.code", str(invitation_id), algorithm="sha256")
    return codes.written(drawn.digest(), CODE)


def _digest(code: str) -> str:
    return salted_hmac("boundaries.invitation.digest", code, algorithm="sha256").hexdigest()


def _digests(text: str) -> list[str]:
    """Those of all codes that may be meant. There is always one, so that all take one query."""
    return [_digest(code) for code in codes.find(text, CODE) or [""]]


def _masked(email: str) -> str:
    """Enough of an address to know it again, and too little to write to."""
    name, _, host = email.partition("@")
    return f"{name[:1]}•••@{host}"
