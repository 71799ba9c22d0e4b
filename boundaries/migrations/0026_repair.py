"""Repairs after a line was crossed, their turns and drafts, and words that return to their writer."""

import uuid

import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

import boundaries.sealing.ciphertexts


class Migration(migrations.Migration):
    dependencies = [
        ("boundaries", "0025_check_ins"),
    ]

    operations = [
        migrations.AlterField(
            model_name="notified",
            name="subject",
            field=models.CharField(
                choices=[
                    ("agreements", "Agreements"),
                    ("therapist-sheet", "Therapist Sheet"),
                    ("talk", "Talk"),
                    ("repair", "Repair"),
                ],
                max_length=15,
            ),
        ),
        migrations.CreateModel(
            name="Repair",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("behaviour", models.SlugField(blank=True, db_index=False, max_length=32)),
                ("wording", boundaries.sealing.ciphertexts.CiphertextField()),
                (
                    "opened_by",
                    models.CharField(choices=[("left", "Left"), ("right", "Right")], max_length=5),
                ),
                (
                    "crossed",
                    models.CharField(choices=[("left", "Left"), ("right", "Right")], max_length=5),
                ),
                ("opened_at", models.DateTimeField(null=True)),
                ("removal_at", models.DateTimeField(null=True)),
                (
                    "couple",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="boundaries.couple",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RepairDraft",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("purpose", models.CharField(max_length=16)),
                ("content", boundaries.sealing.ciphertexts.CiphertextField()),
                (
                    "repair",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="boundaries.repair",
                    ),
                ),
                (
                    "seat",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="boundaries.seat",
                    ),
                ),
            ],
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="RepairTurn",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "side",
                    models.CharField(choices=[("left", "Left"), ("right", "Right")], max_length=5),
                ),
                ("move", models.CharField(max_length=12)),
                ("content", boundaries.sealing.ciphertexts.CiphertextField()),
                ("made_from", models.CharField(max_length=24)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "repair",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="boundaries.repair",
                    ),
                ),
            ],
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="ReturnedWords",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("content", boundaries.sealing.ciphertexts.CiphertextField()),
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
        migrations.CreateModel(
            name="WishToKeep",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "repair",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        related_query_name="wish",
                        to="boundaries.repair",
                    ),
                ),
                (
                    "seat",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="boundaries.seat",
                    ),
                ),
            ],
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.AddIndex(
            model_name="repair",
            index=models.Index(fields=["couple"], name="repair_of_a_couple"),
        ),
        migrations.AddIndex(
            model_name="repair",
            index=models.Index(
                condition=models.Q(("removal_at__isnull", False)),
                fields=["removal_at"],
                name="repair_to_remove",
            ),
        ),
        migrations.AddConstraint(
            model_name="repair",
            constraint=models.UniqueConstraint(
                condition=models.Q(("opened_at__isnull", False), ("removal_at__isnull", True)),
                fields=("couple", "behaviour"),
                name="repair_one_at_a_time_on_a_line",
            ),
        ),
        migrations.AddConstraint(
            model_name="repair",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("removal_at__isnull", True), ("opened_at__isnull", False), _connector="OR"
                ),
                name="repair_is_closed_only_once_sent",
            ),
        ),
        migrations.AddConstraint(
            model_name="repairdraft",
            constraint=models.UniqueConstraint(
                fields=("seat", "repair", "purpose"), name="repair_draft_one_a_purpose"
            ),
        ),
        migrations.AddConstraint(
            model_name="repairturn",
            constraint=models.UniqueConstraint(
                fields=("repair", "number"), name="repair_turn_one_a_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="wishtokeep",
            constraint=models.UniqueConstraint(fields=("seat", "repair"), name="wish_to_keep_once"),
        ),
    ]
