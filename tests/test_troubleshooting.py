"""docs/troubleshooting.md explains every message that operators can get, and no other."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from tests.test_settings import GOOD, REFUSED, read

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
TROUBLESHOOTING = (DOCS / "troubleshooting.md").read_text()
SETTINGS = "It does not start: settings"
ROW = re.compile(r"^\| `([^`]+)`", re.M)
CODE = re.compile(r"`([^`\n]+)`")
REPLACED = {"is no mail address"}  # whoever catches it says more
ENDS = " .:("  # where a message goes on with what differs
FOR_DEVELOPERS = {  # what a check finds in files that come with the program
    "boundaries/content/catalogue/checks.py",
    "boundaries/content/help/checks.py",
    "boundaries/privacy_notice/checks.py",
}


def section(title: str) -> str:
    return TROUBLESHOOTING.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def refusals() -> set[str]:
    """Every refusal of a setting that the tests of the settings know, without its variable."""
    found = {
        read({**GOOD, **(value if isinstance(value, dict) else {name: value})})
        for name, values in REFUSED.items()
        for value in values
    }
    return {str(refusal).removeprefix("Common Ground cannot start: ") for refusal in found}


def messages(*folders: str) -> Iterator[tuple[str, str]]:
    """Where an error, a warning or a cause is made, and the longest fixed piece of its text."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = str(path.relative_to(ROOT))
            if name not in FOR_DEVELOPERS:
                for node in ast.walk(ast.parse(path.read_text())):
                    if isinstance(node, ast.Call) and (text := longest_piece(node)):
                        yield f"{name}:{node.lineno}", text


def longest_piece(call: ast.Call) -> str:
    """The longest literal in the message of a call that reports something; "" for other calls."""
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if name == "BadSetting":
        given = call.args[1:2]
    elif name in {"Invalid", "CommandError", "Cause"}:
        given = call.args[:1]
    elif name in {"warning", "error", "exception"} and getattr(function, "value", None):
        of_logger = isinstance(function, ast.Attribute) and ast.unparse(function.value) == "logger"
        given = call.args[:1] if of_logger else []
    else:
        return ""
    literals = [
        node.value
        for argument in given
        for node in ast.walk(argument)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    return max(literals, key=len, default="").strip(ENDS)


@pytest.mark.once
def test_every_refusal_of_a_setting_is_explained_and_no_other() -> None:
    texts = [text.strip(ENDS) for text in ROW.findall(section(SETTINGS))]
    refused = refusals()
    all_texts = {text for _, text in messages("config/environment", "accounts/encryption.py")}

    unexplained = {why for why in refused if not any(text in why for text in texts)}
    never_said = {text for text in texts if not any(text in why for why in [*refused, *all_texts])}

    assert (unexplained, never_said) == (set(), set())
    assert len(refused) > 100


@pytest.mark.once
def test_every_other_message_is_explained() -> None:
    refused = " ".join(refusals())  # the test above is about these
    quoted = [text.strip(ENDS) for text in CODE.findall(TROUBLESHOOTING)]
    found = list(messages("accounts", "boundaries", "config"))

    missing = [
        (where, text)
        for where, text in found
        if text not in refused
        and text not in REPLACED
        and not any(text in quote or (len(quote) > 9 and quote in text) for quote in quoted)
    ]

    assert missing == []
    assert len(found) > 90


def slug(heading: str) -> str:
    """The anchor of a heading, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


@pytest.mark.once
def test_every_link_between_the_documents_leads_somewhere() -> None:
    broken = []
    for path in [*DOCS.rglob("*.md"), *ROOT.glob("*.md")]:
        text = re.sub(r"```.*?```|`[^`\n]*`", "", path.read_text(), flags=re.DOTALL)
        for link in re.findall(r"\]\(([^)\s]+)\)", text):
            file, _, anchor = link.partition("#")
            if link.startswith(("http:", "https:", "mailto:")):
                continue
            target = path.parent / file if file else path
            headings = (
                re.findall(r"^#+ (.+)$", target.read_text(), re.M)
                if target.suffix == ".md" and target.exists()
                else []
            )
            if not target.exists() or (anchor and anchor not in map(slug, headings)):
                broken.append((path.name, link))

    assert broken == []


@pytest.mark.django_db
def test_every_statement_in_the_page_on_monitoring_runs() -> None:
    statements = re.findall(r"^    (SELECT .*);$", (DOCS / "monitoring.md").read_text(), re.M)

    for statement in statements:
        if connection.vendor == "postgresql" or "pg_" not in statement:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                assert len(cursor.fetchall()) == 1
    assert len(statements) == 4
