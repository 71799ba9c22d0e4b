"""What the observer gets to see: answers, mails, and what else leaves the server."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest import mock
from urllib.parse import urljoin, urlsplit

from django.core import mail
from django.core.cache import cache as limits
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.test import Client
from django.urls import Resolver404, resolve

from accounts.models import Letter
from accounts.outbox import LetterBackend
from boundaries.journal.models import Journal
from tests.privacy.steps import NOBODY, OPERATOR, Do
from tests.privacy.ways import DATE, ETAG, POLLING, Way
from tests.support import routes

if TYPE_CHECKING:
    from tests.privacy.worlds import World

FORM = "application/x-www-form-urlencoded"
LINK = re.compile(r"""(?:href|action|data-hx-get)="([^"#]*\?[^"#]*)""")
LOOK = re.compile(rb'data-look="([^"]*)"')


class Seen(NamedTuple):
    """One answer, and what else could be noticed of it."""

    number: int
    name: str
    method: str
    url: str
    way: str
    status: int
    reason: str
    headers: list[tuple[str, str]]
    cookies: list[tuple[str, str]]
    content: bytes
    # What comes now shows in no browser.
    statements: list[str]
    work: int
    logged: list[dict[str, str]]
    keys: list[tuple[str, bool]]
    tasks: list[Any]

    @property
    def answer(self) -> tuple[Any, ...]:
        return self[: self._fields.index("statements")]


def observe(world: World, number: int, name: str, act: Do) -> None:
    """Send the observer's request, and record everything that results from it."""
    client = world.cast[act.who].client
    way = act.way
    headers = _conditional_headers(world, act)
    begun = len(world.enqueued)
    with world.listener.request(count_work=world.count_work) as noticed:
        response = send(client, act, headers)
    world.visited.add((name, act.method))
    world.visited_ways.add((name, act.method, way.name))
    tasks = world.enqueued[begun:]
    if world.observer == OPERATOR:
        statements = list(zip(noticed.statements, noticed.parameters, strict=True))
        world.seen.append((number, name, act.method, act.url, statements, noticed.logged, tasks))
        return
    if world.observer != NOBODY:
        seat = world.cast[world.observer].seat  # whose journal may have been begun by this
        world.own |= {str(journal.pk) for journal in Journal.owned_by(seat)}
    world.trespassed |= {
        owner for owner, opening in noticed.keys if owner not in world.own and not opening
    }
    world.seen.append(
        Seen(
            number,
            name,
            act.method,
            act.url,
            way.name,
            response.status_code,
            response.reason_phrase,
            sorted(response.headers.items()),
            sorted((key, morsel.OutputString()) for key, morsel in response.cookies.items()),
            response.content,
            noticed.statements,
            noticed.work,
            noticed.logged,
            noticed.keys,
            tasks,
        )
    )
    for header in (ETAG, DATE):
        bore = response.headers.get({ETAG: "ETag", DATE: "Last-Modified"}[header])
        world.remembered[act.url, header] = bore or world.remembered.get((act.url, header))
    if look := LOOK.search(response.content):
        world.looks.setdefault(look[1].decode())


def undone(world: World, number: int, name: str, act: Do) -> None:
    """The same, but nothing comes of it: not even that it was counted towards a limit."""
    client, posted, enqueued = world.cast[act.who].client, len(mail.outbox), len(world.enqueued)
    cookies, counted = deepcopy(client.cookies), _counted()
    with transaction.atomic():
        observe(world, number, name, act)
        transaction.set_rollback(True)
    client.cookies = cookies
    del mail.outbox[posted:], world.enqueued[enqueued:]
    for kept, before in zip(_kept_by_the_cache(), counted, strict=True):
        kept.clear()
        kept.update(before)


def send(client: Client, act: Do, headers: dict[str, str] | None = None) -> Any:
    """One request, as it is written down."""
    sent_headers = dict(act.way.headers) if headers is None else headers
    url = act.way.url(act.url)
    return client.generic(act.method, url, act.data, content_type=FORM, headers=sent_headers)


def polled(world: World) -> list[Way]:
    """How an open page of the talk asks whether it moved on: the first page, and the newest."""
    looks = list(world.looks)
    return [
        replace(POLLING, name=f"polling from page {at}", query=f"look={look}")
        for at, look in zip(("one", "two"), dict.fromkeys([*looks[:1], *looks[-1:]]), strict=False)
    ]


