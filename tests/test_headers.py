"""Every page has the same headers, and none contains scripts or styles."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Set
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from http import HTTPStatus
from pathlib import Path
from typing import Any, NoReturn
from unittest import mock

import pytest
import time_machine
from django.conf import settings as site_settings
from django.core.signals import request_finished
from django.test import Client
from django.utils.csp import build_policy

from boundaries.content.catalogue import Deck
from config import assets
from tests.conftest import Person, opened_together, propose, talk, text_of
from tests.support import routes
from tests.support.depth import some_each_day
from tests.test_authorisation import copied

ROOT = Path(__file__).parent.parent
REFUSED_FEATURES = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "clipboard-read",
    "compute-pressure",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "gamepad",
    "geolocation",
    "gyroscope",
    "hid",
    "identity-credentials-get",
    "idle-detection",
    "language-detector",
    "language-model",
    "local-fonts",
    "local-network-access",
    "magnetometer",
    "microphone",
    "midi",
    "otp-credentials",
    "payment",
    "picture-in-picture",
    "screen-wake-lock",
    "serial",
    "speaker-selection",
    "storage-access",
    "summarizer",
    "translator",
    "usb",
    "window-management",
    "xr-spatial-tracking",
)
FIXED = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; font-src 'self'; manifest-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types htmx",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in REFUSED_FEATURES),
}
# Browsers obey these for documents only, so a style, a script, a font or a picture has none.
OF_DOCUMENTS = {
    *("Content-Security-Policy", "Permissions-Policy", "Referrer-Policy", "X-Frame-Options"),
    *("Cross-Origin-Opener-Policy", "Cross-Origin-Embedder-Policy"),
}
# Other allowed headers. None reveals the server software, or when something was changed.
BESIDES = {
    *("Cache-Control", "Expires", "Vary", "Content-Type", "Content-Length", "Content-Language"),
    *("Content-Disposition", "Location", "Allow", "Clear-Site-Data", "X-Request-ID"),
}
# The landing page holds its own style sheets, and its policy allows those alone.
WITH_INLINE_STYLES = {"/"}
# Their URLs may contain a code, so no later request repeats them.
WITH_A_CODE = {"/join/", "/join/from-a-link", "/read/", "/read/from-a-link"}
OF_A_FILE = {"Last-Modified", "ETag", "Accept-Ranges", "Content-Range"}
FORM = "application/x-www-form-urlencoded"
NEXT_CENTURY = "Fri, 01 Jan 2100 00:00:00 GMT"
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
# Anybody nearby, or with the list of tabs, can read these: none reveals the subject.
TITLES = {
    "A sheet to read",
    "A sheet to share",
    "Account",
    "Begin",
    "Card 1 of 2",
    "Check in",
    "Check-in",
    "Check-ins",
    "Choose a new password",
    "Done for today",
    "Draw your lines together",
    "Example",
    "Example: what you two said",
    "Help, if you need it",
    "Home",
    "How it works",
    "Invitation",
    "It’s open",
    "Join",
    "Please check: Join",
    "Just checking it’s you",
    "Keep these as they are?",
    "Let’s make this easier",
    "List",
    "My sealed answers",
    "One understanding",
    "Only for me",
    "Our own",
    "Our understandings",
    "Passkeys and second step",
    "Picture",
    "Putting things right",
    "Questions",
    "Reminders",
    "Rhythm",
    "What others see",
    "Sign in",
    "Sign in with a code",
    "Talk about this",
    "Talks",
    "The whole list",
    "This account is closed",
    "This address is only for buttons",
    "This page doesn’t exist",
    "Waiting",
    "What I said before",
    "What we keep",
    "What you said yes to",
    "What you two said",
    "Where you are signed in",
    "Who reads my mail?",
    "Words to propose",
    "Your account",
    "Your language",
    "Your new password is saved",
    "Your passkeys",
    "Your time zone",
    "Your turn · What happens, how you feel",
    "You’re both ready",
}
INLINE = re.compile(
    r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)(?![^>]*application/json)|javascript:", re.I
)
INLINE_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
STYLE_DIGEST = re.compile(r"(?<=style-src 'self') 'sha256-([\w+/=]+)'")
ELSEWHERE = re.compile(r"""(?:src|href|action|url\()\s*=?\s*["'(]?(?:https?:)?//""", re.I)
# Links out, without a referrer; and the page's own address, which no browser fetches.
LINK = re.compile(
    r'<a\s[^>]*rel="noreferrer"[^>]*>|<link rel="canonical" href="http://localhost/[^"]*">'
)

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def test_the_policy_in_the_settings_is_the_one_that_is_sent() -> None:
    assert build_policy(site_settings.SECURE_CSP) == FIXED["Content-Security-Policy"]


def bears_the_headers(
    response: Any, what: object, besides: set[str] = BESIDES, left_out: Set[str] = frozenset()
) -> None:
    expected = {name: value for name, value in FIXED.items() if name not in left_out}
    found = {name: response.headers.get(name) for name in expected}
    if response.headers.get("X-Robots-Tag") == "all":  # tests/test_indexing.py says of which pages
        expected = expected | {"X-Robots-Tag": "all"}
    if response.status_code == HTTPStatus.OK and what in WITH_A_CODE:
        expected = expected | {"Referrer-Policy": "strict-origin"}
    if response.status_code == HTTPStatus.OK and what in WITH_INLINE_STYLES:
        policy = STYLE_DIGEST.sub("", str(found["Content-Security-Policy"]), count=1)
        found["Content-Security-Policy"] = policy
    assert found == expected, (what, response.status_code)
    assert set(response.headers) - set(expected) <= besides, (what, response.status_code)


@pytest.mark.turns(2)
@pytest.mark.parametrize(
    "method",
    [
        *("get", "post"),
        *some_each_day(
            pytest.param(method, id=method) for method in ("head", "options", "put", "delete")
        ),
    ],
)
@pytest.mark.parametrize("signed_in", [False, True])
def test_every_answer_bears_the_fixed_headers(alice: Person, method: str, signed_in: bool) -> None:
    client = Client()
    for path in [*(route.path for route in routes.every()), "/no-such-page", "/static/none.css"]:
        if signed_in:
            client.force_login(alice.user)  # again, since one of the pages signs out

        response = getattr(client, method)(path)

        bears_the_headers(response, path)
        assert "no-store" in response.headers["Cache-Control"], path


def put_away(answer: Any) -> None:
    """Close the file of a response, but not the database connection of this test."""
    with mock.patch.object(request_finished, "send"):
        answer.close()


def broken(*args: Any, **options: Any) -> NoReturn:
    raise RuntimeError("broken on purpose")


def test_every_status_bears_them_too(
    alice: Person, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"try_code_signed_out": "1/h/ip"}
    settings.ALLOWED_HOSTS = ["testserver"]
    monkeypatch.setattr("config.views.static", broken)
    known = copied(alice.client)
    much = "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    code = {"code": "ZZZZZZZZZZZZ"}
    answers = {
        200: [Client().get("/help/"), Client().get("/healthz"), alice.client.get("/home/")],
        302: [Client().get("/home/"), alice.client.post("/partner/invite/")],
        303: [Client().get("/leave/")],
        400: [
            Client().get("/", headers={"host": "elsewhere.example"}),
            alice.client.post("/account/name/", {"first_name": ""}),
            Client().generic("POST", "/join/code/", "x", "text/plain; charset=utf-16"),
        ],
        403: [
            copied(alice.client, checks=True).post("/account/name/"),
            Client().get("/", headers={"sec-fetch-site": "cross-site"}),
        ],
        404: [Client().get("/no-such-page"), alice.client.get("/talks/no/"), Client().put("/x")],
        405: [alice.client.get("/partner/part/"), Client().post("/"), Client().post("/healthz")],
        413: [alice.client.generic("POST", "/account/name/", much, FORM)],
        429: [[Client().post("/join/code/", code) for _ in range(2)][-1]],
        500: [known.get("/site.webmanifest")],
    }

    for status, given in answers.items():
        for number, answer in enumerate(given):
            assert answer.status_code == status, (status, number)
            bears_the_headers(answer, number)
            assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("method", "path", "asked", "status"),
    [
        ("get", "/static/css/base.css", {}, 200),
        ("get", "/static/vendor/htmx-4.0.1.min.js", {}, 200),
        ("get", "/static/fonts/fraunces.woff2", {}, 200),
        ("get", "/static/img/icon-180.png", {}, 200),
        ("get", "/static/css/base.css", {"range": "bytes=0-9"}, 206),
        ("get", "/static/css/base.css", {"range": "bytes=99999999-"}, 416),
        ("get", "/static/css/base.css", {"if-modified-since": NEXT_CENTURY}, 304),
        ("post", "/static/css/base.css", {}, 405),
        ("get", "/favicon.ico", {}, 200),
    ],
)
def test_a_file_that_pages_load_bears_what_means_something_for_it(
    client: Client, method: str, path: str, asked: dict[str, str], status: int
) -> None:
    answer = getattr(client, method)(path, headers=asked)

    assert answer.status_code == status
    bears_the_headers(answer, path, BESIDES | OF_A_FILE, left_out=OF_DOCUMENTS)
    put_away(answer)


