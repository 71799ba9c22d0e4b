"""Proposals, the yes of each partner, and what became of them. Only agreements may import this."""

from __future__ import annotations

import uuid
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q

from boundaries.sealing.ciphertexts import CiphertextField, Encrypted
from boundaries.sealing.models import Private
from boundaries.seats.data_keys import Key
from boundaries.seats.models import Couple, Seat
from boundaries.vocabulary import Origin, Side

if TYPE_CHECKING:
    from accounts.encryption import DataKey


class VersionQuerySet(models.QuerySet["Version"]):
    def of(self, seat: Seat) -> Self:
        """The proposals of this person and their partner. None for somebody alone."""
        return self.filter(couple=seat.couple_id, couple__isnull=False)

    def with_all(self, seat: Seat) -> Self:
        """Newest first, with what became of them: a row for every yes, at least one row."""
        return self.annotate(
            yes=FilteredRelation("assents"),
            mine=FilteredRelation("set_aside", condition=Q(set_aside__seat=seat)),
            yes_side=F("yes__side"),
            yes_digest=F("yes__digest"),
            yes_at=F("yes__at"),
            ended_at=F("withdrawal__at"),
            left=F("mine"),
        ).order_by("behaviour", "-number")

    def waiting_for(self, seat: Seat) -> Self:
        """Proposals that this person may still say yes to, and has not left for now."""
        later = Version.objects.filter(
            couple=OuterRef("couple"),
            behaviour=OuterRef("behaviour"),
            number__gt=OuterRef("number"),
        )
        return (
            self.of(seat)
            .filter(withdrawal=None)
            .exclude(Exists(later))
            .exclude(assents__side=seat.side)
            .exclude(set_aside__seat=seat)
        )


class Version(Encrypted):
    """Exact words on one behaviour, as they were proposed. Such a row never changes.

    Whether they are agreed follows from the rows about them: see boundaries/agreements/history.py.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    couple = models.ForeignKey(Couple, models.CASCADE, related_name="+", db_index=False)
    behaviour = models.SlugField(
        max_length=32, db_index=False
    )  # an id of the catalogue, or of an own behaviour
    number = models.PositiveSmallIntegerField()  # counts the versions on the behaviour, from one
    side = models.CharField(max_length=5, choices=Side)  # whose proposal it is
    origin = models.CharField(max_length=13, choices=Origin)
    talk = models.ForeignKey(
        "boundaries.Conversation", models.SET_NULL, null=True, related_name="+"
    )
    content = CiphertextField()  # readable with the couple's key
    at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar = VersionQuerySet.as_manager()

    bound_to = ("pk", "behaviour", "number", "side")
    owner = "couple"
    blocks = (512, 2048, 8192, 16384)  # most have 300 to 400 bytes

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["couple", "behaviour", "number"], name="version_one_a_number"
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.pk}"  # never what it says: logs


class Assent(Encrypted):
    """One person's yes, to the words with this digest only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(
        Version, models.CASCADE, related_name="+", related_query_name="assents", db_index=False
    )
    side = models.CharField(max_length=5, choices=Side)
    digest = CiphertextField()  # encrypted: where few words are possible, it would reveal them
    at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar = models.Manager()

    bound_to = ("version_id", "side")
    owner = "version__couple"
    blocks = (64,)  # all digests have the same length

    @classmethod
    def say(cls, key: DataKey, version: uuid.UUID, side: Side, digest: str) -> None:
        yes = cls(version_id=version, side=side).set_encrypted(key, digest=digest)
        yes.save(force_insert=True)

    @classmethod
    def read_yes(cls, key: DataKey, row: Any, version: str) -> str:
        """Return the digest that a yes refers to, from a row of `with_all`."""
        place = cls.place("digest", version, row.yes_side)
        return str(key.decrypt(row.yes_digest, *place))

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "side"], name="assent_once_a_person"),
        ]

    def __str__(self) -> str:
        return f"assent {self.pk}"


class Withdrawal(models.Model):
    """These words were taken back. Who did it is not stored."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.OneToOneField(
        Version, models.CASCADE, related_name="+", related_query_name="withdrawal"
    )
    at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar = models.Manager()

    def __str__(self) -> str:
        return f"withdrawal {self.pk}"


class SetAside(Private):
    """Somebody leaves a proposal for now. Only they may know: not answering is not an answer."""

    seat = models.ForeignKey(Seat, models.CASCADE, related_name="+", db_index=False)
    version = models.ForeignKey(
        Version, models.CASCADE, related_name="+", related_query_name="set_aside"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["seat", "version"], name="set_aside_once"),
        ]

    @classmethod
    def leave(cls, seat: Seat, version: uuid.UUID) -> None:
        cls.unscoped.get_or_create(seat=seat, version_id=version)


class Copy(Private, Encrypted):
    """What two people had agreed when they parted, for one of them.

    Nothing in the row identifies the partner. A copy has its own key: whoever parts also writes
    the partner's copy, and must not have the key to the partner's answers.
    """

    content = CiphertextField()
    on = models.DateField(auto_now_add=True)

    kept_key: Key

    bound_to = ("pk", "seat_id")

    @classmethod
    def put(cls, seat: Seat, content: Any, *, on: date) -> None:
        copy: Any = cls(seat=seat)
        key = Key.new_for(copy)
        copy.set_encrypted(key.data_key, content=content).save(force_insert=True)
        key.save(force_insert=True)
        cls.unscoped.filter(pk=copy.pk).update(on=on)  # the owner's day; the default is UTC's

    @classmethod
    def all_of(cls, seat: Seat) -> list[tuple[uuid.UUID, date, Any, str]]:
        """Return id, day, content and the owner's first name, the newest first. One query."""
        copies: Any = cls.owned_by(seat).select_related("kept_key").order_by("-on", "pk")
        return [
            (copy.pk, copy.on, copy.read(copy.kept_key.data_key), copy.first_name)
            for copy in copies.annotate(first_name=F("seat__user__first_name"))
        ]
