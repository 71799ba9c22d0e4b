"""How far two people are with their proposals, for pages that show none of the words.

Nothing is decrypted, and nothing says what either left for now.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from boundaries.agreements.models import Assent, Version, Withdrawal
from boundaries.seats.models import Seat

IS_NEWS = timedelta(days=3)  # for so long, home says that both have said yes


@dataclass(frozen=True, slots=True)
class Proposals:
    """What the home page needs to know of them."""

    behaviours: frozenset[str]  # on which words were ever proposed
    wait_for_partner: bool  # whether this person said yes to words that the partner has not
    just_agreed: bool  # whether both have said yes to something within IS_NEWS


NO_PROPOSALS = Proposals(frozenset(), wait_for_partner=False, just_agreed=False)


def waits(seat: Seat) -> list[str]:
    """The origins of the proposals that this person has not answered, nor left. One query."""
    return list(Version.objects.waiting_for(seat).values_list("origin", flat=True))


def proposals(seat: Seat) -> Proposals:
    """On what these two have proposed words to each other, and what waits. One query."""
    rows = (
        _versions(seat)
        .annotate(last_yes=Max("assents__at"))
        .order_by("behaviour", "number")
        .values_list("behaviour", "ended", "mine", "theirs", "last_yes")
    )
    newest = {behaviour: state for behaviour, *state in rows}
    stand = [state for ended, *state in newest.values() if not ended]
    since = timezone.now() - IS_NEWS
    return Proposals(
        frozenset(newest),
        wait_for_partner=any(mine and not theirs for mine, theirs, _ in stand),
        just_agreed=any(mine and theirs and at > since for mine, theirs, at in stand),
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
