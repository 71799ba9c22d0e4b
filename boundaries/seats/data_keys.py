"""The data key of each person, of each couple, and of each copy that is kept after a parting.

Answers, notes and drafts are encrypted with their writer's key; what two people share, with their
couple's. Deleting a person or a couple deletes the key with it. One's own key comes with one's own
seat; another person's is fetched by the opening alone, in boundaries/answers/models.py.
"""

from __future__ import annotations

import uuid
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import connection, models, transaction
from django.db.models import Q

from accounts.encryption import DataKey, current_epoch, unwrap
from boundaries.seats.models import Couple, Seat

if TYPE_CHECKING:
    from boundaries.agreements.models import Copy

AT_A_TIME = 2_000  # keys that are wrapped anew between two breaths
# By hand: all of them at once where the database can, and without a model for each.
REWRAP = "UPDATE boundaries_key SET epoch = %s, wrapped = %s WHERE id = %s"
REWRAP_ALL = """
    UPDATE boundaries_key SET epoch = %s, wrapped = anew.wrapped
    FROM unnest(%s::uuid[], %s::bytea[]) AS anew (id, wrapped) WHERE boundaries_key.id = anew.id
"""


class Key(models.Model):
    """A wrapped data key. It is made with the seat, the couple or the copy that it belongs to."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    seat = models.OneToOneField(Seat, models.CASCADE, null=True, related_name="kept_key")
    couple = models.OneToOneField(Couple, models.CASCADE, null=True, related_name="kept_key")
    copy = models.OneToOneField(
        "boundaries.Copy", models.CASCADE, null=True, related_name="kept_key"
    )
    epoch = models.PositiveSmallIntegerField(db_index=True)  # of the master key that wraps it
    wrapped = models.BinaryField()

    objects: ClassVar = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(seat__isnull=False, couple=None, copy=None)
                | Q(seat=None, couple__isnull=False, copy=None)
                | Q(seat=None, couple=None, copy__isnull=False),
                name="key_is_of_one_alone",
            ),
        ]

    def __str__(self) -> str:
        return f"key {self.pk}"

    @classmethod
    def make(cls, owner: Seat | Couple) -> None:
        """A key for who has none yet."""
        cls.new_for(owner).save(force_insert=True)

    @classmethod
    def new_for(cls, owner: Seat | Couple | Copy) -> Self:
        """The same, to be saved after its owner."""
        made = DataKey.new(owner_of(owner.pk))
        whose = {type(owner).__name__.lower(): owner}
        return cls(**whose, epoch=made.epoch, wrapped=made.wrapped)

    @cached_property
    def data_key(self) -> DataKey:
        owner = self.seat_id or self.couple_id or self.copy_id
        return DataKey(owner_of(owner), self.epoch, bytes(self.wrapped))


def owner_of(pk: object) -> str:
    """What a data key is bound to: the random id of whom it belongs to."""
    return str(pk)


def rewrap() -> int:
    """Wrap every key by the master key of the current epoch. Returns how many were not yet.

    People may write meanwhile: a key stays the same key, and is held for a moment only. Afterwards
    none is left under another epoch. Raises encryption.Unreadable where the master key of an older
    epoch is missing.
    """
    done = 0
    for wait in (False, True):  # whoever held one at first may have let it be
        old = [epoch for epoch in _epochs() if epoch != current_epoch()]
        while some := _rewrap_some(old, wait=wait):
            done += some
    return done


@transaction.atomic
def _rewrap_some(old: list[int], *, wait: bool) -> int:
    """Who waits may take only one: with two it could be waited for in turn."""
    now, at_most = current_epoch(), 1 if wait else AT_A_TIME
    some = Key.objects.filter(epoch__in=old).select_for_update(skip_locked=not wait)
    told = some.values_list("pk", "seat", "couple", "copy", "epoch", "wrapped")[:at_most]
    anew = {
        pk: DataKey(owner_of(seat or couple or copy), epoch, bytes(wrapped)).rewrapped().wrapped
        for pk, seat, couple, copy, epoch, wrapped in told
    }
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(REWRAP_ALL, [now, [*anew], [*anew.values()]])
        else:
            cursor.executemany(REWRAP, [(now, wrapped, pk.hex) for pk, wrapped in anew.items()])
    return len(anew)


def _epochs() -> list[int]:
    """Those in use, the oldest first."""
    return list(Key.objects.order_by("epoch").values_list("epoch", flat=True).distinct())


def verify() -> None:
    """That every epoch in use has its master key. Raises encryption.NoMasterKey, saying which."""
    for epoch in _epochs():
        key = Key.objects.filter(epoch=epoch).first()
        if key is not None:
            unwrap(key.data_key)
