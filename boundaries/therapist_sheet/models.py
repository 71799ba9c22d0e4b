"""Therapist sheets and their releases. Only therapist_sheet may import this."""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.db import models

from boundaries.sealing.ciphertexts import CiphertextField, Encrypted
from boundaries.seats.models import Couple, Seat
from boundaries.vocabulary import Side


class IssueQuerySet(models.QuerySet["Issue"]):
    def of(self, seat: Seat) -> Self:
        """The sheet of this person and their partner. None for somebody alone."""
        return self.filter(couple=seat.couple_id, couple__isnull=False)

    def with_key(self) -> Self:
        """Load the couple's key, too: whoever has a code has no seat."""
        return self.select_related("couple__kept_key")


class Issue(Encrypted):
    """A sheet as it was made. A couple has one at a time.

    Ending it deletes the row, so that its link can never work again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    couple = models.OneToOneField(Couple, models.CASCADE, related_name="+")
    content = CiphertextField()  # readable with the couple's key
    days = models.PositiveSmallIntegerField()  # for which the link works after the second release
    code_digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar = IssueQuerySet.as_manager()

    def __str__(self) -> str:
        return f"issue {self.pk}"  # never what it says: logs


class Release(Encrypted):
    """One person's consent to show the sheet with this digest."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    issue = models.ForeignKey(
        Issue, models.CASCADE, related_name="+", related_query_name="releases", db_index=False
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
