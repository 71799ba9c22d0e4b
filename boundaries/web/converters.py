"""Ids in a URL. Whether there is such a thing for the person who asks is for the acts to say."""

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
