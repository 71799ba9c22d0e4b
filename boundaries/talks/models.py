"""Talks, what was handed over in them, and drafts. Only the talks part may import this."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import Combinable

from accounts.kept_queries import kept_query
from boundaries.sealing.ciphertexts import CiphertextField, Encrypted
from boundaries.sealing.models import Private
from boundaries.seats.models import Couple, Seat
from boundaries.talks import flow
from boundaries.talks.flow import BLIND, Place
from boundaries.vocabulary import Mode, Move, Side


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def of(self, seat: Seat) -> Self:
        """The talks between this person and the one they are paired with. Alone, none."""
        return self.filter(couple=seat.couple_id, couple__isnull=False)


class Conversation(Encrypted):
    """A talk about one behaviour. Its turns alone say where it stands.

    A pause belongs to the talk: who asked for it is stored nowhere, and a pause that has ended
    leaves no trace.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    couple = models.ForeignKey(Couple, models.CASCADE, related_name="+")
    deck = models.SlugField(max_length=20, db_index=False)
    behaviour = models.SlugField(max_length=32, db_index=False)
    wording = CiphertextField()  # of the behaviour, when the talk was opened
    first = models.CharField(max_length=5, choices=Side)  # who speaks first
    mode = models.CharField(max_length=8, choices=Mode)
    opened_at = models.DateTimeField(auto_now_add=True)
    over = models.BooleanField(default=False)  # for the constraint of one talk at a time
    paused_at = models.DateTimeField(null=True)
    back_at = models.DateTimeField(null=True)
    back = models.JSONField(default=list)  # the sides that are back; emptied when the pause ends
    resumed = models.BooleanField(default=False)  # from a pause; the next turn clears it
    told = models.JSONField(default=list)  # read by the version before; empty
    # The side whose screen a talk together is on. The version before writes rows without it.
    screen = models.CharField(max_length=5, choices=Side, default="", db_default="")

    objects: ClassVar = ConversationQuerySet.as_manager()

    bound_to = ("pk", "behaviour")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["couple", "behaviour"],
                condition=Q(over=False),
                name="conversation_one_at_a_time_on_a_behaviour",
            ),
            models.CheckConstraint(
                condition=Q(paused_at__isnull=True, back_at__isnull=True)
                | Q(paused_at__lt=models.F("back_at")),
                name="conversation_has_a_return_time_exactly_in_a_pause",
            ),
        ]

    def __str__(self) -> str:
        return f"conversation {self.pk}"

    @property
    def host(self) -> Side | None:
        """Whose screen a shared talk is held on. None for talks apart, or if nobody has said so."""
        return Side(self.screen) if self.screen and self.mode == Mode.TOGETHER else None

    def hold(self, mode: Mode, side: Side) -> None:
        """Record that it is held on this side's screen, or on two screens."""
        self.mode = mode
        self.screen = side if mode == Mode.TOGETHER else ""


class Turn(Encrypted):
    """One turn in a talk, with the words that were handed over. It never changes.

    Pages read it through `visible_to`: a turn that both take unseen opens when both have taken it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveSmallIntegerField()
    side = models.CharField(max_length=5, choices=Side)
    typed_by = models.CharField(max_length=5, choices=Side)  # the account, on a shared screen
    move = models.CharField(max_length=12)
    turn = models.PositiveSmallIntegerField()  # tells repeated moves apart; see flow.turn
    content = CiphertextField()  # readable with the couple's key
    made_from = models.CharField(max_length=24)  # the Talk.version it was sent from
    at = models.DateTimeField(auto_now_add=True)

    unscoped: ClassVar = models.Manager()  # for Django, and for the methods below

    bound_to = ("pk", "conversation_id", "number", "side", "move")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "number"], name="turn_one_a_number"),
        ]

    def __str__(self) -> str:
        return f"turn {self.pk}"  # logs show this, so never its content

    @classmethod
    def add(
        cls,
        seat: Seat,
        conversation: Conversation,
        *,
        place: Place,
        move: Move,
        content: Any,
        **values: Any,
    ) -> None:
        """Append a turn that is taken at this place. The couple must be locked."""
        last = cls.all_of(conversation).values_list("number", flat=True).last() or 0
        turn = cls(
            conversation=conversation,
            number=last + 1,
            move=move,
            turn=flow.turn(place, move),
            **values,
        )
        turn.set_encrypted(seat.shared_key, content=content).save(force_insert=True)

    @classmethod
    def visible_to(cls, seat: Seat) -> QuerySet[Self]:
        """Turns this person may see: not the other's while this person's own is still to come."""
        return cls._between(seat).filter(cls._visible_from(seat.side))

    @classmethod
    def shown_to_other(cls, seat: Seat) -> QuerySet[Self]:
        """This person's turns that the other can see: the same rule, from the other side."""
        return cls._between(seat).filter(side=seat.side).filter(cls._visible_from(seat.other_side))

    @classmethod
    def _between(cls, seat: Seat) -> QuerySet[Self]:
        turns = cls.unscoped.filter(conversation__couple=seat.couple_id)
        return turns.filter(conversation__couple__isnull=False).order_by("number")

    @classmethod
    def _visible_from(cls, side: str | None) -> Combinable | Q:
        counterpart = cls.unscoped.filter(
            conversation=OuterRef("conversation"),
            move=OuterRef("move"),
            turn=OuterRef("turn"),
            side=side,
        )
        return Q(side=side) | ~Q(move__in=BLIND) | Exists(counterpart)

    @classmethod
    def owned_by(cls, seat: Seat) -> QuerySet[Self]:
        """The turns this person took, in all their talks."""
        return cls.visible_to(seat).filter(side=seat.side)

    @classmethod
    def all_of(cls, conversation: Conversation) -> QuerySet[Self]:
        """Every turn, seen or unseen: for rules only, never for a page."""
        return cls.unscoped.filter(conversation=conversation).order_by("number")


