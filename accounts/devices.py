"""The browsers a person signs in with: lists open sessions, knows browsers again, signs others out.

No network address is stored, and of the user agent only the name that is shown.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, update_session_auth_hash
from django.contrib.sessions.models import Session
from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse

from accounts import clock
from accounts.sessions import keep_account

if TYPE_CHECKING:
    from accounts.models import User

LAST_USED_AT = "seen"  # in a session: when it was last used, in seconds
NO_ADDRESS = "0.0.0.0"  # noqa: S104 - allauth's table requires one
MAX_ACCOUNTS_PER_BROWSER = 8
BATCH_SIZE = 500  # sessions that one round of maintenance looks at
SALT = "accounts.browsers"

BROWSERS = {
    "Edg": "Edge",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "OPR": "Opera",
    "Chrome": "Chrome",  # also in the user agents of Edge and Opera
    "CriOS": "Chrome",
    "Safari": "Safari",  # also in those of all above but Firefox
}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS": "Mac",
    "Linux": "Linux",
}


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A browser that is signed in."""

    browser: str
    since: datetime
    is_this_one: bool


def record(request: HttpRequest, **_: object) -> None:
    """List this session among the person's open ones, so that it can be shown and ended."""
    UserSession.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "user": request.user,
            "ip": NO_ADDRESS,
            "user_agent": browser_name(request.headers.get("User-Agent", "")),
        },
    )


def cycle_key(request: HttpRequest, user: User, **_: object) -> None:
    """Change the session key when somebody reauthenticates (ASVS 7.2.4). The old one is useless.

    Does nothing during sign-in, which changes the key itself, nor if another request has closed
    the account, ended the session or changed its key.
    """
    if request.user != user:
        return
    old_key = request.session.session_key
    with transaction.atomic():
        if not keep_account(user.pk):
            return
        deleted, _by_model = Session.objects.filter(session_key=old_key).delete()
        if not deleted:
            return
        request.session.cycle_key()
        _move(old_key, request)


def browser_name(user_agent: str) -> str:
    """Browser and system as a person would name them; "" if neither is known."""
    names = [
        next((name for token, name in tokens.items() if token in user_agent), "")
        for tokens in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(filter(None, names))


def open_sessions(request: HttpRequest) -> list[OpenSession]:
    """Where this person is signed in, the oldest first. Expired sessions are left out."""
    this_key = request.session.session_key
    return [
        OpenSession(row.user_agent, row.created_at, row.session_key == this_key)
        for row in open_rows(UserSession.objects.filter(user=_user(request)))
    ]


def open_rows(rows: QuerySet[UserSession]) -> list[UserSession]:
    """Those whose session still signs its person in, the oldest first. Two queries."""
    listed = rows.select_related("user").order_by("created_at")
    now = clock.now()
    keys = rows.values("session_key")
    sessions = Session.objects.filter(session_key__in=keys, expire_date__gt=now)
    contents = {session.session_key: session.get_decoded() for session in sessions}
    return [row for row in listed if _signs_in(contents.get(row.session_key, {}), row.user)]


def _signs_in(content: dict[str, Any], user: User) -> bool:
    """Whether a session with this content is one of this person's, and not idle for too long.

    One that was made with an earlier secret key counts, as Django accepts it.
    """
    valid = {user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()}
    idle_since = clock.time() - settings.SIGNED_OUT_WHEN_IDLE_FOR.total_seconds()
    last_used = content.get(LAST_USED_AT, clock.time())
    return content.get(HASH_SESSION_KEY) in valid and last_used >= idle_since


def follow_key(request: HttpRequest, old_key: str | None) -> None:
    """Keep a session listed whose key Django has changed, since SECRET_KEY is another now."""
    if not _move(old_key, request):
        record(request)


def sign_out_elsewhere(request: HttpRequest) -> None:
    """End all other sessions of this person at once, and forget their other browsers."""
    user = _user(request)
    old_key = request.session.session_key
    _change_lock(user)
    update_session_auth_hash(request, user)
    if not _move(old_key, request):
        record(request)  # changing a password has already changed this session's key
    _end_sessions(user, except_for=request.session.session_key)
    remember_browser(request)


def after_credentials_changed(request: HttpRequest, **_: object) -> None:
    """Sign out everywhere else. During sign-up nobody is signed in, and nothing happens."""
    if request.user.is_authenticated:
        sign_out_elsewhere(request)


def sign_out_everywhere(user: User, **_: object) -> None:
    """End all sessions of this person at once, and forget their browsers."""
    _change_lock(user)
    _end_sessions(user)


def is_known(request: HttpRequest, user: User) -> bool:
    """Whether this person has signed in with this browser before."""
    return user.lock.hex in _locks(request)


def remember_browser(request: HttpRequest) -> None:
    """Have `set_cookie` mark this browser as known to this person."""
    request.known_lock = _user(request).lock.hex  # type: ignore[attr-defined]


def set_cookie(request: HttpRequest, response: HttpResponse) -> None:
    """Set the known-browser cookie if somebody has just signed in. It identifies nobody."""
    lock = getattr(request, "known_lock", None)
    if lock is None:
        return
    others = [other for other in _locks(request) if other != lock]
    response.set_cookie(
        settings.KNOWN_BROWSER_COOKIE_NAME,
        signing.dumps([lock, *others][:MAX_ACCOUNTS_PER_BROWSER], salt=SALT),
        max_age=settings.KNOWN_BROWSER_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def delete_expired() -> int:
    """Delete a batch of expired sessions with their rows. Returns how many there were."""
    expired = Session.objects.filter(expire_date__lt=Now()).order_by("expire_date")
    keys = list(expired.values_list("session_key", flat=True)[:BATCH_SIZE])
    UserSession.objects.filter(session_key__in=keys).delete()
    Session.objects.filter(session_key__in=keys).delete()
    return len(keys)


def delete_ended(after: int = 0) -> int:
    """Delete the rows of a batch whose sessions no longer exist, such as on signing out.

    Looks at one batch, in the order of ids, so it costs the same however many sessions there are.
    Returns the id to continue after; 0 once it has been through all. A row that waits for its turn
    shows nowhere, because `open_rows` reads the sessions themselves.
    """
    listed = UserSession.objects.filter(pk__gt=after).order_by("pk")
    rows = list(listed.values_list("pk", "session_key")[:BATCH_SIZE])
    keys = [key for _, key in rows]
    existing = set(
        Session.objects.filter(session_key__in=keys).values_list("session_key", flat=True)
    )
    ended = [pk for pk, key in rows if key not in existing]
    UserSession.objects.filter(pk__in=ended).delete()
    return rows[-1][0] if len(rows) == BATCH_SIZE else 0


def _move(old_key: str | None, request: HttpRequest) -> int:
    """List a session under its new key. Returns how many rows there were, 0 or 1."""
    rows = UserSession.objects.filter(session_key=old_key)
    return int(rows.update(session_key=request.session.session_key))


def _change_lock(user: User) -> None:
    user.lock = uuid.uuid4()
    user.save(update_fields=["lock"])


def _end_sessions(user: User, *, except_for: str | None = None) -> None:
    """Delete the rows. The changed lock alone already makes the sessions invalid."""
    ended = UserSession.objects.filter(user=user).exclude(session_key=except_for)
    keys = list(ended.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    ended.delete()


def _locks(request: HttpRequest) -> list[str]:
    cookie = request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE_NAME, "")
    try:
        return [str(lock) for lock in signing.loads(cookie, salt=SALT)]
    except signing.BadSignature:
        return []


def _user(request: HttpRequest) -> User:
    return cast("User", request.user)
