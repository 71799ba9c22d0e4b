"""`make sizes`: what a small site takes of a machine, written into docs/requirements.md.

64 couples, eight at each point of the way, and an evening on which 26 people use the site at once:
each opens a page or saves something every three seconds, and one of them makes a PDF.
"""

from __future__ import annotations

import os
import random
import re
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg

from tests.benchmarks.__main__ import crowd
from tests.benchmarks.kinds import KINDS, Kind, page
from tests.benchmarks.load import Connection, Visitor
from tests.benchmarks.server import ROOT, Site, cpu_of, environment, tree
from tests.support import databases

COUPLES = 64
SECONDS, PAUSE = 60.0, 3.0
REPORT = ROOT / "docs" / "requirements.md"
TABLE = re.compile(r"(<!-- made by make sizes -->\n).*(<!-- until here -->)", re.DOTALL)
PAPER = Kind("a PDF", "many", page("/understandings/a4.pdf"), expected=(200, 429, 503))


def main() -> None:
    found = databases.binaries()
    if found is None:
        sys.exit("No PostgreSQL was found. Install version 18, or name its folder in PG_BIN.")
    server = databases.Server(found, quick=False)
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "-v", "0"],
        cwd=ROOT, check=True, env=environment(server.url),
    )  # fmt: skip
    empty, small = (server.make(name) for name in ("empty", "small"))
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "-v", "0"],
        cwd=ROOT, check=True, env=environment(empty),
    )  # fmt: skip
    people = crowd(small, COUPLES)
    logs = ROOT / "var"
    site = Site(small, logs / "sizes.log")
    with (logs / "sizes-worker.log").open("wb") as log:
        worker = subprocess.Popen(
            [sys.executable, "manage.py", "work"],
            cwd=ROOT, env=environment(small, site.port), stdout=log, stderr=log,
        )  # fmt: skip
    try:
        table = evening(site, worker.pid, server.process.pid, people["visitors"])
    finally:
        worker.terminate()
        worker.wait(15)
        site.stop()
    table = databases_table(empty, small) + table
    print(table)
    REPORT.write_text(TABLE.sub(lambda found: found[1] + table + found[2], REPORT.read_text()))
    server.stop()


def databases_table(empty: str, small: str) -> str:
    """How large they are. Rows that were replaced leave room, which PostgreSQL uses again."""
    sizes = [database_size(empty), database_size(small)]
    with psycopg.connect(small, autocommit=True) as connection:
        connection.execute("VACUUM FULL")
    sizes.append(database_size(small))
    first, written, packed = map(megabytes, sizes)
    return (
        f"Measured on {time.strftime('%-d %B %Y')} with {os.cpu_count()} processors by "
        f"`make sizes`.\n\n| database | on disk |\n|---|--:|\n| empty | {first} |\n"
        f"| {COUPLES} couples, all written within two minutes | {written} |\n"
        f"| the same without the room that replaced rows leave | {packed} |\n\n"
    )


def evening(site: Site, worker: int, database: int, cookies: dict[str, list[str]]) -> str:
    """A table of what each part takes while nobody is there, and at most with everybody."""
    roots = {"the site": site.process.pid, "the worker": worker, "PostgreSQL": database}
    time.sleep(5)
    idle = {name: memory_of(root) for name, root in roots.items()}
    before = {name: cpu_of(root) for name, root in roots.items()}
    peaks, taken, wrong = dict(idle), list[float](), list[str]()
    until = time.monotonic() + SECONDS
    visitors = [
        Visitor(cookie, kind.steps, kind.expected, kind.remembers)
        for kind in KINDS
        for cookie in cookies.get(kind.who, ["", ""])[:2]
    ]
    visitors[-1] = Visitor(cookies[PAPER.who][2], PAPER.steps, PAPER.expected)
    threads = [
        threading.Thread(target=visit, args=(site.port, visitor, until, taken, wrong))
        for visitor in visitors
    ]
    for thread in threads:
        thread.start()
    while time.monotonic() < until:
        for name, root in roots.items():
            peaks[name] = max(peaks[name], memory_of(root))
        time.sleep(0.2)
    for thread in threads:
        thread.join()
    if wrong:
        raise RuntimeError(wrong[0])
    lines = ["| part | memory, nobody there | at most | processor |", "|---|--:|--:|--:|"]
    for name, root in roots.items():
        used = (cpu_of(root) - before[name]) / SECONDS
        lines.append(
            f"| {name} | {megabytes(idle[name])} | {megabytes(peaks[name])} | {used:.0%} of one |"
        )
    total = [megabytes(sum(figures.values())) for figures in (idle, peaks)]
    lines.append(f"| together | {total[0]} | {total[1]} | |")
    slow = sorted(taken)[int(len(taken) * 0.99)] * 1000
    words = (
        f"{len(visitors)} people at once made {len(taken) / SECONDS:.0f} requests a second. Half "
        f"of them took less than {statistics.median(taken) * 1000:.0f} ms, and 99 of 100 less than "
        f"{slow:.0f} ms. The peak includes a process that makes a PDF."
    )
    return "\n".join([*lines, "", words, ""])


def visit(port: int, visitor: Visitor, until: float, taken: list[float], wrong: list[str]) -> None:
    """What one person does, with pauses of about three seconds."""
    connection = Connection(port)
    drawn = random.Random(visitor.cookie)  # noqa: S311 only for pauses
    for step in visitor.steps(visitor):
        time.sleep(drawn.uniform(0, 2 * PAUSE))
        if time.monotonic() > until:
            break
        begun = time.perf_counter()
        response, body = connection.ask(visitor.cookie, step, script=True)
        taken.append(time.perf_counter() - begun)
        if visitor.remembers:
            visitor.last = connection.text(response, body)
        if response.status not in visitor.expected:
            wrong.append(f"{step[0]} answered {response.status}")
            break
    connection.http.close()


def memory_of(root: int) -> int:
    """Bytes of a process and all below it. What several share counts once (PSS)."""
    total = 0
    for pid in tree(root):
        try:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if found := re.search(r"^Pss:\s+(\d+) kB", rollup, re.M):
            total += int(found[1]) * 1024
    return total


def database_size(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    assert row
    return int(row[0])


def megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.0f} MB"


if __name__ == "__main__":
    main()
