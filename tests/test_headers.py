"""Every answer bears the same headers, whatever made it; and no page holds a script or a style."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings as site_settings
from django.test import Client
from django.utils.csp import build_policy

from boundaries.catalogue import Deck
from tests import routes
from tests.conftest import Person, opened_together, propose, talk, text_of

ROOT = Path(__file__).parent.parent
FIXED = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; font-src 'self'; manifest-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
# Whoever looks over a shoulder, or at the list of open pages, reads these: none says what about.
TITLES = {
    *("", "Account", "Card", "Earlier", "Example", "For you", "Help", "Home", "Invitation"),
    *("Join", "Last look", "List", "Our own", "Page", "Sign in", "Talk", "Talks", "Together"),
}
INLINE = re.compile(
    r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)(?![^>]*application/json)|javascript:", re.I
)
ELSEWHERE = re.compile(r"""(?:src|href|action|url\()\s*=?\s*["'(]?(?:https?:)?//""", re.I)
LINK = re.compile(r'<a\s[^>]*rel="noreferrer"[^>]*>')  # to follow, and telling nobody from where

pytestmark = pytest.mark.django_db


def test_the_policy_in_the_settings_is_the_one_that_is_sent() -> None:
    assert build_policy(site_settings.SECURE_CSP) == FIXED["Content-Security-Policy"]


@pytest.mark.parametrize("method", ["get", "head", "options", "post", "put", "delete"])
@pytest.mark.parametrize("signed_in", [False, True])
def test_every_answer_bears_the_fixed_headers(alice: Person, method: str, signed_in: bool) -> None:
    client = Client()
    for path in [*(route.path for route in routes.every()), "/no-such-page", "/static/none.css"]:
        if signed_in:
            client.force_login(alice.user)  # anew: one of the pages signs out

        response = getattr(client, method)(path)

        told = {name: response.headers.get(name) for name in FIXED}
        assert told == FIXED, (path, response.status_code)
        assert "geolocation=()" in response.headers["Permissions-Policy"]
        assert "no-store" in response.headers["Cache-Control"], path


def test_no_page_holds_a_script_a_style_or_an_address_elsewhere(alice: Person, bob: Person) -> None:
    seen = 0
    for client in (Client(), alice.client):
        for route in routes.every():
            if route.name == "account_logout":
                continue
            page = text_of(client, route.path)
            seen += "<html" in page
            assert not INLINE.search(page), route.name
            assert not ELSEWHERE.search(LINK.sub("", page)), route.name

    assert seen >= 25  # the others send somewhere else


@pytest.mark.django_db
def test_a_packed_page_has_another_length_each_time() -> None:
    answers = [Client(headers={"accept-encoding": "gzip"}).get("/account/login/") for _ in range(8)]

    assert {answer["Content-Encoding"] for answer in answers} == {"gzip"}
    assert len({len(answer.content) for answer in answers}) > 1
    spread = [len(answer.content) for answer in answers]
    assert max(spread) - min(spread) > 100


@pytest.mark.parametrize(
    "path",
    [*(ROOT / "templates").rglob("*.html"), *(ROOT / "static").rglob("*.[cj]s*")],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_no_file_of_ours_holds_them_either(path: Path) -> None:
    text = path.read_text()

    if path.name != "base.html" or path.parent.name != "emails":  # mail programs know no stylesheet
        assert path.suffix != ".html" or not INLINE.search(text)
    assert not ELSEWHERE.search(LINK.sub("", text))


@pytest.mark.parametrize("spoiled", ['<p style="x">', "<script>1</script>", '<a onclick="x">'])
def test_the_look_for_inline_code_finds_some(spoiled: str) -> None:
    assert INLINE.search(spoiled)
    assert not INLINE.search('<script src="/static/a.js" defer></script>')


def test_a_page_of_the_site_has_no_telling_title(
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

    names = {" ".join(title.split()).removesuffix("Common Ground").rstrip(" ·") for title in titles}
    assert names == TITLES
