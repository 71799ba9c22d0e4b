import datetime

from django.db import migrations, models

ALWAYS = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_time_zones"),
    ]

    operations = [
        # Rows without a time get the default, on either database.
        migrations.AlterField(
            model_name="user",
            name="time_zone_since",
            field=models.DateTimeField(db_default=ALWAYS, default=ALWAYS, editable=False),
        ),
    ]
