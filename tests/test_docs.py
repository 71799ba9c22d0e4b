"""What the documents say is there: commands, files, links; and each decision is in the index."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml
from django.core.management import CommandError, get_commands, load_command_class

from tools import picture

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted(
    path
    for pattern in (
        "*.md",
        "docs/**/*.md",
        ".github/**/*.md",
        "boundaries/**/*.md",
        "static/**/*.md",
    )
    for path in ROOT.glob(pattern)
)
NAMES = [str(path.relative_to(ROOT)) for path in DOCUMENTS]
DECISIONS = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))

CODE = re.compile(r"^```.*?^```|`[^`\n]+`|^ {4}\S[^\n]*$", re.MULTILINE | re.DOTALL)
IN_A_FOLDER = re.compile(
    r"(?:accounts|boundaries|config|deploy|docs|findings|static|templates|tests|tools)"
    r"/[\w./*-]*[\w*]|(?:[A-Z][A-Z-]+\.md|docker-compose[\w.-]*\.yml|pyproject\.toml)"
)
DOTTED = re.compile(r"`([a-z_]\w*(?:\.[A-Za-z_]\w*)+)(?:\(\))?`")
# Files, hosts, ids of system checks, elements of a page.
NO_MODULE = re.compile(
    r"\.(?:py|css|toml|txt|ics|json|conf|woff2|example|org|E\d+)$|^bdi\.|^pdfminer\.six$"
)
WIDTH = 130  # most are wrapped at 120; a name may stand out
WHOLE = re.MULTILINE | re.DOTALL
ROW = re.compile(r"^\| (\d+) \| \[(.+)\]\((.+?)\) \| (\S+) \| (.+) \|$", re.MULTILINE)
HEAD = re.compile(r"# (\d+)\. (.+)\n\nDate: (\d{4}-\d\d-\d\d)\. Status: (.+)\.\n")


@pytest.fixture(params=NAMES)
def document(request: pytest.FixtureRequest) -> Path:
    return ROOT / str(request.param)


def code(document: Path) -> str:
    """Everything that is set as code, one piece a line."""
    return "\n".join(match[0] for match in CODE.finditer(document.read_text()))


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):(?! export)", (ROOT / "Makefile").read_text(), re.MULTILINE))


def test_each_command_is_there(document: Path) -> None:
    words = code(document)
    made = set(re.findall(r"\bmake ([a-z][a-z-]*)", words))
    managed = set(re.findall(r"\bmanage\.py ([a-z][a-z_]*)", words))
    modules = set(re.findall(r"\bpython -m ((?:tests|tools)[\w.]*)", words))

    assert made - targets() == set()
    assert managed - set(get_commands()) - {"help"} == set()
    assert [name for name in modules if not list(files_of(name))] == []


def test_each_command_to_copy_takes_these_arguments(document: Path) -> None:
    wrong = []
    for line in code(document).splitlines():
        for name, rest in re.findall(r"python manage\.py ([a-z_]+)((?: [^`&|;#]+)?)", line):
            if name == "shell" or "…" in rest:
                continue
            command = load_command_class(get_commands()[name], name)
            try:
                command.create_parser("manage.py", name).parse_args(shlex.split(rest))
            except (CommandError, SystemExit):
                wrong.append(f"{name}{rest}")

    assert wrong == []


def test_each_target_of_the_makefile_is_explained_and_can_be_made() -> None:
    environment = os.environ | {"LOCALE": "hi", "DOMAIN": "example.org"}
    made = subprocess.run(
        ["make", "help"],  # noqa: S607 whichever make is there
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    explained = set(re.findall(r"^make ([a-z-]+)", made.stdout, re.MULTILINE))

    parts = {name for name in targets() if name.startswith("check-")}
    assert parts
    assert explained == targets() - parts - {"help", "setup"}
    for target in sorted(explained):
        done = subprocess.run(
            ["make", "--dry-run", target],  # noqa: S607
            cwd=ROOT,
            capture_output=True,
            env=environment,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{target}: {done.stderr}"


def files_of(module: str) -> Iterator[Path]:
    path = ROOT / module.replace(".", "/")
    return (file for file in (path.with_suffix(".py"), path / "__main__.py") if file.exists())


def test_each_file_that_is_named_is_there(document: Path) -> None:
    named = {match[0] for match in IN_A_FOLDER.finditer(code(document))}

    places = (ROOT, ROOT / "tests")  # tests are named from their own folder in tables
    assert {name for name in named if not any(list(place.glob(name)) for place in places)} == set()


def test_each_module_that_is_named_is_there(document: Path) -> None:
    """`agreements.rules.assent` is an `assent` in a rules.py or in rules/ below agreements/."""
    text = document.read_text()
    named = [name for name in DOTTED.findall(text) if not NO_MODULE.search(name)]

    assert [name for name in named if not is_there(name)] == []


def is_there(dotted: str) -> bool:
    module, _, name = dotted.rpartition(".")
    path = module.replace(".", "/")
    files = [
        file
        for folder in ("", "accounts/", "boundaries/", "config/", "tests/", "tools/")
        for pattern in (f"{path}.py", f"{path}/*.py", f"*/{path}.py")
        for file in ROOT.glob(folder + pattern)
    ]
    if any(re.search(rf"\b{name}\b", file.read_text()) or file.stem == name for file in files):
        return True
    return not files and find_spec(module.partition(".")[0]) is not None  # a library's


def test_the_table_of_parts_is_in_the_order_of_their_contract() -> None:
    table = (ROOT / "docs/architecture.md").read_text().partition("| part |")[2]

    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == [
        name for layer in picture.layers() for name in layer
    ]


def test_each_file_that_is_for_contributors_is_linked() -> None:
    links = "".join(document.read_text() for document in DOCUMENTS)

    for name in ("CODE_OF_CONDUCT.md", "CONTRIBUTING.md", "SECURITY.md"):
        assert f"]({name})" in links


def test_no_document_has_two_titles(document: Path) -> None:
    prose = re.sub(r"^```.*?^```", "", document.read_text(), flags=re.MULTILINE | re.DOTALL)

    assert len(re.findall(r"^# ", prose, re.MULTILINE)) <= 1


def test_the_threat_model_names_tests_from_the_root() -> None:
    text = (ROOT / "docs/threat-model.md").read_text()

    assert len(re.findall(r"`tests/[\w/]+\.py`", text)) > 30
    assert re.findall(r"`(?!tests/)[\w/]*\btest_\w+\.py`", text) == []


def test_prose_is_wrapped(document: Path) -> None:
    """Tables, links, code, and what a benchmark writes, may be longer."""
    own = re.sub(r"^<!-- made by.*?^<!-- until here", "", document.read_text(), flags=WHOLE)
    prose = re.sub(r"^```.*?^```", "", own, flags=WHOLE)
    long = [
        line
        for line in prose.splitlines()
        if len(line) > WIDTH
        and not line.startswith(("|", "    ", "!["))
        and " " in re.sub(r"`[^`]+`", "", line.strip())
    ]

    assert long == []


def test_each_link_leads_somewhere(document: Path) -> None:
    text = document.read_text()
    wrong = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        path, _, fragment = unquote(target).partition("#")
        if "://" in target or target.startswith("mailto:"):
            continue
        file = (document.parent / path).resolve() if path else document
        if not file.exists() or (fragment and fragment not in anchors(file)):
            wrong.append(target)

    assert wrong == []


def anchors(file: Path) -> set[str]:
    """The fragments of a file's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", file.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_each_document_is_linked_from_another() -> None:
    linked = {
        (document.parent / unquote(target.partition("#")[0])).resolve()
        for document in DOCUMENTS
        for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text())
    }
    here = {path for path in DOCUMENTS if path.parts[len(ROOT.parts)] == "docs"}

    assert {str(path.relative_to(ROOT)) for path in here - linked} == set()


