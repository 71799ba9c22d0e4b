"""Whether the aims in docs/performance.md are reached, worked out from the figures below them.

`python -m tests.benchmarks.aims` fills in the column once more, as `make bench` does at its end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

REPORT = Path(__file__).parent.parent.parent / "docs" / "performance.md"
TABLE = re.compile(r"(## Aims\n\n[^|]*)\|.*?(?=\n\n)", re.DOTALL)


def write_between(begin: str, end: str, table: str) -> None:
    """Replace what stands between two marks of the report."""
    head, _, rest = REPORT.read_text().partition(begin)
    REPORT.write_text(head + begin + table + end + rest.partition(end)[2])


class Figures:
    """The tables and lines that `make bench` has written."""

    def __init__(self, report: str) -> None:
        self.text = report.partition("<!-- made by make bench -->")[2].partition("<!-- until")[0]
        rows = [
            [cell.strip(" `") for cell in line.strip("|").split("|")]
            for line in self.text.splitlines()
            if line.startswith("|")
        ]
        self.loads = [row for row in rows if len(row) == 10 and row[1][:1].isdigit()]
        self.growth = {row[0]: float(row[1]) for row in rows if len(row) == 2 and _is(row[1])}
        self.pages = [row for row in rows if len(row) == 5 and row[0].startswith("/")]

    def of_the_floor(self, *starts: str) -> list[float]:
        """Requests a second, as a part of the floor's."""
        return [float(row[3]) for row in self.loads if row[0].startswith(starts)]

    def queries(self) -> dict[str, int]:
        found = [(row[0], row[9]) for row in self.loads] + [(row[0], row[1]) for row in self.pages]
        return {name: int(number) for name, number in found if number}

    def encryption(self) -> dict[str, float]:
        """Milliseconds a page."""
        return {row[0]: float(row[2]) / 1000 for row in self.pages if row[2]}

    def kilobytes(self, column: int) -> float:
        return max(int(row[column].replace(",", "")) for row in self.pages) / 1000

    def number(self, pattern: str) -> float:
        found = re.search(pattern, self.text)
        if not found:
            raise LookupError(f"the figures lack {pattern}")
        return float(found[1])


@dataclass(frozen=True, slots=True)
class Aim:
    what: str
    aim: str
    reached: Callable[[Figures], str]


def at_least(least: float, *starts: str) -> Callable[[Figures], str]:
    def reached(figures: Figures) -> str:
        slowest = min(figures.of_the_floor(*starts))
        return _said(slowest >= least, f"{slowest:.2f}")

    return reached


def few_queries(figures: Figures) -> str:
    queries = figures.queries()
    too_many = {
        name: number
        for name, number in queries.items()
        if number > (10 if name in ("home", "/home/") else 8)
    }
    return _said(not too_many, _named(too_many or queries, "{:.0f}"))


def little_growth(figures: Figures) -> str:
    return _said(max(figures.growth.values()) <= 1.15, _named(figures.growth, "{:.2f}"))


def light(figures: Figures) -> str:
    first, later = figures.kilobytes(3), figures.kilobytes(4)
    return _said(first <= 100 and later <= 15, f"{first:.0f} kB and {later:.0f} kB")


def small(figures: Figures) -> str:
    megabytes = figures.number(r"Peak memory of a worker: (\d+) MB")
    return _said(megabytes <= 150, f"{megabytes:.0f} MB")


def quick_encryption(figures: Figures) -> str:
    spent = figures.encryption()
    return _said(max(spent.values()) <= 1, f"{_named(spent, '{:.2f} ms')}")


def quick_rotation(figures: Figures) -> str:
    seconds = figures.number(r"which is ([\d.]+) s for 100,000")
    return _said(seconds <= 5, f"{seconds:.1f} s")


AIMS: Sequence[Aim] = (
    Aim("sheet, comparison", "0.35 of the floor's requests a second",
        at_least(0.35, "sheet", "comparison")),
    Aim("saving an answer", "0.5 of them", at_least(0.5, "save an answer")),
    Aim("any page", "at most 8 queries, whatever it holds (home, once two have opened something: "
        "10)", few_queries),
    Aim("a page that waits in a talk", "at most 5 queries a question",
        lambda figures: "not measured"),
    Aim("100,000 couples instead of 1,000", "p50 at most 1.15 times as long", little_growth),
    Aim("first visit, later ones", "at most 100 kB and 15 kB on the wire", light),
    Aim("a worker", "at most 150 MB at its peak", small),
    Aim("encryption", "at most 1 ms a page", quick_encryption),
    Aim("another master key", "at most 5 s for 100,000 data keys", quick_rotation),
)  # fmt: skip


def filled(report: str) -> str:
    """The report with its table of aims made from its own figures."""
    figures = Figures(report)
    lines = ["| what | aim | reached? |", "|---|---|---|"]
    lines += [f"| {aim.what} | {aim.aim} | {aim.reached(figures)} |" for aim in AIMS]
    return TABLE.sub(lambda found: found[1] + "\n".join(lines), report, count=1)


def _is(text: str) -> bool:
    return bool(re.fullmatch(r"\d+\.\d+", text))


def _said(reached: bool, figure: str) -> str:
    return f"yes: {figure}" if reached else f"**no**: {figure}"


def _named(figures: dict[str, float] | dict[str, int], form: str) -> str:
    """The largest, and whose it is."""
    name = max(figures, key=lambda name: figures[name])
    return f"{form.format(figures[name])} ({name})"


if __name__ == "__main__":
    REPORT.write_text(filled(REPORT.read_text()))
