"""`make bench`: measures the site, and writes what it found into docs/performance.md."""

from __future__ import annotations

import json
import os
import platform
import re
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks import aims
from tests.benchmarks.kinds import DECK, KINDS, Kind, page, save
from tests.benchmarks.load import Connection, Slice, Visitor, measure, weight
from tests.benchmarks.server import MASTER_KEYS, ROOT, Site, cpu_of, environment
from tests.support import databases

SIZES = (1_000, 100_000)  # couples
ROUNDS, SECONDS = 8, 1.5
REPORT = ROOT / "docs" / "performance.md"
TABLE = re.compile(r"(<!-- made by make bench -->\n).*(<!-- until here -->)", re.DOTALL)
ASSETS = re.compile(rb'(?:href|src)="(/static/[^"]+)"')
FOR_STRANGERS = ("/", "/account/signup/", "/account/login/", "/join/")
FIRST_VISITS = (
    *FOR_STRANGERS,
    "/home/",
    "/partner/",
    "/account/",
    "/own/",
    f"/decks/{DECK}/",
    "/answers/a1/",
    f"/decks/{DECK}/last-look/",
    f"/decks/{DECK}/comparison/",
    f"/decks/{DECK}/comparison/for-me/",
    "/talks/",
    "/understandings/",
)


def main() -> None:
    server = started()
    logs = ROOT / "var"
    sites: dict[int, Site] = {}
    crowds: dict[int, dict[str, Any]] = {}
    collect_static(server.url)
    for size in SIZES:
        url = server.make(f"couples_{size}")
        begun = time.monotonic()
        crowds[size] = crowd(url, size)
        print(f"{size:,} couples are there after {time.monotonic() - begun:.0f} s", flush=True)
        sites[size] = Site(url, logs / f"bench-{size}.log")
    slices = take_turns(sites, crowds, server)
    largest, people = sites[SIZES[-1]], crowds[SIZES[-1]]
    more = (beside_a_pdf(largest, people), rotate(largest, people), remind(largest))
    table = report(slices, crowds, sites) + "\n".join(more)
    print(table)
    measured = TABLE.sub(lambda found: found[1] + table + found[2], REPORT.read_text())
    REPORT.write_text(aims.filled(measured))
    for site in sites.values():
        site.stop()
    server.stop()


def started(options: Mapping[str, str] | None = None) -> databases.Server:
    """A PostgreSQL for measuring. It writes to the disk as that of a real site does."""
    found = databases.binaries()
    if found is None:
        sys.exit("No PostgreSQL was found. Install version 15 or newer, or name it in PG_BIN.")
    return databases.Server(found, quick=False, options=options)


def beside_a_pdf(site: Site, crowd: dict[str, Any]) -> str:
    """How long others wait for a page while one PDF after another is being set."""
    quiet, busy = [], []
    homes = [
        Visitor(visitor, page("/home/"), (200,)) for visitor in crowd["visitors"]["writing"][:2]
    ]
    papers = [
        Visitor(visitor, page("/understandings/a4.pdf"), (200, 429, 503))
        for visitor in crowd["visitors"]["many"][:3]
    ]
    for paper in papers:
        quiet += measure(site.port, homes, 2.0).taken
        setting = threading.Thread(target=measure, args=(site.port, [paper], 2.0))
        setting.start()
        busy += measure(site.port, homes, 2.0).taken
        setting.join()
    made = crowd["pdf"]
    return (
        f"A PDF of 70 understandings takes {made['seconds']:.2f} s and "
        f"{made['memory'] / 1e6:.0f} MB in a process of its own, and has "
        f"{made['bytes'] / 1000:.0f} kB. While one after another is set, the home page takes "
        f"{statistics.median(busy) * 1000:.0f} ms at the median instead of "
        f"{statistics.median(quiet) * 1000:.0f}, with a core less to run on.\n"
    )


