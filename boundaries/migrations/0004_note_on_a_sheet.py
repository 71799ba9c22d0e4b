import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("boundaries", "0003_carry_over")]

    operations = [
        migrations.AlterField(
            "note",
            "sheet",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="boundaries.sheet",
            ),
        ),
        migrations.AddConstraint(
            "note",
            models.UniqueConstraint(fields=("sheet", "behaviour"), name="note_one_an_answer"),
        ),
    ]
