"""Own middleware is costly to understand, since its order matters: there is little of it."""

from __future__ import annotations

import inspect

import pytest
from django.conf import settings
from django.utils.module_loading import import_string

OURS = [path for path in settings.MIDDLEWARE if path.startswith(("accounts.", "config."))]


@pytest.mark.once
def test_at_most_nine_middleware_classes_are_our_own() -> None:
    assert 0 < len(OURS) <= 9


@pytest.mark.once
def test_our_middleware_is_named_like_djangos_and_says_why_it_exists() -> None:
    for path in OURS:
        middleware = import_string(path)
        assert inspect.isclass(middleware), path
        assert path.endswith("Middleware"), path
        assert vars(middleware)["__doc__"], path


@pytest.mark.once
def test_a_view_is_retried_innermost_and_every_response_is_logged() -> None:
    assert settings.MIDDLEWARE[0] == "config.logs.RequestLogMiddleware"
    assert settings.MIDDLEWARE[-1] == "config.middleware.RetryMiddleware"
