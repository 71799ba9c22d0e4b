"""The two sides of a couple."""

from __future__ import annotations

from django.db.models import TextChoices


class Side(TextChoices):
    """The two places in a couple. Left is whoever invited; it means nothing else."""

    LEFT = "left"
    RIGHT = "right"

    @property
    def other(self) -> Side:
        return Side.LEFT if self == Side.RIGHT else Side.RIGHT
