"""No browser remembers what people type, sends it away for spell-checking, or answers for us."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from tests.conftest import PASSWORD
from tests.journeys.everywhere import AGREEING, NOBODY, OPEN, REPAIRING, TALKING, looks, somebody

pytestmark = pytest.mark.once

TEMPLATES = Path(__file__).parent.parent / "templates"
CHECKED = {"text", "search", "url", "email"}  # types that browsers may send away for spell-checking
TICKED = {"radio", "checkbox", "date", "select", "textarea"} | CHECKED
REFUSED = {"email", "url", "number", "date", "time", "month", "datetime-local"}  # if mistyped
REFUSING = {"required", "pattern", "min", "max", "minlength", "step"}
NO_CONTROL = {"hidden", "submit", "button", "reset", "image"}
# What browsers and password managers may fill in: it reveals nothing about a couple.
FILLED_IN = {
    *("given-name", "email", "username", "username webauthn", "current-password", "new-password"),
    "one-time-code",
}


class Lint(HTMLParser):
    """The faulty fields of a page, and the number of all fields."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.wrong: set[str] = set()
        self.fields = 0
        self.form: dict[str, str | None] | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "form":
            self.form = attributes
        kind = (attributes.get("type") or "text") if tag == "input" else tag
        if (
            tag not in {"input", "textarea", "select"}
            or kind in NO_CONTROL
            or "readonly" in attributes
        ):
            return
        self.fields += 1
        can_be_refused = kind in REFUSED or REFUSING & set(attributes)
        if can_be_refused and "novalidate" not in (self.form or {}):
            self.wrong.add(f"a browser says what is wrong with {attributes.get('name')}")
        action = (self.form or {}).get("action") or ""
        off, name = attributes.get("autocomplete"), attributes.get("name")
        if kind in CHECKED | {"textarea"} and attributes.get("spellcheck") != "false":
            self.wrong.add(f"the spelling of {name} is checked")
        if kind in CHECKED | {"textarea", "password"} and off not in {"off", *FILLED_IN}:
            self.wrong.add(f"{name} is remembered")
        kept = (self.form or {}).get("autocomplete") != "off" and off not in {"off", *FILLED_IN}
        if kind in TICKED and kept and not action.startswith("/acc"):
            self.wrong.add(f"{name} is there again when somebody goes back")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None


def looked_at(state: str) -> Iterator[tuple[str, str]]:
    who = somebody(state)
    if who:  # to include pages that need reauthentication
        email = who.user.email
        EmailAddress.objects.create(user=who.user, email=email, verified=True, primary=True)
        who.client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    yield from looks(state, who)


@pytest.mark.turns(2)
@pytest.mark.django_db
@pytest.mark.parametrize("state", [NOBODY, "new", OPEN, TALKING, AGREEING, REPAIRING])
def test_no_page_lets_a_browser_check_or_remember_what_is_written(state: str) -> None:
    wrong, fields = {}, 0
    for path, page in looked_at(state):
        found = Lint(page)
        fields += found.fields
        if found.wrong:
            wrong[path] = found.wrong

    assert wrong == {}
    assert fields > 6


FIELD = re.compile(r"<(?:textarea|input)\b(?:\{.*?\}|[^>{])*>", re.DOTALL)


def test_no_template_has_a_field_that_would() -> None:
    """Includes pages that are only reached by a mistake or a rare step."""
    fields = [
        (template.relative_to(TEMPLATES).as_posix(), field)
        for template in sorted(TEMPLATES.rglob("*.html"))
        for field in FIELD.findall(template.read_text())
        if takes_words(field)
    ]

    assert [field for field in fields if 'spellcheck="false"' not in field[1]] == []
    assert [field for field in fields if "autocomplete=" not in field[1]] == []
    assert len(fields) >= 8  # crispy writes the others


FORM = re.compile(r"<form\b(.*?)(?<!%)>(.*?)</form>", re.DOTALL)
INCLUDED = re.compile(r'\{% include "([^"]+)"')
CAN_BE_REFUSED = re.compile(r'\brequired\b|type="(?:email|date)"|\|crispy|element fields')


def test_no_form_of_a_template_lets_a_browser_answer_for_us() -> None:
    """Includes pages that are only reached by a mistake or a rare step."""
    forms = [
        (template.relative_to(TEMPLATES).as_posix(), tag, with_includes(body))
        for template in sorted(TEMPLATES.rglob("*.html"))
        for tag, body in FORM.findall(template.read_text())
    ]
    filled_in = [(name, tag) for name, tag, body in forms if CAN_BE_REFUSED.search(body)]

    assert [name for name, tag in filled_in if "novalidate" not in with_includes(tag)] == []
    assert len(filled_in) > 15
    assert "novalidate" in (TEMPLATES / "allauth/elements/form.html").read_text()


def with_includes(text: str) -> str:
    """A piece of a template with what it includes, which knows more about its fields."""
    included = (TEMPLATES / name for name in INCLUDED.findall(text))
    return text + "".join(with_includes(path.read_text()) for path in included)


def takes_words(field: str) -> bool:
    kind = re.search(r'type="([a-z]+)"', field)
    if kind:
        return kind[1] in CHECKED and "readonly" not in field.replace("attrs.readonly", "")
    if "readonly" in field.replace("attrs.readonly", ""):
        return False
    return field.startswith("<textarea") or "type=" not in field


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("<textarea name=a autocomplete=off></textarea>", "the spelling of a is checked"),
        ("<input name=a autocomplete=off>", "the spelling of a is checked"),
        ("<input name=a spellcheck=false>", "a is remembered"),
        ("<input type=radio name=a>", "a is there again when somebody goes back"),
        *(
            (f"<form><input {kind} name=a>", "a browser says what is wrong with a")
            for kind in ("required", "type=email", "min=1")
        ),
        ("<select name=a></select>", "a is there again when somebody goes back"),
    ],
)
def test_the_search_for_such_fields_finds_them(field: str, wrong: str) -> None:
    assert wrong in Lint(field).wrong
    assert not Lint("<textarea autocomplete=off spellcheck=false></textarea>").wrong
