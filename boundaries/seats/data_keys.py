"""The data keys: one for each person, couple and journal, and each copy kept after a parting.

Answers, notes and drafts are encrypted with their writer's key; what two people share, with the key
of their couple; a journal, with a key that nothing else needs. Deleting a person, couple or journal
deletes their key. Your own key comes with your own seat; only what opens both people's fetches the
other person's, in boundaries/sealing/opening.py.
"""

from __future__ import annotations

import uuid
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import connection, models, transaction
from django.db.models import Q
from django.db.models.functions import Coalesce

from accounts.encryption import DataKey, current_epoch, unwrap
from boundaries.seats.models import Couple, Seat

if TYPE_CHECKING:
    from boundaries.agreements.models import Copy
    from boundaries.journal.models import Journal

BATCH_SIZE = 2_000  # keys that are re-wrapped in one transaction
# Raw SQL: one statement for a batch on PostgreSQL, and no model instance per key.
REWRAP = "UPDATE boundaries_key SET epoch = %s, wrapped = %s WHERE id = %s"
REWRAP_ALL = """
    UPDATE boundaries_key SET epoch = %s, wrapped = rewrapped.wrapped
    FROM unnest(%s::uuid[], %s::bytea[]) AS rewrapped (id, wrapped)
    WHERE boundaries_key.id = rewrapped.id
"""


class Key(models.Model):
    """A wrapped data key. It is created with its owner: a seat, couple, copy or journal."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    seat = models.OneToOneField(Seat, models.CASCADE, null=True, related_name="kept_key")
    couple = models.OneToOneField(Couple, models.CASCADE, null=True, related_name="kept_key")
    copy = models.OneToOneField(
        "boundaries.Copy", models.CASCADE, null=True, related_name="kept_key"
    )
    journal = models.OneToOneField(
        "boundaries.Journal", models.CASCADE, null=True, related_name="kept_key"
    )
    epoch = models.PositiveSmallIntegerField(db_index=True)  # of the master key that wraps it
    wrapped = models.BinaryField()

    objects: ClassVar = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(seat__isnull=False, couple=None, copy=None, journal=None)
                | Q(seat=None, couple__isnull=False, copy=None, journal=None)
                | Q(seat=None, couple=None, copy__isnull=False, journal=None)
                | Q(seat=None, couple=None, copy=None, journal__isnull=False),
                name="key_is_of_one_alone",
            ),
        ]

    def __str__(self) -> str:
        return f"key {self.pk}"

    @classmethod
    def make(cls, owner: Seat | Couple) -> None:
        """Create the key of a seat or couple that has none yet."""
        cls.new_for(owner).save(force_insert=True)

    @classmethod
    def new_for(cls, owner: Seat | Couple | Copy | Journal) -> Self:
        """The same without saving: its owner is saved first."""
        data_key = DataKey.new(owner_of(owner.pk))
        column = type(owner).__name__.lower()
        return cls(**{column: owner}, epoch=data_key.epoch, wrapped=data_key.wrapped)

    @cached_property
    def data_key(self) -> DataKey:
        owner = self.seat_id or self.couple_id or self.copy_id or self.journal_id
        return DataKey(owner_of(owner), self.epoch, bytes(self.wrapped))


def owner_of(pk: object) -> str:
    """What a data key is bound to: the random id of its owner."""
    return str(pk)


def rewrap() -> int:
    """Re-wrap every key with the master key of the current epoch. Returns how many needed it.

    People can go on writing: a data key stays the same, and its row is locked for a moment only.
    Afterwards no key is left under another epoch. Raises encryption.Unreadable where the master
    key of an older epoch is missing.
    """
    done = 0
    for wait in (False, True):  # first skip rows that are locked, then wait for the rest
        old = [epoch for epoch in _epochs() if epoch != current_epoch()]
        while count := _rewrap_batch(old, wait=wait):
            done += count
    return done


@transaction.atomic
def _rewrap_batch(old: list[int], *, wait: bool) -> int:
    """With `wait` one key at a time: to wait while holding another lock could deadlock."""
    epoch_now, limit = current_epoch(), 1 if wait else BATCH_SIZE
    keys = Key.objects.filter(epoch__in=old).select_for_update(skip_locked=not wait)
    owner = Coalesce("seat", "couple", "copy", "journal")
    rows = keys.values_list("pk", owner, "epoch", "wrapped")[:limit]
    rewrapped = {
        pk: DataKey(owner_of(owner), epoch, bytes(wrapped)).rewrapped().wrapped
        for pk, owner, epoch, wrapped in rows
    }
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(REWRAP_ALL, [epoch_now, [*rewrapped], [*rewrapped.values()]])
        else:
            values = [(epoch_now, wrapped, pk.hex) for pk, wrapped in rewrapped.items()]
            cursor.executemany(REWRAP, values)
    return len(rewrapped)


def _epochs() -> list[int]:
    """The epochs in use, the oldest first. One look at the index for each, however many keys."""
    used: list[int] = []
    keys = Key.objects.order_by("epoch").values_list("epoch", flat=True)
    while (epoch := keys.filter(epoch__gt=used[-1] if used else -1).first()) is not None:
        used.append(epoch)
    return used


def verify() -> None:
    """Raises encryption.NoMasterKey, naming the epoch, where a master key in use is missing."""
    for epoch in _epochs():
        for key in Key.objects.filter(epoch=epoch)[:1]:  # any: `first` would sort them
            unwrap(key.data_key)
