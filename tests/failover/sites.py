"""Two web hosts on granian behind HAProxy, from the files in deploy/failover."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.benchmarks.server import MASTER_KEYS
from tests.failover.cluster import FILES, ROOT, Process, found
from tests.support.certificates import for_localhost
from tests.support.databases import free_port


class Site:
    """Web hosts on granian, as a unit for systemd starts them, behind HAProxy."""

    def __init__(self, database_url: str, folder: Path, hosts: int = 2, root: Path = ROOT) -> None:
        self.folder = folder
        self.port = free_port()
        self.ports = ports = [free_port() for _ in range(2)]
        self.environment = environment(database_url, self.port)
        self.hosts = [
            Process(f"web{port}", granian(port), folder, environment=self.environment)
            for port in ports[:hosts]
        ]
        self.socket = folder / f"haproxy{self.port}.sock"
        file = folder / f"site-{self.port}.pem"
        file.write_text("".join(part.read_text() for part in for_localhost(folder)))
        here = re.sub(r"^ +(user|group) .*\n", "", (FILES / "haproxy.cfg").read_text(), flags=re.M)
        (folder / "haproxy.cfg").write_text(here)  # it may be started by anybody
        self.haproxy = Process(
            f"haproxy{self.port}",
            [str(found("haproxy")), "-db", "-f", str(folder / "haproxy.cfg")],
            folder,
            environment={
                "PATH": os.environ["PATH"],
                "FRONT": f"127.0.0.1:{self.port}",
                "WEB1": f"127.0.0.1:{ports[0]}",
                "WEB2": f"127.0.0.1:{ports[-1]}",
                "CERTIFICATE": str(file),
                "ADMIN_SOCKET": str(self.socket),
            },
        )

    def run(self, *arguments: str) -> str:
        """What tests.failover.people prints."""
        return self._run("-m", "tests.failover.people", *arguments)

    def manage(self, *arguments: str) -> str:
        return self._run("manage.py", *arguments)

    def _run(self, *arguments: str) -> str:
        command = [sys.executable, *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, check=True, text=True, stdout=subprocess.PIPE
        )
        return done.stdout

    def stop(self) -> None:
        for process in (self.haproxy, *self.hosts):
            process.stop()


def granian(port: int) -> list[str]:
    """The command of deploy/common-ground-web.service, on another port."""
    unit = (ROOT / "deploy/common-ground-web.service").read_text()
    line = next(line for line in unit.splitlines() if line.startswith("ExecStart="))
    command = line.partition("=")[2].split()
    command[0] = sys.executable
    command[command.index("--port") + 1] = str(port)
    return command


def environment(database_url: str, port: int) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "a-key-for-trials-only-0123456789-abcdefghijklmnopqrst",
        "MASTER_KEYS": ",".join(MASTER_KEYS),
        "ALLOWED_HOSTS": "localhost",
        "SITE_URL": f"https://localhost:{port}",
        "EMAIL_URL": "dummymail://",
        "DEFAULT_FROM_EMAIL": "hello@example.org",
        "DATABASE_URL": database_url,
        "TRUSTED_PROXIES": "1",
        "LOG_LEVEL": "ERROR",
    }
