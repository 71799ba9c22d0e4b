"""Everything that two people have proposed and agreed, as values that both may see."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, auto
from functools import cached_property
from typing import TYPE_CHECKING, Any

from accounts import languages
from accounts.kept_queries import kept_query
from boundaries import dates, sentences
from boundaries.agreements.models import Assent, Version
from boundaries.agreements.words import Words, digest_of, is_user_written, unpack
from boundaries.comparison.rules import Compared, Comparison, NotOpen, opened_line
from boundaries.content import catalogue
from boundaries.content.catalogue import Category
from boundaries.errors import NotFound
from boundaries.seats import rules as seats
from boundaries.seats.models import Seat
from boundaries.vocabulary import Origin, Side

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.encryption import DataKey


class NoSuchAgreement(NotFound):
    """These two have no such agreement, proposal or open behaviour; or they are not a couple."""


class AgreementStatus(Enum):
    """Where two people are with a behaviour. None of these is better than another."""

    AGREED = auto()  # both said yes, and neither took it back
    TALKED_ABOUT = auto()  # it was agreed once and is open again
    PROPOSED = auto()  # it was never agreed
    LET_GO = auto()  # it was never agreed, and the proposal was taken back


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalVersion:
    """A proposal, and what became of it."""

    id: uuid.UUID
    number: int
    words: Words
    side: Side  # whose proposal it is
    by: str  # their first name
    origin: Origin
    talk: uuid.UUID | None  # the talk in which it was proposed
    at: datetime
    digest: str  # a yes refers to this digest of the words
    assented: frozenset[Side]
    agreed_at: datetime | None  # when the second of them said yes
    ended_at: datetime | None  # when it was taken back

    @property
    def owned(self) -> bool:
        """Whether its author said yes in their own account. On a shared screen anybody may type."""
        return self.side in self.assented

    @property
    def stands(self) -> bool:
        return self.agreed_at is not None and self.ended_at is None


@dataclass(frozen=True, kw_only=True)
class Entry:
    """All proposals on one behaviour, newest first."""

    behaviour: str
    category: Category
    versions: tuple[ProposalVersion, ...]
    me: Side
    left_for_now: bool = False  # only this person may know

    @property
    def newest(self) -> ProposalVersion:
        return self.versions[0]

    @cached_property
    def current(self) -> ProposalVersion | None:
        """What both agreed to last, unless it was taken back."""
        agreed = self.agreed_last
        return agreed if agreed and agreed.stands else None

    @cached_property
    def agreed_last(self) -> ProposalVersion | None:
        return next((version for version in self.versions if version.agreed_at), None)

    @property
    def proposed(self) -> ProposalVersion | None:
        """The proposal that is still waiting for a yes. Only the newest can be."""
        newest = self.newest
        return newest if not newest.agreed_at and not newest.ended_at else None

    @property
    def waits_for_me(self) -> bool:
        proposed = self.proposed
        return proposed is not None and self.me not in proposed.assented

    @cached_property
    def status(self) -> AgreementStatus:
        if self.current:
            return AgreementStatus.AGREED
        if self.agreed_last:
            return AgreementStatus.TALKED_ABOUT
        return AgreementStatus.PROPOSED if self.proposed else AgreementStatus.LET_GO

    @property
    def shown(self) -> ProposalVersion:
        """The version to show: what holds, or else what held last, or the newest proposal."""
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
        """Whether a day has come on which they wanted to look at it again."""
        return any(dates.has_come(day) for day in self.days)


@dataclass(frozen=True, slots=True)
class Agreement:
    """All entries of two people, in the order of the categories and of the catalogue."""

    names: Mapping[Side, str]
    me: Side
    entries: tuple[Entry, ...]

    @property
    def current(self) -> list[ProposalVersion]:
        return [entry.current for entry in self.entries if entry.current]

    @property
    def waiting(self) -> list[Entry]:
        """Proposals that this person may answer."""
        return [entry for entry in self.entries if entry.waits_for_me]


@dataclass(frozen=True, slots=True)
class ProposalSubject:
    """The behaviour that a proposal is about, and what was proposed on it before."""

    behaviour: str
    wording: str
    entry: Entry | None
    compared: Compared | None = None  # what both said on it, while both share that

    @property
    def heading(self) -> str:
        return sentences.heading(self.wording, user_written=is_user_written(self.behaviour))

    @property
    def version(self) -> str:
        """Changes whenever one of the two proposes something on this behaviour."""
        return str(self.entry.newest.number) if self.entry else "0"

    @property
    def came_of_a_talk(self) -> bool:
        """Whether any words on it were found in a talk."""
        return self.entry is not None and any(version.talk for version in self.entry.versions)


def agreement(seat: Seat) -> Agreement:
    """Return everything that two people have agreed and proposed.

    The number of queries does not depend on how much there is. Raises NoSuchAgreement for
    somebody who is not in a couple, or whose partner has just left.
    """
    me = side_of(seat)
    try:
        names = seats.names(seat)
    except seats.NotPaired:
        raise NoSuchAgreement from None
    order = {id: at for at, id in enumerate(catalogue.categories())}
    ordered = sorted(
        entries(seat, names=names),
        key=lambda entry: (order.get(entry.category.id, len(order)), _place(entry.behaviour)),
    )
    return Agreement(names=names, me=me, entries=tuple(ordered))


def entry(seat: Seat, behaviour: str, names: Mapping[Side, str] | None = None) -> Entry:
    """Return all versions on one behaviour. Raises NoSuchAgreement if there are none."""
    found = entries(seat, behaviour, names)
    if not found:
        raise NoSuchAgreement
    return found[0]


def subject(seat: Seat, behaviour: str) -> ProposalSubject:
    """Return what a proposal on this behaviour would be about.

    Raises NoSuchAgreement if both have not opened it.
    """
    found = next(iter(entries(seat, behaviour)), None)
    try:
        _, compared = opened_line(seat, behaviour)
    except NotOpen:
        if found is None:
            raise NoSuchAgreement from None
        return ProposalSubject(behaviour, _wording_to_propose(found), found)
    wording = _wording_to_propose(found) if found else compared.behaviour.text
    return ProposalSubject(behaviour, wording, found, compared)


def touched(seat: Seat, comparison: Comparison) -> list[Entry]:
    """Return agreements from before this round on which an answer changed in it.

    They do not show whose answer changed.
    """
    changed = {compared.behaviour.id for compared in comparison.compared if compared.change}
    return [
        entry
        for entry in (entries(seat) if changed else ())
        if entry.behaviour in changed
        and entry.current
        and entry.current.agreed_at
        and entry.current.agreed_at < comparison.opened_at
    ]


# Tuples, since a page of seventy understandings has two hundred rows, and models take longer.
COLUMNS = (
    *("pk", "behaviour", "number", "side", "origin", "talk", "content", "at"),
    *("yes_side", "yes_digest", "yes_at", "ended_at", "left"),
)


@kept_query(uuid.UUID, uuid.UUID)
def _all(couple: uuid.UUID | None, seat: uuid.UUID) -> QuerySet[Version, Any]:
    me = Seat(id=seat, couple_id=couple)
    return Version.objects.of(me).with_all(me).values_list(*COLUMNS, named=True)


@kept_query(uuid.UUID, uuid.UUID, str)
def _on(couple: uuid.UUID | None, seat: uuid.UUID, behaviour: str) -> QuerySet[Version, Any]:
    return _all.build(couple, seat).filter(behaviour=behaviour)


def entries(
    seat: Seat, behaviour: str | None = None, names: Mapping[Side, str] | None = None
) -> list[Entry]:
    """Return the entries of one behaviour or of all. Two queries; none for somebody alone."""
    if seat.side is None:
        return []
    names = names or seats.names(seat)
    found = (
        _all(seat.couple_id, seat.pk)
        if behaviour is None
        else _on(seat.couple_id, seat.pk, behaviour)
    )
    by_version: dict[uuid.UUID, list[Any]] = defaultdict(list)
    for row in found:
        by_version[row.pk].append(row)
    by_behaviour: dict[str, list[list[Any]]] = defaultdict(list)
    for rows in by_version.values():
        by_behaviour[rows[0].behaviour].append(rows)
    key = seat.shared_key
    categories, own = catalogue.categories_of_behaviours(), catalogue.category(catalogue.OWN)
    return [
        Entry(
            behaviour=id,
            category=categories.get(id, own),
            versions=tuple(_version(rows, names, key) for rows in versions),
            me=Side(seat.side),
            left_for_now=versions[0][0].left is not None,
        )
        for id, versions in by_behaviour.items()
    ]


def pending(seat: Seat, behaviour: str | None = None) -> list[Entry]:
    """Return the entries whose newest words were not taken back."""
    return [entry for entry in entries(seat, behaviour) if entry.newest.ended_at is None]


def says_already(entry: Entry, behaviour: str, words: Words) -> bool:
    """Whether exactly these words are the newest, proposed or agreed."""
    return entry.newest.ended_at is None and entry.newest.digest == digest_of(behaviour, words)


def side_of(seat: Seat) -> Side:
    """Return the person's side. Raises NoSuchAgreement for somebody who is not in a couple."""
    if seat.side is None:
        raise NoSuchAgreement
    return Side(seat.side)


