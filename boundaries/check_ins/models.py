"""What is written in check-ins, and their rhythm. Only check_ins may import this."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import OuterRef, QuerySet, Subquery

from boundaries.check_ins.pattern import Pattern
from boundaries.sealing import rules as sealing
from boundaries.sealing.ciphertexts import CiphertextField, Encrypted
from boundaries.sealing.models import Private, Seal, Sealed
from boundaries.sealing.opening import with_writers_key, writers_key
from boundaries.seats.models import Couple, Seat
from boundaries.vocabulary import Frequency, Side

type Content = dict[str, Any]


class CheckInReplies(Sealed, Encrypted):
    """One person's half of a check-in. Both read both halves once both have sealed theirs."""

    content = CiphertextField()  # readable with its writer's key

    bound_to = ("sheet_id",)
    owner = "sheet__seat"
    blocks = (7_900,)  # bytes: all that the form takes, so that the length shows nothing

    @classmethod
    def opened_to(cls, seat: Seat) -> list[tuple[uuid.UUID, Side, datetime, Content]]:
        """Both halves of all check-ins that are open: id, side, when it opened, and content.

        The newest check-in comes first, and of each the left half. One query.
        """
        last = Seal.objects.filter(envelope=OuterRef("sheet__seal__envelope")).order_by("-set_at")
        opened = (
            cls.revealed_to(seat)
            .filter(sheet__deck=sealing.CHECK_IN, sheet__seal__envelope__couple=seat.couple_id)
            .order_by("-sheet__seal__envelope__round", "sheet__seat__side")
        )
        rows = with_writers_key(
            opened,
            "sheet__seal__envelope",
            "sheet__seat__side",
            Subquery(last.values("set_at")[:1]),
            "sheet",
            "content",
        )
        return [
            (envelope, Side(side), at, writers_key(*key).decrypt(content, *cls._place_on(sheet)))
            for envelope, side, at, sheet, content, *key in rows
        ]

    @classmethod
    def _place_on(cls, sheet: uuid.UUID) -> tuple[object, ...]:
        return cls.place("content", sheet)

    @classmethod
    def sealed_since(cls, couples: Iterable[uuid.UUID], since: datetime) -> QuerySet[Seal, Any]:
        """Who of these couples has sealed a half since a moment: couple, side and when.

        For the worker, which doesn't remind them of it.
        """
        seals = Seal.objects.filter(envelope__deck=sealing.CHECK_IN, set_at__gt=since)
        seals = seals.filter(envelope__couple__in=list(couples))
        return seals.values_list("envelope__couple", "seat__side", "set_at")


class SharedCheckInQuerySet(models.QuerySet["SharedCheckIn"]):
    def of(self, seat: Seat) -> QuerySet[SharedCheckIn]:
        """Those of this person and their partner; none for somebody alone."""
        return self.filter(couple=seat.couple_id, couple__isnull=False)


class SharedCheckIn(Encrypted):
    """A check-in that two people wrote on one phone. Deleted with the couple.

    `side` is whose phone it was: the other's half was typed there, and not in their own account.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    couple = models.ForeignKey(Couple, models.CASCADE, related_name="+")
    side = models.CharField(max_length=5, choices=Side)
    content = CiphertextField()  # both halves by side; readable with the couple's key
    at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar = SharedCheckInQuerySet.as_manager()

    bound_to = ("pk", "side")
    blocks = (15_900,)  # bytes: two halves

    def __str__(self) -> str:
        return f"shared check-in {self.pk}"  # never what it says: logs


class RhythmQuerySet(models.QuerySet["Rhythm"]):
    def of(self, seat: Seat) -> QuerySet[Rhythm]:
        """The rhythm of this person and their partner; none for somebody alone."""
        return self.filter(couple=seat.couple_id, couple__isnull=False)


class Rhythm(models.Model):
    """When two people check in. Ending it deletes the row; who set or ended it isn't stored."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    couple = models.OneToOneField(Couple, models.CASCADE, related_name="+")
    every = models.CharField(max_length=11, choices=Frequency)
    first_on = models.DateField()
    at = models.TimeField()
    zone = models.CharField(max_length=64)  # of whoever set it; the other never sees it
    changes = models.PositiveSmallIntegerField(default=0)  # tells a calendar which file is newer
    next_at = models.DateTimeField(db_index=True)  # when both are to be reminded next

    objects: ClassVar = RhythmQuerySet.as_manager()

    def __str__(self) -> str:
        return f"rhythm {self.pk}"

    @property
    def pattern(self) -> Pattern:
        return Pattern(
            every=Frequency(self.every), first_on=self.first_on, at=self.at, zone=self.zone
        )


class Muted(Private):
    """One person isn't reminded of check-ins in this couple, whatever becomes of the rhythm."""

    seat = models.ForeignKey(Seat, models.CASCADE, related_name="+", db_index=False)
    couple = models.ForeignKey(Couple, models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["seat", "couple"], name="muted_once_a_couple"),
        ]

    @classmethod
    def of_all(cls, couples: Iterable[uuid.UUID]) -> QuerySet[Self]:
        """Whoever of these couples has muted it: for the worker, which reminds nobody of those."""
        return cls.unscoped.filter(couple__in=list(couples))
