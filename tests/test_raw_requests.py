"""The real server refuses malformed requests, or answers them once."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.benchmarks.server import Site

pytestmark = pytest.mark.once

HOST = b"Host: localhost\r\n"
LAST = b"Connection: close\r\n"
CL4, CL0 = b"Content-Length: 4\r\n", b"Content-Length: 0\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
SECOND = b"GET /help/ HTTP/1.1\r\n" + HOST + LAST + b"\r\n"
STATUS = re.compile(rb"^HTTP/1\.[01] (\d{3})", re.M)
WAIT = 3  # seconds for an answer on a busy machine

type Ask = Callable[[bytes], bytes]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Sends bytes to granian as it runs in production, and reads all of its answer."""
    folder: Path = tmp_path_factory.mktemp("raw")
    site = Site(f"sqlite:///{folder}/raw.sqlite3", folder / "log", settings="tests.settings")

    def ask(raw: bytes) -> bytes:
        with closing(socket.create_connection(("127.0.0.1", site.port), 10)) as line:
            line.settimeout(WAIT)
            heard = b""
            try:
                line.sendall(raw)
                while more := line.recv(65536):
                    heard += more
            except OSError:
                pass  # it waits for more, or has closed the connection
            return heard

    yield ask
    site.stop()
    log = (folder / "log").read_text()
    assert not re.search(r'Traceback|panicked|"status": 5', log)


def statuses(heard: bytes) -> list[int]:
    return [int(status) for status in STATUS.findall(heard)]


def get(path: bytes = b"/", *headers: bytes, method: bytes = b"GET") -> bytes:
    return method + b" " + path + b" HTTP/1.1\r\n" + HOST + LAST + b"".join(headers) + b"\r\n"


def post(*headers: bytes, body: bytes = b"", version: bytes = b"1.1") -> bytes:
    head = b"POST /join/code/ HTTP/" + version + b"\r\n" + HOST + FORM + b"".join(headers)
    return head + b"\r\n" + body


def test_every_valid_request_gets_one_response(ask: Ask) -> None:
    """Two requests on one connection are answered, or the tests below would prove nothing."""
    first = get().replace(LAST, b"")
    assert statuses(ask(get())) == [200]
    assert statuses(ask(get(method=b"HEAD"))) == [200]
    assert statuses(ask(post(LAST, b"Content-Length: 6\r\n", body=b"code=x"))) == [403]  # no token
    assert statuses(ask(first + SECOND)) == [200, 200]
    assert statuses(ask(post(CL4, body=b"abcd" + SECOND))) == [403, 200]


CHUNKED = b"Transfer-Encoding: chunked\r\n"
SMUGGLED = {
    "both lengths": post(CL4, CHUNKED, body=b"0\r\n\r\n" + SECOND),
    "both, the other way round": post(
        CHUNKED, b"Content-Length: 60\r\n", body=b"0\r\n\r\n" + SECOND
    ),
    "two lengths": post(CL4, CL0, body=b"abcd" + SECOND),
    "two in one": post(b"Content-Length: 4, 0\r\n", body=b"abcd" + SECOND),
    "a length with a sign": post(b"Content-Length: +4\r\n", body=b"abcd" + SECOND),
    "a negative length": post(b"Content-Length: -1\r\n", body=SECOND),
    "a length in hex": post(b"Content-Length: 0x4\r\n", body=b"abcd" + SECOND),
    "an encoding that is none": post(
        b"Transfer-Encoding: xchunked\r\n", body=b"0\r\n\r\n" + SECOND
    ),
    "chunked and more": post(b"Transfer-Encoding: chunked, x\r\n", body=b"0\r\n\r\n" + SECOND),
    "a blank before the colon": post(
        b"Transfer-Encoding : chunked\r\n", body=b"0\r\n\r\n" + SECOND
    ),
    "a folded line": post(b"X: a\r\n Transfer-Encoding: chunked\r\n", body=b"0\r\n\r\n" + SECOND),
    "chunks in HTTP/1.0": post(CHUNKED, version=b"1.0", body=b"0\r\n\r\n" + SECOND),
    "a chunk that is none": post(CHUNKED, body=b"zz\r\nab\r\n0\r\n\r\n" + SECOND),
    "an endless chunk": post(CHUNKED, body=b"f" * 20 + b"\r\nab\r\n0\r\n\r\n" + SECOND),
}


