"""What {partner} can see right now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import reauthentication
from boundaries.agreements import rules as agreements
from boundaries.agreements.rules import Entry, Versed
from boundaries.privacy_notice import rules as privacy_notice
from boundaries.privacy_notice import visibility
from boundaries.talks import views as talks_views
from boundaries.talks.reading import Told
from boundaries.talks.views import Said
from boundaries.vocabulary import Side
from boundaries.web.seated import SeatedRequest, seated


@dataclass(frozen=True, slots=True)
class Talk:
    """A talk, and the words in it that the other can read."""

    told: Told
    said: list[Said]


@dataclass(frozen=True, slots=True)
class Words:
    """What this person proposed or said yes to on one behaviour."""

    entry: Entry
    proposed: list[Versed]
    agreed: list[Versed]  # proposed by the other


@require_safe
@reauthentication.after_idling
@seated
def show(request: SeatedRequest) -> HttpResponse:
    seen = visibility.seen(request.seat)
    context = {
        "seen": seen,
        "talks": [_talk(each, seen.names) for each in seen.talks],
        "words": [_words(each) for each in seen.entries],
        "never": privacy_notice.never_shown(),
    }
    return render(request, "boundaries/seeing/show.html", context)


def _talk(told: Told, names: Mapping[Side, str]) -> Talk:
    own = agreements.is_own(told.behaviour)
    return Talk(told, talks_views.spoken(told.handed, names, own=own))


def _words(entry: Entry) -> Words:
    mine = [each for each in entry.versions if each.side == entry.me]
    theirs = [each for each in entry.versions if each.side != entry.me]
    return Words(entry, mine, [each for each in theirs if entry.me in each.assented])
