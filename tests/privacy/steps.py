"""What a history is made of: acts, looks at the site, and probes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import resolve

from boundaries.content import catalogue
from tests.privacy.ways import PLAIN, Way
from tests.support import routes
from tests.support.policy import POLICY

if TYPE_CHECKING:
    from tests.privacy.worlds import World

NOBODY = "nobody"  # somebody who is not signed in
OPERATOR = "the operator"  # sees no page, but all log lines, mails, and what the database is told
THE_SHEET = "the sheet"  # for a therapist, among the codes
SAFE = ("GET", "HEAD", "OPTIONS")
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
CODE_OF = "code of "  # as what an act sends: the code of somebody's link

# In an address: a behaviour that the couple wrote and both accepted, and one that is only offered.
OWN, OFFERED = "OWN", "OFFERED"
INTIMATE = catalogue.intimate().behaviours[0].id
HERS_OWN = "Something Alice put forward"  # its writer reads a note first: it has a name in it
DECKS = ("essentials", "a", "intimate", "own")
BEHAVIOURS = ("a1", "a8", INTIMATE, OWN, OFFERED)


def addresses() -> list[tuple[str, str]]:
    """Each route's name with its path: with every deck, and with behaviours of every deck."""
    found = []
    for route in routes.every():
        paths = {route.path}
        if "deck" in route.kwargs:
            paths |= {route.path.replace("/essentials/", f"/{deck}/") for deck in DECKS}
        if "behaviour" in route.kwargs:
            paths |= {route.path.replace("/a1/", f"/{behaviour}/") for behaviour in BEHAVIOURS}
        rest = sorted(paths - {route.path})
        found += [(route.name, path) for path in (route.path, *rest)]
    return found


ADDRESSES = addresses()
OURS = {
    route.name
    for route in routes.every()
    if resolve(route.path).func.__module__.split(".")[0] in {"boundaries", "accounts", "config"}
}


def fits(path: str, at: tuple[str, ...]) -> bool:
    """Whether an address begins with one of these, or is it where that has a `=` before it."""
    return any(path == start[1:] if start[0] == "=" else path.startswith(start) for start in at)


def taken(name: str, method: str) -> bool:
    """Whether a route takes a method at all. The policy tests that all others are refused."""
    return method in POLICY[name]


@dataclass(frozen=True)
class Do:
    """Somebody does something through their own browser."""

    who: str
    method: str
    url: str
    data: str = ""
    way: Way = PLAIN
    stale: bool = False  # sent from a page that was loaded before something else changed
    group: str = ""  # of an act on an own behaviour: mine, theirs, set_aside or accepted


@dataclass(frozen=True)
class Watch:
    """The observer looks at every page of the site."""

    everything: bool = False  # with allauth's pages, and with HEAD and OPTIONS
    at: tuple[str, ...] = ("/",)  # what the addresses begin with; see `fits`
    ways: int = 0  # how many of the other ways to ask for each page are tried; -1 is all
    luck: int = 0  # which of them


@dataclass(frozen=True)
class Probe:
    """The observer sends every unsafe request that a route takes. Each is undone."""

    but: str = ""  # the route of an act that may show something, since it answers it in kind
    everything: bool = False  # on every deck and behaviour, not on the first and one by lot
    at: tuple[str, ...] = ("/",)
    ways: int = 0  # as for Watch
    luck: int = 0


@dataclass(frozen=True)
class Meanwhile:
    """Something comes about that is not done through a browser."""

    what: Callable[[World], object]


type Step = tuple[Do, ...] | Watch | Probe | Meanwhile
type History = list[Step]


def act(who: str, url: str, **data: str) -> Do:
    return Do(who, "POST", url, urlencode(data))


def say(who: str, behaviour: str, **data: str) -> Do:
    """Somebody saves a card. A stance for `mine` alone is meant for both directions."""
    if "mine" in data:
        data.setdefault("partners", data["mine"])
    return act(who, f"/answers/{behaviour}/save/", **data)
