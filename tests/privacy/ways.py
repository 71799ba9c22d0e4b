"""The ways in which one address can be asked for: with which headers, and with which query.

The tables name every header and every parameter that the site reads. A test compares them with the
code, so that a new one has to be entered here and is then tried in all twin worlds.
"""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.urls import resolve

from boundaries.agreements.pages import SHOWS
from boundaries.content import catalogue
from boundaries.pairing.rules import Stage
from boundaries.vocabulary import Grade, Outcome, Side
from tests.support import routes

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("boundaries", "accounts", "config")


@dataclass(frozen=True)
class Way:
    """One way to ask for an address."""

    name: str
    headers: tuple[tuple[str, str], ...] = ()
    query: str = ""

    def url(self, path: str) -> str:
        return f"{path}?{self.query}" if self.query else path


PLAIN = Way("plain")
HTMX = Way("htmx", (("HX-Request", "true"),))
POLLING = Way("polling", (("X-Follows", "1"), ("HX-Request", "true")))
ETAG = "the tag of before"  # replaced by what the address bore the last time, if it bore one
DATE = "the date of before"

BY_HEADERS = (
    HTMX,
    Way(
        "htmx, into a part of the page",
        (
            ("HX-Request", "true"),
            ("HX-Target", "saved"),
            ("HX-Source", "form"),
            ("HX-Request-Type", "partial"),
            ("HX-Trigger", "a1"),
            ("HX-Trigger-Name", "mine"),
            ("HX-Current-URL", "http://testserver/home/"),
        ),
    ),
    Way(
        "htmx, as a link",
        (("HX-Request", "true"), ("HX-Boosted", "true"), ("HX-Request-Type", "full")),
    ),
    Way(
        "htmx, going back",
        (("HX-Request", "true"), ("HX-History-Restore-Request", "true")),
    ),
    Way("htmx, asking somebody", (("HX-Request", "true"), ("HX-Prompt", "yes"))),
    POLLING,
    Way("by a script", (("X-Requested-With", "XMLHttpRequest"), ("Accept", "*/*"))),
    Way("wants JSON", (("Accept", "application/json"),)),
    Way("wants a calendar or a PDF", (("Accept", "text/calendar, application/pdf"),)),
    Way("in Hindi", (("Accept-Language", "hi, de;q=0.5"),)),
    Way("only if it changed", (("If-None-Match", ETAG),)),
    Way("only if it is another", (("If-None-Match", "*"), ("If-Match", '"nothing"'))),
    Way("only if it is newer", (("If-Modified-Since", DATE),)),
    Way("only a part", (("Range", "bytes=0-99"),)),
    Way("packed", (("Accept-Encoding", "gzip, br"),)),
    Way("ahead of time", (("Sec-Purpose", "prefetch"), ("Purpose", "prefetch"))),
    Way(
        "from another site",
        (
            ("Sec-Fetch-Site", "cross-site"),
            ("Sec-Fetch-Mode", "no-cors"),
            ("Sec-Fetch-Dest", "image"),
            ("Origin", "https://example.net"),
        ),
    ),
    Way(
        "by a link, from another browser",
        (("Referer", "http://testserver/decks/essentials/"), ("User-Agent", "Another/1.0")),
    ),
)

CATEGORIES = tuple(catalogue.categories())
LOOK = "look"  # its value is that of the page of the talk: see polled in observing.py
# Each parameter that the site reads behind the `?`, with the values to try.
PARAMETERS: dict[str, tuple[str, ...]] = {
    "show": (*Grade.values, *SHOWS, "nothing-like-it"),
    "category": (*CATEGORIES[:2], CATEGORIES[-1], "own", "nothing-like-it"),
    "outcome": (*Outcome.values, "nothing-like-it"),
    "part": ("parts", "sentence"),
    "stage": (*Stage, "nothing-like-it"),
    "page": ("2", "nothing-like-it"),
    "prompt": ("say-no", "nothing-like-it"),
    "undone": ("",),  # how one came to a card
    "saved": ("",),
    "back": ("look", "nothing-like-it"),
    "with": tuple(Side.values),
    "country": ("de", "in", "nothing-like-it"),
    LOOK: ("nothing-like-it",),
    "next": ("/seen/", "https://example.net/"),
    "unsaved": ("on",),  # in the address of the sign-in page, read by its template
    "email": ("bob@example.org", "nobody@example.org"),  # read by allauth, where one signs up
    "anyway": ("yes",),  # behind the page that says which letters a PDF will lack
    # In the address of a form, and read from what is posted.
    "for": ("speak-1-1",),
    "side": tuple(Side.values),
}
# Parameters that are not read where the address of a view leads to, but by whatever it passes.
EVERYWHERE = ("next", "unsaved", "anyway", "for", "side")
# Every header that the site reads. django-htmx reads all that begin with HX-.
HEADERS = {name for way in BY_HEADERS for name, _ in way.headers}

# The page values of a card are given all parameters as `arrived`.
READ = re.compile(
    r"""GET(?:\.get\(\s*|\.getlist\(\s*|\[)["'](\w+)["']"""
    r"""|["'](\w+)["'] in (?:request\.GET|arrived)\b"""
)
READ_IN_TEMPLATE = re.compile(r"request\.GET\.(\w+)")
LINKED = re.compile(r"""[?](\w+)=|&(?:amp;)?(\w+)=""")
MAIL = re.compile(r"mailto:[?].*")  # what is behind the `?` there is read by a mail program


@cache
def read_by(name: str) -> frozenset[str]:
    """The parameters that the module of a route's view reads, and what stands beside it."""
    path = next(route.path for route in routes.every() if route.name == name)
    view = inspect.unwrap(resolve(path).func)
    module = Path(inspect.getsourcefile(view) or "")
    beside = ("*pages.py", "responses.py") if module.name == "views.py" else ()
    files = [module, *(file for name in beside for file in sorted(module.parent.glob(name)))]
    source = "".join(file.read_text() for file in files)
    found = {name for names in READ.findall(source) for name in names if name}
    # The example of a talk is drawn by the views of talks.
    return frozenset(found | ({"part", "with"} if name == "demo-talk" else set()))


@cache
def by_query(name: str) -> tuple[Way, ...]:
    """The ways to ask for a route with a query: every value of each parameter its module reads."""
    read = read_by(name)
    ways = [
        Way(f"?{parameter}={value}", query=f"{parameter}={value}")
        for parameter in sorted(read)
        for value in PARAMETERS.get(parameter, ("1",))  # a library may read more
    ]
    if {"show", "category"} <= read:
        ways += [
            Way("?both", query=f"show={show}&category={CATEGORIES[0]}")
            for show in (Grade.COMMON.value, "agreed")
        ]
    everywhere = "&".join(f"{name}={PARAMETERS[name][0]}" for name in EVERYWHERE)
    return (*ways, Way("?everything else", query=everywhere))


def ways_to(name: str) -> tuple[Way, ...]:
    """All ways to ask for a route but the plain one."""
    return BY_HEADERS + by_query(name)


def sources(*endings: str) -> list[str]:
    """The text of every file of ours with one of these endings, without what others wrote."""
    folders = [*(ROOT / package for package in PACKAGES), ROOT / "templates", ROOT / "static"]
    return [
        path.read_text()
        for folder in folders
        for path in folder.rglob("*")
        if path.suffix in endings and not {"migrations", "vendor"} & {*path.parts}
    ]
