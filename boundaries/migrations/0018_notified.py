"""Who was mailed and has not acted since: from lists on couples and talks to a table.

The lists stay, empty, for one version: the version before reads them while it is being replaced.
"""

import uuid
from typing import Any

import django.db.models.deletion
from django.db import migrations, models

SHEET = "sheet "  # stood before the side, for a mail about a therapist sheet
AT_A_TIME = 500


def to_rows(apps: Any, schema_editor: Any) -> None:
    couples, talks, rows = _managers(apps)
    for found in (couples, talks):
        for row in found.exclude(told=[]).order_by("pk").iterator(AT_A_TIME):
            rows.bulk_create(_rows(rows.model, row))
            found.filter(pk=row.pk).update(told=[])


def to_lists(apps: Any, schema_editor: Any) -> None:
    couples, talks, rows = _managers(apps)
    for row in rows.order_by("couple", "talk", "subject", "side"):
        found = (talks.filter(pk=row.talk) if row.talk else couples.filter(pk=row.couple_id)).get()
        side = f"{SHEET}{row.side}" if row.subject == "therapist-sheet" else row.side
        found.told = sorted([*found.told, side])
        found.save(update_fields=["told"])


def _managers(apps: Any) -> tuple[Any, ...]:
    names = ("Couple", "Conversation", "Notified")
    return tuple(apps.get_model("boundaries", name)._base_manager for name in names)


def _rows(model: Any, row: Any) -> list[Any]:
    """Those of one couple or one talk."""
    if row._meta.model_name == "conversation":
        about = {"couple_id": row.couple_id, "subject": "talk", "talk": row.pk}
        return [model(side=side, **about) for side in row.told]
    return [
        model(
            couple=row,
            side=entry.removeprefix(SHEET),
            subject="therapist-sheet" if entry.startswith(SHEET) else "agreements",
        )
        for entry in row.told
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("boundaries", "0017_rename_managers"),
    ]

    operations = [
        migrations.CreateModel(
            name="Notified",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "side",
                    models.CharField(choices=[("left", "Left"), ("right", "Right")], max_length=5),
                ),
                (
                    "subject",
                    models.CharField(
                        choices=[
                            ("agreements", "Agreements"),
                            ("therapist-sheet", "Therapist Sheet"),
                            ("talk", "Talk"),
                        ],
                        max_length=15,
                    ),
                ),
                ("talk", models.UUIDField(null=True)),
                (
                    "couple",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="+",
                        to="boundaries.couple",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("talk", None)),
                        fields=("couple", "side", "subject"),
                        name="notified_once_about_a_subject",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("talk__isnull", False)),
                        fields=("couple", "side", "talk"),
                        name="notified_once_about_a_talk",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("subject", "talk"), ("talk__isnull", False)),
                            models.Q(models.Q(("subject", "talk"), _negated=True), ("talk", None)),
                            _connector="OR",
                        ),
                        name="notified_names_a_talk_exactly_for_talks",
                    ),
                ],
            },
        ),
        migrations.RunPython(to_rows, to_lists),
    ]
