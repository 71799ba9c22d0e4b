"""Codes that open an invitation or a therapist sheet for anybody who has them.

A code is derived from the random id of its row and the site's secret key, and the row stores only a
digest of it. So its author can see the code again, but a copy of the database reveals no codes.
A code that was made with a key in SECRET_KEY_FALLBACKS keeps working.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.utils.crypto import salted_hmac

from accounts import codes
from accounts.secret_keys import secret_keys


@dataclass(frozen=True, slots=True)
class LinkCodes:
    """Codes of one kind of row. `kind` is part of both salts: never change one in use."""

    kind: str
    shape: codes.Shape

    def code_of(self, id: uuid.UUID) -> str:
        """The code of a new row with this id, without hyphens."""
        return self._code(id, secret_keys()[0])

    def kept_code(self, id: uuid.UUID, digest: str) -> str:
        """The code of a row that keeps this digest, made by whichever of the site's keys.

        It is empty if that key is gone: then no code opens the row.
        """
        codes_by_key = [(self._code(id, key), key) for key in secret_keys()]
        return next((code for code, key in codes_by_key if self._digest(code, key) == digest), "")

    def digest(self, code: str) -> str:
        """What the row of a new code keeps: 64 hexadecimal digits."""
        return self._digest(code, secret_keys()[0])

    def digests_in(self, text: str) -> list[str]:
        """The digests of all codes that a text may contain, most likely first.

        The list is never empty, so that a text without a code causes the same query as any other.
        """
        found = codes.find(text, self.shape) or [""]
        return [self._digest(code, key) for code in found for key in secret_keys()]

    def _code(self, id: uuid.UUID, key: str) -> str:
        salt = f"boundaries.{self.kind}.code"
        derived = salted_hmac(salt, str(id), secret=key, algorithm="sha256")
        return codes.code_from(derived.digest(), self.shape)

    def _digest(self, code: str, key: str) -> str:
        salt = f"boundaries.{self.kind}.digest"
        return salted_hmac(salt, code, secret=key, algorithm="sha256").hexdigest()
