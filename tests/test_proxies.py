"""The site behind deploy/Caddyfile and deploy/nginx.conf, by real programs: what people depend on.

Debian's Caddy and nginx run in front of granian, which runs as the image starts it.
"""

from __future__ import annotations

import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.support import proxies
from tests.support.databases import free_port
from tests.support.hosted import Hosted
from tests.support.proxies import DEPLOY, Proxy
from tests.support.visiting import Browser
from tests.test_troubleshooting import TROUBLESHOOTING

CADDYFILE, NGINX = ((DEPLOY / name).read_text() for name in ("Caddyfile", "nginx.conf"))
SECRET = "CODE-THAT-NO-LOG-HOLDS"
LIMIT = 64 * 1024
SPOOFED = {
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Proto": "http",
    "X-Forwarded-Host": "evil.example",
    "X-Real-IP": "203.0.113.9",
    "Forwarded": "for=203.0.113.9;proto=http;host=evil.example",
}
SAFE = {
    "Strict-Transport-Security", "Content-Security-Policy", "X-Content-Type-Options",
    "X-Frame-Options", "Referrer-Policy", "Cache-Control", "X-Robots-Tag",
}  # fmt: skip


@dataclass
class Place:
    """A proxy, the site behind it, and one browser."""

    proxy: Proxy
    site: Hosted
    browser: Browser


@pytest.fixture(scope="module", params=list(proxies.KINDS))
def place(request: pytest.FixtureRequest, tmp_path_factory: Any) -> Iterator[Place]:
    if proxies.found(request.param) is None:
        pytest.skip(proxies.HOW_TO_GET_THEM)
    port = free_port()
    site = Hosted(f"https://localhost:{port}", tmp_path_factory.mktemp("site"))
    proxy = proxies.KINDS[request.param](site.port, tmp_path_factory.mktemp("proxy"), port)
    yield Place(proxy, site, Browser(proxy.site, proxy.trust()))
    proxy.stop()
    site.stop()


def status_and_headers(raw: bytes) -> tuple[int, dict[str, str]]:
    head = raw.partition(b"\r\n\r\n")[0].decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in head[1:])
    return int(head[0].split()[1]), {name.title(): value for name, value in headers.items()}


def asked(proxy: Proxy, request: str) -> bytes:
    """The answer to a raw request, until the connection or an error page ends."""
    heard = b""
    with closing(proxy.line()) as line, suppress(ConnectionError):
        line.settimeout(15)
        with suppress(ConnectionError):  # it may answer before it has read everything
            line.sendall(request.encode())
        while b"</html>" not in heard and (more := line.recv(65536)):
            heard += more
    return heard


@pytest.mark.once
@pytest.mark.skipif(proxies.found("caddy") is None, reason=proxies.HOW_TO_GET_THEM)
@pytest.mark.parametrize(
    ("environment", "why"),
    [
        ({}, "'site_url is not set'"),
        ({"SITE_URL": ""}, "server block without any key"),
    ],
)
def test_caddy_does_not_start_without_the_address_of_the_site(
    tmp_path: Path, environment: dict[str, str], why: str
) -> None:
    done = subprocess.run(
        [str(proxies.found("caddy")), "run", "--config", str(proxies.DEPLOY / "Caddyfile")],
        env={"HOME": str(tmp_path), **environment},
        capture_output=True,
        text=True,
        timeout=30,
    )

    assert done.returncode == 1
    assert why in done.stderr
    assert why in TROUBLESHOOTING


@pytest.mark.deep
@pytest.mark.once
def test_somebody_signs_up_answers_and_signs_out(place: Place) -> None:
    browser, mails = place.browser, place.site.mail_server

    browser.open("/account/signup/")
    browser.send("/account/signup/", first_name="Nora", email="nora@example.org", adult="on")
    mail = mails.next_mail().get_body(("plain",))
    assert mail is not None
    words = str(mail.get_content())
    assert re.findall(r"\S+://\S+", words) == [browser.site]
    code = re.search(r"\b\d{6}\b", words)
    assert code
    browser.send("/account/confirm-email/", code=code[0])
    card = browser.send("/yes/say/")
    assert re.fullmatch(r".*/answers/\w+/", card.url), card.url
    saved = browser.send("/answers/.*/save/", partners="acceptable", mine="acceptable")

    assert saved.status == 200
    assert saved.url.startswith(browser.site)
    assert browser.open("/home/").status == 200
    assert {cookie.secure for cookie in browser.cookies()} == {True}
    assert all(cookie.name.startswith("__Host-") for cookie in browser.cookies())


