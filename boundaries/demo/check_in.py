"""A check-in of the invented couple, three weeks after they opened their answers."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.utils.translation import gettext as _

from boundaries.check_ins import pages
from boundaries.check_ins.pages import FinishedPage
from boundaries.check_ins.replies import CheckIn, Replies
from boundaries.content.languages import PerLanguage
from boundaries.demo import couple
from boundaries.vocabulary import Closeness, Side


@PerLanguage
def halves() -> dict[Side, Replies]:
    """What each of them wrote, in the active language."""
    return {
        Side.LEFT: Replies(
            appreciation=_("You called your mother, and then told me all of it."),
            well=_("Sunday without our phones."),
            closeness=Closeness.CLOSE,
            nothing_new=True,
            plan=_("The open-air cinema on Friday."),
        ),
        Side.RIGHT: Replies(
            appreciation=_("You asked before you worried."),
            closeness=Closeness.VERY_CLOSE,
            new=_("Meera from school is in town. I’d like you to meet her."),
            plan=_("Breakfast by the river."),
        ),
    }


def page() -> FinishedPage:
    check_in = CheckIn(
        id=uuid.UUID(int=0), at=couple.OPENED_AT + timedelta(days=21), halves=halves()
    )
    return pages.page_of(check_in, couple.names(), {})
