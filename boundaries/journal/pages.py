"""What the pages of the journal show, as values."""

from __future__ import annotations

import re
import textwrap
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts.text import isolated
from boundaries.content.journal import Prompt, prompts
from boundaries.journal import rules
from boundaries.journal.forms import EntryForm, TalkDraftForm
from boundaries.journal.rules import StaleEntry, Written
from boundaries.seats import rules as seats
from boundaries.talks import early_drafts
from boundaries.talks.early_drafts import MAX_LENGTH, TalkChoices

if TYPE_CHECKING:
    from boundaries.seats.models import Seat

EXCERPT = 90  # characters
SENTENCE_ENDS = re.compile(r"(?<=[.!?…।])\s+")


@dataclass(frozen=True, slots=True)
class AskedPrompt:
    """A question as its reader sees it, with their partner's name."""

    id: str
    text: str
    leads_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedEntry:
    """An entry on the list."""

    written: Written
    asked: AskedPrompt | None
    excerpt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalPage:
    """The list of entries, the newest first, and questions to start from."""

    entries: list[ListedEntry]
    prompts: list[AskedPrompt]
    older: int | None
    newer: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntryPage:
    """An entry to read and to write on, as it is saved or as it was just sent."""

    page: uuid.UUID
    words: str
    version: str
    asked: AskedPrompt | None
    written: Written
    errors: Mapping[str, list[str]] = field(default_factory=dict)
    newer: str | None = None  # what another page has saved since then
    is_full: bool = False

    @property
    def is_saved(self) -> bool:
        """Whether all that the page shows is saved."""
        return self.written.is_saved and self.newer is None and not self.errors and not self.is_full


@dataclass(frozen=True, slots=True, kw_only=True)
class ToTalkPage:
    """The lines of an entry, and the talks for which one can be kept."""

    page: uuid.UUID
    lines: list[str]
    choices: TalkChoices
    form: TalkDraftForm


def journal_page(seat: Seat, number: int) -> JournalPage:
    leaf, name = rules.leaf(seat, number), _partner(seat)
    return JournalPage(
        entries=[_listed(written, name) for written in leaf.entries],
        prompts=[_asked(prompt, name) for prompt in prompts().values()],
        older=number + 1 if leaf.has_older else None,
        newer=number - 1 if number > 1 else None,
    )


def blank_page(seat: Seat, prompt: str) -> JournalEntryPage:
    """A page for a new entry, with an address of its own."""
    written = Written(page=uuid.uuid4(), prompt=prompts().get(prompt))
    return entry_page(seat, written)


def entry_page(seat: Seat, written: Written) -> JournalEntryPage:
    return JournalEntryPage(
        page=written.page,
        words=written.words,
        version=written.version,
        asked=_asked(written.prompt, _partner(seat)) if written.prompt else None,
        written=written,
    )


def refused_page(
    seat: Seat,
    page: uuid.UUID,
    form: EntryForm,
    stale: StaleEntry | None = None,
    *,
    is_full: bool = False,
) -> JournalEntryPage:
    """What was just sent and not saved, with the reason. It shows saved words only if stale."""
    prompt = prompts().get(str(form.data.get("prompt", "")))
    seen = str(form.data.get("seen", ""))
    return JournalEntryPage(
        page=page,
        words=str(form.data.get("words", "")),
        version=stale.entry.version if stale else seen,
        asked=_asked(prompt, _partner(seat)) if prompt else None,
        written=stale.entry if stale else Written(page=page, prompt=prompt, version=seen),
        errors={name: [str(error) for error in found] for name, found in form.errors.items()},
        newer=stale.entry.words if stale else None,
        is_full=is_full,
    )


def to_talk_page(seat: Seat, written: Written, form: TalkDraftForm | None = None) -> ToTalkPage:
    lines, choices = lines_of(written.words), early_drafts.choices(seat)
    form = form or TalkDraftForm(lines=lines, behaviours=choices.ids)
    return ToTalkPage(page=written.page, lines=lines, choices=choices, form=form)


def lines_of(words: str) -> list[str]:
    """An entry in pieces that fit a draft: its lines, and the sentences of a line that is long."""
    pieces = []
    for line in filter(None, map(str.strip, words.splitlines())):
        sentences = [line] if len(line) <= MAX_LENGTH else SENTENCE_ENDS.split(line)
        for sentence in sentences:
            pieces += textwrap.wrap(sentence, MAX_LENGTH) or [sentence]
    return list(dict.fromkeys(pieces))


def _listed(written: Written, name: str) -> ListedEntry:
    return ListedEntry(
        written=written,
        asked=_asked(written.prompt, name) if written.prompt else None,
        excerpt=Truncator(written.words.replace("\n", " ")).chars(EXCERPT),
    )


def _asked(prompt: Prompt, name: str) -> AskedPrompt:
    return AskedPrompt(prompt.id, prompt.asked_about(name), prompt.leads_to)


def _partner(seat: Seat) -> str:
    partner = seats.partner_of(seat)
    return isolated(partner.first_name) if partner else _("my partner")
