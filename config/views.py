"""Pages for machines, and the pages for when something is refused."""

import sys
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.db import connection
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseServerError,
    JsonResponse,
)
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from config import logs

HALF_A_YEAR = timedelta(days=180)


@require_safe
@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """Whether this process answers and reaches its database. Says "ok" and no more."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@require_safe
@login_not_required
def security_txt(request: HttpRequest) -> HttpResponse:
    """Whom to tell of a weakness (RFC 9116). It holds while the site runs, and half a year on."""
    expires = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + HALF_A_YEAR
    lines = {
        "Contact": settings.SECURITY_CONTACT,
        "Expires": f"{expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages": "en",
        "Canonical": f"{settings.SITE_URL.rstrip('/')}{reverse('security-txt')}",
    }
    text = "".join(f"{name}: {value}\n" for name, value in lines.items())
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=HTTPStatus.FORBIDDEN)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's own page looks for a form's token first, and so reads the bad request once more."""
    if isinstance(exception, RequestDataTooBig):
        page = render_to_string("413.html")
        return HttpResponse(page, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return HttpResponseBadRequest(render_to_string("400.html"))


@require_safe
@login_not_required
def manifest(request: HttpRequest) -> HttpResponse:
    """For a phone that puts the site on its home screen, under a name that says nothing."""
    icons = [
        {"src": static(f"img/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
        for size in (192, 512)
    ]
    whole = {**icons[-1], "src": static("img/icon-whole-512.png"), "purpose": "maskable"}
    return JsonResponse(
        {
            "name": "Common Ground",
            "short_name": "Common Ground",
            "start_url": reverse("home"),
            "scope": "/",
            "display": "browser",  # with the browser's own way back, and no window left behind
            "background_color": "#faf7f2",
            "theme_color": "#faf7f2",
            "icons": [*icons, whole],
        },
        content_type="application/manifest+json",
    )


def unavailable() -> HttpResponse:
    """For a moment only: a press on the same button works again at once."""
    page = render_to_string("503.html")
    return HttpResponse(page, status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "1"})


def server_error(request: HttpRequest) -> HttpResponse:
    if connection.vendor == "postgresql":
        from config.postgresql.base import is_outdated

        if is_outdated(sys.exc_info()[1]):
            return unavailable()
    page = render_to_string("500.html", {"reference": logs.request_id()})
    return HttpResponseServerError(page)
