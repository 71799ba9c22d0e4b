"""What a person is asked: the catalogue, their own behaviours, and more if both want it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Now

from accounts.kept_queries import kept_query
from boundaries.content import catalogue
from boundaries.content.catalogue import Behaviour, Deck
from boundaries.errors import NotFound, Refused
from boundaries.questions.models import Own
from boundaries.sealing import opting as both_opt
from boundaries.sealing import rules as sealing
from boundaries.sealing.models import Envelope
from boundaries.sealing.opting import Opting
from boundaries.seats import rules as seats
from boundaries.seats.models import Seat
from boundaries.vocabulary import Side

MAX_OWN = 30  # put forward by one person and not yet accepted
MAX_TOGETHER = 200  # accepted by a couple: all their answers must fit one encrypted value


class NotAsked(NotFound):
    """There is no such deck or behaviour for this person, though there may be for others."""


class NoSuchOwnBehaviour(NotFound):
    """It was taken back or already accepted, or belongs to somebody else."""


class TooManyOwnBehaviours(Refused):
    """This person has as many waiting as one may have."""


class TooManyTogether(Refused):
    """The couple has accepted as many as two may have."""


@dataclass(frozen=True, slots=True)
class PutForward:
    """A behaviour that one of the two has written, as either sees it."""

    id: uuid.UUID
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """All behaviours that two people have written, as one of them sees it."""

    mine: tuple[PutForward, ...]  # not accepted yet, and they cannot see why
    theirs: tuple[PutForward, ...]  # waiting for this person
    set_aside: tuple[PutForward, ...]  # by this person; nobody else knows
    accepted: tuple[PutForward, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What this person is asked now."""

    decks: tuple[Deck, ...]
    own_waits: bool  # the partner has put forward a behaviour, for them to accept or set aside


def asked(seat: Seat) -> Asked:
    """Every deck this person is asked now, and what waits. Two queries in a couple, none alone."""
    decks = list(catalogue.decks().values())
    if seat.couple_id is None:
        return Asked(decks=tuple(decks), own_waits=False)
    decks += [catalogue.intimate()] if _both_want_it(seat) else []
    rows = _all_own(seat.couple_id)
    own = _own_deck(seat, rows)
    decks += [own] if own.behaviours else []
    theirs = (row for row in rows if row.author_id != seat.pk)
    own_waits = any(not row.accepted_at and not row.set_aside for row in theirs)
    return Asked(decks=tuple(decks), own_waits=own_waits)


def decks(seat: Seat) -> tuple[Deck, ...]:
    """Every deck this person is asked now. Two queries in a couple, none alone."""
    return asked(seat).decks


def deck(seat: Seat, id: str) -> Deck:
    """One deck. Raises NotAsked if this person is not asked it."""
    if id in catalogue.decks():
        return catalogue.deck(id)
    if id == catalogue.INTIMATE and _both_want_it(seat):
        return catalogue.intimate()
    if id == catalogue.OWN:
        own = _own_deck(seat, _all_own(seat.couple_id))
        if own.behaviours:
            return own
    raise NotAsked


def placed(seat: Seat, behaviour_id: str) -> tuple[Deck, Behaviour]:
    """A behaviour and the deck it is in. Raises NotAsked."""
    found, behaviour = ever_placed(seat, behaviour_id)
    if behaviour.retired:
        raise NotAsked
    return found, behaviour


def ever_placed(seat: Seat, behaviour_id: str) -> tuple[Deck, Behaviour]:
    """The same, also of a behaviour that is not asked any more. Raises NotAsked."""
    shipped = catalogue.every().get(behaviour_id)
    found = deck(seat, shipped.deck if shipped else catalogue.OWN)
    for behaviour in catalogue.ever_in(found):
        if behaviour.id == behaviour_id:
            return found, behaviour
    raise NotAsked


# The intimate deck


def opting(seat: Seat) -> Opting:
    """What this person may know about the intimate deck: their own yes, and whether it opened."""
    return both_opt.opting(seat, sealing.OPTING_IN)


def opt_in(seat: Seat, *, couple_token: str | None = None) -> None:
    """Say yes to the intimate deck. Both are asked it once both have said yes.

    Until then the partner learns nothing of it. Raises seats.NotPaired, also if the page was about
    another couple.
    """
    both_opt.opt_in(seat, sealing.OPTING_IN, couple_token=couple_token)


def opt_out(seat: Seat) -> None:
    """Take the yes back, without a trace. Raises sealing.IsOpen if both said yes, and NotPaired."""
    both_opt.opt_out(seat, sealing.OPTING_IN)


# Behaviours of one's own


