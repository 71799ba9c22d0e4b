"""How what people wrote was kept before it was encrypted. Only migrations still read it."""

from __future__ import annotations

import json
from typing import Any

from django.db import models

BLOCKS = (256, 1024, 4096, 16384)  # bytes


class PaddedField(models.BinaryField):  # type: ignore[type-arg]
    """Any JSON value, padded up to the next block: "yes" and "no" weigh the same."""

    def get_prep_value(self, value: Any) -> bytes:
        return pad(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        packed = value if prepared else self.get_prep_value(value)
        return connection.Database.Binary(packed)

    def from_db_value(self, value: Any, expression: object, connection: object) -> Any:
        return None if value is None else json.loads(str(value, "utf-8"))


def pad(packed: bytes) -> bytes:
    return packed.ljust(next(block for block in BLOCKS if len(packed) <= block))
