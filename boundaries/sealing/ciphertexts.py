"""Columns that hold what only the key of its owner can read, and only in its own place."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models

from accounts.encryption import BLOCKS, Ciphertext, DataKey


class CiphertextField(models.BinaryField):  # type: ignore[type-arg]
    """Takes what is encrypted and nothing else: plain words are never stored by mistake.

    Raises TypeError for anything that is not encrypted.
    """

    def get_prep_value(self, value: Any) -> Ciphertext:
        if not isinstance(value, Ciphertext):
            raise TypeError(f"{self.model.__name__}.{self.name} takes only what is encrypted")
        return value

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return connection.Database.Binary(value if prepared else self.get_prep_value(value))

    def from_db_value(self, value: Any, expression: object, connection: object) -> Any:
        return None if value is None else Ciphertext(value)


class Encrypted(models.Model):
    """A row that holds words. They are bound to the table, the column and `bound_to`."""

    bound_to: ClassVar[tuple[str, ...]] = ("pk",)  # columns that tell what the words are about
    blocks: ClassVar[tuple[int, ...]] = BLOCKS  # bytes that the words are padded to

    class Meta:
        abstract = True

    def set_encrypted(self, key: DataKey, **values: Any) -> Self:
        """This row with something in it, by column; to be saved."""
        for column, value in values.items():
            setattr(self, column, key.encrypt(value, *self._place(column), blocks=self.blocks))
        return self

    def read(self, key: DataKey, column: str = "content") -> Any:
        """What stands in it. Raises encryption.Unreadable."""
        return key.decrypt(getattr(self, column), *self._place(column))

    def _place(self, column: str) -> tuple[object, ...]:
        return self.place(column, *(getattr(self, each) for each in self.bound_to))

    @classmethod
    def place(cls, column: str, *bound: object) -> tuple[object, ...]:
        """Where a column of such a row stands, for who has its values and not the row."""
        return (cls._meta.db_table, column, *bound)
