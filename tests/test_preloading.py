"""A running site reads no template or view of a newer version that was put in its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template import Engine
from django.template.loader import get_template
from django.template.loaders.cached import Loader

from config.preloading import preload

TEMPLATES = Path(settings.BASE_DIR) / "templates"


@pytest.mark.once
def test_every_template_is_read_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    [cached] = Engine.get_default().template_loaders
    assert isinstance(cached, Loader)
    cached.reset()
    preload()

    def refuse(*_: Any) -> None:
        raise AssertionError("a template was read while the site ran")

    for loader in cached.loaders:
        monkeypatch.setattr(loader, "get_contents", refuse)
    names = [str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.*")]
    assert len(names) > 300
    for name in names:
        get_template(name)


@pytest.mark.once
def test_the_site_is_started_with_it() -> None:
    assert "\npreload()\n" in Path(settings.BASE_DIR, "config/wsgi.py").read_text()
