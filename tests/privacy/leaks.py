"""Planted leaks: each lets a little of what Bob does in secret reach Alice, in another way."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from functools import wraps
from typing import Any
from unittest import mock

from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.core.mail import send_mail
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from boundaries import notifications
from boundaries.agreements import history
from boundaries.agreements import rules as agreements
from boundaries.agreements.models import SetAside
from boundaries.answers import rules as answers
from boundaries.answers import sheets
from boundaries.answers.models import Answers, unpacked_answer
from boundaries.answers.private_notes import Notes
from boundaries.comparison import rules as comparison_rules
from boundaries.comparison.rules import NotOpen
from boundaries.journal import rules as journal
from boundaries.journal.models import JournalEntry
from boundaries.questions import rules as questions
from boundaries.questions.models import Own
from boundaries.sealing.models import Envelope, EnvelopeQuerySet, Seal, Sheet
from boundaries.seats import rules as seats
from boundaries.seats.models import Seat
from boundaries.talks import early_drafts, overview, reading
from boundaries.talks.models import Draft, EarlyDraft, Turn
from boundaries.talks.reading import Talk
from boundaries.therapist_sheet import contents
from boundaries.vocabulary import Answer, Grade, Side, Stance
from config import middleware

type Leak = Callable[[], AbstractContextManager[Any]]

BEFORE_OPENING: dict[str, Leak] = {}
AFTER_OPENING: dict[str, Leak] = {}
IN_WORK_ALONE: dict[str, Leak] = {}
OF_AN_OPT_IN: dict[str, Leak] = {}
OF_HIDING: dict[str, Leak] = {}
OF_SETTING_ASIDE: dict[str, Leak] = {}
OF_A_NEW_ROUND: dict[str, Leak] = {}
OF_ASIDES: dict[str, Leak] = {}
OF_A_TALK: dict[str, Leak] = {}
OF_LEAVING_WORDS: dict[str, Leak] = {}
OF_A_JOURNAL: dict[str, Leak] = {}


def planted(where: dict[str, Leak], name: str) -> Callable[[Leak], Leak]:
    def add(leak: Leak) -> Leak:
        where[name] = leak
        return leak

    return add


def bobs() -> list[tuple[str, Answer]]:
    """What stands on Bob's sheets, read with his key."""
    rows = Answers.unscoped.filter(sheet__seat__user__first_name="Bob")
    rows = rows.select_related("sheet__seat__kept_key")
    return [
        (behaviour, unpacked_answer(answer))
        for row in rows
        for behaviour, answer in row.read(row.sheet.seat.key).items()
    ]


def answered() -> int:
    return sum(answer.answered for _, answer in bobs())


def has_sealed() -> bool:
    return Seal.objects.filter(seat__user__first_name="Bob").exists()


def everywhere(
    where: dict[str, Leak], name: str, path: str = "", method: str = ""
) -> Callable[[Callable[[HttpRequest, HttpResponse], HttpResponseBase | None]], None]:
    """A leak in whatever answers: on every page, or on one, or for one method."""

    def add(spoil: Callable[[HttpRequest, HttpResponse], HttpResponseBase | None]) -> None:
        whole = middleware.ResponseHeadersMiddleware

        def leaking(get_response: Callable[[HttpRequest], HttpResponse]) -> Any:
            def spoiled(request: HttpRequest) -> Any:
                response = get_response(request)
                if request.path.startswith(path) and (not method or request.method == method):
                    return spoil(request, response) or response
                return response

            return whole(spoiled)

        where[name] = lambda: mock.patch.object(middleware, "ResponseHeadersMiddleware", leaking)

    return add


def instead(owner: Any, name: str) -> Callable[[Callable[..., Any]], AbstractContextManager[Any]]:
    """Something of ours replaced, wherever it is used, by a version that is given the true one."""
    true = getattr(owner, name)

    @contextmanager
    def replaced(spoiled: Callable[..., Any]) -> Iterator[None]:
        version = wraps(true)(lambda *a, **k: spoiled(true, *a, **k))
        importers = [
            module
            for path, module in sys.modules.items()
            if path.startswith("boundaries.") and vars(module).get(name) is true
        ]
        with ExitStack() as stack:
            for place in {id(module): module for module in (owner, *importers)}.values():
                stack.enter_context(mock.patch.object(place, name, version))
            yield

    return replaced


