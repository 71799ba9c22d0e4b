"""What every answer of this site bears or says, whatever made it."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.utils.cache import patch_cache_control

from config.views import bad_request

PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "autoplay",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
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
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or request.method not in {
            "GET",
            "HEAD",
        }:
            return response
        page = render(request, "405.html", status=HTTPStatus.METHOD_NOT_ALLOWED)
        page["Allow"] = response["Allow"]
        return page

    return middleware
