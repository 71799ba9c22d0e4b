#!/bin/sh
# Django's sessions in the database take every error of the database for a session that was deleted:
# SessionStore.save turns a serialization failure (SQLSTATE 40001) into UpdateError, and
# SessionMiddleware answers 400. The error itself, which says "try again", is left in __context__ alone.
# accounts/sessions.py raises it again, so that the save is repeated. Seen with Django 6.1.3.
#
# Shows it, and fails once a newer version passes the error on.
cd "$(dirname "$0")/.." && exec .venv/bin/python - <<'PYTHON'
import sys
from unittest import mock

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="only-for-this",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=["django.contrib.sessions"],
)
django.setup()
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.db import OperationalError

call_command("migrate", verbosity=0)
session = SessionStore()
session.create()
given_up = OperationalError("could not serialize access due to concurrent update")
try:
    with mock.patch.object(SessionStore.get_model_class(), "save", side_effect=given_up):
        session.save()
except UpdateError as error:
    print(f"Django {django.__version__}: {error!r}, and in its context {error.__context__!r}")
except OperationalError:
    sys.exit(f"Django {django.__version__} passes the error on: drop SessionStore.save of ours.")
PYTHON