# In what is answered


@everywhere(BEFORE_OPENING, "a badge on the home page", "/home/")
def _(request: HttpRequest, response: HttpResponse) -> None:
    response.content += f"<!-- {answered()} of 24 -->".encode()


@everywhere(BEFORE_OPENING, "a word on the sheet alone", "/decks/essentials/")
def _(request: HttpRequest, response: HttpResponse) -> None:
    if has_sealed():
        response.content += b"ready"


@everywhere(BEFORE_OPENING, "that they are ready, where one looks at what is seen", "/seen/")
def _(request: HttpRequest, response: HttpResponse) -> None:
    if has_sealed():
        response.content += b"sees that you are not ready"


@everywhere(BEFORE_OPENING, "a count on the page that is not there", "/decks/a/comparison/")
def _(request: HttpRequest, response: HttpResponse) -> None:
    response.content += f"{24 - answered()} left".encode()


@everywhere(BEFORE_OPENING, "the health check counts rows", "/healthz")
def _(request: HttpRequest, response: HttpResponse) -> None:
    response.content += str(Answers.unscoped.count()).encode()


@everywhere(BEFORE_OPENING, "the list of sessions is of both", "/account/sessions/")
def _(request: HttpRequest, response: HttpResponse) -> None:
    response.content += str(answered()).encode()


@everywhere(BEFORE_OPENING, "a tag of the couple's rows")
def _(request: HttpRequest, response: HttpResponse) -> None:
    response["ETag"] = f'"{answered()}"'


@everywhere(BEFORE_OPENING, "the time of the last change")
def _(request: HttpRequest, response: HttpResponse) -> None:
    response["Last-Modified"] = f"Thu, 01 Jan 2026 12:00:{answered() % 60:02d} GMT"


@everywhere(BEFORE_OPENING, "what the answer varies on")
def _(request: HttpRequest, response: HttpResponse) -> None:
    if has_sealed():
        response["Vary"] = "Cookie, Accept"


@everywhere(BEFORE_OPENING, "a header to HEAD alone", method="HEAD")
def _(request: HttpRequest, response: HttpResponse) -> None:
    response["X-Rows"] = str(answered())


@everywhere(BEFORE_OPENING, "which methods are allowed", method="OPTIONS")
def _(request: HttpRequest, response: HttpResponse) -> None:
    if has_sealed():
        response["Allow"] = "GET, HEAD, OPTIONS"


@everywhere(BEFORE_OPENING, "a cookie once the other has sealed")
def _(request: HttpRequest, response: HttpResponse) -> None:
    if has_sealed():
        response.set_cookie("seen", "1")


@everywhere(BEFORE_OPENING, "another status for what is sealed", "/decks/essentials/comparison/")
def _(request: HttpRequest, response: HttpResponse) -> None:
    if has_sealed():
        response.status_code = 403


@everywhere(BEFORE_OPENING, "on to another page after a save", "/answers/a1/save/", "POST")
def _(request: HttpRequest, response: HttpResponse) -> HttpResponseBase | None:
    return redirect("home") if has_sealed() else None


@everywhere(BEFORE_OPENING, "a limit that both use up", "/answers/a8/", "POST")
def _(request: HttpRequest, response: HttpResponse) -> None:
    if answered() > 3:
        response.status_code = 429


@everywhere(BEFORE_OPENING, "a flash message", "/account/", "GET")
def _(request: HttpRequest, response: HttpResponse) -> None:
    if has_sealed():
        messages.info(request, "!")
        response["X-Messages"] = str(len(list(messages.get_messages(request))))


# In the acts


@planted(BEFORE_OPENING, "progress in the partner's name")
def _() -> Any:
    def spoiled(true: Any, seat: Any) -> Any:
        partner = true(seat)
        return partner and replace(partner, first_name=f"{partner.first_name} {answered()}")

    return instead(seats, "partner_of")(spoiled)


