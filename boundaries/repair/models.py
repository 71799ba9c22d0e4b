"""Repairs, what was sent in them, and drafts. Only the repair part may import this."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.db import connection, models, transaction
from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Least, Now

from boundaries.repair.flow import AWAITS_CROSSED, AWAITS_HURT, LEADING, REPLIES
from boundaries.sealing.ciphertexts import CiphertextField, Encrypted
from boundaries.sealing.models import Private
from boundaries.seats.models import Couple, Seat
from boundaries.vocabulary import RepairMove, Side


class RepairQuerySet(models.QuerySet["Repair"]):
    def visible_to(self, seat: Seat) -> Self:
        """Repairs of these two that were sent, and those that this person has only begun."""
        ours = self.filter(couple=seat.couple_id, couple__isnull=False)
        return ours.filter(Q(opened_at__isnull=False) | Q(opened_by=seat.side))

    def sent(self, seat: Seat) -> Self:
        """Repairs that both can see."""
        ours = self.filter(couple=seat.couple_id, couple__isnull=False)
        return ours.filter(opened_at__isnull=False)

    def going_on(self, couple: Any) -> Self:
        """Those that both can see and that are not closed, unless somebody ended the follow-ups."""
        ended = RepairTurn.unscoped.filter(repair=OuterRef("pk"), move=RepairMove.END)
        running = self.filter(couple=couple, opened_at__isnull=False, removal_at__isnull=True)
        return running.filter(~Exists(ended))

    def waiting_for(self, couple: Any, side: str | None, since: datetime) -> Self:
        """Repairs in which it is this side's turn; or in which they got an offer after `since`.

        The same as `flow.awaited`, in SQL: the last move that leads to another step says it.
        """
        turns = RepairTurn.unscoped.filter(repair=OuterRef("pk")).order_by("-number")
        leading = turns.filter(move__in=LEADING)
        questions = turns.filter(move__in=(RepairMove.ASK, RepairMove.ANSWER))
        offers = turns.filter(move__in=(RepairMove.OFFER, *REPLIES))
        running = self.filter(couple=couple, opened_at__isnull=False, removal_at__isnull=True)
        return running.annotate(
            led=Subquery(leading.values("move")[:1]),
            led_at=Subquery(leading.values("at")[:1]),
            asked=Subquery(questions.values("move")[:1]),
            spoke=Subquery(offers.values("move")[:1]),
        ).filter(
            Q(crossed=side, led__in=AWAITS_CROSSED)
            | Q(crossed=side, asked=RepairMove.ASK)
            | (~Q(crossed=side) & Q(led__in=AWAITS_HURT))
            | (~Q(crossed=side) & Q(spoke=RepairMove.OFFER, led_at__gt=since))
        )


class Repair(Encrypted):
    """A line was crossed. Its turns alone say where it stands.

    Until the first turn is sent, only whoever began it can see that it exists. Who closed it is
    stored nowhere.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    couple = models.ForeignKey(Couple, models.CASCADE, related_name="+", db_index=False)
    behaviour = models.SlugField(max_length=32, blank=True, db_index=False)  # "": not on our page
    wording = CiphertextField()  # of the behaviour, when it was begun
    opened_by = models.CharField(max_length=5, choices=Side)
    crossed = models.CharField(max_length=5, choices=Side)  # who crossed the line
    opened_at = models.DateTimeField(null=True)  # when the first turn was sent
    removal_at = models.DateTimeField(null=True)  # once closed: when its text goes

    objects: ClassVar = RepairQuerySet.as_manager()

    bound_to = ("pk", "behaviour")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["couple", "behaviour"],
                condition=Q(opened_at__isnull=False, removal_at__isnull=True),
                name="repair_one_at_a_time_on_a_line",
            ),
            models.CheckConstraint(
                condition=Q(removal_at__isnull=True) | Q(opened_at__isnull=False),
                name="repair_is_closed_only_once_sent",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["couple"], name="repair_of_a_couple"),
            models.Index(
                fields=["removal_at"],
                condition=Q(removal_at__isnull=False),
                name="repair_to_remove",
            ),
        ]

    def __str__(self) -> str:
        return f"repair {self.pk}"  # logs show this, so never its content

    @classmethod
    def remove_closed(cls) -> None:
        """Delete closed repairs whose days are over, unless both keep them.

        Each under the lock of its couple: either may just be saying that they keep it. And under
        its own: either may just be saving words.
        """
        for couple in set(cls.expired().values_list("couple", flat=True)):
            with transaction.atomic():
                locked = Couple.objects.select_for_update(no_key=True).filter(pk=couple)
                if locked.first():
                    over = cls.objects.filter(pk__in=list(cls.expired(couple)))
                    list(over.select_for_update().values_list("pk"))
                    over.delete()

    @classmethod
    def expired(cls, *couples: uuid.UUID) -> QuerySet[Repair, Any]:
        """The ids of closed repairs whose days are over; of these couples, or of all."""
        over = cls.objects.filter(removal_at__lte=Now())
        if couples:
            over = over.filter(couple__in=couples)
        over = over.annotate(wishes=Count("wish")).filter(wishes__lt=len(Side))
        return over.values_list("pk", flat=True)


