"""Makes the people who save, and reads afterwards what they have saved. Run with a site's settings.

python -m tests.failover.people make 60 0
python -m tests.failover.people read
python -m tests.failover.people leave 10
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()

from allauth.account.models import EmailAddress  # noqa: E402
from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.core.management import call_command  # noqa: E402

from accounts import closing  # noqa: E402
from accounts.models import User  # noqa: E402
from accounts.sessions import SessionStore  # noqa: E402
from boundaries.consent import rules as consent  # noqa: E402
from boundaries.journal import rules as journal  # noqa: E402
from boundaries.leaving import rules as leaving  # noqa: E402
from boundaries.seats import rules as seats  # noqa: E402
from tests.failover.visitors import CSRF  # noqa: E402


def make(count: int, first: int) -> None:
    """People who are signed in. Prints the cookies of each."""
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    json.dump([_signed_in(number) for number in range(first, first + count)], sys.stdout)


def _signed_in(number: int) -> str:
    email = address(number)
    user = User.objects.create_user(email, None, first_name="Visitor")
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    consent.agree(seats.seat_of(user), consent.VERSION)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return (
        f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={CSRF}"
    )


def read() -> None:
    """Print every word that is stored, decrypted by the rules."""
    people = User.objects.order_by("pk")
    json.dump(
        [entry["words"] for user in people for entry in journal.export(seats.seat_of(user))],
        sys.stdout,
    )


def leave(number: int) -> None:
    """One of them deletes their account, and the worker writes that down."""
    leaving.delete(User.objects.get(email=address(number)))
    closing.export_tombstones()


def address(number: int) -> str:
    return f"visitor-{number}@example.org"


if __name__ == "__main__":
    what, *numbers = sys.argv[1:]
    commands: dict[str, Callable[..., None]] = {"make": make, "read": read, "leave": leave}
    commands[what](*map(int, numbers))
