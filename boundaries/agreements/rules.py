"""Understandings: what one proposes in exact words, and what both have said yes to.

Nothing stands here that both have not said yes to, each in their own account and to the same
digest of the same words. Silence is nothing, and a yes can be taken back at any time. What was
proposed is never changed and never lost; what holds now is found by going through it.
"""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum, auto
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import names as first_names
from boundaries import dates, notifications, sentences
from boundaries.agreements.models import Assent, Copy, SetAside, Version, Withdrawal
from boundaries.comparison.rules import Compared, Comparison, NotOpen, compare
from boundaries.content import catalogue
from boundaries.content.catalogue import Category, Deck
from boundaries.seats import rules as seats
from boundaries.seats.models import Couple, Seat
from boundaries.sentences import Sentence, filled, theirs
from boundaries.talks import flow, reading, wording
from boundaries.talks import rules as talks
from boundaries.talks.wording import BOTH, Line
from boundaries.vocabulary import Condition, Grade, Move, Origin, Outcome, Side, Stance

if TYPE_CHECKING:
    from accounts.encryption import DataKey

FORMAT = 2  # of stored words: see docs/adr/0019. Those of the first format have no number.
STORED = ("format", "behaviour", "lines", "text", "well")

MOST_UNANSWERED = 50  # words on one behaviour, by one person, without a yes of the other's since


class NotThere(Exception):
    """Nothing of the kind lies between these two."""


class Changed(Exception):
    """The words are not, or no longer, those that were shown. Nothing was proposed or agreed."""


class TickMissing(Exception):
    """It is not the same for both, and the tick that says so was not set. Nothing was agreed."""

    def __init__(self, digest: str) -> None:
        super().__init__()
        self.digest = digest  # of the words that need the tick


class Enough(Exception):
    """So much that this person has proposed on a behaviour is unanswered that it is too much."""


class Standing(Enum):
    """Where two people are with a behaviour. None of these is better than another."""

    AGREED = auto()  # both said yes, and nobody took it back
    TALKED_ABOUT = auto()  # it was agreed once and is open again
    PROPOSED = auto()  # never agreed yet
    LET_GO = auto()  # proposed once and taken back


@dataclass(frozen=True, slots=True)
class Words:
    """What a proposal says: the behaviour as it was read, a sentence for each line, as data too."""

    wording: str
    lines: tuple[Line, ...]
    text: tuple[Sentence, ...]  # with the names that the two have now
    well: str = ""  # what the two did well
    own: bool = False  # the behaviour is in words of the two, and not in ours
    stored: Mapping[str, Any] = field(default_factory=dict, repr=False)  # what a yes is said to

    @property
    def alike(self) -> bool:
        """Whether the same holds for both."""
        return [line.doer for line in self.lines] == [BOTH]

    @property
    def days(self) -> list[date]:
        """When it is looked at again."""
        return sorted({line.on for line in self.lines if line.on})

    @property
    def heading(self) -> str:
        """The behaviour as it is shown."""
        return Sentence([theirs(self.wording)]) if self.own else self.wording

    @property
    def praise(self) -> Sentence | None:
        """What the two did well, as it is shown."""
        said = filled(_("What you two did well: %(words)s"), words=theirs(self.well))
        return Sentence(said) if self.well else None

    @property
    def told(self) -> tuple[str, ...]:
        """All of it, as it is read."""
        return (self.heading, *self.read)

    @property
    def read(self) -> tuple[Sentence, ...]:
        """What stands under its heading."""
        return (*self.text, *filter(None, [self.praise]))


