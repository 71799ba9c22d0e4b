"""Encrypted columns: a value can be read with its owner's key, and only in its own row."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models

from accounts.encryption import BLOCKS, Ciphertext, DataKey


class CiphertextField(models.BinaryField):  # type: ignore[type-arg]
    """Stores ciphertexts only, so that plain text is never stored by mistake.

    Raises TypeError for anything that is not encrypted.
    """

    def get_prep_value(self, value: Any) -> Ciphertext | None:
        if value is None or isinstance(value, Ciphertext):
            return value
        raise TypeError(f"{self.model.__name__}.{self.name} takes only what is encrypted")

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        ciphertext = value if prepared else self.get_prep_value(value)
        return None if ciphertext is None else connection.Database.Binary(ciphertext)

    def from_db_value(self, value: Any, expression: object, connection: object) -> Any:
        return None if value is None else Ciphertext(value)


class Encrypted(models.Model):
    """A row with encrypted values. They are bound to table, column and `bound_to`."""

    bound_to: ClassVar[tuple[str, ...]] = ("pk",)  # columns whose values a ciphertext is bound to
    blocks: ClassVar[tuple[int, ...]] = BLOCKS  # lengths in bytes that a value is padded to
    compress: ClassVar[bool] = False  # before it is padded
    owner: ClassVar[str] = ""  # the lookup to whose key it is, where `compacting` rewrites rows

    class Meta:
        abstract = True

    def set_encrypted(self, key: DataKey, **values: Any) -> Self:
        """Encrypt values into columns, by name. Returns the row, which is not saved yet."""
        for column, value in values.items():
            setattr(self, column, self.encrypt(key, value, *self._place(column)))
        return self

    def read(self, key: DataKey, column: str = "content") -> Any:
        """The value of a column. Raises encryption.Unreadable."""
        return key.decrypt(getattr(self, column), *self._place(column))

    def _place(self, column: str) -> tuple[object, ...]:
        return self.place(column, *(getattr(self, name) for name in self.bound_to))

    @classmethod
    def encrypt(cls, key: DataKey, value: Any, *place: object) -> Ciphertext:
        """A value as it is stored in such rows."""
        return key.encrypt(value, *place, blocks=cls.blocks, compress=cls.compress)

    @classmethod
    def compacted(cls, value: Any) -> Any:
        """A value as this version would store it."""
        return value

    @classmethod
    def place(cls, column: str, *bound: object) -> tuple[object, ...]:
        """The same for callers that have the values of a row and not the row itself."""
        return (cls._meta.db_table, column, *bound)
