"""The landing page is light, and its card sends nothing."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

MOST_BYTES = 30_000  # of a first visit, with what the page loads

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def loaded(page: str) -> set[str]:
    """The files that a browser loads with a page, and the font that a style asks for."""
    files = set(re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js|svg|woff2))"', page))
    assert "css/landing.css" in files
    assert "fonts/fraunces.woff2" in files  # preloaded: the heading needs it
    return files


def on_the_wire(path: str) -> int:
    found = finders.find(path)
    assert isinstance(found, str)
    content = Path(found).read_bytes()
    return len(content if path.endswith("woff2") else gzip.compress(content))


def test_the_first_visit_takes_few_bytes(client: Client) -> None:
    page = client.get("/").text
    sizes = {path: on_the_wire(path) for path in loaded(page)}
    sizes["/"] = len(gzip.compress(page.encode()))

    assert sum(sizes.values()) < MOST_BYTES, sizes


def test_nothing_that_is_tapped_on_its_card_can_be_sent(client: Client) -> None:
    page = client.get("/").text
    card = page[page.index("<article") : page.index("</article>")]

    assert len(re.findall('type="radio"', card)) == 4
    assert not re.search(r"<form|<button|hx-|formaction|\sform=|checked", card)
    assert "<form" not in page


def test_how_it_works_and_every_other_way_are_a_link_away(client: Client) -> None:
    page = client.get("/").text

    for path in ("/account/signup/", "/join/", "/demo/", "/how-it-works/", "/help/"):
        assert f'href="{path}"' in page
    assert "What stays private" in client.get("/how-it-works/").text
