"""Only for development: shows mails on the console and on a page, and a style guide."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.mail import EmailMessage
from django.core.mail.backends.console import EmailBackend
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.forms import NameForm
from boundaries.agreements import outcome_fields
from boundaries.agreements import pages as agreements_pages
from boundaries.answers.pages import Card, direction
from boundaries.comparison.pages import whole
from boundaries.content import help, phrasing
from boundaries.demo import couple
from boundaries.talks import transcript
from boundaries.talks.pages import proposal
from boundaries.talks.screens import stages
from boundaries.vocabulary import FEELINGS, Answer, Side, Stance

MAX_MAILS = 30  # on the page, the newest first
# CSS classes by the names of the colours in tokens.css.
COLOURS = {
    "paper": "paper",
    "sheet": "sheet",
    "wash": "wash",
    "ink": "ink",
    "quiet": "quiet-ink",
    "rule": "rule",
    "edge": "edge",
    "one": "first",
    "two": "second",
    "accent": "accent",
    "on-accent": "on-accent",
    "chosen": "chosen",
    "focus": "focus",
}


class MailboxBackend(EmailBackend):
    """Writes mails to the console, and to the folder that the mailbox page reads."""

    def __init__(self, *, folder: str, **options: Any) -> None:
        super().__init__(**options)
        self.folder = Path(folder)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        self.folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{datetime.now():%Y%m%d-%H%M%S-%f}.eml"
            (self.folder / name).write_bytes(message.message().as_bytes())
        return super().send_messages(email_messages) or 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A mail as the page shows it."""

    to: str
    subject: str
    at: str
    body: str


@require_safe
@login_not_required
def mailbox(request: HttpRequest) -> HttpResponse:
    """The newest mails, for developers without a mail server. Only with DEBUG."""
    folder = Path(settings.MAILERS["post"]["OPTIONS"].get("folder", ""))
    newest = sorted(folder.glob("*.eml"), reverse=True)[:MAX_MAILS]
    return render(request, "mailbox.html", {"letters": [_received(path) for path in newest]})


@require_safe
@login_not_required
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component in every state, from the templates that the site uses."""
    context = {**_own_answers(), **_talk(), **_agreement(), **_forms()}
    return render(request, "styleguide.html", context | {"colours": COLOURS})


def _own_answers() -> dict[str, Any]:
    """Cards, and the comparison of both partners."""
    blank, answered, *_ = (Card.kept(row) for row in couple.sheet().rows)
    hers, his = couple.answers_of(Side.LEFT), couple.answers_of(Side.RIGHT)
    return {
        "stances": list(Stance),
        "cards": [
            replace(answered, version="1", undoable=True),
            replace(blank, partners="", mine=""),
            replace(answered, private=True),
            replace(answered, skipped=True, partners="", mine=""),
        ],
        "answers": [Answer(), hers["a1"], hers["a2"], his["c1"]],
        "direction": direction(couple.partner()),
        "groups": couple.comparison().groups,
        "multiples": whole(couple.comparison())[:3],
        "names": {str(side): name for side, name in couple.NAMES.items()},
    }


def _talk() -> dict[str, Any]:
    talk = couple.talk(len(couple.TURNS))
    return {
        "talk": talk,
        "statements": talk.statements,
        "transcript": transcript.of_talk(talk),
        "proposal": proposal(talk),
        "stages": stages(couple.talk(couple.HALF_WAY)),
        "note": phrasing.first_note("You never tell me."),
        "feelings": FEELINGS,
        "example": "styleguide",
    }


def _agreement() -> dict[str, Any]:
    entries = {entry.behaviour: entry for entry in couple.agreement().entries}
    return {
        "entries": [entries["a1"], entries["b1"]],
        **agreements_pages.entry_context(entries["d1"]),
        **outcome_fields.pictured(couple.NAMES, {"alike": "no", "outcome_left": "conditions"}, {}),
        **outcome_fields.calendar(),
    }


def _forms() -> dict[str, Any]:
    return {
        "empty": NameForm(),
        "filled": NameForm(initial={"first_name": "Asha"}),
        "wrong": NameForm({"first_name": ""}),
        "errors": ["Please write what you heard, in your own words."],
        "countries": list(help.countries().values())[:1],
    }


def _received(path: Path) -> Received:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    body = message.get_body(("plain",))
    return Received(
        to=message["To"],
        subject=message["Subject"],
        at=message["Date"],
        body=body.get_content() if body else "",
    )
