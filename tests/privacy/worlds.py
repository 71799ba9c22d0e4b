"""Twin worlds: one history replayed twice, with two different secrets, and everything compared.

Non-interference by self-composition: what one person can observe must be equal as data in both
worlds. Time stands still and randomness is drawn anew from the number of each step, so that nothing
has to be blanked out before comparing, but for the names of savepoints. What is noticed of a
request besides its answer is in hearing.py.
"""

from __future__ import annotations

import gc
import os
import random
import re
import secrets
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple
from unittest import mock
from urllib.parse import parse_qs, urlencode

import time_machine
from django.contrib.sessions.backends import base as sessions
from django.core import mail
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models.functions import Now
from django.middleware import csrf
from django.test import Client
from django.urls import resolve
from django.utils import timezone
from django.utils.crypto import RANDOM_STRING_CHARS

from accounts.models import User
from boundaries import (
    agreeing,
    answering,
    asking,
    conversing,
    exporting,
    hearing,
    pairing,
    releasing,
    typesetting,
)
from boundaries.models.agreements import Copy
from boundaries.models.conversations import Conversation
from boundaries.views.joining import OFFERED
from tests import routes
from tests.conftest import Person, pair, person
from tests.policy import POLICY
from tests.privacy.listening import Listener, listening, undisturbed

BEGINNING = datetime(2026, 1, 1, 12, tzinfo=UTC)
NOBODY = "nobody"  # who is not signed in
OPERATOR = "the operator"  # sees no page, but all log lines, mails, and what the database is told
THE_SHEET = "the sheet"  # for a therapist, among the codes
SAFE = ("GET", "HEAD", "OPTIONS")
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
FORM = "application/x-www-form-urlencoded"
CODE_OF = "code of "  # as what an act sends: the code of somebody's link
# What the observer's own probes send. It is the same in both worlds.
PROBE = (
    "mine=unsure&partners=conditions&note=probe&code=ZZZZZZZZZZZZ&first_name=Probe"
    "&words=probe&keep=probe&purpose=speak-1-1&outcome_both=fine&on=2026-02-02&mode=apart&minutes=20"
)


def addresses() -> list[tuple[str, str]]:
    """Each route's name with its path, and where it takes something, with something else too."""
    found = []
    for route in routes.every():
        other = route.path.replace("/a1/", "/a4/")
        paths = {route.path, *(other.replace("/essentials/", f"/{deck}/") for deck in ("a", "own"))}
        found += [(route.name, path) for path in sorted(paths)]
    return found


ADDRESSES = addresses()
OURS = {
    name
    for name, path in ADDRESSES
    if resolve(path).func.__module__.split(".")[0] in {"boundaries", "accounts", "config"}
}


def taken(name: str, method: str) -> bool:
    """Whether a route takes a method at all. That all others are refused is for the policy."""
    return method in POLICY[name]


@dataclass(frozen=True)
class Do:
    """Somebody does something through their own browser."""

    who: str
    method: str
    url: str
    data: str = ""


@dataclass(frozen=True)
class Watch:
    """The observer looks at every page of the site."""

    everything: bool = False  # with allauth's pages, and with HEAD and OPTIONS
    at: tuple[str, ...] = ("/",)  # what the addresses begin with


@dataclass(frozen=True)
class Probe:
    """The observer sends every unsafe request that is taken, but for one. Each is undone."""

    but: str = ""  # the route of what may show something, since it answers it in kind


@dataclass(frozen=True)
class Meanwhile:
    """Something comes about that is not done through a browser."""

    what: Callable[[World], object]


type Step = tuple[Do, ...] | Watch | Probe | Meanwhile
type History = list[Step]


class Seen(NamedTuple):
    """One answer, and what else could be noticed of it."""

    number: int
    name: str
    method: str
    url: str
    status: int
    headers: list[tuple[str, str]]
    cookies: list[tuple[str, str]]
    content: bytes
    statements: list[str]
    work: int
    logged: list[dict[str, str]]
    keys: list[tuple[str, bool]]


ANSWERED = Seen._fields.index("statements")  # what comes before it is the answer


@dataclass
class World:
    """The cast, and what the observer has seen."""

    observer: str
    listener: Listener
    count_work: bool = False
    cast: dict[str, Person] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)  # of the links there ever were, by whose
    seen: list[tuple[Any, ...]] = field(default_factory=list)
    visited: set[tuple[str, str]] = field(default_factory=set)
    own: set[str] = field(default_factory=set)  # whose keys are the observer's: a seat, couples
    trespassed: set[str] = field(default_factory=set)  # whose keys were used and were not theirs

    @property
    def answers(self) -> list[Seen]:
        return [each for each in self.seen if isinstance(each, Seen)]


