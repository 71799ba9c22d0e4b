"""What applies to every request and response: headers, refusals, compression, and retries."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.storage import default_storage
from django.contrib.sessions.backends.base import SessionBase
from django.db import DatabaseError, OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.middleware.gzip import GZipMiddleware
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.csp import build_policy
from whitenoise.middleware import WhiteNoiseFileResponse

from accounts import repeating
from config.indexing import robots_tag
from config.views import bad_request, unavailable

SAFE_METHODS = ("GET", "HEAD")
# What browsers obey for documents only. On a style, a script, a font or a picture these would be
# more than a kilobyte for nothing.
OF_DOCUMENTS = (
    "Content-Security-Policy",
    "Cross-Origin-Embedder-Policy",
    "Cross-Origin-Opener-Policy",
    "Permissions-Policy",
    "Referrer-Policy",
    "X-Frame-Options",
)
CSRF_STATE = ("CSRF_COOKIE", "CSRF_COOKIE_NEEDS_UPDATE")  # which signing in renews
CONTENT = "_session_cache"  # where Django keeps what is in a session, once it was read
OF_THE_BODY = ("_body", "_files", "_post", "_read_started", "_stream")
DOCUMENTS = ("text/html", "image/svg+xml")  # types that a browser opens as a document


class ResponseHeadersMiddleware:
    """Forbid caching, most indexing, and use by other sites: Django has no settings for these.

    Static files are public and carry a content hash, so they alone may be cached. What means
    something for documents only is taken from them. Of styles inside a page, the policy allows
    those that `{% inline_stylesheets %}` wrote there.

    A thread keeps the language that `LocaleMiddleware` activates. It ends here, with the request.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with translation.override(settings.LANGUAGE_CODE):
            response = self.get_response(request)
        response["Cross-Origin-Embedder-Policy"] = "require-corp"
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        response["X-Robots-Tag"] = robots_tag(request, response.status_code)
        if style := getattr(request, "inline_style", None):
            sources = [*settings.SECURE_CSP["style-src"], style.source]
            policy = build_policy({**settings.SECURE_CSP, "style-src": sources})
            response["Content-Security-Policy"] = policy
        is_page = response.get("Content-Type", "").startswith("text/html")
        if "Cache-Control" not in response or is_page:
            patch_cache_control(response, no_store=True, private=True)
        if isinstance(response, WhiteNoiseFileResponse):
            _without_language(response)
        if _is_only_loaded(response):
            for name in OF_DOCUMENTS:
                del response[name]
        return response


def _is_only_loaded(response: HttpResponse) -> bool:
    """Whether it is a static file that pages load, and no document by itself."""
    is_static = isinstance(response, WhiteNoiseFileResponse)
    return is_static and not response.get("Content-Type", "").startswith(DOCUMENTS)


def _without_language(response: HttpResponse) -> None:
    """A static file is the same in all languages, so a browser keeps it when one is chosen."""
    del response["Content-Language"]
    varies_on = [name for name in response["Vary"].split(", ") if name != "Accept-Language"]
    del response["Vary"]
    patch_vary_headers(response, varies_on)


