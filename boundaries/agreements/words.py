"""What a proposal says. Its stored format is written and read here, and nowhere else."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import blake2b
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import languages
from boundaries import sentences
from boundaries.agreements import first_format
from boundaries.agreements.wording import BOTH, ProposalLine, proposal
from boundaries.content import catalogue
from boundaries.sentences import Sentence, filled, theirs
from boundaries.vocabulary import Condition, Outcome, Side

FORMAT = 2  # see docs/adr/0019; rows of the first format have no number

SORTED = json.JSONEncoder(sort_keys=True, ensure_ascii=False)
STORED = ("format", "behaviour", "lines", "text", "well")  # what a yes is to
ENGLISH = "en"  # the language of words that were stored without one


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a proposal says: the text of the behaviour, and a sentence for each line.

    It is in one language, that of whoever proposed it. Who reads another finds its outcome and
    conditions said in theirs beside it. A yes is to the words.
    """

    wording: str  # the text of the behaviour
    lines: tuple[ProposalLine, ...] = ()
    text: tuple[Sentence, ...]  # with the current names
    well: str = ""  # what the two did well
    user_written: bool = False  # one of the two wrote the behaviour
    language: str = ENGLISH
    gloss: tuple[str, ...] = ()  # the same in the reader's language, if the words are in another
    stored: Mapping[str, Any] = field(default_factory=dict, repr=False)  # what the digest is of

    @property
    def alike(self) -> bool:
        """Whether the same holds for both."""
        return [line.doer for line in self.lines] == [BOTH]

    @property
    def days(self) -> list[date]:
        """The days on which the two want to look at it again, earliest first."""
        return sorted({line.on for line in self.lines if line.on})

    @property
    def packed(self) -> Mapping[str, Any]:
        """The stored form: with the language, unless it is English, as for words from before.

        The digest leaves it out, since a yes is to the words.
        """
        language = {} if self.language == ENGLISH else {"language": self.language}
        return {**self.stored, **language}

    @property
    def heading(self) -> str:
        foreign = languages.if_foreign(self.language)
        return sentences.heading(self.wording, user_written=self.user_written, language=foreign)

    @property
    def praise(self) -> Sentence | None:
        """What the two did well, as a sentence."""
        if not self.well:
            return None
        return Sentence(filled(_("What you two did well: %(words)s"), words=theirs(self.well)))

    @property
    def full_text(self) -> tuple[str, ...]:
        """The heading and everything under it."""
        return (self.heading, *self.body)

    @property
    def body(self) -> tuple[Sentence, ...]:
        """Everything under the heading."""
        return (*self.text, *filter(None, [self.praise]))


def put_into_words(
    behaviour: str, lines: Sequence[ProposalLine], names: Mapping[Side, str], well: str = ""
) -> Words:
    """Return a proposal in its exact words. Its stored form holds sides instead of names.

    `behaviour` is its text, not its id.
    """
    return _written(behaviour, lines, proposal(lines, _by_text(names)), well)


def unpack(
    content: Mapping[str, Any],
    names: Mapping[Side, str] | None = None,
    *,
    about: str = "",
    user_written: bool = False,
) -> Words:
    """Return stored words, with the current names filled in. `about` is the id of the behaviour.

    Words of the first format contain the names of their time, and keep them. Copies of that
    format have no lines.
    """
    lines = tuple(map(_unpack_line, content.get("lines", ())))
    language = content.get("language", ENGLISH)
    foreign = languages.if_foreign(language)
    if content.get("format") == FORMAT:
        behaviour = content["behaviour"]
        text = unpack_sentences(content["text"], names or {}, foreign)
    else:
        behaviour, *rest = content["text"]
        with override(ENGLISH):
            text = tuple(first_format.sentences_of(rest, lines))
    return Words(
        wording=behaviour,
        lines=lines,
        text=text,
        well=content["well"],
        user_written=user_written,
        language=language,
        gloss=_gloss(about, lines, names or {}) if foreign else (),
        stored={name: content[name] for name in STORED if name in content},
    )


def without_names(words: Words) -> Mapping[str, Any]:
    """Return the stored form of these words without names.

    Words of the first format become those of today's format, and read as they did.
    """
    if words.stored.get("format") == FORMAT:
        return words.packed
    with override(ENGLISH):
        text = first_format.proposal(words.lines, {})
    return replace(_written(words.wording, words.lines, text, words.well), language=ENGLISH).packed


def pack_sentences(text: Iterable[Sentence]) -> list[Any]:
    return [sentences.pack(sentence) for sentence in text]


def unpack_sentences(
    stored: Iterable[Any], names: Mapping[Side, str], language: str = ""
) -> tuple[Sentence, ...]:
    by_text = _by_text(names)
    return tuple(sentences.unpack(sentence, by_text, language) for sentence in stored)


def digest_of(behaviour: str, words: Words) -> str:
    """Return the digest of exactly these words. A yes refers to it. `behaviour` is an id."""
    return digest_of_json([behaviour, words.stored])


def digest_of_json(content: Any) -> str:
    return blake2b(SORTED.encode(content).encode(), digest_size=24).hexdigest()


def is_user_written(behaviour: str) -> bool:
    """Whether one of the two wrote the behaviour with this id."""
    return behaviour not in catalogue.places()  # alike in every language, so quickly asked


def _written(
    behaviour: str, lines: Sequence[ProposalLine], text: Sequence[Sentence], well: str
) -> Words:
    stored = {
        "format": FORMAT,
        "behaviour": behaviour,
        "lines": [_pack_line(line) for line in lines],
        "text": pack_sentences(text),
        "well": well,
    }
    return Words(
        wording=behaviour,
        lines=tuple(lines),
        text=tuple(text),
        well=well,
        language=languages.active(),
        stored=stored,
    )


def _gloss(about: str, lines: Sequence[ProposalLine], names: Mapping[Side, str]) -> tuple[str, ...]:
    """What these lines say, in the language that is read now. Copies know no behaviour."""
    shipped = catalogue.every().get(about)
    heading = [shipped.text] if shipped else []
    return (*heading, *proposal(lines, _by_text(names))) if lines else ()


def _by_text(names: Mapping[Side, str]) -> dict[str, str]:
    return {str(side): name for side, name in names.items()}


def _pack_line(line: ProposalLine) -> dict[str, Any]:
    return {
        "doer": str(line.doer),
        "outcome": line.outcome.value,
        "conditions": [condition.value for condition in line.conditions],
        "words": line.words,
        "on": line.on.isoformat() if line.on else "",
    }


def _unpack_line(line: Mapping[str, Any]) -> ProposalLine:
    return ProposalLine(
        doer=line["doer"],
        outcome=Outcome(line["outcome"]),
        conditions=tuple(map(Condition, line["conditions"])),
        words=line["words"],
        on=date.fromisoformat(line["on"]) if line["on"] else None,
    )
