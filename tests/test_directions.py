"""Hebrew and Arabic text is isolated everywhere, so it reorders no other words."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache

from accounts.models import User
from tests.conftest import Person, person
from tests.journeys import everywhere
from tests.support import routes
from tests.support.depth import one_day_in, some_each_day
from tests.support.lives import at_home, lived, sure_of

pytestmark = [pytest.mark.django_db, pytest.mark.once]

ISOLATED = re.compile("[\u2066\u2067][^\u2069]*\u2069")

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
# Nobody here has a real passkey, only a name of one.
ANSWERED_BY_A_KEY = {routes.LEAVE, "mfa_reauthenticate_webauthn", "mfa_add_webauthn"}


class Loose(HTMLParser):
    """Finds Hebrew text on a page that no element isolates."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.found: list[str] = []
        self.seen = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        apart = tag == "bdi" or has.get("dir") == "auto"
        for name, value in attrs:
            if value and "bdi>" in value:
                self.found.append(f"<{tag} {name}={value[:60]}>")
            if value and hebrew(value) and has.get("type") != "hidden":
                self.seen += 1
                # Text for screen readers alone has no visual order.
                if not (apart or name.startswith(("aria-", "data-", "href"))):
                    self.found.append(f"<{tag} {name}={value[:60]}>")
        if tag not in VOID:
            self.open.append((tag, apart))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not hebrew(data):
            return
        self.seen += 1
        if not any(apart for _, apart in self.open):
            self.found.append(f"{'/'.join(tag for tag, _ in self.open[-2:])}: {data.strip()[:80]}")


def hebrew(text: str) -> bool:
    """Whether there is Hebrew text outside isolates."""
    return any("\u05d0" <= letter <= "\u05ea" for letter in ISOLATED.sub("", text))


def loose(path: str, html: str) -> tuple[list[str], int]:
    page = Loose(html)
    return [f"{path} {words}" for words in page.found], page.seen


def named(name: str) -> Person:
    who = person(f"ascii-{name.encode().hex()}")  # the address contains the name as well
    who.user.first_name = name
    who.user.save(update_fields=["first_name"])
    return who


def every_page(who: Person) -> list[str]:
    paths = [route.path for route in routes.every() if route.name not in ANSWERED_BY_A_KEY]
    more = ["/understandings/on/a1/", "/understandings/on/a1/words/", "/decks/own/last-look/"]
    return [*paths, *more]


@one_day_in(2, 0)
def test_text_of_people_is_isolated_on_every_page() -> None:
    one, other, former = named("אלי"), named("בועז"), named("גל")
    lived(one, other, former)
    for who in (one, other):
        at_home(who)
        sure_of(who)
    Authenticator.objects.filter(user=one.user).update(id=routes.example("pk"))
    found, seen = [], 0
    for who in (one, other):
        for path in every_page(who):
            cache.clear()
            answer = who.client.get(path)
            if answer.status_code in everywhere.PAGES and "html" in answer["Content-Type"]:
                wrong, there = loose(path, answer.text)
                found += wrong
                seen += there

    assert seen > 100
    assert sorted(set(found)) == []


@pytest.mark.parametrize(
    "state",
    some_each_day(
        pytest.param(state, id=state)
        for state in (everywhere.TALKING, everywhere.AGREEING, everywhere.OPEN)
    ),
)
@one_day_in(2, 1)
def test_both_names_are_isolated_in_every_state(state: str) -> None:
    who = everywhere.somebody(state)
    assert who
    User.objects.filter(pk=who.user.pk).update(first_name="דנה")
    User.objects.exclude(pk=who.user.pk).update(first_name="(2) יעל")
    sure_of(who)
    found, seen = [], 0
    for path, page in everywhere.looks(state, who):
        cache.clear()
        wrong, there = loose(path, page)
        found += wrong
        seen += there

    assert seen > 20
    assert sorted(set(found)) == []
