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
    """This person is not in a couple: they never were, or their partner has just left."""


class Couple(models.Model):
    """Two seats that belong together. Parting deletes the row and its data, but not the seats."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Empty since migration 0018, which moved its content to `notifications.Notified`. The column
    # stays for one release: the previous release still reads it during an upgrade. See
    # docs/upgrade.md.
    told = models.JSONField(default=list)

    kept_key: Key

    def __str__(self) -> str:
        return f"couple {self.pk}"

    @property
    def key(self) -> DataKey:
        """The key that encrypts what the two share."""
        return self.kept_key.data_key


class SeatQuerySet(models.QuerySet["Seat"]):
    def with_keys(self) -> Self:
        """Fetch the keys of the person and of their couple in the same query."""
        return self.select_related("kept_key", "couple__kept_key")


class Seat(models.Model):
    """One person's place, which every rule takes as its first argument.

    A person has one seat, alone at first and later in a couple. What they write refers to the
    seat, so it stays theirs whether or not they are in a couple. `related_name="+"` removes the
    relations from a user or couple back to a seat, so code that holds one seat cannot reach the
    partner's.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    couple = models.ForeignKey(Couple, models.PROTECT, null=True, related_name="+", db_index=False)
    side = models.CharField(max_length=5, choices=Side, null=True)  # noqa: DJ001 null when alone
    parted = models.BooleanField(default=False)  # the partner left; shown once, without when or why
    agreed_to = models.PositiveSmallIntegerField(null=True)  # version of the consent text
    agreed_at = models.DateTimeField(null=True)
    advised = models.BooleanField(default=True)  # shows notes on wording; see content/phrasing

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
        """The key that encrypts what this person writes for themselves."""
        return self.kept_key.data_key

    @property
    def shared_key(self) -> DataKey:
        """The key that encrypts what the couple shares. Raises NotPaired if there is no couple."""
        if self.couple is None:
            raise NotPaired
        return self.couple.key

    @property
    def other_side(self) -> Side | None:
        """The partner's side, or None if there is no couple."""
        if self.side is None:
            return None
        return Side.LEFT if self.side == Side.RIGHT else Side.RIGHT

    @classmethod
    def in_couple(cls, couple: uuid.UUID | None, side: str | None = None) -> Self:
        """Either seat of a couple, for a query that does not ask whose it is. Stored nowhere."""
        return cls(id=None, couple_id=couple, side=side)