@dataclass(frozen=True, slots=True)
class Versed:
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
    versions: tuple[Versed, ...]
    me: Side
    left_for_now: bool = False  # by this person, and nobody else knows

    @property
    def newest(self) -> Versed:
        return self.versions[0]

    @property
    def current(self) -> Versed | None:
        """What both have said yes to last, while nobody has taken that back."""
        agreed = self.agreed_last
        return agreed if agreed and agreed.stands else None

    @property
    def agreed_last(self) -> Versed | None:
        return next((each for each in self.versions if each.agreed_at), None)

    @property
    def proposed(self) -> Versed | None:
        """Words that may still be said yes to: the newest, and no others."""
        newest = self.newest
        return newest if not newest.agreed_at and not newest.ended_at else None

    @property
    def waits_for_me(self) -> bool:
        proposed = self.proposed
        return proposed is not None and self.me not in proposed.assented

    @property
    def standing(self) -> Standing:
        if self.current:
            return Standing.AGREED
        if self.agreed_last:
            return Standing.TALKED_ABOUT
        return Standing.PROPOSED if self.proposed else Standing.LET_GO

    @property
    def shown(self) -> Versed:
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
    def current(self) -> list[Versed]:
        return [each.current for each in self.entries if each.current]

    @property
    def waiting(self) -> list[Entry]:
        """Proposals that this person may answer."""
        return [each for each in self.entries if each.waits_for_me]


@dataclass(frozen=True, slots=True)
class Subject:
    """What a proposal would be about."""

    behaviour: str
    wording: str
    entry: Entry | None

    @property
    def heading(self) -> str:
        return _heading(self.behaviour, self.wording)

    @property
    def seen(self) -> str:
        """What tells this look at it from another: how much has been proposed."""
        return str(self.entry.newest.number) if self.entry else "0"


@dataclass(frozen=True, slots=True)
class Keepable:
    """A behaviour on which two people stand on the same ground, in the words that would keep it."""

    behaviour: str
    words: Words
    digest: str


@dataclass(frozen=True, slots=True)
class Plain:
    """An understanding as it is kept after parting."""

    category: Category
    words: Words
    since: date

    @property
    def wording(self) -> str:
        return self.words.wording

    @property
    def text(self) -> tuple[Sentence, ...]:
        return self.words.text

    @property
    def well(self) -> str:
        return self.words.well


@dataclass(frozen=True, slots=True)
class PlainCopy:
    """What held between two people when they parted, for one of them alone."""

    id: uuid.UUID
    on: date
    understandings: tuple[Plain, ...]


# Looking


def agreement(seat: Seat) -> Agreement:
    """All that two people have agreed and proposed. The same queries, however much it is.

    Raises NotThere for somebody alone.
    """
    me, names = _side(seat), seats.names(seat)
    if len(names) < len(Side):
        raise NotThere  # the other has just left
    order = {id: at for at, id in enumerate(catalogue.categories())}
    entries = sorted(
        _entries(seat, names=names),
        key=lambda each: (order.get(each.category.id, len(order)), _place(each.behaviour)),
    )
    return Agreement(names, me, tuple(entries))


def entry(seat: Seat, behaviour: str, names: Mapping[Side, str] | None = None) -> Entry:
    """All versions on one behaviour. Raises NotThere where there are none."""
    found = _entries(seat, behaviour, names)
    if not found:
        raise NotThere
    return found[0]


def subject(seat: Seat, behaviour: str) -> Subject:
    """What a proposal on this would be about. Raises NotThere where nothing has opened on it."""
    for found in _entries(seat, behaviour):
        return Subject(behaviour, found.wording, found)
    try:
        about = reading.subject(seat, behaviour)
    except reading.NotThere:
        raise NotThere from None
    return Subject(behaviour, about.compared.behaviour.text, None)


def waits(seat: Seat) -> bool:
    """Whether words wait for this person's yes that they have not left for now. One query."""
    return Version.objects.waiting_for(seat).exists()


def has_agreed(seat: Seat) -> bool:
    """Whether these two have ever said yes to the same words. One query."""
    yes = Assent.objects.filter(version=OuterRef("pk"))
    both = [Exists(yes.filter(side=side)) for side in Side]
    return Version.objects.of(seat).filter(*both).exists()