def live(history: History, *, observer: str = "alice", count_work: bool = False) -> World:
    """Replay a history in a world of its own, which is gone afterwards.

    Work is counted on SQLite alone: how often a driver wakes while it waits for a server is chance.
    """
    count_work = count_work and connection.vendor == "sqlite"
    with ExitStack() as stack:
        stack.enter_context(transaction.atomic())
        stack.callback(transaction.set_rollback, True)
        stack.enter_context(one_talk())
        stack.enter_context(mock.patch.object(typesetting, "typeset", _to_be_set))
        world = World(observer, stack.enter_context(listening()), count_work)
        if count_work:
            stack.enter_context(undisturbed())
        with _moment(0):
            _populate(world)
        for number, step in enumerate(history, start=1):
            with _moment(number):
                _note_whose_keys(world)
                _live_through(world, number, step)
            world.seen.append((number, "mail", _mails(world)))
            if count_work:
                gc.collect()
    return world


@contextmanager
def one_talk() -> Iterator[None]:
    """The first talk that is opened has the id that stands in the addresses."""

    def drawn() -> uuid.UUID:
        return uuid.uuid4() if Conversation.objects.filter(pk=routes.TALK).exists() else routes.TALK

    with mock.patch.object(Conversation._meta.pk, "_get_default", drawn):
        yield


def _to_be_set(page: typesetting.Page, paper: str) -> bytes:
    """Instead of a PDF, what it is made of: all that it could tell, and to be read."""
    return repr((page, paper)).encode()


def first_difference(one: World, other: World, *, in_a_browser: bool = False) -> str:
    """What the observer could tell the two worlds apart by, or nothing.

    In a browser alone, one sees answers, and neither statements, nor work, nor logs.
    """
    for seen, instead in zip(one.seen, other.seen, strict=True):
        if in_a_browser:
            seen, instead = seen[:ANSWERED], instead[:ANSWERED]
        if seen != instead:
            ours, theirs = _innermost(seen, instead)
            return f"{seen[:4]}: {str(ours)[:300]} | {str(theirs)[:300]}"
    return ""


def _innermost(one: Any, other: Any) -> tuple[Any, Any]:
    """What differs, without what it stands among."""
    if isinstance(one, dict) and isinstance(other, dict):
        one, other = sorted(one.items()), sorted(other.items())
    both = isinstance(one, list | tuple) and isinstance(other, list | tuple)
    if not both or len(one) != len(other):
        return one, other
    return next(_innermost(*pair) for pair in zip(one, other, strict=True) if pair[0] != pair[1])


def _populate(world: World) -> None:
    mail.outbox.clear()
    cache.clear()
    cast = world.cast
    for name in ("Alice", "Bob", "Charlie", "Dana", "Erin"):
        cast[name.lower()] = person(name)
    cast[NOBODY] = Person(User(), Client())
    for each in cast.values():
        each.client.raise_request_exception = False  # an error shows, too
    pair(cast["erin"], cast["bob"])
    cast["erin"].client.post("/partner/part/")
    pair(cast["alice"], cast["bob"])
    pair(cast["charlie"], cast["dana"])
    asking.put_forward(cast["alice"].seat, "Something they both accepted")
    asking.accept(cast["bob"].seat, asking.ours(cast["bob"].seat).theirs[0].id)
    asking.put_forward(cast["alice"].seat, "Something Alice put forward")
    mail.outbox.clear()


def _note_whose_keys(world: World) -> None:
    """A person's own, those of the copies they keep, and those of the couples they are in.

    The past ones' are gone.
    """
    if world.observer in {NOBODY, OPERATOR}:
        return
    seat = world.cast[world.observer].seat
    world.own |= {str(seat.pk), str(seat.couple_id)}
    world.own |= {str(copy.pk) for copy in Copy.by(seat)}


