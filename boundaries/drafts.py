"""Words that somebody wrote and has not handed over: what talks and repairs share about them."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from boundaries.errors import Conflict

type Content = Mapping[str, Any]

UNWRITTEN = ""  # the version of a draft that nobody has begun

LATE_SUFFIXES = ("", "+", "++", "+++")  # of the purposes for words that came too late


class StaleDraft(Conflict):
    """The draft was changed on another page or device. Nothing was overwritten.

    It carries what is saved now, and its version.
    """

    def __init__(self, content: Content, version: str) -> None:
        super().__init__()
        self.content = content
        self.version = version


def version_of(content: Content) -> str:
    """Changes whenever anything in the draft does. Empty while nothing is written."""
    if not any(content.values()):
        return UNWRITTEN
    return blake2b(repr(sorted(content.items())).encode(), digest_size=12).hexdigest()
