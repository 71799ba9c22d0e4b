"""Proposing exact words, saying yes to them, and taking a yes back.

Nothing is agreed that both have not said yes to, each in their own account and to the same digest
of the same words. Not answering is not a yes, and a yes can be taken back at any time. What was
proposed is never changed and never deleted; what is agreed now is found by reading all of it.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from django.utils import timezone

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
from boundaries.agreements.wording import BOTH
from boundaries.agreements.words import Words, digest_of
from boundaries.content.catalogue import Deck
from boundaries.errors import Conflict, Refused
from boundaries.notifications import Subject
from boundaries.seats import rules as seats
from boundaries.seats.models import Couple, Seat
from boundaries.vocabulary import Origin, Side

MAX_UNANSWERED = 50  # words on one behaviour, by one person, without a yes of the other's since


class WordsChanged(Conflict):
    """The words are not, or no longer, those that were shown. Nothing was proposed or agreed."""


class TickMissing(Refused):
    """It is not the same for both, and the tick that says so was not set. Nothing was agreed."""

    def __init__(self, digest: str) -> None:
        super().__init__()
        self.digest = digest  # of the words that need the tick


class TooManyProposals(Refused):
    """So much that this person has proposed on a behaviour is unanswered that it is too much."""


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
    to; `unlike` is as for `assent`. Raises NoSuchAgreement, WordsChanged, TickMissing,
    TooManyProposals and NotPaired.
    """
    with seats.locked(seat, shown) as (couple, seat):
        about = subject(seat, behaviour)
        if about.entry and says_already(about.entry, behaviour, words):
            _say_yes(seat, about.entry.newest, unlike)
            notifications.has_acted(seat, Subject.AGREEMENTS)
            return
        if seen != about.seen:
            raise WordsChanged
        _put(couple, seat, behaviour, words, Origin.PAGE)
        _notify_partner(seat)


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
    WordsChanged where something was not shown in these words; then nothing is proposed.
    """
    with seats.locked(seat, shown) as (couple, seat):
        asked = {each.id for each in deck.behaviours}
        lying = {each.newest.digest: each for each in pending(seat) if each.behaviour in asked}
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
                raise WordsChanged
        if proposed:
            _notify_partner(seat)
        elif kept:
            notifications.has_acted(seat, Subject.AGREEMENTS)
        return kept


def assent(
    seat: Seat, digests: Collection[str], *, unlike: Collection[str] = (), shown: str | None = None
) -> list[str]:
    """Say yes to exactly these words. Returns the behaviours that they are about.

    Where something is not the same for both, its digest must be in `unlike` as well: such a thing
    is said yes to knowingly. Saying yes twice is saying it once. Raises NotPaired, TickMissing,
    and WordsChanged where one of them cannot be agreed to any more; then nothing is agreed.
    """
    with seats.locked(seat, shown) as (_, seat):
        lying = {each.newest.digest: each for each in pending(seat)}
        said = list(dict.fromkeys(digests))
        for each in said:
            if each not in lying:
                raise WordsChanged
            _say_yes(seat, lying[each].newest, unlike)
        notifications.has_acted(seat, Subject.AGREEMENTS)
        return [lying[each].behaviour for each in said]


def withdraw(seat: Seat, behaviour: str, digest: str, *, shown: str | None = None) -> None:
    """Take back one's yes. What was agreed is being talked about then; a proposal is gone.

    It needs no reason, and that it was this person is written nowhere. Doing it twice is doing it
    once. Raises NotThere, WordsChanged where other words stand by now, and seats.NotPaired.
    """
    with seats.locked(seat, shown) as (_, seat):
        found = entry(seat, behaviour)
        for each in filter(None, (found.proposed, found.agreed_last, found.newest)):
            if each.digest == digest and _may_end(each, found):
                Withdrawal.objects.get_or_create(version_id=each.id)
                notifications.has_acted(seat, Subject.AGREEMENTS)
                return
        raise WordsChanged


def set_aside(seat: Seat, behaviour: str, digest: str) -> None:
    """Leave a proposal for now. Nobody is told, and it can be said yes to at any later time.

    Raises NotThere, WordsChanged and seats.NotPaired.
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
    unlike: Collection[str] = (),
) -> None:
    """Propose the words that a talk came to. They are this person's own only on their own side.

    On a shared screen, nothing that is done for the other counts as the other's yes: they say it
    in their own account. The couple must be locked; `unlike` is as for `assent`. Raises
    TickMissing and TooManyProposals.
    """
    for found in entries(seat, behaviour):
        if says_already(found, behaviour, words):
            if side == seat.side:
                _say_yes(seat, found.newest, unlike)
            return
    _put(couple, seat, behaviour, words, Origin.TALK, talk=talk, side=side)


