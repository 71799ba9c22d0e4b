"""A mailed code lives from the moment its mail is sent, and only the newest is sent.

allauth counts from the request. A mail server may refuse a first mail and take it minutes later,
which would leave little of the time, or none.

The pending code in the session names its letter. Before a page looks at the code, its time is moved
to when the letter was sent. The same happens for addresses without an account, which are mailed
that there is none.
"""

from __future__ import annotations

from typing import Any

from django.core.mail import EmailMessage
from django.http import HttpRequest

from accounts import clock
from accounts.allauth_internals import LOGIN_SESSION_KEY
from accounts.expired_codes import PAGES, pending_code
from accounts.models import Letter, SentLetter
from accounts.repeating import repeated

LETTER = "letter"  # in what the session holds about a code: the id of its letter
ASKED_AT = "asked_at"  # the same: when it was asked for, once its time was moved
TOLERANCE = 30  # seconds between a request and its mail that do not matter


def mark(request: HttpRequest | None, message: EmailMessage) -> None:
    """Give the letter of a mail its id in advance, and have it sent before others."""
    message.letter = Letter._meta.pk.get_default()  # type: ignore[attr-defined]
    if request is not None:
        request.mailed_letter = message.letter  # type: ignore[attr-defined]


def letter_of(request: HttpRequest) -> str:
    """The id of the letter that this request has written last; "" if it has written none."""
    return str(getattr(request, "mailed_letter", ""))


def asked_at(pending: dict[str, Any]) -> float:
    """When a pending code was asked for. That does not change, and so identifies it."""
    state = _state(pending)
    return float(state.get(ASKED_AT) or state["at"])


def renew(request: HttpRequest) -> None:
    """Before a page looks at its code: move its time to when its mail was sent."""
    request.letters_before = _letters(request)  # type: ignore[attr-defined]
    pending = pending_code(request)
    if pending is None or not (letter := _state(pending).get(LETTER)):
        return
    state, asked = _state(pending), asked_at(pending)
    moved = begin(letter, asked)
    if moved > state["at"] + TOLERANCE:
        state |= {"at": moved, ASKED_AT: asked}
        if login := request.session.get(LOGIN_SESSION_KEY):
            login["initiated_at"] = moved
        request.session.modified = True


def follow(request: HttpRequest) -> None:
    """After a view has mailed a code: note its letter. The one that it replaces is not sent."""
    letter = letter_of(request)
    pending = (pending_code(request) or _newest(request)) if letter else None
    if pending is None or _state(pending).get(LETTER) == letter:
        return
    _state(pending)[LETTER] = letter
    request.session.modified = True
    before: set[str] = getattr(request, "letters_before", set())
    _delete(before - _letters(request))


@repeated
def _delete(letters: set[str]) -> None:
    Letter.objects.filter(pk__in=letters).delete()


def withdraw(letter: str | None) -> None:
    """Send a letter no more: the code in it was replaced."""
    if letter:
        Letter.objects.filter(pk=letter).delete()


def begin(letter: str, asked: float) -> float:
    """When the lifetime of the code in this letter began. While the letter waits, it is now."""
    if not letter:  # it was mailed by the version before
        return asked
    # In this order: a worker may just be sending it, and then deletes one row and writes the other.
    if Letter.objects.filter(pk=letter).exists():
        return clock.time()
    sent = SentLetter.objects.filter(pk=letter).values_list("at", flat=True).first()
    return asked if sent is None else max(asked, sent.timestamp())


def _letters(request: HttpRequest) -> set[str]:
    """The letters of all pending codes of this browser."""
    return {_state(code)[LETTER] for code in _pending(request) if LETTER in _state(code)}


def _pending(request: HttpRequest) -> list[dict[str, Any]]:
    found = (request.session.get(page.session_key) for page in PAGES.values())
    return [code for code in found if code]


def _newest(request: HttpRequest) -> dict[str, Any] | None:
    """The pending code that was asked for last."""
    pending = [code for code in _pending(request) if "at" in _state(code)]
    return max(pending, key=lambda code: _state(code)["at"], default=None)


def _state(pending: dict[str, Any]) -> dict[str, Any]:
    """allauth's state of the code itself, which at sign-in is within that of the sign-in."""
    stages = pending.get("state", {}).get("stages", {})
    state: dict[str, Any] = stages.get("login_by_code", {}).get("data", pending)
    return state
