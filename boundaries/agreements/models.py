"""Understandings: words that one proposes and both say yes to. Only agreeing may import this."""

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
        """What lies between this person and the one they are paired with. Alone, nothing."""
        return self.filter(couple=seat.couple_id, couple__isnull=False)

    def with_all(self, seat: Seat) -> Self:
        """Newest first, and with what became of each: a row for each yes, or one without any."""
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
        """Words that this person may still say yes to, and has not left for now."""
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
    """Exact words on one behaviour, as they were proposed. Nothing changes such a row.

    Whether they are agreed is told by what else there is: see boundaries/agreements/rules.py.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    couple = models.ForeignKey(Couple, models.CASCADE, related_name="+")
    behaviour = models.SlugField(max_length=32)  # an id in boundaries/catalogue, or of an own one
    number = models.PositiveSmallIntegerField()  # counts those on the behaviour, from one
    side = models.CharField(max_length=5, choices=Side)  # whose proposal it is
    origin = models.CharField(max_length=13, choices=Origin)
    talk = models.ForeignKey(
        "boundaries.Conversation", models.SET_NULL, null=True, related_name="+"
    )
    content = CiphertextField()  # readable with the couple's key
    at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar = VersionQuerySet.as_manager()

    bound_to = ("pk", "behaviour", "number", "side")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["couple", "behaviour", "number"], name="version_one_a_number"
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.pk}"  # never what it says: logs


class Assent(Encrypted):
    """One person's yes, to words of this digest and to no others."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(
        Version, models.CASCADE, related_name="+", related_query_name="assents"
    )
    side = models.CharField(max_length=5, choices=Side)
    digest = CiphertextField()  # of few possible words it would tell which: kept like the words
    at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar = models.Manager()

    bound_to = ("version_id", "side")

    @classmethod
    def say(cls, key: DataKey, version: uuid.UUID, side: Side, digest: str) -> None:
        yes = cls(version_id=version, side=side).set_encrypted(key, digest=digest)
        yes.save(force_insert=True)

    @classmethod
    def read_yes(cls, key: DataKey, row: Any, version: str) -> str:
        """What a yes was said to, from a version of this id that came with it."""
        place = cls.place("digest", version, row.yes_side)
        return str(key.decrypt(row.yes_digest, *place))

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "side"], name="assent_once_a_person"),
        ]

    def __str__(self) -> str:
        return f"assent {self.pk}"


class Withdrawal(models.Model):
    """That a yes to these words was taken back, or the proposal was. By whom is written nowhere."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.OneToOneField(
        Version, models.CASCADE, related_name="+", related_query_name="withdrawal"
    )
    at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar = models.Manager()

    def __str__(self) -> str:
        return f"withdrawal {self.pk}"


class SetAside(Private):
    """That somebody leaves a proposal for now. It is theirs alone to know: silence is nothing."""

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
    """What held between two people when they parted, for one of them to keep or to throw away.

    Nothing in it, and nothing beside it, says who the other was. It has a key of its own: whoever
    parts writes the other's copy too, and must not hold the key to what the other has written.
    """

    content = CiphertextField()
    on = models.DateField(auto_now_add=True)

    kept_key: Key

    bound_to = ("pk", "seat_id")

    @classmethod
    def put(cls, seat: Seat, content: Any) -> None:
        copy: Any = cls(seat=seat)
        key = Key.new_for(copy)
        copy.set_encrypted(key.data_key, content=content).save(force_insert=True)
        key.save(force_insert=True)

    @classmethod
    def all_of(cls, seat: Seat) -> list[tuple[uuid.UUID, date, Any, str]]:
        """Each with its day, content and owner's first name, the newest first. One query."""
        copies: Any = cls.owned_by(seat).select_related("kept_key").order_by("-on", "pk")
        return [
            (each.pk, each.on, each.read(each.kept_key.data_key), each.called)
            for each in copies.annotate(called=F("seat__user__first_name"))
        ]