def common_ground(seat: Seat, deck: Deck) -> list[Keepable]:
    """What an opened deck shows as common ground and nobody has proposed yet, in words to keep.

    Raises NotThere where the deck is not open.
    """
    try:
        comparison = compare(seat, deck)
    except NotOpen:
        raise NotThere from None
    spoken = set(Version.objects.of(seat).values_list("behaviour", flat=True))
    names = seats.names(seat)
    return [
        keepable(each, names)
        for each in comparison.compared
        if each.grade == Grade.COMMON and each.behaviour.id not in spoken
    ]


def touched(seat: Seat, comparison: Comparison) -> list[Entry]:
    """What was agreed before this round and on which somebody has moved in it. It says not who."""
    moved = {each.behaviour.id for each in comparison.compared if each.change}
    return [
        each
        for each in (_entries(seat) if moved else ())
        if each.behaviour in moved
        and each.current
        and each.current.agreed_at
        and each.current.agreed_at < comparison.opened_at
    ]


def keepable(compared: Compared, names: Mapping[Side, str]) -> Keepable:
    """What two people already see alike, as the words of an understanding."""
    outcomes = {
        Stance.ACCEPTABLE: Outcome.FINE,
        Stance.UNACCEPTABLE: Outcome.NOT_FOR_US,
    }
    said = [outcomes[line.left] for line in compared.lines]
    if compared.whoever_does_it:
        lines = [Line(doer=BOTH, outcome=said[0])]
    else:
        lines = [Line(doer=side, outcome=outcome) for side, outcome in zip(Side, said, strict=True)]
    words = put_into_words(compared.behaviour.text, lines, names)
    return Keepable(compared.behaviour.id, words, digest(compared.behaviour.id, words))


def put_into_words(
    behaviour: str, lines: Sequence[Line], names: Mapping[Side, str], well: str = ""
) -> Words:
    """A proposal in the exact words in which it is read. What is stored has no names in it."""
    text = wording.proposal(lines, {str(side): name for side, name in names.items()})
    stored = {
        "format": FORMAT,
        "behaviour": behaviour,
        "lines": [_packed(line) for line in lines],
        "text": [sentences.packed(each) for each in text],
        "well": well,
    }
    return Words(behaviour, tuple(lines), tuple(text), well, stored=stored)


def digest(behaviour: str, words: Words) -> str:
    """What tells these words from all others. A yes is said to it."""
    told = json.dumps([behaviour, words.stored], sort_keys=True, ensure_ascii=False)
    return blake2b(told.encode(), digest_size=24).hexdigest()


# Doing


@transaction.atomic
def propose(
    seat: Seat,
    behaviour: str,
    words: Words,
    *,
    seen: str,
    unlike: Collection[str] = (),
    shown: str | None = None,
) -> None:
    """Put words to the other, and say yes to them oneself.

    `seen` is the look at what there was (`Subject.seen`): where the other has proposed meanwhile,
    those words are read first. The words that lie there already, whoever wrote them, are said yes
    to; `unlike` is as for `assent`. Raises NotThere, Changed, TickMissing, Enough and
    pairing.NotPaired.
    """
    couple = seats.locked_couple(seat, shown)
    seat = Seat.objects.with_keys().get(pk=seat.pk)
    about = subject(seat, behaviour)
    if about.entry and _says_already(about.entry, behaviour, words):
        _say_yes(seat, about.entry.newest, unlike)
        _is_heard(couple, seat)
        return
    if seen != about.seen:
        raise Changed
    _put(couple, seat, behaviour, words, Origin.PAGE)
    _tell(couple, seat)


