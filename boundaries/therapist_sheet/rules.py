"""A sheet for a therapist: of what is open to both, what both let a third person read.

Each issue is put together from opened lines and from what holds, frozen, and released by both to
exactly those words. It is read by a code that works for some days, and either ends it at once.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts import codes
from boundaries import notifications, sentences
from boundaries.agreements import history
from boundaries.agreements.words import FORMAT, is_own
from boundaries.comparison.rules import Compared, compare_all
from boundaries.comparison.wording import stances
from boundaries.content import catalogue
from boundaries.content.catalogue import Category
from boundaries.errors import Conflict, NotFound
from boundaries.link_codes import LinkCodes
from boundaries.notifications import Subject
from boundaries.questions import rules as questions
from boundaries.seats import rules as seats
from boundaries.seats.models import Seat
from boundaries.sentences import Sentence, ours, theirs
from boundaries.therapist_sheet.models import Issue, Release
from boundaries.vocabulary import Side

if TYPE_CHECKING:
    from accounts.encryption import DataKey

MAX_BEHAVIOURS = 12  # on one sheet: one page, for one hour
LONGEST = 14  # days that a link works
FORGOTTEN = timedelta(days=30)  # put together, and never released by both
CODE = codes.Shape(length=20)  # 100 bits
CODES = LinkCodes("issue", CODE)


class NoSuchSheet(NotFound):
    """There is no issue; or none of what was asked for is open to both."""


class SheetChanged(Conflict):
    """It is not, or no longer, the sheet that was shown. Nothing was released."""


class SheetExists(Conflict):
    """There is one issue at a time: the other partner may just have put one together."""


class DeadSheetCode(NotFound):
    """Unknown, not released, ended or out of date: all look the same."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that may stand on a sheet."""

    behaviour: str
    wording: str
    category: Category
    said: tuple[Sentence, ...]  # what opened
    words: tuple[Sentence, ...]  # what both have said yes to
    since: date | None

    @property
    def own(self) -> bool:
        return is_own(self.behaviour)

    @property
    def heading(self) -> str:
        return _heading(self.wording, self.own)


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """One behaviour on a sheet."""

    wording: str
    said: tuple[Sentence, ...]
    words: tuple[Sentence, ...]
    since: date | None
    own: bool = False  # the behaviour is in words of the two, and not in ours

    @property
    def heading(self) -> str:
        return _heading(self.wording, self.own)


@dataclass(frozen=True, slots=True)
class TherapistSheet:
    """What a third person reads, and no more. The names are those of the day it was made."""

    names: tuple[str, str]
    made_on: date
    told: tuple[SheetEntry, ...]


@dataclass(frozen=True, slots=True)
class Issued:
    """An issue, as both partners see it."""

    sheet: TherapistSheet
    digest: str
    days: int
    released: frozenset[Side]
    me: Side
    until: datetime | None  # the link works; none before both have released it
    code: str  # empty before that

    @property
    def out(self) -> bool:
        return self.until is not None

    @property
    def over(self) -> bool:
        return self.until is not None and self.until <= timezone.now()

    @property
    def released_by_me(self) -> bool:
        return self.me in self.released


def choices(seat: Seat) -> list[Choice]:
    """All that is open to both and shared, and all that holds. Raises NoSuchSheet for one alone."""
    try:
        agreement = history.agreement(seat)
    except history.NoSuchAgreement:
        raise NoSuchSheet from None
    held = {each.behaviour: each for each in agreement.entries if each.current}
    opened = {each.behaviour.id: each for each in _opened(seat)}
    names = agreement.names
    found = []
    for id in [*opened, *(id for id in held if id not in opened)]:
        compared, entry = opened.get(id), held.get(id)
        current = entry.current if entry else None
        agreed = current.agreed_at if current else None
        text = current.words.wording if current else compared.behaviour.text if compared else ""
        category = entry.category if entry else catalogue.category(_category(compared))
        found.append(
            Choice(
                id,
                text,
                category,
                _sentences(compared, names),
                current.words.text if current else (),
                timezone.localdate(agreed) if agreed else None,
            )
        )
    return found


