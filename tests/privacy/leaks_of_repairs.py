"""Planted leaks: each lets a little of what Bob does unsent in a repair reach Alice."""

from __future__ import annotations

import uuid
from typing import Any
from unittest import mock

from boundaries import notifications
from boundaries.repair import drafts as repair_drafts
from boundaries.repair import reading as repair_reading
from boundaries.repair.drafts import UnsentWords
from boundaries.repair.models import Repair, RepairDraft, RepairQuerySet, WishToKeep
from boundaries.seats.models import Seat
from boundaries.vocabulary import Side
from tests.privacy.leaks import Leak, instead, planted

OF_A_REPAIR: dict[str, Leak] = {}
OF_BEGINNING_A_REPAIR: dict[str, Leak] = {}
OF_KEEPING_A_REPAIR: dict[str, Leak] = {}


def unsent() -> int:
    return RepairDraft.unscoped.filter(seat__user__first_name="Bob").count()


@planted(OF_A_REPAIR, "the look at a repair changes while the other writes")
def _() -> Any:
    def spoiled(true: Any, *args: Any) -> Any:
        return f"{true(*args)[:20]}{unsent()}"

    return instead(repair_reading, "_version")(spoiled)


@planted(OF_A_REPAIR, "a mail comes once the other has begun to write")
def _() -> Any:
    def spoiled(true: Any, seat: Any, *args: Any, **more: Any) -> Any:
        for partner in Seat.objects.filter(couple=seat.couple_id, side=Side.LEFT):
            notifications.something_waits_for(partner.user)
        return true(seat, *args, **more)

    return instead(RepairDraft, "put")(spoiled)


@planted(OF_A_REPAIR, "drafts of the other among one's own")
def _() -> Any:
    def spoiled(true: Any, *args: Any) -> Any:
        some = UnsentWords("describe+", {"words": "…"}, "some")
        return {**true(*args), **({"describe+": some} if unsent() else {})}

    return instead(repair_drafts, "written")(spoiled)


@planted(OF_A_REPAIR, "it is nobody's turn once the other has words")
def _() -> Any:
    def spoiled(true: Any, seat: Any) -> Any:
        return true(seat)[:0] if unsent() else true(seat)

    return instead(repair_reading, "summaries")(spoiled)


@planted(OF_BEGINNING_A_REPAIR, "what was only begun is there for both")
def _() -> Any:
    def spoiled(self: Any, seat: Any) -> Any:
        return self.filter(couple=seat.couple_id, couple__isnull=False)

    return mock.patch.object(RepairQuerySet, "visible_to", spoiled)


@planted(OF_BEGINNING_A_REPAIR, "the list is longer by what the other has begun")
def _() -> Any:
    def spoiled(true: Any, seat: Any) -> Any:
        some = repair_reading.ShownRepair(uuid.UUID(int=0), "", (), kept=False)
        return [*true(seat), *[some] * Repair.objects.count()]

    return instead(repair_reading, "shown")(spoiled)


@planted(OF_KEEPING_A_REPAIR, "a wish to keep it is seen at once")
def _() -> Any:
    return instead(WishToKeep, "owned_by")(lambda true, seat: WishToKeep.unscoped.all())


@planted(OF_KEEPING_A_REPAIR, "one wish is taken for that of both")
def _() -> Any:
    def spoiled(true: Any, seat: Any) -> Any:
        return set(WishToKeep.unscoped.values_list("repair", flat=True))

    return instead(WishToKeep, "of_both")(spoiled)
