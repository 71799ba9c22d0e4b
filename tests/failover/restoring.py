"""Goes back to a moment with archived writes: `make failover PART=restore`.

Two databases archive with deploy/failover/pgbackrest.conf. What was acknowledged before the moment
must be there again, what came after it must not be, and who has left since must go again. On the
way, the lag of the standby is read as a monitor reads it. pgBackRest asks PostgreSQL on its socket,
where only its own user may: run it as root.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import psycopg

from tests.failover.cluster import FILES, POSTGRESQL, Cluster, Node, Process, until
from tests.failover.sites import Site
from tests.failover.visitors import Visitors
from tests.support.databases import free_port

SECONDS = 3  # of visits, before the moment and after it
ROLE = (
    "CREATE ROLE common_ground LOGIN PASSWORD 'for-trials'",
    "GRANT pg_read_all_stats TO common_ground",
    "CREATE DATABASE common_ground OWNER common_ground",
)
LAG = re.compile(
    r'^common_ground_replication_lag_(\w+)\{standby="(\w+)",sync="(\w+)"\} (\S+)$', re.M
)


def go_back(folder: Path) -> int:
    """Save, go back to a moment, and look what is there."""
    cluster = Cluster(folder, 2)
    archive = Archive(cluster, folder)
    for line in ROLE:
        sql(cluster.primary, line)
    site = Site(cluster.url().replace("postgres:for", "common_ground:for"), folder, hosts=1)
    site.environment["ERASED_FILE"] = str(folder / "erased-accounts")
    try:
        cookies = json.loads(site.run("make", "11", "0"))
        with served_metrics(site, folder) as address:
            behind = lag_of_the_standby(cluster, site, cookies, address)
        archive.back_up()
        before, leavers = visited(site, cookies[:10]), visited(site, cookies[10:])
        time.sleep(1)
        moment = str(sql(cluster.primary, "SELECT now()::text"))
        time.sleep(1)
        after = visited(site, cookies[:10])
        site.run("leave", "10")
        began = time.monotonic()
        archive.restore(moment)
        came_back = set(json.loads(site.run("read")))
        said = site.manage("erase_again").strip()
        took = time.monotonic() - began
        stored = set(json.loads(site.run("read")))
        again = visited(site, cookies[:10])
        cluster.settle(2)
    finally:
        site.stop()
        cluster.stop()
    print(behind)
    lost, kept = before - stored, after & stored
    print(
        f"back after {took:.0f} s; saves before the moment: {len(before)}, {len(lost)} lost;"
        f" after it: {len(after)}, {len(kept)} still there; {len(again)} since"
    )
    left = leavers & stored
    print(
        f"of somebody who left later: {len(leavers)} saves, {len(leavers & came_back)} came back,"
        f" {len(left)} are left after erase_again ({said})"
    )
    happened = before and after and again and leavers and leavers <= came_back
    return 0 if happened and not (lost or kept or left) else 1


class Archive:
    """Where the databases archive, with what, and how one of them goes back."""

    def __init__(self, cluster: Cluster, folder: Path) -> None:
        self.cluster = cluster
        conf, repository = folder / "pgbackrest.conf", folder / "repository"
        text = (FILES / "pgbackrest.conf").read_text()
        here = f"repo1-path={repository}\nlog-level-file=off\nlock-path={folder}/locks"
        text = re.sub("^repo1-path=.*", here, text, flags=re.M)
        conf.write_text(re.sub("^pg1-path=.*", "pg1-user=postgres", text, flags=re.M))
        self.command = ["pgbackrest", f"--config={conf}", "--stanza=common-ground"]
        repository.mkdir()
        if cluster.how:
            os.chown(repository, cluster.how["user"], cluster.how["group"])
        # The two have folders of their own, where two machines have the same.
        push = f'{" ".join(self.command)} --pg1-path="$PWD" archive-push %p'
        parameters = {"archive_mode": "on", "archive_timeout": 60, "archive_command": push}
        cluster.primary.ask("PATCH", "/config", {"postgresql": {"parameters": parameters}})
        time.sleep(6)  # a round of Patroni
        for node in cluster.nodes:
            node.ask("POST", "/restart", {})
        cluster.settle(len(cluster.nodes))
        self._run(cluster.primary, "stanza-create")

    def back_up(self) -> None:
        self._run(self.cluster.primary, "backup")

    def restore(self, moment: str) -> None:
        """All databases stop, one goes back, and the others are made anew from it."""
        leader = self.cluster.primary
        others = [node for node in self.cluster.nodes if node is not leader]
        for node in (*others, leader):
            node.process.stop()
        back = ("--delta", "--type=time", f"--target={moment}", "--target-action=promote")
        self._run(leader, *back, "restore")
        # By hand, since Patroni would make it the leader before it is at the moment.
        self._as_postgres([str(POSTGRESQL / "pg_ctl"), "-D", str(leader.data), "-w", "start"])
        until(leader.is_writable, "it takes writes")
        self._as_postgres([str(POSTGRESQL / "pg_ctl"), "-D", str(leader.data), "-w", "stop"])
        leader.process.start()
        until(leader.is_writable, "it takes writes under Patroni")
        for node in others:
            shutil.rmtree(node.data)
            node.process.start()

    def _run(self, node: Node, *arguments: str) -> None:
        where = [f"--pg1-path={node.data}"]
        if "restore" not in arguments:  # which asks no database
            where.append(f"--pg1-port={node.port}")
        self._as_postgres([*self.command, *where, *arguments])

    def _as_postgres(self, command: list[str]) -> None:
        subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL, **self.cluster.how)


def visited(site: Site, cookies: list[str]) -> set[str]:
    """What people have saved for a few seconds, and was acknowledged."""
    with Visitors(site.port, cookies, len(cookies), 0.1) as visitors:
        time.sleep(SECONDS)
    return {one.words for one in visitors.saves}


@contextmanager
def served_metrics(site: Site, folder: Path) -> Iterator[str]:
    """`manage.py metrics`, by the role of the site."""
    address = f"127.0.0.1:{free_port()}"
    process = Process(
        "metrics",
        [sys.executable, "manage.py", "metrics"],
        folder,
        environment={**site.environment, "METRICS_ADDRESS": address},
    )
    try:
        yield f"http://{address}/metrics"
    finally:
        process.stop()


def lag_of_the_standby(cluster: Cluster, site: Site, cookies: list[str], address: str) -> str:
    """Scraped while it follows, while it stands still, and when it follows again."""
    [standby] = [node for node in cluster.nodes if node is not cluster.primary]

    def lag(kind: str) -> float:
        try:
            with urlopen(address, timeout=5) as response:  # noqa: S310
                found = LAG.findall(response.read().decode())
        except OSError:
            return -1
        values = {name: float(value) for name, who, sync, value in found
                  if (who, sync) == (standby.name, "sync")}  # fmt: skip
        return values.get(kind, -1)

    until(lambda: lag("bytes") == 0, "the standby has caught up")
    standby.signal("startup", signal.SIGSTOP)  # it replays; Patroni would end a mere pause
    visited(site, cookies[:10])
    until(lambda: lag("seconds") > SECONDS, "the lag grows")
    behind = f"{lag('bytes'):.0f} bytes and {lag('seconds'):.1f} s"
    standby.signal("startup", signal.SIGCONT)
    until(lambda: lag("bytes") == 0, "the standby has caught up again")
    return f"scraped lag of the standby: 0, then {behind} while it stood still, then 0 again"


def sql(node: Node, statement: str) -> object:
    """The first value of its answer, if it has one."""
    with psycopg.connect(node.url, autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None
