"""Runs a demo that anybody may look at. Everything in it is invented, and deleted every hour."""

from __future__ import annotations

import base64
import fcntl
import os
import secrets
import shutil
import signal
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from accounts import closing
from boundaries.demo import ports, rules
from boundaries.vocabulary import Side

SERVER = [
    *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--log-level", "warning"),
    *("--workers", "1", "--blocking-threads", "4"),
]


class Command(BaseCommand):
    """Nothing survives a start, a reset or a stop. With new keys, nothing could be read either."""

    help = (
        "Start a demo of the site on SQLite. It sends no mail, and forgets everything every hour."
    )
    requires_system_checks = ()  # they would open a database that is deleted now

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", default="8000")  # read below, to refuse it in one line

    def handle(self, *args: Any, host: str, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "This deletes everything it finds. Set DEMO=1 if that is what you want."
            )
        try:
            port = ports.parsed(str(options["port"]), command="make try")
        except ValueError as error:
            raise CommandError(str(error)) from error
        if not os.access(settings.VAR, os.W_OK):
            raise CommandError(
                f"{settings.VAR} must be writable. In a container, mount a tmpfs there."
            )
        with _locked(settings.VAR):
            if not ports.is_free(host, port):
                raise CommandError(f"Port {port} is taken: make try PORT=8123")
            self._run(host, port)

    def _run(self, host: str, port: int) -> None:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        password = secrets.token_urlsafe(9)
        try:
            _start(password)
            self._greet(password)
            self._serve(
                [*SERVER, "--host", host, "--port", str(port), "config.wsgi:application"], password
            )
        except KeyboardInterrupt:
            pass
        finally:
            empty_folder(settings.VAR)

    def _greet(self, password: str) -> None:
        self.stdout.write(f"The demo is at {settings.SITE_URL}. Sign in there by one tap, or as:")
        for side in Side:
            self.stdout.write(f"  {rules.address_of(side)} with the password {password}")
        self.stdout.write(
            f"Everything in it is deleted every {settings.DEMO_RESET_MINUTES} minutes."
        )

    def _serve(self, command: list[str], password: str) -> None:
        server = subprocess.Popen(command, env=_environment())
        try:
            while True:
                try:
                    status = server.wait(settings.DEMO_RESET_MINUTES * 60)
                except subprocess.TimeoutExpired:
                    start_over(password)
                else:
                    raise CommandError(f"The server stopped ({status}): see above.")
        finally:
            _stop(server)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keep other demos out of the folder that this one empties. The lock ends with the process."""
    lock = os.open(folder, os.O_RDONLY)  # which the server does not inherit
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise CommandError("A demo already runs here. Stop it first.") from error
    else:
        yield
    finally:
        os.close(lock)


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Stop the server. While it starts, granian does not listen to the polite way."""
    server.terminate()
    try:
        server.wait(timeout=10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def start_over(password: str) -> None:
    """Delete everything while the site runs, and load the couple again."""
    call_command("flush", interactive=False, verbosity=0)
    cache.clear()
    empty_folder(settings.VAR / "mail")
    rules.load(password=password)
    closing.overwrite_deleted()
    connection.close()


def empty_folder(folder: Path) -> None:
    """Delete what is in a folder. The folder may be a mount, so it stays."""
    for path in folder.glob("*"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _start(password: str) -> None:
    empty_folder(settings.VAR)
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    rules.load(password=password)
    connection.close()


def _environment() -> dict[str, str]:
    """The server's processes share the keys that were drawn for this one."""
    ours = ("SECRET_KEY", "SECRET_KEY_FILE", "MASTER_KEYS", "MASTER_KEYS_FILE")
    rest = {name: value for name, value in os.environ.items() if name not in ours}
    keys = (f"{id}:{base64.b64encode(key).decode()}" for id, key in settings.MASTER_KEYS.items())
    return rest | {"SECRET_KEY": settings.SECRET_KEY, "MASTER_KEYS": ",".join(keys)}