class RepairTurn(Encrypted):
    """One turn in a repair, with the words that were sent. It never changes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    repair = models.ForeignKey(Repair, models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveSmallIntegerField()
    side = models.CharField(max_length=5, choices=Side)
    move = models.CharField(max_length=12)
    content = CiphertextField()  # readable with the couple's key
    made_from = models.CharField(max_length=24)  # the version of the page it was sent from
    at = models.DateTimeField(auto_now_add=True)

    unscoped: ClassVar = models.Manager()  # for Django, and for the methods below

    bound_to = ("pk", "repair_id", "number", "side", "move")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["repair", "number"], name="repair_turn_one_a_number"),
        ]

    def __str__(self) -> str:
        return f"repair turn {self.pk}"

    @classmethod
    def add(cls, seat: Seat, repair: Repair, *, content: Any, **values: Any) -> None:
        """Append a turn. The couple must be locked."""
        last = cls.all_of(repair).values_list("number", flat=True).last() or 0
        turn = cls(repair=repair, number=last + 1, **values)
        turn.set_encrypted(seat.shared_key, content=content).save(force_insert=True)

    @classmethod
    def visible_to(cls, seat: Seat) -> QuerySet[Self]:
        """The turns of these two: whatever was sent, both can read."""
        ours = cls.unscoped.filter(repair__couple=seat.couple_id, repair__couple__isnull=False)
        return ours.order_by("repair", "number")

    @classmethod
    def owned_by(cls, seat: Seat) -> QuerySet[Self]:
        """The turns this person took, in all their repairs."""
        return cls.visible_to(seat).filter(side=seat.side)

    @classmethod
    def of_each(cls, seat: Seat) -> dict[Side, list[Self]]:
        """The turns of both, by whose they are. One query."""
        turns = list(cls.visible_to(seat))
        return {side: [turn for turn in turns if turn.side == side] for side in Side}

    @classmethod
    def all_of(cls, repair: Repair) -> QuerySet[Self]:
        return cls.unscoped.filter(repair=repair).order_by("number")


class RepairDraft(Private, Encrypted):
    """Words of a repair that somebody has not sent."""

    seat = models.ForeignKey(Seat, models.CASCADE, related_name="+", db_index=False)
    repair = models.ForeignKey(Repair, models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=16)  # the move they are for
    content = CiphertextField()  # readable with the key of their writer
    # What the ciphertext is bound to: it goes along when two people part, and names nothing.
    bound_id = models.UUIDField(default=uuid.uuid4)

    bound_to = ("bound_id", "purpose")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["seat", "repair", "purpose"], name="repair_draft_one_a_purpose"
            ),
        ]

    @classmethod
    def put(cls, seat: Seat, repair: Repair, purpose: str, content: Any) -> None:
        row: Any = cls(seat=seat, repair=repair, purpose=purpose)
        cls.unscoped.bulk_create(
            [row.set_encrypted(seat.key, content=content)],
            update_conflicts=True,
            unique_fields=["seat", "repair", "purpose"],
            update_fields=["content", "bound_id"],
        )


class WishToKeep(Private):
    """One person would like to keep the text of a closed repair. The other sees it once both do."""

    seat = models.ForeignKey(Seat, models.CASCADE, related_name="+", db_index=False)
    repair = models.ForeignKey(Repair, models.CASCADE, related_name="+", related_query_name="wish")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["seat", "repair"], name="wish_to_keep_once"),
        ]

    @classmethod
    def of_both(cls, seat: Seat) -> set[uuid.UUID]:
        """The repairs of these two that both wish to keep."""
        ours = Repair.objects.sent(seat).annotate(wishes=Count("wish")).filter(wishes=len(Side))
        return set(ours.values_list("pk", flat=True))

    @classmethod
    def is_of_both(cls, repair: Repair) -> bool:
        return cls.unscoped.filter(repair=repair).count() == len(Side)


class ReturnedWords(Private, Encrypted):
    """What a person had sent in the repairs of a couple that parted: for their copy alone."""

    content = CiphertextField()  # readable with the key of their writer
    until = models.DateTimeField(db_index=True)

    blocks = (512, 2048, 8192, 16384)

    @classmethod
    def give_back(cls, words: dict[Seat, list[tuple[datetime, list[Any]]]]) -> None:
        """One row for each portion of their words, with when it goes. One statement."""
        rows: Any = [
            cls(seat=seat, until=until).set_encrypted(seat.key, content=content)
            for seat, portions in words.items()
            for until, content in portions
        ]
        cls.unscoped.bulk_create(rows)

    @classmethod
    def clear_away(cls) -> None:
        cls.unscoped.filter(until__lte=Now()).delete()


class ReturnedDraft(Private, Encrypted):
    """What a person had not sent when a couple parted: for their copy alone.

    It is moved as it was encrypted, so that whoever parts reads nothing of the other's.
    """

    bound_id = models.UUIDField()
    purpose = models.CharField(max_length=16)
    content = CiphertextField()  # readable with the key of its writer
    behaviour = models.SlugField(max_length=32, blank=True, db_index=False)
    i_crossed_it = models.BooleanField()
    until = models.DateTimeField(db_index=True)

    bound_to = ("bound_id", "purpose")

    @classmethod
    def place(cls, column: str, *bound: object) -> tuple[object, ...]:
        """That of the draft it was."""
        return RepairDraft.place(column, *bound)

    @classmethod
    def move_all(cls, seat: Seat, until: datetime, kept: set[uuid.UUID]) -> None:
        """Move the drafts of both in all their repairs, unread. The couple must be locked.

        One statement whatever there is. In SQL, since Django has no INSERT from a query.
        """
        last = Value(until, models.DateTimeField())
        goes = Q(repair__removal_at__isnull=False) & ~Q(repair__in=kept)
        columns: dict[str, Any] = {
            "id": F("pk"),
            "seat_id": F("seat"),
            "bound_id": F("bound_id"),
            "purpose": F("purpose"),
            "content": F("content"),
            "behaviour": F("repair__behaviour"),
            "i_crossed_it": Case(When(repair__crossed=F("seat__side"), then=True), default=False),
            "until": Case(When(goes, then=Least("repair__removal_at", last)), default=last),
        }
        drafts = RepairDraft.unscoped.filter(repair__couple=seat.couple_id)
        select, values = drafts.values_list(*columns.values()).query.sql_with_params()
        insert = f"INSERT INTO {cls._meta.db_table} ({', '.join(columns)}) {select}"
        with connection.cursor() as cursor:
            cursor.execute(insert, values)

    @classmethod
    def clear_away(cls) -> None:
        cls.unscoped.filter(until__lte=Now()).delete()


def in_days(days: int) -> Any:
    """So many days from now, by the clock of the database."""
    return Now() + timedelta(days=days)
