"""A test run that is killed leaves no server running, and no folder behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.postgresql

STARTS_A_SERVER = """
import time
from tests.support.databases import Server, binaries
server = Server(binaries())
print(server.port, server.folder, flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_run_leaves_no_postgresql(by: signal.Signals) -> None:
    run = subprocess.Popen(
        [sys.executable, "-c", STARTS_A_SERVER],
        cwd=Path(__file__).parent.parent,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with run:
        assert run.stdout
        port, folder = run.stdout.readline().split()
        assert listens(int(port))
        os.killpg(run.pid, by)  # as the whole run is killed, in a terminal or by a CI

    for _ in range(150):
        if not listens(int(port)) and not Path(folder).exists():
            break
        time.sleep(0.1)
    assert not listens(int(port))
    assert not Path(folder).exists()


def listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