@pytest.mark.deep
@pytest.mark.once
def test_the_headers_are_those_of_the_site_and_each_comes_once(place: Place) -> None:
    answer = place.browser.open("/account/login/")

    names = [name.title() for name in answer.headers if name.lower() != "set-cookie"]
    assert sorted(names) == sorted(set(names))
    assert set(names) >= {*SAFE, "Permissions-Policy", "Cross-Origin-Opener-Policy"}
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Encoding"] is None
    assert not re.search(r"\d|caddy|granian", answer.headers.get("Server", ""), re.I)
    assert "Via" not in answer.headers


@pytest.mark.deep
@pytest.mark.once
def test_pages_are_compressed_by_the_site_alone(place: Place) -> None:
    """The length it adds at random differs, so two answers for the same page do as well."""
    request = (
        f"GET /help/ HTTP/1.1\r\nHost: localhost:{place.proxy.port}\r\n"
        "Accept-Encoding: gzip, br, zstd\r\nConnection: close\r\n\r\n"
    )
    answers = [asked(place.proxy, request) for _ in range(4)]

    encodings = {status_and_headers(raw)[1]["Content-Encoding"] for raw in answers}
    assert encodings == {"gzip"}
    assert len({len(raw) for raw in answers}) > 1


@pytest.mark.deep
@pytest.mark.once
def test_plain_http_leads_to_https(place: Place) -> None:
    with closing(HTTPConnection("127.0.0.1", place.proxy.plain_port, timeout=10)) as connection:
        connection.request("GET", "/help/", headers={"Host": "localhost"})
        answer = connection.getresponse()
        answer.read()

    assert answer.status == 308
    where = urlsplit(answer.headers["Location"])
    assert (where.scheme, where.hostname, where.path) == ("https", "localhost", "/help/")


@pytest.mark.deep
@pytest.mark.once
def test_other_names_get_nothing_of_the_site(place: Place) -> None:
    """A certificate for another name cannot be had, and another Host gets no page."""
    with pytest.raises(OSError, match=r"(?i)alert|unrecognized|eof|reset"):
        place.proxy.line("evil.example")
    for host in ("evil.example", f"localhost.evil.example:{place.proxy.port}"):
        heard = asked(place.proxy, f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
        assert b"Common Ground" not in heard


@pytest.mark.deep
@pytest.mark.once
def test_a_body_over_the_limit_is_refused_before_the_site_sees_it(place: Place) -> None:
    before = place.site.logged()
    post = f"POST /join/code/ HTTP/1.1\r\nHost: localhost:{place.proxy.port}\r\n"

    refusals = [
        asked(place.proxy, f"{post}Content-Length: {length}\r\n\r\n{'a' * sent}")
        for length, sent in ((66_000, 66_000), (99_999, 99_999), (100_000, 100_000), (10**10, 0))
    ]

    for status, headers in map(status_and_headers, refusals):
        assert status == 413
        assert set(headers) >= {name.title() for name in SAFE}
    assert "joining-enter" not in place.site.logged().removeprefix(before)
    chunk = f"{LIMIT + 1:x}\r\n{'a' * (LIMIT + 1)}\r\n0\r\n\r\n"
    refused = asked(place.proxy, f"{post}Transfer-Encoding: chunked\r\n\r\n{chunk}")
    assert status_and_headers(refused)[0] >= 400
    assert place.browser.open("/join/code/", b"a" * LIMIT).status == 403  # the site: no token
    assert "joining-enter" in place.site.logged().removeprefix(before)


@pytest.mark.deep
@pytest.mark.once
def test_a_huge_header_is_refused(place: Place) -> None:
    answer = place.browser.open("/help/", headers={"X-Filler": "a" * 40_000})

    assert answer.status in {400, 431, 494}
    assert "Common Ground" not in answer.text


@pytest.mark.deep
@pytest.mark.once
def test_what_a_visitor_claims_about_themselves_is_overwritten(
    place: Place, tmp_path: Path
) -> None:
    """Seen by a site that shows what reached it."""
    received: list[Message] = []

    class Echo(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            received.append(self.headers)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *args: object) -> None: ...

    echo = HTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=echo.serve_forever, daemon=True).start()
    proxy = type(place.proxy)(echo.server_port, tmp_path, free_port())
    try:
        Browser(proxy.site, proxy.trust()).open("/", headers=SPOOFED)
    finally:
        proxy.stop()
        echo.shutdown()
        echo.server_close()

    headers = received[0]
    assert headers.get_all("X-Forwarded-For") == ["127.0.0.1"]
    assert headers.get_all("X-Forwarded-Proto") == ["https"]
    assert headers.get_all("Host") == [f"localhost:{proxy.port}"]
    assert not re.search(r"203\.0\.113\.9|evil", str(headers))