def _live_through(world: World, number: int, step: Step) -> None:
    # The operator looks on while Bob does.
    who = "bob" if world.observer == OPERATOR else world.observer
    match step:
        case Watch(everything=everything, at=at):
            for name, url in ADDRESSES:
                if url.startswith(at) and taken(name, "GET") and (everything or name in OURS):
                    look = _undone if name == routes.LEAVE else _observe
                    for method in SAFE if everything else ("GET",):
                        look(world, number, name, Do(who, method, url))
            if world.observer not in {NOBODY, OPERATOR}:
                taken_along = exporting.data(world.cast[who].seat)
                world.seen.append((number, "taken along", taken_along))
        case Probe(but=but):
            for name, url in ADDRESSES:
                for method in [each for each in UNSAFE if taken(name, each) and name != but]:
                    probe = Do(who, method, url, PROBE)
                    if (
                        name in {"answering-seal", "asking-opt-in"}
                        or "-turn-" in name
                        or "understandings" in url
                    ):
                        probe = _up_to_date(world, probe)
                    _undone(world, number, name, probe)
        case Meanwhile(what=what):
            what(world)
        case _:
            for act in map(partial(_up_to_date, world), step):
                if world.observer in {act.who, OPERATOR}:
                    _observe(world, number, "own act", act)
                else:
                    _send(world.cast[act.who].client, act)
                _note_codes(world, act)


def _note_codes(world: World, act: Do) -> None:
    """Whoever is handed a link has its code, also once it is dead."""
    if act.url == "/partner/invite/" and (made := pairing.standing(world.cast[act.who].seat)):
        world.codes[act.who] = made.code
    if act.url == "/understandings/therapist/release/":
        issue = releasing.issue(world.cast[act.who].seat)
        world.codes[THE_SHEET] = issue.code if issue else ""


def _up_to_date(world: World, act: Do) -> Do:
    """The same act from a page that was just looked at: with what its hidden fields hold."""
    if act.data.startswith(CODE_OF):
        code = world.codes.get(act.data.removeprefix(CODE_OF), "")
        return replace(act, data=f"code={code}")
    if act.who == NOBODY:
        return act
    if act.url == "/join/accept/":
        return replace(act, data=f"join={world.cast[act.who].client.session.get(OFFERED, '')}")
    if act.url == "/partner/confirm/":
        standing = pairing.standing(world.cast[act.who].seat)
        joiner = standing and standing.joiner
        return replace(act, data=f"joining={joiner.joining if joiner else ''}")
    if act.url.startswith("/understandings/therapist/"):
        return _on_the_sheet(world, act)
    if act.url in {"/own/put-forward/", "/intimate/yes/"}:
        shown = pairing.together(world.cast[act.who].seat)
        return replace(act, data=f"{act.data}&together={shown}")
    if in_talk := re.fullmatch(rf"/talks/{routes.TALK}/(turn/.*|draft|throw-away)/", act.url):
        return _in_talk(world, act, in_talk[1])
    if on := re.fullmatch(
        r"/understandings/(?:on/(\w+)/(?:propose|withdraw|set-aside)|yes)/", act.url
    ):
        return _on_their_page(world, act, on[1] or "a1")
    if act.url.startswith("/own/"):
        ours = asking.ours(world.cast[act.who].seat)
        ids = [each.id for each in (*ours.theirs, *ours.set_aside, *ours.accepted)]
        return replace(act, data=f"own={ids[0]}" if ids else "")
    if sealing := re.fullmatch(r"/decks/(\w+)/seal/", act.url):
        seat = world.cast[act.who].seat
        try:
            page = answering.page(seat, asking.deck(seat, sealing[1]))
        except asking.NotAsked:
            return act
        return replace(act, data=f"{act.data}&seen={answering.look_of(seat, page)}")
    found = re.fullmatch(r"/answers/(\w+)/(save|skip|hide|show|undo)/", act.url)
    if not found:
        return act
    try:
        deck, behaviour = asking.placed(world.cast[act.who].seat, found[1])
    except asking.NotAsked:
        return act
    version = answering.page(world.cast[act.who].seat, deck).row(behaviour).version
    return replace(act, data=f"{act.data}&seen={version}")


def _in_talk(world: World, act: Do, what: str) -> Do:
    """From the page of the talk as it is now, with the draft as it is now."""
    seat, purpose = world.cast[act.who].seat, parse_qs(act.data).get("purpose", [""])[0]
    try:
        talk = hearing.talk(seat, routes.TALK)
    except hearing.NotThere:
        return act
    kept = conversing.drafts(seat, talk, talk.me).get(purpose)
    seen = kept.version if kept else conversing.UNWRITTEN
    told = {"look": talk.seen, "seen": seen}
    return replace(act, data=f"{act.data}&{urlencode(told)}")


