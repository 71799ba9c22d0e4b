"""What others made is named with its licence, and may be used together with ours."""

from __future__ import annotations

import hashlib
import tomllib
from importlib.metadata import distribution

import pytest
from fontTools.ttLib import TTFont

from tools import fonts, notices

ROOT = notices.ROOT
FONTS = [
    file | {"reserved": package.get("reserved")}
    for package in fonts.packages()
    for file in package["file"]
]
FOLDERS = ("static/fonts", "boundaries/downloads/typesetting/fonts")
# As the Free Software Foundation and Creative Commons publish them.
TEXTS = {
    "LICENSE": "0d96a4ff68ad6d4b6f1f30f713b18d5184912ba8dd389f86aa7710db079abcb0",
    "boundaries/content/LICENSE": (
        "23ee78c8bae49cf08ea2f0c84945c66b987ebe4520881fb51b3dad4fb43d07c2"
    ),
}


def test_the_notices_are_as_make_notices_writes_them() -> None:
    assert notices.NOTICES.read_text() == notices.written(), "Run `make notices`."


def test_a_licence_that_nobody_has_looked_at_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert notices.licence(distribution("regex")) == "Apache-2.0 AND CNRI-Python"

    monkeypatch.setattr(notices, "COMPATIBLE", {"MIT"})

    with pytest.raises(LookupError, match="regex"):
        notices.licence(distribution("regex"))


def test_the_permission_that_regex_needs_is_given() -> None:
    words = " ".join((ROOT / "NOTICE").read_text().split())

    assert "Additional permission under section 7" in words
    assert 'combined with the Python library "regex"' in words


def test_every_font_is_the_one_that_fonts_toml_describes() -> None:
    found = {
        str(path.relative_to(ROOT))
        for folder in FOLDERS
        for path in (ROOT / folder).iterdir()
        if path.suffix not in (".txt", ".md")
    }
    digests = {file["path"]: notices.digest(ROOT / file["path"]) for file in FONTS}

    assert found == set(digests)
    assert digests == {file["path"]: file["sha256"] for file in FONTS}


def test_no_changed_font_bears_a_reserved_name() -> None:
    """Version 1.1 of the OFL, condition 3: not in the names of the font, and not in our code."""
    reserving = [file for file in FONTS if file["reserved"]]
    assert reserving

    for file in reserving:
        names = TTFont(ROOT / file["path"])["name"]
        shown = [names.getDebugName(record) for record in (1, 3, 4, 6, 16)]
        assert file["reserved"] in names.getDebugName(0), "its copyright notice must stay"
        assert file["changed"] == "renamed"
        assert not [name for name in shown if name and file["reserved"] in name]


@pytest.mark.parametrize(("path", "digest"), TEXTS.items())
def test_our_licences_are_the_published_texts(path: str, digest: str) -> None:
    assert hashlib.sha256((ROOT / path).read_bytes()).hexdigest() == digest


def test_the_project_names_its_licences_and_their_files() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert project["license"] == "AGPL-3.0-or-later AND CC-BY-SA-4.0"
    assert set(TEXTS) < set(project["license-files"])
    assert [name for name in project["license-files"] if not (ROOT / name).is_file()] == []
