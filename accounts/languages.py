"""The language on a person's account: what pages, mails and downloads are written for them in.

Nobody but them learns it. Work that is done for somebody else, such as writing a mail to them, is
done in theirs, and takes as long in one language as in another.

Django's `LocaleMiddleware` finds the language of a browser, from a cookie or from its settings.
Django's view `set_language` would set that cookie for people who are signed in as well, and for any
language that Django itself has; so ours is in accounts/views.py.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import translation

if TYPE_CHECKING:
    from accounts.models import User


def active() -> str:
    """The language that texts are written in now."""
    return translation.get_language() or settings.LANGUAGE_CODE


def if_foreign(code: str) -> str:
    """The language of some words, if it is another than they stand among; otherwise nothing."""
    return code if code != active() else ""


def is_known(code: str) -> bool:
    """Whether the site can be read in this language."""
    return any(code == known for known, _ in settings.LANGUAGES)


def language_of(user: User) -> str:
    """What this person reads: the site's own language until they have chosen one."""
    return known_or_default(user.language)


def known_or_default(code: str) -> str:
    """A language that was stored, or the site's own if there is none, or it is offered no more."""
    return code if is_known(code) else settings.LANGUAGE_CODE


def written_for(user: User) -> AbstractContextManager[None]:
    """What is written inside is written in the language of this person, whoever acts."""
    return translation.override(language_of(user))


def written_in(code: str) -> AbstractContextManager[None]:
    """What is written inside is written in a language that was stored."""
    return translation.override(known_or_default(code))


def of_address(email: str) -> str:
    """The language of the account with this address; without an account, of whoever asks.

    It is one query either way, so that it does not take longer where there is an account.
    """
    from accounts.models import User

    found = User.objects.filter(email=email.lower()).values_list("language", flat=True).first()
    return active() if found is None else known_or_default(found)


def use_own(user: User | AnonymousUser) -> None:
    """Answer this request in the language of the account, whatever the browser prefers."""
    if user.is_authenticated and is_known(user.language):
        translation.activate(user.language)


def choose(user: User, code: str) -> None:
    """Put a language on the account. Raises ValueError for one that the site does not have."""
    if not is_known(code):
        raise ValueError("no such language")
    if code != user.language:
        user.language = code
        user.save(update_fields=["language"])


def choose_first(user: User) -> None:
    """Put the language in which somebody signed in on an account that has none yet."""
    if not user.language:
        choose(user, known_or_default(active()))


def remember(response: HttpResponse, code: str) -> None:
    """Have the browser of somebody who is not signed in know their choice until it is closed."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )


def forget_of_browser(request: HttpRequest, response: HttpResponse) -> None:
    """Once somebody is signed in, their account knows it. The next to use this browser may not."""
    if settings.LANGUAGE_COOKIE_NAME in request.COOKIES:
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME, samesite="Lax")
