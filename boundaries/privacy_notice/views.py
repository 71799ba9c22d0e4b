"""What this site keeps of people, for everybody to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import reauthentication
from boundaries.agreements.history import Entry, ProposalVersion
from boundaries.agreements.words import is_own
from boundaries.privacy_notice import rules as privacy_notice
from boundaries.privacy_notice import visibility
from boundaries.talks import transcript
from boundaries.talks.overview import ShownPart
from boundaries.talks.transcript import SpokenTurn
from boundaries.vocabulary import Side
from boundaries.web.seated import SeatedRequest, seated


@require_safe
@login_not_required
def show(request: HttpRequest) -> HttpResponse:
    context = {
        "groups": [(group.value, tables) for group, tables in privacy_notice.stored().items()],
        "contact": settings.SECURITY_CONTACT.removeprefix("mailto:"),
        "idle": int(settings.SIGNED_OUT_WHEN_IDLE_FOR.total_seconds()) // 60,
    }
    return render(request, "boundaries/privacy_notice/show.html", context)


@dataclass(frozen=True, slots=True)
class VisibleTalk:
    """A talk, and the words in it that the other can read."""

    told: ShownPart
    said: list[SpokenTurn]


@dataclass(frozen=True, slots=True)
class VisibleWords:
    """What this person proposed or said yes to on one behaviour."""

    entry: Entry
    proposed: list[ProposalVersion]
    agreed: list[ProposalVersion]  # proposed by the other


@require_safe
@reauthentication.after_idling
@seated
def show_visibility(request: SeatedRequest) -> HttpResponse:
    seen = visibility.seen(request.seat)
    context = {
        "seen": seen,
        "talks": [_visible_talk(each, seen.names) for each in seen.talks],
        "words": [_visible_words(each) for each in seen.entries],
        "never": privacy_notice.never_shown(),
    }
    return render(request, "boundaries/privacy_notice/visibility.html", context)


def _visible_talk(told: ShownPart, names: Mapping[Side, str]) -> VisibleTalk:
    own = is_own(told.behaviour)
    return VisibleTalk(told, transcript.spoken_turns(told.handed, names, own=own))


def _visible_words(entry: Entry) -> VisibleWords:
    mine = [each for each in entry.versions if each.side == entry.me]
    theirs = [each for each in entry.versions if each.side != entry.me]
    return VisibleWords(entry, mine, [each for each in theirs if entry.me in each.assented])