@transaction.atomic
def keep(
    seat: Seat,
    deck: Deck,
    digests: Collection[str],
    *,
    unlike: Collection[str] = (),
    shown: str | None = None,
) -> list[str]:
    """Propose common ground of this deck as it is, several at once. Returns the behaviours.

    What the other has put in the same words meanwhile is agreed by it. `unlike` is as for `assent`:
    these words are not written by the one who says yes to them. Raises NotThere, TickMissing, and
    Changed where something was not shown in these words; then nothing is proposed.
    """
    couple = seats.locked_couple(seat, shown)
    seat = Seat.objects.with_keys().get(pk=seat.pk)
    asked = {each.id for each in deck.behaviours}
    lying = {each.newest.digest: each for each in _lying(seat) if each.behaviour in asked}
    offered = {each.digest: each for each in common_ground(seat, deck)}
    kept, proposed = [], False
    for each in dict.fromkeys(digests):
        if each in lying:
            _say_yes(seat, lying[each].newest, unlike)
            kept.append(lying[each].behaviour)
        elif each in offered:
            found = offered[each]
            _put(
                couple,
                seat,
                found.behaviour,
                found.words,
                Origin.COMMON_GROUND,
                unlike=unlike,
            )
            kept.append(found.behaviour)
            proposed = True
        else:
            raise Changed
    if proposed:
        _tell(couple, seat)
    elif kept:
        _is_heard(couple, seat)
    return kept


@transaction.atomic
def assent(
    seat: Seat, digests: Collection[str], *, unlike: Collection[str] = (), shown: str | None = None
) -> list[str]:
    """Say yes to exactly these words. Returns the behaviours that they are about.

    Where something is not the same for both, its digest must be in `unlike` as well: such a thing
    is said yes to knowingly. Saying yes twice is saying it once. Raises pairing.NotPaired,
    TickMissing, and Changed where one of them does not lie there any more; then nothing is agreed.
    """
    couple = seats.locked_couple(seat, shown)
    seat = Seat.objects.with_keys().get(pk=seat.pk)
    lying = {each.newest.digest: each for each in _lying(seat)}
    said = list(dict.fromkeys(digests))
    for each in said:
        if each not in lying:
            raise Changed
        _say_yes(seat, lying[each].newest, unlike)
    _is_heard(couple, seat)
    return [lying[each].behaviour for each in said]


@transaction.atomic
def withdraw(seat: Seat, behaviour: str, digest: str, *, shown: str | None = None) -> None:
    """Take back one's yes. What was agreed is being talked about then; a proposal is gone.

    It needs no reason, and that it was this person is written nowhere. Doing it twice is doing it
    once. Raises NotThere, Changed where other words stand by now, and pairing.NotPaired.
    """
    couple = seats.locked_couple(seat, shown)
    seat = Seat.objects.with_keys().get(pk=seat.pk)
    found = entry(seat, behaviour)
    for each in filter(None, (found.proposed, found.agreed_last, found.newest)):
        if each.digest == digest and _may_end(each, found):
            Withdrawal.objects.get_or_create(version_id=each.id)
            _is_heard(couple, seat)
            return
    raise Changed


@transaction.atomic
def set_aside(seat: Seat, behaviour: str, digest: str) -> None:
    """Leave a proposal for now. Nobody is told, and it can be said yes to at any later time.

    Raises NotThere, Changed and pairing.NotPaired.
    """
    seats.locked_couple(seat)
    seat = Seat.objects.with_keys().get(pk=seat.pk)
    found = entry(seat, behaviour)
    if not found.waits_for_me or found.newest.digest != digest:
        raise Changed
    SetAside.leave(seat, found.newest.id)


# Taking along


def export(seat: Seat) -> dict[str, Any]:
    """What both have said yes to, what this person has proposed, and what they did with the rest.

    Words that the other proposed and that both have not said yes to are the other's, and not in it;
    neither is the hour at which the other did anything. Five queries, however much it is.
    """
    me = seat.side
    versions = [each for entry in _entries(seat) for each in _told(entry)]
    mine = Assent.objects.filter(version__couple=seat.couple_id, side=me, side__isnull=False)
    left = SetAside.by(seat).order_by("pk")
    return {
        "agreed": [told for each, told in versions if each.agreed_at],
        "proposed": [
            told for each, told in versions if not each.agreed_at and each.side == me and each.owned
        ],
        "said_yes_to": [
            {"behaviour": behaviour, "version": number, "at": at}
            for behaviour, number, at in mine.order_by("at", "pk").values_list(
                "version__behaviour", "version__number", "at"
            )
        ],
        "left_for_now": [
            {"behaviour": behaviour, "version": number}
            for behaviour, number in left.values_list("version__behaviour", "version__number")
        ],
    }


