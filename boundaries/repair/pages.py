"""What the pages of a repair show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from boundaries import dates
from boundaries.agreements import history
from boundaries.agreements.history import ProposalVersion
from boundaries.comparison.rules import can_be_talked_about
from boundaries.content import control
from boundaries.drafts import UNWRITTEN
from boundaries.repair import drafts, notes, reading
from boundaries.repair.drafts import UnsentWords
from boundaries.repair.forms import (
    FORMS,
    REPAIR_PURPOSE,
    RepairForm,
    own_texts,
    picked_feelings,
    with_day,
)
from boundaries.repair.page_words import ReadWords, UnsentTexts, WordsInForm
from boundaries.repair.reading import RepairSummary, SeenRepair, SentWords
from boundaries.seats import rules as seats
from boundaries.seats.rules import Partner
from boundaries.vocabulary import Outcome, RepairMove, RepairStep
from boundaries.web.fields import offered_feelings

if TYPE_CHECKING:
    from boundaries.drafts import StaleDraft
    from boundaries.seats.models import Seat

# What is written at a step by the one whose turn it is.
WRITING = {
    RepairStep.DESCRIBE: RepairMove.DESCRIBE,
    RepairStep.OWN_UP: RepairMove.OWN_UP,
    RepairStep.IMPACT: RepairMove.IMPACT,
    RepairStep.REFLECT: RepairMove.REFLECT,
    RepairStep.CONFIRM: RepairMove.NOT_YET,
    RepairStep.OFFER: RepairMove.OFFER,
}
# What the writer went on from, as their form showed it: without it the words lose their beginning.
BEGINNINGS = {
    RepairMove.OWN_UP: gettext_lazy("I …"),
    RepairMove.IMPACT: gettext_lazy("For me it was …"),
}
# What can be written beside it, each folded away.
BESIDE = (RepairMove.ASK, RepairMove.FOLLOW_UP, RepairMove.UNDERNEATH)


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairPage:
    """The page of a repair: where it stands, and one thing to do."""

    repair: SeenRepair
    step: str  # the template of what is to be done
    title: str
    partner: str
    namesake: str
    main: WordsInForm | None
    beside: Mapping[str, WordsInForm]
    beside_open: bool  # whether there is something in one of them
    feelings: list[Any]
    before: ReadWords | None  # what the main thing answers to
    offered: ReadWords | None
    missing: ReadWords | None  # what was still missing in what was said back
    record: list[ReadWords]
    unsent: list[UnsentTexts]
    moved_on: bool
    talkable: bool
    agreed: ProposalVersion | None
    due_on: date | None
    removed_on: date | None
    earliest: str
    latest: str
    allowed: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairsPage:
    """All repairs, and the lines that one could be about."""

    partner: Partner | None
    running: list[RepairSummary]
    closed: list[RepairSummary]
    lines: list[history.Entry]


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutPage:
    """Before a repair: nothing is sent or seen yet."""

    behaviour: str
    heading: str
    agreed: ProposalVersion | None
    partner: Partner | None
    couple_token: str


def as_context(page: Any) -> dict[str, Any]:
    return {entry.name: getattr(page, entry.name) for entry in fields(page)}


def all_page(seat: Seat) -> RepairsPage:
    found = reading.summaries(seat)
    entries = history.agreement(seat).entries if seat.side else ()
    return RepairsPage(
        partner=seats.partner_of(seat),
        running=[summary for summary in found if not summary.closed],
        closed=[summary for summary in found if summary.closed],
        lines=[entry for entry in entries if _can_be_crossed(entry)],
    )


def _can_be_crossed(entry: history.Entry) -> bool:
    """Whether they agreed on it, and not only that it is fine."""
    agreed = entry.agreed_last
    if agreed is None:
        return False
    outcomes = {line.outcome for line in agreed.words.lines}
    return outcomes != {Outcome.FINE}


def about_page(seat: Seat, behaviour: str) -> AboutPage:
    """Raises NoSuchAgreement where they never agreed on this line, NoSuchRepair when alone."""
    reading.side_of(seat)
    entry = history.entry(seat, behaviour) if behaviour else None
    if entry and entry.agreed_last is None:
        raise history.NoSuchAgreement
    return AboutPage(
        behaviour=behaviour,
        heading=entry.heading if entry else "",
        agreed=entry.current if entry else None,
        partner=seats.partner_of(seat),
        couple_token=seats.couple_token(seat),
    )


def repair_page(
    seat: Seat,
    repair: SeenRepair,
    *,
    refused: RepairForm | None = None,
    stale: StaleDraft | None = None,
    moved_on: bool = False,
    noted: str = "",
) -> RepairPage:
    """The page as it is now. `refused` are words that were just sent; they are given back."""
    saved = drafts.written(seat, repair.id)
    step, writing = _step(repair)
    shown = [move for move in (writing, *BESIDE) if move and move in repair.allowed]
    forms = {move: _in_form(seat, move, saved) for move in shown}
    unsent = [words for key, words in saved.items() if key not in forms]
    if refused and (move := _move_of(refused)):
        if move in forms:
            forms[move] = _refused(forms[move], refused, stale, noted)
        else:  # words for another step must not stand in the form of this one
            unsent.append(UnsentWords(move, refused.sent, UNWRITTEN))
            moved_on = True
    return _page(
        seat,
        repair,
        step=step,
        title=title(is_refused=bool(refused or moved_on)),
        main=forms.pop(writing, None) if writing else None,
        beside={move.name.lower(): words for move, words in forms.items()},
        beside_open=any(it.errors or it.is_saved or it.noted for it in forms.values()),
        unsent=_texts(unsent),
        moved_on=moved_on,
        talkable=bool(repair.behaviour) and can_be_talked_about(seat, repair.behaviour),
        agreed=_agreed(seat, repair),
    )


def _page(seat: Seat, repair: SeenRepair, **more: Any) -> RepairPage:
    main: WordsInForm | None = more["main"]
    return example_page(
        repair,
        feelings=offered_feelings((main.content.get("feelings") or ()) if main else ()),
        **more,
    )


def example_page(repair: SeenRepair, **more: Any) -> RepairPage:
    """The page of a repair, made of values alone."""
    offered = repair.latest(RepairMove.OFFER)
    before, missing = _before(repair), repair.latest(RepairMove.NOT_YET)
    return RepairPage(
        repair=repair,
        partner=repair.names[repair.they],
        namesake=seats.namesake_of(repair.names[repair.me]),
        before=_read(repair, before) if before else None,
        offered=_read(repair, offered) if offered else None,
        missing=_read(repair, missing) if missing else None,
        record=[_read(repair, turn) for turn in repair.turns if turn.move in SHOWN],
        due_on=dates.first_day_of(repair.due_at) if repair.due_at else None,
        removed_on=dates.first_day_of(repair.removal_at) if repair.removal_at else None,
        earliest=dates.tomorrow().isoformat(),
        latest=dates.latest().isoformat(),
        allowed=frozenset(move.name.lower() for move in repair.allowed),
        **more,
    )


# Turns that are read again. How often to be asked is no word of anybody's.
SHOWN = (*FORMS, RepairMove.YES, RepairMove.HEARD, RepairMove.NOT_READY, RepairMove.NOT_ENOUGH)


def _step(repair: SeenRepair) -> tuple[str, RepairMove | None]:
    """The template of what is to be done, and what is written there."""
    if repair.closed:
        return _template("closed"), None
    if repair.i_crossed and repair.place.asked:
        return _template("answer"), RepairMove.ANSWER
    if repair.my_turn:
        return _template(repair.step.name.lower()), WRITING[repair.step]
    if repair.step != RepairStep.AFTER:
        return _template("waiting"), None
    if repair.is_due:
        return _template("follow_up"), RepairMove.FOLLOW_UP
    if repair.i_crossed and RepairMove.OFFER in repair.allowed:
        return _template("offer"), RepairMove.OFFER
    return _template("after_crossed" if repair.i_crossed else "after_hurt"), None


def _template(name: str) -> str:
    return f"boundaries/repair/steps/{name}.html"


def title(*, is_refused: bool = False) -> str:
    text = _("Putting things right")
    return _("Please check: %(title)s") % {"title": text} if is_refused else text


def _in_form(seat: Seat, move: RepairMove, saved: Mapping[str, UnsentWords]) -> WordsInForm:
    words = saved.get(move) or UnsentWords(move, {}, UNWRITTEN)
    return in_form(seat, words)


def in_form(seat: Seat, words: UnsentWords) -> WordsInForm:
    """A draft for its form, with one note on it where one belongs."""
    return WordsInForm(
        move=words.move,
        content=with_day(words.move, words.content),
        version=words.version,
        note=notes.first(seat, words.move, words.content),
        is_touching=any(map(control.may_be_access, own_texts(words.move, words.content))),
    )


def _refused(
    words: WordsInForm, form: RepairForm, stale: StaleDraft | None, noted: str
) -> WordsInForm:
    """This draft, overwritten by what was just sent, with the form's errors."""
    return WordsInForm(
        move=words.move,
        content={**words.content, **form.sent},
        version=stale.version if stale else form.data.get("seen", ""),
        errors={name: [str(error) for error in found] for name, found in form.errors.items()},
        newer=tuple(own_texts(words.move, stale.content)) if stale else None,
        note=words.note,
        noted=noted,
        is_touching=words.is_touching or bool(noted),
    )


