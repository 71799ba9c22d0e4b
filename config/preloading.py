"""Reads at start what would otherwise be read from disk while requests are answered."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.template.loader import get_template
from django.urls import get_resolver
from django.utils import translation


def preload() -> None:
    """Import every view, read every language, and compile every template of ours.

    An update may replace the files of a site that runs. What it has not read by then would be that
    of another version, which does not fit what it has read.
    """
    get_resolver().url_patterns  # noqa: B018 the first look imports them
    for language, _ in settings.LANGUAGES:
        with translation.override(language):  # the first text in a language reads all of them
            translation.gettext("")
    folder: Path = settings.BASE_DIR / "templates"
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".html", ".txt", ".svg", ".xml"}:
            get_template(str(path.relative_to(folder)))
