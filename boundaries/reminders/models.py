"""What people are to be reminded of, and whether they want it by mail."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from boundaries.sealing.models import Private
from boundaries.seats.models import Couple, Seat
from boundaries.vocabulary import ReminderKind, Side


class Reminder(models.Model):
    """One person is to be reminded of something that the two share. Deleted with the couple.

    A row is about one side, so one can be put off or switched off without the other changing.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    couple = models.ForeignKey(Couple, models.DB_CASCADE, related_name="+", db_index=False)
    side = models.CharField(max_length=5, choices=Side)
    kind = models.CharField(max_length=9, choices=ReminderKind)
    subject = models.UUIDField()  # the id of what it is about
    due_at = models.DateTimeField()
    mail_at = models.DateTimeField(null=True)  # when to mail it; none once that was done

    objects: ClassVar = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["couple", "side", "kind", "subject"], name="reminder_one_a_subject"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["mail_at"], condition=Q(mail_at__isnull=False), name="reminder_to_mail"
            ),
            models.Index(
                Coalesce("mail_at", "due_at"),
                condition=Q(mail_at__isnull=True) | Q(mail_at__gt=F("due_at")),
                name="reminder_looked_at",
            ),
        ]

    def __str__(self) -> str:
        return f"reminder {self.pk}"

    @classmethod
    def looked_at_later_than(cls, moment: datetime) -> QuerySet[Any]:
        """Those that were mailed or put off, and are due, or to be mailed, after a moment.

        In the order of their index: else PostgreSQL, which has no figures on it, may read the whole
        table to find that there are none.
        """
        looked_at = cls.objects.filter(Q(mail_at__isnull=True) | Q(mail_at__gt=F("due_at")))
        return (
            looked_at.alias(at=Coalesce("mail_at", "due_at")).filter(at__gt=moment).order_by("at")
        )


class ReminderMails(Private):
    """Which reminders somebody doesn't want by mail, and when they got the last."""

    seat = models.OneToOneField(Seat, models.CASCADE, related_name="+")
    off = models.JSONField(default=list)  # the kinds that are switched off
    mailed_at = models.DateTimeField(null=True)
    link = models.UUIDField(default=uuid.uuid4, unique=True)  # of the link that switches all off

    @classmethod
    def locked(cls, seats: Iterable[uuid.UUID]) -> list[Self]:
        """One row for each seat, made where there was none, locked until the transaction ends."""
        pks = sorted(seats)
        cls.unscoped.bulk_create((cls(seat_id=pk) for pk in pks), ignore_conflicts=True)
        return list(cls.unscoped.filter(seat__in=pks).order_by("seat").select_for_update())

    @classmethod
    def were_mailed(cls, seats: Iterable[uuid.UUID], at: datetime) -> None:
        cls.unscoped.filter(seat__in=list(seats)).update(mailed_at=at)

    @classmethod
    def switch_off(cls, seat: Seat, kinds: list[str]) -> None:
        cls.unscoped.update_or_create(seat=seat, defaults={"off": kinds})

    @classmethod
    def with_link(cls, link: uuid.UUID) -> Self | None:
        """Whose link this is, with their account."""
        found: Self | None = cls.unscoped.select_related("seat__user").filter(link=link).first()
        return found