@planted(BEFORE_OPENING, "a query for each of the other's rows")
def _() -> Any:
    def spoiled(true: Any, seat: Any) -> Any:
        for answer in Answers.unscoped.filter(sheet__seat__couple=seat.couple_id):
            Answers.unscoped.filter(pk=answer.pk).exists()
        return true(seat)

    return instead(seats, "partner_of")(spoiled)


@planted(BEFORE_OPENING, "one cache for both")
def _() -> Any:
    def spoiled(true: Any, seat: Any, deck: Any) -> Any:
        page = true(seat, deck)
        return cache.get_or_set(f"{seat.couple_id}{deck.id}", page) if seat.couple_id else page

    return instead(sheets, "own_sheet")(spoiled)


@planted(BEFORE_OPENING, "an order that the other's answers decide")
def _() -> Any:
    def spoiled(true: Any, seat: Any, deck: Any) -> Any:
        page, at = true(seat, deck), answered() % 24
        return replace(page, rows=(*page.rows[at:], *page.rows[:at]))

    return instead(sheets, "own_sheet")(spoiled)


@planted(BEFORE_OPENING, "a mail on each answer")
def _() -> Any:
    def spoiled(true: Any, seat: Any, *args: Any, **words: Any) -> Any:
        if seat.user.first_name == "Bob":
            send_mail("Something new", "", "a@example.org", ["alice@example.org"])
        return true(seat, *args, **words)

    return instead(answers, "answer")(spoiled)


@planted(BEFORE_OPENING, "a mail at the first seal")
def _() -> Any:
    def spoiled(true: Any, seat: Any, deck: Any, **seen: Any) -> Any:
        send_mail("Your turn", "", "a@example.org", ["alice@example.org"])
        return true(seat, deck, **seen)

    return instead(answers, "seal")(spoiled)


@planted(BEFORE_OPENING, "one seal is enough")
def _() -> Any:
    def one_is_enough(true: Any, self: EnvelopeQuerySet, seat: Any) -> Any:
        seals = Seal.objects.filter(envelope=OuterRef("pk"), seat__couple=seat.couple_id)
        return self.filter(Exists(seals))

    return instead(EnvelopeQuerySet, "open_to")(one_is_enough)


@planted(BEFORE_OPENING, "the page says that the other has sealed")
def _() -> Any:
    def spoiled(true: Any, seat: Any, deck: Any) -> Any:
        page = true(seat, deck)
        return replace(page, sealed=page.sealed or has_sealed())

    return instead(sheets, "own_sheet")(spoiled)


@planted(BEFORE_OPENING, "refused in another way when there is something")
def _() -> Any:
    def spoiled(true: Any, seat: Any, deck: Any) -> Any:
        if not Envelope.objects.open_to(seat).exists() and answered():
            raise PermissionDenied
        return true(seat, deck)

    return instead(comparison_rules, "compare")(spoiled)


# After the opening


@planted(AFTER_OPENING, "private answers open too")
def _() -> Any:
    return mock.patch.object(Answer, "shared", property(lambda answer: answer.answered))


@planted(AFTER_OPENING, "a note without an answer opens")
def _() -> Any:
    def spoiled(true: Any, *args: Any) -> Any:
        opened = true(*args)
        kept_back = dict(bobs())["a1"].note
        rounds = (both for of_a_deck in opened.values() for both in of_a_deck)
        for sheet in (sheet for both in rounds for sheet in both.values()):
            for key, answer in sheet.shared.items():
                sheet.shared[key] = replace(answer, note=kept_back)
        return opened

    return mock.patch.object(
        Answers, "opened_to", classmethod(lambda cls, *a: spoiled(true_opened_to, *a))
    )


true_opened_to = Answers.opened_to


def with_more_words(compared: Any, words: str) -> Any:
    """Where it shows, whatever the two have answered: lines that are not shared are names alone."""
    behaviour = compared.behaviour
    return replace(compared, behaviour=replace(behaviour, text=f"{behaviour.text} {words}"))


