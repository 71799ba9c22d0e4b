"""The import contracts hold, and each one breaks when what it guards is broken.

The linter itself runs twice. For all other cases one import is added to a copy of its graph: what
takes time is reading every module.
"""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import grimp
import pytest
from importlinter import api
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.layers import LayersContract
from importlinter.contracts.protected import ProtectedContract
from importlinter.domain.contract import Contract

from tools import picture

ROOT = Path(__file__).parent.parent
PACKAGES = ("accounts", "boundaries", "config")
TYPES: dict[str, type[Contract]] = {
    "forbidden": ForbiddenContract,
    "layers": LayersContract,
    "protected": ProtectedContract,
}
LONGEST = 350  # lines of a module
LISTS = {  # which are read by entry
    "boundaries/privacy_notice/registry.py",
    "config/settings.py",
}
PARTS = "A part knows only the parts below it"
WITHIN = "Within a part: urls, views, pages, forms, rules, models"
MODELS = "Views, pages and forms reach no models"
VIEWS = "No part imports the views of another"
ANSWERS = "Only answers and comparison open the answers"
NOTES = "Only answers open private notes"
KEYS = (
    "Only seats, pairing, openings, compacting, and models with a key of their own know the data"
    " keys"
)
ACCOUNTS = "Accounts know nothing of boundaries or config"
CONFIG = "Boundaries know nothing of config"


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*PACKAGES, exclude_type_checking_imports=True, cache_dir=None)


def test_the_order_within_a_part_holds_for_every_part() -> None:
    configuration: dict[str, Any] = api.read_configuration(str(ROOT / "pyproject.toml"))
    (within,) = (one for one in configuration["contracts_options"] if one["name"] == WITHIN)
    layers = {"urls", "views", "pages", "forms", "rules", "models"}
    parts = {
        f"boundaries.{folder.name}"
        for folder in (ROOT / "boundaries").iterdir()
        if len(layers & {path.stem for path in folder.glob("*.py")}) > 1
    }

    assert parts - set(within["containers"]) == set()


def test_the_picture_of_the_parts_is_of_the_parts_as_they_are() -> None:
    assert picture.PICTURE.read_text() == picture.drawn(), "run make picture"


@pytest.fixture(scope="module")
def contracts() -> list[Contract]:
    configuration: dict[str, Any] = api.read_configuration(str(ROOT / "pyproject.toml"))
    return [
        TYPES[options["type"]](options["name"], configuration["session_options"], options)
        for options in configuration["contracts_options"]
    ]


def add(line: str, module: str, graph: grimp.ImportGraph) -> None:
    """Add a line of a module to the graph, as the linter would read it."""
    graph.add_module(module)
    for imported in imports(line, graph.modules):
        graph.add_import(importer=module, imported=imported, line_number=1, line_contents=line)


def imports(line: str, modules: set[str]) -> Iterator[str]:
    for node in ast.parse(line).body:
        if isinstance(node, ast.ImportFrom):
            for name in node.names:
                submodule = f"{node.module}.{name.name}"
                yield submodule if submodule in modules else str(node.module)


def broken_by(
    line: str, path: str, graph: grimp.ImportGraph, contracts: list[Contract]
) -> set[str]:
    """The names of the contracts that this line would break."""
    changed = deepcopy(graph)
    add(line, path.removesuffix(".py").replace("/", "."), changed)
    return {contract.name for contract in contracts if not contract.check(changed, False).kept}


def lint(folder: Path) -> str:
    """The linter's output, one contract a line."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_all_contracts_hold(graph: grimp.ImportGraph, contracts: list[Contract]) -> None:
    assert len(contracts) == 18
    assert broken_by("", "boundaries/urls.py", graph, contracts) == set()
    assert "Contracts: 18 kept, 0 broken." in lint(ROOT)


def test_the_linter_breaks_the_same_contracts_as_its_graph(
    tmp_path: Path, graph: grimp.ImportGraph, contracts: list[Contract]
) -> None:
    path, line = "boundaries/pairing/rules.py", "from boundaries.answers import rules"
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / path).open("a") as source:
        source.write(f"\n{line}\n")

    output = lint(tmp_path)

    names = {contract.name for contract in contracts if f"{contract.name} BROKEN" in output}
    assert names == broken_by(line, path, graph, contracts) == {PARTS}


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
        ("boundaries/questions/decorators.py", "from boundaries.questions import models", MODELS),
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
    graph: grimp.ImportGraph, contracts: list[Contract], module: str, line: str, broken: str
) -> None:
    assert broken in broken_by(line, module, graph, contracts)


def test_no_two_classes_have_the_same_name() -> None:
    files = [
        file
        for package in ("accounts", "boundaries", "config")
        for file in sorted((ROOT / package).rglob("*.py"))
        if "migrations" not in file.parts
    ]
    names = Counter(
        node.name
        for file in files
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ClassDef)
    )

    assert {name for name, times in names.items() if times > 1} <= {
        "Meta",
        "Command",
        "DatabaseWrapper",
    }  # Django's


def test_a_module_is_short_enough_to_be_one_thing() -> None:
    long = {}
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            lines = len(path.read_text().splitlines())
            if lines > LONGEST and str(path.relative_to(ROOT)) not in LISTS:
                long[str(path.relative_to(ROOT))] = lines

    assert long == {}
