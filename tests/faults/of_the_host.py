"""A process is killed, a clock is wrong, a setting too; and what many sessions cost."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from tests.faults.running import Site, asking, cookies, fault, get, sign_up, until
from tests.support.hosted import ROOT

FORGET = """
import statistics, time
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef
from allauth.usersessions.models import UserSession
from accounts import devices, maintenance

def before():
    existing = Session.objects.filter(session_key=OuterRef("session_key"))
    UserSession.objects.filter(~Exists(existing)).delete()

def took(function, times):
    found = []
    for _ in range(times):
        begun = time.perf_counter()
        function()
        found.append(1000 * (time.perf_counter() - begun))
    return statistics.median(found)

took(maintenance.delete_expired, 3)
print("TOOK", took(maintenance.delete_expired, 15), took(before, 3))
"""


def children(pid: int) -> set[int]:
    """Its worker processes, without Python's tracker of resources."""
    found = set()
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        command = Path(f"/proc/{child}/cmdline").read_bytes()
        if b"resource_tracker" not in command:
            found.add(int(child))
    return found


@fault("kill -9 of one web worker", "the others serve on, a new one within 1 s")
def killed_web_worker(site: Site) -> str:
    main = site.hosted.site[0]
    before = children(main.pid)
    victim = min(before)
    with asking(site, "/livez", pause=0.02) as seen:
        time.sleep(1)
        known = len(seen.statuses)
        os.kill(victim, signal.SIGKILL)
        begun = time.monotonic()
        until(lambda: len(children(main.pid) - before) == 1, 10, "a new worker is started")
        started = time.monotonic() - begun
        (fresh,) = children(main.pid) - before
        until(lambda: serves(fresh), 20, "the new worker serves")
        ready = time.monotonic() - begun
        time.sleep(2)
    failed = sum(status != 200 for status in seen.statuses[known:])
    assert main.poll() is None
    assert started < 1, f"started after {started:.1f} s"
    slowest = max(seen.took[known:])
    return (
        f"started after {started:.2f} s, serves after {ready:.1f} s; meanwhile"
        f" {len(seen.statuses) - known} requests, {failed} failed, slowest {slowest:.2f} s"
    )


def serves(pid: int) -> bool:
    """Whether a process has imported the site: it has the threads that answer."""
    names = [(task / "comm").read_text().strip() for task in Path(f"/proc/{pid}/task").iterdir()]
    return len(names) > 4


@fault("host clock 40 min fast", "nobody is signed out, and codes work")
def wrong_clock(site: Site) -> str:
    cookie = cookies(site.visitor)
    before = get(f"{site.url}/home/", cookie)
    site.hosted.stop_the_site()
    fast = os.pathsep.join([str(ROOT / "tests/faults/wrong_clock"), str(ROOT)])
    site.hosted.start_the_site(PYTHONPATH=fast)
    site.hosted.wait_until_ready()
    try:
        after = get(f"{site.url}/account/", cookie)
        page = site.visitor.open("/account/")
        sign_up(site, "fast@example.org")
    finally:
        site.hosted.stop_the_site()
        site.hosted.start_the_site()
        site.hosted.wait_until_ready()
    logged = any("this host has another time" in line for line in site.logged("site"))
    assert "/account/login/" not in page.url
    assert logged
    return f"signed in before ({before}) and after ({after}); and a new code works"


@fault("`DATABASE_URL` of another engine", "one clear line")
def another_engine(site: Site) -> str:
    done = site.manage("check", DATABASE_URL="mysql://u:p@db.example.org/name")
    lines = done.stderr.strip().splitlines()
    assert done.returncode, done.stdout
    assert len(lines) == 1, lines
    return lines[0].partition(": ")[2]


@fault("`erase_again` before anybody has left", "nothing to do, exit 0")
def nobody_left(site: Site) -> str:
    file = site.hosted.folder / "erased" / "accounts"
    file.parent.mkdir(exist_ok=True)
    done = site.manage("erase_again", ERASED_FILE=str(file))
    assert done.returncode == 0, done.stderr
    return f"exit 0: {done.stdout.strip().rpartition(': ')[2]}"


@fault("forgetting ended sessions at 1,000 and 1,000,000", "costs the same")
def many_sessions(site: Site) -> str:
    user = site.sql("SELECT id FROM accounts_user LIMIT 1")[0][0]
    costs = []
    for number in (1_000, 1_000_000):
        site.sql("DELETE FROM usersessions_usersession WHERE session_key LIKE 'x%'")
        site.sql("DELETE FROM django_session WHERE session_key LIKE 'x%'")
        site.sql(
            "INSERT INTO django_session SELECT 'x' || g, '', now() + interval '9 hours'"
            " FROM generate_series(1, %s) g",
            number,
        )
        site.sql(
            "INSERT INTO usersessions_usersession (user_id, created_at, ip, last_seen_at,"
            " session_key, user_agent, data) SELECT %s, now(), '0.0.0.0', now(), 'x' || g, '', '{}'"
            " FROM generate_series(1, %s) g",
            user, number,
        )  # fmt: skip
        site.sql("VACUUM ANALYZE django_session")
        site.sql("VACUUM ANALYZE usersessions_usersession")
        done = site.manage("shell", "-v", "0", "-c", FORGET)
        (line,) = (line for line in done.stdout.splitlines() if line.startswith("TOOK"))
        costs.append([float(part) for part in line.split()[1:]])
    (few, before_few), (many, before_many) = costs
    assert many < 2 * few + 2, costs
    return (
        f"{few:.1f} ms and {many:.1f} ms a round (until 0.2.0: {before_few:.1f} ms and"
        f" {before_many:.0f} ms)"
    )
