"""What people write for themselves, what they seal, and the one rule that opens it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Count, OuterRef, QuerySet, Subquery, Value

from boundaries.sealing.ciphertexts import CiphertextField, Encrypted
from boundaries.seats.models import Couple, Seat


class Private(models.Model):
    """What one person wrote for themselves. Read it through `owned_by`; there is no `objects`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    seat = models.ForeignKey(Seat, models.CASCADE, related_name="+")

    unscoped: ClassVar = models.Manager()  # for Django, and for the doors

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"  # never what it says: logs

    @classmethod
    def owned_by(cls, seat: Seat) -> QuerySet[Self]:
        return cls.unscoped.filter(seat=seat)


class Sheet(Private):
    """One person's own answers to one deck. It needs no partner, and outlives a couple.

    A new round begins a new sheet with a copy of the last; people write on the newest.
    """

    seat = models.ForeignKey(Seat, models.CASCADE, related_name="+", db_index=False)
    # An id of content/catalogue, or one of sealing.rules.NO_DECKS.
    deck = models.SlugField(max_length=20, db_index=False)
    number = models.PositiveSmallIntegerField(default=1)  # counts this person's own, from one

    seals: int  # in the envelope that this sheet is in; read with `with_seals`

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["seat", "deck", "number"], name="sheet_one_a_number"),
        ]

    @classmethod
    def with_seals(cls, seat: Seat) -> Any:
        """This person's own sheets, newest first, with what `sealed` and `opened` need."""
        sheets: Any = cls.owned_by(seat)
        return sheets.annotate(seals=Count("seal__envelope__seals")).order_by("-number")

    @classmethod
    def delete_all(cls, seats: Iterable[Seat], deck: str) -> None:
        """Delete all sheets of a deck with everything on them.

        The statements are the same whatever is there: Django's own deletion selects first, and
        its number of statements would show one partner whether the other has begun.

        DB_CASCADE would do it in one statement. But Django allows it only if the whole chain of
        foreign keys up to the account uses it too (check fields.E323), and Seat.couple in that
        chain is PROTECT, which the database has no variant of. Silencing the check would hide
        mistakes elsewhere, and rebuilding the constraints of some twenty tables gains nothing.
        """
        cls.delete_these(cls.unscoped.filter(seat__in=[seat.pk for seat in seats], deck=deck))

    @classmethod
    def delete_these(cls, sheets: QuerySet[Self]) -> None:
        """The same for any sheets. The seals go before them, so don't find them by those."""
        for relation in cls._meta.get_fields(include_hidden=True):
            if isinstance(relation, models.ForeignObjectRel):
                rows = relation.related_model._base_manager
                rows.filter(**{f"{relation.field.name}__in": sheets}).delete()
        sheets._raw_delete(sheets.db)

    @classmethod
    def delete_opened(cls, couple: Couple, envelope: uuid.UUID) -> None:
        """Delete the sheets of both in one of this couple's envelopes."""
        sheets = cls.unscoped.filter(seal__envelope=envelope, seal__envelope__couple=couple)
        cls.delete_these(cls.unscoped.filter(pk__in=list(sheets.values_list("pk", flat=True))))

    @property
    def sealed(self) -> bool:
        """By the person whose sheet it is."""
        return self.seals > 0

    @property
    def opened(self) -> bool:
        """By both, to both."""
        return self.seals > 1


def with_both_seals[Q: QuerySet[Any]](queryset: Q, seat: Seat, envelope: str) -> Q:
    """The rule that opens things: a seal of this person and one of the other side.

    `envelope` is the lookup from a row to its envelope; "pk" for the envelope itself. The other's
    seal is a subquery and not a join, because each further join takes PostgreSQL longer to plan.
    """
    if seat.other_side is None:
        return queryset.none()
    seals = "seals" if envelope == "pk" else f"{envelope}__seals"
    theirs = Seal.objects.filter(envelope=OuterRef(envelope), seat__side=seat.other_side)
    sealed_by_both = queryset.filter(**{f"{seals}__seat": seat})
    return sealed_by_both.alias(theirs=Subquery(theirs.values("pk")[:1])).exclude(theirs=None)


class EnvelopeQuerySet(models.QuerySet["Envelope"]):
    def open_to(self, seat: Seat) -> Self:
        """The envelopes with both this person's seal and the other's."""
        return with_both_seals(self, seat, "pk")

    def coming(self, couple: uuid.UUID | None, deck: OuterRef | Value) -> QuerySet[Envelope, Any]:
        """For a subquery: the round of a deck that this couple has not opened yet."""
        rounds = self.filter(couple=couple, deck=deck).order_by("-round")
        return rounds.values("round")[:1]


class Envelope(Encrypted):
    """One round of a deck that a couple answers together.

    Envelopes are created before anyone needs them, the first when the couple forms and each next
    one when the last opens, so that their existence reveals nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    couple = models.ForeignKey(Couple, models.CASCADE, related_name="+", db_index=False)
    deck = models.SlugField(max_length=20, db_index=False)  # as on a sheet
    round = models.PositiveSmallIntegerField(default=1)
    hidden = CiphertextField(null=True)  # behaviours that either had hidden; none before it opens

    objects: ClassVar = EnvelopeQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["couple", "deck", "round"], name="envelope_one_a_round"
            ),
        ]

    def __str__(self) -> str:
        return f"envelope {self.pk}"


class Seal(models.Model):
    """One person's "I am ready to open", on the sheet they put in. Two of them open it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    envelope = models.ForeignKey(
        Envelope, models.CASCADE, related_name="+", related_query_name="seals", db_index=False
    )
    seat = models.ForeignKey(Seat, models.CASCADE, related_name="+")
    sheet = models.OneToOneField(Sheet, models.CASCADE, related_name="+", related_query_name="seal")
    set_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["envelope", "seat"], name="seal_once_a_person"),
        ]

    def __str__(self) -> str:
        return f"seal {self.pk}"


class Sealed(models.Model):
    """What is on a sheet: its writer reads it through `owned_by`, both through `revealed_to`.

    It fails closed: code that forgets the rule gets nothing rather than everything.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sheet = models.OneToOneField(Sheet, models.CASCADE, related_name="+")

    unscoped: ClassVar = models.Manager()  # for Django, and for the doors

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"  # never what it says: logs

    @classmethod
    def owned_by(cls, seat: Seat) -> QuerySet[Self]:
        return cls.unscoped.filter(sheet__seat=seat)

    @classmethod
    def revealed_to(cls, seat: Seat) -> QuerySet[Self]:
        return with_both_seals(cls.unscoped.all(), seat, "sheet__seal__envelope")
