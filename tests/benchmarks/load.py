"""Visitors who do one thing again and again, each over a connection that stays open."""

from __future__ import annotations

import gzip
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlencode

CSRF = "a" * 32
SEEN = re.compile(rb'name="seen"[^>]*?\svalue="([^"]*)"')

type Step = tuple[str, dict[str, str] | None]  # where to, and what is sent there if anything


@dataclass
class Slice:
    """What a stretch of time brought: how many requests, how long each took."""

    wall: float = 0.0  # seconds
    cpu_site: float = 0.0
    cpu_database: float = 0.0
    taken: list[float] = field(default_factory=list)  # seconds


@dataclass
class Visitor:
    """One signed-in person, and the thing they do."""

    cookie: str
    steps: Callable[[Visitor], Iterator[Step]]
    expected: tuple[int, ...] = (200,)
    remembers: bool = False  # what the last answer was
    last: bytes = b""

    def seen(self) -> str:
        found = SEEN.search(self.last)
        return found[1].decode() if found else ""

    def talk(self) -> str:
        found = re.search(rb"/talks/[0-9a-f-]{36}/", self.last)
        return found[0].decode() if found else ""

    def look(self) -> str:
        found = re.search(rb'data-look="([^"]*)"', self.last)
        return found[1].decode() if found else ""


class Connection:
    def __init__(self, port: int) -> None:
        self.http = HTTPConnection("localhost", port)
        self.port = port

    def ask(self, cookie: str, step: Step, *, script: bool = False) -> tuple[HTTPResponse, bytes]:
        path, fields = step
        headers = {"Cookie": cookie, "Accept-Encoding": "gzip, br"}
        if fields is None:
            self.http.request("GET", path, headers=headers)
        else:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Origin": f"http://localhost:{self.port}",
            }
            if script:
                headers |= {"HX-Request": "true"}
            body = urlencode({"csrfmiddlewaretoken": CSRF, **fields})
            self.http.request("POST", path, body, headers)
        response = self.http.getresponse()
        return response, response.read()

    @staticmethod
    def text(response: HTTPResponse, body: bytes) -> bytes:
        """What was sent, unpacked."""
        packed = response.getheader("Content-Encoding") == "gzip"
        return gzip.decompress(body) if packed else body


def measure(port: int, visitors: list[Visitor], seconds: float) -> Slice:
    """All visitors at once, each as fast as they are answered. Raises on any other answer."""
    found = Slice()
    wrong: list[str] = []
    until = time.perf_counter() + seconds

    def visit(visitor: Visitor) -> None:
        connection = Connection(port)
        for step in visitor.steps(visitor):
            begun = time.perf_counter()
            if begun > until or wrong:
                break
            response, body = connection.ask(visitor.cookie, step, script=True)
            found.taken.append(time.perf_counter() - begun)
            if visitor.remembers:
                visitor.last = connection.text(response, body)
            if response.status not in visitor.expected:
                wrong.append(f"{step[0]} answered {response.status}")
        connection.http.close()

    begun = time.perf_counter()
    threads = [threading.Thread(target=visit, args=(visitor,)) for visitor in visitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found.wall = time.perf_counter() - begun
    if wrong:
        raise RuntimeError(wrong[0])
    return found


def weight(response: HTTPResponse, body: bytes) -> int:
    """Bytes of an answer on the wire, its headers among them (as HTTP/1.1 writes them)."""
    headers = sum(len(name) + len(value) + 4 for name, value in response.getheaders())
    return headers + len(body) + 20