def rotate(site: Site, crowd: dict[str, Any]) -> str:
    """Wrap all keys anew: first alone, then, back again, while visitors save answers.

    What the visitors were told is kept must be there.
    """
    alone = wrapped_anew(rotating(site, [*reversed(MASTER_KEYS)]))
    command = rotating(site, MASTER_KEYS)
    visitors = [
        Visitor(visitor, save, (200,), True) for visitor in crowd["visitors"]["writing"][:4]
    ]
    saved, slowest = 0, 0.0
    while command.poll() is None:
        taken = measure(site.port, visitors, 1.0).taken
        saved, slowest = saved + len(taken), max(slowest, *taken)
    beside = wrapped_anew(command)
    measure(site.port, visitors, 1.0)  # everything is still read, and none of it is another's
    return (
        f"{alone[0]:,} data keys wrapped by another master key: {alone[1]:.1f} s, which is "
        f"{alone[1] / alone[0] * 100_000:.1f} s for 100,000. While four visitors saved {saved:,} "
        f"answers: {beside[1]:.1f} s, which is {beside[1] / beside[0] * 100_000:.1f} s for "
        f"100,000; none of them was refused, and the slowest took {slowest * 1000:.0f} ms.\n"
    )


def remind(site: Site) -> str:
    """What a worker takes to write many reminders, beside few others and beside many."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.reminders"],
        cwd=ROOT, env=site.environment, stdout=subprocess.PIPE, check=True,
    )  # fmt: skip
    taken = json.loads(done.stdout)
    if "reminder_to_mail" not in taken["plan"]:
        raise RuntimeError(f"the reminders that are due are not found by index: {taken['plan']}")
    return (
        f"100,000 reminders are written and put in the queue in {taken['few']:.0f} s of a worker’s "
        f"processor time, and in {taken['many']:.0f} s where the table holds a million that are "
        "not due yet.\n"
    )


def rotating(site: Site, master_keys: Sequence[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "rotate_keys"],
        cwd=ROOT, env=site.environment | {"MASTER_KEYS": ",".join(master_keys)},
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def wrapped_anew(command: subprocess.Popen[str]) -> tuple[int, float]:
    """How many keys, and in how many seconds."""
    output, _ = command.communicate()
    took = re.search(r"([\d,]+) data keys .*\(([\d.]+) s\)", output)
    if command.returncode or not took:
        raise RuntimeError(f"the keys were not rotated: {output}")
    return int(took[1].replace(",", "")), float(took[2])


def collect_static(url: str, root: Path = ROOT) -> None:
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "-v", "0"],
        cwd=root, check=True, env=environment(url),
    )  # fmt: skip


def crowd(url: str, size: int, root: Path = ROOT) -> dict[str, Any]:
    """Fill a database with so many couples, by the build in a folder. Returns who visits."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.crowd", str(size)],
        cwd=root, env=environment(url), stdout=subprocess.PIPE, check=True,
    )  # fmt: skip
    crowd: dict[str, Any] = json.loads(done.stdout)
    return crowd


def measured(site: Site, kind: Kind, cookies: dict[str, list[str]], seconds: float) -> Slice:
    """Four visitors at once doing one thing, and the processor time it took the site."""
    visitors = [
        Visitor(cookie, kind.steps, kind.expected, kind.remembers)
        for cookie in cookies.get(kind.who, [""] * 4)[:4]
    ]
    before = site.cpu()
    slice = measure(site.port, visitors, seconds)
    slice.cpu_site = site.cpu() - before
    return slice


def take_turns(
    sites: dict[int, Site], crowds: dict[int, dict[str, Any]], server: databases.Server
) -> dict[tuple[int, str], list[Slice]]:
    """In each round every kind on every size, so that a noisy minute is noisy for all of them."""
    slices: dict[tuple[int, str], list[Slice]] = {}
    for number in range(ROUNDS + 1):
        for kind in KINDS:
            for size, site in sites.items():
                before = cpu_of(server.process.pid)
                slice = measured(site, kind, crowds[size]["visitors"], SECONDS)
                slice.cpu_database = cpu_of(server.process.pid) - before
                if number:  # the first is for warming up
                    slices.setdefault((size, kind.name), []).append(slice)
        print(f"round {number} of {ROUNDS}", flush=True)
    return slices


