"""A whole site on this machine, to which faults happen."""

from __future__ import annotations

import re
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import psycopg

from tests.support import databases
from tests.support.hosted import ROOT, Hosted
from tests.support.visiting import Browser

Fault = Callable[["Site"], str]
FAULTS: dict[str, tuple[str, str, Fault]] = {}
CODE = re.compile(r"^(\d{3}-?\d{3})\s*$", re.M)


def fault(what: str, target: str) -> Callable[[Fault], Fault]:
    """Register a function that causes a fault, and says what it has measured.

    It raises AssertionError if the target is missed.
    """

    def register(function: Fault) -> Fault:
        FAULTS[function.__name__] = (what, target, function)
        return function

    return register


@dataclass
class Site:
    """The site, its database, and somebody who is signed in."""

    hosted: Hosted
    server: databases.Server
    database: str
    visitor: Browser

    @property
    def url(self) -> str:
        return f"http://localhost:{self.hosted.port}"

    def visitor_trust(self) -> ssl.SSLContext:
        return ssl.create_default_context()

    def sql(self, statement: str, *values: Any) -> list[Any]:
        with psycopg.connect(self.database, autocommit=True) as connection:
            cursor = connection.execute(statement.encode(), values or None)
            return cursor.fetchall() if cursor.description else []

    def manage(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=self.hosted.variables | variables, capture_output=True, text=True,
        )  # fmt: skip

    def letters(self, number: int, *, urgent: bool = False) -> None:
        """Letters that wait, as the site writes them."""
        self.sql(
            "INSERT INTO accounts_letter (id, sender, recipient, subject, body, written_at,"
            " tried_at, urgent) SELECT gen_random_uuid(), 'us@example.org',"
            " 'a' || g || '@example.org', 'A letter', 'Hello', now(), now(), %s"
            " FROM generate_series(1, %s) g",
            urgent, number,
        )  # fmt: skip

    def logged(self, name: str) -> list[str]:
        return (self.hosted.folder / f"{name}-log").read_text().splitlines()


@dataclass
class Seen:
    """What requests got, one after another."""

    statuses: list[int] = field(default_factory=list)
    took: list[float] = field(default_factory=list)

    @property
    def slowest(self) -> float:
        return max(self.took, default=0.0)

    @property
    def counts(self) -> str:
        return ", ".join(f"{self.statuses.count(one)} x {one}" for one in sorted({*self.statuses}))


def get(url: str, cookie: str = "") -> int:
    """The status; 0 if there was no answer at all."""
    headers = {"Host": "localhost", "Cookie": cookie} if cookie else {"Host": "localhost"}
    try:
        with urlopen(Request(url, headers=headers), timeout=30) as answer:  # noqa: S310
            return int(answer.status)
    except HTTPError as refused:
        return refused.code
    except (URLError, OSError):
        return 0


@contextmanager
def asking(site: Site, path: str, *, signed_in: bool = False, pause: float = 0.1) -> Iterator[Seen]:
    """Ask for a page again and again, in the background."""
    seen, stop = Seen(), threading.Event()
    cookie = cookies(site.visitor) if signed_in else ""

    def ask() -> None:
        while not stop.is_set():
            begun = time.monotonic()
            status = get(f"{site.url}{path}", cookie)
            seen.took.append(time.monotonic() - begun)
            seen.statuses.append(status)
            stop.wait(pause)

    threads = [threading.Thread(target=ask, daemon=True) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        stop.set()
        for thread in threads:
            thread.join(40)


def cookies(visitor: Browser) -> str:
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in visitor.cookies())


def until(condition: Callable[[], object], seconds: float, what: str) -> float:
    """How long it took, in seconds. Raises AssertionError if it did not come true in time."""
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < seconds, f"{what}: not within {seconds} s"
        time.sleep(0.02)
    return time.monotonic() - begun


def median(measure: Callable[[], float], times: int) -> float:
    return statistics.median(measure() for _ in range(times))


def sign_up(site: Site, address: str) -> Browser:
    """A new visitor, who types the code of the mail."""
    visitor = Browser(site.url, ssl.create_default_context())
    ask_for_code(site, visitor, address)
    type_code(site, visitor)
    return visitor


def ask_for_code(site: Site, visitor: Browser, address: str) -> None:
    visitor.open("/account/signup/")
    visitor.send("/account/signup/.*", first_name="Ada", email=address, adult="on")


def type_code(site: Site, visitor: Browser) -> None:
    mail = site.hosted.mail_server.next_mail()
    body: Any = mail.get_body(("plain",))
    found = CODE.search(body.get_content())
    assert found, "there is no code in the mail"
    answer = visitor.send("/account/confirm-email/.*|", code=found[1])
    assert answer.url.endswith("/yes/"), answer.url  # the page after the code, at sign-up


@contextmanager
def running() -> Iterator[Site]:
    found = databases.binaries()
    assert found, "PostgreSQL is needed: its initdb was not found"
    server = databases.Server(found, quick=False)
    folder = Path(tempfile.mkdtemp(prefix="common-ground-faults-"))
    database = server.make("site")
    hosted = Hosted("http://localhost:8000", folder, database)
    site = Site(hosted, server, database, Browser("", ssl.create_default_context()))
    try:
        site.visitor = sign_up(site, "ada@example.org")
        yield site
    finally:
        hosted.stop()
        server.stop()
