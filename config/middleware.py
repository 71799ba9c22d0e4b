"""What every answer of this site bears or says, whatever made it."""

from collections.abc import Callable
from http import HTTPStatus

from django.contrib.messages.storage import default_storage
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import patch_cache_control

from config.views import bad_request, unavailable

SAFE = ("GET", "HEAD")
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "autoplay",
        "browsing-topics",
        "camera",
        "clipboard-read",
        "compute-pressure",
        "display-capture",
        "encrypted-media",
        "fullscreen",
        "gamepad",
        "geolocation",
        "gyroscope",
        "hid",
        "identity-credentials-get",
        "idle-detection",
        "language-detector",
        "language-model",
        "local-fonts",
        "local-network-access",
        "magnetometer",
        "microphone",
        "midi",
        "otp-credentials",
        "payment",
        "picture-in-picture",
        "screen-wake-lock",
        "serial",
        "speaker-selection",
        "storage-access",
        "summarizer",
        "translator",
        "usb",
        "window-management",
        "xr-spatial-tracking",
    )
)


def fixed_headers(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Nothing here is to be kept, indexed, framed or read by another site.

    Static files are public and carry a content hash: they alone may be cached.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["Permissions-Policy"] = PERMISSIONS_POLICY
        response["Cross-Origin-Embedder-Policy"] = "require-corp"
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        response["X-Robots-Tag"] = "noindex, nofollow"
        if "Cache-Control" not in response or response.get("Content-Type", "").startswith(
            "text/html"
        ):
            patch_cache_control(response, no_store=True, private=True)
        return response

    return middleware


def asked_from_our_own_pages(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Refuse what another site's page asks for behind its own, and what it would have done here.

    A link from anywhere may be followed. All else, and the address that signs out by being looked
    at, is for pages of this very host: a neighbour under the same domain is sent our cookies, and
    from how long an answer takes it would learn who is signed in, and more. Browsers too old to
    say where a request comes from are let through: the other guards stand for them as well.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"} and not (
            request.method in SAFE
            and request.headers.get("Sec-Fetch-Mode") == "navigate"
            and request.headers.get("Sec-Fetch-Dest") == "document"
            and request.path_info != reverse("leave")
        ):
            return HttpResponseForbidden(render_to_string("403.html"))
        return get_response(request)

    return middleware


def forgotten_on_sign_out(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Have the browser forget what it kept, when somebody signs out or closes their account.

    Not when the time has run out: what a page could not save by then still waits there to be sent.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        was_in = request.user.is_authenticated
        response = get_response(request)
        if was_in and not request.user.is_authenticated:
            response["Clear-Site-Data"] = '"cache", "storage"'
        return response

    return middleware


def only_utf_8(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Refuse a form in another encoding than ours: Python knows some that no text is read in."""

    def middleware(request: HttpRequest) -> HttpResponse:
        charset = (request.content_params or {}).get("charset", "utf-8")
        if charset.lower() not in {"utf-8", "utf8"}:
            return bad_request(request)
        return get_response(request)

    return middleware


class PackedPages(GZipMiddleware):
    """Pages travel packed, with padding of random length.

    Whoever watches the line, and be it a partner at the router, sees how long a page is. Packed or
    not, that tells a little of what is on it; a kilobyte of chance drowns a tap or a word.
    Nothing in an address is repeated on a page that holds a secret, so none can be guessed at will.
    """

    max_random_bytes = 1024


def explain_wrong_methods(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Give the bare answer to an address that only takes what a form sends a page with a way on."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or request.method not in SAFE:
            return response
        page = render(request, "405.html", status=HTTPStatus.METHOD_NOT_ALLOWED)
        page["Allow"] = response["Allow"]
        return page

    return middleware


class RetryOutdatedStatements:
    """Run a view once more if the tables changed below it, and nothing of it was committed.

    It is the innermost middleware, so whatever else looks at a view and its errors does so again.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.on_postgresql = connection.vendor == "postgresql"

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not self.on_postgresql:
            return self.get_response(request)
        from config.postgresql.base import writes

        committed = writes.committed
        response = self.get_response(request)
        if isinstance(response, Outdated) and writes.committed == committed:
            request._messages = default_storage(request)  # type: ignore[attr-defined]
            response = self.get_response(request)
        return unavailable() if isinstance(response, Outdated) else response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not self.on_postgresql:
            return None
        from config.postgresql.base import is_outdated

        return Outdated() if is_outdated(exception) else None


class Outdated(HttpResponse):
    """Stands for an answer that failed on an outdated statement. Nobody is sent it."""
