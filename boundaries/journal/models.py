"""A journal and its entries. Only the journal part may import this."""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.db import models
from django.db.models import QuerySet

from accounts.encryption import DataKey
from boundaries.sealing.ciphertexts import CiphertextField, Encrypted
from boundaries.sealing.models import Private
from boundaries.seats.data_keys import Key
from boundaries.seats.models import Seat


class Journal(Private):
    """One person's journal, with a data key of its own. It needs no couple, and outlives one.

    The key of the seat is in memory on most pages. This one is fetched where the journal is open.
    """

    seat = models.OneToOneField(Seat, models.CASCADE, related_name="+")

    kept_key: Key

    @property
    def key(self) -> DataKey:
        """The key that encrypts the entries."""
        return self.kept_key.data_key

    @classmethod
    def of(cls, seat: Seat) -> Self | None:
        """This person's journal with its key, or None if they have not written yet. One query."""
        return cls.owned_by(seat).select_related("kept_key").first()

    @classmethod
    def begin(cls, seat: Seat) -> Self:
        """Create the journal of somebody who has none. The seat must be locked."""
        journal = cls(seat=seat)
        journal.save(force_insert=True)
        key = Key.new_for(journal)
        key.save(force_insert=True)
        journal.kept_key = key
        return journal


class JournalEntry(Encrypted):
    """What somebody wrote in their journal. Read it through `owned_by`; there is no `objects`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    journal = models.ForeignKey(Journal, models.CASCADE, related_name="+", db_index=False)
    # What stands in its address. The page on which it is begun draws it, so that saving once more
    # makes no second entry.
    page = models.UUIDField()
    begun_at = models.DateTimeField(auto_now_add=True)
    content = CiphertextField()  # the words, and the id of a prompt

    unscoped: ClassVar = models.Manager()  # for Django, and for the door

    bound_to = ("pk", "journal_id")
    blocks = (2048, 8192, 32_768)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["journal", "page"], name="journal_entry_one_a_page"),
        ]

    def __str__(self) -> str:
        return f"journal entry {self.pk}"  # never what it says: logs

    @classmethod
    def owned_by(cls, seat: Seat) -> QuerySet[Self]:
        """This person's entries, the newest first, each with the key it is read with."""
        entries: QuerySet[Self] = cls.unscoped.filter(journal__seat=seat)
        return entries.select_related("journal__kept_key").order_by("-begun_at", "pk")
