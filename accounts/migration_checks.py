"""Refuses migrations that would stop a running site: `manage.py check --deploy` runs this.

While a migration runs, the version before still serves people on its tables, and a large table that
is rewritten or read through under a lock stops everybody. So a change is made in steps, each a
version of its own: expand (what is new, with a default in the database), backfill (in batches, each
a transaction), contract (what no version uses any more). docs/upgrade.md explains them.

A migration that is safe all the same says why in `why_safe`. django-migration-linter 6.0 was looked
at: it judges the SQL of one engine, and does not know of rows that are changed under a lock.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.core.checks import CheckMessage, Error, register
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

# The last ones that were written before this check.
BEFORE = {"accounts": "0007", "boundaries": "0026"}
HINT = "Split it as docs/upgrade.md says, or say in `why_safe` why nobody has to wait."

RENAMES = (migrations.RenameModel, migrations.RenameField, migrations.AlterModelTable)
REMOVALS = (migrations.RemoveField, migrations.DeleteModel)
DATA = (migrations.RunPython, migrations.RunSQL)


@register(deploy=True)
def check(**options: Any) -> list[CheckMessage]:
    loader = MigrationLoader(None)
    return [
        Error(f"{app}.{name} {fault}", hint=HINT, id="accounts.E040")
        for app, name in sorted(loader.disk_migrations)
        if app in BEFORE and name[:4] > BEFORE[app]
        for fault in faults(
            loader.disk_migrations[app, name], loader.project_state((app, name), at_end=False)
        )
    ]


def faults(migration: migrations.Migration, state: ProjectState) -> Iterator[str]:
    """Why a migration must not run while the site does. `state` is that before it."""
    if getattr(migration, "why_safe", ""):
        return
    created: set[str] = set()
    operations = migration.operations
    changes_tables = any(not isinstance(operation, DATA) for operation in operations)
    for operation in operations:
        name = _model_of(operation)
        if isinstance(operation, migrations.CreateModel):
            created.add(name)
        elif isinstance(operation, DATA):
            if changes_tables:
                yield "changes rows while it holds the locks of a changed table"
            elif migration.atomic:
                yield "changes all rows in one transaction: set atomic = False, and go in batches"
        elif name not in created:
            yield from _faults_of(operation, migration.app_label, state)
        operation.state_forwards(migration.app_label, state)


def _faults_of(operation: Operation, app: str, state: ProjectState) -> Iterator[str]:
    """Of an operation on a table that exists already."""
    if isinstance(operation, RENAMES):
        yield "renames what the version before still uses"
    elif isinstance(operation, REMOVALS):
        yield "removes what the version before may still use"
    elif isinstance(operation, migrations.AddField):
        yield from _faults_of_new(operation.field)
    elif isinstance(operation, migrations.AlterField):
        before = state.models[app, operation.model_name_lower].fields[operation.name]
        yield from _faults_of_changed(before, operation.field)
    elif isinstance(operation, migrations.AddIndex):
        if not isinstance(operation, AddIndexConcurrently):
            yield "locks a table while an index is built: use AddIndexConcurrently"
    elif isinstance(operation, migrations.AddConstraint):
        yield "reads a table under a lock: use AddConstraintNotValid, then ValidateConstraint"


def _faults_of_new(field: models.Field[Any, Any]) -> Iterator[str]:
    if not field.null and not field.has_db_default() and not field.many_to_many:
        yield "adds a column that the version before leaves empty: give it a db_default"
    if _is_indexed(field):
        yield "locks a table while an index is built: use AddIndexConcurrently"


def _faults_of_changed(
    before: models.Field[Any, Any], after: models.Field[Any, Any]
) -> Iterator[str]:
    if before.null and not after.null:
        yield "refuses empty values that the version before may write"
    if not _is_same_type(before, after):
        yield "rewrites a table, or a column that the version before reads"
    if _is_indexed(after) and not _is_indexed(before):
        yield "locks a table while an index is built: use AddIndexConcurrently"


def _is_indexed(field: Any) -> bool:
    return bool(field.unique or field.db_index)


def _is_same_type(before: models.Field[Any, Any], after: models.Field[Any, Any]) -> bool:
    """A text that may be longer is the same type."""
    longest = [field.max_length or 0 for field in (before, after)]
    if isinstance(before, models.CharField) and isinstance(after, models.CharField):
        return longest[0] <= longest[1]
    return before.db_type(connection) == after.db_type(connection)


def _model_of(operation: Operation) -> str:
    name = getattr(operation, "model_name", None) or getattr(operation, "name", "")
    return str(name).lower()