def test_a_picture_that_opens_as_a_document_bears_all_of_them(client: Client) -> None:
    answer = client.get("/static/img/mark.svg")

    bears_the_headers(answer, "mark.svg", BESIDES | OF_A_FILE)
    put_away(answer)


@pytest.mark.parametrize(
    ("whole_domain", "policy"),
    [(False, "max-age=31536000"), (True, "max-age=31536000; includeSubDomains; preload")],
)
def test_over_https_the_browser_is_told_to_stay_with_it(
    client: Client, settings: Any, whole_domain: bool, policy: str
) -> None:
    settings.SECURE_HSTS_SECONDS = 31536000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = whole_domain

    for path in ("/", "/home/", "/no-such-page", "/static/css/base.css", "/healthz", "/leave/"):
        answer = client.get(path, secure=True)
        assert answer.headers["Strict-Transport-Security"] == policy
        put_away(answer)


def test_plain_http_is_redirected_with_all_headers(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True

    answer = Client().get("/home/?x=1")

    assert (answer.status_code, answer["Location"]) == (301, "https://testserver/home/?x=1")
    bears_the_headers(answer, "/home/")


FOLLOWED = {"mode": "navigate", "dest": "document"}
BEHIND = [
    FOLLOWED | {"dest": "iframe"},
    {"mode": "no-cors", "dest": "image"},
    {"mode": "cors", "dest": "empty"},
    {"mode": "no-cors", "dest": "script"},
    {},
]


def sent_from(site: str, how: dict[str, str]) -> dict[str, str]:
    return {"sec-fetch-site": site} | {f"sec-fetch-{name}": value for name, value in how.items()}


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("how", BEHIND)
def test_background_requests_from_other_sites_are_refused(
    alice: Person, site: str, how: dict[str, str]
) -> None:
    for path in ("/home/", "/", "/leave/", "/static/css/base.css", "/no-such-page"):
        answer = alice.client.get(path, headers=sent_from(site, how))
        assert answer.status_code == 403
        assert "Clear-Site-Data" not in answer
    assert alice.client.get("/home/").status_code == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_may_link_here_but_neither_post_nor_sign_out(alice: Person, site: str) -> None:
    headers = sent_from(site, FOLLOWED)

    assert alice.client.get("/home/", headers=headers).status_code == 200
    for refused in (
        alice.client.post("/account/name/", {"first_name": "Mallory"}, headers=headers),
        alice.client.get("/leave/", headers=headers),
    ):
        assert refused.status_code == 403
        assert "Clear-Site-Data" not in refused
    alice.user.refresh_from_db()
    assert alice.user.first_name == "Alice"
    assert alice.client.get("/home/").status_code == 200


@pytest.mark.parametrize("site", ["same-origin", "none", None])
def test_requests_from_our_own_pages_and_old_browsers_are_accepted(
    alice: Person, site: str | None
) -> None:
    headers = sent_from(site, BEHIND[2]) if site else {}

    answer = alice.client.post("/account/name/", {"first_name": "Alicia"}, headers=headers)

    assert answer.status_code == 302
    assert alice.client.get("/leave/", headers=headers).status_code == 303


def test_signing_out_clears_what_the_browser_stored(alice: Person) -> None:
    for post in ({}, {"next": "/help/"}):
        alice.client.force_login(alice.user)

        answer = alice.client.post("/account/logout/", post)

        assert answer.status_code == 302
        assert answer["Clear-Site-Data"] == '"cache", "storage"'
        assert alice.client.get("/home/").status_code == 302


def test_an_expired_session_keeps_what_waits_to_be_saved(alice: Person) -> None:
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        alice.client.get("/home/")
        clock.shift(site_settings.SIGNED_OUT_WHEN_IDLE_FOR + timedelta(seconds=1))

        answers = [alice.client.get("/home/"), alice.client.get("/home/"), Client().get("/")]

    assert [answer.status_code for answer in answers] == [302, 302, 200]
    assert not any("Clear-Site-Data" in answer for answer in answers)


def test_no_page_holds_a_script_a_style_or_an_address_elsewhere(alice: Person, bob: Person) -> None:
    seen = 0
    for client in (Client(), alice.client):
        for route in routes.every():
            if route.name == "account_logout":
                continue
            page = text_of(client, route.path)
            seen += "<html" in page
            if route.path in WITH_INLINE_STYLES:
                page = INLINE_STYLE.sub("", page, count=1)
            assert not INLINE.search(page), route.name
            assert not ELSEWHERE.search(LINK.sub("", page)), route.name

    assert seen >= 25  # the others redirect


def test_the_policy_of_the_landing_page_allows_the_styles_in_it_and_no_others(
    client: Client,
) -> None:
    answer = client.get("/")

    styles = INLINE_STYLE.findall(answer.text)
    digests = STYLE_DIGEST.findall(answer["Content-Security-Policy"])
    meant = [base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() for style in styles]
    assert digests == meant
    assert len(meant) == 1
    assert "'unsafe-" not in answer["Content-Security-Policy"]


def test_addresses_in_a_style_sheet_also_hold_inside_a_page(client: Client) -> None:
    style = INLINE_STYLE.findall(client.get("/").text)[0]

    addresses = re.findall(r'url\("?([^")]+)"?\)', style)
    assert addresses == ["/static/fonts/fraunces.woff2", "/static/fonts/martel.woff2"]


class OwnFiles(HTMLParser):
    """The scripts and styles of a page with their digests."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, str | None] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        if tag == "script" and has.get("src"):
            self.found[str(has["src"])] = has.get("integrity")
        elif tag == "link" and has.get("rel") == "stylesheet":
            self.found[str(has["href"])] = has.get("integrity")


@pytest.mark.turns(2)
def test_every_script_and_style_is_compared_with_its_digest(
    alice: Person, bob: Person, deck: Deck
) -> None:
    opened_together(alice, bob, deck)
    talk(alice)
    named: dict[str, str | None] = {}
    for client in (Client(), alice.client):
        for route in routes.every():
            if route.name not in {"account_logout", routes.LEAVE}:
                named |= OwnFiles(text_of(client, route.path)).found

    assert len(named) > 12
    meant = {name: assets.integrity(name.removeprefix("/static/")) for name in named}
    assert named == meant


def test_the_digest_is_that_of_the_file_as_it_is_served(client: Client) -> None:
    answer = client.get("/static/js/leaving.js")

    served = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    put_away(answer)
    digest = base64.b64encode(hashlib.sha384(served).digest()).decode()
    assert assets.integrity("js/leaving.js") == f"sha384-{digest}"
    with pytest.raises(FileNotFoundError):
        assets.script("js/none.js")


@pytest.mark.django_db
def test_a_compressed_page_has_a_random_length() -> None:
    answers = [Client(headers={"accept-encoding": "gzip"}).get("/account/login/") for _ in range(8)]

    assert {answer["Content-Encoding"] for answer in answers} == {"gzip"}
    assert len({len(answer.content) for answer in answers}) > 1
    spread = [len(answer.content) for answer in answers]
    assert max(spread) - min(spread) > 100


def test_no_file_of_ours_holds_them_either() -> None:
    wrong = []
    paths = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "static").rglob("*.[cj]s*")]
    for path in paths:
        text = path.read_text()
        # Mail programs load no stylesheets.
        in_a_mail = path.name == "base.html" and path.parent.name == "emails"
        if path.suffix == ".html" and not in_a_mail and INLINE.search(text):
            wrong.append(f"{path.relative_to(ROOT)}: a script or a style")
        if ELSEWHERE.search(LINK.sub("", text)):
            wrong.append(f"{path.relative_to(ROOT)}: an address elsewhere")

    assert wrong == []
    assert len(paths) > 200


@pytest.mark.parametrize("spoiled", ['<p style="x">', "<script>1</script>", '<a onclick="x">'])
def test_the_search_for_inline_code_finds_some(spoiled: str) -> None:
    assert INLINE.search(spoiled)
    assert not INLINE.search('<script src="/static/a.js" defer></script>')


@pytest.mark.turns(2)
def test_no_title_reveals_the_subject_of_the_site(
    alice: Person, bob: Person, deck: Deck, client: Client
) -> None:
    opened_together(alice, bob, deck)
    talk(alice)
    propose(bob)
    titles = set()
    for route in routes.every():
        if route.name not in {"account_logout", routes.LEAVE}:
            for browser in (client, alice.client):
                titles |= set(TITLE.findall(text_of(browser, route.path)))

    titles = {re.sub(r"\d+ of \d+", "1 of 2", title) for title in titles}
    names = {" ".join(title.split()).removesuffix("Common Ground").rstrip(" ·") for title in titles}
    assert sorted(names - TITLES) == [] == sorted(TITLES - names)
