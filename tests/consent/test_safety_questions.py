"""Is this right for us? What somebody ticks there is sent nowhere and kept nowhere."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from tests.conftest import Person
from tests.test_authorisation import plain, tables


class Controls(HTMLParser):
    """What can be ticked, pressed or sent within the questions, and within which forms."""

    def __init__(self) -> None:
        super().__init__()
        self.forms = 0
        self.inside = False
        self.ticks: list[dict[str, str | None]] = []
        self.others: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.inside = self.inside or "questions" in (attributes.get("class") or "").split()
        self.forms += tag == "form"
        if not self.inside:
            return
        if tag == "input" and attributes.get("type") == "radio":
            self.ticks.append(attributes | {"in a form": str(self.forms)})
        elif tag in ("form", "input", "button", "textarea", "select", "script"):
            self.others.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.forms -= tag == "form"
        self.inside = self.inside and tag != "main"


@pytest.mark.parametrize("signed_in", [False, True])
def test_nothing_on_the_page_can_be_sent(alice: Person, client: Client, signed_in: bool) -> None:
    page = (alice.client if signed_in else client).get("/four-questions/").text
    found = Controls()
    found.feed(page)

    assert found.others == []
    assert len(found.ticks) == 8
    for tick in found.ticks:
        assert tick["in a form"] == "0"  # pressing a key in a form may send it
        assert "form" not in tick
        assert tick["autocomplete"] == "off"
    uneasy = [tick["name"] for tick in found.ticks if tick.get("class") == "uneasy"]
    assert uneasy == ["no", "whom", "hurt", "here"]
    assert len(re.findall("data-hx|hx-", page)) == 0


@pytest.mark.parametrize("signed_in", [False, True])
def test_sending_something_there_changes_nothing(
    alice: Person, client: Client, signed_in: bool, caplog: pytest.LogCaptureFixture
) -> None:
    browser = alice.client if signed_in else client
    browser.get("/four-questions/")
    kept, sessions = tables(), list(Session.objects.values())
    cookies = {name: morsel.value for name, morsel in browser.cookies.items()}

    pages = [plain(browser.get("/four-questions/", query)) for query in ({}, {"hurt": "on"})]
    refused = browser.post("/four-questions/", {"hurt": "on"})

    assert pages[0] == pages[1]
    assert refused.status_code == 405
    assert tables() == kept
    assert list(Session.objects.values()) == sessions
    assert {name: morsel.value for name, morsel in browser.cookies.items()} == cookies
    assert "hurt" not in caplog.text


@pytest.mark.parametrize(
    "path", ["/", "/help/", "/account/signup/", "/no-such-page/", "/demo/", "/join/"]
)
@pytest.mark.django_db
def test_they_are_in_reach_before_signing_in(client: Client, path: str) -> None:
    assert 'href="/four-questions/"' in client.get(path).text


def test_they_stand_before_inviting_and_are_no_gate(charlie: Person) -> None:
    page = charlie.client.get("/partner/").text
    main = page.partition("<main")[2].partition("</main>")[0]

    assert 'href="/four-questions/"' in main
    assert charlie.client.post("/partner/invite/")["Location"] == "/partner/"
