"""What Django loads for this engine. `django-cockroachdb` comes with an extra of that name."""

from __future__ import annotations

from typing import Any

import psycopg
from django_cockroachdb import base

from config.postgresql.base import DatabaseWrapper as OurDatabaseWrapper


class DatabaseWrapper(OurDatabaseWrapper, base.DatabaseWrapper):
    """Clear errors, and statements that are repeated, as with PostgreSQL."""

    vendor: Any = base.DatabaseWrapper.vendor

    def refuse_other_engines(self, connection: psycopg.Connection[Any]) -> None:
        """The backend itself looks at the version of this one."""
