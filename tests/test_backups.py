"""A backup is put back on another machine: who has left stays gone, and all else can be read.

deploy/backup.sh and deploy/restore.sh run as they are. In place of docker stands a script that
hands each command to a PostgreSQL of the tests, or to this checkout.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import databases, proxies
from tests.support.environment import MASTER_KEYS
from tests.test_settings import GOOD

ROOT = Path(__file__).parent.parent
DOCKER = """#!/bin/sh
echo "$*" >> "$CALLS"
[ "$1" = compose ] && shift
export DATABASE_URL="$INSIDE"
case "$1 $2 $3" in
  "stop "*|"up "*) exit 0 ;;
  "config --services "*) for it in ${SERVICES:-database web worker}; do echo $it; sleep 0.02; done
    exit 0 ;;
  "exec -T database") shift 3; program=$1; shift; exec "$PROGRAMS/$program" "$@" ;;
  "run --rm migration")
    "$PYTHON" manage.py migrate --noinput -v 0 && exec "$PYTHON" manage.py createcachetable ;;
  "exec -T worker") shift 3 ;;
  "run --rm -T") shift 4 ;;
  "run --rm worker") shift 3 ;;
  *) echo "docker: not understood: $*" >&2; exit 1 ;;
esac
if [ "$1" = python ]; then shift; exec "$PYTHON" "$@"; fi
exec "$@"
"""
CONTENT = """
import json
from django.apps import apps
from accounts.models import User
from boundaries.leaving import data_export
from boundaries.seats import rules as seats
def data(user):
    return {**data_export.data(seats.seat_of(user)), "made_at": None}
print(json.dumps({
    "people": {user.email: data(user) for user in User.objects.all()},
    "rows": {model._meta.label: model._base_manager.count() for model in apps.get_models()},
}, default=str))
"""
LOAD = """
from boundaries.demo import rules
for tag in ("", "other"):
    rules.load(tag=tag, password="a password of the tests")
