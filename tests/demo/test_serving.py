"""`manage.py serve_demo` as a process: it starts empty, is emptied, and leaves nothing behind."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

pytestmark = [pytest.mark.turns(4), pytest.mark.once]

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 60  # seconds; a machine may be busy
SECONDS = 6  # between two resets


class Visitor:
    """A browser without scripts."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> tuple[str, str]:
        """Where this leads, and the page there."""
        with self.opener.open(self.site + path, timeout=20) as answer:
            return urllib.parse.urlsplit(answer.url).path, answer.read().decode()

    def press(self, action: str) -> str:
        """Press the button of a form on the sign-in page. Returns where it leads."""
        _, page = self.get("/account/login/")
        form = re.search(rf'<form action="{action}".*?</form>', page, re.DOTALL)
        assert form
        token = re.findall(r'csrfmiddlewaretoken" value="(\w+)"', form[0])
        body = urllib.parse.urlencode({"csrfmiddlewaretoken": token[0]}).encode()
        with self.opener.open(self.site + action, body, timeout=20) as answer:
            return str(urllib.parse.urlsplit(answer.url).path)


def until(true: Callable[[], object], why: str) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            if true():
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise AssertionError(why)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def start(folder: Path, port: int | str) -> subprocess.Popen[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "tests.demo.settings",
        "SITE_URL": f"http://localhost:{port}" if isinstance(port, int) else "http://localhost",
        "TESTS_FOLDER": str(folder),
        "TESTS_MINUTES": str(SECONDS / 60),
    }
    return subprocess.Popen(
        [sys.executable, "manage.py", "serve_demo", "--port", str(port)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A demo that is started on what an earlier one may have left."""
    (tmp_path / "common-ground.sqlite3").write_text("left over")
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "1.eml").write_text("left over")
    port = free_port()
    site = f"http://localhost:{port}"
    with start(tmp_path, port) as process:
        try:
            until(lambda: process.poll() is None and Visitor(site).get("/healthz"), "no start")
            yield process, site
        finally:
            process.terminate()  # kill would leave its server behind
            process.communicate(timeout=PATIENCE)


def test_it_is_emptied_while_it_runs_and_leaves_nothing(
    demo: tuple[subprocess.Popen[str], str], tmp_path: Path
) -> None:
    process, site = demo
    visitor = Visitor(site)
    assert not (tmp_path / "mail").exists()
    assert "A demo." in visitor.get("/")[1]

    until(lambda: visitor.press("/demo/asha/") == "/home/", "nobody could sign in")
    until(lambda: visitor.get("/home/")[0] == "/account/login/", "it was not emptied")
    until(lambda: visitor.press("/demo/ravi/") == "/home/", "nobody could sign in again")
    process.terminate()
    output, _ = process.communicate(timeout=PATIENCE)

    assert process.returncode == 0, output
    assert not list(tmp_path.iterdir())
    with pytest.raises(OSError, match="refused"):
        visitor.get("/healthz")
    assert re.findall(r"(\w+)@demo\.example with the password \S{12}", output) == ["asha", "ravi"]
    assert "ERROR" not in output
    assert "Traceback" not in output


def test_a_second_demo_leaves_the_first_as_it_is(
    demo: tuple[subprocess.Popen[str], str], tmp_path: Path
) -> None:
    first, site = demo
    database = (tmp_path / "common-ground.sqlite3").stat().st_ino
    port = int(site.rpartition(":")[2])

    for other in (port, free_port()):
        with start(tmp_path, other) as second:
            output, _ = second.communicate(timeout=PATIENCE)
        assert output == "CommandError: A demo already runs here. Stop it first.\n"
        assert second.returncode == 1

    assert first.poll() is None
    assert (tmp_path / "common-ground.sqlite3").stat().st_ino == database
    until(lambda: Visitor(site).press("/demo/asha/") == "/home/", "nobody could sign in")


def test_a_taken_port_is_said_in_one_line_before_anything_is_deleted(tmp_path: Path) -> None:
    (tmp_path / "something").write_text("of somebody else")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with start(tmp_path, port) as demo:
            output, _ = demo.communicate(timeout=PATIENCE)

    assert output == f"CommandError: Port {port} is taken: make try PORT=8123\n"
    assert demo.returncode == 1
    assert [path.name for path in tmp_path.iterdir()] == ["something"]


@pytest.mark.parametrize("port", ["abc", "0", "70000", "80 80", ""])
def test_what_is_no_port_is_said_in_one_line(tmp_path: Path, port: str) -> None:
    with start(tmp_path, port) as demo:
        try:
            output, _ = demo.communicate(timeout=PATIENCE)
        finally:
            demo.terminate()

    assert output == (
        f"CommandError: A port is a number from 1 to 65535, so it can’t be “{port}”:"
        " make try PORT=8123\n"
    )
    assert demo.returncode == 1