def _move_of(form: RepairForm) -> RepairMove | None:
    purpose = REPAIR_PURPOSE.fullmatch(form.data.get("purpose", ""))
    return RepairMove(purpose[1]) if purpose else None


def _texts(words: Iterable[UnsentWords]) -> list[UnsentTexts]:
    found = [
        UnsentTexts(kept.purpose, kept.version, own_texts(kept.move, kept.content))
        for kept in words
    ]
    return [kept for kept in found if kept.texts]


def _agreed(seat: Seat, repair: SeenRepair) -> ProposalVersion | None:
    if not repair.behaviour:
        return None
    try:
        return history.entry(seat, repair.behaviour, repair.names).current
    except history.NoSuchAgreement:
        return None


def _before(repair: SeenRepair) -> SentWords | None:
    """What somebody has to have read to do what is next."""
    if repair.i_crossed and repair.place.asked:
        return repair.latest(RepairMove.ASK)
    match repair.step:
        case RepairStep.OWN_UP:
            return repair.latest(RepairMove.DESCRIBE)
        case RepairStep.IMPACT:
            return repair.latest(RepairMove.OWN_UP)
        case RepairStep.REFLECT:
            return repair.latest(RepairMove.IMPACT)
        case RepairStep.CONFIRM:
            return repair.latest(RepairMove.REFLECT)
        case RepairStep.OFFER:
            return repair.latest(RepairMove.IMPACT)
    return None


def _read(repair: SeenRepair, turn: SentWords) -> ReadWords:
    texts = own_texts(turn.move, turn.content)
    on = turn.content.get("on")
    return ReadWords(
        side=turn.side,
        is_mine=turn.side == repair.me,
        first_name=repair.names[turn.side],
        label=str(turn.move.label),
        beginning=str(BEGINNINGS.get(turn.move, "")),
        texts=texts,
        feelings=picked_feelings(turn.content),
        day=dates.shared_day_of(turn.at),
        on=date.fromisoformat(on) if on else None,
        needs_care=turn.side != repair.me and any(map(control.may_be_access, texts)),
    )
