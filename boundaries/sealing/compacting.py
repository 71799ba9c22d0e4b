"""Storing what is there in the form that this version writes, while people go on writing.

Either form can be read, so nothing waits for this: old rows only take more room.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from accounts.encryption import Ciphertext, DataKey
from boundaries.sealing.ciphertexts import CiphertextField, Encrypted
from boundaries.sealing.models import Envelope
from boundaries.seats.data_keys import owner_of

BATCH_SIZE = 500  # rows, which are some megabytes, and a moment in one transaction
# Raw SQL: one statement for a batch. A row that somebody has written meanwhile stays as it is.
REPLACE = "UPDATE {table} SET {column} = %s WHERE id = %s AND {column} = %s"
REPLACE_ALL = """
    UPDATE {table} SET {column} = batch.new
    FROM unnest(%s::uuid[], %s::bytea[], %s::bytea[]) AS batch (id, old, new)
    WHERE {table}.id = batch.id AND {table}.{column} = batch.old
"""

type Changed = list[tuple[uuid.UUID, Ciphertext, Ciphertext]]  # id, as it was, and as it will be


def compact() -> Iterator[tuple[str, int]]:
    """Rewrite what has another form. Yields each table, and how many of its rows were rewritten.

    It can be stopped and run again at any time. Raises encryption.Unreadable.
    """
    for model in apps.get_models():
        if issubclass(model, Encrypted) and model.owner:
            column = next(
                field.name for field in model._meta.fields if isinstance(field, CiphertextField)
            )
            changed = 0
            for batch in _batches(model, column):
                _replace(model, column, batch)
                changed += len(batch)
            yield model._meta.db_table, changed
    yield Envelope._meta.db_table, _empty_what_is_not_open()


def _batches(model: type[Encrypted], column: str) -> Iterator[Changed]:
    names = ("pk", column, *model.bound_to, model.owner)
    key = (f"{model.owner}__kept_key__epoch", f"{model.owner}__kept_key__wrapped")
    rows: models.QuerySet[Any, Any] = model._base_manager.order_by("pk").values_list(*names, *key)
    last = uuid.UUID(int=0)
    while some := list(rows.filter(pk__gt=last)[:BATCH_SIZE]):
        last = some[-1][0]
        batch: Changed = []
        for pk, old, *bound_to, owner, epoch, wrapped in some:
            data_key = DataKey(owner_of(owner), epoch, bytes(wrapped))
            place = model.place(column, *bound_to)
            value = model.compacted(data_key.decrypt(old, *place))
            new = model.encrypt(data_key, value, *place)
            if (len(new), new[:1]) != (len(old), old[:1]):
                batch.append((pk, old, new))
        yield batch


@transaction.atomic
def _replace(model: type[Encrypted], column: str, batch: Changed) -> None:
    names = {"table": model._meta.db_table, "column": column}
    names = {name: connection.ops.quote_name(it) for name, it in names.items()}
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            columns = [list(column) for column in zip(*batch, strict=True)] or [[], [], []]
            cursor.execute(REPLACE_ALL.format_map(names), columns)
        else:
            values = [(bytes(new), pk.hex, bytes(old)) for pk, old, new in batch]
            cursor.executemany(REPLACE.format_map(names), values)


def _empty_what_is_not_open() -> int:
    """Envelopes used to say before they opened that nothing is hidden in them."""
    closed = Envelope.objects.exclude(hidden=None).annotate(count=models.Count("seals"))
    rows = closed.filter(count__lt=2).values_list("pk", "hidden").order_by("pk")
    changed, last = 0, uuid.UUID(int=0)
    while some := list(rows.filter(pk__gt=last)[:BATCH_SIZE]):
        last = some[-1][0]
        changed += sum(  # not if it opens just now: then something else stands there
            Envelope.objects.filter(pk=pk, hidden=hidden).update(hidden=None) for pk, hidden in some
        )
    return changed
