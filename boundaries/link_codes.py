"""Codes that open something for whoever holds them: an invitation, or a sheet for a therapist.

A code is drawn from the random id of its row with the site's secret key, and the row keeps only a
digest of it. So its maker can look at it again, and a copy of the database yields no working link.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.utils.crypto import salted_hmac

from accounts import codes


@dataclass(frozen=True, slots=True)
class LinkCodes:
    """The codes of one kind of row. `kind` is part of both salts: never change one in use."""

    kind: str
    shape: codes.Shape

    def code_of(self, id: uuid.UUID) -> str:
        """The code of the row with this id, without hyphens."""
        drawn = salted_hmac(f"boundaries.{self.kind}.code", str(id), algorithm="sha256")
        return codes.code_from(drawn.digest(), self.shape)

    def digest(self, code: str) -> str:
        """What the row of this code keeps: 64 hexadecimal digits."""
        return salted_hmac(f"boundaries.{self.kind}.digest", code, algorithm="sha256").hexdigest()

    def digests_in(self, text: str) -> list[str]:
        """Those of all codes that a text may hold, the likeliest first.

        There is always one, so that every text takes the same query.
        """
        return [self.digest(code) for code in codes.find(text, self.shape) or [""]]