def test_the_readme_is_short_and_in_order() -> None:
    text = (ROOT / "README.md").read_text()

    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]

    assert len(text.splitlines()) < 120
    assert f"\nVersion {version}, " in text
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == [
        "Try it",
        "What it does",
        "What it never does",
        "How private it is",
        "Host it for your friends",
        "Status",
        "Develop",
        "Translate or write a question",
        "Security",
        "Licence",
    ]


def test_one_version_of_python_is_asked_for_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    places = [*DOCUMENTS, ROOT / "Makefile", ROOT / "bootstrap.py"]
    named = {
        version
        for path in places
        for version in re.findall(r"Python (3\.\d+) (?:or newer|\()", path.read_text())
    }

    assert named == {project["requires-python"].removeprefix(">=")}


def test_what_is_cloned_to_host_lands_where_the_units_look_for_it() -> None:
    hosting = (ROOT / "README.md").read_text().partition("## Host it for your friends")[2]
    pages = [hosting, *((ROOT / "docs" / name).read_text() for name in ("install.md", "backup.md"))]
    folders = [
        re.findall(r"^    git clone REPOSITORY (\S+) && cd (\S+)$", page, re.MULTILINE)
        for page in pages
    ]
    units = "".join(path.read_text() for path in (ROOT / "deploy").glob("*.service"))
    [place] = set(re.findall(r"^WorkingDirectory=(.+)$", units, re.MULTILINE))

    assert [len(found) for found in folders] == [1, 2, 1]
    assert {folder for found in folders for pair in found for folder in pair} == {place}
    assert set(re.findall(r"/opt/[\w-]+", units)) == {place}


