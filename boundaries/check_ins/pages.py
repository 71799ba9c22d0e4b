"""What the pages of check-ins show, as values."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import locales
from boundaries.agreements import history
from boundaries.agreements.history import Entry
from boundaries.check_ins import closeness, rhythms
from boundaries.check_ins import rules as check_ins
from boundaries.check_ins.closeness import Point
from boundaries.check_ins.forms import HalfForm, RhythmForm
from boundaries.check_ins.pattern import LONGEST
from boundaries.check_ins.picture import Picture, picture_of
from boundaries.check_ins.replies import CheckIn, Replies
from boundaries.check_ins.rhythms import CheckInRhythm
from boundaries.check_ins.rules import OwnHalf
from boundaries.comparison.rules import can_be_talked_about
from boundaries.sealing.opting import Opting
from boundaries.seats import rules as seats
from boundaries.seats.rules import Partner
from boundaries.vocabulary import Closeness, Frequency, Side

if TYPE_CHECKING:
    from boundaries.seats.models import Seat

type Title = str | Promise

# What is asked, in this order. Of five of them words are kept.
TITLES: Mapping[str, Title] = {
    "appreciation": _("Appreciated"),
    "well": _("Went well"),
    "closeness": _("How close you feel"),
    "new": _("New"),
    "still": _("Still good?"),
    "plan": _("Time together"),
}
IS_NEW = timedelta(days=2)
NOTHING_TODAY = _("Nothing today")


@dataclass(frozen=True, slots=True)
class ReplyLine:
    """What one of the two replied to one thing."""

    first_name: str
    words: Title
    user_written: bool = True


@dataclass(frozen=True, slots=True)
class KeptLine:
    """One line of a check-in: what was asked, and what each said to it."""

    name: str
    title: Title
    replies: tuple[ReplyLine, ...]

    def of(self, first_name: str) -> tuple[ReplyLine, ...]:
        """What the one with this name said to it."""
        return tuple(reply for reply in self.replies if reply.first_name == first_name)


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedPage:
    """A check-in that both have finished. It is the same for both."""

    check_in: CheckIn
    names: Mapping[str, str]
    lines: tuple[KeptLine, ...]
    phone: str  # the first name of the one on whose phone the two wrote it
    talk: Entry | None  # an understanding that one of them would like to talk about
    talkable: bool
    fresh: Entry | None  # one that both find still good
    couple_token: str
    me: str = ""  # the first name of whoever reads it

    @property
    def own_lines(self) -> list[KeptLine]:
        """What the reader themselves replied."""
        own = (replace(line, replies=line.of(self.me)) for line in self.lines)
        return [line for line in own if line.replies]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckInsPage:
    """The rhythm in one line, one's own half, and the check-ins of before."""

    partner: Partner
    half: OwnHalf
    side: str  # whose mark the envelope has
    past: list[CheckIn]
    newest: CheckIn | None  # of the last two days: there to be read together
    rhythm: CheckInRhythm | None
    muted: bool
    opting: Opting
    talk: Entry | None  # an understanding that this person has said they want to talk about
    talkable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfPage:
    """The form for one person's half."""

    partner: Partner  # of whoever writes
    writer: str  # a first name where the phone was passed on, or empty
    form: HalfForm
    values: Mapping[str, Any]
    half: OwnHalf
    due: Entry | None
    closeness: list[tuple[str, Title]]
    couple_token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RhythmPage:
    """The form for the rhythm, and what else can be done with it."""

    partner: Partner
    rhythm: CheckInRhythm | None
    muted: bool
    form: RhythmForm
    values: Mapping[str, Any]
    frequencies: list[tuple[str, Title]]
    earliest: date
    latest: date
    couple_token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosenessPage:
    """The picture of closeness, or how to switch it on."""

    partner: Partner
    names: Mapping[str, str]
    opting: Opting
    points: list[Point]
    picture: Picture | None
    rows: list[tuple[date, tuple[str, str]]]
    couple_token: str


def show_page(seat: Seat) -> CheckInsPage:
    half = check_ins.own_half(seat)
    wants_talk = half.sealed and half.replies and half.replies.still_good is False
    talk = _entry_of(seat, half.replies.understanding) if wants_talk and half.replies else None
    past = check_ins.all_finished(seat)
    is_new = past and not half.sealed and past[0].at > timezone.now() - IS_NEW
    return CheckInsPage(
        partner=_partner(seat),
        half=half,
        side=str(seat.side),
        past=past,
        newest=past[0] if is_new else None,
        rhythm=rhythms.rhythm(seat),
        muted=rhythms.is_muted(seat),
        opting=closeness.wanted(seat),
        talk=talk,
        talkable=talk is not None and can_be_talked_about(seat, talk.behaviour),
    )


def half_page(seat: Seat, form: HalfForm | None, *, for_other: bool = False) -> HalfPage:
    """The form for this person, or for the other, to whom they have passed their phone."""
    half, partner = check_ins.own_half(seat), _partner(seat)
    names = seats.names(seat)
    me = names[Side(str(seat.side))]
    kept = half.replies if half.replies and not for_other else Replies()
    return HalfPage(
        partner=Partner(me) if for_other else partner,
        writer=partner.first_name if for_other else "",
        form=form or HalfForm(),
        values=form.sent if form else HalfForm.content_of(kept),
        half=OwnHalf(seen=half.seen) if for_other else half,
        due=check_ins.due_understanding(seat, check_ins.all_finished(seat)),
        closeness=[*Closeness.choices],
        couple_token=seats.couple_token(seat),
    )


