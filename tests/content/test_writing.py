"""What docs/translating.md promises to somebody who writes a question works as it says."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from django.utils.autoreload import StatReloader, autoreload_started

from boundaries import content
from boundaries.content import catalogue

ROOT = Path(__file__).parent.parent.parent
TRANSLATING = (ROOT / "docs" / "translating.md").read_text()
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()


@pytest.mark.turns(3)
@pytest.mark.once
def test_the_line_that_checks_a_question_works_without_any_setting() -> None:
    line = re.search(r"Then check it:\n\n    (.+)\n", TRANSLATING)
    assert line
    assert f"`{line[1]}`" in CONTRIBUTING

    done = subprocess.run(
        line[1].split(),
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    assert "ERRORS" not in done.stdout  # what is not translated yet may be named


def test_the_site_starts_again_when_a_file_of_content_changes() -> None:
    reloader = StatReloader()

    autoreload_started.send(sender=reloader)

    read = {path for path in content.HERE.rglob("*") if path.suffix in (".toml", ".txt")}
    assert catalogue.SOURCE in read
    assert read - set(reloader.watched_files()) == set()


def test_the_question_that_is_shown_is_one_that_is_asked() -> None:
    shown = re.search(r"```toml\n(.*?)```", TRANSLATING, re.DOTALL)
    assert shown

    (example,) = tomllib.loads(shown[1])["behaviour"]
    _, asked = catalogue.read(catalogue.SOURCE.read_text())
    (question,) = (table for table in asked if table["id"] == example["id"])
    reworded = {"text": question["text"], "why_couples_differ": question["why_couples_differ"]}
    assert example | reworded == question


def test_the_rule_on_people_is_the_one_at_the_head_of_the_catalogue() -> None:
    head = catalogue.SOURCE.read_text().partition("[[")[0]
    rule = re.compile(r'"Someone" is .*?\.')

    in_the_file = rule.findall(" ".join(line.strip("# ") for line in head.splitlines()))
    assert len(in_the_file) == 1
    assert rule.findall(" ".join(TRANSLATING.split())) == in_the_file
