"""Who runs the site, and what the other can see of talks and understandings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings

from accounts import locales
from boundaries.agreements.history import Entry, ProposalVersion
from boundaries.agreements.words import is_user_written
from boundaries.repair.forms import own_texts, picked_feelings
from boundaries.repair.reading import ShownRepair
from boundaries.talks import transcript
from boundaries.talks.overview import ShownPart
from boundaries.talks.transcript import SpokenTurn
from boundaries.vocabulary import Side


@dataclass(frozen=True, slots=True)
class Operator:
    """Whoever runs the site, and how to reach them."""

    name: str  # "" if the settings hold none
    address: str  # a mailto:, https: or tel: address

    @classmethod
    def named_in_settings(cls) -> Operator:
        return cls(settings.OPERATOR_NAME, settings.OPERATOR_CONTACT)

    @property
    def can_be_reached(self) -> bool:
        """Not on a machine for trials and in a demo, where the default is no real address."""
        return not self.address.endswith("@localhost")

    @property
    def contact(self) -> str:
        """The address as people read it."""
        return self.address.removeprefix("mailto:").removeprefix("tel:")


@dataclass(frozen=True, slots=True)
class VisibleTalk:
    """A talk, and the words in it that the other can read."""

    talk: ShownPart
    turns: list[SpokenTurn]

    @classmethod
    def of(cls, talk: ShownPart, names: Mapping[Side, str]) -> VisibleTalk:
        turns = transcript.spoken_turns(
            talk.handed, names, user_written=is_user_written(talk.behaviour)
        )
        return cls(talk, turns)


@dataclass(frozen=True, slots=True)
class VisibleRepair:
    """What this person sent in one repair, which the other can read."""

    repair: ShownRepair
    texts: list[str]

    @classmethod
    def of(cls, repair: ShownRepair) -> VisibleRepair:
        texts = [
            text
            for turn in repair.turns
            for text in (
                *own_texts(turn.move, turn.content),
                locales.listed(picked_feelings(turn.content)),
            )
        ]
        return cls(repair, list(filter(None, texts)))


@dataclass(frozen=True, slots=True)
class VisibleWords:
    """What this person proposed or said yes to on one behaviour."""

    entry: Entry
    proposed: list[ProposalVersion]
    agreed: list[ProposalVersion]  # proposed by the other

    @classmethod
    def of(cls, entry: Entry) -> VisibleWords:
        mine = [version for version in entry.versions if version.side == entry.me]
        theirs = [version for version in entry.versions if version.side != entry.me]
        agreed = [version for version in theirs if entry.me in version.assented]
        return cls(entry, mine, agreed)
