"""Everything that two people have proposed and agreed, as both may see it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef

from boundaries import dates
from boundaries.agreements.models import Assent, Version
from boundaries.agreements.words import Words, digest_of, heading_of, is_own, unpacked
from boundaries.comparison.rules import Comparison, NotOpen, opened_line
from boundaries.content import catalogue
from boundaries.content.catalogue import Category
from boundaries.errors import NotFound
from boundaries.seats import rules as seats
from boundaries.seats.models import Seat
from boundaries.vocabulary import Origin, Side

if TYPE_CHECKING:
    from accounts.encryption import DataKey


class NoSuchAgreement(NotFound):
    """Nothing of the kind lies between these two."""


class AgreementStatus(Enum):
    """Where two people are with a behaviour. None of these is better than another."""

    AGREED = auto()  # both said yes, and nobody took it back
    TALKED_ABOUT = auto()  # it was agreed once and is open again
    PROPOSED = auto()  # never agreed yet
    LET_GO = auto()  # proposed once and taken back


@dataclass(frozen=True, slots=True)
class ProposalVersion:
    """Words that were proposed, and what became of them, as both may see it."""

    id: uuid.UUID
    number: int
    words: Words
    side: Side  # whose proposal it is
    by: str  # their first name
    origin: Origin
    talk: uuid.UUID | None  # in which it was proposed
    at: datetime
    digest: str  # of the words; what a yes is said to
    assented: frozenset[Side]
    agreed_at: datetime | None
    ended_at: datetime | None  # taken back

    @property
    def owned(self) -> bool:
        """Whether it is theirs in their own account: on a shared screen the other may type it."""
        return self.side in self.assented

    @property
    def stands(self) -> bool:
        return self.agreed_at is not None and self.ended_at is None


@dataclass(frozen=True, slots=True)
class Entry:
    """Everything that two people have proposed and agreed on one behaviour, newest first."""

    behaviour: str
    category: Category
    versions: tuple[ProposalVersion, ...]
    me: Side
    left_for_now: bool = False  # by this person, and nobody else knows

    @property
    def newest(self) -> ProposalVersion:
        return self.versions[0]

    @property
    def current(self) -> ProposalVersion | None:
        """What both have said yes to last, while nobody has taken that back."""
        agreed = self.agreed_last
        return agreed if agreed and agreed.stands else None

    @property
    def agreed_last(self) -> ProposalVersion | None:
        return next((each for each in self.versions if each.agreed_at), None)

    @property
    def proposed(self) -> ProposalVersion | None:
        """Words that may still be said yes to: the newest, and no others."""
        newest = self.newest
        return newest if not newest.agreed_at and not newest.ended_at else None

    @property
    def waits_for_me(self) -> bool:
        proposed = self.proposed
        return proposed is not None and self.me not in proposed.assented

    @property
    def standing(self) -> AgreementStatus:
        if self.current:
            return AgreementStatus.AGREED
        if self.agreed_last:
            return AgreementStatus.TALKED_ABOUT
        return AgreementStatus.PROPOSED if self.proposed else AgreementStatus.LET_GO

    @property
    def shown(self) -> ProposalVersion:
        """What stands for the entry: what holds, or else what held, or what is proposed."""
        return self.current or self.agreed_last or self.newest

    @property
    def wording(self) -> str:
        return self.shown.words.wording

    @property
    def heading(self) -> str:
        return self.shown.words.heading

    @property
    def days(self) -> list[date]:
        return self.current.words.days if self.current else []

    @property
    def due(self) -> bool:
        """Whether the day has come on which it was to be looked at again."""
        return any(dates.has_come(day) for day in self.days)


@dataclass(frozen=True, slots=True)
class Agreement:
    """The page that two people share: every entry, by category and in its order."""

    names: Mapping[Side, str]
    me: Side
    entries: tuple[Entry, ...]

    @property
    def current(self) -> list[ProposalVersion]:
        return [each.current for each in self.entries if each.current]

    @property
    def waiting(self) -> list[Entry]:
        """Proposals that this person may answer."""
        return [each for each in self.entries if each.waits_for_me]


@dataclass(frozen=True, slots=True)
class ProposalSubject:
    """What a proposal would be about."""

    behaviour: str
    wording: str
    entry: Entry | None

    @property
    def heading(self) -> str:
        return heading_of(self.behaviour, self.wording)

    @property
    def seen(self) -> str:
        """What tells this look at it from another: how much has been proposed."""
        return str(self.entry.newest.number) if self.entry else "0"


def agreement(seat: Seat) -> Agreement:
    """All that two people have agreed and proposed. The same queries, however much it is.

    Raises NoSuchAgreement for somebody alone, and where the other has just left.
    """
    me = side_of(seat)
    try:
        names = seats.names(seat)
    except seats.NotPaired:
        raise NoSuchAgreement from None
    order = {id: at for at, id in enumerate(catalogue.categories())}
    ordered = sorted(
        entries(seat, names=names),
        key=lambda each: (order.get(each.category.id, len(order)), _place(each.behaviour)),
    )
    return Agreement(names, me, tuple(ordered))


def entry(seat: Seat, behaviour: str, names: Mapping[Side, str] | None = None) -> Entry:
    """All versions on one behaviour. Raises NoSuchAgreement where there are none."""
    found = entries(seat, behaviour, names)
    if not found:
        raise NoSuchAgreement
    return found[0]


def subject(seat: Seat, behaviour: str) -> ProposalSubject:
    """What a proposal on this would be about.

    Raises NoSuchAgreement where nothing has opened on it.
    """
    for found in entries(seat, behaviour):
        return ProposalSubject(behaviour, found.wording, found)
    try:
        _, compared = opened_line(seat, behaviour)
    except NotOpen:
        raise NoSuchAgreement from None
    return ProposalSubject(behaviour, compared.behaviour.text, None)


def waits(seat: Seat) -> bool:
    """Whether words wait for this person's yes that they have not left for now. One query."""
    return Version.objects.waiting_for(seat).exists()