class Draft(Private, Encrypted):
    """Words that somebody has not handed over. They stay after the step they were for.

    On a shared screen `side` is whose words they are, and `seat` the account they were typed in:
    what somebody wrote alone is not shown on the other's phone.
    """

    seat = models.ForeignKey(Seat, models.CASCADE, related_name="+", db_index=False)
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="+")
    side = models.CharField(max_length=5, choices=Side)
    purpose = models.CharField(max_length=24)  # move, half and round; see drafts.purpose_of
    content = CiphertextField()  # readable with the key of the account it was typed in

    bound_to = ("conversation_id", "side", "purpose")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["seat", "conversation", "side", "purpose"], name="draft_one_a_purpose"
            ),
        ]

    @classmethod
    def put(cls, seat: Seat, conversation: Conversation, *, content: Any, **values: Any) -> None:
        row: Any = cls(seat=seat, conversation=conversation, **values)
        cls.unscoped.bulk_create(
            [row.set_encrypted(seat.key, content=content)],
            update_conflicts=True,
            unique_fields=["seat", "conversation", "side", "purpose"],
            update_fields=["content"],
        )


class EarlyDraft(Private, Encrypted):
    """Words for a talk that is not open yet. Its writer's own, until the couple parts.

    When its writer opens the talk, or says that now is good, it becomes their draft in the talk.
    """

    seat = models.ForeignKey(Seat, models.CASCADE, related_name="+", db_index=False)
    couple = models.ForeignKey(Couple, models.CASCADE, related_name="+")
    behaviour = models.SlugField(max_length=32, db_index=False)
    content = CiphertextField()  # readable with its writer's key

    bound_to = ("seat_id", "behaviour")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["seat", "couple", "behaviour"], name="early_draft_one_a_behaviour"
            ),
        ]

    @classmethod
    def on(cls, seat: Seat, behaviour: str) -> Self | None:
        return cls.here(seat).filter(behaviour=behaviour).first()

    @classmethod
    def here(cls, seat: Seat) -> QuerySet[Self]:
        """This person's, in the couple they are in."""
        mine = cls.owned_by(seat).filter(couple=seat.couple_id, couple__isnull=False)
        return mine.order_by("behaviour")


@kept_query(uuid.UUID, uuid.UUID)
def conversations(couple: uuid.UUID | None, talk: uuid.UUID) -> QuerySet[Conversation]:
    """One of this couple's talks, or none."""
    return Conversation.objects.of(Seat.in_couple(couple)).filter(pk=talk)


@kept_query(uuid.UUID, str, uuid.UUID)
def visible_turns(couple: uuid.UUID | None, side: str | None, talk: uuid.UUID) -> QuerySet[Turn]:
    """The turns of a talk that one side may see."""
    return Turn.visible_to(Seat.in_couple(couple, side)).filter(conversation=talk)


@kept_query(uuid.UUID, str, uuid.UUID)
def visible_turn_ids(
    couple: uuid.UUID | None, side: str | None, talk: uuid.UUID
) -> QuerySet[Turn, Any]:
    """The ids of the turns of a talk that one side may see."""
    return visible_turns.build(couple, side, talk).values_list("pk", flat=True)


@kept_query(uuid.UUID)
def moves_of(talk: uuid.UUID) -> QuerySet[Turn, Any]:
    """Whose turn each was and which move, of all turns of a talk, seen or unseen."""
    return Turn.all_of(Conversation(id=talk)).values_list("side", "move")
