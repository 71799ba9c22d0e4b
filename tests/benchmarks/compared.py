"""`make bench BEFORE=COMMIT`: this build beside an earlier one, in one run.

Each request is asked of both builds in turns, on databases of their own with the same couples:
first in a process of each, which counts nothing but the request, then of granian, with four
visitors at once. Every figure is processor time, as a part of what the floor of the earlier build
takes. The plain project in `tests/benchmarks/plain` shares no code with the site, and stays as it
is: it says how the floor itself has changed.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlencode, urlsplit

from tests.benchmarks.__main__ import a_request, collect_static, crowd, measured, started
from tests.benchmarks.aims import write_between
from tests.benchmarks.kinds import KINDS, Kind
from tests.benchmarks.load import CSRF, Slice, Step, Visitor
from tests.benchmarks.server import ROOT, Site, cpu_of, environment
from tests.support import databases

COUPLES = 1_000
ROUNDS, REQUESTS, WARMING_UP = 20, 10, 10  # in process
SERVED_ROUNDS, SECONDS = 6, 1.0  # by granian
PLAIN = ROOT / "tests" / "benchmarks" / "plain"
BEGIN, END = "<!-- made by make bench BEFORE -->\n", "<!-- until here: before -->"

# Processor time a request, as a part of the floor of the build before.
TARGETS = {
    "save an answer": 0.9,
    "home": 1.3,
    "sheet, 24 cards": 1.5,
    "comparison, 24 items": 1.8,
    "a step of a talk": 1.4,
    "5 understandings": 1.2,
    "70 understandings": 2.5,
    "a waiting page asks": 0.5,
}
SAVES = 2.2  # times as many a second
# What two people ask for in an evening with a deck, a comparison and a talk on two phones.
EVENING = {
    "home": 12,
    "sheet, 24 cards": 4,
    "card": 50,
    "save an answer": 60,
    "seal or take back": 2,
    "comparison, 24 items": 6,
    "a step of a talk": 40,
    "save words in a talk": 40,
    "a waiting page asks": 300,
    "5 understandings": 6,
}
HOURS, CORES, BUSY = 3, 2, 0.5  # an evening; how much of the processors may be busy throughout


class Process:
    """One build in one process, which answers one request after another."""

    def __init__(self, root: Path, application: str, env: Mapping[str, str]) -> None:
        script = ROOT / "tests" / "benchmarks" / "in_process.py"
        self.process = subprocess.Popen(
            [sys.executable, script, application],
            cwd=root, env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        self.port = urlsplit(env.get("SITE_URL", "")).port or 8000

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.process.terminate()
        self.process.wait(10)

    def ask(self, cookie: str, step: Step) -> tuple[int, bytes, float]:
        """Status and body of the answer, and the processor time it took in seconds."""
        path, fields = step
        headers = {"Cookie": cookie, "Host": f"localhost:{self.port}", "HX-Request": "true"}
        headers["Accept-Encoding"] = "gzip"
        body = ""
        if fields is not None:
            headers["Origin"] = f"http://localhost:{self.port}"
            body = urlencode({"csrfmiddlewaretoken": CSRF, **fields})
        asked = {
            "path": path,
            "method": "GET" if fields is None else "POST",
            "headers": list(headers.items()),
            "body": body,
            "port": str(self.port),
        }
        assert self.process.stdin
        assert self.process.stdout
        print(json.dumps(asked), file=self.process.stdin, flush=True)
        result = json.loads(self.process.stdout.readline())
        packed = base64.b64decode(result["body"])
        answer = gzip.decompress(packed) if packed.startswith(b"\x1f\x8b") else packed
        return result["status"], answer, result["seconds"]


@dataclass
class Build:
    """One of the two, with its couples, and what was measured of it."""

    root: Path
    url: str
    visitors: dict[str, list[str]]
    alone: dict[str, list[float]] = field(default_factory=dict)  # seconds, by kind
    served: dict[str, list[Slice]] = field(default_factory=dict)

    def in_process(self, kind: str) -> float:
        return sum(self.alone[kind]) / len(self.alone[kind])

    def by_granian(self, kind: str) -> float:
        return a_request(self.served[kind], "cpu_site") / 1e6

    @property
    def an_evening(self) -> float:
        """Seconds of processor time that a couple takes, of granian and PostgreSQL together."""
        return sum(
            count * (a_request(self.served[kind], what) / 1e6)
            for kind, count in EVENING.items()
            for what in ("cpu_site", "cpu_database")
        )

    def a_second(self, kind: str) -> float:
        slices = self.served[kind]
        return sum(len(one.taken) for one in slices) / sum(one.wall for one in slices)


def main(commit: str) -> None:
    server = started()
    with checked_out(commit) as earlier:
        before, now = (
            built(root, server.make(name)) for name, root in (("before", earlier), ("now", ROOT))
        )
        plain = measured_alone([before, now], server)
        measure_served([before, now], server)
    table = report(commit, before, now, plain)
    print(table)
    write_between(BEGIN, END, table)
    server.stop()


@contextmanager
def checked_out(commit: str) -> Iterator[Path]:
    """The files of an earlier commit in a folder of their own."""
    folder = ROOT / "var" / "bench-before"
    git = ["git", "worktree"]
    subprocess.run([*git, "remove", "--force", folder], cwd=ROOT, check=False, capture_output=True)
    subprocess.run([*git, "add", "-q", "--detach", folder, commit], cwd=ROOT, check=True)
    try:
        yield folder
    finally:
        subprocess.run([*git, "remove", "--force", folder], cwd=ROOT, check=True)


def built(root: Path, url: str) -> Build:
    """A build with its static files, and couples in its database."""
    collect_static(url, root)
    return Build(root, url, crowd(url, COUPLES, root)["visitors"])


def measured_alone(builds: list[Build], server: databases.Server) -> list[float]:
    """Every kind in turns, in a process of each build. Returns the times of the plain project."""
    env, cookie = plain_project(server)
    asked: list[float] = []
    with (
        Process(builds[0].root, "config.wsgi:application", environment(builds[0].url)) as one,
        Process(builds[1].root, "config.wsgi:application", environment(builds[1].url)) as other,
        Process(PLAIN, "plain.wsgi:application", env) as plain,
    ):
        visits = {
            (at, kind.name): visit(process, build, kind)
            for at, (process, build) in enumerate(zip((one, other), builds, strict=True))
            for kind in KINDS
        }
        note = Kind("note", "", lambda visitor: iter(lambda: ("/note/", None), None))
        visits[0, "plain"] = visit(plain, Build(PLAIN, "", {"": [cookie]}), note)
        for _ in range(ROUNDS):
            for kind in KINDS:
                for at, build in enumerate(builds):
                    taken = [next(visits[at, kind.name]) for _ in range(REQUESTS)]
                    build.alone.setdefault(kind.name, []).extend(taken)
            asked += [next(visits[0, "plain"]) for _ in range(REQUESTS)]
    return asked


def visit(process: Process, build: Build, kind: Kind) -> Iterator[float]:
    """One visitor's requests, each with its time; the first are not counted."""
    cookie = build.visitors.get(kind.who, [""])[0]
    visitor = Visitor(cookie, kind.steps, kind.expected, kind.remembers)
    for number, step in enumerate(kind.steps(visitor)):
        status, body, seconds = process.ask(cookie, step)
        if status not in kind.expected:
            raise RuntimeError(f"{step[0]} answered {status}")
        if kind.remembers:
            visitor.last = body
        if number >= WARMING_UP:
            yield seconds