def issue(seat: Seat) -> Issued | None:
    """The one issue of these two, if there is one. Raises NoSuchSheet for one alone."""
    me = _side(seat)
    found = Issue.objects.of(seat).first()
    return _issued(found, me, seat.shared_key) if found else None


def waits(seat: Seat) -> bool:
    """Whether the other has released a sheet and this person has not, yet. One query."""
    released = Release.objects.filter(issue=OuterRef("pk"))
    mine = Exists(released.filter(side=seat.side))
    theirs = Exists(released.exclude(side=seat.side))
    return Issue.objects.of(seat).filter(theirs, ~mine).exists()


def make(seat: Seat, behaviours: Collection[str], days: int, *, shown: str | None = None) -> None:
    """Put a sheet together, for both to look at. Nobody else sees it before both release it.

    Raises SheetExists, NoSuchSheet where something of it is not open, ValueError for more than
    fits or too long a time, and NotPaired.
    """
    with seats.locked(seat, shown) as (couple, seat):
        if not (0 < len(set(behaviours)) <= MAX_BEHAVIOURS and 0 < days <= LONGEST):
            raise ValueError("one to twelve behaviours, for one to fourteen days")
        for standing in Issue.objects.of(seat):
            if not _issued(standing, _side(seat), couple.key).over:
                raise SheetExists
            standing.delete()
        offered = {each.behaviour: each for each in choices(seat)}
        if not set(behaviours) <= offered.keys():
            raise NoSuchSheet
        names = seats.names(seat)
        told = tuple(
            SheetEntry(each.wording, each.said, each.words, each.since, each.own)
            for id, each in offered.items()
            if id in set(behaviours)
        )
        sheet = TherapistSheet((names[Side.LEFT], names[Side.RIGHT]), timezone.localdate(), told)
        made = Issue(couple=couple, days=days).set_encrypted(couple.key, content=_packed(sheet))
        made.code_digest = CODES.digest(CODES.code_of(made.pk))
        made.save(force_insert=True)


def release(seat: Seat, digest: str, *, shown: str | None = None) -> None:
    """Let a third person read exactly this sheet. The link works once both have said so.

    Doing it twice is doing it once. Raises NoSuchSheet, SheetChanged and seats.NotPaired.
    """
    with seats.locked(seat, shown) as (couple, seat):
        found = Issue.objects.of(seat).first()
        if found is None:
            raise NoSuchSheet
        now = _issued(found, _side(seat), couple.key)
        if now.digest != digest or now.over:
            raise SheetChanged
        if now.released_by_me:
            return
        yes = Release(issue=found, side=now.me).set_encrypted(couple.key, digest=digest)
        yes.save(force_insert=True)
        notifications.has_acted(seat, Subject.THERAPIST_SHEET)
        if not now.released:
            notifications.notify_partner_once(seat, Subject.THERAPIST_SHEET)


def end(seat: Seat, *, shown: str | None = None) -> None:
    """Revoke it, alone and at once: the sheet is deleted and its link is dead.

    Doing it twice is doing it once. Raises seats.NotPaired.
    """
    with seats.locked(seat, shown) as (_, seat):
        notifications.has_acted(seat, Subject.THERAPIST_SHEET)
        Issue.objects.of(seat).delete()


def read(text: str) -> tuple[TherapistSheet, datetime]:
    """What stands behind a code, or behind the first that works in a message with several.

    Returns the sheet and until when it can be read. Looking changes nothing. Raises DeadSheetCode.
    """
    digests = CODES.digests_in(text)
    issues = Issue.objects.with_key().filter(code_digest__in=digests)
    for found in sorted(issues, key=lambda issue: digests.index(issue.code_digest)):
        now = _issued(found, Side.LEFT, found.couple.key)
        if now.until is not None and not now.over:
            return now.sheet, now.until
    raise DeadSheetCode


