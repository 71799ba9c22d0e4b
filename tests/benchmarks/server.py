"""Runs the site as in production, on granian with two workers, and measures CPU and memory."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.support import databases

ROOT = Path(__file__).parent.parent.parent
# Two keys of which the first is in use, as in the middle of a rotation.
MASTER_KEYS = (
    "1:Zm9yIG1lYXN1cmluZyBvbmx5LCBvZiAzMiBieXRlcyE=",
    "2:Zm9yIG1lYXN1cmluZyB0b28sIG9mIDMyIGJ5dGVzISE=",
)
TICKS = os.sysconf("SC_CLK_TCK")  # a second


class Site:
    """A granian server on a free port.

    It uses TLS if `certificate` names the files of a certificate and its key (PKCS 8). `root` is
    the folder of the build that is started.
    """

    def __init__(
        self,
        database_url: str,
        log: Path,
        certificate: tuple[Path, Path] | None = None,
        settings: str = "tests.benchmarks.settings",
        root: Path = ROOT,
    ) -> None:
        self.port = databases.free_port()
        self.environment = environment(database_url, self.port)
        self.environment["DJANGO_SETTINGS_MODULE"] = settings
        command = [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"),
            *("--host", "127.0.0.1", "--port", str(self.port)),
            *("--workers", "2", "--blocking-threads", "3", "--backlog", "256"),
            *("--log-level", "warning", "config.wsgi:application"),
        ]
        if certificate:
            self.environment["SITE_URL"] = f"https://localhost:{self.port}"
            names = ("--ssl-certificate", "--ssl-keyfile")
            command += [
                str(argument) for pair in zip(names, certificate, strict=True) for argument in pair
            ]
        log.parent.mkdir(exist_ok=True)
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                command, cwd=root, env=self.environment, stdout=output, stderr=subprocess.STDOUT
            )
        self._wait()

    def _wait(self) -> None:
        for _ in range(1_200):
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.2).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError("granian did not answer within a minute")

    def cpu(self) -> float:
        return cpu_of(self.process.pid)

    def peak_memory(self) -> int:
        """Return the peak memory of the largest worker, in bytes."""
        return max(_peak(pid) for pid in tree(self.process.pid))

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)


def environment(database_url: str, port: int = 8000) -> dict[str, str]:
    """Return the environment of a real server, with invented values.

    `port` is needed only by a process that listens on it.
    """
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings",
        "DEBUG": "0",
        "SECRET_KEY": "a-key-for-measuring-only-0123456789-abcdefghijklmnop",
        "MASTER_KEYS": ",".join(MASTER_KEYS),
        "ALLOWED_HOSTS": "localhost,testserver",
        "SITE_URL": f"http://localhost:{port}",
        "EMAIL_URL": "dummymail://",
        "DEFAULT_FROM_EMAIL": "hello@example.org",
        "DATABASE_URL": database_url,
        "DATABASE_POOL_SIZE": "4",
        "TASKS": "database",
        "LOG_LEVEL": "WARNING",
    }


def cpu_of(root: int) -> float:
    """Return the CPU seconds that a process and its descendants have used so far."""
    return sum(_ticks(pid, with_gone=True) for pid in tree(root)) / TICKS


def _ticks(pid: int, *, with_gone: bool) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(field) for field in fields[11 : 15 if with_gone else 13])


def tree(root: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        children.setdefault(parent, []).append(int(stat.parent.name))
    found, ahead = [], [root]
    while ahead:
        pid = ahead.pop()
        found.append(pid)
        ahead += children.get(pid, [])
    return found


def _peak(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0
