"""Copies of what two people had agreed when they parted. Everybody has their own."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import names as first_names
from accounts.time_zones import clock_of
from boundaries.agreements.history import Entry, NoSuchAgreement, agreement
from boundaries.agreements.models import Copy
from boundaries.agreements.words import Words, is_user_written, unpack, without_names
from boundaries.content import catalogue
from boundaries.content.catalogue import Category
from boundaries.seats.models import Seat
from boundaries.sentences import Sentence
from boundaries.vocabulary import Side


@dataclass(frozen=True, slots=True)
class KeptAgreement:
    """An agreement as it is kept after parting."""

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
    """What two people had agreed when they parted, for one of them."""

    id: uuid.UUID
    on: date
    understandings: tuple[KeptAgreement, ...]


def copy_for_each(seat: Seat) -> None:
    """Write a copy of what holds now for each of the two, with days by the clock of its owner.

    The couple must be locked.

    A copy does not contain the partner's name: it is about what was agreed, not about them.
    """
    current = [entry for entry in agreement(seat).entries if entry.current]
    if not current:
        return
    both = Seat.objects.filter(couple=seat.couple_id).select_related("user").order_by("side")
    for owner in both:
        with timezone.override(clock_of(owner.user)):
            content = [_pack(entry, Side(str(owner.side))) for entry in current]
            Copy.put(owner, content, on=timezone.localdate())


def all_of(seat: Seat) -> list[AgreementCopy]:
    """Return this person's copies, the newest first. One query."""
    return [
        AgreementCopy(id, on, tuple(_unpack(stored, first_name) for stored in content))
        for id, on, content, first_name in Copy.all_of(seat)
    ]


def one_of(seat: Seat, copy_id: uuid.UUID) -> AgreementCopy:
    """Return one of this person's copies. Raises NoSuchAgreement."""
    for copy in all_of(seat):
        if copy.id == copy_id:
            return copy
    raise NoSuchAgreement


def delete(seat: Seat, copy_id: uuid.UUID) -> None:
    """Delete one of this person's copies. Raises NoSuchAgreement."""
    if not Copy.owned_by(seat).filter(pk=copy_id).delete()[0]:
        raise NoSuchAgreement


def _pack(entry: Entry, me: Side) -> dict[str, Any]:
    """Return the stored form, without a name. The day is that of the second yes."""
    version = entry.shown
    agreed = version.agreed_at or version.at
    return {
        "category": entry.category.id,
        "words": without_names(version.words),
        "own": is_user_written(entry.behaviour),
        "me": me.value,
        "since": timezone.localdate(agreed).isoformat(),
    }


def _unpack(content: Mapping[str, Any], first_name: str) -> KeptAgreement:
    category = catalogue.category(content["category"])
    if "words" in content:
        me = Side(content["me"])
        mine, partners = first_names.distinguished(first_name, _("my partner"))
        words = unpack(
            content["words"], {me: mine, me.other: partners}, user_written=content["own"]
        )
    else:  # the first format (ADR 19)
        words = unpack(content, user_written=category.id == catalogue.OWN)
    return KeptAgreement(category, words, date.fromisoformat(content["since"]))