@planted(AFTER_OPENING, "notes to oneself open too")
def _() -> Any:
    def spoiled(true: Any, behaviour: Any, left_name: str, right_name: str, *args: Any) -> Any:
        compared = true(behaviour, left_name, right_name, *args)
        rows = Notes.unscoped.select_related("seat__kept_key")
        notes = [row.read(row.seat.key).get(behaviour.id) for row in rows]
        return with_more_words(compared, str(notes)) if any(notes) else compared

    return instead(comparison_rules, "_compared")(spoiled)


@planted(AFTER_OPENING, "skipped reads otherwise than left out")
def _() -> Any:
    def spoiled(true: Any, behaviour: Any, *args: Any) -> Any:
        compared = true(behaviour, *args)
        skipped = any(answer.skipped for id, answer in bobs() if id == behaviour.id)
        return with_more_words(compared, "skipped") if skipped else compared

    return instead(comparison_rules, "_compared")(spoiled)


@planted(AFTER_OPENING, "the mail counts what was kept private")
def _() -> Any:
    def spoiled(true: Any, *people: Any) -> Any:
        private = sum(answer.private for _, answer in bobs())
        for person in people:
            send_mail(f"Open, but for {private}", "", "a@example.org", [person.email])

    return instead(notifications, "something_waits_for")(spoiled)


# Of what else is said in secret


def wants_more() -> bool:
    return Seal.objects.filter(seat__user__first_name="Bob", envelope__deck="opting-in").exists()


def begun() -> int:
    return Sheet.unscoped.filter(seat__user__first_name="Bob").count()


def asides() -> list[Any]:
    rows = Notes.unscoped.filter(seat__user__first_name="Bob").select_related("seat__kept_key")
    return [note for row in rows for note in row.read(row.seat.key).values()]


@planted(OF_AN_OPT_IN, "one yes shows to the other")
def _() -> Any:
    return instead(questions, "opting")(
        lambda true, seat: replace(true(seat), said_yes=wants_more())
    )


@planted(OF_AN_OPT_IN, "one yes is enough")
def _() -> Any:
    return instead(questions, "_both_want_it")(lambda true, seat: wants_more() or true(seat))


@planted(OF_HIDING, "what one hides is gone from the other's list at once")
def _() -> Any:
    def spoiled(true: Any, seat: Any, deck: Any) -> Any:
        hidden = {id for id, answer in bobs() if answer.hidden}
        return [row for row in true(seat, deck) if row.id not in hidden]

    return instead(sheets, "_in_own_order")(spoiled)


@planted(OF_SETTING_ASIDE, "what was set aside no longer waits")
def _() -> Any:
    def spoiled(true: Any, seat: Any) -> Any:
        gone = set(Own.objects.filter(set_aside=True).values_list("pk", flat=True))
        ours = true(seat)
        return replace(ours, mine=tuple(own for own in ours.mine if own.id not in gone))

    return instead(questions, "ours")(spoiled)


@planted(OF_A_NEW_ROUND, "the comparison tells that the other has begun again")
def _() -> Any:
    def spoiled(true: Any, seat: Any, deck: Any) -> Any:
        return replace(true(seat, deck), left=f"{begun()}")

    return instead(comparison_rules, "compare")(spoiled)


@planted(OF_A_NEW_ROUND, "the history is of both")
def _() -> Any:
    return instead(sheets, "past_rounds")(lambda true, *args: true(*args) * begun())


@planted(OF_A_NEW_ROUND, "a new round takes the old one away")
def _() -> Any:
    def spoiled(true: Any, seat: Any, deck: Any) -> Any:
        if begun() > 1:
            raise NotOpen
        return true(seat, deck)

    return instead(comparison_rules, "compare")(spoiled)


@planted(OF_ASIDES, "the other's guesses count too")
def _() -> Any:
    def spoiled(true: Any, *args: Any) -> Any:
        guessed = next((aside["guess"] for aside in asides() if aside.get("guess")), None)
        return true(*args) | ({"a1": Stance(guessed)} if guessed else {})

    return instead(sheets, "guesses")(spoiled)


