"""What was proposed in a talk before there was a page for it, in its exact words."""

import json
from collections import Counter
from hashlib import blake2b

from django.db import migrations


def digest(behaviour, content):
    told = json.dumps([behaviour, content], sort_keys=True, ensure_ascii=False)
    return blake2b(told.encode(), digest_size=24).hexdigest()


def carry_over(apps, schema_editor):
    turn = apps.get_model("boundaries", "Turn")
    version = apps.get_model("boundaries", "Version")
    assent = apps.get_model("boundaries", "Assent")
    proposals = turn._base_manager.filter(move="propose").select_related("conversation")
    numbers = Counter()
    for each in proposals.order_by("at", "conversation", "number"):
        talk = each.conversation
        on = (talk.couple_id, talk.behaviour)
        numbers[on] += 1
        content = {name: each.content[name] for name in ("lines", "text", "well")}
        made = version._base_manager.create(
            couple_id=talk.couple_id,
            behaviour=talk.behaviour,
            number=numbers[on],
            side=each.side,
            origin="talk",
            talk=talk,
            content=content,
        )
        version._base_manager.filter(pk=made.pk).update(at=each.at)
        if each.typed_by == each.side:
            assent._base_manager.create(
                version=made, side=each.side, digest=digest(talk.behaviour, content)
            )


class Migration(migrations.Migration):
    dependencies = [
        ("boundaries", "0008_understandings"),
    ]

    operations = [
        migrations.RunPython(carry_over, migrations.RunPython.noop),
    ]