def report(
    slices: dict[tuple[int, str], list[Slice]],
    crowds: dict[int, dict[str, Any]],
    sites: dict[int, Site],
) -> str:
    lines = [
        f"Measured on {time.strftime('%-d %B %Y')}: {os.cpu_count()} processors, "
        f"Python {platform.python_version()}, granian with 2 workers of 2 threads, PostgreSQL with "
        "Django's pool and fsync on, 4 visitors at once, all on one machine.",
        "",
        "| what | couples | requests a second | of the floor | p50 ms | p99 ms | CPU µs a request "
        "| of the floor | database µs | queries |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    p50: dict[tuple[int, str], float] = {}
    for kind in KINDS:
        for size in SIZES:
            mine, floor = slices[size, kind.name], slices[size, "floor"]
            taken = sorted(seconds for slice in mine for seconds in slice.taken)
            p50[size, kind.name] = statistics.median(taken)
            rate = statistics.median(
                (len(one.taken) / one.wall) / (len(base.taken) / base.wall)
                for one, base in zip(mine, floor, strict=True)
            )
            cells = [
                kind.name,
                f"{size:,}",
                f"{statistics.median(len(part.taken) / part.wall for part in mine):.0f}",
                f"{rate:.2f}",
                f"{p50[size, kind.name] * 1000:.1f}",
                f"{taken[int(len(taken) * 0.99)] * 1000:.1f}",
                f"{a_request(mine, 'cpu_site'):.0f}",
                f"{a_request(mine, 'cpu_site') / a_request(floor, 'cpu_site'):.2f}",
                f"{a_request(mine, 'cpu_database'):.0f}",
                str(crowds[size]["queries"].get(kind.path, "")),
            ]
            lines.append(f"| {' | '.join(cells)} |")
    few, many = SIZES
    lines += ["", f"| what | p50 with {many:,} couples to that with {few:,} |", "|---|--:|"]
    lines += [
        f"| {kind.name} | {p50[many, kind.name] / p50[few, kind.name]:.2f} |" for kind in KINDS
    ]
    lines += ["", "| page | queries | µs of encryption | bytes, first visit | bytes, later |"]
    lines += ["|---|--:|--:|--:|--:|"]
    visitors = crowds[many]["visitors"]
    asked, encryption = crowds[many]["queries"], crowds[many]["encryption"]
    for path in FIRST_VISITS:
        who = "open" if "comparison" in path else "listening" if "talk" in path else "writing"
        who = "many" if "understandings" in path else who
        cookie = "" if path in FOR_STRANGERS else visitors[who][0]
        first, later = visit(sites[many].port, cookie, path)
        spent = f"{encryption[path]:.0f}" if path in encryption else ""
        lines.append(f"| `{path}` | {asked.get(path, '')} | {spent} | {first:,} | {later:,} |")
    memory = max(site.peak_memory() for site in sites.values())
    lines += ["", f"Peak memory of a worker: {memory / 1_000_000:.0f} MB.", ""]
    return "\n".join(lines)


def visit(port: int, cookie: str, path: str) -> tuple[int, int]:
    """Bytes on the wire for a page with everything it needs, and for the page alone."""
    connection = Connection(port)
    response, body = connection.ask(cookie, (path, None))
    assert response.status == 200, (path, response.status)
    later = weight(response, body)
    first = later
    for asset in dict.fromkeys(ASSETS.findall(connection.text(response, body))):
        first += weight(*connection.ask("", (asset.decode(), None)))
    return first, later


def a_request(slices: list[Slice], what: str) -> float:
    """Microseconds a request."""
    spent = sum(getattr(part, what) for part in slices)
    return float(spent / sum(len(part.taken) for part in slices) * 1e6)


if __name__ == "__main__":
    main()