def _version(rows: Sequence[Any], names: Mapping[Side, str], key: DataKey) -> ProposalVersion:
    """Make a value of a version's rows, one for every yes. A yes to another digest is ignored."""
    row = rows[0]
    place = Version.place("content", row.pk, row.behaviour, row.number, row.side)
    content = key.decrypt(row.content, *place)
    written = is_user_written(row.behaviour)
    words = unpack(content, names, about=row.behaviour, user_written=written)
    digest = digest_of(row.behaviour, words)
    assented = {
        Side(yes.yes_side): yes.yes_at
        for yes in rows
        if yes.yes_side and Assent.read_yes(key, yes, str(row.pk)) == digest
    }
    side = Side(row.side)
    return ProposalVersion(
        id=row.pk,
        number=row.number,
        words=words,
        side=side,
        by=names[side],
        origin=Origin(row.origin),
        talk=row.talk,
        at=row.at,
        digest=digest,
        assented=frozenset(assented),
        agreed_at=max(assented.values()) if len(assented) == len(Side) else None,
        ended_at=row.ended_at,
    )


def _wording_to_propose(entry: Entry) -> str:
    """The text of the behaviour as it stands; for whoever reads another language, in that."""
    if entry.shown.words.language == languages.active():
        return entry.wording
    return catalogue.worded(entry.behaviour, entry.wording)


def _place(behaviour: str) -> int:
    """Return the behaviour's place in the catalogue. The couple's own ones come last."""
    return catalogue.places().get(behaviour, len(catalogue.places()))
