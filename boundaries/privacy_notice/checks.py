"""A system check of the registry: every table and column that is stored has its sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register
from django.db import models

from boundaries.privacy_notice.registry import REGISTRY, Table
from boundaries.privacy_notice.rules import audiences, described_columns, ends_with, every_model

HINT = "Correct boundaries/privacy_notice/registry.py, in words for the people it is about."


@register("privacy-notice")
def check_registry(
    app_configs: Sequence[AppConfig] | None = None, **options: Any
) -> Sequence[CheckMessage]:
    return list(complaints(every_model(), REGISTRY))


def complaints(
    stored: Iterable[type[models.Model]], registry: Mapping[str, Table]
) -> Iterator[CheckMessage]:
    """Where the registry lacks a table or column, has one too many, or contradicts the models."""
    labels = {model._meta.label: model for model in stored}
    for label in registry.keys() - labels.keys():
        yield Error(f"The registry has {label}, which is no table.", id="boundaries.E023")
    for label, model in labels.items():
        if table := registry.get(label):
            yield from _complaints(model, table)
        else:
            yield Error(f"The registry lacks {label}.", hint=HINT, id="boundaries.E021")


def _complaints(model: type[models.Model], table: Table) -> Iterator[CheckMessage]:
    there = {column.name for column in described_columns(model)}
    for name in sorted(there - table.columns.keys()):
        message = f"The registry lacks {model._meta.label}.{name}."
        yield Error(message, hint=HINT, id="boundaries.E022")
    for name in sorted(table.columns.keys() - there):
        yield Error(
            f"The registry has {model._meta.label}.{name}, which is no column.",
            id="boundaries.E023",
        )
    if table.audience not in audiences(model):
        message = f"The models of {model._meta.label} allow no such audience."
        yield Error(message, hint=HINT, id="boundaries.E024")
    if not ends_with(model) and not table.until:
        message = f"The registry does not say when a row of {model._meta.label} is deleted."
        yield Error(message, hint=HINT, id="boundaries.E025")
