"""Prints which versions run here. There is nothing secret in it, so it can go into a report."""

from __future__ import annotations

import platform
import sqlite3
from typing import Any

import django
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection


class Command(BaseCommand):
    """It needs no database: if that cannot be reached, it says so."""

    help = "Say the versions of Common Ground, Python, Django and the database."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Common Ground {settings.VERSION}")
        self.stdout.write(f"Python {platform.python_version()} on {platform.system()}")
        self.stdout.write(f"Django {django.get_version()}")
        self.stdout.write(database())


def database() -> str:
    """The kind and version of the database."""
    if connection.vendor == "sqlite":
        return f"SQLite {sqlite3.sqlite_version}"
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            return f"PostgreSQL {cursor.fetchone()[0].split()[0]}"
    except DatabaseError:
        return "PostgreSQL, which cannot be reached"