def ours(seat: Seat) -> Ours:
    """The behaviours these two have written, by what this person can do with them. One query."""
    mine: list[PutForward] = []
    theirs: list[PutForward] = []
    set_aside: list[PutForward] = []
    accepted: list[PutForward] = []
    for own in Own.objects.of(seat).order_by("put_forward_at", "pk"):
        if own.accepted_at:
            where = accepted
        elif own.author_id == seat.pk:
            where = mine
        else:
            where = set_aside if own.set_aside else theirs
        where.append(PutForward(own.pk, own.read(seat.shared_key, "text")))
    return Ours(
        mine=tuple(mine),
        theirs=tuple(theirs),
        set_aside=tuple(set_aside),
        accepted=tuple(accepted),
    )


def put_forward(seat: Seat, text: str, *, couple_token: str | None = None) -> None:
    """Put a behaviour to the partner. Both are asked it if they accept it.

    Putting forward the same words twice changes nothing. `couple_token` is the couple that the
    page was about. Raises TooManyOwnBehaviours, TooManyTogether, and seats.NotPaired, also if
    that was another couple.
    """
    with seats.locked(seat, couple_token) as (couple, seat):
        mine = Own.objects.filter(couple=couple, author=seat, accepted_at=None)
        waiting = [own.read(couple.key, "text") for own in mine]
        if text in waiting:
            return
        if len(waiting) >= MAX_OWN:
            raise TooManyOwnBehaviours
        if Own.objects.filter(couple=couple, accepted_at__isnull=False).count() >= MAX_TOGETHER:
            raise TooManyTogether  # both can see how many these are
        Own(couple=couple, author=seat).set_encrypted(couple.key, text=text).save(force_insert=True)


def take_back(seat: Seat, own_id: uuid.UUID) -> None:
    """Take back what one has put forward, before it is accepted.

    Raises NoSuchOwnBehaviour and seats.NotPaired.
    """
    with seats.locked(seat) as (_, seat):
        _waiting(Own.objects.of(seat).filter(pk=own_id, author=seat)).delete()


def accept(seat: Seat, own_id: uuid.UUID) -> None:
    """Accept what the partner has put forward: from now on both are asked it.

    Accepting twice changes nothing. Raises NoSuchOwnBehaviour and seats.NotPaired.
    """
    with seats.locked(seat) as (_, seat):
        theirs = Own.objects.of(seat).filter(pk=own_id).exclude(author=seat)
        if not theirs.exists():
            raise NoSuchOwnBehaviour
        theirs.filter(accepted_at=None).update(accepted_at=Now(), set_aside=False)


def set_aside(seat: Seat, own_id: uuid.UUID) -> None:
    """Set aside what the partner has put forward. Its author never learns of it.

    Raises NoSuchOwnBehaviour and seats.NotPaired.
    """
    with seats.locked(seat) as (_, seat):
        theirs = Own.objects.of(seat).filter(pk=own_id).exclude(author=seat)
        _waiting(theirs).update(set_aside=True)


def export(seat: Seat) -> dict[str, Any]:
    """What this person has put forward, and how they answered what was put to them.

    The words of what was put to them belong to the partner and are left out. One query.
    """
    mine: list[dict[str, Any]] = []
    theirs: list[dict[str, Any]] = []
    for own in Own.objects.of(seat).order_by("put_forward_at", "pk"):
        if own.author_id == seat.pk:
            mine.append(
                {
                    "behaviour": own.pk.hex,
                    "text": own.read(seat.shared_key, "text"),
                    "put_forward_at": own.put_forward_at,
                    "accepted": own.accepted_at is not None,
                }
            )
        elif own.accepted_at or own.set_aside:
            theirs.append(
                {
                    "behaviour": own.pk.hex,
                    "accepted_at": own.accepted_at,
                    "set_aside": own.set_aside,
                }
            )
    return {"put_forward": mine, "answered": theirs}


def _waiting(offers: QuerySet[Own]) -> QuerySet[Own]:
    """Those not accepted yet. Raises NoSuchOwnBehaviour if there are none."""
    waiting = offers.filter(accepted_at=None)
    if not waiting.exists():
        raise NoSuchOwnBehaviour
    return waiting


def _both_want_it(seat: Seat) -> bool:
    return bool(_opened_opting(seat.pk, Side(seat.side))) if seat.side else False


@kept_query(uuid.UUID, Side)
def _opened_opting(seat: uuid.UUID, side: Side) -> QuerySet[Envelope, Any]:
    envelopes = Envelope.objects.open_to(Seat(id=seat, side=side))
    return envelopes.filter(deck=sealing.OPTING_IN).values_list("pk")[:1]


@kept_query(uuid.UUID)
def _all_own(couple: uuid.UUID | None) -> QuerySet[Own]:
    return Own.objects.of(Seat.in_couple(couple)).order_by("accepted_at")


def _own_deck(seat: Seat, rows: Iterable[Own]) -> Deck:
    """Those of these behaviours that both want to be asked."""
    accepted = (own for own in rows if own.accepted_at)
    return catalogue.own((own.pk.hex, own.read(seat.shared_key, "text")) for own in accepted)
