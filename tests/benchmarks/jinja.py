"""How Jinja2 compares with Django's templates and with frames, on the lists of the heaviest pages.

`python -m tests.benchmarks.jinja`, after `.venv/bin/python -m pip install jinja2`. It renders the
site's own components three ways: by Django, by Jinja2 (translated here, line by line), and as the
site does, which fills what was rendered once. docs/performance.md has what it found.
"""

from __future__ import annotations

import os
import re
import statistics
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.benchmarks.settings"
os.environ.setdefault("DATABASE_URL", "sqlite:///var/jinja.sqlite3")
os.environ |= {"DEBUG": "1", "SITE_URL": "http://localhost:8000"}
django.setup()

from django.template.loader import render_to_string  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils.safestring import SafeString  # noqa: E402
from django.utils.translation import gettext  # noqa: E402

from boundaries.web.frames import fill, joined, with_gaps  # noqa: E402

jinja2: Any = import_module("jinja2")  # no package of ours: nothing else needs it
ROUNDS = 40
WAYS = ("Django", "Jinja2", "frames")
GAP = re.compile(r"{{ (\w+) }}")
BY_JINJA = (
    (re.compile(r"{% load .*? %}\n?"), ""),
    (re.compile(r'{% translate ("[^"]*") %}'), r"{{ _(\1) }}"),
    (
        re.compile(r"{% blocktranslate %}(.*?){% endblocktranslate %}"),
        lambda found: (
            f"{{{{ _({GAP.sub(r'%(\1)s', found[1])!r}) % {{"
            + ", ".join(f"{name!r}: {name}" for name in GAP.findall(found[1]))
            + "} }}"
        ),
    ),
    (re.compile(r'{% url ("[^"]*") (\w+) %}'), r"{{ url(\1, \2) }}"),
    (re.compile(r"{% url (\"[^\"]*\") %}"), r"{{ url(\1) }}"),
    (
        re.compile(r'{% include ("[^"]*") with (\w+)=True %}'),
        r"{% set \2 = true %}{% include \1 %}",
    ),
)
# By list: its component, how many there are, and what each is rendered with.
CHOICES = SafeString('<div class="stances">' + "<label>Fine</label>" * 4 + "</div>")
CARD: dict[str, Any] = {
    "text": "Messaging the same person nearly every day",
    "token": "t" * 64,
    "version": "0856f59028debc819af7f473",
    "direction": "When Ravi does it",
    "conditions": "Fine, if I know beforehand.",
    "apart": "",
    "status": "Saved.",
    "undoable": "hidden",
    "undoes": "",
    "partners": CHOICES,
    "mine": CHOICES,
}
LISTS: dict[str, tuple[int, dict[str, Any]]] = {
    "brief": (24, CARD),
    "compared": (24, {"text": CARD["text"], "lines": SafeString("<svg></svg>"), "marks": "",
                      "asides": "",
                      "words": SafeString("<p>Asha says fine.</p>"), "remarks": "", "talk": ""}),
    "understanding": (70, {"heading": CARD["text"], "sentences": "Fine, like this.", "praise": "",
                           "day": "1 June 2026", "digest": "d" * 48, "name": "Ravi", "agreed": True,
                           "alike": True, "due": False, "example": False, "past": False}),
}  # fmt: skip


def translated(source: str) -> str:
    """A component of ours in Jinja2's language."""
    for pattern, instead in BY_JINJA:
        source = pattern.sub(instead, source)
    return source


def environment() -> Any:
    folder = Path("templates")
    loader = jinja2.FunctionLoader(lambda name: translated((folder / name).read_text()))
    made = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.ChainableUndefined)
    made.globals |= {"_": gettext, "url": lambda name, *args: reverse(name, args=args)}
    return made


def ways(component: str, count: int, values: dict[str, Any]) -> dict[str, Callable[[], str]]:
    path = f"components/{component}.html"
    ids = [f"a{number}" for number in range(count)]
    template = environment().get_template(path)
    flags = {name: it for name, it in values.items() if isinstance(it, bool)}
    words = {name: it for name, it in values.items() if name not in flags}
    frame = render_to_string(path, {**with_gaps(*words), **flags, "id": "standsforit"})
    frame = type(frame)(frame.replace("standsforit", "{id}"))
    return {
        "Django": lambda: joined(render_to_string(path, {**values, "id": id}) for id in ids),
        "Jinja2": lambda: "".join(template.render(**values, id=id) for id in ids),
        "frames": lambda: joined(fill(frame, **words, id=id) for id in ids),
    }


def same(one: str, other: str) -> bool:
    """Apart from blanks: Jinja2 keeps others."""
    return one.split() == other.split()


def main() -> None:
    print("| list | Django, ms | Jinja2 | frames |\n|---|--:|--:|--:|")
    for component, (count, values) in LISTS.items():
        made = ways(component, count, values)
        if not same(made["Django"](), made["Jinja2"]()) or not same(
            made["Django"](), made["frames"]()
        ):
            raise RuntimeError(f"{component} is not the same both ways")
        taken: dict[str, list[float]] = {way: [] for way in WAYS}
        for _ in range(ROUNDS):
            for way in WAYS:
                begun = time.process_time()
                made[way]()
                taken[way].append(time.process_time() - begun)
        figures = [f"{statistics.median(taken[way]) * 1000:.2f}" for way in WAYS]
        print(f"| {count} of `{component}` | {' | '.join(figures)} |")


if __name__ == "__main__":
    main()
