"""Muting outlives a rhythm; unsent words of a repair come back to their writer unread.

And an index finds the reminders that a worker looked at by a clock that was ahead.
"""

from __future__ import annotations

import uuid
from typing import Any

import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.manager
from django.db import migrations, models
from django.db.models import OuterRef, Subquery

import boundaries.sealing.ciphertexts
from accounts.encryption import DataKey


def to_couples(apps: Any, schema_editor: Any) -> None:
    """From the rhythm to its couple."""
    Rhythm, Muted = (apps.get_model("boundaries", name) for name in ("Rhythm", "Muted"))
    couple = Rhythm._base_manager.filter(pk=OuterRef("rhythm")).values("couple")
    Muted._base_manager.update(couple=Subquery(couple))
    _check_now(schema_editor)


def to_rhythms(apps: Any, schema_editor: Any) -> None:
    """The opposite. Where there is no rhythm, nothing is muted."""
    Rhythm, Muted = (apps.get_model("boundaries", name) for name in ("Rhythm", "Muted"))
    rhythm = Rhythm._base_manager.filter(couple=OuterRef("couple")).values("pk")
    Muted._base_manager.update(rhythm=Subquery(rhythm))
    Muted._base_manager.filter(rhythm=None).delete()
    _check_now(schema_editor)


def bind_as_before(apps: Any, schema_editor: Any) -> None:
    """Drafts that are there are bound to their repair, until they are saved again."""
    Draft = apps.get_model("boundaries", "RepairDraft")
    Draft._base_manager.update(bound_id=models.F("repair"))
    _check_now(schema_editor)


def unbind(apps: Any, schema_editor: Any) -> None:
    """Bind all of them to their repair again."""
    Draft, Key = (apps.get_model("boundaries", name) for name in ("RepairDraft", "Key"))
    for row in Draft._base_manager.exclude(bound_id=models.F("repair")).iterator():
        kept = Key._base_manager.get(seat=row.seat_id)
        key = DataKey(str(row.seat_id), kept.epoch, bytes(kept.wrapped))
        place = ("boundaries_repairdraft", "content")
        words = key.decrypt(bytes(row.content), *place, row.bound_id, row.purpose)
        content = key.encrypt(words, *place, row.repair_id, row.purpose)
        Draft._base_manager.filter(pk=row.pk).update(content=content)
    _check_now(schema_editor)


def _check_now(schema_editor: Any) -> None:
    """PostgreSQL changes no table while foreign keys wait to be checked."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        schema_editor.execute("SET CONSTRAINTS ALL DEFERRED")


class Migration(migrations.Migration):
    dependencies = [
        ("boundaries", "0026_repair"),
    ]

    why_safe = "no version that was released has these tables, so nobody waits for them"

    operations = [
        migrations.CreateModel(
            name="ReturnedDraft",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("bound_id", models.UUIDField()),
                ("purpose", models.CharField(max_length=16)),
                ("content", boundaries.sealing.ciphertexts.CiphertextField()),
                ("behaviour", models.SlugField(blank=True, db_index=False, max_length=32)),
                ("i_crossed_it", models.BooleanField()),
                ("until", models.DateTimeField(db_index=True)),
                (
                    "seat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="boundaries.seat",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="muted",
            name="muted_once_a_person",
        ),
        migrations.AddField(
            model_name="muted",
            name="couple",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="boundaries.couple",
            ),
        ),
        migrations.AlterField(
            model_name="muted",
            name="rhythm",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="boundaries.rhythm",
            ),
        ),
        migrations.AddField(
            model_name="repairdraft",
            name="bound_id",
            field=models.UUIDField(default=uuid.uuid4, null=True),
        ),
        migrations.RunPython(to_couples, to_rhythms),
        migrations.RunPython(bind_as_before, unbind),
        migrations.AlterField(
            model_name="repairdraft",
            name="bound_id",
            field=models.UUIDField(default=uuid.uuid4),
        ),
        migrations.AlterField(
            model_name="muted",
            name="couple",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="boundaries.couple",
            ),
        ),
        migrations.AlterField(
            model_name="muted",
            name="seat",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="boundaries.seat",
            ),
        ),
        migrations.RemoveField(
            model_name="muted",
            name="rhythm",
        ),
        migrations.AddConstraint(
            model_name="muted",
            constraint=models.UniqueConstraint(
                fields=("seat", "couple"), name="muted_once_a_couple"
            ),
        ),
        migrations.AddIndex(
            model_name="reminder",
            index=models.Index(
                django.db.models.functions.comparison.Coalesce("mail_at", "due_at"),
                condition=models.Q(
                    ("mail_at__isnull", True),
                    ("mail_at__gt", models.F("due_at")),
                    _connector="OR",
                ),
                name="reminder_looked_at",
            ),
        ),
    ]
