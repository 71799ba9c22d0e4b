"""The browsers a person signs in with: which are open now, which are known, and ending the others.

No network address is kept, and of what a browser tells about itself only what is shown.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, cast

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, update_session_auth_hash
from django.contrib.sessions.models import Session
from django.core import signing
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

if TYPE_CHECKING:
    from accounts.models import User

LAST_USED_AT = "seen"  # in a session: when it was last used
NO_ADDRESS = "0.0.0.0"  # noqa: S104 - allauth's table wants one; ours is nobody's
MAX_ACCOUNTS_PER_BROWSER = 8
SALT = "accounts.browsers"

MAKES = {
    "Edg": "Edge",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "OPR": "Opera",
    "Chrome": "Chrome",  # Edge and Opera say so too
    "CriOS": "Chrome",
    "Safari": "Safari",  # and so do all of these
}
DEVICES = {
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

    browser_name: str
    since: datetime
    here: bool


def record(request: HttpRequest, **_: object) -> None:
    """Write down that this browser is signed in now, so that it can be shown and ended."""
    UserSession.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "user": request.user,
            "ip": NO_ADDRESS,
            "user_agent": browser_name(request.headers.get("User-Agent", "")),
        },
    )


def cycle_key(request: HttpRequest, user: User, **_: object) -> None:
    """Whoever shows in the middle of a session who they are gets another key to it (ASVS 7.2.4).

    The old one opens nothing any more. Who is just signing in gets one from that; and nobody does
    whose session has ended meanwhile, or got another key from a second press.
    """
    if request.user != user:
        return
    before = request.session.session_key
    with transaction.atomic():
        ended, _of_what = Session.objects.filter(session_key=before).delete()
        if not ended:
            return
        request.session.cycle_key()
        here = UserSession.objects.filter(session_key=before)
        here.update(session_key=request.session.session_key)


def browser_name(user_agent: str) -> str:
    """What a browser calls itself, as a person would say it; "" for what nobody has heard of."""
    said = [
        next((name for mark, name in names.items() if mark in user_agent), "")
        for names in (MAKES, DEVICES)
    ]
    return ", ".join(filter(None, said))


def open_now(request: HttpRequest) -> list[OpenSession]:
    """Where this person is signed in, the longest first. What has lapsed is left out."""
    user = _me(request)
    noted = {each.session_key: each for each in UserSession.objects.filter(user=user)}
    kept = Session.objects.filter(session_key__in=noted, expire_date__gt=timezone.now())
    fits = user.get_session_auth_hash()
    seen_since = time.time() - settings.SIGNED_OUT_WHEN_IDLE_FOR.total_seconds()
    keys = [
        each.session_key
        for each, held in ((each, each.get_decoded()) for each in kept)
        if held.get(HASH_SESSION_KEY) == fits and held.get(LAST_USED_AT, time.time()) >= seen_since
    ]
    found = sorted((noted[key] for key in keys), key=lambda each: each.created_at)
    here = request.session.session_key
    return [
        OpenSession(each.user_agent, each.created_at, each.session_key == here) for each in found
    ]


def sign_out_elsewhere(request: HttpRequest) -> None:
    """End every session of this person but this one, at once, and forget their other browsers."""
    user = _me(request)
    before = request.session.session_key
    _change_lock(user)
    update_session_auth_hash(request, user)
    here = UserSession.objects.filter(session_key=before)
    if not here.update(session_key=request.session.session_key):
        record(request)  # changing a password has given this session another key already
    _end(user, but=request.session.session_key)
    remember_browser(request)


def after_credentials_changed(request: HttpRequest, **_: object) -> None:
    """Whoever changes how they sign in stays here alone. Who is just signing up changes nothing."""
    if request.user.is_authenticated:
        sign_out_elsewhere(request)


def sign_out_everywhere(user: User, **_: object) -> None:
    """End every session of this person, at once, and forget their browsers."""
    _change_lock(user)
    _end(user)


def is_known(request: HttpRequest, user: User) -> bool:
    """Whether this person has signed in with this browser before."""
    return user.lock.hex in _locks(request)


def remember_browser(request: HttpRequest) -> None:
    """Know this browser by a cookie the next time this person signs in. It says nothing of them."""
    request.opens = _me(request).lock.hex  # type: ignore[attr-defined]


def set_cookie(request: HttpRequest, response: HttpResponse) -> None:
    """Set the cookie, if somebody has just signed in."""
    lock = getattr(request, "opens", None)
    if lock is None:
        return
    others = [each for each in _locks(request) if each != lock]
    response.set_cookie(
        settings.KNOWN_BROWSER_COOKIE_NAME,
        signing.dumps([lock, *others][:MAX_ACCOUNTS_PER_BROWSER], salt=SALT),
        max_age=settings.KNOWN_BROWSER_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def delete_ended() -> None:
    """Rows of sessions that are no more."""
    kept = Session.objects.filter(session_key=OuterRef("session_key"))
    UserSession.objects.filter(~Exists(kept)).delete()


def _change_lock(user: User) -> None:
    user.lock = uuid.uuid4()
    user.save(update_fields=["lock"])


def _end(user: User, *, but: str | None = None) -> None:
    """A session whose lock has changed is refused anyway; this also clears away what it held."""
    ended = UserSession.objects.filter(user=user).exclude(session_key=but)
    Session.objects.filter(
        session_key__in=list(ended.values_list("session_key", flat=True))
    ).delete()
    ended.delete()


def _locks(request: HttpRequest) -> list[str]:
    try:
        found = signing.loads(
            request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE_NAME, ""), salt=SALT
        )
    except signing.BadSignature:
        return []
    return [str(each) for each in found]


def _me(request: HttpRequest) -> User:
    return cast("User", request.user)
