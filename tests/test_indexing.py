"""Which pages search engines may list, and what a link preview is given."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from http import HTTPStatus
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.conf import settings as site_settings
from django.contrib.staticfiles import finders
from django.test import Client
from PIL import Image

from boundaries.content import catalogue
from boundaries.pairing import rules as pairing
from config.indexing import LISTINGS
from tests.conftest import Person, opened_together
from tests.pairing.test_rules import invite
from tests.support import routes
from tests.test_authorisation import copied

pytestmark = [pytest.mark.django_db, pytest.mark.once]

# The whole list. What is not here is never listed, whoever looks at it.
MAY_BE_LISTED = {"/", "/how-it-works/", "/help/", "/demo/", "/demo/comparison/"}
NEUTRAL = "A place to talk, for two adults."
BOTS = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "WhatsApp/2.23.20.0",
    "TelegramBot (like TwitterBot)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
)


class Head(HTMLParser):
    """The metadata of a page: names, properties and links, each with all its values."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "meta" and (name := values.get("name") or values.get("property")):
            self.found.setdefault(name, []).append(values.get("content") or "")
        if tag == "link" and values.get("rel") == "canonical":
            self.found.setdefault("canonical", []).append(values.get("href") or "")


def head(page: str) -> dict[str, list[str]]:
    return Head(page).found


def listed(client: Client, path: str) -> bool:
    """Whether a page may be listed. The header, the page and its preview must say the same."""
    response = client.get(path)
    by_header = response["X-Robots-Tag"]
    assert by_header in {"all", "noindex, nofollow"}, path
    if response.get("Content-Type", "").startswith("text/html") and not response.streaming:
        found = head(response.text)
        if "robots" in found:
            assert found["robots"] == [by_header], path
            has_preview = any(name.startswith("og:") for name in found) or "canonical" in found
            assert has_preview == (by_header == "all"), path
        else:
            assert "<html" not in response.text, path
    return by_header == "all"


def every_path() -> list[str]:
    return [route.path for route in routes.every()]


def test_exactly_these_pages_may_be_listed() -> None:
    assert {path for path in every_path() if listed(Client(), path)} == MAY_BE_LISTED


@pytest.mark.turns(3)
def test_nothing_may_be_listed_of_what_somebody_who_is_signed_in_sees(
    alice: Person, bob: Person
) -> None:
    opened_together(alice, bob, catalogue.deck(catalogue.ESSENTIALS))

    assert [path for path in every_path() if listed(copied(alice.client), path)] == []


def test_nothing_may_be_listed_of_a_private_site(settings: Any) -> None:
    settings.INDEXED = False

    assert [path for path in every_path() if listed(Client(), path)] == []
    assert Client().get("/sitemap.xml").status_code == HTTPStatus.NOT_FOUND
    assert Client().get("/robots.txt").text == "User-agent: *\nDisallow:\n"


def test_what_goes_wrong_on_a_listed_page_is_not_listed(alice: Person) -> None:
    client = Client()
    client.post("/join/code/", {"code": invite(alice)})

    assert not listed(client, "/")  # shows that an invitation is open in this browser
    for path in ("/help/?country=nowhere", "/no-such-page/", "/demo/nothing/"):
        assert not listed(Client(), path), path
    assert listed(Client(), "/help/?country=in")


def test_a_listed_page_says_what_it_is_at_one_address(settings: Any) -> None:
    settings.SITE_URL = "https://example.org"
    seen: dict[str, set[str]] = {"og:title": set(), "description": set()}
    for path in MAY_BE_LISTED:
        page = Client().get(f"{path}?utm_source=somewhere", headers={"host": "other.example"})
        found = head(page.text)
        address = f"https://example.org{path}"

        assert found["canonical"] == found["og:url"] == [address]
        assert found["og:description"] == found["description"]
        assert 50 <= len(found["description"][0]) <= 170, path
        assert found["og:image:alt"] != [""]
        for name, values in seen.items():
            assert len(found[name]) == 1, (path, name)
            values.update(found[name])
    assert [len(values) for values in seen.values()] == [len(MAY_BE_LISTED)] * 2


def test_the_picture_of_a_preview_is_ours_small_and_of_the_size_that_is_named(
    settings: Any,
) -> None:
    settings.SITE_URL = "https://example.org"
    found = head(Client().get("/").text)
    address = urlsplit(found["og:image"][0])

    assert (address.scheme, address.netloc) == ("https", "example.org")
    path = finders.find(address.path.removeprefix("/static/"))
    assert path
    with open(path, "rb") as file:
        content = file.read()
    assert len(content) < 100_000
    named = (found["og:image:width"][0], found["og:image:height"][0])
    assert tuple(map(str, Image.open(BytesIO(content)).size)) == named == ("1200", "630")


def test_the_sitemap_holds_the_same_pages_at_the_address_of_the_site(settings: Any) -> None:
    settings.SITE_URL = "https://example.org"

    addresses = re.findall("<loc>(.*?)</loc>", Client().get("/sitemap.xml").text)

    assert {*addresses} == {f"https://example.org{path}" for path in MAY_BE_LISTED}
    robots = Client().get("/robots.txt").text
    assert robots == "User-agent: *\nDisallow:\nSitemap: https://example.org/sitemap.xml\n"


def everything_stored() -> dict[str, list[Any]]:
    return {
        model._meta.label: sorted(model._base_manager.values_list(), key=repr)
        for model in apps.get_models()
    }


def test_a_preview_of_an_invitation_says_nothing_and_changes_nothing(alice: Person) -> None:
    """Chats fetch a link to show a preview of it. Some follow it as the address that it is."""
    code = invite(alice)
    before = everything_stored()
    alike = set()
    for bot in BOTS:
        for path in ("/join/", f"/join/?code={code}", f"/join/{code}", f"/join/%23{code}"):
            client = Client(headers={"user-agent": bot})
            client.head(path)
            response = client.get(path)
            found = head(response.text)

            assert found["description"] == [NEUTRAL]
            assert found["robots"] == ["noindex, nofollow"] == [response["X-Robots-Tag"]]
            assert not [name for name in found if name.startswith(("og:", "twitter:"))]
            assert site_settings.SESSION_COOKIE_NAME not in client.cookies
            title = re.findall(r"<title>(.*?)</title>", response.text, re.DOTALL)
            alike.add(" ".join(" ".join(title).split()))
            assert "Alice" not in response.text
    assert alike == {"Join · Common Ground"}
    assert everything_stored() == before
    assert pairing.offer(code).first_name == "Alice"


def test_every_listing_belongs_to_a_page() -> None:
    assert set(LISTINGS) == {route.name for route in routes.every() if route.path in MAY_BE_LISTED}
