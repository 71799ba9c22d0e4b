"""Only for development: a style guide."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.forms import NameForm
from boundaries.agreements import outcome_fields
from boundaries.agreements import pages as agreements_pages
from boundaries.answers.pages import Card, direction
from boundaries.comparison.pages import whole
from boundaries.content import help, phrasing
from boundaries.demo import couple, their_talk
from boundaries.talks import transcript
from boundaries.talks.pages import proposal
from boundaries.talks.screens import stages
from boundaries.vocabulary import FEELINGS, Answer, Side, Stance

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
    "error": "wrong",
}


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
            replace(answered, version="1", undoes=answered.partners),
            replace(blank, partners="", mine=""),
            replace(answered, private=True),
            replace(answered, skipped=True, partners="", mine=""),
        ],
        "sheets": [
            replace(couple.sheet(), sealed=False, open=False),
            replace(couple.sheet(), sealed=True, open=False),
        ],
        "answers": [Answer(), hers["a1"], hers["a2"], his["c1"]],
        "direction": direction(couple.partner()),
        "groups": couple.comparison().groups,
        "multiples": whole(couple.comparison())[:3],
        "names": {str(side): name for side, name in couple.names().items()},
    }


def _talk() -> dict[str, Any]:
    talk = their_talk.talk(len(their_talk.TURNS))
    return {
        "talk": talk,
        "statements": talk.statements,
        "record": transcript.record(talk),
        "proposal": proposal(talk),
        "stages": stages(their_talk.talk(their_talk.HALF_WAY)),
        "note": phrasing.first_note("You never tell me."),
        "feelings": [(general, finer, False) for general, finer in FEELINGS.items()],
        "example": "styleguide",
    }


def _agreement() -> dict[str, Any]:
    entries = {entry.behaviour: entry for entry in couple.agreement().entries}
    return {
        "entries": [entries["a1"], entries["b1"]],
        **agreements_pages.entry_context(entries["d1"]),
        **outcome_fields.pictured(
            "d1", couple.names(), {"alike": "no", "outcome_left": "conditions"}, {}
        ),
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
