"""docs/asvs.csv covers all of OWASP ASVS 5.0, and names only tests that exist."""

from __future__ import annotations

import csv
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "asvs.csv"
FIELDS = ["id", "level", "requirement", "applies", "tests", "reason"]
# The standard itself (5.0.0): the levels of the items of every section, in order.
STANDARD = {
    "1.1": "22", "1.2": "1111122223", "1.3": "112222222223", "1.4": "222", "1.5": "123",
    "2.1": "122", "2.2": "112", "2.3": "12223", "2.4": "23",
    "3.1": "3", "3.2": "113", "3.3": "12223", "3.4": "11222233", "3.5": "11122333", "3.6": "3",
    "3.7": "22333",
    "4.1": "12233", "4.2": "23333", "4.3": "22", "4.4": "1222",
    "5.1": "2", "5.2": "112333", "5.3": "113", "5.4": "222",
    "6.1": "122", "6.2": "111111112222", "6.3": "11223333", "6.4": "112233", "6.5": "22222333",
    "6.6": "2223", "6.7": "33", "6.8": "2222",
    "7.1": "222", "7.2": "1111", "7.3": "22", "7.4": "11222", "7.5": "223", "7.6": "22",
    "8.1": "1233", "8.2": "1123", "8.3": "133", "8.4": "23",
    "9.1": "111", "9.2": "1222",
    "10.1": "22", "10.2": "223", "10.3": "22223", "10.4": "1111122222233333", "10.5": "22222",
    "10.6": "22", "10.7": "222",
    "11.1": "2233", "11.2": "22233", "11.3": "11233", "11.4": "1222", "11.5": "23", "11.6": "23",
    "11.7": "33",
    "12.1": "12233", "12.2": "11", "12.3": "22223",
    "13.1": "2333", "13.2": "222223", "13.3": "2233", "13.4": "1222233",
    "14.1": "22", "14.2": "12223333", "14.3": "122",
    "15.1": "12233", "15.2": "12233", "15.3": "1222222", "15.4": "3333",
    "16.1": "2", "16.2": "22222", "16.3": "2222", "16.4": "222", "16.5": "2223",
    "17.1": "23", "17.2": "22223333", "17.3": "22",
}  # fmt: skip
LEVELS = {
    f"{section}.{number}": level
    for section, levels in STANDARD.items()
    for number, level in enumerate(levels, 1)
}
# The most important items of level 3, and one that is knowingly not met (6.3.6).
CHOSEN = {
    "1.2.10", "1.3.12", "2.3.5", "3.1.1", "3.4.7", "3.4.8", "3.5.8", "3.6.1", "3.7.4",
    "4.1.4", "6.3.5", "6.3.6", "6.3.7", "6.3.8", "6.5.6", "7.5.3", "8.3.2", "11.2.5",
    "11.3.4", "13.1.4", "13.4.6", "14.2.5", "14.2.6", "14.2.7", "15.2.4", "15.4.2", "16.5.4",
}  # fmt: skip
PAPERS = (
    *(ROOT / name for name in ("README.md", "SECURITY.md", "CHANGELOG.md", "docs/asvs.csv")),
    *sorted((ROOT / "docs").rglob("*.md")),
)
FILE = re.compile(r"(?<![\w./:-])(?:[\w-]+/)*[\w.-]+\.(?:md|csv|py|toml|js|json|yml|txt)\b(?!/)")
TEST = re.compile(r"([\w/]+\.py)::(\w+)")
PLACE = re.compile(r"(docs/[\w/-]+\.md|[A-Z]+\.md), \"([^\"]+)\"")  # a page and one of its headings
HEADING = re.compile(r"^#+ (.+)$", re.M)
BUILT = {"var", "staticroot", "__pycache__"}
# Names that are no files of ours: exports for people, and responses.
ELSEWHERE = {"page-1.txt", "my-data.json", "page.json", "security.txt", "var/time.md"}


