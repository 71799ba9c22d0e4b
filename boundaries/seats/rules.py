"""A person's seat, their partner, and the locks on seats and couples."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from django.db import transaction

from accounts import names as first_names
from accounts.kept_queries import kept_query
from boundaries.seats.data_keys import Key
from boundaries.seats.models import Couple, Seat, SeatQuerySet
from boundaries.seats.models import NotPaired as NotPaired  # the error of this module's rules
from boundaries.vocabulary import Side

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User


@dataclass(frozen=True, slots=True)
class Partner:
    """What one partner sees of the other: a first name."""

    first_name: str
    namesake: str = ""  # how the reader's own name is shown beside it, if the two look alike


def seat_of(user: User) -> Seat:
    """This person's seat. It is created on their first visit."""
    return _of_user.first(user.pk) or _create(user)


@kept_query(uuid.UUID)
def _of_user(user: uuid.UUID) -> SeatQuerySet:
    return Seat.objects.with_keys().filter(user=user)


def partner_of(seat: Seat) -> Partner | None:
    """The partner as this person sees them, or None for somebody alone. One query, or none."""
    return None if seat.couple_id is None else partner_in(_first_names(seat.couple_id), seat)


def partner_in(rows: Sequence[tuple[Any, ...]], seat: Seat) -> Partner | None:
    """The partner, from rows of `both`; None if one of the two has left since."""
    if len(rows) < len(Side):
        return None
    (left_pk, left_name, *_more), (_pk, right_name, *_more) = rows
    left, right = first_names.distinguished(left_name, right_name)
    me, other = (left, right) if left_pk == seat.pk else (right, left)
    return Partner(other, namesake_of(me))


def names(seat: Seat) -> dict[Side, str]:
    """The first names of both partners as they are shown, by side; none for somebody alone.

    One query. Raises NotPaired where the other has left since this seat was read.
    """
    found = [first_name for _pk, first_name in _first_names(seat.couple_id)]
    if seat.couple_id is None:
        return {}
    if len(found) < len(Side):
        raise NotPaired
    return dict(zip(Side, first_names.distinguished(*found), strict=True))


@kept_query(uuid.UUID)
def _first_names(couple: uuid.UUID | None) -> QuerySet[Seat, Any]:
    return both(couple)


def both(couple: uuid.UUID | None) -> QuerySet[Seat, Any]:
    """The id and first name of each person in a couple, by side."""
    rows = Seat.objects.filter(couple=couple, side__isnull=False).order_by("side")
    return rows.values_list("pk", "user__first_name")


def namesake_of(me: str) -> str:
    """This name, if it was numbered to tell it from the partner's; else an empty string."""
    return me if first_names.is_numbered(me) else ""


def count_couples() -> int:
    return Couple.objects.count()


def couple_token(seat: Seat) -> str:
    """An opaque token for the couple that a page is about: 24 hexadecimal digits.

    It differs for the two partners and reveals nothing about the couple.
    """
    couple = str(seat.couple_id).encode()
    return blake2b(couple, key=seat.pk.bytes, digest_size=12).hexdigest()


def is_unchanged(seat: Seat) -> bool:
    """Whether the seat is still there, in the same couple or still alone."""
    return Seat.objects.filter(pk=seat.pk, couple=seat.couple_id).exists()


@contextmanager
def locked(
    seat: Seat, token: str | None = None, *, lock_seat: bool = False
) -> Iterator[tuple[Couple, Seat]]:
    """A transaction in which this seat's couple is locked: two people may act at once.

    Yields the couple, and the seat as it is now, with its keys; `lock_seat` locks that as well.
    `token` is the couple token of the page, where it was about a couple. Takes two statements.
    Raises NotPaired, also where somebody is in another couple than the page was about.
    """
    with transaction.atomic():
        yield lock_couple(seat, token, lock_seat=lock_seat)


def lock_couple(
    seat: Seat, token: str | None = None, *, lock_seat: bool = False
) -> tuple[Couple, Seat]:
    """The same within a transaction that has begun. Raises NotPaired.

    Locks are always taken in the order couple, seats, rows.
    """
    couple = _locked_couple.first(seat.pk)
    if couple is None:
        raise NotPaired
    reload = _reloaded_and_locked if lock_seat else _reloaded
    reloaded = reload.first(seat.pk, couple.pk)
    if reloaded is None or token not in (None, couple_token(reloaded)):
        raise NotPaired
    return couple, reloaded


def locked_seat(seat: Seat) -> Seat:
    """The seat as it is now, with its keys, locked until the transaction ends."""
    locked = _locked_seat.first(seat.pk)
    if locked is None:
        raise Seat.DoesNotExist
    return locked


def locked_seats(*pks: uuid.UUID) -> dict[uuid.UUID, Seat]:
    """Several seats by id, always locked in the same order, so that nobody deadlocks."""
    seats = Seat.objects.select_for_update(no_key=True, of=("self",)).select_related("user")
    return {seat.pk: seat for seat in seats.filter(pk__in=pks).order_by("pk")}


def _locked_with_keys() -> SeatQuerySet:
    return Seat.objects.with_keys().select_for_update(no_key=True, of=("self",))


@kept_query(uuid.UUID)
def _locked_seat(seat: uuid.UUID) -> SeatQuerySet:
    return _locked_with_keys().filter(pk=seat)


@kept_query(uuid.UUID)
def _locked_couple(seat: uuid.UUID) -> QuerySet[Couple]:
    couples = Couple.objects.select_for_update(no_key=True)
    return couples.filter(pk__in=Seat.objects.filter(pk=seat).values("couple"))


@kept_query(uuid.UUID, uuid.UUID)
def _reloaded(seat: uuid.UUID, couple: uuid.UUID) -> SeatQuerySet:
    return Seat.objects.with_keys().filter(pk=seat, couple=couple)


@kept_query(uuid.UUID, uuid.UUID)
def _reloaded_and_locked(seat: uuid.UUID, couple: uuid.UUID) -> SeatQuerySet:
    return _locked_with_keys().filter(pk=seat, couple=couple)


@transaction.atomic
def _create(user: User) -> Seat:
    """A seat, with its data key."""
    seat, new = Seat.objects.get_or_create(user=user)
    if new:
        Key.make(seat)
    return seat
