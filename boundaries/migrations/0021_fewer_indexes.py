"""Drop indexes that no query uses, and allow an envelope to be empty before it opens.

A unique index can also be searched by its first column, so another index on that column is of no
use. Neither is an index for LIKE, because no query here searches for the beginning of a word.

The indexes are dropped directly. AlterField would also drop and recreate the foreign keys, which
reads whole tables and blocks writing to them. Migrating back does not recreate the indexes.
"""

import django.db.models.deletion
from django.db import migrations, models

import boundaries.sealing.ciphertexts
from accounts.encryption import DataKey

UNUSED = {
    "assent": ["version"],
    "conversation": ["behaviour", "deck"],
    "draft": ["seat"],
    "envelope": ["couple", "deck"],
    "export": ["seat"],
    "part": ["export"],
    "release": ["issue"],
    "seal": ["envelope"],
    "seat": ["couple"],
    "setaside": ["seat"],
    "sheet": ["deck", "seat"],
    "turn": ["conversation"],
    "version": ["behaviour", "couple"],
}
AT_A_TIME = 1_000  # envelopes
FOR_LIKE = "_like"  # how Django ends the name of an index for LIKE, on PostgreSQL


def drop_unused(apps, schema_editor):
    introspection = schema_editor.connection.introspection
    columns = {
        model._meta.db_table: [[model._meta.get_field(field).column] for field in fields]
        for model, fields in ((apps.get_model("boundaries", name), UNUSED[name]) for name in UNUSED)
    }
    for table in introspection.table_names():
        with schema_editor.connection.cursor() as cursor:
            found = introspection.get_constraints(cursor, table)
        for index, about in found.items():
            unused = about["columns"] in columns.get(table, []) or index.endswith(FOR_LIKE)
            if about["index"] and not about["unique"] and unused:
                schema_editor.execute(f"DROP INDEX {schema_editor.quote_name(index)}")


def fill_hidden(apps, schema_editor):
    """For migrating back: store an encrypted empty list in each envelope that is empty."""
    envelopes = apps.get_model("boundaries", "Envelope")._base_manager.filter(hidden=None)
    keys = ("couple", "couple__kept_key__epoch", "couple__kept_key__wrapped")
    while some := list(envelopes.values_list("pk", *keys)[:AT_A_TIME]):
        for pk, couple, epoch, wrapped in some:
            key = DataKey(str(couple), epoch, bytes(wrapped))
            hidden = key.encrypt([], "boundaries_envelope", "hidden", pk)
            envelopes.filter(pk=pk).update(hidden=hidden)


class Migration(migrations.Migration):
    dependencies = [
        ("account", "0009_emailaddress_unique_primary_email"),
        ("accounts", "0006_time_zone_since_always"),
        ("boundaries", "0020_who_may_sign_up"),
        ("sessions", "0001_initial"),
        ("usersessions", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="envelope",
            name="hidden",
            field=boundaries.sealing.ciphertexts.CiphertextField(null=True),
        ),
        migrations.RunPython(migrations.RunPython.noop, fill_hidden),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(drop_unused, migrations.RunPython.noop)],
            state_operations=[
                migrations.AlterField(
                    model_name="assent",
                    name="version",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        related_query_name="assents",
                        to="boundaries.version",
                    ),
                ),
                migrations.AlterField(
                    model_name="conversation",
                    name="behaviour",
                    field=models.SlugField(db_index=False, max_length=32),
                ),
                migrations.AlterField(
                    model_name="conversation",
                    name="deck",
                    field=models.SlugField(db_index=False, max_length=20),
                ),
                migrations.AlterField(
                    model_name="draft",
                    name="seat",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="boundaries.seat",
                    ),
                ),
                migrations.AlterField(
                    model_name="envelope",
                    name="couple",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="boundaries.couple",
                    ),
                ),
                migrations.AlterField(
                    model_name="envelope",
                    name="deck",
                    field=models.SlugField(db_index=False, max_length=20),
                ),
                migrations.AlterField(
                    model_name="export",
                    name="seat",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="boundaries.seat",
                    ),
                ),
                migrations.AlterField(
                    model_name="part",
                    name="export",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        related_query_name="parts",
                        to="boundaries.export",
                    ),
                ),
                migrations.AlterField(
                    model_name="release",
                    name="issue",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        related_query_name="releases",
                        to="boundaries.issue",
                    ),
                ),
                migrations.AlterField(
                    model_name="seal",
                    name="envelope",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        related_query_name="seals",
                        to="boundaries.envelope",
                    ),
                ),
                migrations.AlterField(
                    model_name="seat",
                    name="couple",
                    field=models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="boundaries.couple",
                    ),
                ),
                migrations.AlterField(
                    model_name="setaside",
                    name="seat",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="boundaries.seat",
                    ),
                ),
                migrations.AlterField(
                    model_name="sheet",
                    name="deck",
                    field=models.SlugField(db_index=False, max_length=20),
                ),
                migrations.AlterField(
                    model_name="sheet",
                    name="seat",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="boundaries.seat",
                    ),
                ),
                migrations.AlterField(
                    model_name="turn",
                    name="conversation",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="boundaries.conversation",
                    ),
                ),
                migrations.AlterField(
                    model_name="version",
                    name="behaviour",
                    field=models.SlugField(db_index=False, max_length=32),
                ),
                migrations.AlterField(
                    model_name="version",
                    name="couple",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="boundaries.couple",
                    ),
                ),
            ],
        ),
    ]
