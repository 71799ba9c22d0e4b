"""A copy of all of a person's data, as JSON and to read. It can be fetched once, within a day."""

from __future__ import annotations

import base64
import json
import logging
import time
import uuid
import zlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum, auto
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now
from django.utils import timezone

from accounts import data_export as accounts
from accounts import languages
from accounts.tasks import task
from accounts.time_zones import clock_of
from boundaries.agreements import copies
from boundaries.agreements import export as agreements_export
from boundaries.answers import sheets
from boundaries.check_ins import closeness, rhythms
from boundaries.check_ins import rules as check_ins
from boundaries.content import catalogue
from boundaries.downloads import typesetting
from boundaries.downloads.typesetting import Paper, PrintedPage
from boundaries.errors import Conflict, NotFound
from boundaries.journal import rules as journal
from boundaries.leaving import export_pages
from boundaries.leaving.models import LIFETIME as LIFETIME  # for the privacy notice
from boundaries.leaving.models import Export, Part
from boundaries.pairing import rules as pairing
from boundaries.questions import rules as questions
from boundaries.reminders import preferences
from boundaries.reminders import rules as reminders
from boundaries.repair import export as repair_export
from boundaries.seats import rules as seats
from boundaries.seats.models import Seat
from boundaries.talks import early_drafts, overview
from boundaries.therapist_sheet import rules as therapist_sheet

FORMAT, VERSION = "common-ground/my-data", 1
DATA = "my-data.json"
GIVEN_UP_AFTER = timedelta(minutes=15)  # an export not made by then has failed
TRIES, RETRY_DELAY = 40, 0.5  # seconds between two tries to typeset a page

logger = logging.getLogger(__name__)


class ExportExists(Conflict):
    """A copy is being made or waits to be fetched; there is one at a time."""


class NoExport(NotFound):
    """There is no copy to fetch: none was made, it was fetched, or its day is over."""


class ExportState(Enum):
    """Where a person is with their copy."""

    NONE = auto()
    BEING_MADE = auto()
    READY = auto()
    TAKEN = auto()
    FAILED = auto()


@dataclass(frozen=True, slots=True)
class ExportStatus:
    """Where a person is with their copy, and until when a copy that is ready can be fetched."""

    state: ExportState
    until: datetime | None = None


def standing(seat: Seat) -> ExportStatus:
    """Where this person is with their copy. One query."""
    parts = Part.objects.filter(export=OuterRef("pk"))
    found: Any = Export.owned_by(seat).annotate(there=Exists(parts), now=Now()).first()
    if found is None:
        return ExportStatus(ExportState.NONE)
    if found.taken_at:
        return ExportStatus(ExportState.TAKEN)
    if found.made_at is None:
        waits = found.asked_at > found.now - GIVEN_UP_AFTER
        return ExportStatus(ExportState.BEING_MADE if waits else ExportState.FAILED)
    if not found.there:
        return ExportStatus(ExportState.FAILED)
    until = found.made_at + LIFETIME
    return (
        ExportStatus(ExportState.READY, until)
        if until > found.now
        else ExportStatus(ExportState.NONE)
    )


def ask(seat: Seat) -> None:
    """Have a copy made: at once if it is small, else by the worker. Raises ExportExists.

    It replaces one that was fetched, failed or expired.
    """
    export = _begin(seat)
    if not _make(export.pk, tries=1):
        make.enqueue(str(export.pk))


@transaction.atomic
def take(seat: Seat) -> bytes:
    """All files of the copy as a zip; they are deleted with it. Raises NoExport."""
    export = Export.owned_by(seat).select_for_update().first()
    if export is None or standing(seat).state != ExportState.READY:
        raise NoExport
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as file:
        for name, content in Part.all_of(seat).items():
            file.writestr(name, _unpacked(content))
    Part.objects.filter(export=export).delete()
    export.taken_at = timezone.now()
    export.save(update_fields=["taken_at"])
    return packed.getvalue()


@task
def make(export_id: str) -> None:
    """Make a copy that was asked for. Idempotent; one that was deleted is not made."""
    _make(uuid.UUID(export_id), tries=TRIES)


def asked_for(seat: Seat) -> list[uuid.UUID]:
    """The ids in the queued tasks that make a copy for this person."""
    return list(Export.owned_by(seat).values_list("pk", flat=True))


def clear_away() -> None:
    """Delete exports that nobody can fetch any more."""
    Export.clear_away()


