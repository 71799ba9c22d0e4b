"""Behaviours that two people write themselves. Only asking may import this."""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.db import models

from boundaries.sealing.ciphertexts import CiphertextField, Encrypted
from boundaries.seats.models import Couple, Seat


class OwnQuerySet(models.QuerySet["Own"]):
    def of(self, seat: Seat) -> Self:
        """What stands between this person and the one they are paired with. Alone, nothing."""
        return self.filter(couple=seat.couple_id, couple__isnull=False)


class Own(Encrypted):
    """A behaviour one of the two has put forward. It is asked once the other has accepted it.

    It goes with the couple. That it was set aside is the other's alone to know.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    couple = models.ForeignKey(Couple, models.CASCADE, related_name="+")
    author = models.ForeignKey(Seat, models.CASCADE, related_name="+")
    text = CiphertextField()  # readable with the couple's key
    put_forward_at = models.DateTimeField(auto_now_add=True)
    accepted_at = models.DateTimeField(null=True)
    set_aside = models.BooleanField(default=False)

    objects: ClassVar = OwnQuerySet.as_manager()

    bound_to = ("pk", "author_id")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(accepted_at=None) | models.Q(set_aside=False),
                name="own_is_not_both_accepted_and_set_aside",
            ),
        ]

    def __str__(self) -> str:
        return f"own behaviour {self.pk}"
