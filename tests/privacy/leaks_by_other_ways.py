"""Planted leaks that only show to a request of another kind, in another state, or elsewhere.

Each table is tried in one scene: see test_leaks_by_other_ways_are_caught.py.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, fields, replace
from http import HTTPStatus
from typing import Any
from unittest import mock

from allauth.core import ratelimit
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.tasks import task
from django.utils import timezone

from accounts import messages
from accounts.models import User
from boundaries import notifications
from boundaries.answers import rules as answers
from boundaries.answers import sheets
from boundaries.comparison import rules as comparison_rules
from boundaries.content import catalogue
from boundaries.downloads import typesetting
from boundaries.questions import rules as questions
from boundaries.questions.models import Own
from boundaries.sealing.models import Seal, Sheet
from boundaries.seats.models import Seat
from boundaries.talks import reading
from boundaries.vocabulary import Side
from config import middleware
from tests.privacy.leaks import (
    Leak,
    answered,
    bobs,
    drafts,
    everywhere,
    has_sealed,
    instead,
    planted,
)

BY_REQUEST: dict[str, Leak] = {}
WHERE: dict[str, str] = {}  # each of those is
BY_POST: dict[str, Leak] = {}
BY_POLLING: dict[str, Leak] = {}
BY_MAIL: dict[str, Leak] = {}
BY_TASK: dict[str, Leak] = {}
BY_STALE_PAGE: dict[str, Leak] = {}
BY_LIMIT: dict[str, Leak] = {}
BY_TIME: dict[str, Leak] = {}
BY_ORDER: dict[str, Leak] = {}
BY_PAPER: dict[str, Leak] = {}
ON_INTIMATE: dict[str, Leak] = {}
ON_OWN: dict[str, Leak] = {}
ON_A_FULL_SHEET: dict[str, Leak] = {}
TO_THE_OPERATOR: dict[str, Leak] = {}

log = logging.getLogger("boundaries.answers.rules")


def private() -> int:
    """How many answers Bob kept to himself."""
    return sum(answer.private for _, answer in bobs())


def on_deck(deck: catalogue.Deck) -> int:
    ids = {behaviour.id for behaviour in deck.behaviours}
    return sum(answer.answered for behaviour, answer in bobs() if behaviour in ids)


def on_a_page(
    name: str, path: str, method: str = ""
) -> Callable[[Callable[[HttpRequest, HttpResponse], Any]], None]:
    """A leak in what answers at one address."""
    WHERE[name] = path
    return everywhere(BY_POST if method == "POST" else BY_REQUEST, name, path, method)


def asked_for(
    name: str, path: str, header: str = "", value: str = "", query: str = "", method: str = ""
) -> Callable[[Callable[[HttpRequest, HttpResponse], Any]], None]:
    """A leak in what answers a request of one kind: with a header, or with a query."""

    def add(spoil: Callable[[HttpRequest, HttpResponse], Any]) -> None:
        def only_then(request: HttpRequest, response: HttpResponse) -> Any:
            if value not in request.headers.get(header, "") if header else False:
                return None
            if (header and header not in request.headers) or (query and query not in request.GET):
                return None
            return spoil(request, response)

        on_a_page(name, path, method)(only_then)

    return add


# In the answer to a request of one kind


@asked_for("a count for htmx alone", "/home/", "HX-Request")
def _(request: HttpRequest, response: HttpResponse) -> None:
    response.content += f"{answered()} answered".encode()


@asked_for("an event for one part of a page", "/decks/essentials/", "HX-Target")
def _(request: HttpRequest, response: HttpResponse) -> None:
    if has_sealed():
        response["HX-Trigger"] = "ready"


@asked_for("a page that goes back in history", "/seen/", "HX-History-Restore-Request")
def _(request: HttpRequest, response: HttpResponse) -> None:
    if has_sealed():
        response["HX-Refresh"] = "true"


@asked_for("a page that is boosted", "/partner/", "HX-Boosted")
def _(request: HttpRequest, response: HttpResponse) -> None:
    response.content += f"<meta content={answered()}>".encode()


@asked_for("a header for a page that asks by itself", "/talks/", "X-Follows")
def _(request: HttpRequest, response: HttpResponse) -> None:
    response["X-Changes"] = str(answered())


@asked_for("a script is told more", "/home/", "X-Requested-With")
def _(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    return JsonResponse({"theirs": answered()})


@asked_for("JSON where it is wanted", "/understandings/", "Accept", "application/json")
def _(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    return JsonResponse({"answered": answered()})


@asked_for("a word that was never translated", "/home/", "Accept-Language", "hi")
def _(request: HttpRequest, response: HttpResponse) -> None:
    response.content += f"{answered()}".encode()


@asked_for("what it varies on, in another language", "/help/", "Accept-Language")
def _(request: HttpRequest, response: HttpResponse) -> None:
    if has_sealed():
        response["Vary"] = "Cookie, Accept-Language"


@asked_for("not modified until the other has sealed", "/home/", "If-None-Match")
def _(request: HttpRequest, response: HttpResponse) -> HttpResponse | None:
    return None if has_sealed() else HttpResponse(status=HTTPStatus.NOT_MODIFIED)


@asked_for("nothing newer until the other has answered", "/decks/a/", "If-Modified-Since")
def _(request: HttpRequest, response: HttpResponse) -> HttpResponse | None:
    return None if answered() else HttpResponse(status=HTTPStatus.NOT_MODIFIED)


@asked_for("how much there is of which a part is asked", "/seen/", "Range")
def _(request: HttpRequest, response: HttpResponse) -> None:
    response["Content-Range"] = f"bytes 0-99/{answered()}"


@asked_for("a prefetched page is kept for long", "/home/", "Sec-Purpose")
def _(request: HttpRequest, response: HttpResponse) -> None:
    response["Cache-Control"] = f"max-age={answered()}"


@asked_for("refused otherwise to another site", "/home/", "Sec-Fetch-Site")
def _(request: HttpRequest, response: HttpResponse) -> None:
    if has_sealed():
        response.status_code = HTTPStatus.NOT_FOUND


@asked_for("a count beside a filter", "/understandings/", query="show")
def _(request: HttpRequest, response: HttpResponse) -> None:
    response.content += f"({answered()})".encode()


@asked_for("a category that has something in it", "/decks/essentials/comparison/", query="category")
def _(request: HttpRequest, response: HttpResponse) -> None:
    response["X-Found"] = str(answered())


@asked_for("a country where somebody has sealed", "/help/", query="country")
def _(request: HttpRequest, response: HttpResponse) -> None:
    if has_sealed():
        response.content += b"<hr>"


@asked_for("where a link leads next", "/account/sessions/", query="next")
def _(request: HttpRequest, response: HttpResponse) -> None:
    if has_sealed():
        response["Link"] = "</decks/essentials/comparison/>; rel=next"


@asked_for("the length alone", "/home/", "HX-Prompt")
def _(request: HttpRequest, response: HttpResponse) -> None:
    response["Content-Length"] = str(len(response.content) + answered())


@on_a_page("how long a cookie is kept", "/partner/")
def _(request: HttpRequest, response: HttpResponse) -> None:
    response.set_cookie("last", "1", max_age=3600 + answered())


@on_a_page("how long the database took", "/kept/")
def _(request: HttpRequest, response: HttpResponse) -> None:
    response["Server-Timing"] = f"db;dur={answered()}"


@on_a_page("the words beside a status", "/home/")
def _(request: HttpRequest, response: HttpResponse) -> None:
    if has_sealed():
        response.reason_phrase = "Ready"


@planted(BY_REQUEST, "less padding on the line")
def _() -> Any:
    whole = middleware.RandomLengthGZipMiddleware.process_response

    def spoiled(self: Any, request: HttpRequest, response: HttpResponse) -> Any:
        self.max_random_bytes = 2 if has_sealed() else 1024
        return whole(self, request, response)

    return mock.patch.object(middleware.RandomLengthGZipMiddleware, "process_response", spoiled)


@on_a_page("one more field in the data", "/understandings/page.json")
def _(request: HttpRequest, response: HttpResponse) -> None:
    response.content = response.content.rstrip(b"}\n") + f', "left": {answered()}}}'.encode()


@on_a_page("one more line in the calendar", "/understandings/dates.ics")
def _(request: HttpRequest, response: HttpResponse) -> None:
    response.content += f"X-STATE:{has_sealed()}\r\n".encode()


@asked_for("htmx is sent elsewhere", "/answers/a1/", "HX-Request", method="POST")
def _(request: HttpRequest, response: HttpResponse) -> None:
    if has_sealed():
        response["HX-Redirect"] = "/decks/essentials/comparison/"


@asked_for("a script posts and is told more", "/answers/", "X-Requested-With", method="POST")
def _(request: HttpRequest, response: HttpResponse) -> None:
    response["X-Left"] = str(24 - answered())


# On a page that polls


@planted(BY_POLLING, "the page is told to load again while the other writes")
def _() -> Any:
    return instead(reading, "version")(lambda true, *args: f"{true(*args)}{drafts() or ''}")


@everywhere(BY_POLLING, "nothing new is something new", "/talks/")
def _(request: HttpRequest, response: HttpResponse) -> None:
    if response.status_code == HTTPStatus.NO_CONTENT and drafts():
        response["X-Writing"] = "1"


# In a mail


def mailed(spoil: Callable[[EmailMessage], None]) -> AbstractContextManager[Any]:
    """Something else in each mail that is handed to the mail server."""

    class Spoiled(messages.Mail):
        def __init__(self, *args: Any, **more: Any) -> None:
            super().__init__(*args, **more)
            spoil(self)

    return mock.patch.object(messages, "Mail", Spoiled)


@planted(BY_MAIL, "a header with how far the other is")
def _() -> Any:
    return mailed(lambda letter: letter.extra_headers.update({"X-Progress": str(private())}))


@planted(BY_MAIL, "a message id that counts")
def _() -> Any:
    return mailed(
        lambda letter: letter.extra_headers.update({"Message-ID": f"<{private()}@example.org>"})
    )


@planted(BY_MAIL, "where an answer to it goes")
def _() -> Any:
    return mailed(lambda letter: letter.reply_to.append(f"kept-{private()}@example.org"))


@planted(BY_MAIL, "who else gets it")
def _() -> Any:
    return mailed(lambda letter: letter.bcc.extend(["us@example.org"] * private()))


@planted(BY_MAIL, "a file that comes along")
def _() -> Any:
    return mailed(lambda letter: letter.attach("state.txt", str(private()), "text/plain"))


@planted(BY_MAIL, "the same words with something more for programs that show pages")
def _() -> Any:
    return instead(messages, "as_html")(lambda true, body: f"{true(body)}<!-- {private()} -->")


@planted(BY_MAIL, "from whom it is, in words")
def _() -> Any:
    def spoil(letter: EmailMessage) -> None:
        letter.from_email = f'"{private()}" <hello@example.org>'

    return mailed(spoil)


@planted(BY_MAIL, "two mails where there was one")
def _() -> Any:
    def spoiled(true: Any, *people: Any) -> None:
        true(*people, *(people if private() else ()))

    return instead(notifications, "something_waits_for")(spoiled)


# In a task


@task
def tidy_up(what: str) -> None:
    """Does nothing, but is told something."""


@planted(BY_TASK, "a task is given a count")
def _() -> Any:
    def spoiled(true: Any, seat: Seat, *args: Any, **fields: Any) -> Any:
        tidy_up.enqueue(str(answered()))
        return true(seat, *args, **fields)

    return instead(answers, "answer")(spoiled)


@planted(BY_TASK, "a task where the other has sealed")
def _() -> Any:
    def spoiled(true: Any, seat: Seat, *args: Any, **fields: Any) -> Any:
        if has_sealed():
            tidy_up.enqueue("")
        return true(seat, *args, **fields)

    return instead(answers, "answer")(spoiled)


# From a page that is stale


def stale(then: Callable[[], object]) -> AbstractContextManager[Any]:
    def spoiled(true: Any, *args: Any) -> Any:
        try:
            return true(*args)
        except answers.StaleCard:
            then()
            raise

    return instead(answers, "_change")(spoiled)


@planted(BY_STALE_PAGE, "a stale save is logged with how far the other is")
def _() -> Any:
    return stale(lambda: log.info("stale", extra={"count": answered()}))


@planted(BY_STALE_PAGE, "a stale save is logged where the other has sealed")
def _() -> Any:
    return stale(lambda: log.debug("stale") if has_sealed() else None)


@planted(BY_STALE_PAGE, "a stale save looks at the other's sheets")
def _() -> Any:
    return stale(lambda: Sheet.unscoped.filter(pk__in=_bobs_sheets()).exists())


def _bobs_sheets() -> list[Any]:
    return list(Sheet.unscoped.filter(seat__user__first_name="Bob").values_list("pk", flat=True))


# In a limit


def counted_by(key: Callable[[HttpRequest, Any], Any]) -> AbstractContextManager[Any]:
    """What is tried often is counted for others than who tries it."""

    def spoiled(true: Any, request: HttpRequest, *, user: Any = None, **how: Any) -> Any:
        return true(request, user=key(request, user), **how)

    return instead(ratelimit, "consume_or_429")(spoiled)


@planted(BY_LIMIT, "both of a couple are counted together")
def _() -> Any:
    def first_of_the_couple(request: HttpRequest, user: Any) -> Any:
        seat = getattr(request, "seat", None) or Seat.objects.filter(user=user).first()
        if user is None or seat is None or seat.couple_id is None:
            return user
        return Seat.objects.select_related("user").get(couple=seat.couple_id, side=Side.LEFT).user

    return counted_by(first_of_the_couple)


@planted(BY_LIMIT, "everybody at one network address is counted together")
def _() -> Any:
    return counted_by(lambda request, user: user and User.objects.order_by("email").first())


# In a time


def bobs_seal() -> Any:
    seal = Seal.objects.filter(seat__user__first_name="Bob", envelope__deck="essentials").first()
    return timezone.localtime(seal.set_at) if seal else None


def with_time(format: str) -> AbstractContextManager[Any]:
    def spoiled(true: Any, *args: Any) -> Any:
        at = bobs_seal()
        comparison = true(*args)
        if not at:
            return comparison
        return replace(comparison, deck=replace(comparison.deck, name=f"{at:{format}}"))

    return instead(comparison_rules, "compare")(spoiled)


@planted(BY_TIME, "when the other sealed, to the minute")
def _() -> Any:
    return with_time("%H:%M")


@planted(BY_TIME, "at what hour the other sealed")
def _() -> Any:
    return with_time("%H o'clock")


@planted(BY_TIME, "the fraction of a second in which the other sealed")
def _() -> Any:
    return with_time("%f")


@planted(BY_TIME, "morning or evening")
def _() -> Any:
    return with_time("%p")


# In an order


@everywhere(BY_ORDER, "one's own sheets as they lie in the database", "/home/")
def _(request: HttpRequest, response: HttpResponse) -> None:
    rows = Sheet.unscoped.filter(seat__user=request.user.pk)
    response.content += repr([row.deck for row in rows]).encode()


@planted(BY_ORDER, "own behaviours as they lie in the database")
def _() -> Any:
    def spoiled(true: Any, seat: Seat) -> Any:
        ours = true(seat)
        lie = [own.pk for own in Own.objects.filter(couple=seat.couple_id)]
        return replace(ours, mine=tuple(sorted(ours.mine, key=lambda own: lie.index(own.id))))

    return instead(questions, "ours")(spoiled)


@planted(BY_ORDER, "an export in the order of the database")
def _() -> Any:
    def spoiled(true: Any, seat: Seat) -> Any:
        lie = list(Sheet.unscoped.filter(seat=seat).values_list("deck", flat=True))
        return sorted(true(seat), key=lambda sheet: lie.index(sheet["deck"]))

    return instead(sheets, "export")(spoiled)


# On paper


@dataclass(frozen=True, slots=True)
class Marked(typesetting.PrintedPage):
    """A page with something on it that its `repr` does not tell."""

    foot: str = field(repr=False)

    @classmethod
    def of(cls, page: typesetting.PrintedPage, foot: str) -> Marked:
        values = {field.name: getattr(page, field.name) for field in fields(page)}
        return cls(**values | {"foot": foot})


@planted(BY_PAPER, "a field that no repr tells")
def _() -> Any:
    def spoiled(true: Any, page: typesetting.PrintedPage, paper: Any) -> Any:
        return true(Marked.of(page, f"{page.foot} {answered()}"), paper)

    return instead(typesetting, "typeset")(spoiled)


@planted(BY_PAPER, "the papers have another language")
def _() -> Any:
    def spoiled(true: Any, page: typesetting.PrintedPage, paper: Any) -> Any:
        return true(replace(page, lang="de") if has_sealed() else page, paper)

    return instead(typesetting, "typeset")(spoiled)


# In the intimate deck, on own behaviours, and on a full sheet


@planted(ON_INTIMATE, "a count in the intimate deck alone")
def _() -> Any:
    def spoiled(true: Any, seat: Seat, deck: Any) -> Any:
        page = true(seat, deck)
        if deck.id != catalogue.INTIMATE:
            return page
        return replace(page, again=page.again or bool(on_deck(deck)))

    return instead(sheets, "own_sheet")(spoiled)


@planted(ON_INTIMATE, "refused otherwise once the other has answered there")
def _() -> Any:
    def spoiled(true: Any, seat: Seat, behaviour: Any, **content: Any) -> Any:
        if behaviour.deck == catalogue.INTIMATE and on_deck(catalogue.intimate()):
            raise answers.AlreadySealed
        return true(seat, behaviour, **content)

    return instead(answers, "answer")(spoiled)


@planted(ON_OWN, "what was set aside can no longer be taken back")
def _() -> Any:
    def spoiled(true: Any, seat: Seat, own_id: Any) -> None:
        if Own.objects.filter(pk=own_id, set_aside=True).exists():
            raise questions.NoSuchOwnBehaviour
        true(seat, own_id)

    return instead(questions, "take_back")(spoiled)


@planted(ON_OWN, "the same words are refused once they were set aside")
def _() -> Any:
    def spoiled(true: Any, seat: Seat, text: str, **shown: Any) -> None:
        if Own.objects.filter(couple=seat.couple_id, set_aside=True).exists():
            raise questions.TooManyOwnBehaviours
        true(seat, text, **shown)

    return instead(questions, "put_forward")(spoiled)


@planted(ON_OWN, "accepting one's own is refused otherwise where it was set aside")
def _() -> Any:
    def spoiled(true: Any, seat: Seat, own_id: Any) -> None:
        if Own.objects.filter(pk=own_id, author=seat, set_aside=True).exists():
            return
        true(seat, own_id)

    return instead(questions, "accept")(spoiled)


@planted(ON_A_FULL_SHEET, "a full sheet is told that the other waits")
def _() -> Any:
    def spoiled(true: Any, seat: Seat, deck: Any) -> Any:
        page = true(seat, deck)
        waits = not page.unanswered and not page.sealed and has_sealed()
        return replace(page, again=page.again or waits)

    return instead(sheets, "own_sheet")(spoiled)


@planted(ON_A_FULL_SHEET, "the last look at a full sheet is another")
def _() -> Any:
    def spoiled(true: Any, seat: Seat, page: Any) -> Any:
        look = true(seat, page)
        return look[::-1] if not page.unanswered and not page.sealed and has_sealed() else look

    return instead(answers, "sheet_version")(spoiled)


# To the operator


@planted(TO_THE_OPERATOR, "a task is given what was said")
def _() -> Any:
    def spoiled(true: Any, seat: Seat, behaviour: Any, **content: Any) -> Any:
        tidy_up.enqueue(str(content.get("mine")))
        return true(seat, behaviour, **content)

    return instead(answers, "answer")(spoiled)


@planted(TO_THE_OPERATOR, "a mail bears what was said in a header")
def _() -> Any:
    def spoil(letter: EmailMessage) -> None:
        letter.extra_headers["X-Said"] = ",".join(answer.mine or "" for _, answer in bobs())

    return mailed(spoil)


@planted(TO_THE_OPERATOR, "a stale save is logged in words")
def _() -> Any:
    def spoiled(true: Any, seat: Seat, behaviour: Any, **content: Any) -> Any:
        try:
            return true(seat, behaviour, **content)
        except answers.StaleCard:
            log.info("stale", extra={"what": content.get("note")})
            raise

    return instead(answers, "answer")(spoiled)


EVERYTHING = [
    *(BY_REQUEST, BY_POST, BY_POLLING, BY_MAIL, BY_TASK, BY_STALE_PAGE, BY_LIMIT, BY_TIME),
    *(BY_ORDER, BY_PAPER, ON_INTIMATE, ON_OWN, ON_A_FULL_SHEET, TO_THE_OPERATOR),
]
