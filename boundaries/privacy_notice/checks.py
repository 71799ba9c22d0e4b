"""Reads the registry through at `manage.py check`: nothing is kept that is not told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register
from django.db import models

from boundaries.privacy_notice.registry import REGISTRY, Table
from boundaries.privacy_notice.rules import audiences, ends_with, every_model, to_be_told

HINT = "Say so in boundaries/privacy_notice/registry.py, in words for whoever it is about."


@register("privacy-notice")
def told(app_configs: Sequence[AppConfig] | None = None, **options: Any) -> Sequence[CheckMessage]:
    return list(complaints(every_model(), REGISTRY))


def complaints(
    kept: Iterable[type[models.Model]], registry: Mapping[str, Table]
) -> Iterator[CheckMessage]:
    """What is kept and not told, told and not kept, or told otherwise than the code has it."""
    labels = {model._meta.label: model for model in kept}
    for label in registry.keys() - labels.keys():
        yield Error(f"{label} is told of and is not there.", id="boundaries.E023")
    for label, model in labels.items():
        if table := registry.get(label):
            yield from _complaints(model, table)
        else:
            yield Error(f"Nobody is told of {label}.", hint=HINT, id="boundaries.E021")


def _complaints(model: type[models.Model], table: Table) -> Iterator[CheckMessage]:
    there = {column.name for column in to_be_told(model)}
    for name in sorted(there - table.columns.keys()):
        told = f"Nobody is told what stands in {model._meta.label}.{name}."
        yield Error(told, hint=HINT, id="boundaries.E022")
    for name in sorted(table.columns.keys() - there):
        yield Error(f"{model._meta.label}.{name} is not there.", id="boundaries.E023")
    if table.audience not in audiences(model):
        told = f"The code does not have it that {model._meta.label} is seen like that."
        yield Error(told, hint=HINT, id="boundaries.E024")
    if not ends_with(model) and not table.until:
        told = f"Nobody is told when a row of {model._meta.label} goes."
        yield Error(told, hint=HINT, id="boundaries.E025")
