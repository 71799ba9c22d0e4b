"""The WSGI application."""

import os
import sys

from django.core.checks import Tags, run_checks
from django.core.wsgi import get_wsgi_application
from django.db import OperationalError, connections

from config.preloading import preload

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

# Do not start without a database that can be reached and decrypted.
try:
    connections["default"].ensure_connection()
except OperationalError as error:
    sys.exit(f"Common Ground cannot start: {error}")
for wrong in run_checks(tags=[Tags.database], databases=["default"]):
    if wrong.is_serious():
        sys.exit(f"Common Ground cannot start: {wrong.msg}")
preload()
connections.close_all()  # other threads answer requests
