"""A data key for each person and each couple, and everything they wrote encrypted with it.

The columns stay what they are to the database: bytes. Going back decrypts them again.
"""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import django.db.models.deletion
from django.db import migrations, models

import boundaries.sealing.ciphertexts
from accounts.encryption import Ciphertext, DataKey

AT_A_TIME = 500

# Of each table: the columns, where the id of the owner is, and what the words are bound to.
WRITTEN = {
    "Answer": (("content",), "sheet__seat", ("sheet_id", "behaviour")),
    "Note": (("content",), "seat", ("sheet_id", "behaviour")),
    "Draft": (("content",), "seat", ("conversation_id", "side", "purpose")),
    "Envelope": (("hidden",), "couple", ("pk",)),
    "Own": (("text",), "couple", ("pk", "author_id")),
    "Conversation": (("wording",), "couple", ("pk", "behaviour")),
    "Turn": (
        ("content",),
        "conversation__couple",
        ("pk", "conversation_id", "number", "side", "move"),
    ),
    "Version": (("content",), "couple", ("pk", "behaviour", "number", "side")),
    "Assent": (("digest",), "version__couple", ("version_id", "side")),
    "Issue": (("content",), "couple", ("pk",)),
    "Release": (("digest",), "issue__couple", ("issue_id", "side")),
}


def encrypt(apps: Any, schema_editor: Any) -> None:
    import json

    make_keys(apps)
    rewrite(apps, lambda key, now, place: key.encrypt(json.loads(bytes(now)), *place))


def decrypt(apps: Any, schema_editor: Any) -> None:
    import json

    from boundaries.sealing.padding import pad

    def plain(key: DataKey, now: bytes, place: tuple[object, ...]) -> Ciphertext:
        told = json.dumps(key.decrypt(now, *place), ensure_ascii=False, separators=(",", ":"))
        return Ciphertext(pad(told.encode()))

    rewrite(apps, plain)


def make_keys(apps: Any) -> None:
    Key = apps.get_model("boundaries", "Key")
    for kind in ("seat", "couple"):
        owners = apps.get_model("boundaries", kind.title()).objects.values_list("pk", flat=True)
        for some in batches(owners.iterator(AT_A_TIME)):
            made = [(pk, DataKey.new(str(pk))) for pk in some]
            Key.objects.bulk_create(
                Key(**{f"{kind}_id": pk}, epoch=key.epoch, wrapped=key.wrapped) for pk, key in made
            )


def rewrite(apps: Any, change: Callable[[DataKey, bytes, tuple[object, ...]], Ciphertext]) -> None:
    Key = apps.get_model("boundaries", "Key")
    for name, (columns, owner, bound) in WRITTEN.items():
        model = apps.get_model("boundaries", name)
        rows = model._base_manager.annotate(owner=models.F(owner)).order_by("pk")
        for some in batches(rows.iterator(AT_A_TIME)):
            owners = {row.owner for row in some}
            kept = Key.objects.filter(models.Q(seat__in=owners) | models.Q(couple__in=owners))
            keys = {
                pk: DataKey(str(pk), key.epoch, bytes(key.wrapped))
                for key in kept
                for pk in [key.seat_id or key.couple_id]
            }
            for row in some:
                for column in columns:
                    place = (
                        model._meta.db_table,
                        column,
                        *(getattr(row, each) for each in bound),
                    )
                    now = getattr(row, column)
                    setattr(row, column, change(keys[row.owner], now, place))
            model._base_manager.bulk_update(some, columns)


def batches(rows: Iterator[Any]) -> Iterator[list[Any]]:
    from itertools import batched

    for some in batched(rows, AT_A_TIME):
        yield list(some)


class Migration(migrations.Migration):
    dependencies = [("boundaries", "0010_releases")]

    operations = [
        migrations.CreateModel(
            name="Key",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("epoch", models.PositiveSmallIntegerField(db_index=True)),
                ("wrapped", models.BinaryField()),
                (
                    "couple",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="kept_key",
                        to="boundaries.couple",
                    ),
                ),
                (
                    "seat",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="kept_key",
                        to="boundaries.seat",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("couple__isnull", False), ("seat__isnull", True)),
                            models.Q(("couple__isnull", True), ("seat__isnull", False)),
                            _connector="OR",
                        ),
                        name="key_is_one_persons_or_one_couples",
                    )
                ],
            },
        ),
        *(
            migrations.AlterField(
                model_name=name.lower(),
                name=column,
                field=boundaries.sealing.ciphertexts.CiphertextField(),
            )
            for name, (columns, _, _) in WRITTEN.items()
            for column in columns
        ),
        migrations.RunPython(encrypt, decrypt),
    ]
