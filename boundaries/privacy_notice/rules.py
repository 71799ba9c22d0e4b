"""What is stored about people: every table and column, read from the models and the registry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models

from boundaries.privacy_notice.registry import REGISTRY, Audience, Table, TableGroup, Words
from boundaries.sealing.ciphertexts import CiphertextField
from boundaries.sealing.models import Private, Sealed

if TYPE_CHECKING:
    from django.db.models.fields import Field

ACCOUNT, COUPLE = "accounts.User", "boundaries.Couple"


@dataclass(frozen=True, slots=True)
class Column:
    """A column in words."""

    words: Words
    encrypted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A table in words, as the page shows it."""

    what: Words
    columns: tuple[Column, ...]
    seen_by: Audience
    goes_with_account: bool
    goes_with_couple: bool
    until: Words


def stored() -> dict[TableGroup, list[Stored]]:
    """All tables by group, in the order of the registry; tables with the same words are merged."""
    groups: dict[TableGroup, dict[str, Stored]] = {group: {} for group in TableGroup}
    for label, table in REGISTRY.items():
        stored, group = _stored(apps.get_model(label), table), groups[table.group]
        same = group.get(str(table.what))
        columns = dict.fromkeys((*(same.columns if same else ()), *stored.columns))
        group[str(table.what)] = replace(stored, columns=tuple(columns))
    return {group: list(tables.values()) for group, tables in groups.items()}


def never_shown() -> list[Words]:
    """What the other never sees, whatever is opened."""
    return [table.never for table in REGISTRY.values() if table.never]


def every_model() -> list[type[models.Model]]:
    """All models, with those of many-to-many tables."""
    return list(apps.get_models(include_auto_created=True))


def described_columns(model: type[models.Model]) -> Iterator[Field[Any, Any]]:
    """The columns that need words: all but primary keys and foreign keys."""
    for column in model._meta.concrete_fields:
        if not column.primary_key and not column.is_relation:
            yield column


def ends_with(model: type[models.Model]) -> set[str]:
    """Which deletions cascade to a row: of its account, its couple, both or neither.

    Foreign keys that may be null do not count, since rows may have none.
    """
    found, waiting = set(), [model]
    visited: set[type[models.Model]] = set()
    while waiting:
        current = waiting.pop()
        if current in visited:
            continue
        visited.add(current)
        if current._meta.label in (ACCOUNT, COUPLE):
            found.add(current._meta.label)
            continue
        waiting += [
            column.related_model
            for column in current._meta.concrete_fields
            if isinstance(column, models.ForeignKey)
            and column.remote_field.on_delete in (models.CASCADE, models.DB_CASCADE)
            and not column.null
        ]
    return found


def audiences(model: type[models.Model]) -> set[Audience]:
    """Which audiences the registry may name for a table, by the kind of its model."""
    ends = ends_with(model)
    if issubclass(model, Sealed):
        return {Audience.SEALED}
    if issubclass(model, Private):
        return {Audience.ALONE}
    if any(isinstance(column, CiphertextField) for column in described_columns(model)):
        return {Audience.BOTH if COUPLE in ends else Audience.ALONE}  # by the key
    if COUPLE in ends:
        return {Audience.BOTH, Audience.SEALED, Audience.SITE}
    return {Audience.YOURS, Audience.SITE} if ends else {Audience.SITE}


def _stored(model: type[models.Model], table: Table) -> Stored:
    ends = ends_with(model)
    columns = {column.name: column for column in described_columns(model)}
    described: dict[tuple[str, bool], Column] = {}
    for name, words in table.columns.items():
        encrypted = isinstance(columns[name], CiphertextField)
        described.setdefault((str(words), encrypted), Column(words, encrypted))
    return Stored(
        what=table.what,
        columns=tuple(described.values()),
        seen_by=table.audience,
        goes_with_account=ACCOUNT in ends,
        goes_with_couple=COUPLE in ends,
        until=table.until,
    )
