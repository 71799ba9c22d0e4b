"""Twin worlds: one history replayed twice, with two different secrets, and everything compared.

Non-interference by self-composition: what one person can observe must be equal as data in both
worlds. Time stands still and randomness is drawn anew from the number of each step, so that nothing
has to be blanked out before comparing, but for the names of savepoints.
"""

from __future__ import annotations

import gc
import os
import random
import re
import secrets
import sys
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from unittest import mock
from urllib.parse import parse_qs, urlencode

import time_machine
from django.core import mail
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.urls import resolve

from boundaries import (
    agreeing,
    answering,
    asking,
    conversing,
    exporting,
    pairing,
    typesetting,
)
from boundaries.models.conversations import Conversation
from tests import routes
from tests.conftest import Person, pair, person
from tests.policy import POLICY

BEGINNING = datetime(2026, 1, 1, 12, tzinfo=UTC)
SAVEPOINT = re.compile(r"s\d+_x\d+")
SAFE = ("GET", "HEAD", "OPTIONS")
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
FORM = "application/x-www-form-urlencoded"
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


@dataclass(frozen=True)
class Probe:
    """The observer sends every unsafe request that is taken, but for one. Each is undone."""

    but: str = ""  # the route of what may show something, since it answers it in kind


type Step = tuple[Do, ...] | Watch | Probe
type History = list[Step]


@dataclass
class World:
    """The cast, and what the observer has seen."""

    observer: str
    count_work: bool = False
    cast: dict[str, Person] = field(default_factory=dict)
    seen: list[tuple[Any, ...]] = field(default_factory=list)
    visited: set[tuple[str, str]] = field(default_factory=set)


def live(history: History, *, observer: str = "alice", count_work: bool = False) -> World:
    """Replay a history in a world of its own, which is gone afterwards."""
    world = World(observer, count_work)
    with transaction.atomic(), one_talk(), mock.patch.object(typesetting, "typeset", _to_be_set):
        with _moment(0):
            _populate(world)
        for number, step in enumerate(history, start=1):
            with _moment(number):
                _live_through(world, number, step)
            world.seen.append((number, "mail", _mails(world)))
        transaction.set_rollback(True)
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


def first_difference(one: World, other: World) -> str:
    """What the observer could tell the two worlds apart by, or nothing."""
    for seen, instead in zip(one.seen, other.seen, strict=True):
        if seen != instead:
            parts = [(a, b) for a, b in zip(seen, instead, strict=True) if a != b]
            return f"{seen[:4]}: {str(parts[0][0])[:300]} | {str(parts[0][1])[:300]}"
    return ""


def _populate(world: World) -> None:
    mail.outbox.clear()
    cache.clear()
    for name in ("Alice", "Bob", "Charlie", "Dana", "Erin"):
        world.cast[name.lower()] = person(name)
        world.cast[name.lower()].client.raise_request_exception = False  # an error shows, too
    cast = world.cast
    pair(cast["erin"], cast["bob"])
    cast["erin"].client.post("/partner/part/")
    pair(cast["alice"], cast["bob"])
    pair(cast["charlie"], cast["dana"])
    asking.put_forward(cast["alice"].seat, "Something they both accepted")
    asking.accept(cast["bob"].seat, asking.ours(cast["bob"].seat).theirs[0].id)
    asking.put_forward(cast["alice"].seat, "Something Alice put forward")
    mail.outbox.clear()


