"""The version of the program, from its one place: pyproject.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path


def read(folder: Path) -> str:
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    return str(project["version"])
