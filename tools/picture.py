"""Draws docs/pictures/parts.svg from the imports between the parts: `make picture`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from html import escape
from pathlib import Path

import grimp

ROOT = Path(__file__).parent.parent
PICTURE = ROOT / "docs" / "pictures" / "parts.svg"
NAMES, CELL = 150, 30  # pixels


def layers() -> list[list[str]]:
    """The parts in the order that import-linter holds, those that know most first."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    for contract in settings["tool"]["importlinter"]["contracts"]:
        if contract.get("id") == "parts":
            return [[name.strip() for name in layer.split("|")] for layer in contract["layers"]]
    raise LookupError("no contract about the parts")


def imports(parts: list[str]) -> set[tuple[str, str]]:
    """Which part imports which."""
    graph = grimp.build_graph("boundaries", exclude_type_checking_imports=True)
    found: set[tuple[str, str]] = set()
    for module in graph.modules:
        source = module.split(".")[1:2]
        for imported in graph.find_modules_directly_imported_by(module):
            target = imported.split(".")[1:2]
            if source and target and source != target and {*source, *target} <= {*parts}:
                found.add((source[0], target[0]))
    return found


def drawing() -> Iterator[str]:
    """A row for each part, and a dot for each part below it that it imports."""
    names = [name for layer in layers() for name in layer]
    found = imports(names)
    side = NAMES + len(names) * CELL
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" '
        'font-family="sans-serif" font-size="13" fill="#22302d">'
    )
    yield "<title>Which part of boundaries imports which: each knows only those below it</title>"
    yield f'<rect width="{side}" height="{side}" fill="#fff"/>'
    for row, source in enumerate(names):
        y = NAMES + row * CELL
        if row % 2:
            yield f'<rect y="{y}" width="{side}" height="{CELL}" fill="#f4efe6"/>'
        yield f'<text x="{NAMES - 8}" y="{y + 20}" text-anchor="end">{escape(source)}</text>'
        middle = y + CELL / 2
        turned = f'transform="translate({middle + 5} {NAMES - 8}) rotate(-90)"'
        yield f"<text {turned}>{escape(source)}</text>"
        yield f'<rect x="{y + 8}" y="{y + 8}" width="14" height="14" fill="#d8cfbf"/>'
        for column, target in enumerate(names):
            if (source, target) in found:
                x = NAMES + column * CELL + CELL / 2
                yield f'<circle cx="{x}" cy="{middle}" r="7" fill="#1d5c56"/>'
    yield "</svg>"


def drawn() -> str:
    return "\n".join(drawing()) + "\n"


if __name__ == "__main__":
    PICTURE.write_text(drawn())
    print(f"Drawn: {PICTURE.relative_to(ROOT)}")
