"""The words in a form of a talk, for its page to show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from boundaries.talks import wording
from boundaries.talks.drafts import UNWRITTEN, DraftWords, StaleDraft
from boundaries.talks.forms import TurnForm


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDraft:
    """The words in a form: as they are saved, or as they were just sent."""

    purpose: str
    version: str
    content: Mapping[str, Any]
    errors: Mapping[str, list[str]] = field(default_factory=dict)
    newer: Mapping[str, Any] | None = None  # what another page has saved since

    @classmethod
    def saved(cls, words: DraftWords) -> OpenDraft:
        return cls(purpose=words.purpose, version=words.version, content=words.content)

    @classmethod
    def refused(cls, form: TurnForm, stale: StaleDraft | None = None) -> OpenDraft:
        """Words that were just sent and not saved."""
        blank = cls(purpose=form.purpose, version=UNWRITTEN, content={})
        return blank.with_sent(form, stale)

    def with_sent(self, form: TurnForm, stale: StaleDraft | None = None) -> OpenDraft:
        """This draft with everything that was just sent, and why it was refused.

        Where another page has saved something newer, it takes the version of that: whoever saves
        again has read it and means to replace it.
        """
        return OpenDraft(
            purpose=self.purpose,
            version=stale.version if stale else form.data.get("seen", ""),
            content={**self.content, **form.sent},
            errors={name: [str(error) for error in found] for name, found in form.errors.items()},
            newer=stale.content if stale else None,
        )

    @property
    def kept(self) -> bool:
        """Whether any of it is saved."""
        return self.version != UNWRITTEN

    @property
    def texts(self) -> list[str]:
        return [text for text in self.content.values() if isinstance(text, str)]

    @property
    def newer_texts(self) -> list[str]:
        return [text for text in (self.newer or {}).values() if text and isinstance(text, str)]

    @property
    def composed(self) -> str:
        """The sentence that its parts make."""
        return wording.statement(self.content)