def plain_project(server: databases.Server) -> tuple[dict[str, str], str]:
    """The environment of the plain project, and the cookie of somebody who is signed in there."""
    url = urlsplit(server.make("plain"))
    env = os.environ | {
        "PGHOST": str(url.hostname),
        "PGPORT": str(url.port),
        "PGUSER": str(url.username),
        "DJANGO_SETTINGS_MODULE": "plain.settings",
    }
    for command in (["migrate", "-v", "0"], ["shell", "-v", "0", "-c", SIGNED_IN]):
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=PLAIN, env=env, check=True, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
    return env, f"sessionid={done.stdout.strip()}"


SIGNED_IN = """
from django.contrib.auth.models import User
from django.test import Client
from notes.models import Note
user = User.objects.create_user("visitor", first_name="Visitor")
Note.objects.create(owner=user, title="Milk")
client = Client()
client.force_login(user)
print(client.cookies["sessionid"].value)
"""


def measure_served(builds: list[Build], server: databases.Server) -> None:
    """Every kind in turns, of granian with two workers of two threads."""
    sites = [
        Site(build.url, ROOT / "var" / f"bench-{build.root.name}.log", root=build.root)
        for build in builds
    ]
    for number in range(SERVED_ROUNDS + 1):
        for kind in KINDS:
            for site, build in zip(sites, builds, strict=True):
                spent = cpu_of(server.process.pid)
                slice = measured(site, kind, build.visitors, SECONDS)
                slice.cpu_database = cpu_of(server.process.pid) - spent
                if number:  # the first is for warming up
                    build.served.setdefault(kind.name, []).append(slice)
    for site in sites:
        site.stop()


def report(commit: str, before: Build, now: Build, plain: list[float]) -> str:
    floors = before.in_process("floor"), before.by_granian("floor")
    optimised = "--enable-optimizations" in (sysconfig.get_config_var("CONFIG_ARGS") or "")
    lines = [
        f"Measured on {time.strftime('%-d %B %Y')} against {commit}: {os.cpu_count()} processors, "
        f"Python {sys.version.split()[0]} built {'with' if optimised else 'without'} "
        f"profile-guided optimisation, {COUPLES:,} couples. The floor of that build takes "
        f"{floors[0] * 1e6:.0f} µs in process and {floors[1] * 1e6:.0f} µs of granian; a page of "
        f"the plain project takes {sum(plain) / len(plain) * 1e6:.0f} µs in process.",
        "",
        "| processor time of a request, as a part of that floor | before | now "
        "| by granian, before | now | target | reached? |",
        "|---|--:|--:|--:|--:|--:|---|",
    ]
    for kind in (kind.name for kind in KINDS):
        figures = [build.in_process(kind) / floors[0] for build in (before, now)]
        figures += [build.by_granian(kind) / floors[1] for build in (before, now)]
        target = TARGETS.get(kind)
        reached = "" if target is None else "yes" if figures[1] <= target else "**no**"
        cells = [kind, *(f"{figure:.2f}" for figure in figures), f"{target or ''}", reached]
        lines.append(f"| {' | '.join(cells)} |")
    saves = [build.a_second("save an answer") for build in (before, now)]
    times = saves[1] / saves[0]
    lines += [
        "",
        f"Answers saved a second by granian, two workers of two threads: {saves[0]:.0f} before, "
        f"{saves[1]:.0f} now, {times:.2f} times as many (target {SAVES}: "
        f"{'yes' if times >= SAVES else '**no**'}).",
        "",
        f"A couple's evening with a deck, a comparison and a talk takes {now.an_evening:.1f} s of "
        f"processor time (before: {before.an_evening:.1f}), database included. So a small server "
        f"with {CORES} cores, half busy for {HOURS} hours, carries some "
        f"{CORES * BUSY * HOURS * 3600 / now.an_evening / 100:.0f}00 couples in one evening.",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main(sys.argv[1])
