"""The notes to oneself on a sheet become one encrypted value, and every sheet has one.

There was a row for each card that had been changed, which named the card. Going back makes such
rows again.
"""

import uuid
from collections import defaultdict
from typing import Any

import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

import boundaries.sealing.ciphertexts
from boundaries.migrations._sheets import BLANK_SAID, BLOCKS, batches_of_sheets, without_blanks

OLD, NEW = ("boundaries_note", "content"), ("boundaries_notes", "content")
BLANK_ASIDE: dict[str, Any] = {
    "note": "",
    "guess": None,
    "to_keep_the_peace": False,
    "live": False,
}


def put_together(apps: Any, schema_editor: Any) -> None:
    Note, Notes = (apps.get_model("boundaries", name) for name in ("Note", "Notes"))
    for keys in batches_of_sheets(apps):
        notes: defaultdict[Any, dict[str, Any]] = defaultdict(dict)
        rows = Note._base_manager.filter(sheet__in=keys).order_by("sheet", "behaviour")
        for sheet, behaviour, content in rows.values_list("sheet", "behaviour", "content"):
            note = keys[sheet][1].decrypt(bytes(content), *OLD, sheet, behaviour)
            before = note.pop("before", None)
            notes[sheet][behaviour] = without_blanks(note)
            if before:
                notes[sheet][behaviour]["before"] = [without_blanks(each) for each in before]
        Notes._base_manager.bulk_create(
            Notes(
                sheet_id=sheet,
                seat_id=seat,
                content=key.encrypt(notes[sheet], *NEW, sheet, blocks=BLOCKS),
            )
            for sheet, (seat, key) in keys.items()
        )


def take_apart(apps: Any, schema_editor: Any) -> None:
    Note, Notes = (apps.get_model("boundaries", name) for name in ("Note", "Notes"))
    for keys in batches_of_sheets(apps):
        rows = Notes._base_manager.filter(sheet__in=keys).order_by("sheet")
        Note._base_manager.bulk_create(
            Note(
                sheet_id=sheet,
                seat_id=seat,
                behaviour=behaviour,
                content=key.encrypt(_whole(note), *OLD, sheet, behaviour),
            )
            for sheet, content in rows.values_list("sheet", "content")
            for seat, key in [keys[sheet]]
            for behaviour, note in key.decrypt(bytes(content), *NEW, sheet).items()
        )


def _whole(note: dict[str, Any]) -> dict[str, Any]:
    """With every field, as it was kept before."""
    before = note.pop("before", None)
    if before:
        before = [BLANK_SAID | before[0], BLANK_ASIDE | before[1]]
    return BLANK_ASIDE | note | {"before": before}


class Migration(migrations.Migration):
    dependencies = [("boundaries", "0013_agreed")]

    operations = [
        migrations.CreateModel(
            name="Notes",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("content", boundaries.sealing.ciphertexts.CiphertextField()),
                (
                    "seat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="boundaries.seat",
                    ),
                ),
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
        migrations.DeleteModel(name="Note"),
    ]
