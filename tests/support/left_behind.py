"""Makes what tests/dumps holds: a couple of this version, in the empty database of DATABASE_URL.

    DATABASE_URL=sqlite:////tmp/0.3.0.sqlite3 TASKS=database python -m tests.support.left_behind

Prints the keys of the two sessions. A letter to Bob and a copy of his data wait for the worker.
Then dump it by `sqlite3 FILE .dump`, or `pg_dump --inserts --no-owner --no-privileges`, of
PostgreSQL 15. That is done once a version is out, for tests/test_upgrade.py of the next one.
"""

from __future__ import annotations

import json
import os

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from allauth.mfa.models import Authenticator
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    setup_test_environment()
    call_command("migrate", verbosity=0)
    from tests.conftest import person
    from tests.support.lives import at_home, lived

    alice, bob, erin = (person(name) for name in ("Alice", "Bob", "Erin"))
    lived(alice, bob, erin)
    at_home(bob)
    Authenticator.objects.filter(user=bob.user).delete()  # that passkey has a name and no key
    sessions = {who.user.first_name: who.client.session.session_key for who in (alice, bob)}
    print(json.dumps(sessions))


if __name__ == "__main__":
    main()