def test_ci_starts_what_the_page_on_installing_starts() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())
    steps = [step.get("run", "") for step in workflow["jobs"]["compose"]["steps"]]
    install = (ROOT / "docs/install.md").read_text().partition("## With Docker")[2]
    commands = re.findall(
        r"^    (sh deploy/env\.sh [^-\n].+|docker compose up .+)$", install, re.MULTILINE
    )

    assert len(commands) == 3  # the way without containers writes .env as well
    assert [step for step in steps if step in commands] == commands[:2]
    assert "docker compose down --volumes" in steps


def test_the_way_back_of_an_upgrade_works_in_a_clone_without_tags(tmp_path: Path) -> None:
    """The lines with git, as the document has them: a version is noted, and found again."""
    upgrade = (ROOT / "docs/upgrade.md").read_text()
    backups = tmp_path / "backups"
    backups.mkdir()
    lines = [
        line.strip().replace("/var/backups/common-ground", str(backups))
        for line in re.findall(r"^ {4}(git (?:rev-parse|checkout) .+)$", upgrade, re.MULTILINE)
    ]
    commit = "git -c user.name=A -c user.email=a@example.org commit -q --allow-empty -m"
    script = ["git init -q site", "cd site", f"{commit} old", "git rev-parse HEAD", lines[0]]
    script += [f"{commit} new", f"{lines[1]} -q", "git rev-parse HEAD"]

    done = subprocess.run(
        ["sh", "-ec", "\n".join(script)],  # noqa: S607
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    before, after = done.stdout.split()
    assert after == before


def test_ci_calls_the_tests_as_the_readme_does() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())
    steps = [step.get("run") for step in workflow["jobs"]["test"]["steps"]]

    assert "\n    make test\n" in (ROOT / "README.md").read_text()
    assert (ROOT / ".ci/run").read_text().endswith("\nmake test\n")
    assert steps == [None, None, "make test"]


def test_actions_are_pinned_to_a_commit_and_name_its_release() -> None:
    workflow = (ROOT / ".github/workflows/ci.yml").read_text()
    used = re.findall(r"uses: (.+)", workflow)

    assert used
    assert [
        name for name in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", name)
    ] == []


def test_every_file_says_the_same_of_the_licences() -> None:
    """The texts are under one licence and the rest under the other: nobody has a choice."""
    notice = " ".join((ROOT / "NOTICE").read_text().split())
    readme = " ".join((ROOT / "README.md").read_text().split())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    texts = "The texts of the catalogue, the help directory and the notes on wording"
    assert f"{texts}, which are the TOML files below boundaries/content, are under the " in notice
    assert f"{texts} are under [CC BY-SA 4.0]" in readme
    assert project["license"] == "AGPL-3.0-or-later AND CC-BY-SA-4.0"


def test_the_picture_of_an_evening_is_small_enough_to_load() -> None:
    assert (ROOT / "docs/pictures/evening.webp").stat().st_size < 400_000


def test_the_index_lists_each_decision_as_it_is() -> None:
    index = (ROOT / "docs/adr/README.md").read_text()
    listed = [
        (int(n), title, file, day, status) for n, title, file, day, status in ROW.findall(index)
    ]
    written = []
    for path in DECISIONS:
        head = HEAD.match(path.read_text())
        assert head, f"{path.name} does not begin with its number, title, date and status"
        written.append((int(head[1]), head[2], path.name, head[3], head[4]))

    assert listed == written
    assert [number for number, *_ in written] == list(range(1, len(written) + 1))