@pytest.mark.once
@pytest.mark.skipif(proxies.found("caddy") is None, reason=proxies.HOW_TO_GET_THEM)
def test_with_caddy_a_page_waits_for_a_site_that_restarts(tmp_path: Path) -> None:
    """A form is refused at once and never reaches the site: an old Caddy would lose its words."""
    received: list[str] = []

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            received.append(self.command)
            self.send_response(204)
            self.end_headers()

        do_POST = do_GET

        def log_message(self, *args: object) -> None: ...

    def start() -> None:
        with HTTPServer(("127.0.0.1", upstream), Site) as site:
            site.timeout = 10
            site.handle_request()

    upstream = free_port()
    proxy = proxies.KINDS["caddy"](upstream, tmp_path, free_port())
    browser = Browser(proxy.site, proxy.trust())
    starting = threading.Timer(2, start)
    try:
        form = browser.open("/answers/", b"words=mine")
        starting.start()
        page = browser.open("/answers/")
    finally:
        proxy.stop()
        starting.join()

    assert form.status == 502
    assert "Nothing you have saved is lost" in form.text
    assert page.status == 204
    assert received == ["GET"]


@pytest.mark.deep
@pytest.mark.once
def test_while_the_site_is_down_nothing_is_given_away(place: Place) -> None:
    """Must stay the last of those that need the site: it stops it."""
    place.site.stop_the_site()
    answer = place.browser.open(f"/join/code/?code={SECRET}", b"code=" + SECRET.encode())

    assert answer.status in {502, 503}
    assert set(answer.headers) >= SAFE
    assert "Please try again" in answer.text
    assert not re.search(r"127\.0\.0\.1|caddy|nginx|granian|dial|upstream", answer.text, re.I)


@pytest.mark.deep
@pytest.mark.once
def test_no_log_says_who_asked_for_what(place: Place) -> None:
    """After all of the above, and with the site stopped."""
    place.browser.open(f"/join/code/?code={SECRET}")
    logged = place.proxy.everything_logged()

    assert SECRET not in logged
    assert not re.search(r"/join/|/account/|/answers/|/help/|nora@", logged)


def test_both_files_ask_for_the_same() -> None:
    """What can be seen without starting them."""
    safe = {name: re.findall(rf'{name} "([^"]*)"', CADDYFILE) for name in SAFE}

    assert {name: re.findall(rf'add_header {name} "([^"]*)" always;', NGINX) for name in SAFE} == {
        name: values[:1] for name, values in safe.items()
    }
    assert all(safe.values())
    assert "max_size 64KiB" in CADDYFILE
    assert "client_max_body_size 64k;" in NGINX
    assert "gzip off;" in NGINX
    assert not re.search(r"^\s*encode\b", CADDYFILE, re.M)
    page = (DEPLOY / "error.html").read_text().replace("\n", "").replace('"', "'")
    text = re.search(r"<h1>.*</p>", page)
    assert text
    assert text[0] in CADDYFILE


def test_neither_keeps_a_log_of_requests() -> None:
    servers = re.findall(r"^server \{.*?^\}", NGINX, re.M | re.S)

    assert len(servers) == 4
    assert all("access_log off;" in server for server in servers)
    assert "error_log /var/log/nginx/common-ground.log crit;" in NGINX
    site = CADDYFILE.partition("{$SITE_URL} {")[2]
    assert not re.search(r"^\s*log\b", site, re.M)
    assert re.search(r"fields \{\s+request delete\s+\}", CADDYFILE)


def test_nginx_overwrites_each_header_that_a_visitor_could_forge() -> None:
    """Caddy does so unasked."""
    overwritten = dict(re.findall(r"proxy_set_header (\S+) (\S+);", NGINX))

    assert set(SPOOFED) <= set(overwritten)
    assert overwritten["X-Forwarded-For"] == "$remote_addr"
    assert overwritten["X-Forwarded-Proto"] == "https"
    assert "trusted_proxies" not in CADDYFILE


def test_the_commands_for_nginx_put_in_the_name_and_all_files() -> None:
    """As docs/reverse-proxy.md says."""
    words = (DEPLOY.parent / "docs" / "reverse-proxy.md").read_text()
    replaced = re.search(r"sed -i '(s/.*?/)'", words)
    assert replaced
    done = subprocess.run(
        ["/bin/sed", replaced[1]], input=NGINX, capture_output=True, text=True, check=True
    )

    assert not re.search(r"(?<!ground\.)example\.org", done.stdout)
    assert done.stdout.count("ground.example.org") == NGINX.count("example.org")
    for file, folder in re.findall(r"deploy/(\S+) (/\S+)$", words, re.M):
        assert (DEPLOY / file).exists(), file
        assert folder.startswith(("/etc/", "/var/www/"))
    assert "root /var/www/common-ground;" in NGINX
    assert "rewrite ^ /error.html break;" in NGINX
