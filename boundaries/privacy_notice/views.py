"""What this site keeps of people, for everybody to read."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from boundaries.privacy_notice import rules as privacy_notice


@require_safe
@login_not_required
def show(request: HttpRequest) -> HttpResponse:
    context = {
        "groups": [(group.value, tables) for group, tables in privacy_notice.stored().items()],
        "contact": settings.SECURITY_CONTACT.removeprefix("mailto:"),
        "idle": int(settings.SIGNED_OUT_WHEN_IDLE_FOR.total_seconds()) // 60,
    }
    return render(request, "boundaries/keeping/show.html", context)