def _on_their_page(world: World, act: Do, behaviour: str) -> Do:
    """From the page of understandings as it is now."""
    seat = world.cast[act.who].seat
    told = {"together": pairing.together(seat), "seen": "0"}
    try:
        newest = agreeing.entry(seat, behaviour).newest
    except agreeing.NotThere:
        return replace(act, data=f"{act.data}&{urlencode(told)}")
    told |= {"seen": str(newest.number), "digest": newest.digest, "digests": newest.digest}
    return replace(act, data=f"{act.data}&{urlencode(told)}")


def _on_the_sheet(world: World, act: Do) -> Do:
    """From the page of the sheet for a therapist as it is now."""
    seat = world.cast[act.who].seat
    try:
        issue = releasing.issue(seat)
    except releasing.NotThere:
        issue = None
    told = {"together": pairing.together(seat), "digest": issue.digest if issue else ""}
    return replace(act, data=f"{act.data}&{urlencode(told)}")


def _undone(world: World, number: int, name: str, act: Do) -> None:
    client, posted = world.cast[act.who].client, len(mail.outbox)
    cookies = deepcopy(client.cookies)
    with transaction.atomic():
        _observe(world, number, name, act)
        transaction.set_rollback(True)
    client.cookies = cookies
    del mail.outbox[posted:]


def _observe(world: World, number: int, name: str, act: Do) -> None:
    if act.method in UNSAFE:
        cache.clear()  # a limit that the many probes reach is a matter of its own
    client = world.cast[act.who].client
    with world.listener.request(count_work=world.count_work) as noticed:
        response = _send(client, act)
    world.visited.add((name, act.method))
    if world.observer == OPERATOR:
        told = list(zip(noticed.statements, noticed.told, strict=True))
        world.seen.append((number, name, act.method, act.url, told, noticed.logged))
        return
    world.trespassed |= {
        owner for owner, opening in noticed.keys if owner not in world.own and not opening
    }
    world.seen.append(
        Seen(
            number,
            name,
            act.method,
            act.url,
            response.status_code,
            sorted(response.headers.items()),
            sorted((key, morsel.OutputString()) for key, morsel in response.cookies.items()),
            response.content,
            noticed.statements,
            noticed.work,
            noticed.logged,
            noticed.keys,
        )
    )


def _send(client: Client, act: Do) -> Any:
    return client.generic(act.method, act.url, act.data, content_type=FORM)


def _mails(world: World) -> list[tuple[Any, ...]]:
    everybodys = world.observer == OPERATOR
    address = "" if everybodys else world.cast[world.observer].user.email
    return [
        (letter.subject, str(letter.body), letter.from_email, tuple(letter.to))
        for letter in mail.outbox
        if everybodys or address in letter.to
    ]


@contextmanager
def _moment(number: int) -> Iterator[None]:
    """A step's own time and its own luck, whatever happened before it."""
    luck = random.Random(number)  # noqa: S311 luck that repeats is what is wanted
    with ExitStack() as stack:
        stack.enter_context(
            time_machine.travel(BEGINNING + timedelta(seconds=7 * number), tick=False)
        )
        for module, name, drawn in (
            (os, "urandom", luck.randbytes),
            (secrets, "choice", luck.choice),
            (secrets, "randbelow", luck.randrange),
            (secrets, "token_bytes", lambda n=32: luck.randbytes(n)),
            (secrets, "token_hex", lambda n=32: luck.randbytes(n).hex()),
            (secrets, "token_urlsafe", lambda n=32: luck.randbytes(n).hex()),
        ):
            stack.enter_context(mock.patch.object(module, name, drawn))
        stack.enter_context(mock.patch.multiple(Now, as_sqlite=_still, as_postgresql=_still))
        for module in (csrf, sessions):  # what a browser is given by chance tells of no other draw
            drawn = partial(_string, random.Random(f"{number} {module.__name__}"))  # noqa: S311
            stack.enter_context(mock.patch.object(module, "get_random_string", drawn))
        yield


def _still(now: Now, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:
    """The clock of the database stands still as well."""
    return "%s", [connection.ops.adapt_datetimefield_value(timezone.now())]


def _string(luck: random.Random, length: int, allowed_chars: str = RANDOM_STRING_CHARS) -> str:
    return "".join(luck.choices(allowed_chars, k=length))
