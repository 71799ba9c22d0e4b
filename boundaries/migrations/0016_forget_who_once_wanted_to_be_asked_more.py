"""Wanting to be asked the intimate deck left an empty sheet when it was taken back. These go."""

from typing import Any

from django.db import migrations


def forget(apps: Any, schema_editor: Any) -> None:
    sheets = apps.get_model("boundaries", "Sheet")._base_manager
    seals = apps.get_model("boundaries", "Seal")._base_manager
    sheets.filter(deck="opting-in").exclude(pk__in=seals.values("sheet")).delete()


class Migration(migrations.Migration):
    dependencies = [("boundaries", "0015_answers_of_a_sheet_as_one_value")]

    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]
