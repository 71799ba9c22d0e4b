"""A check-in of the invented couple, three weeks after they opened their answers."""

from __future__ import annotations

import uuid
from datetime import timedelta

from boundaries.check_ins import pages
from boundaries.check_ins.pages import FinishedPage
from boundaries.check_ins.replies import CheckIn, Replies
from boundaries.demo import couple
from boundaries.vocabulary import Closeness, Side

HALVES = {
    Side.LEFT: Replies(
        appreciation="You called your mother, and then told me all of it.",
        well="Sunday without our phones.",
        closeness=Closeness.CLOSE,
        nothing_new=True,
        plan="The open-air cinema on Friday.",
    ),
    Side.RIGHT: Replies(
        appreciation="You asked before you worried.",
        closeness=Closeness.VERY_CLOSE,
        new="Meera from school is in town. I’d like you to meet her.",
        plan="Breakfast by the river.",
    ),
}


def page() -> FinishedPage:
    check_in = CheckIn(id=uuid.UUID(int=0), at=couple.OPENED_AT + timedelta(days=21), halves=HALVES)
    return pages.page_of(check_in, couple.NAMES, {})
