"""A person's exported data as pages to read, made from that data alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from accounts import locales
from accounts.text import isolated
from boundaries.content import catalogue
from boundaries.downloads.typesetting import Item, PrintedPage, Section
from boundaries.vocabulary import (
    Closeness,
    Condition,
    Feeling,
    Frequency,
    Move,
    Need,
    Outcome,
    ReminderKind,
    RepairMove,
    Stance,
    Weight,
)
from boundaries.web.forms import fields_of_words

MAX_LENGTH = 60_000  # characters in one document; typesetting it takes a second or two

# Of passkeys and second steps, as allauth names them.
KINDS = {
    "webauthn": gettext_lazy("Passkey"),
    "totp": gettext_lazy("Authenticator app"),
    "recovery_codes": gettext_lazy("Recovery codes"),
}

type Data = Mapping[str, Any]


def pages(data: Data) -> Iterator[PrintedPage]:
    """Return all of the data, in one document unless it is too long for one."""
    today = locales.day(timezone.localdate())
    for number, sections in enumerate(_documents(_sections(data)), start=1):
        yield PrintedPage(
            title=_("Your data on Common Ground"),
            lead=(
                _("Made on %(day)s. It is for you alone.") % {"day": today},
                *([_("Part %(number)d.") % {"number": number}] if number > 1 else []),
            ),
            foot=today,
            sections=tuple(sections),
            lang=get_language() or "en",
        )


def text(page: PrintedPage) -> str:
    """A page as plain text, where no PDF can be made."""
    parts = [page.title.upper(), *page.lead]
    parts.append(_("This page could not be made as a PDF, so here it is as plain text."))
    for section in page.sections:
        parts.append(f"{section.title}\n{'-' * len(section.title)}")
        for item in section.items:
            parts.append("\n".join(filter(None, [item.title, *item.words, item.note])))
    return "\n\n".join(parts) + "\n"


def _documents(sections: Iterable[Section]) -> Iterator[list[Section]]:
    """Groups of sections that fit a document. A long section continues in the next one."""
    stack: list[Section] = []
    room = MAX_LENGTH
    for section in sections:
        items: list[Item] = []
        for item in section.items:
            length = sum(map(len, (item.title, item.note, *item.words)))
            if length > room and (stack or items):
                yield [*stack, *([Section(section.title, tuple(items))] if items else [])]
                stack, items, room = [], [], MAX_LENGTH
            items.append(item)
            room -= length
        if items:
            stack.append(Section(section.title, tuple(items)))
    if stack:
        yield stack


def _sections(data: Data) -> Iterator[Section]:
    texts = data["behaviours"]
    yield Section(_("Your account"), tuple(_account(data)))
    for sheet in data["sheets"]:
        yield Section(_deck(sheet), tuple(_answer(answer, texts) for answer in sheet["answers"]))
    yield Section(_("Cards you have suggested"), tuple(map(_own, data["put_forward"])))
    yield Section(_("Your part in talks"), tuple(_talk(talk, texts) for talk in data["talks"]))
    kept = data["kept_for_talks"]
    yield Section(
        _("Kept for a talk"), tuple(Item(_text(one, texts), (one["words"],)) for one in kept)
    )
    yield Section(_("Your journal"), tuple(map(_journal_entry, data["journal"])))
    yield Section(_("Your part in check-ins"), tuple(_check_ins(data["check_ins"], texts)))
    repairs = data["repairs"]
    yield from _repairs(
        _("What you wrote after a line was crossed"), repairs["with_my_partner"], texts
    )
    for row in repairs["from_before_parting"]:
        title = _("From before you parted (here until %(day)s)") % {"day": _day(row["until"])}
        yield from _repairs(title, row["repairs"], texts)
    understandings = data["understandings"]
    for title, kind in (
        (_("What you both said yes to"), "agreed"),
        (_("What you proposed"), "proposed"),
    ):
        yield Section(title, tuple(map(_version, understandings[kind])))
    for copy in data["copies"]:
        day = locales.day(datetime.fromisoformat(copy["parted_on"]))
        title = _("What you had agreed until you parted on %(day)s") % {"day": day}
        yield Section(title, tuple(map(_version, copy["understandings"])))


def _account(data: Data) -> Iterator[Item]:
    account, pairing = data["account"], data["pairing"]
    addresses = [address["email"] for address in account["addresses"]]
    yield Item(account["first_name"], tuple(dict.fromkeys([account["email"], *addresses])))
    yield Item(
        _("When"),
        tuple(
            _labelled(label, _day(account[name]), theirs=False)
            for label, name in (
                (_("You signed up"), "signed_up_at"),
                (_("You said you are 18 or older"), "said_adult_at"),
                (_("You last signed in"), "last_signed_in_at"),
            )
            if account[name]
        ),
    )
    if data["agreed_to"]["at"]:
        yield Item(
            _("You said yes to what we keep, and who sees it"),
            (_day(data["agreed_to"]["at"]),),
        )
    if steps := account["second_steps"]:
        yield Item(_("Passkeys and second step"), tuple(map(_second_step, steps)))
    if sessions := account["signed_in"]:
        yield Item(_("Where you are signed in"), tuple(map(_session, sessions)))
    if pairing["partner"]:
        partner = isolated(pairing["partner"])
        yield Item(_("You are connected with %(name)s") % {"name": partner}, ())
    if pairing["invitation"]:
        yield Item(_("Your invitation is out"), (_day(pairing["invitation"]["expires_at"]),))
    if pairing["joined"]:
        yield Item(_("You have joined someone"), (_day(pairing["joined"]["expires_at"]),))
    if not data["preferences"]["notes_on_wording"]:
        yield Item(_("Notes on wording are off"), ())
    if off := data["preferences"]["no_mails_about"]:
        yield Item(_("No mails about"), tuple(str(ReminderKind(kind).label) for kind in off))
    for reminder in data["reminders"]:
        yield Item(
            _("A reminder"), (str(ReminderKind(reminder["kind"]).label),), _day(reminder["due_at"])
        )


def _second_step(step: Data) -> str:
    kind = str(KINDS.get(step["kind"], step["kind"]))
    values = {"kind": kind, "name": isolated(step["name"]), "day": _day(step["added_at"])}
    if step["name"]:
        return _("%(kind)s “%(name)s”, added on %(day)s") % values
    return _("%(kind)s, added on %(day)s") % values


def _session(session: Data) -> str:
    values = {"browser": session["browser"] or _("A browser"), "day": _day(session["since"])}
    return _("%(browser)s, since %(day)s") % values


def _deck(sheet: Data) -> str:
    decks = {**catalogue.decks(), catalogue.INTIMATE: catalogue.intimate()}
    deck = decks.get(sheet["deck"])
    values = {"deck": deck.name if deck else _("Our own"), "round": sheet["round"]}
    if sheet["opened"]:
        return _("%(deck)s, round %(round)d, opened") % values
    return _("%(deck)s, round %(round)d") % values


def _answer(answer: Data, texts: Data) -> Item:
    own = answer["for_myself"]
    stances = [
        _labelled(label, str(Stance(answer[name]).label), theirs=False)
        for label, name in (
            (_("When I do it"), "when_i_do_it"),
            (_("When my partner does it"), "when_my_partner_does_it"),
        )
        if answer[name]
    ]
    conditions = [str(Condition(condition).label) for condition in answer["conditions"]]
    weight = Weight(answer["weight"]).label if answer["weight"] else ""
    words = (
        "\n".join(stances),
        str(weight),
        locales.listed([*conditions, *filter(None, [isolated(answer["in_other_words"])])]),
        _labelled(_("Note"), answer["note"]),
        _labelled(_("For myself"), own["note"]),
        _labelled(_("My guess"), str(Stance(own["guess"]).label) if own["guess"] else ""),
    )
    marks = (
        (answer["kept_private"], _("Kept private")),
        (answer["left_out"], _("Skipped")),
        (answer["hidden"], _("Hidden from both")),
        (own["to_keep_the_peace"], _("Answered to keep the peace")),
        (own["live_right_now"], _("Happening right now")),
    )
    shown = [mark for is_set, mark in marks if is_set]
    return Item(_text(answer, texts), tuple(filter(None, words)), " · ".join(shown))


def _own(own: Data) -> Item:
    accepted = _("You both answer it.") if own["accepted"] else ""
    return Item(own["text"], (_day(own["put_forward_at"]),), accepted)


def _talk(talk: Data, texts: Data) -> Item:
    handed = [_labelled(Move(turn["move"]).label, _turn(turn)) for turn in talk["handed_over"]]
    kept = [_labelled(_("Not sent"), _turn(draft)) for draft in talk["not_handed_over"]]
    words = tuple(filter(None, [*handed, *kept]))
    return Item(_text(talk, texts), words, _day(talk["opened_on"]))


def _journal_entry(entry: Data) -> Item:
    return Item(_day(entry["begun_at"]), tuple(filter(None, (entry["words"],))), entry["prompt"])


def _check_ins(check_ins: Data, texts: Data) -> Iterator[Item]:
    if rhythm := check_ins["rhythm"]:
        next_on = _("The next one is on %(day)s.") % {"day": _day(rhythm["next_at"])}
        yield Item(str(Frequency(rhythm["every"]).label), (next_on,))
    if check_ins["no_reminders"]:
        yield Item(_("Your reminders of check-ins are off"), ())
    if check_ins["wants_picture_of_closeness"]:
        yield Item(_("Picture of closeness: you’d like it"), ())
    for half in (*check_ins["written"], *check_ins["on_one_phone"]):
        opened = half.get("opened", True)  # on one phone it always has
        yield _half(half, texts, "" if opened else _("Only you have seen it."))


def _half(half: Data, texts: Data, note: str) -> Item:
    closeness = Closeness(half["closeness"]).label if half["closeness"] else ""
    still = {True: _("Still good"), False: _("Let’s talk about it")}.get(half["still_good"], "")
    words = (
        _labelled(_("Appreciated"), half["appreciation"]),
        _labelled(_("Went well"), half["well"]),
        _labelled(_("How close you felt"), str(closeness), theirs=False),
        str(_("Nothing new that day")) if half["nothing_new"] else _labelled(_("New"), half["new"]),
        _labelled(_text(half, texts), still, theirs=False) if half["behaviour"] else still,
        _labelled(_("Time together"), half["plan"]),
    )
    return Item(_day(half["at"]), tuple(filter(None, words)), note)


def _repairs(title: str, repairs: Iterable[Data], texts: Data) -> Iterator[Section]:
    yield Section(title, tuple(_repair(repair, texts) for repair in repairs))


def _repair(repair: Data, texts: Data) -> Item:
    sent = [_labelled(RepairMove(turn["move"]).label, _turn(turn)) for turn in repair["sent"]]
    unsent = [_labelled(_("Not sent"), _turn(draft)) for draft in repair["not_sent"]]
    about = _text(repair, texts) if repair["behaviour"] else _("A line that isn’t on your page")
    day = _day(repair["opened_at"]) if repair["opened_at"] else _("Not sent")
    return Item(about, tuple(filter(None, [*sent, *unsent])), day)


def _turn(turn: Data) -> str:
    """The words of one turn or draft, one a line."""
    labels = {choice.value: str(choice.label) for kind in (Feeling, Need) for choice in kind}
    words = fields_of_words()
    lines = []
    for name, content in turn["words"].items():
        if name in ("feelings", "needs"):
            lines.append(locales.listed(labels.get(choice, choice) for choice in content))
        elif name == "text":
            lines.extend(content)
        elif name.startswith("outcome_") and content:
            lines.append(str(Outcome(content).label))
        elif name.startswith("conditions_"):
            lines.append(locales.listed(str(Condition(choice).label) for choice in content))
        elif name == "on" or name.startswith("on_"):
            lines.append(_day(content) if content else "")
        elif name in words:
            lines.append(content)
    return "\n".join(filter(None, lines))


def _version(version: Data) -> Item:
    wording, *text = version["text"]
    well = [version["what_we_did_well"]] if version["what_we_did_well"] else []
    day = version.get("agreed_on") or version.get("since") or version["proposed_on"]
    return Item(wording or _written_by_partner(), (*text, *well), _day(day))


def _text(about: Data, texts: Data) -> str:
    return texts[about["behaviour"]] or _written_by_partner()


def _written_by_partner() -> str:
    return _("Something your partner has suggested")


def _labelled(label: Any, words: str, *, theirs: bool = True) -> str:
    """A label and its words, if there are any. `theirs`: a person wrote them."""
    # Translators: a label, and what stands beside it.
    text = pgettext("label", "%(label)s: %(words)s")
    return text % {"label": label, "words": isolated(words) if theirs else words} if words else ""


def _day(moment: str) -> str:
    """Return the date of a moment where its reader is. A date is returned unchanged."""
    found = datetime.fromisoformat(moment)
    return locales.day(timezone.localtime(found) if found.tzinfo else found)