@planted(OF_ASIDES, "what was answered to keep the peace is marked")
def _() -> Any:
    def spoiled(true: Any, *args: Any) -> Any:
        compared = true(*args)
        for_peace = any(aside.get("to_keep_the_peace") for aside in asides())
        return replace(compared, grade=Grade.FORMING) if for_peace else compared

    return instead(comparison_rules, "_compared")(spoiled)


@planted(OF_ASIDES, "what is live is first to be talked about")
def _() -> Any:
    def spoiled(true: Any, compared: Any) -> Any:
        return true(compared)[: 1 if any(aside.get("live") for aside in asides()) else 3]

    return instead(comparison_rules, "worth_a_talk")(spoiled)


# Of a talk


def drafts() -> int:
    return Draft.unscoped.filter(seat__user__first_name="Bob").count()


def turns() -> int:
    return Turn.unscoped.filter(side=Side.RIGHT).count()


@planted(OF_A_TALK, "what is done unseen is seen at once")
def _() -> Any:
    def spoiled(true: Any, seat: Any) -> Any:
        return Turn.unscoped.filter(conversation__couple=seat.couple_id).order_by("number")

    return instead(Turn, "visible_to")(spoiled)


@planted(OF_A_TALK, "the look at a talk changes with what is unseen")
def _() -> Any:
    def spoiled(true: Any, *args: Any) -> Any:
        return f"{true(*args)[:20]}{turns()}"

    return instead(reading, "_version")(spoiled)


@planted(OF_A_TALK, "the page says that the other is writing")
def _() -> Any:
    def spoiled(true: Any, *args: Any) -> Any:
        return replace(true(*args), wording=f"{drafts()}") if drafts() else true(*args)

    return instead(reading, "talk_from")(spoiled)


@planted(OF_A_TALK, "a mail calls for what the other has done already")
def _() -> Any:
    def spoiled(true: Any, seat: Any, *args: Any, **more: Any) -> Any:
        for partner in Seat.objects.filter(couple=seat.couple_id, side=Side.LEFT):
            notifications.something_waits_for(partner.user)
        return true(seat, *args, **more)

    return instead(Turn, "add")(spoiled)


@planted(OF_A_TALK, "on one screen whoever is not done is asked first")
def _() -> Any:
    def spoiled(talk: Any) -> Any:
        return Side.LEFT if turns() % 2 else None

    return mock.patch.object(Talk, "acting", property(spoiled))


@planted(OF_A_TALK, "the list knows more than the page")
def _() -> Any:
    def spoiled(true: Any, seat: Any) -> Any:
        return true(seat)[:0] if turns() % 2 else true(seat)

    return instead(overview, "summaries")(spoiled)


# Of a proposal that is left for now


def left() -> int:
    return SetAside.unscoped.count()


@planted(OF_LEAVING_WORDS, "what was left goes to the end of the page")
def _() -> Any:
    def spoiled(true: Any, seat: Any) -> Any:
        found = true(seat)
        return replace(found, entries=found.entries[::-1] if left() else found.entries)

    return instead(history, "agreement")(spoiled)


@planted(OF_LEAVING_WORDS, "a mail tells that it was left")
def _() -> Any:
    def spoiled(true: Any, seat: Any, *args: Any) -> Any:
        for other in Seat.objects.filter(couple=seat.couple_id).exclude(pk=seat.pk):
            notifications.something_waits_for(other.user)
        return true(seat, *args)

    return instead(agreements, "set_aside")(spoiled)


@planted(OF_LEAVING_WORDS, "what was left reads as if it had ended")
def _() -> Any:
    def spoiled(true: Any, *args: Any) -> Any:
        talk = true(*args)
        return replace(talk, ended_at=talk.at) if left() else talk

    return instead(history, "_version")(spoiled)


# Where only the work shows: the same bytes, the same queries


@planted(IN_WORK_ALONE, "work for each of the other's rows")
def _() -> Any:
    def spoiled(true: Any, seat: Any) -> Any:
        for _, answer in bobs():
            if answer.note:
                answer.note.encode().hex().upper()
                [answer.answered for _ in range(3)]
        return true(seat)

    return instead(seats, "partner_of")(spoiled)