def has_agreed(seat: Seat) -> bool:
    """Whether these two have ever said yes to the same words. One query."""
    yes = Assent.objects.filter(version=OuterRef("pk"))
    both = [Exists(yes.filter(side=side)) for side in Side]
    return Version.objects.of(seat).filter(*both).exists()


def touched(seat: Seat, comparison: Comparison) -> list[Entry]:
    """What was agreed before this round and on which somebody has moved in it. It says not who."""
    moved = {each.behaviour.id for each in comparison.compared if each.change}
    return [
        each
        for each in (entries(seat) if moved else ())
        if each.behaviour in moved
        and each.current
        and each.current.agreed_at
        and each.current.agreed_at < comparison.opened_at
    ]


def entries(
    seat: Seat, behaviour: str | None = None, names: Mapping[Side, str] | None = None
) -> list[Entry]:
    """What was proposed, by behaviour. Two queries, however much it is; alone, none."""
    if seat.side is None:
        return []
    names = names or seats.names(seat)
    found = Version.objects.of(seat).with_all(seat)
    if behaviour is not None:
        found = found.filter(behaviour=behaviour)
    rows: dict[uuid.UUID, list[Any]] = defaultdict(list)
    for row in found:
        rows[row.pk].append(row)
    entries: dict[str, list[Any]] = defaultdict(list)
    for both in rows.values():
        entries[both[0].behaviour].append(both)
    me, key = Side(seat.side), seat.shared_key
    return [
        Entry(
            id,
            _category(id),
            tuple(_versed(both, names, key) for both in versions),
            me,
            versions[0][0].left is not None,
        )
        for id, versions in entries.items()
    ]


def _versed(rows: Sequence[Any], names: Mapping[Side, str], key: DataKey) -> ProposalVersion:
    """The rows of a version, one for each yes, as a value. A yes to other words is none."""
    row, id = rows[0], str(rows[0].pk)
    words = unpacked(row.read(key), names, own=is_own(row.behaviour))
    told = digest_of(row.behaviour, words)
    assented = {
        Side(each.yes_side): each.yes_at
        for each in rows
        if each.yes_side and Assent.read_yes(key, each, id) == told
    }
    side = Side(row.side)
    return ProposalVersion(
        id=row.pk,
        number=row.number,
        words=words,
        side=side,
        by=names[side],
        origin=Origin(row.origin),
        talk=row.talk_id,
        at=row.at,
        digest=told,
        assented=frozenset(assented),
        agreed_at=max(assented.values()) if len(assented) == len(Side) else None,
        ended_at=row.ended_at,
    )


def pending(seat: Seat, behaviour: str | None = None) -> list[Entry]:
    """Where the newest words can be said yes to: nobody has taken them back."""
    return [each for each in entries(seat, behaviour) if each.newest.ended_at is None]


def says_already(entry: Entry, behaviour: str, words: Words) -> bool:
    """Whether these very words are the newest, proposed or agreed."""
    return entry.newest.ended_at is None and entry.newest.digest == digest_of(behaviour, words)


def side_of(seat: Seat) -> Side:
    if seat.side is None:
        raise NoSuchAgreement
    return Side(seat.side)


def _category(behaviour: str) -> Category:
    shipped = catalogue.every().get(behaviour)
    return catalogue.category(shipped.category if shipped else catalogue.OWN)


def _place(behaviour: str) -> int:
    """Where a behaviour stands in the catalogue; people's own come last."""
    ids = list(catalogue.every())
    return ids.index(behaviour) if behaviour in ids else len(ids)
