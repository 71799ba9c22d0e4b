"""What people read that is data and not code: questions, help lines and lists of words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils.autoreload import BaseReloader

HERE = Path(__file__).parent


def watch(sender: BaseReloader, **_: Any) -> None:
    """Let `runserver` start again when a file of content changes: each is read only once."""
    for pattern in ("**/*.toml", "**/*.txt"):
        sender.watch_dir(HERE, pattern)
