"""A PgBouncer for the tests; run as a module, it installs Debian's if there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psycopg

from tests.support import databases
from tests.support.browsers import quietly
from tests.support.watchdogs import Watchdog

HOW_TO_GET_ONE = "no pgbouncer was found. Install it (on Debian: apt install pgbouncer)."


def found() -> str | None:
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def install() -> None:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("No PgBouncer for the tests yet: installing Debian's.", flush=True)
        # Debian's own service is not to run.
        quietly("apt-get", "update", "-qq")
        quietly("apt-get", "install", "-y", "-qq", "--no-install-recommends", "pgbouncer")
        if shutil.which("systemctl"):
            quietly("systemctl", "disable", "--now", "pgbouncer")


class Pooler:
    """PgBouncer in transaction mode in front of a server, with two connections to it in turns."""

    def __init__(self, server_port: int, folder: Path) -> None:
        program = found()
        assert program
        self.port = databases.free_port()
        folder.chmod(0o755)
        (folder / "users").write_text('"postgres" ""\n')
        (folder / "ini").write_text(
            f"""
            [databases]
            * = host=127.0.0.1 port={server_port}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {self.port}
            auth_type = trust
            admin_users = postgres
            auth_file = {folder}/users
            pool_mode = transaction
            default_pool_size = 2
            min_pool_size = 2
            server_round_robin = 1
            unix_socket_dir =
            """.replace("            ", "")
        )
        as_whom = databases.unprivileged()
        with (folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [program, folder / "ini"], stdout=log, stderr=log, cwd="/", **as_whom
            )
        self.watchdog = Watchdog(self.process, folder)
        for _ in range(200):
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=2).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError((folder / "log").read_text())

    def url(self, name: str) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/{name}"

    def forget_connections(self) -> None:
        """To the server; the next ones see what it sets for new ones."""
        with psycopg.connect(
            self.url("pgbouncer"), autocommit=True, cursor_factory=psycopg.ClientCursor
        ) as admin:
            admin.execute("RECONNECT")

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        self.watchdog.stop()


if __name__ == "__main__":
    if found() is None:
        install()
    if found() is None:
        print(f"NOT TESTED WITH PGBOUNCER: {HOW_TO_GET_ONE}")
        sys.exit(1 if os.environ.get("CI") else 0)
