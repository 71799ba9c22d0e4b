"""A letter is claimed by a worker, and the time when one with a code was sent is kept."""

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_language"),
    ]

    why_safe = "letters are few: they wait for some seconds"  # for the index on them

    operations = [
        migrations.CreateModel(
            name="ReadinessCheck",
            fields=[
                ("id", models.SmallIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="SentLetter",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="heartbeat",
            name="no_mail_since",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="letter",
            name="claimed_by",
            field=models.CharField(db_default="", default="", max_length=64),
        ),
        migrations.AddField(
            model_name="letter",
            name="due_at",
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
        migrations.AddField(
            model_name="letter",
            name="tries",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="letter",
            name="urgent",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name="letter",
            index=models.Index(
                models.F("urgent"),
                models.F("due_at"),
                condition=models.Q(("claimed_by", "")),
                name="letter_due",
            ),
        ),
    ]
