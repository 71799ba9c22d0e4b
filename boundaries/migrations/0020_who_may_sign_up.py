"""Invitations by whoever runs the site, and which partners' invitations have made an account."""

import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("boundaries", "0019_screen_of_a_talk"),
    ]

    operations = [
        migrations.AddField(
            model_name="invitation",
            name="admitted",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.CreateModel(
            name="SiteInvitation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("expires_at", models.DateTimeField()),
            ],
        ),
    ]
