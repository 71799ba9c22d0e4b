"""A system check that stored data can be read: a lost or wrong master key stops the start."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError, connections

from accounts.encryption import NoMasterKey
from boundaries.seats import data_keys


@register(Tags.database)
def master_keys(
    app_configs: Sequence[AppConfig] | None = None,
    databases: Sequence[str] | None = None,
    **options: Any,
) -> Sequence[CheckMessage]:
    """Whether the environment holds the right master key for every epoch in use.

    Raises OperationalError if the database cannot be reached, which no other check reports.
    """
    connections["default"].ensure_connection()
    try:
        data_keys.verify()
    except NoMasterKey as error:
        return [Error(str(error), hint="See docs/keys.md.", id="boundaries.E020")]
    except DatabaseError:
        return []  # no tables yet
    return []
