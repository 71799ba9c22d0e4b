"""What people write for themselves alone. Only answering may import this."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from boundaries.models.envelopes import Kept
from boundaries.models.padding import PaddedField


class Note(Kept):
    """A note to oneself: in a table of its own, so that no reveal can carry it along."""

    behaviour = models.SlugField(max_length=20)  # an id in boundaries/catalogue
    text = PaddedField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["seat", "behaviour"], name="note_one_a_behaviour"),
        ]
