"""Rewriting rows of older versions in the format of this one, while people go on writing.

Both formats can be read, so nothing has to wait for this. Old rows only take more space.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from itertools import batched
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from accounts.encryption import Ciphertext, DataKey
from boundaries.sealing.ciphertexts import CiphertextField, Encrypted
from boundaries.sealing.models import Envelope
from boundaries.seats.data_keys import owner_of

BATCH_SIZE = 500  # rows: some megabytes, and a short transaction
# Raw SQL: one statement for a batch. A row that was changed since it was read is left alone.
REPLACE = "UPDATE {table} SET {column} = %s WHERE id = %s AND {column} = %s"
REPLACE_ALL = """
    UPDATE {table} SET {column} = batch.new
    FROM unnest(%s::uuid[], %s::bytea[], %s::bytea[]) AS batch (id, old, new)
    WHERE {table}.id = batch.id AND {table}.{column} = batch.old
"""

type Change = tuple[uuid.UUID, Ciphertext, Ciphertext | None]  # id, the old value and the new one


def compact() -> Iterator[tuple[str, int]]:
    """Rewrite all rows that have an older format. Yields each table with its number of such rows.

    It can be stopped and run again at any time. Raises encryption.Unreadable.
    """
    for model in apps.get_models():
        if issubclass(model, Encrypted) and model.owner:
            yield model._meta.db_table, _replace(model, *_changes(model))
    yield Envelope._meta.db_table, _replace(Envelope, "hidden", _closed_envelopes())


def _changes(model: type[Encrypted]) -> tuple[str, Iterator[Change]]:
    """The column with the ciphertexts, and the rows whose ciphertext has another form or length."""
    column = next(field.name for field in model._meta.fields if isinstance(field, CiphertextField))
    names = ("pk", column, *model.bound_to, model.owner)
    key = (f"{model.owner}__kept_key__epoch", f"{model.owner}__kept_key__wrapped")

    def changes() -> Iterator[Change]:
        rows = model._base_manager.values_list(*names, *key)
        for pk, old, *bound_to, owner, epoch, wrapped in _by_id(rows):
            data_key = DataKey(owner_of(owner), epoch, bytes(wrapped))
            place = model.place(column, *bound_to)
            value = model.compacted(data_key.decrypt(old, *place))
            new = model.encrypt(data_key, value, *place)
            if (len(new), new[:1]) != (len(old), old[:1]):
                yield pk, old, new

    return column, changes()


def _closed_envelopes() -> Iterator[Change]:
    """Envelopes that are not open and hold an empty list, as they did in older versions."""
    closed = Envelope.objects.exclude(hidden=None).annotate(count=models.Count("seals"))
    for pk, hidden in _by_id(closed.filter(count__lt=2).values_list("pk", "hidden")):
        yield pk, hidden, None


def _by_id(rows: models.QuerySet[Any, Any]) -> Iterator[Any]:
    """All rows, a batch in each query: a long query would keep PostgreSQL from cleaning up."""
    last = uuid.UUID(int=0)
    while some := list(rows.filter(pk__gt=last).order_by("pk")[:BATCH_SIZE]):
        yield from some
        last = some[-1][0]


def _replace(model: type[Encrypted], column: str, changes: Iterator[Change]) -> int:
    """Returns how many rows there were to change."""
    names = {"table": model._meta.db_table, "column": column}
    names = {name: connection.ops.quote_name(it) for name, it in names.items()}
    count = 0
    for batch in batched(changes, BATCH_SIZE, strict=False):
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                columns = [list(values) for values in zip(*batch, strict=True)]
                cursor.execute(REPLACE_ALL.format_map(names), columns)
            else:
                values = [(new, pk.hex, old) for pk, old, new in batch]
                cursor.executemany(REPLACE.format_map(names), values)
        count += len(batch)
    return count