def _live_through(world: World, number: int, step: Step) -> None:
    match step:
        case Watch(everything=everything):
            observer = world.cast[world.observer]
            for name, url in ADDRESSES:
                if everything or (name in OURS and taken(name, "GET")):
                    look = _undone if name == routes.LEAVE else _observe
                    for method in SAFE if everything else ("GET",):
                        look(world, number, name, Do(world.observer, method, url))
            world.seen.append((number, "taken along", exporting.data(observer.seat)))
        case Probe(but=but):
            for name, url in ADDRESSES:
                for method in [each for each in UNSAFE if taken(name, each) and name != but]:
                    probe = Do(world.observer, method, url, PROBE)
                    if (
                        name in {"answering-seal", "asking-opt-in"}
                        or "-turn-" in name
                        or "understandings" in url
                    ):
                        probe = _up_to_date(world, probe)
                    _undone(world, number, name, probe)
        case _:
            for act in map(partial(_up_to_date, world), step):
                if act.who == world.observer:
                    _observe(world, number, "own act", act)
                else:
                    _send(world.cast[act.who].client, act)


def _up_to_date(world: World, act: Do) -> Do:
    """The same act from a page that was just looked at: with what its hidden fields hold."""
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
        talk = conversing.talk(seat, routes.TALK)
    except conversing.NotThere:
        return act
    kept = conversing.drafts(seat, talk, talk.me).get(purpose)
    seen = kept.version if kept else conversing.UNWRITTEN
    told = {"look": talk.seen, "seen": seen, "called": pairing.called(talk.names)}
    return replace(act, data=f"{act.data}&{urlencode(told)}")


def _on_their_page(world: World, act: Do, behaviour: str) -> Do:
    """From the page of understandings as it is now."""
    seat = world.cast[act.who].seat
    called = pairing.called(pairing.names(seat))
    told = {"together": pairing.together(seat), "called": called, "seen": "0"}
    try:
        newest = agreeing.entry(seat, behaviour).newest
    except agreeing.NotThere:
        return replace(act, data=f"{act.data}&{urlencode(told)}")
    told |= {"seen": str(newest.number), "digest": newest.digest, "digests": newest.digest}
    return replace(act, data=f"{act.data}&{urlencode(told)}")


def _undone(world: World, number: int, name: str, act: Do) -> None:
    client, posted = world.cast[world.observer].client, len(mail.outbox)
    cookies = deepcopy(client.cookies)
    with transaction.atomic():
        _observe(world, number, name, act)
        transaction.set_rollback(True)
    client.cookies = cookies
    del mail.outbox[posted:]


def _observe(world: World, number: int, name: str, act: Do) -> None:
    if act.method in UNSAFE:
        cache.clear()  # a limit that the many probes reach is a matter of its own
    statements: list[str] = []
    work = 0

    def record(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append(SAVEPOINT.sub("savepoint", sql))
        return execute(sql, params, many, context)

    client = world.cast[world.observer].client
    with connection.execute_wrapper(record):
        if world.count_work:
            with _counted() as calls:
                response = _send(client, act)
            work = calls[0]
        else:
            response = _send(client, act)
    world.visited.add((name, act.method))
    world.seen.append(
        (
            number,
            name,
            act.method,
            act.url,
            response.status_code,
            sorted(response.headers.items()),
            sorted((key, morsel.OutputString()) for key, morsel in response.cookies.items()),
            response.content,
            statements,
            work,
        )
    )


def _send(client: Client, act: Do) -> Any:
    return client.generic(act.method, act.url, act.data, content_type=FORM)


def _mails(world: World) -> list[tuple[Any, ...]]:
    address = world.cast[world.observer].user.email
    return [
        (letter.subject, str(letter.body), letter.from_email, tuple(letter.to))
        for letter in mail.outbox
        if address in letter.to
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
        yield


@contextmanager
def _counted() -> Iterator[list[int]]:
    """How many Python functions are entered: work that shows in no byte and in no query."""
    calls = [0]

    def entered(*_: object) -> None:
        calls[0] += 1

    monitoring = sys.monitoring
    gc.collect()
    gc.disable()
    monitoring.use_tool_id(4, "work")
    monitoring.register_callback(4, monitoring.events.PY_START, entered)
    monitoring.set_events(4, monitoring.events.PY_START)
    try:
        yield calls
    finally:
        monitoring.set_events(4, 0)
        monitoring.free_tool_id(4)
        gc.enable()