@contextmanager
def nothing() -> Iterator[None]:
    yield


# In what one takes along


@planted(BEFORE_OPENING, "a deck that counts as opened once the other has sealed it")
def _() -> AbstractContextManager[Any]:
    return instead(sheets, "export")(
        lambda true, seat: [{**row, "opened": row["opened"] or has_sealed()} for row in true(seat)]
    )


@planted(AFTER_OPENING, "the number of answers that the other kept to themselves")
def _() -> AbstractContextManager[Any]:
    return instead(sheets, "export")(
        lambda true, seat: [*true(seat), {"answers": [], "kept": sum(s.private for _, s in bobs())}]
    )


@planted(OF_A_TALK, "what the other has done unseen among one's own turns")
def _() -> AbstractContextManager[Any]:
    return instead(Turn, "owned_by")(lambda true, seat: Turn.unscoped.order_by("number"))


@planted(OF_LEAVING_WORDS, "what the other leaves for now among what one does oneself")
def _() -> AbstractContextManager[Any]:
    return instead(SetAside, "owned_by")(lambda true, seat: SetAside.unscoped.all())


# Of a journal, and of what is kept for a talk


def entries() -> list[str]:
    """What Bob has written in his journal, read with its key."""
    rows = JournalEntry.unscoped.filter(journal__seat__user__first_name="Bob")
    return [row.read(row.journal.key)["words"] for row in rows.order_by("page")]


def early() -> list[str]:
    rows = EarlyDraft.unscoped.filter(seat__user__first_name="Bob").select_related("seat__kept_key")
    return [row.behaviour for row in rows]


@everywhere(OF_A_JOURNAL, "home counts what the other has written", "/home/")
def _(request: HttpRequest, response: HttpResponse) -> None:
    if entries():
        response.content += f"<!-- {len(entries())} in your journals -->".encode()


@everywhere(OF_A_JOURNAL, "what the partner can see names the journal", "/seen/")
def _(request: HttpRequest, response: HttpResponse) -> None:
    if entries():
        response.content += b"and their journal"


@planted(OF_A_JOURNAL, "the list is of both")
def _() -> Any:
    return instead(journal, "leaf")(
        lambda true, *args: replace(true(*args), has_older=bool(entries()))
    )


@planted(OF_A_JOURNAL, "an address is taken once the other has an entry there")
def _() -> Any:
    def spoiled(true: Any, seat: Any, page: Any, *args: Any, **how: Any) -> Any:
        if entries() and not JournalEntry.owned_by(seat).filter(page=page).exists():
            raise journal.NoSuchEntry
        return true(seat, page, *args, **how)

    return instead(journal, "save")(spoiled)


@planted(OF_A_JOURNAL, "the copy of one's data holds the other's journal")
def _() -> Any:
    return instead(journal, "export")(lambda true, seat: [*true(seat), {"words": entries()}])


@planted(OF_A_JOURNAL, "a sheet for a therapist offers lines of it")
def _() -> Any:
    def spoiled(true: Any, seat: Any) -> Any:
        found = true(seat)
        return {**found, **dict.fromkeys(entries(), next(iter(found.values())))}

    return instead(contents, "choices")(spoiled)


@planted(OF_A_JOURNAL, "the other's drafts for a talk are on the agenda of both")
def _() -> Any:
    return instead(early_drafts, "kept")(lambda true, seat: dict.fromkeys(early(), "a draft"))


@planted(OF_A_JOURNAL, "a mail when a draft is kept for a talk")
def _() -> Any:
    def spoiled(true: Any, seat: Any, *args: Any) -> Any:
        send_mail("Something to talk about", "", "a@example.org", ["alice@example.org"])
        return true(seat, *args)

    return instead(early_drafts, "keep")(spoiled)


@planted(OF_ASIDES, "what is live for the other is on the agenda of both")
def _() -> Any:
    def spoiled(true: Any, *args: Any) -> Any:
        return {"a1"} if any(aside.get("live") for aside in asides()) else true(*args)

    return instead(sheets, "live")(spoiled)
