"""Sees to it at start that what is kept can be read: a lost or wrong master key is one error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError

from accounts.encryption import NoMasterKey
from boundaries.seats import data_keys


@register(Tags.database)
def master_keys(
    app_configs: Sequence[AppConfig] | None = None,
    databases: Sequence[str] | None = None,
    **options: Any,
) -> Sequence[CheckMessage]:
    """Whether the environment holds the key of each epoch that is in use, and the right one."""
    try:
        data_keys.verify()
    except NoMasterKey as error:
        return [Error(str(error), hint="See docs/running.md.", id="boundaries.E020")]
    except DatabaseError:
        return []  # nothing is kept yet, or nothing can be reached, which shows elsewhere
    return []
