"""Proposing exact words, saying yes to them, and taking a yes back.

Something is agreed when both have said yes, each in their own account, to the same digest of the
same words. Not answering is not a yes, and a yes can be taken back at any time. A proposal is never
changed or deleted; history.py works out from all of them what is agreed now.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection

from boundaries import notifications
from boundaries.agreements.common_ground import common_ground
from boundaries.agreements.history import (
    Entry,
    ProposalVersion,
    entries,
    entry,
    pending,
    says_already,
    side_of,
    subject,
)
from boundaries.agreements.models import Assent, SetAside, Version, Withdrawal
from boundaries.agreements.words import Words, digest_of
from boundaries.content import catalogue
from boundaries.content.catalogue import Deck
from boundaries.errors import Conflict, Refused
from boundaries.notifications import Subject
from boundaries.reminders import rules as reminders
from boundaries.seats import rules as seats
from boundaries.seats.models import Couple, Seat
from boundaries.vocabulary import Origin, ReminderKind, Side

# How often a person may propose on one behaviour before the partner says yes to something.
MAX_UNANSWERED = 50


class WordsChanged(Conflict):
    """The words are no longer those that the page showed. Nothing was changed."""


class TickMissing(Refused):
    """The words treat the two differently, and the box that confirms this was not ticked.

    Nothing was agreed.
    """

    def __init__(self, digest: str) -> None:
        super().__init__()
        self.digest = digest  # of the words that need the tick


class TooManyProposals(Refused):
    """This person has too many unanswered proposals on the behaviour. Nothing was proposed."""


def propose(
    seat: Seat,
    behaviour: str,
    words: Words,
    *,
    version: str,
    acknowledged: Collection[str] = (),
    couple_token: str | None = None,
) -> None:
    """Propose words to the partner, and say yes to them.

    `version` is the `ProposalSubject.version` that the page showed: a proposal made since then must
    be read first. If exactly these words are pending already, this is a yes to them, and
    `acknowledged` is as for `assent`. Raises NoSuchAgreement, WordsChanged, TickMissing,
    TooManyProposals and NotPaired.
    """
    with seats.locked(seat, couple_token) as (couple, seat):
        about = subject(seat, behaviour)
        if about.entry and says_already(about.entry, behaviour, words):
            _say_yes(seat, about.entry, acknowledged)
            notifications.has_acted(seat, Subject.AGREEMENTS)
            return
        if version != about.version:
            raise WordsChanged
        _add_version(couple, seat, behaviour, words, Origin.PAGE)
        _notify_partner(seat)


def propose_common_ground(
    seat: Seat,
    deck: Deck,
    digests: Collection[str],
    *,
    acknowledged: Collection[str] = (),
    couple_token: str | None = None,
) -> list[str]:
    """Propose chosen common ground of a deck, unchanged. Returns the behaviours' ids.

    If the partner has proposed the same words since the page was loaded, this is a yes to them.
    `acknowledged` is as for `assent`, because this person did not write the words. Raises
    NoSuchAgreement, TickMissing, NotPaired, and WordsChanged if one of the digests is not on offer
    any more; then nothing is proposed.
    """
    with seats.locked(seat, couple_token) as (couple, seat):
        ids = {behaviour.id for behaviour in catalogue.ever_in(deck)}
        waiting = {entry.newest.digest: entry for entry in pending(seat) if entry.behaviour in ids}
        offered = {item.digest: item for item in common_ground(seat, deck)}
        chosen = list(dict.fromkeys(digests))
        if not waiting.keys() | offered.keys() >= set(chosen):
            raise WordsChanged
        for digest in chosen:
            if digest in waiting:
                _say_yes(seat, waiting[digest], acknowledged)
            else:
                behaviour, words = offered[digest].behaviour, offered[digest].words
                _add_version(
                    couple, seat, behaviour, words, Origin.COMMON_GROUND, acknowledged=acknowledged
                )
        if set(chosen) - waiting.keys():
            _notify_partner(seat)
        elif chosen:
            notifications.has_acted(seat, Subject.AGREEMENTS)
        return [(waiting.get(digest) or offered[digest]).behaviour for digest in chosen]


def assent(
    seat: Seat,
    digests: Collection[str],
    *,
    acknowledged: Collection[str] = (),
    left: Collection[str] = (),
    couple_token: str | None = None,
) -> list[str]:
    """Say yes to exactly these words. Returns the behaviours' ids. A second yes changes nothing.

    Proposals with the digests in `left` are set aside, as far as they still wait.
    `acknowledged` holds the digests of words that treat the two differently and for which this
    person has ticked that they saw it. Raises NotPaired, TickMissing if such a tick is missing, and
    WordsChanged if one of them cannot be agreed to any more; then nothing is agreed.
    """
    with seats.locked(seat, couple_token) as (_, seat):
        waiting = {entry.newest.digest: entry for entry in pending(seat)}
        chosen = list(dict.fromkeys(digests))
        if not waiting.keys() >= set(chosen):
            raise WordsChanged
        for digest in chosen:
            _say_yes(seat, waiting[digest], acknowledged)
        for found in (waiting[digest] for digest in left if digest in waiting):
            if found.waits_for_me:
                SetAside.leave(seat, found.newest.id)
        notifications.has_acted(seat, Subject.AGREEMENTS)
        return [waiting[digest].behaviour for digest in chosen]


def withdraw(seat: Seat, behaviour: str, digest: str, *, couple_token: str | None = None) -> bool:
    """Take back one's own yes or proposal. What was agreed is then open again.

    Returns whether both had agreed to it. No reason is needed, and who did it is not stored. Doing
    it twice changes nothing. Raises NoSuchAgreement, NotPaired, and WordsChanged if the words have
    changed.
    """
    with seats.locked(seat, couple_token) as (_, seat):
        found = entry(seat, behaviour)
        for version in filter(None, (found.proposed, found.agreed_last, found.newest)):
            if version.digest == digest and _may_withdraw(version, found):
                Withdrawal.objects.get_or_create(version_id=version.id)
                if version.words.days:
                    reminders.cancel_both(seat, ReminderKind.REVISIT, [version.id])
                notifications.has_acted(seat, Subject.AGREEMENTS)
                return version.agreed_at is not None
        raise WordsChanged


def set_aside(seat: Seat, behaviour: str, digest: str) -> None:
    """Leave a proposal for now. The partner cannot see this, and a yes stays possible.

    Raises NoSuchAgreement, WordsChanged and NotPaired.
    """
    with seats.locked(seat) as (_, seat):
        found = entry(seat, behaviour)
        if not found.waits_for_me or found.newest.digest != digest:
            raise WordsChanged
        SetAside.leave(seat, found.newest.id)


def propose_in_talk(
    seat: Seat,
    couple: Couple,
    behaviour: str,
    words: Words,
    *,
    talk: uuid.UUID,
    side: Side,
    acknowledged: Collection[str] = (),
) -> None:
    """Propose words in a talk, for the person on `side`. The couple must be locked.

    On a shared screen one account acts for both. A yes counts only for the owner of the account;
    the partner must say yes in their own. `acknowledged` is as for `assent`. Raises TickMissing and
    TooManyProposals.
    """
    for found in entries(seat, behaviour):
        if says_already(found, behaviour, words):
            if side == seat.side:
                _say_yes(seat, found, acknowledged)
            return
    _add_version(couple, seat, behaviour, words, Origin.TALK, talk=talk, side=side)


def is_pending(seat: Seat, behaviour: str, digest: str) -> bool:
    """Whether this person can now say yes to exactly these words on this behaviour."""
    return any(entry.newest.digest == digest for entry in pending(seat, behaviour))


def _say_yes(seat: Seat, found: Entry, acknowledged: Collection[str]) -> None:
    """Say yes to the newest version, unless this person did already. Raises TickMissing."""
    version = found.newest
    if side_of(seat) in version.assented:
        return
    _write_yes(seat, version.id, version.words, version.digest, acknowledged)
    if len(version.assented) + 1 == len(Side):
        _remind_of(seat, version, instead_of=found.agreed_last)


def _remind_of(seat: Seat, version: ProposalVersion, *, instead_of: ProposalVersion | None) -> None:
    """Remind both on the first day on which they want to look at what they agreed to."""
    if instead_of and instead_of.words.days:
        reminders.cancel_both(seat, ReminderKind.REVISIT, [instead_of.id])
    if version.words.days:
        reminders.schedule_both(seat, ReminderKind.REVISIT, version.id, version.words.days[0])


def _add_version(
    couple: Couple,
    seat: Seat,
    behaviour: str,
    words: Words,
    origin: Origin,
    *,
    talk: uuid.UUID | None = None,
    side: Side | None = None,
    acknowledged: Collection[str] | None = None,
) -> None:
    """Add a version with the yes of the person who proposes it. The couple must be locked.

    `acknowledged` is None if that person wrote the words, and so knows what they say. Raises
    TooManyProposals and TickMissing.
    """
    me = side_of(seat)
    versions = Version.objects.filter(couple=couple, behaviour=behaviour)
    numbers = versions.order_by("-number").values_list("number", flat=True)
    number = (numbers.first() or 0) + 1
    answered = numbers.filter(assents__side=seat.other_side).first() or 0
    if number - answered > MAX_UNANSWERED:
        raise TooManyProposals
    version = Version(
        couple=couple,
        behaviour=behaviour,
        number=number,
        side=side or me,
        origin=origin,
        talk_id=talk,
    )
    version.set_encrypted(couple.key, content=words.packed).save(force_insert=True)
    if side in (None, me):
        digest = digest_of(behaviour, words)
        _write_yes(
            seat, version.pk, words, digest, [digest] if acknowledged is None else acknowledged
        )


def _write_yes(
    seat: Seat, version: uuid.UUID, words: Words, digest: str, acknowledged: Collection[str]
) -> None:
    """Write a yes, whichever way it was said. Raises TickMissing."""
    if not words.alike and digest not in acknowledged:
        raise TickMissing(digest)
    Assent.say(seat.shared_key, version, side_of(seat), digest)


def _may_withdraw(version: ProposalVersion, entry: Entry) -> bool:
    """Whether this person may take these words back.

    Either of the two may take back an agreement. A proposal may be taken back by its author, or by
    whoever said yes to it.
    """
    if version.agreed_at is not None:
        return version == entry.agreed_last
    return version == entry.newest and entry.me in {version.side, *version.assented}


def _notify_partner(seat: Seat) -> None:
    """Record that this person acted, and mail the partner at most once until they act as well."""
    notifications.has_acted(seat, Subject.AGREEMENTS)
    notifications.notify_partner_once(seat, Subject.AGREEMENTS)
