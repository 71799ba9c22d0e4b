"""Ids in a URL become the thing itself, or a 404 before any view is asked."""

from __future__ import annotations

from boundaries import catalogue
from boundaries.catalogue import Behaviour, Deck


class DeckConverter:
    regex = "[a-z]{1,20}"

    def to_python(self, value: str) -> Deck:
        try:
            return catalogue.deck(value)
        except KeyError:
            raise ValueError(value) from None

    def to_url(self, value: Deck) -> str:
        return value.id


class BehaviourConverter:
    """Only behaviours that are asked today: a retired or a held-back one is no page."""

    regex = "[a-z0-9]{1,20}"

    def to_python(self, value: str) -> Behaviour:
        behaviour = catalogue.every().get(value)
        if behaviour is None or behaviour not in catalogue.deck(behaviour.deck).behaviours:
            raise ValueError(value)
        return behaviour

    def to_url(self, value: Behaviour) -> str:
        return value.id
