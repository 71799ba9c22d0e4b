"""What the page of a therapist sheet shows, as values."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise

from accounts.codes import grouped
from boundaries import dates
from boundaries.seats import rules as seats
from boundaries.seats.rules import Partner
from boundaries.therapist_sheet.contents import SheetEntry, choices
from boundaries.therapist_sheet.forms import DAYS, SheetForm
from boundaries.therapist_sheet.rules import MAX_BEHAVIOURS, Issued

if TYPE_CHECKING:
    from boundaries.seats.models import Seat


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetPage:
    """The sheet as it is; or, without one, what could be on it; and its link once it is out."""

    issue: Issued | None
    partner: Partner | None
    couple_token: str
    choices: Mapping[str, SheetEntry] | None = None
    form: SheetForm | None = None
    days: Collection[tuple[int, str | Promise]] = ()
    most: int = MAX_BEHAVIOURS
    link: str = ""
    address: str = ""
    code: str = ""
    until: date | None = None


def sheet_page(seat: Seat, issue: Issued | None, form: SheetForm | None) -> SheetPage:
    partner, token = seats.partner_of(seat), seats.couple_token(seat)
    if issue is None or issue.has_ended:
        offered = choices(seat)
        return SheetPage(
            issue=issue,
            partner=partner,
            couple_token=token,
            choices=offered,
            form=form or SheetForm(offered=offered),
            days=DAYS.items(),
        )
    if issue.until is None:
        return SheetPage(issue=issue, partner=partner, couple_token=token)
    address = settings.SITE_URL + reverse("therapist-sheet-enter")
    return SheetPage(
        issue=issue,
        partner=partner,
        couple_token=token,
        link=f"{address}#{grouped(issue.code)}",
        address=address,
        code=grouped(issue.code),
        until=dates.first_day_of(issue.until),
    )
