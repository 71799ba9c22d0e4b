"""The import contracts hold, and each was seen to break when what it guards is broken."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PARTS = "A part knows only the parts below it"
WITHIN = "Within a part: urls, views, pages, forms, rules, models"
MODELS = "Views, pages and forms reach no models"
VIEWS = "No part imports the views of another"
ANSWERS = "Only answers and comparison open the answers"
NOTES = "Only answers open private notes"
KEYS = "Only seats, pairing, and models with a key of their own know the data keys"
ACCOUNTS = "Accounts know nothing of boundaries or config"
CONFIG = "Boundaries know nothing of config"


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

    assert "Contracts: 15 kept, 0 broken." in told


@pytest.mark.parametrize(
    ("module", "line", "broken"),
    [
        ("boundaries/pairing/rules.py", "from boundaries.answers import rules", PARTS),
        ("boundaries/answers/rules.py", "from boundaries.comparison import rules", PARTS),
        ("boundaries/agreements/rules.py", "from boundaries.talks import reading", PARTS),
        ("boundaries/web/seated.py", "from boundaries.questions import rules", PARTS),
        ("boundaries/leaving/rules.py", "from boundaries.home import rules", PARTS),
        ("boundaries/unplaced.py", "PLACE = None", PARTS),
        ("boundaries/answers/rules.py", "from boundaries.answers import forms", WITHIN),
        ("boundaries/talks/pages.py", "from boundaries.talks import views", WITHIN),
        ("boundaries/home/views.py", "from boundaries.seats.models import Couple", MODELS),
        ("boundaries/pairing/forms.py", "from boundaries.seats.models import Couple", MODELS),
        ("boundaries/web/seated.py", "from boundaries.seats.models import Couple", MODELS),
        ("boundaries/answers/pages.py", "from boundaries.answers import private_notes", MODELS),
        ("boundaries/talks/decorators.py", "from boundaries.talks import models", MODELS),
        ("boundaries/leaving/views.py", "from boundaries.agreements import views", VIEWS),
        ("boundaries/home/rules.py", "from boundaries.answers.models import Answers", ANSWERS),
        ("boundaries/comparison/rules.py", "from boundaries.answers import private_notes", NOTES),
        *(
            (
                f"boundaries/{importer}/rules.py",
                f"from boundaries.{part} import models",
                f"Only {part} opens {what}",
            )
            for importer, part, what in (
                ("talks", "agreements", "what was proposed and agreed"),
                ("home", "leaving", "data exports"),
                ("comparison", "questions", "behaviours of people's own"),
                ("leaving", "talks", "talks"),
                ("leaving", "therapist_sheet", "therapist sheets"),
                ("answers", "pairing", "invitations"),
            )
        ),
        ("boundaries/comparison/rules.py", "from boundaries.seats import data_keys", KEYS),
        ("accounts/views.py", "from boundaries.content import catalogue", ACCOUNTS),
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