# After parting


def copy_for_each(seat: Seat) -> None:
    """Set aside for each of the two what holds between them now. The couple must be held.

    In each one's copy the other has no name: it is about what was agreed, and not about them.
    """
    held = [each for each in agreement(seat).entries if each.current]
    for each in Seat.objects.filter(couple=seat.couple_id).order_by("side") if held else ():
        Copy.put(each, [_plain(entry, Side(str(each.side))) for entry in held])


def copies(seat: Seat) -> list[PlainCopy]:
    """What was set aside for this person at each parting, the newest first. One query."""
    return [
        PlainCopy(id, on, tuple(_plainly(each, called) for each in content))
        for id, on, content, called in Copy.all_of(seat)
    ]


def copy(seat: Seat, copy_id: uuid.UUID) -> PlainCopy:
    """One of them. Raises NotThere."""
    for each in copies(seat):
        if each.id == copy_id:
            return each
    raise NotThere


def throw_away(seat: Seat, copy_id: uuid.UUID) -> None:
    """Delete a copy that this person does not want to keep. Raises NotThere."""
    if not Copy.by(seat).filter(pk=copy_id).delete()[0]:
        raise NotThere


# In a talk


@transaction.atomic
def take_turn(
    seat: Seat,
    talk_id: uuid.UUID,
    move: Move,
    content: Mapping[str, Any],
    *,
    seen: str,
    draft: str = talks.UNWRITTEN,
    side: Side | None = None,
    unlike: Collection[str] = (),
) -> None:
    """A turn in a talk that proposes words, or says yes to them: the same words as on the page.

    On a shared screen, nothing that is done for the other counts as the other's yes: they say it
    in their own account. `unlike` is as for `propose`. Raises what conversing.take_turn raises,
    Changed, TickMissing and Enough.
    """
    couple = seats.locked_couple(seat)
    seat = Seat.objects.with_keys().get(pk=seat.pk)
    talk = reading.talk(seat, talk_id)
    if move == Move.ASSENT and not _lies(seat, talk.behaviour, content):
        raise Changed
    if not talks.take_turn(seat, talk_id, move, content, seen=seen, draft=draft, side=side):
        return  # it was done before, and its answer was lost on the way
    whose = (side or talk.me) if talk.together else talk.me
    if move == Move.ASSENT:
        if assent(seat, [content["digest"]], unlike=content["unlike"]) != [talk.behaviour]:
            raise Changed
        return
    words = unpacked(content)
    for found in _entries(seat, talk.behaviour):
        if _says_already(found, talk.behaviour, words):
            if whose == talk.me:
                _say_yes(seat, found.newest, unlike)
            return
    _put(couple, seat, talk.behaviour, words, Origin.TALK, talk=talk_id, side=whose)


def unpacked(
    content: Mapping[str, Any], names: Mapping[Side, str] | None = None, *, own: bool = False
) -> Words:
    """Words as they are stored, with the names that the two have now.

    Words from before there were formats have the names of then in them, and keep them.
    """
    lines = tuple(map(_unpacked, content["lines"]))
    called = {str(side): name for side, name in (names or {}).items()}
    if content.get("format") == FORMAT:
        behaviour = content["behaviour"]
        text = [sentences.unpacked(each, called) for each in content["text"]]
    else:
        behaviour, *said = content["text"]
        text = wording.from_before(said, lines)
    stored = {name: content[name] for name in STORED if name in content}
    return Words(behaviour, lines, tuple(text), content["well"], own, stored)


