"""Vendored files are one version, unchanged since it was published."""

from __future__ import annotations

import json
import re
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.utils import get_files

from tools import vendor

ROOT = Path(__file__).parent.parent


def test_the_files_are_as_they_were_published() -> None:
    notes = json.loads(vendor.NOTES.read_text())
    there = {path.name for path in vendor.FOLDER.iterdir()} - {vendor.NOTES.name}

    assert there == set(notes["files"])
    for name, note in notes["files"].items():
        assert vendor.digest("sha384", (vendor.FOLDER / name).read_bytes()) == note["sha384"], name
    assert re.fullmatch(r"\d+\.\d+\.\d+", notes["version"]), "this is not a finished version"


def test_browsers_are_sent_this_htmx_and_no_other() -> None:
    version = json.loads(vendor.NOTES.read_text())["version"]
    wanted = f"vendor/htmx-{version}.min.js"
    templates = "".join(path.read_text() for path in (ROOT / "templates").rglob("*.html"))
    served = {
        path
        for finder in finders.get_finders()
        for storage in finder.storages.values()  # type: ignore[attr-defined]
        for path in get_files(storage)
        if "htm" in path
    }

    assert set(re.findall(r'script "([^"]*htm[^"]*)"', templates)) == {wanted}
    assert served == {wanted, "vendor/htmx-LICENSE.txt"}
