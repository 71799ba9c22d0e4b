"""What a proposal is put together from, as it stands in a form: in a talk, and on the page."""

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

ENOUGH = gettext_lazy(
    "This was not proposed: much of what you proposed here has no answer yet. Please wait for one, "
    "or talk about it."
)


@dataclass(frozen=True, slots=True)
class Doer:
    """One of the lines of a proposal."""

    id: str
    name: str | Promise
    outcome: str
    conditions: Iterable[str]
    words: str
    on: str
    errors: list[str]


def pictured(
    names: Mapping[Side, str], said: Mapping[str, Any], errors: Mapping[str, list[str]]
) -> dict[str, Any]:
    """What the fields of a proposal are drawn from."""
    return {
        "outcomes": Outcome,
        "conditions": Condition,
        "doers": [_doer(id, names, said, errors) for id in (BOTH, *Side.values)],
        "alike": said.get("alike") or "yes",
    }


def calendar() -> dict[str, str]:
    """The first and the last day that may be chosen, and the one that stands there at first."""
    return {
        "earliest": dates.earliest().isoformat(),
        "latest": dates.latest().isoformat(),
        "suggested": dates.suggested().isoformat(),
    }


def _doer(
    id: str, names: Mapping[Side, str], said: Mapping[str, Any], errors: Mapping[str, list[str]]
) -> Doer:
    name = {str(side): name for side, name in names.items()}.get(id)
    return Doer(
        id,
        _("When %(name)s does it") % {"name": isolated(name)} if name else _("Whoever does it"),
        said.get(f"outcome_{id}", ""),
        said.get(f"conditions_{id}") or (),
        said.get(f"words_{id}", ""),
        said.get(f"on_{id}", ""),
        [
            told
            for field in ("outcome", "conditions", "words", "on")
            for told in errors.get(f"{field}_{id}", ())
        ],
    )
