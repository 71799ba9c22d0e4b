"""Taking a turn in a talk as it was sent: what is refused, and what it hands over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from boundaries.agreements.rules import TickMissing, TooManyProposals, WordsChanged
from boundaries.agreements.words import put_into_words
from boundaries.talks import drafts, proposing, responses, wording
from boundaries.talks import rules as talks
from boundaries.talks.drafts import UNWRITTEN, DraftWords
from boundaries.talks.forms import LEFT_OUT, ProposeForm, SentTurn, SpeakForm, own_words
from boundaries.talks.reading import Talk
from boundaries.talks.rules import MovedOn, Paused
from boundaries.vocabulary import Feeling, Move, Need
from boundaries.web.rate_limits import limited
from boundaries.web.seated import SeatedRequest


def take_turn(request: SeatedRequest, talk: Talk, sent: SentTurn) -> responses.Refusal | None:
    """Take a turn as it was sent. Returns why it was not taken, or None."""
    if too_often := limited(request, "turn"):
        return too_often
    if sent.invalid:
        return sent.invalid
    if not (sent.is_named or sent.move in (Move.LATER, Move.STOP)):
        return MovedOn()  # on a shared screen nobody knows whose press it was
    if _is_emptied(request, talk, sent):
        ask = _("Nothing written? Press again to go on, and say it aloud.")
        sent.form.add_error("words", ask)
        return sent.form
    take: Callable[..., object] = talks.take_turn
    more: dict[str, Any] = {}
    if sent.move in proposing.PROPOSING:
        take = proposing.take_turn
        more["acknowledged"] = [sent.form.cleaned_data["acknowledged"]]
    try:
        take(
            request.seat,
            talk.id,
            sent.move,
            _content(request, talk, sent),
            version=sent.form.talk_version,
            draft_version=UNWRITTEN if sent.left_out else sent.form.draft_version,
            side=sent.side,
            **more,
        )
    except (MovedOn, Paused, TickMissing, TooManyProposals, WordsChanged) as refusal:
        return refusal
    return None


def _is_emptied(request: SeatedRequest, talk: Talk, sent: SentTurn) -> bool:
    """Whether a statement is to be said aloud that has words in its steps. It is asked once."""
    form = sent.form
    if not isinstance(form, SpeakForm) or form.cleaned_data["words"]:
        return False
    made_from = _made_from(request, talk, sent)
    is_written = made_from is not None and own_words(made_from.purpose, made_from.content)
    return bool(is_written) and not form.cleaned_data["unwritten"]


def _made_from(request: SeatedRequest, talk: Talk, sent: SentTurn) -> DraftWords | None:
    """The saved draft of the words that were sent."""
    saved = drafts.written(request.seat, talk, sent.side)
    return saved.get(drafts.purpose_of(talk.place, sent.move))


def _content(request: SeatedRequest, talk: Talk, sent: SentTurn) -> dict[str, Any]:
    """Return the words that a turn hands over.

    Of a statement: the words, and those of the picked feelings and needs that the words still
    name. Everything else in the draft stays with its writer.
    """
    form = sent.form
    if sent.left_out:
        return dict(LEFT_OUT[sent.move])
    if isinstance(form, ProposeForm):
        words = put_into_words(talk.wording, form.lines, talk.names, form.cleaned_data["well"])
        return {**words.packed, "form": form.draft}
    if isinstance(form, SpeakForm):
        made_from = _made_from(request, talk, sent)
        picked = made_from.content if made_from else {}
        words = form.cleaned_data["words"]
        return {
            "words": words,
            "feelings": wording.mentioned(Feeling, picked.get("feelings"), words),
            "needs": wording.mentioned(Need, picked.get("needs"), words),
        }
    return form.content
