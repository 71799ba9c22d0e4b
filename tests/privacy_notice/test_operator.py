"""Who runs the site: on the page of what is kept, and an imprint on every page where one is set."""

from __future__ import annotations

import html
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client

from boundaries.content import catalogue
from tests.conftest import Person, opened_together
from tests.support import routes
from tests.test_authorisation import copied
from tests.test_refusals import PAGES as REFUSALS

pytestmark = [pytest.mark.django_db, pytest.mark.once]

IMPRINT = '<a href="https://example.org/imprint?x=1&amp;y=2" rel="noreferrer">Imprint</a>'


def words(page: str) -> str:
    return " ".join(html.unescape(page).split())


def test_the_page_of_what_is_kept_says_who_runs_the_site(settings: Any, client: Client) -> None:
    settings.OPERATOR_NAME = "Anna & Ben"
    for contact, shown in (
        ("mailto:us@example.org", "us@example.org"),
        ("tel:+49-30-1", "+49-30-1"),
        ("https://x.example/", "https://x.example/"),
    ):
        settings.OPERATOR_CONTACT = contact

        page = words(client.get("/kept/").text)

        link = f'<a href="{contact}" rel="noreferrer">{shown}</a>'
        assert f"Questions? Anna & Ben runs this site and answers for it: {link}." in page


def test_without_a_name_it_still_says_whom_to_ask(settings: Any, client: Client) -> None:
    settings.OPERATOR_CONTACT = "mailto:us@example.org"

    page = words(client.get("/kept/").text)

    assert (
        "Whoever runs this site answers for it:"
        ' <a href="mailto:us@example.org" rel="noreferrer">us@example.org</a>.' in page
    )


@pytest.mark.turns(3)
def test_every_page_links_to_the_imprint(settings: Any, alice: Person, bob: Person) -> None:
    opened_together(alice, bob, catalogue.deck(catalogue.ESSENTIALS))
    settings.IMPRINT_URL = "https://example.org/imprint?x=1&y=2"
    seen, without = 0, []
    for client in (Client(), alice.client):
        for route in routes.every():
            page = copied(client).get(route.path)
            if page.get("Content-Type", "").startswith("text/html") and "<html" in page.text:
                seen += 1
                without += [] if page.text.count(IMPRINT) == 1 else [route.path]
    without += [name for name in REFUSALS if IMPRINT not in render_to_string(f"{name}.html")]

    assert without == []
    assert seen > 60


def test_without_an_imprint_no_page_speaks_of_one(client: Client) -> None:
    for path in ("/", "/help/", "/kept/", "/no-such-page"):
        assert "Imprint" not in client.get(path).text


def test_everybody_is_offered_the_source_code(settings: Any, client: Client) -> None:
    """As section 13 of the AGPL asks, on a page that all pages link to."""
    for path in ("/kept/", "/how-it-works/"):
        settings.SOURCE_URL = "https://code.example.org/ground"
        link = '<a href="https://code.example.org/ground" rel="noreferrer">Get the source code</a>'
        assert link in client.get(path).text

        settings.SOURCE_URL = ""
        page = client.get(path).text
        assert '<a href="/kept/#rights">Ask whoever runs this site</a>' in page
        assert "code.example.org" not in page
    assert 'id="rights"' in client.get("/kept/").text
