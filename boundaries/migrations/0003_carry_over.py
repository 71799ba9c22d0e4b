"""Notes move onto the sheet they belong to; couples get the envelopes they did not have yet."""

from django.db import migrations


def forwards(apps, schema_editor):
    Answer, Couple, Envelope, Note = (
        apps.get_model("boundaries", name) for name in ("Answer", "Couple", "Envelope", "Note")
    )
    sheets = {
        (seat, behaviour): sheet
        for seat, behaviour, sheet in Answer.everyones.values_list(
            "sheet__seat", "behaviour", "sheet"
        )
    }
    for note in Note.everyones.all():
        note.sheet_id = sheets[note.seat_id, note.behaviour]
        note.content = {
            "note": note.content,
            "guess": None,
            "to_keep_the_peace": False,
            "live": False,
            "before": None,
        }
        note.save()
    Envelope.objects.bulk_create(
        Envelope(couple=couple, deck=deck)
        for couple in Couple.objects.all()
        for deck in ("intimate", "own", "opting-in")
    )


def backwards(apps, schema_editor):
    Envelope, Note, Sheet = (
        apps.get_model("boundaries", name) for name in ("Envelope", "Note", "Sheet")
    )
    Envelope.objects.filter(deck__in=("intimate", "own", "opting-in")).delete()
    Envelope.objects.filter(round__gt=1).delete()
    Sheet.everyones.filter(number__gt=1).delete()
    for note in Note.everyones.all():
        note.content = note.content["note"]
        note.save()


class Migration(migrations.Migration):
    dependencies = [("boundaries", "0002_rounds_and_own_behaviours")]
    operations = [migrations.RunPython(forwards, backwards)]