class RequestGuardMiddleware:
    """Refuse requests that another site's page makes, and text in another encoding than UTF-8.

    A link from anywhere may be followed. Every other request, and the address that signs out on
    GET, is for pages of this host only: a page on a neighbouring subdomain is sent our cookies, and
    could learn from response times who is signed in. Browsers that send no Sec-Fetch-Site are let
    through; the CSRF check applies to them as well.

    Python knows encodings that no page uses.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _is_from_another_site(request) and not _follows_a_link(request):
            return HttpResponseForbidden(render_to_string("403.html"))
        charset = (request.content_params or {}).get("charset", "utf-8")
        if charset.lower() not in {"utf-8", "utf8"}:
            return bad_request(request)
        return self.get_response(request)


def _is_from_another_site(request: HttpRequest) -> bool:
    return request.headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"}


def _follows_a_link(request: HttpRequest) -> bool:
    return (
        request.method in SAFE_METHODS
        and request.headers.get("Sec-Fetch-Mode") == "navigate"
        and request.headers.get("Sec-Fetch-Dest") == "document"
        and request.path_info != reverse("leave")
    )


class RandomLengthGZipMiddleware(GZipMiddleware):
    """Compress pages and add up to a kilobyte of random length; Django adds a hundred bytes.

    Whoever watches the network, such as a partner at the router, sees how long a page is. The
    random length hides a single answer or word. No page repeats a request's input next to a
    secret, so no secret can be guessed from compressed lengths.
    """

    max_random_bytes = 1024


class RetryMiddleware:
    """Run a view again if the database asks for it and nothing was committed.

    A migration may have changed the tables of a statement, or the database gave the transaction up
    in favour of another one.

    Must be the innermost middleware, so that all others see only the last attempt's errors.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.on_a_server = connection.vendor != "sqlite"

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not self.on_a_server:
            return self.get_response(request)
        from config.postgresql.base import writes

        committed, before = writes.committed, RequestState(request)
        response = self._respond(request)
        for tries in range(1, repeating.TRIES):
            if not isinstance(response, RetryResponse) or writes.committed != committed:
                break
            if response.was_given_up:
                repeating.pause(tries)
            elif tries > 1:
                break
            before.restore()
            response = self._respond(request)
        return unavailable() if isinstance(response, RetryResponse) else response

    def _respond(self, request: HttpRequest) -> HttpResponse:
        """Run the view once.

        Where the database may give any transaction up, a view is a single one, so that it can be
        run again whatever it did. Django's ATOMIC_REQUESTS would roll back where a view refuses by
        an exception, and with it what has been counted towards a limit.
        """
        if not settings.SERIALIZABLE or not _is_reachable():
            return self._answer(request)
        try:
            with transaction.atomic():
                response = self._answer(request)
                if isinstance(response, RetryResponse):
                    transaction.set_rollback(True)
        except OperationalError as error:  # of the commit
            if not repeating.was_given_up(error):
                raise
            return RetryResponse(was_given_up=True)
        return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        """What Django answers: a page also to an error before the view, which config.logs notes."""
        response = self.get_response(request)
        return _retry_after(getattr(request, "failure", None)) or response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return _retry_after(exception) if self.on_a_server else None


def _is_reachable() -> bool:
    """During an outage, a page that needs no database is there as ever."""
    try:
        connection.ensure_connection()
    except DatabaseError:
        return False
    return True


def _retry_after(error: BaseException | None) -> RetryResponse | None:
    """Whether another try may go better."""
    from config.postgresql.base import is_outdated

    given_up = repeating.was_given_up(error)
    return RetryResponse(was_given_up=given_up) if given_up or is_outdated(error) else None


class RequestState:
    """What a view may change of a request, as it was before: a view that signs in, for example.

    Nearly every request is answered at the first try, so as little as can be is kept of it.
    """

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.attributes = vars(request).copy()
        self.csrf = {name: request.META.get(name) for name in CSRF_STATE}
        self.session = SessionState(request.session) if hasattr(request, "session") else None

    def restore(self) -> None:
        request, now = self.request, vars(self.request)
        body = {name: now[name] for name in OF_THE_BODY if name in now}  # it can be read once
        now.clear()
        now.update(self.attributes | body)
        for name, value in self.csrf.items():
            request.META.pop(name, None)
            if value is not None:
                request.META[name] = value
        if self.session:
            self.session.restore()
            AuthenticationMiddleware(_nothing).process_request(request)
            now["_cached_user"] = get_user(request)  # outside of the view's transaction
        request._messages = default_storage(request)  # type: ignore[attr-defined]


class SessionState:
    """A session as it was before a view.

    That is what the database has of it, which a view that is repeated has not changed. Only what
    another middleware has changed already is kept, as JSON.
    """

    def __init__(self, session: SessionBase) -> None:
        self.session = session
        self.attributes = vars(session).copy()
        self.attributes.pop(CONTENT, None)
        changed = session.modified
        self.content = session.serializer().dumps(session._session) if changed else None  # type: ignore[attr-defined]

    def restore(self) -> None:
        now = vars(self.session)
        now.clear()
        now.update(self.attributes)
        if self.content is not None:
            now[CONTENT] = self.session.serializer().loads(self.content)


def _nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


class RetryResponse(HttpResponse):
    """Marks that a view may be run again. It is never sent."""

    def __init__(self, *, was_given_up: bool) -> None:
        super().__init__()
        self.was_given_up = was_given_up
