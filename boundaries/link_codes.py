"""Codes that open an invitation or a therapist sheet for anybody who has them.

A code is derived from the random id of its row and the site's secret key, and the row stores only a
digest of it. So its author can see the code again, but a copy of the database reveals no codes.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.utils.crypto import salted_hmac

from accounts import codes


@dataclass(frozen=True, slots=True)
class LinkCodes:
    """Codes of one kind of row. `kind` is part of both salts: never change one in use."""

    kind: str
    shape: codes.Shape

    def code_of(self, id: uuid.UUID) -> str:
        """The code of the row with this id, without hyphens."""
        derived = salted_hmac(f"boundaries.{self.kind}.code", str(id), algorithm="sha256")
        return codes.code_from(derived.digest(), self.shape)

    def digest(self, code: str) -> str:
        """What the row of this code keeps: 64 hexadecimal digits."""
        return salted_hmac(f"boundaries.{self.kind}.digest", code, algorithm="sha256").hexdigest()

    def digests_in(self, text: str) -> list[str]:
        """The digests of all codes that a text may contain, most likely first.

        The list is never empty, so that a text without a code causes the same query as any other.
        """
        return [self.digest(code) for code in codes.find(text, self.shape) or [""]]