def finished_pages(seat: Seat) -> list[FinishedPage]:
    """All that both have finished, the newest first."""
    agreed, names = _agreed(seat), seats.names(seat)
    pages = (page_of(found, names, agreed) for found in check_ins.all_finished(seat))
    return [replace(page, me=names[Side(str(seat.side))]) for page in pages]


def finished_page(seat: Seat, id: uuid.UUID) -> FinishedPage:
    check_in = check_ins.finished(seat, id)
    return page_of(check_in, seats.names(seat), _agreed(seat), seat)


def page_of(
    check_in: CheckIn,
    names: Mapping[Side, str],
    agreed: Mapping[uuid.UUID, Entry],
    seat: Seat | None = None,
) -> FinishedPage:
    """The page of a check-in, for the couple that `seat` is in, or for an invented one."""
    wanted = next((half for half in check_in.halves.values() if half.still_good is False), None)
    talk = agreed.get(wanted.understanding) if wanted and wanted.understanding else None
    fresh = agreed.get(check_in.still_good) if check_in.still_good else None
    return FinishedPage(
        check_in=check_in,
        names={str(side): name for side, name in names.items()},
        lines=tuple(_lines(check_in, names, agreed)),
        phone=names[check_in.phone] if check_in.phone else "",
        talk=talk,
        talkable=bool(seat and talk and can_be_talked_about(seat, talk.behaviour)),
        fresh=fresh if fresh and fresh.current else None,
        couple_token=seats.couple_token(seat) if seat else "",
    )


def rhythm_page(seat: Seat, form: RhythmForm | None) -> RhythmPage:
    rhythm = rhythms.rhythm(seat)
    return RhythmPage(
        partner=_partner(seat),
        rhythm=rhythm,
        muted=rhythms.is_muted(seat),
        form=form or RhythmForm(),
        values=_sent(form) if form else _values(rhythm),
        frequencies=[*Frequency.choices],
        earliest=timezone.localdate(),
        latest=timezone.localdate() + LONGEST,
        couple_token=seats.couple_token(seat),
    )


def closeness_page(seat: Seat) -> ClosenessPage:
    opting = closeness.wanted(seat)
    points = closeness.points(check_ins.all_finished(seat)) if opting.both else []
    return ClosenessPage(
        partner=_partner(seat),
        names={str(side): name for side, name in seats.names(seat).items()},
        opting=opting,
        points=points,
        picture=picture_of(points) if points else None,
        rows=[(point.day, _in_words(point)) for point in points],
        couple_token=seats.couple_token(seat),
    )


def _partner(seat: Seat) -> Partner:
    partner = seats.partner_of(seat)
    if partner is None:
        raise seats.NotPaired
    return partner


def _agreed(seat: Seat) -> dict[uuid.UUID, Entry]:
    """What two people agreed and proposed, by version."""
    return {version.id: entry for entry in history.entries(seat) for version in entry.versions}


def _entry_of(seat: Seat, version: uuid.UUID | None) -> Entry | None:
    """The understanding that these words are of, if they still hold."""
    entries = history.entries(seat)
    return next((entry for entry in entries if entry.current and entry.current.id == version), None)


def _lines(
    check_in: CheckIn, names: Mapping[Side, str], agreed: Mapping[uuid.UUID, Entry]
) -> Iterator[KeptLine]:
    for name, title in TITLES.items():
        replies = tuple(
            ReplyLine(names[side], words, user_written)
            for side, half in check_in.halves.items()
            for words, user_written in _reply(name, half, agreed)
        )
        if replies:
            title = _still_title(check_in, agreed) if name == "still" else title
            yield KeptLine(name, title, replies)


def _reply(
    name: str, half: Replies, agreed: Mapping[uuid.UUID, Entry]
) -> Iterator[tuple[Title, bool]]:
    """What one person replied to one thing, if they did, and whether the words are their own."""
    if name == "still":
        if half.still_good is not None and half.understanding in agreed:
            yield (_("Still good") if half.still_good else _("Let’s talk about it")), False
    elif name == "closeness":
        if half.closeness:
            yield half.closeness.label, False
    elif name == "new" and half.nothing_new:
        yield NOTHING_TODAY, False
    elif words := getattr(half, name):
        yield words, True


def _still_title(check_in: CheckIn, agreed: Mapping[uuid.UUID, Entry]) -> str:
    """The understanding that was asked about; rarely it was not the same for both."""
    asked = {half.understanding for half in check_in.halves.values() if half.understanding}
    headings = dict.fromkeys(agreed[version].heading for version in asked if version in agreed)
    return locales.listed(headings)


def _sent(form: RhythmForm) -> dict[str, Any]:
    return {name: form.data.get(name, "") for name in form.fields}


def _values(rhythm: CheckInRhythm | None) -> dict[str, Any]:
    if rhythm is None:
        return {"every": "", "version": ""}
    there: datetime = timezone.localtime(rhythm.next_at)
    return {
        "every": rhythm.pattern.every,
        "first_on": there.date().isoformat(),
        "at": f"{there:%H:%M}",
        "version": rhythm.version,
    }


def _in_words(point: Point) -> tuple[str, str]:
    left, right = (point.closeness.get(side) for side in Side)
    return (str(left.label) if left else "", str(right.label) if right else "")
