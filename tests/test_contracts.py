"""The import contracts hold, and each was seen to break when what it guards is broken."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LAYERS = "Each act knows only the acts before it"
ANSWERS = "Only answering and comparing may open the answers"
NOTES = "Only answering may open the notes to oneself"
KEYS = "Only the tables and pairing, which makes them, know the data keys"
OWN = "Only asking may open what people wrote themselves to be asked"
EXPORTS = "Only exporting may open what is made to be taken along"
WEB = "The web layer reaches the tables only through the acts"
ACCOUNTS = "Accounts know nothing of boundaries, and nobody knows the settings' folder"
CONFIG = "Boundaries do not reach into the settings' folder"


def lint(where: Path) -> str:
    """What the linter says, each contract on a line of its own."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=where, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for package in ("accounts", "boundaries", "config"):
        shutil.copytree(ROOT / package, tmp_path / package)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_all_contracts_hold(copy: Path) -> None:
    told = lint(copy)

    assert "Contracts: 12 kept, 0 broken." in told


@pytest.mark.parametrize(
    ("module", "line", "broken"),
    [
        ("boundaries/pairing/rules.py", "from boundaries import answering", LAYERS),
        ("boundaries/answers/rules.py", "from boundaries import comparing", LAYERS),
        ("boundaries/comparison/rules.py", "from boundaries.views import journey", LAYERS),
        ("boundaries/unplaced.py", "PLACE = None", LAYERS),
        ("boundaries/home/rules.py", "from boundaries.models.answers import Answers", ANSWERS),
        ("boundaries/comparison/rules.py", "from boundaries.models.notes import Notes", NOTES),
        ("boundaries/comparison/rules.py", "from boundaries.models.own import Own", OWN),
        ("boundaries/comparison/rules.py", "from boundaries.models.keys import Key", KEYS),
        ("boundaries/leaving/rules.py", "from boundaries.models.exports import Export", EXPORTS),
        ("boundaries/home/rules.py", "from boundaries import leaving", LAYERS),
        ("boundaries/home/views.py", "from boundaries.models.couples import Couple", WEB),
        ("boundaries/pairing/forms.py", "from boundaries.models.couples import Couple", WEB),
        ("boundaries/web/http.py", "from boundaries.models import couples", WEB),
        ("accounts/views.py", "from boundaries import catalogue", ACCOUNTS),
        ("accounts/outbox.py", "from config import settings", ACCOUNTS),
        ("boundaries/notifications.py", "from config import settings", CONFIG),
    ],
)
def test_a_contract_breaks_when_what_it_guards_is_broken(
    copy: Path, module: str, line: str, broken: str
) -> None:
    with (copy / module).open("a") as source:
        source.write(f"\n{line}\n")

    assert f"{broken} BROKEN" in lint(copy)
