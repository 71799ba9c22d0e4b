"""What was agreed between two people when they parted, a copy for each of them alone."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import names as first_names
from boundaries.agreements.history import Entry, NoSuchAgreement, agreement
from boundaries.agreements.models import Copy
from boundaries.agreements.words import FORMAT, Words, is_own, put_into_words, unpacked
from boundaries.content import catalogue
from boundaries.content.catalogue import Category
from boundaries.seats.models import Seat
from boundaries.sentences import Sentence
from boundaries.vocabulary import Side


@dataclass(frozen=True, slots=True)
class KeptAgreement:
    """An understanding as it is kept after parting."""

    category: Category
    words: Words
    since: date

    @property
    def wording(self) -> str:
        return self.words.wording

    @property
    def text(self) -> tuple[Sentence, ...]:
        return self.words.text

    @property
    def well(self) -> str:
        return self.words.well


@dataclass(frozen=True, slots=True)
class AgreementCopy:
    """What held between two people when they parted, for one of them alone."""

    id: uuid.UUID
    on: date
    understandings: tuple[KeptAgreement, ...]


def copy_for_each(seat: Seat) -> None:
    """Set aside for each of the two what holds between them now. The couple must be held.

    In each one's copy the other has no name: it is about what was agreed, and not about them.
    """
    held = [each for each in agreement(seat).entries if each.current]
    for each in Seat.objects.filter(couple=seat.couple_id).order_by("side") if held else ():
        Copy.put(each, [_plain(entry, Side(str(each.side))) for entry in held])


def all_of(seat: Seat) -> list[AgreementCopy]:
    """What was set aside for this person at each parting, the newest first. One query."""
    return [
        AgreementCopy(id, on, tuple(_plainly(each, called) for each in content))
        for id, on, content, called in Copy.all_of(seat)
    ]


def one_of(seat: Seat, copy_id: uuid.UUID) -> AgreementCopy:
    """One of them. Raises NoSuchAgreement."""
    for each in all_of(seat):
        if each.id == copy_id:
            return each
    raise NoSuchAgreement


def delete(seat: Seat, copy_id: uuid.UUID) -> None:
    """Delete a copy that this person does not want to keep. Raises NoSuchAgreement."""
    if not Copy.owned_by(seat).filter(pk=copy_id).delete()[0]:
        raise NoSuchAgreement


def _plain(entry: Entry, me: Side) -> dict[str, Any]:
    """What holds, as it is kept: with sides, and without a name. The day is that of the second yes.

    What is still in the first format has the other's name in its text, and is put anew.
    """
    version = entry.shown
    words, agreed = version.words, version.agreed_at or version.at
    if words.stored.get("format") != FORMAT:
        words = put_into_words(words.wording, words.lines, {}, words.well)
    return {
        "category": entry.category.id,
        "words": words.stored,
        "own": is_own(entry.behaviour),
        "me": me.value,
        "since": timezone.localdate(agreed).isoformat(),
    }


def _plainly(content: Mapping[str, Any], called: str) -> KeptAgreement:
    category = catalogue.category(content["category"])
    since = date.fromisoformat(content["since"])
    if "words" not in content:  # from before the sides were stored
        stored = {"lines": [], "text": content["text"], "well": content["well"]}
        return KeptAgreement(category, unpacked(stored, own=category.id == catalogue.OWN), since)
    me = Side(content["me"])
    mine, partners = first_names.distinguished(called, _("my partner"))
    names = {me: mine, me.other: partners}
    return KeptAgreement(category, unpacked(content["words"], names, own=content["own"]), since)
