"""Reading what is open to both with the key of whoever wrote it. Only an opening may use this."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from accounts.encryption import DataKey
from boundaries.sealing.models import Sealed
from boundaries.seats.data_keys import Key, owner_of


def with_writers_key[M: Sealed](opened: QuerySet[M], *columns: str | Subquery) -> QuerySet[M, Any]:
    """These columns, and what `writers_key` takes.

    Subqueries and not joins, because each further join takes PostgreSQL longer to plan.
    """
    key = Key.objects.filter(seat=OuterRef("sheet__seat"))
    wrapped = Subquery(key.values("epoch")), Subquery(key.values("wrapped"))
    return opened.values_list(*columns, "sheet__seat", *wrapped)


def writers_key(seat: uuid.UUID, epoch: int, wrapped: bytes) -> DataKey:
    return DataKey(owner_of(seat), epoch, bytes(wrapped))
