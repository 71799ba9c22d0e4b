"""A sheet for a therapist: what two people show a third, once both say so.

Only releasing may import this.
"""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.db import models

from boundaries.sealing.ciphertexts import CiphertextField, Encrypted
from boundaries.seats.models import Couple, Seat
from boundaries.vocabulary import Side


class IssueQuerySet(models.QuerySet["Issue"]):
    def of(self, seat: Seat) -> Self:
        """That of this person and the one they are paired with. Alone, none."""
        return self.filter(couple=seat.couple_id, couple__isnull=False)

    def with_key(self) -> Self:
        """For who holds a code, and no seat."""
        return self.select_related("couple__kept_key")


class Issue(Encrypted):
    """One issue of a sheet, frozen as it was put together. A couple has one at a time.

    Revoking deletes it, so that no link to it can come back to life.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    couple = models.OneToOneField(Couple, models.CASCADE, related_name="+")
    content = CiphertextField()  # readable with the couple's key
    days = models.PositiveSmallIntegerField()  # the link works, from the second release on
    code_digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar = IssueQuerySet.as_manager()

    def __str__(self) -> str:
        return f"issue {self.pk}"  # never what it says: logs


class Release(Encrypted):
    """One person's "this may be shown", to a sheet of this digest."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    issue = models.ForeignKey(
        Issue, models.CASCADE, related_name="+", related_query_name="releases"
    )
    side = models.CharField(max_length=5, choices=Side)
    digest = CiphertextField()
    at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar = models.Manager()

    bound_to = ("issue_id", "side")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["issue", "side"], name="release_once_a_person"),
        ]

    def __str__(self) -> str:
        return f"release {self.pk}"