@cache
def items() -> list[dict[str, str]]:
    with PAGE.open(newline="") as file:
        reader = csv.DictReader(file, strict=True)
        rows = list(reader)
    assert not [row for row in rows if None in row], "a comma that is not in quotes"
    assert reader.fieldnames == FIELDS
    return rows


def test_the_standard_is_as_long_as_it_says() -> None:
    assert Counter(LEVELS.values()) == {"1": 70, "2": 183, "3": 92}


def test_it_is_the_whole_of_levels_one_and_two_and_the_chosen_of_three() -> None:
    ids = [row["id"] for row in items()]

    assert len(ids) == len(set(ids))
    assert set(ids) == {id for id, level in LEVELS.items() if level in "12"} | CHOSEN
    assert {row["id"]: row["level"] for row in items()} == {id: LEVELS[id] for id in ids}
    assert ids == [id for id in LEVELS if id in ids]  # in the standard's order


def test_each_item_is_met_by_a_test_or_there_is_a_written_reason() -> None:
    for row in items():
        assert row["requirement"], row
        assert row["applies"] in {"yes", "no"}, row
        if row["applies"] == "no":
            assert not row["tests"], row
        if not row["tests"]:
            says_where = PLACE.search(row["reason"])
            assert says_where or len(row["reason"].split()) >= 7, row


def test_every_test_that_is_named_is_there() -> None:
    named = {node for row in items() for node in row["tests"].split()}

    assert all(re.fullmatch(r"tests/[\w/]+\.py::test_\w+", node) for node in named)
    assert {node for node in named if not _is_there(*node.split("::"))} == set()
    assert len(named) > 100


def test_every_deviation_is_documented() -> None:
    text = (ROOT / "docs" / "threat-model.md").read_text()
    deviations = {row["id"] for row in items() if re.search("deviation|known miss", row["reason"])}

    assert {id for id in deviations if not re.search(rf"[( ]{re.escape(id)}[);.,]", text)} == set()
    assert len(deviations) > 5


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_documents_name_only_files_that_exist(paper: Path) -> None:
    """Files may be named from the root, from tests/, or by a unique name."""
    text = paper.read_text()

    for name in set(FILE.findall(text)) - ELSEWHERE:
        assert _called(name), name
    for name, test in TEST.findall(text):
        assert any(_is_there(path, test) for path in _called(name)), f"{name}::{test}"
    for page, heading in PLACE.findall(text):
        assert heading in HEADING.findall((ROOT / page).read_text()), f"{page}, {heading}"


def test_the_threat_model_names_many() -> None:
    text = (ROOT / "docs" / "threat-model.md").read_text()

    assert len(set(FILE.findall(text))) > 25
    assert len(TEST.findall(text)) > 15


def test_a_missing_file_would_be_found() -> None:
    assert _called("tests/test_asvs.py") == _called("test_asvs.py") == ["tests/test_asvs.py"]
    assert not _called("tests/test_as.py")
    assert _is_there("tests/test_asvs.py", "test_a_missing_file_would_be_found")
    assert not _is_there("tests/test_asvs.py", "test_what_is")
    assert FILE.findall("see `accounts/no.py`, docs/no.md and no.toml") == [
        "accounts/no.py", "docs/no.md", "no.toml",
    ]  # fmt: skip


@cache
def _files() -> tuple[str, ...]:
    found = []
    for folder, folders, names in ROOT.walk():
        folders[:] = [name for name in folders if name not in BUILT and not name.startswith(".")]
        found += [(folder / name).relative_to(ROOT).as_posix() for name in names]
    return tuple(found)


@cache
def _called(name: str) -> list[str]:
    return [path for path in _files() if path == name or path.endswith(f"/{name}")]


@cache
def _is_there(path: str, test: str) -> bool:
    file = ROOT / path
    return file.exists() and bool(re.search(rf"^def {test}\(", file.read_text(), re.M))
