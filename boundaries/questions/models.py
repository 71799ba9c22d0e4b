"""Behaviours that two people write themselves. Only questions may import this."""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.db import models

from boundaries.sealing.ciphertexts import CiphertextField, Encrypted
from boundaries.seats.models import Couple, Seat


class OwnQuerySet(models.QuerySet["Own"]):
    def of(self, seat: Seat) -> Self:
        """Those of this person and their current partner; none without a partner."""
        return self.filter(couple=seat.couple_id, couple__isnull=False)


class Own(Encrypted):
    """A behaviour that one partner has put forward. Both are asked it once the other accepts it.

    It is deleted with the couple. Only the partner who set it aside knows that they did.
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
