"""What is kept of people: every table and column, told from the code that keeps it."""

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
    told: Words
    encrypted: bool


@dataclass(frozen=True, slots=True)
class Stored:
    """A table, as somebody reads of it."""

    what: Words
    columns: tuple[Column, ...]
    seen_by: Audience
    goes_with_account: bool
    goes_with_couple: bool
    until: Words


def stored() -> dict[TableGroup, list[Stored]]:
    """Everything that is kept, by group, in the order of the registry; the same words once."""
    told: dict[TableGroup, dict[str, Stored]] = {group: {} for group in TableGroup}
    for label, table in REGISTRY.items():
        each, so_far = _stored(apps.get_model(label), table), told[table.group]
        before = so_far.get(str(table.what))
        columns = dict.fromkeys((*(before.columns if before else ()), *each.columns))
        so_far[str(table.what)] = replace(each, columns=tuple(columns))
    return {group: list(tables.values()) for group, tables in told.items()}


def never_shown() -> list[Words]:
    """What the other never sees of somebody, whatever is opened."""
    return [table.never for table in REGISTRY.values() if table.never]


def every_model() -> list[type[models.Model]]:
    """All tables that Django knows of, those between two others among them."""
    return list(apps.get_models(include_auto_created=True))


def to_be_told(model: type[models.Model]) -> Iterator[Field[Any, Any]]:
    """Columns that need a sentence: not a row's own number, nor what leads to another row."""
    for column in model._meta.concrete_fields:
        if not column.primary_key and not column.is_relation:
            yield column


def ends_with(model: type[models.Model]) -> set[str]:
    """Whose end is a row's end, by what cascades: its owner's, its couple's, both or neither.

    What may lead nowhere does not count: it says nothing of the rows in which it does.
    """
    found, waiting = set(), [model]
    seen: set[type[models.Model]] = set()
    while waiting:
        each = waiting.pop()
        if each in seen:
            continue
        seen.add(each)
        if each._meta.label in (ACCOUNT, COUPLE):
            found.add(each._meta.label)
            continue
        waiting += [
            column.related_model
            for column in each._meta.concrete_fields
            if isinstance(column, models.ForeignKey)
            and column.remote_field.on_delete in (models.CASCADE, models.DB_CASCADE)
            and not column.null
        ]
    return found


def audiences(model: type[models.Model]) -> set[Audience]:
    """Who can be said to see a table, by the doors that lead to it."""
    ends = ends_with(model)
    if issubclass(model, Sealed):
        return {Audience.SEALED}
    if issubclass(model, Private):
        return {Audience.ALONE}
    if any(isinstance(each, CiphertextField) for each in to_be_told(model)):
        return {Audience.BOTH if COUPLE in ends else Audience.ALONE}  # by whose key it is under
    if COUPLE in ends:
        return {Audience.BOTH, Audience.SEALED, Audience.SITE}
    return {Audience.YOURS, Audience.SITE} if ends else {Audience.SITE}


def _stored(model: type[models.Model], table: Table) -> Stored:
    ends = ends_with(model)
    columns = {column.name: column for column in to_be_told(model)}
    told: dict[tuple[str, bool], Column] = {}
    for name, words in table.columns.items():
        encrypted = isinstance(columns[name], CiphertextField)
        told.setdefault((str(words), encrypted), Column(words, encrypted))
    return Stored(
        table.what,
        tuple(told.values()),
        table.audience,
        ACCOUNT in ends,
        COUPLE in ends,
        table.until,
    )
