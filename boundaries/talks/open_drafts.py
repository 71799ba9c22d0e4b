"""The draft that a form on a talk's page is filled with, and those that were not handed over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts import locales
from boundaries.talks import wording
from boundaries.talks.drafts import UNWRITTEN, DraftWords, StaleDraft
from boundaries.talks.forms import TurnForm, own_words, picked


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDraft:
    """A draft as its form shows it: as it is saved, or as it was just submitted."""

    purpose: str
    version: str
    content: Mapping[str, Any]
    errors: Mapping[str, list[str]] = field(default_factory=dict)
    newer: Mapping[str, Any] | None = None  # what another page has saved since then

    @classmethod
    def saved(cls, words: DraftWords) -> OpenDraft:
        return cls(purpose=words.purpose, version=words.version, content=words.content)

    @classmethod
    def refused(cls, form: TurnForm, stale: StaleDraft | None = None) -> OpenDraft:
        """A submitted form that was not saved, with its errors and without any saved words."""
        blank = cls(purpose=form.purpose, version=UNWRITTEN, content={})
        return blank.with_sent(form, stale)

    def with_sent(self, form: TurnForm, stale: StaleDraft | None = None) -> OpenDraft:
        """This draft, overwritten by what was just submitted, with the form's errors.

        `stale` has what another page saved since then. The page shows it, and the result takes its
        version, so that submitting again replaces it.
        """
        return OpenDraft(
            purpose=self.purpose,
            version=stale.version if stale else form.data.get("seen", ""),
            content={**self.content, **form.sent},
            errors={name: [str(error) for error in found] for name, found in form.errors.items()},
            newer=stale.content if stale else None,
        )

    @property
    def texts(self) -> list[str]:
        """What the writer picked and wrote, for reading it again."""
        picks = locales.listed(picked(self.content))
        return [*filter(None, [picks]), *own_words(self.purpose, self.content)]

    @property
    def is_saved(self) -> bool:
        """Whether a version of this draft is saved. The words shown may be newer."""
        return self.version != UNWRITTEN

    @property
    def newer_texts(self) -> list[str]:
        return own_words(self.purpose, self.newer or {})

    @property
    def composed(self) -> str:
        """The "When …, I feel …" sentence that its fields make together."""
        return wording.statement(self.content)

    @property
    def sentence(self) -> str:
        """What stands in the box for it: what the writer made of it, or just sent."""
        words = str(self.content.get("words") or "")
        if words.strip():
            return words
        return "" if self.errors.get("words") else self.composed


@dataclass(frozen=True, slots=True)
class KeptWords:
    """What somebody wrote and did not hand over, for them to read again."""

    purpose: str
    version: str  # empty while it is not saved
    texts: list[str]


def kept_words(kept_back: Iterable[OpenDraft]) -> list[KeptWords]:
    """What stands in these drafts: each text once, and no draft that has nothing to show."""
    shown: set[str] = set()
    found = []
    for draft in kept_back:
        texts = [text for text in draft.texts if text not in shown]
        shown.update(texts)
        found.append(KeptWords(draft.purpose, draft.version, texts))
    return [words for words in found if words.texts]