@transaction.atomic
def data(seat: Seat) -> dict[str, Any]:
    """All of this person's data, as in static/my-data.schema.json and docs/downloads.md.

    Nothing that the partner answered, noted, wrote or proposed is in it, opened or not, except the
    understandings that both have said yes to. It is all read in one transaction.
    """
    with suppress(seats.NotPaired):
        seats.lock_couple(seat)
    seat = seats.locked_seat(seat)
    own_sheets, talks = sheets.export(seat), overview.export(seat)
    own, understandings = questions.export(seat), agreements_export.export(seat)
    early, repairs = early_drafts.export(seat), repair_export.export(seat)
    halves = check_ins.export(seat)
    behaviours = [
        *(answer["behaviour"] for sheet in own_sheets for answer in sheet["answers"]),
        *(entry["behaviour"] for entry in (*talks, *early, *own["put_forward"], *own["answered"])),
        *(repair["behaviour"] for repair in _all_repairs(repairs) if repair["behaviour"]),
        *(entry["behaviour"] for kind in understandings.values() for entry in kind),
        *(half["behaviour"] for kind in halves.values() for half in kind if half["behaviour"]),
    ]
    mine = {offer["behaviour"]: offer["text"] for offer in own["put_forward"]}
    wording = {behaviour: _wording(behaviour, mine) for behaviour in sorted(set(behaviours))}
    proposed = [_proposed(version, wording) for version in understandings["proposed"]]
    content = {
        "format": FORMAT,
        "version": VERSION,
        "made_at": timezone.now(),
        "account": accounts.export(seat.user),
        "pairing": pairing.export(seat),
        "agreed_to": {"version": seat.agreed_to, "at": seat.agreed_at},
        "preferences": {"notes_on_wording": seat.advised, **preferences.export(seat)},
        "behaviours": wording,
        "sheets": own_sheets,
        "put_forward": own["put_forward"],
        "answered": own["answered"],
        "talks": talks,
        "kept_for_talks": early,
        "journal": journal.export(seat),
        "repairs": repairs,
        "understandings": understandings | {"proposed": proposed},
        "released": therapist_sheet.export(seat),
        "reminders": reminders.export(seat),
        "check_ins": {
            **halves,
            "rhythm": rhythms.export(seat),
            "no_reminders": rhythms.is_muted(seat),
            "wants_picture_of_closeness": closeness.wanted(seat).said_yes,
        },
        "copies": [_copy(copy) for copy in copies.all_of(seat)],
    }
    plain: dict[str, Any] = json.loads(json.dumps(content, default=_iso))
    return plain


@transaction.atomic
def _begin(seat: Seat) -> Export:
    Seat.objects.select_for_update(no_key=True, of=("self",)).get(pk=seat.pk)
    now = standing(seat)
    if now.state in (ExportState.BEING_MADE, ExportState.READY):
        raise ExportExists
    Export.owned_by(seat).delete()
    export = Export(seat=seat)
    export.save(force_insert=True)
    return export


def _make(export_id: uuid.UUID, *, tries: int) -> bool:
    """Make an export. Returns whether it is finished, made or failed.

    With one try only, a copy that takes long is left to the worker. Errors are logged by type, so
    that nothing of the content is.
    """
    export = Export.to_be_made(export_id).first()
    if export is None:
        return True
    try:
        seat = Seat.objects.with_keys().get(pk=export.seat_id)
        with timezone.override(clock_of(seat.user)), languages.written_for(seat.user):
            content = data(seat)
            pages = list(export_pages.pages(content))
        if tries == 1 and len(pages) > 1:
            return False
        _store(export, _files(content, pages, tries))
    except typesetting.Busy:
        return False
    except Exception as error:
        logger.error("an export could not be made", extra={"what": type(error).__name__})
        Export.to_be_made(export_id).update(made_at=Now())
    return True


def _files(content: dict[str, Any], pages: list[PrintedPage], tries: int) -> dict[str, bytes]:
    """The data, and the same to read: as PDFs, or as text where no PDF can be made."""
    files = {DATA: json.dumps(content, ensure_ascii=False, indent=2).encode()}
    kind, made = "pdf", []
    try:
        made = [_typeset(page, tries) for page in pages]
    except typesetting.Failed:
        kind, made = "txt", [export_pages.text(page).encode() for page in pages]
    for number, file in enumerate(made, start=1):
        files[f"page-{number}.{kind}"] = file
    return files


def _typeset(page: PrintedPage, tries: int) -> bytes:
    """Raises typesetting.Busy where other pages were being typeset at every try."""
    for _ in range(tries - 1):
        with suppress(typesetting.Busy):
            return typesetting.typeset(page, Paper.A4)
        time.sleep(RETRY_DELAY)
    return typesetting.typeset(page, Paper.A4)


@transaction.atomic
def _store(export: Export, files: dict[str, bytes]) -> None:
    """Store the files of an export, unless it was deleted or made by another process."""
    seats = Seat.objects.with_keys().select_for_update(no_key=True, of=("self",))
    for seat in seats.filter(pk=export.seat_id):
        if Export.owned_by(seat).filter(pk=export.pk, made_at=None).update(made_at=Now()):
            for name, content in files.items():
                Part.put(seat, export, name, _packed(content))


def _packed(content: bytes) -> str:
    return base64.b85encode(zlib.compress(content)).decode()


def _unpacked(content: str) -> bytes:
    return zlib.decompress(base64.b85decode(content))


def _all_repairs(repairs: dict[str, Any]) -> list[dict[str, Any]]:
    returned = (repair for row in repairs["from_before_parting"] for repair in row["repairs"])
    return [*repairs["with_my_partner"], *returned]


def _wording(behaviour: str, mine: dict[str, str]) -> str | None:
    """The text of a behaviour, or None where the partner wrote it."""
    shipped = catalogue.every().get(behaviour)
    return shipped.text if shipped else mine.get(behaviour)


def _proposed(version: dict[str, Any], wording: dict[str, str | None]) -> dict[str, Any]:
    """A proposal of this person's, without the text of the behaviour where the partner wrote it."""
    behaviour, *text = version["text"]
    theirs = wording[version["behaviour"]] is None
    return version | {"text": ["" if theirs else behaviour, *text]}


def _copy(copy: copies.AgreementCopy) -> dict[str, Any]:
    return {
        "parted_on": copy.on,
        "understandings": [
            {
                "category": kept.category.name,
                "language": kept.words.language,
                "text": [kept.words.wording, *kept.words.text],
                "what_we_did_well": kept.words.well,
                "since": kept.since,
            }
            for kept in copy.understandings
        ],
    }


def _iso(moment: datetime | date) -> str:
    if isinstance(moment, datetime):
        return moment.astimezone(UTC).isoformat()
    return moment.isoformat()
