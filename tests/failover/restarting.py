"""Restarts one web host after the other while somebody saves: `make failover PART=restart`.

As docs/failover.md says for a new version. No save may fail.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from itertools import pairwise
from pathlib import Path
from urllib.request import Request, urlopen

from tests.failover.cluster import POSTGRESQL, Process, until
from tests.failover.sites import Site
from tests.failover.visitors import Visitors
from tests.support.databases import Server

PAUSE = 0.1  # seconds between two saves
CALM = 2  # seconds before, between and after the restarts


def restart(folder: Path) -> int:
    """Restart both, and count what got another answer than that it is saved."""
    server = Server(POSTGRESQL, quick=False)
    site = Site(server.make("common_ground"), folder)
    try:
        cookies = json.loads(site.run("make", "1", "0"))
        for number in range(len(site.hosts)):
            until(lambda at=number: state(site, at) == "UP", "both hosts are up")  # type: ignore[misc]
        with Visitors(site.port, cookies, 1, PAUSE) as visitors:
            time.sleep(CALM)
            for number, host in enumerate(site.hosts):
                began = time.monotonic()
                command(site, f"set server hosts/web{number + 1} state drain")
                systemctl_restart(host)
                until(lambda at=number: is_ready(site.ports[at]), "it is ready")  # type: ignore[misc]
                command(site, f"set server hosts/web{number + 1} state ready")
                until(lambda at=number: state(site, at) == "UP", "it is up again")  # type: ignore[misc]
                print(
                    f"  web{number + 1} is back after {time.monotonic() - began:.1f} s", flush=True
                )
                time.sleep(CALM)
    finally:
        site.stop()
        server.stop()
    saves = sorted(one.acknowledged for one in visitors.saves)
    gap = max(later - one for one, later in pairwise(saves))
    print(
        f"both hosts restarted: {len(saves)} saves, {len(visitors.unsure)} failed;"
        f" the longest wait between two {gap:.2f} s"
    )
    return 1 if visitors.unsure else 0


def systemctl_restart(host: Process) -> None:
    """As its unit: KillMode=control-group signals all processes of it."""
    os.killpg(host.process.pid, signal.SIGTERM)
    host.process.wait(20)
    host.watchdog.stop()
    host.start()


def is_ready(port: int) -> bool:
    request = Request(f"http://127.0.0.1:{port}/readyz", headers={"Host": "localhost"})
    try:
        with urlopen(request, timeout=5):  # noqa: S310
            return True
    except OSError:
        return False


def state(site: Site, number: int) -> str:
    """What HAProxy says of a host."""
    found = f"hosts,web{number + 1},"
    lines = command(site, "show stat").splitlines()
    names = lines[0].split(",")
    line = next(line for line in lines if line.startswith(found))
    return line.split(",")[names.index("status")]


def command(site: Site, text: str) -> str:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(site.socket))
        connection.sendall(f"{text}\n".encode())
        return b"".join(iter(lambda: connection.recv(65536), b"")).decode()
