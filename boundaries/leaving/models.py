"""Copies of all of one person's data, for them to fetch once. Only leaving may import this."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce, Now

from boundaries.sealing.ciphertexts import CiphertextField, Encrypted
from boundaries.sealing.models import Private
from boundaries.seats.models import Seat

LIFETIME = timedelta(days=1)


class ExportQuerySet(models.QuerySet["Export"]):
    def over(self) -> ExportQuerySet:
        """Exports that nobody can fetch any more, by the database's clock."""
        since = Coalesce("made_at", "asked_at")
        return self.alias(since=since).filter(since__lt=Now() - LIFETIME)


class Export(Private):
    """One copy that was asked for. A person has one at a time."""

    seat = models.ForeignKey(Seat, models.CASCADE, related_name="+", db_index=False)
    asked_at = models.DateTimeField(auto_now_add=True)
    made_at = models.DateTimeField(null=True)  # if it has no parts, it could not be made
    taken_at = models.DateTimeField(null=True)

    unscoped: ClassVar = ExportQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["seat"], name="export_one_at_a_time"),
            models.CheckConstraint(
                condition=Q(taken_at=None) | Q(made_at__isnull=False),
                name="export_is_taken_once_it_is_made",
            ),
        ]

    @classmethod
    def to_be_made(cls, id: uuid.UUID) -> ExportQuerySet:
        """The export with this id, or none if it was made or deleted: for the task."""
        return cls.unscoped.filter(pk=id, made_at=None)

    @classmethod
    def clear_away(cls) -> None:
        """Delete exports that nobody can fetch any more."""
        cls.unscoped.over().delete()


class Part(Encrypted):
    """One file of an export. It is deleted when it is fetched."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    export = models.ForeignKey(
        Export, models.CASCADE, related_name="+", related_query_name="parts", db_index=False
    )
    name = models.CharField(max_length=20)
    content = CiphertextField()  # readable with the key of the export's owner

    objects: ClassVar = models.Manager()

    bound_to = ("export_id", "name")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["export", "name"], name="part_one_a_name"),
        ]

    def __str__(self) -> str:
        return f"part {self.pk}"  # never the content: this is logged

    @classmethod
    def put(cls, seat: Seat, export: Export, name: str, content: Any) -> None:
        part = cls(export=export, name=name).set_encrypted(seat.key, content=content)
        part.save(force_insert=True)

    @classmethod
    def all_of(cls, seat: Seat) -> dict[str, Any]:
        """The contents of all files of this person's export, by name."""
        parts = cls.objects.filter(export__seat=seat).order_by("name")
        return {part.name: part.read(seat.key) for part in parts}
