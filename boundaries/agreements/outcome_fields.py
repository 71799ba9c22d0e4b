"""The fields of a proposal, as a form shows them: in a talk, and on the page of agreements."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.text import isolated
from boundaries import dates
from boundaries.agreements.wording import BOTH
from boundaries.content import catalogue
from boundaries.vocabulary import Condition, Outcome, Side

# As on a card, in its order.
SHOWN = (
    Outcome.FINE,
    Outcome.CONDITIONS,
    Outcome.NOT_FOR_US,
    Outcome.REVISIT,
    Outcome.DIFFER,
)
FIELDS = ("outcome", "conditions", "words", "on")
ENOUGH = gettext_lazy(
    "This wasn’t proposed: several of your proposals here have no answer yet. Please wait for an"
    " answer, or talk it over."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doer:
    """The fields for one line of a proposal."""

    id: str
    name: str | Promise
    outcome: str
    conditions: Iterable[str]  # that are chosen
    offered: Iterable[Condition]  # that fit the behaviour, and any other that is chosen
    words: str
    on: str
    errors: Mapping[str, list[str]]  # by the name of the field, without its line

    @property
    def dated(self) -> bool:
        """Whether its day is shown at once: one that is set, missing or wrong."""
        return bool(self.on or self.errors["on"] or self.outcome == Outcome.REVISIT)


def pictured(
    behaviour: str,
    names: Mapping[Side, str],
    content: Mapping[str, Any],
    errors: Mapping[str, list[str]],
) -> dict[str, Any]:
    """Return the context of components/outcomes.html. `content` and `errors` are by field name.

    `behaviour` is an id: conditions that make no sense for it are not offered.
    """
    shipped = catalogue.every().get(behaviour)
    unfitting = shipped.unfitting_conditions if shipped else ()
    return {
        "outcomes": SHOWN,
        "doers": [_doer(id, names, content, errors, unfitting) for id in (BOTH, *Side.values)],
        "alike": content.get("alike") or "yes",
    }


def calendar() -> dict[str, str]:
    """Return the first and the last day that may be chosen, and the one to suggest."""
    return {
        "earliest": dates.tomorrow().isoformat(),
        "latest": dates.latest().isoformat(),
        "suggested": dates.tomorrow().isoformat(),
    }


def _doer(
    id: str,
    names: Mapping[Side, str],
    content: Mapping[str, Any],
    errors: Mapping[str, list[str]],
    unfitting: Collection[str],
) -> Doer:
    chosen = content.get(f"conditions_{id}") or ()
    name = {str(side): name for side, name in names.items()}.get(id)
    return Doer(
        id=id,
        name=_("When %(name)s does it") % {"name": isolated(name)}
        if name
        else _("Whoever does it"),
        outcome=content.get(f"outcome_{id}", ""),
        conditions=chosen,
        offered=[it for it in Condition if it not in unfitting or it in chosen],
        words=content.get(f"words_{id}", ""),
        on=content.get(f"on_{id}", ""),
        errors={name: errors.get(f"{name}_{id}", []) for name in FIELDS},
    )