@pytest.mark.parametrize("how", SMUGGLED)
def test_no_second_request_is_smuggled_in(ask: Ask, how: str) -> None:
    """The end of a request is unambiguous, or the connection is closed.

    A proxy that reads it the other way would take the second answer for somebody else's.
    """
    came = statuses(ask(SMUGGLED[how]))

    assert len(came) <= 1
    assert all(400 <= status < 500 for status in came)


IMPROPER = {
    "TRACE": (get(method=b"TRACE"), {405}),
    "CONNECT": (get(b"localhost:1", method=b"CONNECT"), {400, 403, 404, 405}),
    "a method of somebody's own": (get(method=b"BREW"), {403, 405}),
    "a method in colour": (get(method=b"GET\x1b[31m"), {400}),
    "a method with a blank": (get(method=b"GE T"), {400}),
    "HTTP/0.9": (b"GET /\r\n\r\n", {400}),
    "HTTP/3.0": (b"GET / HTTP/3.0\r\n" + HOST + b"\r\n", {400}),
    "another site's host": (b"GET / HTTP/1.1\r\nHost: evil.example\r\n" + LAST + b"\r\n", {400}),
    "a host in the address": (get(b"http://evil.example/"), {200, 400}),
    "a header with NUL": (get(b"/", b"X: a\x00b\r\n"), {400}),
    "a header of a megabyte": (get(b"/", b"X: " + b"a" * 1_000_000 + b"\r\n"), {400, 431}),
    "a thousand headers": (get(b"/", *(b"X-%d: a\r\n" % at for at in range(1000))), {400, 431}),
    "an address of 100 kB": (get(b"/" + b"a" * 100_000), {400, 404, 414}),
    "another protocol": (get(b"/", b"Connection: Upgrade\r\nUpgrade: websocket\r\n"), {200, 400}),
    "HTTP/2 by the way": (get(b"/", b"Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"), {200}),
    "a part of a page": (get(b"/help/", b"Range: bytes=0-9\r\n"), {200}),
    "two sessions": (get(b"/", b"Cookie: sessionid=a; sessionid=b\r\n"), {200}),
    "cookies of 20 kB": (
        get(b"/", b"Cookie: sessionid=" + b"a" * 20_000 + b"\r\n"),
        {200, 400, 431},
    ),
    "a packed form": (
        post(LAST, CL4, b"Content-Encoding: gzip\r\n", body=b"\x1f\x8b\x08\x00"),
        {403},
    ),
    "nothing to post": (post(LAST), {403, 411}),
}


@pytest.mark.parametrize("what", IMPROPER)
def test_the_server_refuses_invalid_requests(ask: Ask, what: str) -> None:
    raw, meant = IMPROPER[what]

    came = statuses(ask(raw))

    assert len(came) <= 1
    assert set(came) <= meant


@pytest.mark.parametrize("path", [b"/static/", b"/static/css/", b"/static/js", b"/.git/", b"/.env"])
def test_no_folder_is_listed(ask: Ask, path: bytes) -> None:
    assert statuses(ask(get(path))) == [404]


@pytest.mark.parametrize("path", [b"/", b"/no-such-page", b"/static/css/base.css", b"/home/"])
def test_no_answer_says_which_version_serves_it(ask: Ask, path: bytes) -> None:
    head = ask(get(path)).partition(b"\r\n\r\n")[0].lower()

    assert not re.search(rb"^(x-powered-by|via):", head, re.M)
    assert re.search(rb"^server: granian\r$", head, re.M)  # the name without a version
    assert not re.search(rb"python|django|hyper", head)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (b"/", b"text/html; charset=utf-8"),
        (b"/no-such-page", b"text/html; charset=utf-8"),
        (b"/.well-known/security.txt", b"text/plain; charset=utf-8"),
        (b"/site.webmanifest", b"application/manifest+json"),
        (b"/static/css/base.css", b'text/css; charset="utf-8"'),
        (b"/static/js/leaving.js", b'text/javascript; charset="utf-8"'),
        (b"/static/img/mark.svg", b"image/svg+xml"),
    ],
)
def test_every_kind_of_answer_says_what_it_is(ask: Ask, path: bytes, kind: bytes) -> None:
    head = ask(get(path)).partition(b"\r\n\r\n")[0].lower()

    assert b"content-type: " + kind in head
