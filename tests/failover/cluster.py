"""Three etcd and three PostgreSQL with Patroni, all on the loopback.

They run from the files in deploy/failover that docs/failover.md explains. Everything is in one
temporary folder, and ends with this process, also when that is killed.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psycopg

from tests.benchmarks.server import tree
from tests.support.databases import free_port, unprivileged
from tests.support.watchdogs import Watchdog

ROOT = Path(__file__).parent.parent.parent
FILES = ROOT / "deploy/failover"
POSTGRESQL = Path("/usr/lib/postgresql/15/bin")
NEEDED = {
    "etcd": "etcd-server",
    "patroni": "patroni",
    "haproxy": "haproxy",
    "pgbackrest": "pgbackrest",
}
SETTLED_WITHIN = 90  # seconds


class Missing(Exception):
    """A program that this needs is not installed."""


def look_for_programs() -> None:
    """Raises Missing."""
    missing = [package for name, package in NEEDED.items() if not found(name)]
    if not (POSTGRESQL / "postgres").exists():
        missing.append("postgresql-15")
    if missing:
        raise Missing(f"apt install {' '.join(missing)}")


def found(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/usr/bin")


class Process:
    """One program, started again with the same arguments if it is told to."""

    def __init__(
        self,
        name: str,
        command: list[str],
        folder: Path,
        *,
        environment: Mapping[str, str] | None = None,
        how: Mapping[str, Any] | None = None,
    ) -> None:
        self.command, self.log = command, folder / f"{name}.log"
        self.environment = dict(environment or os.environ)
        self.how = dict(how or {})
        self.folder = folder
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT if "user" not in self.how else "/",
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **self.how,
            )
        self.watchdog = Watchdog(self.process, self.folder / "nothing")

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.watchdog.stop()


class Node:
    """A PostgreSQL and the Patroni that looks after it: one machine."""

    def __init__(self, number: int, cluster: Cluster) -> None:
        self.name = f"pg{number}"
        self.port, self.api = free_port(), free_port()
        self.data = cluster.folder / self.name
        self.process = Process(
            self.name,
            ["/usr/bin/python3", "/usr/bin/patroni", str(FILES / "patroni.yml")],
            cluster.folder,
            how=cluster.how,
            environment={
                "PATH": f"{POSTGRESQL}:/usr/bin:/bin",
                "PATRONI_NAME": self.name,
                "PATRONI_ETCD3_HOSTS": ",".join(cluster.etcd_hosts),
                "PATRONI_RESTAPI_LISTEN": f"127.0.0.1:{self.api}",
                "PATRONI_RESTAPI_CONNECT_ADDRESS": f"127.0.0.1:{self.api}",
                "PATRONI_POSTGRESQL_LISTEN": f"127.0.0.1:{self.port}",
                "PATRONI_POSTGRESQL_CONNECT_ADDRESS": f"127.0.0.1:{self.port}",
                "PATRONI_POSTGRESQL_DATA_DIR": str(self.data),
                "PATRONI_POSTGRESQL_BIN_DIR": str(POSTGRESQL),
                "PATRONI_SUPERUSER_USERNAME": "postgres",
                "PATRONI_SUPERUSER_PASSWORD": "for-trials",
                "PATRONI_REPLICATION_USERNAME": "standby",
                "PATRONI_REPLICATION_PASSWORD": "for-trials",
                "PATRONI_POSTGRESQL_PGPASS": str(cluster.folder / f"{self.name}.pgpass"),
            },
        )

    @property
    def url(self) -> str:
        return f"postgres://postgres:for-trials@127.0.0.1:{self.port}/postgres"

    def kill(self) -> None:
        """As if the machine lost its power: Patroni first, which would otherwise restart it."""
        self.process.process.kill()
        self.process.process.wait()
        self.process.watchdog.stop()
        for pid in self._postgres():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def freeze_senders(self) -> None:
        """Stop the processes that send to the standbys, so that these fall behind."""
        self.signal("walsender", signal.SIGSTOP)

    def signal(self, title: str, number: signal.Signals) -> None:
        """Signal the processes of PostgreSQL whose title has this in it."""
        for pid in self._postgres():
            with suppress(OSError):
                if title.encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                    os.kill(pid, number)

    def _postgres(self) -> list[int]:
        """The postmaster and its children: Patroni gives them a session of their own."""
        try:
            postmaster = int((self.data / "postmaster.pid").read_text().split()[0])
        except (OSError, IndexError):
            return []
        return tree(postmaster)

    def is_writable(self) -> bool:
        try:
            with psycopg.connect(self.url, connect_timeout=1, autocommit=True) as connection:
                row = connection.execute("SELECT pg_is_in_recovery()").fetchone()
                return row == (False,)
        except psycopg.Error:
            return False

    def ask(self, method: str, path: str, content: Any = None) -> tuple[int, Any]:
        """What Patroni says; 0 if it does not answer."""
        connection = HTTPConnection("127.0.0.1", self.api, timeout=15)
        try:
            connection.request(method, path, json.dumps(content) if content else None)
            response = connection.getresponse()
            text = response.read().decode()
        except OSError:
            return 0, None
        finally:
            connection.close()
        try:
            return response.status, json.loads(text)
        except ValueError:
            return response.status, text


class Cluster:
    """The database: three etcd and so many nodes."""

    def __init__(self, folder: Path, nodes: int = 3) -> None:
        self.folder = folder
        self.how = unprivileged()
        if self.how:
            os.chown(folder, self.how["user"], self.how["group"])
        folder.chmod(0o755)
        self.etcd = self._etcd()
        self.nodes = [Node(1, self)]
        self.settle(1)
        self.nodes += [Node(number, self) for number in range(2, nodes + 1)]
        self.settle(nodes)

    def _etcd(self) -> list[Process]:
        ports = [(free_port(), free_port()) for _ in range(3)]
        self.etcd_hosts = [f"127.0.0.1:{client}" for client, _ in ports]
        peers = ",".join(f"etcd{at}=http://127.0.0.1:{peer}" for at, (_, peer) in enumerate(ports))
        return [
            Process(
                f"etcd{at}",
                [
                    str(found("etcd")), "--name", f"etcd{at}",
                    "--data-dir", str(self.folder / f"etcd{at}"),
                    "--listen-client-urls", f"http://127.0.0.1:{client}",
                    "--advertise-client-urls", f"http://127.0.0.1:{client}",
                    "--listen-peer-urls", f"http://127.0.0.1:{peer}",
                    "--initial-advertise-peer-urls", f"http://127.0.0.1:{peer}",
                    "--initial-cluster", peers, "--initial-cluster-state", "new",
                    "--heartbeat-interval", "200", "--election-timeout", "2000",
                    "--unsafe-no-fsync",
                ],
                self.folder,
                how=self.how,
            )
            for at, (client, peer) in enumerate(ports)
        ]  # fmt: skip

    def url(self, name: str = "common_ground") -> str:
        """All nodes; libpq finds the one that takes writes."""
        hosts = ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)
        return f"postgres://postgres:for-trials@{hosts}/{name}?target_session_attrs=read-write"

    @property
    def primary(self) -> Node:
        for _ in range(SETTLED_WITHIN * 10):
            for node in self.nodes:
                if node.is_writable():
                    return node
            time.sleep(0.1)
        raise RuntimeError("no node takes writes")

    def settle(self, nodes: int, *, synchronous: bool = True) -> None:
        """Wait until so many nodes run, with one leader and, if there can be, a synchronous one."""
        wanted = 1 if synchronous and nodes > 1 else 0
        for _ in range(SETTLED_WITHIN * 2):
            roles = self.roles()
            if (
                len(roles) == nodes
                and roles.count("leader") == 1
                and roles.count("sync_standby") >= wanted
            ):
                return
            time.sleep(0.5)
        raise RuntimeError(f"the cluster does not settle: {self.roles()}")

    def roles(self) -> list[str]:
        for node in self.nodes:
            status, found = node.ask("GET", "/cluster")
            if status == 200 and found:
                running = ("running", "streaming")
                return [
                    member["role"] for member in found["members"] if member.get("state") in running
                ]
        return []

    def replicate(self, *, synchronously: bool) -> None:
        """Let commits wait for a standby, or not."""
        self.primary.ask("PATCH", "/config", {"synchronous_mode": synchronously})
        time.sleep(6)  # a round of Patroni
        self.settle(len(self.nodes), synchronous=synchronously)

    def switch_over(self) -> None:
        """Planned: another node takes over while the primary is well."""
        leader = self.primary
        status, answer = leader.ask("POST", "/switchover", {"leader": leader.name})
        if status != 200:
            raise RuntimeError(f"no switchover: {answer}")

    def stop(self) -> None:
        for node in self.nodes:
            if node.process.process.poll() is None:
                node.process.stop()
        for etcd in self.etcd:
            etcd.stop()


def until(condition: Callable[[], object], what: str) -> None:
    """Raises RuntimeError if it does not come true."""
    ends = time.monotonic() + SETTLED_WITHIN
    while not condition():
        if time.monotonic() > ends:
            raise RuntimeError(f"not within {SETTLED_WITHIN} s: {what}")
        time.sleep(0.1)


def temporary_folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="common-ground-failover-"))