"""
LEAVE = """
from accounts import closing
from accounts.models import User
from boundaries.leaving import rules as leaving
leaving.delete(User.objects.get(email="{email}"))
closing.export_tombstones()
"""
UNSTEADY = {"accounts.Tombstone"}  # the worker moves them into the list in its next round


class Machine:
    """A database like the one of docker-compose.yml, and a `docker` that leads to it."""

    def __init__(
        self, folder: Path, keys: str = MASTER_KEYS[0], programs: Path | None = None
    ) -> None:
        found = programs or databases.binaries()
        assert found
        self.server = databases.Server(found)
        self.folder = folder
        folder.mkdir()
        (folder / "docker").write_text(DOCKER)
        (folder / "docker").chmod(0o755)
        port = str(self.server.port)
        self.variables = GOOD | {
            "PATH": f"{folder}:{os.environ['PATH']}",
            "CALLS": str(folder / "calls"),
            "PROGRAMS": str(self.server.bin),
            "PYTHON": sys.executable,
            "PGHOST": "127.0.0.1",
            "PGPORT": port,
            "MASTER_KEYS": keys,
            "DATABASE_URL": f"postgres://common_ground@127.0.0.1:{port}/common_ground",
            "ERASED_FILE": str(folder / "erased"),
        }
        postgres: list[str | Path] = [self.server.bin / "psql", "-q", "-U", "postgres", "-c"]
        for line in ("CREATE ROLE common_ground SUPERUSER LOGIN", "CREATE DATABASE common_ground"):
            subprocess.run([*postgres, line], env=self.variables, check=True)

    def manage(self, *arguments: str) -> str:
        done = _run([sys.executable, "manage.py", *arguments], self.variables)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def content(self) -> Any:
        return json.loads(self.manage("shell", "-v", "0", "-c", CONTENT))

    def script(
        self, name: str, *arguments: object, compose: bool = True, **more: str
    ) -> subprocess.CompletedProcess[str]:
        """One of deploy/. With compose, only the containers know where the database is."""
        url = self.variables["DATABASE_URL"]
        where = {"INSIDE": url} if compose else {"DATABASE_URL": url}
        known = {name: value for name, value in self.variables.items() if name != "DATABASE_URL"}
        command = [str(ROOT / "deploy" / name), *map(str, arguments)]
        return _run(command, known | where | more)

    def calls(self) -> list[str]:
        return (self.folder / "calls").read_text().splitlines()


def _run(command: list[str], variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True)


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    machine = Machine(tmp_path / "first")
    filled(machine)
    yield machine
    machine.server.stop()


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Machine]:
    other = Machine(tmp_path / "second")
    yield other
    other.server.stop()


def filled(machine: Machine) -> None:
    machine.manage("migrate", "-v", "0")
    machine.manage("createcachetable")
    machine.manage("shell", "-v", "0", "-c", LOAD)


def backed_up(machine: Machine, folder: Path, *, public_key: str = "") -> Path:
    done = machine.script("backup.sh", folder, AGE_RECIPIENT=public_key)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


pytestmark = [pytest.mark.postgresql, pytest.mark.deep]


def test_a_backup_comes_back_elsewhere_without_those_who_left(
    machine: Machine, other: Machine, tmp_path: Path
) -> None:
    backups = tmp_path / "backups"
    before = machine.content()
    gone, left, *others = sorted(before["people"], key=lambda email: ("other" in email, email))
    dump = backed_up(machine, backups)
    machine.manage("shell", "-v", "0", "-c", LEAVE.format(email=gone))
    later = backed_up(machine, backups)
    after = machine.content()

    done = other.script("restore.sh", dump)

    assert done.returncode == 0, done.stderr
    assert "Accounts deleted again: 1. Couples parted again: 0." in done.stdout
    restored = other.content()
    assert later != dump
    assert set(restored["people"]) == {left, *others}
    assert [restored["people"][email] for email in others] == [
        before["people"][email] for email in others
    ]
    assert restored["people"][left]["sheets"] == after["people"][left]["sheets"]
    assert any(sheet["answers"] for sheet in restored["people"][left]["sheets"])
    rows = [{k: v for k, v in it["rows"].items() if k not in UNSTEADY} for it in (restored, after)]
    assert rows[0] == rows[1]
    assert other.calls()[-1] == "compose up -d"  # not before


def test_nothing_that_is_there_is_replaced_unasked(machine: Machine, tmp_path: Path) -> None:
    dump = backed_up(machine, tmp_path / "backups")
    before = machine.content()

    refused = machine.script("restore.sh", dump)
    assert refused.returncode == 1
    assert "There are 4 accounts in this database." in refused.stderr
    broken = tmp_path / "backups" / "broken.dump"
    broken.write_bytes(dump.read_bytes()[: dump.stat().st_size // 2])
    assert machine.script("restore.sh", broken, "--replace").returncode != 0
    (tmp_path / "backups" / "erased-accounts").unlink()
    refused = machine.script("restore.sh", dump, "--replace")
    assert "erased-accounts is missing" in refused.stderr

    assert machine.content() == before
    (tmp_path / "backups" / "erased-accounts").touch()
    assert machine.script("restore.sh", dump, "--replace").returncode == 0
    assert machine.content() == before


def test_without_the_master_key_of_its_time_it_stays_closed(
    machine: Machine, tmp_path: Path
) -> None:
    dump = backed_up(machine, tmp_path / "backups")
    other = Machine(tmp_path / "second", keys=MASTER_KEYS[0].replace("dGhl", "bm90"))
    try:
        done = other.script("restore.sh", dump)
    finally:
        other.server.stop()

    assert done.returncode != 0
    assert "compose up -d" not in other.calls()


def test_old_backups_go_once_a_new_one_can_be_read(machine: Machine, tmp_path: Path) -> None:
    backups = tmp_path / "backups"
    first = backed_up(machine, backups)
    (backups / "something-else").touch()
    (backups / "erased-accounts").write_text("2026-11-01 5c1fa7c4-8cb8-4ce3-a276-6ec0b3b5aa56\n")
    month_ago = time.time() - 31 * 24 * 3600
    for path in backups.iterdir():
        os.utime(path, (month_ago, month_ago))
    half = tmp_path / "half"
    half.write_bytes(first.read_bytes()[: first.stat().st_size // 2])
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "pg_dump").write_text(f"#!/bin/sh\nexec cat {half}\n")
    (programs / "pg_dump").chmod(0o755)
    (programs / "pg_restore").symlink_to(machine.server.bin / "pg_restore")
    failed = machine.script("backup.sh", backups, PROGRAMS=str(programs))
    assert "could not read from input file" in failed.stderr
    assert failed.returncode != 0
    assert {path.name for path in backups.iterdir()} == {
        first.name, "something-else", "erased-accounts",
    }  # fmt: skip

    second = backed_up(machine, backups)

    assert {path.name for path in backups.iterdir()} == {
        second.name, "something-else", "erased-accounts",
    }  # fmt: skip
    assert "5c1fa7c4" in (backups / "erased-accounts").read_text()
    assert {path.stat().st_mode & 0o077 for path in (second, backups / "erased-accounts")} == {0}


def test_it_works_without_compose(machine: Machine, tmp_path: Path) -> None:
    (tmp_path / "first" / "docker").unlink()
    path = f"{machine.server.bin}:{machine.variables['PATH']}"
    Path(machine.variables["ERASED_FILE"]).write_text("2026-11-01 an-id\n")
    done = machine.script("backup.sh", tmp_path / "backups", compose=False, PATH=path)

    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()).stat().st_size > 10_000
    assert (tmp_path / "backups" / "erased-accounts").read_text() == "2026-11-01 an-id\n"


def test_it_finds_a_database_that_is_named_in_parts(machine: Machine, tmp_path: Path) -> None:
    (tmp_path / "first" / "docker").unlink()
    known = {name: value for name, value in machine.variables.items() if not name.startswith("PG")}
    (tmp_path / "user").write_text("common_ground\n")
    parts = {
        "PATH": f"{machine.server.bin}:{machine.variables['PATH']}",
        "DATABASE_URL": "",
        "DATABASE_HOST": "127.0.0.1",
        "DATABASE_PORT": str(machine.server.port),
        "DATABASE_USER_FILE": str(tmp_path / "user"),
        "DATABASE_NAME": "common_ground",
    }
    script = str(ROOT / "deploy" / "backup.sh")
    done = _run([script, str(tmp_path / "backups")], known | parts)

    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()).stat().st_size > 10_000


def test_a_backup_that_cannot_know_who_has_left_says_so(machine: Machine, tmp_path: Path) -> None:
    path = f"{machine.server.bin}:{machine.variables['PATH']}"
    backups = tmp_path / "backups"
    elsewhere = {"PATH": path, "ERASED_FILE": str(tmp_path / "nowhere" / "erased")}
    lost = machine.script("backup.sh", backups, compose=False, **elsewhere)
    unreadable = {"PATH": path, "ERASED_FILE": str(tmp_path)}  # a folder
    failed = machine.script("backup.sh", backups, compose=False, **unreadable)
    unset = machine.script("backup.sh", backups, compose=False, PATH=path, ERASED_FILE="")

    assert (lost.returncode, failed.returncode, unset.returncode) == (1, 1, 0)
    assert "The folder of ERASED_FILE is missing" in lost.stderr
    assert "ERASED_FILE is not set" in unset.stderr
    assert not (backups / "erased-accounts").exists()  # a restore asks for it
    assert len(list(backups.glob("common-ground-*.dump"))) == 1


@pytest.mark.parametrize("script", ["backup.sh", "restore.sh"])
def test_compose_without_a_database_of_its_own_is_refused(
    script: str, machine: Machine, tmp_path: Path
) -> None:
    (tmp_path / "erased-accounts").touch()
    (tmp_path / "a.dump").touch()
    where = tmp_path if script == "backup.sh" else tmp_path / "a.dump"

    refused = machine.script(script, where, SERVICES="web")

    assert refused.returncode == 1
    assert "compose runs no database here" in refused.stderr
    assert not (tmp_path / "first" / "calls").read_text().count("stop")


@pytest.mark.skipif(proxies.found("age") is None, reason=proxies.HOW_TO_GET_THEM)
def test_an_encrypted_backup_needs_its_private_key(
    machine: Machine, other: Machine, tmp_path: Path
) -> None:
    key = tmp_path / "key"
    made = _run(["age-keygen", "-o", str(key)], machine.variables)
    public = re.search(r"age1\w+", made.stderr)
    assert public
    dump = backed_up(machine, tmp_path / "backups", public_key=public[0])

    assert [path.suffix for path in (tmp_path / "backups").glob("common-ground-*")] == [".age"]
    assert b"demo.example" not in dump.read_bytes()
    assert other.script("restore.sh", dump).returncode != 0
    assert other.script("restore.sh", dump, AGE_IDENTITY=str(key)).returncode == 0
    assert other.content() == machine.content()


OLDER = next(Path("/usr/lib/postgresql").glob("1[5-7]/bin/postgres"), None)


@pytest.mark.skipif(
    OLDER is None, reason="no older PostgreSQL (on Debian 12: apt install postgresql)"
)
def test_a_backup_of_an_older_postgresql_is_restored(other: Machine, tmp_path: Path) -> None:
    """As docs/upgrade.md says for a new major version."""
    assert OLDER
    older = Machine(tmp_path / "first", programs=OLDER.parent)
    try:
        filled(older)
        before = older.content()
        dump = backed_up(older, tmp_path / "backups")
    finally:
        older.server.stop()

    done = other.script("restore.sh", dump)

    assert done.returncode == 0, done.stderr
    assert other.content() == before
