"""The landing page is light, and its card sends nothing."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from config import assets
from config.middleware import RandomLengthGZipMiddleware
from tests.conftest import Person

# Of a first visit, with what the page loads, and all headers. Hindi brings a font of its own.
MOST_BYTES = {"en": 30_000, "hi": 60_000}
BROWSER = {"accept-encoding": "gzip, deflate, br, zstd", "x-forwarded-proto": "https"}
OF_THE_SERVER = "server: granian\r\ndate: Mon, 30 Nov 2026 12:00:00 GMT\r\n"  # granian adds these
FIRST_ROUND_TRIP = 14_000  # bytes that a server sends before it waits for the browser
MAX_RANDOM_BYTES = RandomLengthGZipMiddleware.max_random_bytes

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def as_served(settings: Any, tmp_path: Path) -> Iterator[None]:
    """Static files as on a real server, collected and compressed, and the headers of https."""
    storage = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": storage}}
    settings.STATIC_ROOT = tmp_path
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = False
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_HSTS_SECONDS = 31_536_000
    call_command("collectstatic", interactive=False, verbosity=0)
    for cached in (assets._cached, assets._cached_inline):
        cached.cache_clear()
    yield
    for cached in (assets._cached, assets._cached_inline):
        cached.cache_clear()


def loaded(page: str) -> set[str]:
    """The files that a browser loads with a page, and the font that a style asks for."""
    files = set(re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js|svg|woff2))"', page))
    assert any(file.startswith("/static/fonts/fraunces.") for file in files)  # the heading needs it
    return files


def on_the_wire(path: str, language: str) -> int:
    """The length of an answer, headers and all, in HTTP/1.1: a proxy with HTTP/2 sends less."""
    answer = Client(headers={**BROWSER, "accept-language": language}).get(path)
    assert answer.status_code == 200, path
    head = "HTTP/1.1 200 OK\r\n" + OF_THE_SERVER + "\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items())
    body = b"".join(answer) if answer.streaming else answer.content
    return len(head.encode()) + len(body)


@pytest.mark.parametrize("language", MOST_BYTES)
def test_the_first_visit_takes_few_bytes(language: str, client: Client, as_served: None) -> None:
    page = client.get("/", headers={"accept-language": language}).text
    sizes = {path: on_the_wire(path, language) for path in ("/", *loaded(page))}

    assert any("martel" in path for path in sizes) == (language == "hi")
    assert sum(sizes.values()) < MOST_BYTES[language], sizes


def test_the_first_paint_waits_for_the_page_alone(client: Client) -> None:
    page = client.get("/").text

    assert ".landing" in page[page.index("<style>") : page.index("</style>")]
    assert 'rel="stylesheet"' not in page
    assert not re.search(r"<script (?![^>]*\bdefer\b)", page)
    assert len(gzip.compress(page.encode())) < FIRST_ROUND_TRIP - MAX_RANDOM_BYTES


def test_nothing_that_is_tapped_on_its_card_can_be_sent(client: Client) -> None:
    page = client.get("/").text
    card = page[page.index("<article") : page.index("</article>")]

    assert len(re.findall('type="radio"', card)) == 4
    assert not re.search(r"<form|<button|hx-|formaction|\sform=|checked", card)
    assert re.findall(r'<form class="([^"]+)"', page) == ["languages"]
    assert page.count("<form") == 1


def test_how_it_works_and_every_other_way_are_a_link_away(client: Client) -> None:
    page = client.get("/").text

    for path in ("/account/signup/", "/join/", "/demo/", "/how-it-works/", "/help/"):
        assert f'href="{path}"' in page
    assert "What stays private" in client.get("/how-it-works/").text


@pytest.mark.parametrize("path", ["/", "/how-it-works/", "/help/", "/demo/", "/join/"])
def test_signing_in_stands_at_the_top_of_public_pages(client: Client, path: str) -> None:
    page = client.get(path).text
    top = page[page.index("<header") : page.index("</header>")]

    assert 'href="/account/login/">Sign in</a>' in top
    assert page.count(">Sign in<") == 1


def test_nobody_is_asked_to_sign_in_twice(client: Client, alice: Person) -> None:
    for browser, path in ((client, "/account/login/"), (alice.client, "/help/")):
        assert 'class="sign-in"' not in browser.get(path).text