def links(world: World, since: int) -> list[tuple[str, str, Way]]:
    """What the pages that were just looked at lead to, as far as there is a query in it."""
    found: dict[tuple[str, str], tuple[str, str, Way]] = {}
    for seen in world.seen[since:]:
        if not isinstance(seen, Seen) or b"<html" not in seen.content:
            continue
        for href in LINK.findall(seen.content.decode()):
            parts = urlsplit(urljoin(seen.url, unescape(href)))
            try:
                name = str(resolve(parts.path).url_name)
            except Resolver404:
                continue
            if parts.netloc in {"", "testserver"} and name != routes.LEAVE:
                way = Way(f"link ?{parts.query}", query=parts.query)
                found[parts.path, parts.query] = (name, parts.path, way)
    return list(found.values())


# Mails and tasks


@contextmanager
def posting(world: World) -> Iterator[None]:
    """Mails go the way they go in production: into a letter, by a task, and to the mail server."""
    whole, true = LetterBackend.send_messages, Letter.objects.bulk_create

    def overheard(backend: LetterBackend, messages: Any) -> int:
        world.written += [(message.recipients(), as_written(message)) for message in messages]
        return whole(backend, messages)

    def kept(letters: Any, **how: Any) -> Any:
        made = true(letters, **how)
        world.letters += [(letter.recipient, _letter(letter)) for letter in made]
        return made

    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(LetterBackend, "send_messages", overheard))
        stack.enter_context(mock.patch.object(Letter.objects, "bulk_create", kept))
        yield


def as_written(message: EmailMessage) -> dict[str, Any]:
    """All that was said to the mailer, whether or not it goes on from there."""
    return {
        name: str(value) if isinstance(value, str) or "__proxy__" in repr(type(value)) else value
        for name, value in sorted(vars(message).items())
        if name not in {"connection", "_connection"}
    }


def after_the_commit() -> None:
    """What waits for a commit is done: in a world there is none."""
    waiting: list[Any] = connection.run_on_commit
    while waiting:
        function = waiting.pop(0)[1]
        function()


def mails(world: World) -> list[Any]:
    """What of the mails of this step the observer gets, whole, and when."""
    everybodys = world.observer == OPERATOR
    address = "" if everybodys else world.cast[world.observer].user.email
    written, letters, posted = (*world.written,), (*world.letters,), (*mail.outbox,)
    world.written.clear()
    world.letters.clear()
    mail.outbox.clear()
    return [
        *(content for to, content in written if everybodys or address in to),
        *(content for to, content in letters if everybodys or address == to),
        *(
            as_posted(message)
            for message in posted
            if everybodys or address in message.recipients()
        ),
    ]


def as_posted(message: EmailMessage) -> tuple[Any, ...]:
    """The very bytes that a mail server is given, and to whom it says that they go."""
    return (message.from_email, message.recipients(), message.message().as_bytes())


def _letter(letter: Letter) -> dict[str, Any]:
    return {field.attname: getattr(letter, field.attname) for field in letter._meta.fields}


# What is counted, and what is set in type


def _kept_by_the_cache() -> tuple[dict[Any, Any], dict[Any, Any]]:
    """Of the cache that is used in tests, what it keeps and until when."""
    return limits._cache, limits._expire_info  # type: ignore[attr-defined]


def _counted() -> list[dict[Any, Any]]:
    return [dict(kept) for kept in _kept_by_the_cache()]


def _conditional_headers(world: World, act: Do) -> dict[str, str]:
    """The request's headers, with the ETag or date that its URL had when it was last fetched."""
    headers = dict(act.way.headers)
    for name, value in headers.items():
        if value in (ETAG, DATE):
            last = world.remembered.get((act.url, value))
            headers[name] = last or {ETAG: '"none"', DATE: "Fri, 02 Jan 2026 00:00:00 GMT"}[value]
    return headers


@contextmanager
def typesetting_once() -> Iterator[None]:
    """Replace Typst, which is slow, by its input: a PDF depends on nothing else."""

    def run(command: Any, *, input: bytes = b"", **how: Any) -> Any:
        inputs = json.dumps([str(command), input.decode(), repr(sorted(how.items()))]).encode()
        return subprocess.CompletedProcess(command, 0, b"%PDF instead: " + inputs, b"")

    with mock.patch("boundaries.downloads.typesetting.subprocess.run", run):
        yield


@contextmanager
def typesetting_for_real() -> Iterator[None]:
    """The PDF itself, made once for each page that there is."""
    with mock.patch("boundaries.downloads.typesetting.subprocess.run", _run_once):
        yield


true_run = subprocess.run
_made: dict[str, Any] = {}


def _run_once(command: Any, **how: Any) -> Any:
    key = repr((command, sorted(how.items())))
    if key not in _made:
        _made[key] = true_run(command, **how)
    return _made[key]