def is_own(behaviour: str) -> bool:
    """Whether a behaviour is in words that one of the two wrote."""
    return behaviour not in catalogue.every()


def _heading(behaviour: str, text: str) -> str:
    return Sentence([theirs(text)]) if is_own(behaviour) else text


def _packed(line: Line) -> dict[str, Any]:
    return {
        "doer": str(line.doer),
        "outcome": line.outcome.value,
        "conditions": [each.value for each in line.conditions],
        "words": line.words,
        "on": line.on.isoformat() if line.on else "",
    }


def _unpacked(line: Mapping[str, Any]) -> Line:
    return Line(
        doer=line["doer"],
        outcome=Outcome(line["outcome"]),
        conditions=tuple(map(Condition, line["conditions"])),
        words=line["words"],
        on=date.fromisoformat(line["on"]) if line["on"] else None,
    )


def _told(entry: Entry) -> list[tuple[Versed, dict[str, Any]]]:
    """Each version on a behaviour, with what it says."""
    doers = {str(entry.me): "me", str(flow.other(entry.me)): "my partner", BOTH: BOTH}
    return [
        (
            each,
            {
                "behaviour": entry.behaviour,
                "version": each.number,
                "proposed_by_me": each.side == entry.me,
                "came_from": each.origin,
                "proposed_on": timezone.localdate(each.at),
                "agreed_on": each.agreed_at and timezone.localdate(each.agreed_at),
                "open_again_since": each.ended_at and timezone.localdate(each.ended_at),
                "text": [each.words.wording, *each.words.text],
                "what_we_did_well": each.words.well,
                "lines": [
                    {
                        "who_does_it": doers[line.doer],
                        "outcome": line.outcome,
                        "conditions": list(line.conditions),
                        "words": line.words,
                        "look_again_on": line.on,
                    }
                    for line in each.words.lines
                ],
            },
        )
        for each in entry.versions
    ]


def _plain(entry: Entry, me: Side) -> dict[str, Any]:
    """What holds, as it is kept: with sides, and without a name. The day is that of the second yes.

    What is still in the first format has the other's name in its text, and is put anew.
    """
    version = entry.shown
    words, agreed = version.words, version.agreed_at or version.at
    if words.stored.get("format") != FORMAT:
        words = put_into_words(words.wording, words.lines, {}, words.well)
    return {
        "category": entry.category.id,
        "words": words.stored,
        "own": is_own(entry.behaviour),
        "me": me.value,
        "since": timezone.localdate(agreed).isoformat(),
    }


def _plainly(content: Mapping[str, Any], called: str) -> Plain:
    category = catalogue.category(content["category"])
    since = date.fromisoformat(content["since"])
    if "words" not in content:  # from before the sides were stored
        stored = {"lines": [], "text": content["text"], "well": content["well"]}
        return Plain(category, unpacked(stored, own=category.id == catalogue.OWN), since)
    me = Side(content["me"])
    mine, partners = first_names.distinguished(called, _("my partner"))
    names = {me: mine, flow.other(me): partners}
    return Plain(category, unpacked(content["words"], names, own=content["own"]), since)