def is_pending(seat: Seat, behaviour: str, digest: str) -> bool:
    """Whether exactly these words can be said yes to, on this behaviour."""
    return any(each.newest.digest == digest for each in pending(seat, behaviour))


def export(seat: Seat) -> dict[str, Any]:
    """What both have said yes to, what this person has proposed, and what they did with the rest.

    Words that the other proposed and that both have not said yes to are the other's, and not in it;
    neither is the hour at which the other did anything. Five queries, however much it is.
    """
    me = seat.side
    versions = [each for entry in entries(seat) for each in _told(entry)]
    mine = Assent.objects.filter(version__couple=seat.couple_id, side=me, side__isnull=False)
    left = SetAside.owned_by(seat).order_by("pk")
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


def _told(entry: Entry) -> list[tuple[ProposalVersion, dict[str, Any]]]:
    """Each version on a behaviour, with what it says."""
    doers = {str(entry.me): "me", str(entry.me.other): "my partner", BOTH: BOTH}
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
    TooManyProposals and TickMissing.
    """
    me = side_of(seat)
    on_it = Version.objects.filter(couple=couple, behaviour=behaviour)
    last = on_it.order_by("-number").values_list("number", flat=True)
    number = (last.first() or 0) + 1
    theirs = last.filter(assents__side=seat.other_side).first() or 0
    if number - theirs > MAX_UNANSWERED:
        raise TooManyProposals
    version = Version(
        couple=couple,
        behaviour=behaviour,
        number=number,
        side=side or me,
        origin=origin,
        talk_id=talk,
    )
    version.set_encrypted(couple.key, content=words.stored).save(force_insert=True)
    if side in (None, me):
        told = digest_of(behaviour, words)
        _write_yes(seat, version.pk, words, told, [told] if unlike is None else unlike)


def _say_yes(seat: Seat, version: ProposalVersion, unlike: Collection[str]) -> None:
    if side_of(seat) not in version.assented:
        _write_yes(seat, version.id, version.words, version.digest, unlike)


def _write_yes(
    seat: Seat, version: uuid.UUID, words: Words, told: str, unlike: Collection[str]
) -> None:
    """The only place where a yes is written, whichever way it was said. Raises TickMissing.

    `unlike` are the digests of what this person has seen to be different for the two of them.
    """
    if not words.alike and told not in unlike:
        raise TickMissing(told)
    Assent.say(seat.shared_key, version, side_of(seat), told)


def _notify_partner(seat: Seat) -> None:
    """One mail until they act: whoever waits does not nag. To propose is to act oneself."""
    notifications.has_acted(seat, Subject.AGREEMENTS)
    notifications.notify_partner_once(seat, Subject.AGREEMENTS)


def _may_end(version: ProposalVersion, entry: Entry) -> bool:
    """Whether a yes to it is anybody's to take back.

    What is agreed is either's. What is only proposed is its writer's, or of whoever said yes.
    """
    if version.agreed_at is not None:
        return version == entry.agreed_last
    return version == entry.newest and entry.me in {version.side, *version.assented}
