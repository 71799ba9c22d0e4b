"""Whose screen a talk is on. The version before writes rows without it, so the database fills it in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("boundaries", "0018_notified"),
    ]

    operations = [
        migrations.AddField(
            model_name="conversation",
            name="screen",
            field=models.CharField(
                choices=[("left", "Left"), ("right", "Right")],
                db_default="",
                default="",
                max_length=5,
            ),
        ),
    ]
