"""The fields of a proposal, as a form shows them: in a talk, and on the page of agreements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.text import isolated
from boundaries import dates
from boundaries.agreements.wording import BOTH
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
    "This wasn’t proposed: much of what you proposed here has no answer yet. Please wait for one, "
    "or talk about it."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doer:
    """The fields for one line of a proposal."""

    id: str
    name: str | Promise
    outcome: str
    conditions: Iterable[str]
    words: str
    on: str
    errors: Mapping[str, list[str]]  # by the name of the field, without its line

    @property
    def dated(self) -> bool:
        """Whether its day is shown at once: one that is set, missing or wrong."""
        return bool(self.on or self.errors["on"] or self.outcome == Outcome.REVISIT)


def pictured(
    names: Mapping[Side, str], content: Mapping[str, Any], errors: Mapping[str, list[str]]
) -> dict[str, Any]:
    """Return the context of components/outcomes.html. `content` and `errors` are by field name."""
    return {
        "outcomes": SHOWN,
        "conditions": Condition,
        "doers": [_doer(id, names, content, errors) for id in (BOTH, *Side.values)],
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
    id: str, names: Mapping[Side, str], content: Mapping[str, Any], errors: Mapping[str, list[str]]
) -> Doer:
    name = {str(side): name for side, name in names.items()}.get(id)
    return Doer(
        id=id,
        name=_("When %(name)s does it") % {"name": isolated(name)}
        if name
        else _("Whoever does it"),
        outcome=content.get(f"outcome_{id}", ""),
        conditions=content.get(f"conditions_{id}") or (),
        words=content.get(f"words_{id}", ""),
        on=content.get(f"on_{id}", ""),
        errors={name: errors.get(f"{name}_{id}", []) for name in FIELDS},
    )
