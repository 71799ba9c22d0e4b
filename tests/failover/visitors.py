"""Visitors who save one entry after another in their journals, and note which were acknowledged."""

from __future__ import annotations

import ssl
import threading
import time
import uuid
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPSConnection
from urllib.parse import urlencode

CSRF = "a" * 32

ENTRIES = 900  # of one person; a journal holds a thousand
PATIENCE = 15  # seconds; a browser has more
WITHOUT_CHECK = ssl._create_unverified_context()  # noqa: S323  its certificate is made for this run


@dataclass(frozen=True)
class Save:
    """An entry, and when it was acknowledged. The words are nobody else's."""

    words: str
    acknowledged: float


@dataclass
class Visitors:
    """So many at once, each pausing between two saves."""

    port: int
    cookies: list[str]
    count: int
    pause: float
    saves: list[Save] = field(default_factory=list)
    unsure: set[str] = field(default_factory=set)  # no answer came: stored or not, and never twice
    statuses: dict[int, int] = field(default_factory=dict)

    def __enter__(self) -> Visitors:
        self.ends = threading.Event()
        shares = [self.cookies[at :: self.count] for at in range(self.count)]
        self.threads = [threading.Thread(target=self._visit, args=(share,)) for share in shares]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ends.set()
        for thread in self.threads:
            thread.join()

    def _visit(self, cookies: list[str]) -> None:
        connection = self._connection()
        saved = 0
        while not self.ends.is_set():
            cookie = cookies[min(saved // ENTRIES, len(cookies) - 1)]
            page, words = uuid.uuid4(), f"words {uuid.uuid4()}"
            while not self.ends.is_set():  # the same entry again, as a person would press again
                status = self._send(connection, cookie, page, words)
                if status == 200:
                    self.saves.append(Save(words, time.monotonic()))
                    saved += 1
                    break
                self.unsure.add(words)
                if not status:
                    connection.close()
                    connection = self._connection()
                self.ends.wait(0.2)
            self.ends.wait(self.pause)
        connection.close()

    def _send(self, connection: HTTPSConnection, cookie: str, page: uuid.UUID, words: str) -> int:
        """The status of the answer; 0 if none came."""
        headers = {
            "Cookie": cookie,
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": f"https://localhost:{self.port}",
            "Sec-Fetch-Site": "same-origin",
            "HX-Request": "true",
        }
        body = urlencode({"csrfmiddlewaretoken": CSRF, "words": words, "seen": "", "prompt": ""})
        try:
            connection.request("POST", f"/journal/{page}/save/", body, headers)
            response = connection.getresponse()
            response.read()
        except (OSError, HTTPException):
            return 0
        self.statuses[response.status] = self.statuses.get(response.status, 0) + 1
        return response.status

    def _connection(self) -> HTTPSConnection:
        return HTTPSConnection("localhost", self.port, timeout=PATIENCE, context=WITHOUT_CHECK)

    def first_after(self, moment: float) -> float | None:
        """When the first save after a moment was acknowledged."""
        return min((at for one in self.saves if (at := one.acknowledged) > moment), default=None)
