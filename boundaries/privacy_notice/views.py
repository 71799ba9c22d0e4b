"""What is stored about people, for everybody to read, and what the other can see right now."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import reauthentication
from boundaries.privacy_notice import rules as privacy_notice
from boundaries.privacy_notice import visibility
from boundaries.privacy_notice.pages import Operator, VisibleRepair, VisibleTalk, VisibleWords
from boundaries.web.seated import SeatedRequest, seated


@require_safe
@login_not_required
def show(request: HttpRequest) -> HttpResponse:
    context = {
        "groups": [(group.value, tables) for group, tables in privacy_notice.stored().items()],
        "operator": Operator.named_in_settings(),
        "idle": int(settings.SIGNED_OUT_WHEN_IDLE_FOR.total_seconds()) // 60,
    }
    return render(request, "boundaries/privacy_notice/show.html", context)


@require_safe
@reauthentication.after_idling
@seated
def show_visibility(request: SeatedRequest) -> HttpResponse:
    visible = visibility.visible(request.seat)
    context = {
        "visible": visible,
        "talks": [VisibleTalk.of(talk, visible.names) for talk in visible.talks],
        "repairs": [VisibleRepair.of(repair) for repair in visible.repairs],
        "words": [VisibleWords.of(entry) for entry in visible.entries],
        "never": privacy_notice.never_shown(),
    }
    return render(request, "boundaries/privacy_notice/visibility.html", context)
