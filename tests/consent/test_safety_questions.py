"""Is this right for us? What somebody ticks there is sent nowhere and kept nowhere."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from boundaries.pairing import rules as pairing
from boundaries.pairing.models import Invitation
from boundaries.pairing.offered import OFFERED
from tests.conftest import Person
from tests.pairing.test_rules import invite
from tests.test_authorisation import plain, tables

INVITING, JOINING = "/partner/four-questions/", "/join/four-questions/"
READ = {"questions": "read"}


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
    assert 'href="/help/"' in client.get(path).text
    assert 'href="/four-questions/"' in client.get("/help/").text


def test_they_come_before_a_first_link_and_not_again_before_the_next(charlie: Person) -> None:
    main = charlie.client.get("/partner/").text.partition("<main")[2].partition("</main>")[0]
    assert f'href="{INVITING}"' in main
    assert charlie.client.get(INVITING).status_code == 203

    assert charlie.client.post("/partner/invite/")["Location"] == INVITING
    assert not Invitation.objects.exists()
    assert charlie.client.post("/partner/invite/", READ)["Location"] == "/partner/"
    first = Invitation.objects.get()
    assert charlie.client.get(INVITING)["Location"] == "/partner/"
    assert charlie.client.post("/partner/invite/")["Location"] == "/partner/"
    assert Invitation.objects.get() != first


def test_they_come_before_joining(charlie: Person, dana: Person) -> None:
    dana.client.post("/join/code/", {"code": invite(charlie)})
    assert f'href="{JOINING}"' in dana.client.get("/join/offer/").text
    join = {"join": dana.client.session[OFFERED]}

    assert dana.client.post("/join/accept/", join)["Location"] == JOINING
    assert pairing.waiting_for(dana.seat) is None
    assert "Join Charlie</button>" in dana.client.get(JOINING).text
    assert dana.client.post("/join/accept/", join | READ)["Location"] == "/partner/"
    assert pairing.waiting_for(dana.seat)


def test_they_come_nowhere_else(charlie: Person, alice: Person, bob: Person) -> None:
    for page in (INVITING, JOINING):
        for who in (alice, charlie):  # in a couple, or with no invitation of anybody's
            answer = who.client.get(page)
            assert answer.status_code == 302 or (who, page) == (charlie, INVITING)


@pytest.mark.parametrize("page", ["inviting", "joining"])
def test_what_is_ticked_does_not_go_with_the_button(
    charlie: Person, dana: Person, page: str
) -> None:
    charlie.client.post("/join/code/", {"code": invite(dana)})
    found = Controls()
    found.feed(charlie.client.get({"inviting": INVITING, "joining": JOINING}[page]).text)

    assert len(found.ticks) == 8
    for tick in found.ticks:
        assert tick["in a form"] == "0"
        assert "form" not in tick
        assert tick["autocomplete"] == "off"
    assert found.others == ["form", "input", *["input"] * (page == "joining"), "button"]


def test_their_button_pressed_again_keeps_the_link_that_was_sent(charlie: Person) -> None:
    charlie.client.post("/partner/invite/", READ)
    first = pairing.standing(charlie.seat)
    assert first

    assert charlie.client.post("/partner/invite/", READ)["Location"] == "/partner/"

    second = pairing.standing(charlie.seat)
    assert second
    assert second.code == first.code
