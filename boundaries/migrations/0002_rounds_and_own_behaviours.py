import uuid

import django.db.models.deletion
from django.db import migrations, models

import boundaries.sealing.padding


class Migration(migrations.Migration):
    dependencies = [("boundaries", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Own",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("text", boundaries.sealing.padding.PaddedField()),
                ("put_forward_at", models.DateTimeField(auto_now_add=True)),
                ("accepted_at", models.DateTimeField(null=True)),
                ("set_aside", models.BooleanField(default=False)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="boundaries.seat",
                    ),
                ),
                (
                    "couple",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="boundaries.couple",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("accepted_at", None), ("set_aside", False), _connector="OR"
                        ),
                        name="own_is_not_both_accepted_and_set_aside",
                    )
                ],
            },
        ),
        migrations.AddField("envelope", "round", models.PositiveSmallIntegerField(default=1)),
        migrations.RemoveConstraint("envelope", "envelope_one_a_deck"),
        migrations.AddConstraint(
            "envelope",
            models.UniqueConstraint(
                fields=("couple", "deck", "round"), name="envelope_one_a_round"
            ),
        ),
        migrations.AddField("sheet", "number", models.PositiveSmallIntegerField(default=1)),
        migrations.RemoveConstraint("sheet", "sheet_one_a_deck"),
        migrations.AddConstraint(
            "sheet",
            models.UniqueConstraint(fields=("seat", "deck", "number"), name="sheet_one_a_number"),
        ),
        migrations.AlterField("answer", "behaviour", models.SlugField(max_length=32)),
        migrations.RemoveConstraint("note", "note_one_a_behaviour"),
        migrations.AlterField("note", "behaviour", models.SlugField(max_length=32)),
        migrations.RenameField("note", "text", "content"),
        migrations.AddField(
            "note",
            "sheet",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="boundaries.sheet",
            ),
        ),
    ]
