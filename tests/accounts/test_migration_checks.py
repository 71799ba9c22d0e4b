"""A migration that would stop a running site is refused, and one that would not is let be."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.migrations.state import ModelState, ProjectState
from django.db.models.functions import Now

from accounts.migration_checks import check, faults

pytestmark = pytest.mark.once

TEXT = models.CharField(max_length=20)
INDEX = models.Index(fields=["text"], name="note_text")


def nothing(*args: object) -> None:
    """What a migration does to rows."""


def found(*operations: Any, **more: Any) -> list[str]:
    """What is wrong with a migration of these operations, on a table that is there."""
    state = ProjectState()
    state.add_model(
        ModelState(
            "accounts",
            "Note",
            [
                ("id", models.AutoField(primary_key=True)),
                ("text", TEXT),
                ("number", models.IntegerField(null=True)),
            ],
        )
    )
    kind = type("Migration", (migrations.Migration,), {"operations": [*operations], **more})
    return list(faults(kind("0099_x", "accounts"), state))


def add(field: models.Field[Any, Any]) -> Any:
    return migrations.AddField("note", "more", field)


def change(name: str, field: models.Field[Any, Any]) -> Any:
    return migrations.AlterField("note", name, field)


REFUSED = [
    (migrations.RenameField("note", "text", "words"), "renames"),
    (migrations.RenameModel("note", "remark"), "renames"),
    (migrations.RemoveField("note", "text"), "removes"),
    (migrations.DeleteModel("note"), "removes"),
    (add(models.IntegerField(default=0)), "db_default"),
    (add(models.IntegerField(null=True, db_index=True)), "AddIndexConcurrently"),
    (add(models.IntegerField(null=True, unique=True)), "AddIndexConcurrently"),
    (change("number", models.IntegerField()), "empty values"),
    (change("number", models.BigIntegerField(null=True)), "rewrites"),
    (change("text", models.CharField(max_length=10)), "rewrites"),
    (change("text", models.CharField(max_length=20, db_index=True)), "AddIndexConcurrently"),
    (migrations.AddIndex("note", INDEX), "AddIndexConcurrently"),
    (
        migrations.AddConstraint(
            "note", models.CheckConstraint(condition=models.Q(number=1), name="one")
        ),
        "AddConstraintNotValid",
    ),
    (migrations.RunPython(nothing), "one transaction"),
    (migrations.RunSQL("DELETE FROM accounts_note"), "one transaction"),
]


@pytest.mark.parametrize(("operation", "fault"), REFUSED)
def test_what_would_stop_a_running_site_is_refused(operation: Any, fault: str) -> None:
    (line,) = found(operation)

    assert fault in line


@pytest.mark.parametrize(("operation", "fault"), REFUSED)
def test_unless_it_says_why_it_is_safe(operation: Any, fault: str) -> None:
    assert found(operation, why_safe="the table is always empty") == []


@pytest.mark.parametrize(
    "operations",
    [
        [add(models.IntegerField(null=True))],
        [add(models.IntegerField(db_default=0))],
        [add(models.DateTimeField(db_default=Now()))],
        [change("text", models.CharField(max_length=30))],
        [change("text", models.CharField(max_length=20, choices=[("a", "A")]))],
        [change("number", models.IntegerField(null=True, default=3))],
        [AddIndexConcurrently("note", INDEX)],
        [migrations.AlterModelOptions("note", {})],
        [
            migrations.CreateModel("Fresh", [("id", models.AutoField(primary_key=True))]),
            migrations.AddIndex("fresh", models.Index(fields=["id"], name="fresh_id")),
        ],
    ],
)
def test_what_stops_nobody_is_let_be(operations: list[Any]) -> None:
    assert found(*operations) == []


def test_rows_are_changed_in_batches_and_in_a_migration_of_their_own() -> None:
    rows = migrations.RunPython(nothing)

    assert found(rows, atomic=False) == []
    assert "holds the locks" in found(add(models.IntegerField(null=True)), rows, atomic=False)[0]


def test_all_that_are_here_are_safe_or_older() -> None:
    assert check() == []
