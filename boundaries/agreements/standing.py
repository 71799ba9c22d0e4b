"""How far two people are with their proposals, for pages that show none of the words.

Nothing is decrypted, and nothing says what either left for now.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.kept_queries import kept_query
from boundaries.agreements.models import Assent, Version, Withdrawal
from boundaries.seats.models import Seat

IS_NEWS = timedelta(days=3)  # for so long, home says that both have said yes


@dataclass(frozen=True, slots=True)
class Proposals:
    """What the home page needs to know of them."""

    behaviours: frozenset[str]  # on which words were ever proposed
    waiting: tuple[str, ...]  # on which this person said yes within IS_NEWS and the partner has not
    just_agreed: bool  # whether both have said yes to something within IS_NEWS
    just_reopened: bool  # whether something they agreed on was taken back since, within IS_NEWS


NO_PROPOSALS = Proposals(frozenset(), waiting=(), just_agreed=False, just_reopened=False)


def waits(seat: Seat) -> list[str]:
    """The origins of the proposals that this person has not answered, nor left. One query."""
    return _waiting(seat.couple_id, seat.pk, seat.side)


@kept_query(uuid.UUID, uuid.UUID, str)
def _waiting(couple: uuid.UUID | None, seat: uuid.UUID, side: str | None) -> QuerySet[Version, Any]:
    me = Seat(id=seat, couple_id=couple, side=side)
    return Version.objects.waiting_for(me).values_list("origin", flat=True)


def proposals(seat: Seat) -> Proposals:
    """On what these two have proposed words to each other, and what waits. One query.

    What waits is news for a while and then stays unsaid: the partner may have left it for now.
    """
    rows = _states(seat.couple_id, seat.side)
    newest = {behaviour: state for behaviour, *state in rows}
    stand = {behaviour: state for behaviour, (ended, *state) in newest.items() if not ended}
    since = timezone.now() - IS_NEWS
    agreed = max((at for mine, theirs, at in stand.values() if mine and theirs), default=since)
    reopened = max((at for _, at, mine, theirs, _ in rows if at and mine and theirs), default=since)
    return Proposals(
        frozenset(newest),
        waiting=tuple(
            id for id, (mine, theirs, at) in stand.items() if mine and not theirs and at > since
        ),
        just_agreed=agreed > max(since, reopened),
        just_reopened=reopened > max(since, agreed),
    )


@kept_query(uuid.UUID, str)
def _states(couple: uuid.UUID | None, side: str | None) -> QuerySet[Version, Any]:
    return (
        _versions(Seat.in_couple(couple, side))
        .annotate(last_yes=Max("assents__at"), ended_at=F("withdrawal__at"))
        .order_by("behaviour", "number")
        .values_list("behaviour", "ended_at", "mine", "theirs", "last_yes")
    )


def outline(seat: Seat) -> QuerySet[Version, Any]:
    """On what these two have proposed words, for one query.

    Rows of behaviour, number, whether both said yes, and whether it was taken back.
    """
    agreed = Q(mine=True) & Q(theirs=True)
    rows = _versions(seat).annotate(agreed=agreed)
    return rows.values_list("behaviour", "number", "agreed", "ended")


def _versions(seat: Seat) -> QuerySet[Version, Any]:
    """Everything proposed between these two, with whether each said yes, and whether it ended."""
    yes = Assent.objects.filter(version=OuterRef("pk"))
    return Version.objects.of(seat).annotate(
        mine=Exists(yes.filter(side=seat.side)),
        theirs=Exists(yes.exclude(side=seat.side)),
        ended=Exists(Withdrawal.objects.filter(version=OuterRef("pk"))),
    )
