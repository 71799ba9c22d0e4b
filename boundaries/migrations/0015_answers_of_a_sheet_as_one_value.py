"""The answers on a sheet become one encrypted value.

There was a row for each card, so two copies of the database told which card was changed between
them, and a single one told which had long notes. Going back makes such rows again.
"""

import uuid
from collections import defaultdict
from typing import Any

import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

import boundaries.sealing.ciphertexts
from boundaries.migrations._sheets import BLANK_SAID, BLOCKS, batches_of_sheets, without_blanks

OLD, NEW = ("boundaries_answer", "content"), ("boundaries_answers", "content")


def put_together(apps: Any, schema_editor: Any) -> None:
    Answer, Answers = (apps.get_model("boundaries", name) for name in ("Answer", "Answers"))
    for keys in batches_of_sheets(apps):
        answers: defaultdict[Any, dict[str, Any]] = defaultdict(dict)
        rows = Answer._base_manager.filter(sheet__in=keys).order_by("sheet", "behaviour")
        for sheet, behaviour, content in rows.values_list("sheet", "behaviour", "content"):
            answer = keys[sheet][1].decrypt(bytes(content), *OLD, sheet, behaviour)
            answers[sheet][behaviour] = without_blanks(answer)
        Answers._base_manager.bulk_create(
            Answers(
                sheet_id=sheet,
                content=key.encrypt(answers[sheet], *NEW, sheet, blocks=BLOCKS),
            )
            for sheet, (_, key) in keys.items()
        )


def take_apart(apps: Any, schema_editor: Any) -> None:
    Answer, Answers = (apps.get_model("boundaries", name) for name in ("Answer", "Answers"))
    for keys in batches_of_sheets(apps):
        rows = Answers._base_manager.filter(sheet__in=keys).order_by("sheet")
        Answer._base_manager.bulk_create(
            Answer(
                sheet_id=sheet,
                behaviour=behaviour,
                content=key.encrypt(BLANK_SAID | answer, *OLD, sheet, behaviour),
            )
            for sheet, content in rows.values_list("sheet", "content")
            for _, key in [keys[sheet]]
            for behaviour, answer in key.decrypt(bytes(content), *NEW, sheet).items()
        )


class Migration(migrations.Migration):
    dependencies = [("boundaries", "0014_notes_of_a_sheet_as_one_value")]

    operations = [
        migrations.CreateModel(
            name="Answers",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("content", boundaries.sealing.ciphertexts.CiphertextField()),
                (
                    "sheet",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="boundaries.sheet",
                    ),
                ),
            ],
            options={"abstract": False},
            managers=[("everyones", django.db.models.manager.Manager())],
        ),
        migrations.RunPython(put_together, take_apart),
        migrations.DeleteModel(name="Answer"),
    ]
