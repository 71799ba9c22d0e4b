"""Ids in a URL. Whether such a thing exists for this person is decided by the rules."""

from __future__ import annotations

from boundaries.content.catalogue import Behaviour, Deck


class DeckConverter:
    regex = "[a-z]{1,20}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: Deck | str) -> str:
        return value if isinstance(value, str) else value.id


class BehaviourConverter:
    regex = "[a-z0-9]{1,32}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: Behaviour | str) -> str:
        return value if isinstance(value, str) else value.id
