"""A therapist sheet: what two people let a third person read.

A sheet contains opened answers and agreements, as they were when it was made. It is out once both
have released exactly these words, and a code opens it for some days. Either can end it at once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts import codes, languages
from boundaries import dates, notifications
from boundaries.agreements.words import digest_of_json
from boundaries.errors import Conflict, NotFound
from boundaries.link_codes import LinkCodes
from boundaries.notifications import Subject
from boundaries.seats import rules as seats
from boundaries.seats.models import Seat
from boundaries.therapist_sheet.contents import NoSuchSheet, TherapistSheet, choices, pack, unpack
from boundaries.therapist_sheet.models import Issue, Release
from boundaries.vocabulary import Side

if TYPE_CHECKING:
    from accounts.encryption import DataKey

MAX_BEHAVIOURS = 12  # on one sheet: one page, for one hour
MAX_DAYS = 14  # that a link works
MAX_UNRELEASED = timedelta(days=30)  # after which a sheet that both have not released is deleted
CODE = codes.Shape(length=20)  # 100 bits
CODES = LinkCodes("issue", CODE)


class SheetChanged(Conflict):
    """This is not, or no longer, the sheet on the page. Nothing was released."""


class SheetExists(Conflict):
    """A couple has one sheet at a time: the partner may just have made one."""


class DeadSheetCode(NotFound):
    """The code is unknown, not released, ended or out of date. All of these look the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A sheet and its releases, as both partners see them."""

    sheet: TherapistSheet
    digest: str
    days: int
    released: frozenset[Side]
    me: Side
    until: datetime | None  # when the link ends; None until both have released the sheet
    code: str  # empty until then

    @property
    def is_released(self) -> bool:
        """Whether both have released it."""
        return self.until is not None

    @property
    def has_ended(self) -> bool:
        """Whether its link has ended, by its time or because the site's secret key has changed."""
        return self.is_released and (not self.code or self.time_is_up)

    @property
    def time_is_up(self) -> bool:
        return self.until is not None and self.until <= timezone.now()

    @property
    def released_by_me(self) -> bool:
        return self.me in self.released


def issue(seat: Seat) -> Issued | None:
    """Return the couple's sheet, if there is one. Raises NoSuchSheet for somebody alone."""
    me = _side(seat)
    found = Issue.objects.of(seat).first()
    return _issued(found, me, seat.shared_key) if found else None


def waits(seat: Seat) -> bool:
    """Whether the partner has released a sheet and this person has not. One query."""
    released = Release.objects.filter(issue=OuterRef("pk"))
    mine = Exists(released.filter(side=seat.side))
    theirs = Exists(released.exclude(side=seat.side))
    return Issue.objects.of(seat).filter(theirs, ~mine).exists()


def make(
    seat: Seat, behaviours: Collection[str], days: int, *, couple_token: str | None = None
) -> None:
    """Make a sheet for both partners to read. Nobody else can read it before both release it.

    Raises SheetExists, NotPaired, NoSuchSheet if something is not open to both, and ValueError for
    too many behaviours or days.
    """
    with seats.locked(seat, couple_token) as (couple, seat):
        if not (0 < len(set(behaviours)) <= MAX_BEHAVIOURS and 0 < days <= MAX_DAYS):
            raise ValueError("one to twelve behaviours, for one to fourteen days")
        for before in Issue.objects.of(seat):
            if not _issued(before, _side(seat), couple.key).has_ended:
                raise SheetExists
            before.delete()
        offered = choices(seat)
        if not set(behaviours) <= offered.keys():
            raise NoSuchSheet
        names = seats.names(seat)
        sheet = TherapistSheet(
            names=(names[Side.LEFT], names[Side.RIGHT]),
            made_on=dates.shared_day_of(timezone.now()),
            language=languages.active(),
            entries=tuple(entry for id, entry in offered.items() if id in set(behaviours)),
        )
        made = Issue(couple=couple, days=days).set_encrypted(couple.key, content=pack(sheet))
        made.code_digest = CODES.digest(CODES.code_of(made.pk))
        made.save(force_insert=True)


def release(seat: Seat, digest: str, *, couple_token: str | None = None) -> None:
    """Release exactly this sheet. Its link works once both have. A second time changes nothing.

    Raises NoSuchSheet, SheetChanged and NotPaired.
    """
    with seats.locked(seat, couple_token) as (couple, seat):
        found = Issue.objects.of(seat).first()
        if found is None:
            raise NoSuchSheet
        issued = _issued(found, _side(seat), couple.key)
        if issued.digest != digest or issued.has_ended:
            raise SheetChanged
        if issued.released_by_me:
            return
        yes = Release(issue=found, side=issued.me).set_encrypted(couple.key, digest=digest)
        yes.save(force_insert=True)
        notifications.has_acted(seat, Subject.THERAPIST_SHEET)
        if not issued.released:
            notifications.notify_partner_once(seat, Subject.THERAPIST_SHEET)


def end(seat: Seat, *, couple_token: str | None = None) -> None:
    """Delete the sheet, so that its link is dead at once. Either partner can. Raises NotPaired."""
    with seats.locked(seat, couple_token) as (_, seat):
        notifications.has_acted(seat, Subject.THERAPIST_SHEET)
        Issue.objects.of(seat).delete()


def read(text: str) -> tuple[TherapistSheet, datetime]:
    """Return the sheet for the first code in the text that works, and until when it does.

    Reading changes nothing. Raises DeadSheetCode.
    """
    digests = CODES.digests_in(text)
    issues = Issue.objects.with_key().filter(code_digest__in=digests)
    for found in sorted(issues, key=lambda issue: digests.index(issue.code_digest)):
        issued = _issued(found, Side.LEFT, found.couple.key)
        if issued.until is not None and not issued.has_ended:
            return issued.sheet, issued.until
    raise DeadSheetCode


def export(seat: Seat) -> dict[str, Any] | None:
    """Return when this person released a sheet. Its text is also the partner's: it is left out."""
    if seat.side is None:
        return None
    mine = Release.objects.filter(issue__couple=seat.couple_id, side=seat.side)
    found = mine.values_list("at", "issue__made_at", "issue__days").first()
    return dict(zip(("released_at", "made_at", "days"), found, strict=True)) if found else None


def clear_away() -> None:
    """Delete sheets whose link has ended, and those that both have not released in a month."""
    now = timezone.now()
    for found in Issue.objects.with_key().filter(made_at__lt=now - timedelta(days=1)):
        issued = _issued(found, Side.LEFT, found.couple.key)
        if issued.time_is_up or (not issued.is_released and found.made_at < now - MAX_UNRELEASED):
            found.delete()


def _issued(issue: Issue, me: Side, key: DataKey) -> Issued:
    """Make a value of a row. A release of another digest is ignored."""
    content = issue.read(key)
    digest = _digest(issue, content)
    released = {
        Side(release.side): release.at
        for release in Release.objects.filter(issue=issue)
        if release.read(key, "digest") == digest
    }
    out = len(released) == len(Side)
    return Issued(
        sheet=unpack(content),
        digest=digest,
        days=issue.days,
        released=frozenset(released),
        me=me,
        until=max(released.values()) + timedelta(days=issue.days) if out else None,
        code=CODES.kept_code(issue.pk, issue.code_digest) if out else "",
    )


def _digest(issue: Issue, content: Mapping[str, Any]) -> str:
    """Return what a release refers to: this sheet, for so many days."""
    return digest_of_json([str(issue.pk), issue.days, content])


def _side(seat: Seat) -> Side:
    if seat.side is None:
        raise NoSuchSheet
    return Side(seat.side)
