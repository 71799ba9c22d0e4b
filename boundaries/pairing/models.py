"""Invitations: how two people become a couple."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from boundaries.seats.models import Seat

LIFETIME = timedelta(days=7)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Expiry by the database's clock: a server whose clock is wrong revives no old link."""

    def standing(self) -> Self:
        return self.filter(expires_at__gt=Now())

    def untaken(self) -> Self:
        return self.standing().filter(joiner=None)

    def admitting(self) -> Self:
        return self.untaken().filter(admitted=False)


class Invitation(models.Model):
    """A link that one person gives to another. A person has one at most.

    Only a digest of the code is stored. Whatever ends an invitation (a newer one, revoking,
    refusing, pairing) deletes the row, so that no link works again and no trace is left.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    inviter = models.OneToOneField(Seat, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    joiner = models.OneToOneField(Seat, models.CASCADE, null=True, related_name="+")
    joining = models.UUIDField(null=True)  # new with each joining: what the inviter confirms
    admitted = models.BooleanField(
        default=False, db_default=False
    )  # made a new account: see admission

    objects: ClassVar = InvitationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(joiner=None, joining=None)
                | Q(joiner__isnull=False, joining__isnull=False),
                name="invitation_has_a_joining_exactly_with_a_joiner",
            ),
            models.CheckConstraint(
                condition=~Q(joiner=models.F("inviter")), name="invitation_not_to_oneself"
            ),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class SiteInvitationQuerySet(models.QuerySet["SiteInvitation"]):
    def live(self) -> Self:
        return self.filter(expires_at__gt=Now())


class SiteInvitation(models.Model):
    """A link by which whoever runs the site lets the first of a couple make an account.

    Only a digest of its code is stored, and nothing about whom it is for. Using it deletes the row.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()

    objects: ClassVar = SiteInvitationQuerySet.as_manager()

    def __str__(self) -> str:
        return f"site invitation {self.pk}"
