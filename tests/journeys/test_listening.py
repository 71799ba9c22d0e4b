"""A screen reader goes through every page: everything has a name, and no two things share one.

The reader is @guidepup/virtual-screen-reader, which npm installs into var/listening. Without npm
these tests are left out, and say so.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import PhoneMaker, sign_in
from tests.journeys.everywhere import STATES, pages, somebody

pytestmark = [
    pytest.mark.once,
    pytest.mark.deep,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(shutil.which("npm") is None, reason="NOT LISTENED TO: npm is missing"),
]

FOLDER = Path(__file__).parent.parent.parent / "var" / "listening"
READER = "@guidepup/virtual-screen-reader"
VERSION = "0.33.0"
EXPORTS = re.compile(r"export\s*\{\s*\w+ as Virtual,\s*(\S+) as virtual\s*\};?")

LISTEN = """async () => {
  const found = [];
  document.querySelectorAll("details").forEach((one) => { one.open = true });
  await window.reader.start({ container: document.body });
  for (let at = 0; at < 3000; at += 1) {
    const phrase = await window.reader.lastSpokenPhrase();
    const node = window.reader.activeNode;
    const sent = node?.form ? node.formAction || node.form.action : "";
    const to = node?.closest?.("a")?.href ?? sent;
    found.push([phrase, to, node?.nodeName?.toLowerCase() ?? ""]);
    if (/^end of document/.test(phrase)) break;
    await window.reader.next();
  }
  await window.reader.stop();
  return found;
}"""

# What has to have a name of its own after its role.
NAMED = "(?:link|button|checkbox|radio|textbox|combobox|switch|image|group|radiogroup|region)"
UNNAMED = re.compile(
    rf"^{NAMED}(?:, (?:not )?(?:checked|pressed|required|invalid|expanded|collapsed).*|)$"
)
GROUPS = re.compile(r"^(?:group|radiogroup|region|navigation|list), (?P<name>.+)")
PLACES = re.compile(r"^(?:link|button), (?P<name>.+)")


@pytest.fixture(scope="module")
def reader() -> str:
    """The reader as a script that leaves itself in the window."""
    npm = str(shutil.which("npm"))
    package = FOLDER / "node_modules" / READER
    if not package.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            [npm, "install", "--no-audit", "--no-fund", "--no-save", "--ignore-scripts",
             f"{READER}@{VERSION}", "--prefix", str(FOLDER)],
            check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
    code = (package / "lib" / "esm" / "index.browser.js").read_text()
    exported = EXPORTS.search(code)
    assert exported, "the reader is built otherwise in this version"
    return f"() => {{ {code[: exported.start()]}; window.reader = {exported[1]}; }}"


def complaints(heard: list[list[Any]]) -> list[str]:
    """What is unnamed, and what shares a name with something else."""
    wrong = [
        f"unnamed: {phrase}"
        for phrase, _, tag in heard
        if UNNAMED.match(phrase) and tag != "details"  # its summary says what it is
    ]
    leads: dict[str, set[str]] = defaultdict(set)
    groups: dict[str, int] = defaultdict(int)
    for phrase, to, tag in heard:
        if (found := PLACES.match(phrase)) and tag in {"a", "button"}:
            leads[phrase.partition(",")[0] + ", " + found["name"]].add(to)
        if found := GROUPS.match(phrase):
            groups[found["name"]] += 1
    wrong += [f"{len(to)} of the same name: {name}" for name, to in leads.items() if len(to) > 1]
    wrong += [f"{times} groups of one name: {name}" for name, times in groups.items() if times > 1]
    return wrong


def test_what_is_unnamed_or_named_twice_is_noticed() -> None:
    heard = [
        ["heading, Essentials, level 1", "", "h1"],
        ["button", "/save/", "button"],
        ["radio, not checked, position 1, set size 4", "", "input"],
        ["link, More", "/one/", "a"],
        ["link, More", "/other/", "a"],
        ["link, Home", "/home/", "a"],
        ["link, Home", "/home/", "a"],
        ["group, When I do it", "", "fieldset"],
        ["group, When I do it", "", "fieldset"],
    ]

    assert complaints(heard) == [
        "unnamed: button",
        "unnamed: radio, not checked, position 1, set size 4",
        "2 of the same name: link, More",
        "2 groups of one name: When I do it",
    ]


@pytest.mark.parametrize("state", STATES)
def test_every_page_can_be_listened_to(phone: PhoneMaker, reader: str, state: str) -> None:
    who = somebody(state)
    page = phone()
    if who:
        sign_in(page, who)
    wrong: dict[str, list[str]] = {}
    lengths = []
    for path in pages(state, who):
        page.goto(path)
        page.evaluate(reader)
        heard = page.evaluate(LISTEN)
        lengths.append(len(heard))
        found = complaints(heard)
        if not any(phrase.startswith("heading,") and "level 1" in phrase for phrase, _, _ in heard):
            found.append("no heading is heard")
        if found:
            wrong[path] = found

    assert min(lengths) > 5
    assert wrong == {}
