"""Pages for machines, and error pages."""

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

from accounts.repeating import was_given_up
from config import logs, readiness

HALF_A_YEAR = timedelta(days=180)
RETRY_AFTER = "2"  # seconds


@require_safe
@login_not_required
def livez(request: HttpRequest) -> HttpResponse:
    """Answer "ok" if this process answers at all: a restart would mend nothing else."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@require_safe
@login_not_required
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer "ok" if this process can serve people: its database takes writes."""
    ready = readiness.is_ready()
    text = "ok\n" if ready else "not ready\n"
    answer = HttpResponse(text, content_type="text/plain; charset=utf-8")
    if not ready:
        answer.status_code = HTTPStatus.SERVICE_UNAVAILABLE
        answer["Retry-After"] = RETRY_AFTER
    return answer


@require_safe
@login_not_required
def security_txt(request: HttpRequest) -> HttpResponse:
    """Whom to tell about a vulnerability (RFC 9116). Valid for half a year from today."""
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
    """Like Django's view, but without a CSRF token, which would parse the bad request again."""
    if isinstance(exception, RequestDataTooBig):
        page = render_to_string("413.html")
        return HttpResponse(page, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return HttpResponseBadRequest(render_to_string("400.html"))


@require_safe
@login_not_required
def manifest(request: HttpRequest) -> HttpResponse:
    """The web app manifest, with a name that reveals nothing about the site's subject."""
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
            "display": "browser",  # keeps the back button, and leaves no window of its own open
            "background_color": "#faf7f2",
            "theme_color": "#faf7f2",
            "icons": [*icons, whole],
        },
        content_type="application/manifest+json",
    )


def unavailable() -> HttpResponse:
    """A short failure, of a migration or the database: the same button will soon work again."""
    page = render_to_string("503.html")
    headers = {"Retry-After": RETRY_AFTER}
    return HttpResponse(page, status=HTTPStatus.SERVICE_UNAVAILABLE, headers=headers)


def server_error(request: HttpRequest) -> HttpResponse:
    if connection.vendor != "sqlite":
        from config.postgresql.base import is_outage, is_outdated

        error = sys.exception()
        if is_outdated(error) or is_outage(error) or was_given_up(error):
            return unavailable()
    page = render_to_string("500.html", {"reference": logs.request_id()})
    return HttpResponseServerError(page)
