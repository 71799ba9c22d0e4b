import uuid

from django.db import migrations, models


def give_each_a_lock_of_their_own(apps, schema_editor):
    """A new column has one default for all rows, and a lock shared by all would lock nothing."""
    for user in apps.get_model("accounts", "User").objects.only("pk").iterator():
        user.lock = uuid.uuid4()
        user.save(update_fields=["lock"])


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_encrypt_second_steps"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="takes_mailed_codes",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="user",
            name="lock",
            field=models.UUIDField(default=uuid.uuid4, editable=False),
        ),
        migrations.RunPython(give_each_a_lock_of_their_own, migrations.RunPython.noop),
    ]
