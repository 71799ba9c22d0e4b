"""A couple, and the seat of each person in it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from boundaries.errors import NotFound
from boundaries.vocabulary import Side

if TYPE_CHECKING:
    from accounts.encryption import DataKey
    from boundaries.seats.data_keys import Key


class NotPaired(NotFound):
    """There is no couple: there never was, or the other has just left."""


class Couple(models.Model):
    """Two seats that belong together. Parting deletes the row, and all that hangs on it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Empty since migration 0018, which moved it to `notifications.Notified`. It stays for one
    # version: the version before still reads it while it is being replaced. See docs/running.md.
    told = models.JSONField(default=list)

    kept_key: Key

    def __str__(self) -> str:
        return f"couple {self.pk}"

    @property
    def key(self) -> DataKey:
        """The key of what the two share."""
        return self.kept_key.data_key


class SeatQuerySet(models.QuerySet["Seat"]):
    def with_keys(self) -> Self:
        """With the keys of the person and of their couple: no further query."""
        return self.select_related("kept_key", "couple__kept_key")


class Seat(models.Model):
    """One person's place, which every rule takes as its first argument.

    A person has one seat, alone at first and later in a couple. What they write hangs on the seat,
    so it is theirs before there is a couple and after. `related_name="+"` leaves no way from a
    user or couple to a seat: code that holds one seat cannot reach the partner's.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    couple = models.ForeignKey(Couple, models.PROTECT, null=True, related_name="+")
    side = models.CharField(max_length=5, choices=Side, null=True)  # noqa: DJ001 no side, no couple
    parted = models.BooleanField(default=False)  # the other left; shown once, without when or why
    agreed_to = models.PositiveSmallIntegerField(null=True)  # version of the text; consent/rules.py
    agreed_at = models.DateTimeField(null=True)
    advised = models.BooleanField(default=True)  # notes on wording; see content/phrasing

    kept_key: Key

    objects: ClassVar = SeatQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["couple", "side"], name="seat_one_person_a_side"),
            models.CheckConstraint(
                condition=Q(couple__isnull=True, side__isnull=True)
                | Q(couple__isnull=False, side__in=Side.values),
                name="seat_has_a_side_exactly_in_a_couple",
            ),
            models.CheckConstraint(
                condition=Q(agreed_to__isnull=True, agreed_at__isnull=True)
                | Q(agreed_to__isnull=False, agreed_at__isnull=False),
                name="seat_has_agreed_at_some_time",
            ),
        ]

    def __str__(self) -> str:
        return f"seat {self.pk}"

    @property
    def key(self) -> DataKey:
        """The key of what this person has written for themselves."""
        return self.kept_key.data_key

    @property
    def shared_key(self) -> DataKey:
        """The key of what the couple shares. Raises NotPaired for somebody alone."""
        if self.couple is None:
            raise NotPaired
        return self.couple.key

    @property
    def other_side(self) -> Side | None:
        """The partner's side, or None for somebody alone."""
        if self.side is None:
            return None
        return Side.LEFT if self.side == Side.RIGHT else Side.RIGHT