def _entries(
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


def _versed(rows: Sequence[Any], names: Mapping[Side, str], key: DataKey) -> Versed:
    """The rows of a version, one for each yes, as a value. A yes to other words is none."""
    row, id = rows[0], str(rows[0].pk)
    words = unpacked(row.read(key), names, own=is_own(row.behaviour))
    told = digest(row.behaviour, words)
    assented = {
        Side(each.yes_side): each.yes_at
        for each in rows
        if each.yes_side and Assent.read_yes(key, each, id) == told
    }
    side = Side(row.side)
    return Versed(
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


def _lies(seat: Seat, behaviour: str, yes: Mapping[str, Any]) -> bool:
    """Whether the words of a yes lie there on this behaviour."""
    return any(each.newest.digest == yes["digest"] for each in _lying(seat, behaviour))


def _lying(seat: Seat, behaviour: str | None = None) -> list[Entry]:
    """Where the newest words can be said yes to: nobody has taken them back."""
    return [each for each in _entries(seat, behaviour) if each.newest.ended_at is None]


def _says_already(entry: Entry, behaviour: str, words: Words) -> bool:
    """Whether these very words are the newest, proposed or agreed."""
    return entry.newest.ended_at is None and entry.newest.digest == digest(behaviour, words)


def _may_end(version: Versed, entry: Entry) -> bool:
    """Whether a yes to it is anybody's to take back.

    What is agreed is either's. What is only proposed is its writer's, or of whoever said yes.
    """
    if version.agreed_at is not None:
        return version == entry.agreed_last
    return version == entry.newest and entry.me in {version.side, *version.assented}


def _put(
    couple: Couple,
    seat: Seat,
    behaviour: str,
    words: Words,
    origin: Origin,
    *,
    talk: uuid.UUID | None = None,
    side: Side | None = None,
    unlike: Collection[str] | None = None,
) -> None:
    """A new version, with the yes of whoever proposes it. The couple must be held.

    `unlike` is None where they wrote the words themselves, and so know what is in them. Raises
    Enough and TickMissing.
    """
    me = _side(seat)
    on_it = Version.objects.filter(couple=couple, behaviour=behaviour)
    last = on_it.order_by("-number").values_list("number", flat=True)
    number = (last.first() or 0) + 1
    theirs = last.filter(assents__side=seat.other_side).first() or 0
    if number - theirs > MOST_UNANSWERED:
        raise Enough
    version = Version(
        couple=couple,
        behaviour=behaviour,
        number=number,
        side=side or me,
        origin=origin,
        talk_id=talk,
    )
    version.holding(couple.key, content=words.stored).save(force_insert=True)
    if side in (None, me):
        told = digest(behaviour, words)
        _write_yes(seat, version.pk, words, told, [told] if unlike is None else unlike)


def _say_yes(seat: Seat, version: Versed, unlike: Collection[str]) -> None:
    if _side(seat) not in version.assented:
        _write_yes(seat, version.id, version.words, version.digest, unlike)


def _write_yes(
    seat: Seat, version: uuid.UUID, words: Words, told: str, unlike: Collection[str]
) -> None:
    """The only place where a yes is written, whichever way it was said. Raises TickMissing.

    `unlike` are the digests of what this person has seen to be different for the two of them.
    """
    if not words.alike and told not in unlike:
        raise TickMissing(told)
    Assent.say(seat.shared_key, version, _side(seat), told)


def _tell(couple: Couple, seat: Seat) -> None:
    """One mail, and no other before they have done something here: whoever waits does not nag."""
    other = Seat.objects.filter(couple=couple).exclude(pk=seat.pk).select_related("user").get()
    told = {*couple.told, str(other.side)} - {str(seat.side)}
    if str(other.side) not in couple.told:
        notifications.something_waits_for(other.user)
    couple.told = sorted(told)
    couple.save(update_fields=["told"])


def _is_heard(couple: Couple, seat: Seat) -> None:
    """This person has done something: from now on a mail may tell them again."""
    if str(seat.side) in couple.told:
        couple.told = [each for each in couple.told if each != seat.side]
        couple.save(update_fields=["told"])


def _side(seat: Seat) -> Side:
    if seat.side is None:
        raise NotThere
    return Side(seat.side)


def _category(behaviour: str) -> Category:
    shipped = catalogue.every().get(behaviour)
    return catalogue.category(shipped.category if shipped else catalogue.OWN)


def _place(behaviour: str) -> int:
    """Where a behaviour stands in the catalogue; people's own come last."""
    ids = list(catalogue.every())
    return ids.index(behaviour) if behaviour in ids else len(ids)
