"""What a proposal says, as it is stored and as it is read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from typing import Any

from django.utils.translation import gettext as _

from boundaries import sentences
from boundaries.agreements.wording import BOTH, ProposalLine, from_before, proposal
from boundaries.content import catalogue
from boundaries.sentences import Sentence, filled, theirs
from boundaries.vocabulary import Condition, Outcome, Side

FORMAT = 2  # of stored words: see docs/adr/0019. Those of the first format have no number.

STORED = ("format", "behaviour", "lines", "text", "well")


@dataclass(frozen=True, slots=True)
class Words:
    """What a proposal says: the behaviour as it was read, a sentence for each line, as data too."""

    wording: str
    lines: tuple[ProposalLine, ...]
    text: tuple[Sentence, ...]  # with the names that the two have now
    well: str = ""  # what the two did well
    own: bool = False  # the behaviour is in words of the two, and not in ours
    stored: Mapping[str, Any] = field(default_factory=dict, repr=False)  # what a yes is said to

    @property
    def alike(self) -> bool:
        """Whether the same holds for both."""
        return [line.doer for line in self.lines] == [BOTH]

    @property
    def days(self) -> list[date]:
        """When it is looked at again."""
        return sorted({line.on for line in self.lines if line.on})

    @property
    def heading(self) -> str:
        """The behaviour as it is shown."""
        return Sentence([theirs(self.wording)]) if self.own else self.wording

    @property
    def praise(self) -> Sentence | None:
        """What the two did well, as it is shown."""
        said = filled(_("What you two did well: %(words)s"), words=theirs(self.well))
        return Sentence(said) if self.well else None

    @property
    def told(self) -> tuple[str, ...]:
        """All of it, as it is read."""
        return (self.heading, *self.read)

    @property
    def read(self) -> tuple[Sentence, ...]:
        """What stands under its heading."""
        return (*self.text, *filter(None, [self.praise]))


def put_into_words(
    behaviour: str, lines: Sequence[ProposalLine], names: Mapping[Side, str], well: str = ""
) -> Words:
    """A proposal in the exact words in which it is read. What is stored has no names in it."""
    text = proposal(lines, {str(side): name for side, name in names.items()})
    stored = {
        "format": FORMAT,
        "behaviour": behaviour,
        "lines": [_packed(line) for line in lines],
        "text": [sentences.packed(each) for each in text],
        "well": well,
    }
    return Words(behaviour, tuple(lines), tuple(text), well, stored=stored)


def digest_of(behaviour: str, words: Words) -> str:
    """What tells these words from all others. A yes is said to it."""
    told = json.dumps([behaviour, words.stored], sort_keys=True, ensure_ascii=False)
    return blake2b(told.encode(), digest_size=24).hexdigest()


def unpacked(
    content: Mapping[str, Any], names: Mapping[Side, str] | None = None, *, own: bool = False
) -> Words:
    """Words as they are stored, with the names that the two have now.

    Words from before there were formats have the names of then in them, and keep them.
    """
    lines = tuple(map(_unpacked, content["lines"]))
    called = {str(side): name for side, name in (names or {}).items()}
    if content.get("format") == FORMAT:
        behaviour = content["behaviour"]
        text = [sentences.unpacked(each, called) for each in content["text"]]
    else:
        behaviour, *said = content["text"]
        text = from_before(said, lines)
    stored = {name: content[name] for name in STORED if name in content}
    return Words(behaviour, lines, tuple(text), content["well"], own, stored)


def is_own(behaviour: str) -> bool:
    """Whether a behaviour is in words that one of the two wrote."""
    return behaviour not in catalogue.every()


def heading_of(behaviour: str, text: str) -> str:
    return Sentence([theirs(text)]) if is_own(behaviour) else text


def _packed(line: ProposalLine) -> dict[str, Any]:
    return {
        "doer": str(line.doer),
        "outcome": line.outcome.value,
        "conditions": [each.value for each in line.conditions],
        "words": line.words,
        "on": line.on.isoformat() if line.on else "",
    }


def _unpacked(line: Mapping[str, Any]) -> ProposalLine:
    return ProposalLine(
        doer=line["doer"],
        outcome=Outcome(line["outcome"]),
        conditions=tuple(map(Condition, line["conditions"])),
        words=line["words"],
        on=date.fromisoformat(line["on"]) if line["on"] else None,
    )