def export(seat: Seat) -> dict[str, Any] | None:
    """What this person released to a therapist, without its words: the other's are among them."""
    if seat.side is None:
        return None
    mine = Release.objects.filter(issue__couple=seat.couple_id, side=seat.side)
    found = mine.values_list("at", "issue__made_at", "issue__days").first()
    return dict(zip(("released_at", "made_at", "days"), found, strict=True)) if found else None


def clear_away() -> None:
    """Delete what nobody can read any more, and what was never released in a month."""
    for each in Issue.objects.with_key().filter(made_at__lt=timezone.now() - timedelta(days=1)):
        now = _issued(each, Side.LEFT, each.couple.key)
        forgotten = not now.out and each.made_at < timezone.now() - FORGOTTEN
        if now.over or forgotten:
            each.delete()


def _issued(issue: Issue, me: Side, key: DataKey) -> Issued:
    """A row as a value. A release of another sheet than this is none."""
    content = issue.read(key)
    sheet, told = _unpacked(content), _digest(issue, content)
    released = {
        Side(each.side): each.at
        for each in Release.objects.filter(issue=issue)
        if each.read(key, "digest") == told
    }
    out = len(released) == len(Side)
    return Issued(
        sheet,
        told,
        issue.days,
        frozenset(released),
        me,
        max(released.values()) + timedelta(days=issue.days) if out else None,
        CODES.code_of(issue.pk) if out else "",
    )


def _opened(seat: Seat) -> Iterator[Compared]:
    """Everything that is open to both, and that both have shared."""
    for comparison in compare_all(seat, questions.decks(seat)):
        yield from (each for each in comparison.compared if each.lines)


def _sentences(compared: Compared | None, names: Mapping[Side, str]) -> tuple[Sentence, ...]:
    if compared is None:
        return ()
    called = {str(side): name for side, name in names.items()}
    if compared.whoever_does_it:
        line = compared.lines[0]
        return (stances("", line.left, line.right, called),)
    return tuple(
        stances(side, line.left, line.right, called)
        for side, line in zip(Side, compared.lines, strict=True)
    )


def _heading(text: str, own: bool) -> str:
    return Sentence([theirs(text)]) if own else text


def _category(compared: Compared | None) -> str:
    return compared.behaviour.category if compared else catalogue.OWN


def _packed(sheet: TherapistSheet) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "names": list(sheet.names),
        "made_on": sheet.made_on.isoformat(),
        "told": [
            {
                "wording": each.wording,
                "own": each.own,
                "said": [sentences.packed(words) for words in each.said],
                "words": [sentences.packed(words) for words in each.words],
                "since": each.since.isoformat() if each.since else None,
            }
            for each in sheet.told
        ],
    }


def _unpacked(content: dict[str, Any]) -> TherapistSheet:
    left, right = content["names"]
    names = {Side.LEFT.value: left, Side.RIGHT.value: right}

    def read(sentence: Any) -> Sentence:
        if isinstance(sentence, str):  # from before the sides were stored
            return Sentence([ours(" ".join(sentence.split()))])
        return sentences.unpacked(sentence, names)

    return TherapistSheet(
        (left, right),
        date.fromisoformat(content["made_on"]),
        tuple(
            SheetEntry(
                each["wording"],
                tuple(map(read, each["said"])),
                tuple(map(read, each["words"])),
                date.fromisoformat(each["since"]) if each["since"] else None,
                each.get("own", False),
            )
            for each in content["told"]
        ),
    )


def _digest(issue: Issue, content: dict[str, Any]) -> str:
    """What a release is of: this very issue, for so many days."""
    about = [str(issue.pk), issue.days, content]
    told = json.dumps(about, sort_keys=True, ensure_ascii=False)
    return blake2b(told.encode(), digest_size=24).hexdigest()


def _side(seat: Seat) -> Side:
    if seat.side is None:
        raise NoSuchSheet
    return Side(seat.side)
