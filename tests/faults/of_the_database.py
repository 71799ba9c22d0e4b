"""The database goes away, stands still, or takes no writes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from tests.faults.running import Seen, Site, asking, fault, get, running, until

AWAY = [int(seconds) for seconds in os.environ.get("FAULTS_AWAY", "36,75").split(",")]
FROZEN = 20  # seconds


@fault(
    "database away for {} s".format(" and ".join(map(str, AWAY))),
    "back within 2 s, whatever the length",
)
def database_away(site: Site) -> str:
    return "; ".join(_away(site, seconds) for seconds in AWAY)


def _away(site: Site, seconds: int) -> str:
    with (
        asking(site, "/home/", signed_in=True) as pages,
        asking(site, "/") as landing,
        asking(site, "/favicon.ico") as files,
    ):
        time.sleep(1)
        site.server.process.send_signal(signal.SIGINT)
        site.server.process.wait(20)
        time.sleep(seconds)
        site.server.start_again()
        back = until(lambda: pages.statuses[-1] in {200, 302}, 60, "a page is there again")
        time.sleep(1)
    _judge(pages, landing, files)
    assert back < 2, f"back after {back:.1f} s"
    return (
        f"{seconds} s: back {back:.2f} s after the database; pages {pages.counts}, slowest"
        f" {pages.slowest:.2f} s; landing page {landing.slowest:.2f} s, files {files.slowest:.2f} s"
    )


def _judge(pages: Seen, landing: Seen, files: Seen) -> None:
    assert {*pages.statuses} <= {200, 302, 503}, pages.counts
    assert pages.slowest < 2.5, f"a page took {pages.slowest:.1f} s"
    assert {*landing.statuses, *files.statuses} == {200}, (landing.counts, files.counts)


@fault("database frozen for 20 s", "503 within 2 s; nobody waits longer")
def database_frozen(site: Site) -> str:
    with (
        asking(site, "/home/", signed_in=True) as pages,
        asking(site, "/") as landing,
        asking(site, "/favicon.ico") as files,
    ):
        time.sleep(1)
        with site.server.frozen():
            time.sleep(FROZEN)
        back = until(lambda: pages.statuses[-1] in {200, 302}, 60, "a page is there again")
        time.sleep(1)
    _judge(pages, landing, files)
    assert back < 2, f"back after {back:.1f} s"
    return (
        f"back {back:.2f} s after it goes on; pages {pages.counts}, slowest {pages.slowest:.2f} s;"
        f" landing page {landing.slowest:.2f} s, files {files.slowest:.2f} s"
    )


@fault("the task worker while the database is away", "it waits and continues; one line in the log")
def worker_outlasts_it(site: Site) -> str:
    known = len(site.logged("worker"))
    site.server.process.send_signal(signal.SIGINT)
    site.server.process.wait(20)
    time.sleep(20)
    alive = site.hosted.worker[0].poll() is None
    site.server.start_again()
    site.letters(1)
    again = until(lambda: site.hosted.mail_server.mails, 20, "a mail is sent")
    site.hosted.mail_server.mails.clear()
    lines = [json.loads(line) for line in site.logged("worker")[known:]]
    events = [line.get("event", line["logger"]) for line in lines]
    assert alive
    expected = ["the database cannot be reached", "the database can be reached again"]
    assert events == expected, events
    return f"20 s: it lives, logs one line at each end, and sends a mail {again:.1f} s after"


@fault("read-only database", "/readyz 503, /livez 200")
def database_read_only(site: Site) -> str:
    assert get(f"{site.url}/readyz") == 200
    site.sql("ALTER DATABASE site SET default_transaction_read_only = on")
    _end_connections(site)
    try:
        until(lambda: get(f"{site.url}/readyz") == 503, 5, "it is not ready")
        live = get(f"{site.url}/livez")
    finally:
        with psycopg.connect(site.server.url, autocommit=True) as other:  # not read-only
            other.execute("ALTER DATABASE site RESET default_transaction_read_only")
        _end_connections(site)
    back = until(lambda: get(f"{site.url}/readyz") == 200, 10, "it is ready again")
    assert live == 200
    return f"/readyz 503, /livez {live}; ready again after {back:.2f} s"


def _end_connections(site: Site) -> None:
    site.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = 'site' AND pid <> pg_backend_pid()"
    )


@fault("disk full", "/readyz 503, /livez 200")
def disk_full(site: Site) -> str:
    """A database of its own, on a small disk in memory. Needs root."""
    if os.geteuid() != 0:
        return "not tried: it needs root, to mount a disk in memory"
    with small_disk() as folder, running() as other:
        assert get(f"{other.url}/readyz") == 200
        (folder / "filler").write_bytes(b"")
        with (folder / "filler").open("ab") as filler:
            try:
                while True:
                    filler.write(os.urandom(65536))
                    filler.flush()
            except OSError:
                pass
        time.sleep(1.5)
        statuses = {path: get(f"{other.url}{path}") for path in ("/readyz", "/livez")}
        (folder / "filler").unlink()
        back = until(lambda: get(f"{other.url}/readyz") == 200, 30, "it is ready again")
    assert statuses == {"/readyz": 503, "/livez": 200}, statuses
    return f"/readyz 503, /livez 200; ready {back:.1f} s after there is room"


@contextmanager
def small_disk() -> Iterator[Path]:
    """What is made in the temporary folder meanwhile is on a disk of 400 MB."""
    folder, usual = Path(tempfile.mkdtemp()), tempfile.tempdir
    mount = ["mount", "-t", "tmpfs", "-o", "size=400m,mode=1777", "tmpfs", str(folder)]
    subprocess.run(mount, check=True)
    tempfile.tempdir = str(folder)
    try:
        yield folder
    finally:
        tempfile.tempdir = usual
        subprocess.run(["umount", "-l", str(folder)], check=True)  # noqa: S607


@fault("`migrate` whose statement takes 12 s", "its own limits: it ends well")
def slow_migration(site: Site) -> str:
    """As an index on a large table takes."""
    before = site.manage("migrate", "accounts", "0007_reminding_letters")
    assert before.returncode == 0, before.stderr
    site.sql(
        "CREATE FUNCTION slowly() RETURNS event_trigger LANGUAGE plpgsql AS"
        " $$BEGIN IF tg_tag = 'CREATE INDEX' THEN PERFORM pg_sleep(12); END IF; END$$"
    )
    site.sql("CREATE EVENT TRIGGER slowly ON ddl_command_start EXECUTE FUNCTION slowly()")
    begun = time.monotonic()
    done = site.manage("migrate")
    took = time.monotonic() - begun
    site.sql("DROP EVENT TRIGGER slowly")
    assert done.returncode == 0, done.stderr
    assert took > 12
    return f"exit {done.returncode} after {took:.0f} s"


@fault("`migrate` while somebody holds a table for 8 s", "nobody waits behind it longer than 3 s")
def waiting_migration(site: Site) -> str:
    before = site.manage("migrate", "accounts", "0007_reminding_letters")
    assert before.returncode == 0, before.stderr
    with psycopg.connect(site.database) as reader:
        reader.execute("SELECT count(*) FROM accounts_heartbeat")
        threading.Thread(target=_let_go_after, args=(site, reader, 8)).start()
        begun = time.monotonic()
        done = site.manage("migrate")
        took = time.monotonic() - begun
    assert done.returncode == 0, done.stderr
    tries = done.stdout.count("A table is in use")
    assert tries
    return f"exit {done.returncode} after {took:.0f} s, having given way {tries} times"


def _let_go_after(site: Site, reader: psycopg.Connection[Any], seconds: float) -> None:
    """So long after somebody has begun to wait for what it holds."""
    waits = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    try:
        until(lambda: site.sql(waits), 60, "the migration waits")
        time.sleep(seconds)
    finally:
        reader.rollback()
