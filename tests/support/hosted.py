"""The site as its image starts it: real settings, granian, a worker, and a mail server."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.request import Request, urlopen

from tests.support.databases import free_port
from tests.support.environment import MASTER_KEYS
from tests.support.mail_servers import MailServer
from tests.support.watchdogs import Watchdog

ROOT = Path(__file__).parent.parent.parent


class Hosted:
    """The processes of docker-compose.yml, on this machine; without an address on SQLite."""

    def __init__(
        self,
        site_url: str,
        folder: Path,
        database_url: str = "",
        *,
        more: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder
        self.mail_server = MailServer()
        self.port = free_port()
        self.variables = {
            "PATH": os.environ["PATH"],
            "SECRET_KEY": "Zr7d0m3KqP9xWv2yBn5tGh8jLc1aSf4eUi6oXk7bVm0wQe3r5t9n",
            "MASTER_KEYS": MASTER_KEYS[0],
            "SITE_URL": site_url,
            "ALLOWED_HOSTS": "localhost",
            "EMAIL_URL": f"smtp://127.0.0.1:{self.mail_server.port}",
            "DEFAULT_FROM_EMAIL": "hello@example.org",
            "DATABASE_URL": database_url or f"sqlite:///{folder}/site.sqlite3",
            "TRUSTED_PROXIES": "1",
            **(more or {}),
        }
        self.manage("migrate", "-v", "0")
        self.manage("createcachetable")
        self.manage("collectstatic", "--noinput", "-v", "0")
        self.start_the_site()
        self.start_the_worker()
        self.wait_until_ready()

    def start_the_site(self, **variables: str) -> None:
        self.site = self._start("site", command_of_the_image(self.port), variables)

    def start_the_worker(self) -> None:
        self.worker = self._start("worker", [sys.executable, "manage.py", "work"], {})

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.variables, check=True, text=True, capture_output=True
        )
        return done.stdout

    def logged(self) -> str:
        return "".join((self.folder / f"{name}-log").read_text() for name in ("site", "worker"))

    def stop_the_site(self) -> None:
        self.site[0].terminate()
        self.site[0].wait(10)

    def stop(self) -> None:
        for process, watchdog in (self.site, self.worker):
            process.terminate()
            process.wait(10)
            watchdog.stop()
        self.mail_server.stop()

    def wait_until_ready(self) -> None:
        health = Request(f"http://127.0.0.1:{self.port}/readyz", headers={"Host": "localhost"})
        for _ in range(1200):
            try:
                urlopen(health, timeout=5).close()  # noqa: S310
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise RuntimeError(self.logged())

    def _start(
        self, name: str, command: list[str], variables: dict[str, str]
    ) -> tuple[subprocess.Popen[bytes], Watchdog]:
        environment = self.variables | variables
        with (self.folder / f"{name}-log").open("ab") as log:
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        return process, Watchdog(process, self.folder)


def command_of_the_image(port: int) -> list[str]:
    found = re.search(r"^CMD (\[.*\])$", (ROOT / "Dockerfile").read_text(), re.M)
    assert found
    command: list[str] = json.loads(found[1])
    command[0] = str(Path(sys.executable).parent / command[0])
    command[command.index("--host") + 1] = "127.0.0.1"
    command[command.index("--port") + 1] = str(port)
    return command
