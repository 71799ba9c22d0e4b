"""A journal with a key of its own, and words kept for a talk that is not open yet."""

import uuid

import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

import boundaries.sealing.ciphertexts


def delete_keys_of_journals(apps, schema_editor):
    """On the way back: a key without its journal would be nobody's."""
    apps.get_model("boundaries", "Key")._base_manager.filter(journal__isnull=False).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("boundaries", "0023_reminders_of_days"),
    ]

    operations = [
        migrations.CreateModel(
            name="EarlyDraft",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("behaviour", models.SlugField(db_index=False, max_length=32)),
                ("content", boundaries.sealing.ciphertexts.CiphertextField()),
            ],
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Journal",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
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
            name="JournalEntry",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("page", models.UUIDField()),
                ("begun_at", models.DateTimeField(auto_now_add=True)),
                ("content", boundaries.sealing.ciphertexts.CiphertextField()),
            ],
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="key",
            name="key_is_of_one_alone",
        ),
        migrations.AddField(
            model_name="earlydraft",
            name="couple",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="boundaries.couple",
            ),
        ),
        migrations.AddField(
            model_name="earlydraft",
            name="seat",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="boundaries.seat",
            ),
        ),
        migrations.AddField(
            model_name="journal",
            name="seat",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="boundaries.seat"
            ),
        ),
        migrations.AddField(
            model_name="key",
            name="journal",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="kept_key",
                to="boundaries.journal",
            ),
        ),
        migrations.AddConstraint(
            model_name="key",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("copy", None), ("couple", None), ("journal", None), ("seat__isnull", False)
                    ),
                    models.Q(
                        ("copy", None), ("couple__isnull", False), ("journal", None), ("seat", None)
                    ),
                    models.Q(
                        ("copy__isnull", False), ("couple", None), ("journal", None), ("seat", None)
                    ),
                    models.Q(
                        ("copy", None), ("couple", None), ("journal__isnull", False), ("seat", None)
                    ),
                    _connector="OR",
                ),
                name="key_is_of_one_alone",
            ),
        ),
        migrations.AddField(
            model_name="journalentry",
            name="journal",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="boundaries.journal",
            ),
        ),
        migrations.AddConstraint(
            model_name="earlydraft",
            constraint=models.UniqueConstraint(
                fields=("seat", "couple", "behaviour"), name="early_draft_one_a_behaviour"
            ),
        ),
        migrations.AddConstraint(
            model_name="journalentry",
            constraint=models.UniqueConstraint(
                fields=("journal", "page"), name="journal_entry_one_a_page"
            ),
        ),
        migrations.RunPython(migrations.RunPython.noop, delete_keys_of_journals),
    ]
