"""`make bench-large`: a million couples beside a thousand, and what becomes slower.

It needs 45 GB of disk and about half an hour. What it found is written into docs/performance.md.
"""

from __future__ import annotations

import os
import statistics
import time
from typing import Any

import psycopg

from tests.benchmarks.__main__ import a_request, collect_static, crowd, started, take_turns
from tests.benchmarks.aims import write_between
from tests.benchmarks.kinds import KINDS
from tests.benchmarks.load import Slice
from tests.benchmarks.server import ROOT, Site

FEW, MANY = 1_000, 1_000_000  # couples
MOST = 1.05  # times as much as with few
MINUTES, GIGABYTES = 20, 45  # to load them, and when they are there
# With a minimal log, PostgreSQL does not log what is written into a table that was just emptied.
OPTIONS = {
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "8GB",
    "shared_buffers": "1GB",
}
BEGIN, END = "<!-- made by make bench-large -->\n", "<!-- until here: large -->"
LARGE = 100_000  # rows of a table that nobody may read from beginning to end


def main() -> None:
    server = started(OPTIONS)
    collect_static(server.url)
    urls = {size: server.make(f"couples_{size}") for size in (FEW, MANY)}
    crowds: dict[int, dict[str, Any]] = {}
    minutes = {}
    for size, url in urls.items():
        begun = time.monotonic()
        crowds[size] = crowd(url, size)
        minutes[size] = (time.monotonic() - begun) / 60
        print(f"{size:,} couples are there after {minutes[size]:.1f} minutes", flush=True)
    asked(urls[MANY], "SELECT pg_stat_reset()")
    logs = ROOT / "var"
    sites = {size: Site(url, logs / f"bench-{size}.log") for size, url in urls.items()}
    slices = take_turns(sites, crowds, server)
    for site in sites.values():
        site.stop()
    table = report(slices, crowds, urls[MANY], minutes[MANY])
    print(table)
    write_between(BEGIN, END, table)
    server.stop()


def asked(url: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(statement, values).fetchall()


def report(
    slices: dict[tuple[int, str], list[Slice]],
    crowds: dict[int, dict[str, Any]],
    url: str,
    minutes: float,
) -> str:
    [(size,)] = asked(url, "SELECT pg_database_size(current_database())")
    read_whole = asked(
        url,
        "SELECT relname FROM pg_stat_user_tables WHERE n_live_tup > %s AND seq_scan > 0 ORDER BY 1",
        LARGE,
    )
    lines = [
        f"Measured on {time.strftime('%-d %B %Y')}: {os.cpu_count()} processors. {MANY:,} couples "
        f"were there after {minutes:.0f} minutes (at most {MINUTES}: "
        f"{reached(minutes, MINUTES)}), and have {size / 1e9:.0f} GB (at most {GIGABYTES}: "
        f"{reached(size / 1e9, GIGABYTES)}), which is {size / MANY / 1000:.0f} kB a couple.",
        "",
        f"| what | CPU µs with {FEW:,} | with {MANY:,} | times | p50 times "
        f"| database µs | database µs with {MANY:,} | at most {MOST} times the CPU? |",
        "|---|--:|--:|--:|--:|--:|--:|---|",
    ]
    for kind in (kind.name for kind in KINDS):
        few, many = slices[FEW, kind], slices[MANY, kind]
        cpu = [a_request(part, "cpu_site") for part in (few, many)]
        database = [a_request(part, "cpu_database") for part in (few, many)]
        p50 = [
            statistics.median(taken for slice in part for taken in slice.taken)
            for part in (few, many)
        ]
        times = cpu[1] / cpu[0]
        lines.append(
            f"| {kind} | {cpu[0]:.0f} | {cpu[1]:.0f} | {times:.2f} | {p50[1] / p50[0]:.2f} "
            f"| {database[0]:.0f} | {database[1]:.0f} | {reached(times, MOST)} |"
        )
    more = {
        path: (crowds[FEW]["queries"][path], count)
        for path, count in crowds[MANY]["queries"].items()
        if crowds[FEW]["queries"][path] != count
    }
    whole = ", ".join(name for (name,) in read_whole)
    lines += [
        "",
        f"Pages that ask the database something else: {more or 'none'}. Tables of more than "
        f"{LARGE:,} rows that were read from beginning to end: {whole or 'none'}.",
        "",
    ]
    return "\n".join(lines)


def reached(figure: float, most: float) -> str:
    return "yes" if round(figure, 2) <= most else "**no**"


if __name__ == "__main__":
    main()
