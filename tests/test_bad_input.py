"""Bad input anywhere causes no server error, is never echoed, and changes nothing."""

from __future__ import annotations

import os
import re
import sys
import traceback
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field as a_field
from datetime import time, timedelta
from html.parser import HTMLParser
from http import HTTPStatus
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_from_bytes, urlencode, urljoin, urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.signals import got_request_exception
from django.db import connection
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from accounts.text import clean_text
from boundaries.agreements import rules as agreements
from boundaries.agreements.common_ground import common_ground
from boundaries.agreements.wording import ProposalLine
from boundaries.agreements.words import put_into_words
from boundaries.answers import rules as answers
from boundaries.answers import sheets
from boundaries.check_ins import closeness, rhythms
from boundaries.check_ins import rules as check_ins
from boundaries.check_ins.pattern import Pattern
from boundaries.check_ins.replies import Replies
from boundaries.content import catalogue
from boundaries.content.catalogue import Deck
from boundaries.journal import rules as journal
from boundaries.questions import rules as questions
from boundaries.repair import drafts as repair_drafts
from boundaries.repair import rules as repairs
from boundaries.sealing import rules as sealing
from boundaries.sealing.models import Envelope
from boundaries.seats import rules as seats
from boundaries.talks import drafts, early_drafts, reading
from boundaries.talks import rules as talks
from boundaries.talks.forms import PARTS
from boundaries.therapist_sheet import rules as therapist_sheet
from boundaries.vocabulary import (
    Closeness,
    Condition,
    Frequency,
    Mode,
    Move,
    Outcome,
    RepairStep,
    Side,
    Stance,
    Step,
)
from tests.conftest import (
    PASSWORD,
    PROPOSED,
    Person,
    do,
    opened_together,
    pair,
    propose,
    row_of,
    said_alike,
    shows_mailbox,
    shows_second_step,
    talk,
    talked_up_to,
    write,
)
from tests.pairing.test_rules import invite
from tests.support import routes
from tests.support.depth import DAY
from tests.support.lives import sure_of
from tests.support.policy import POLICY, Actor, expected
from tests.support.repairs import begun, repaired_up_to
from tests.test_authorisation import (
    World,
    copied,
    known,
    made_once,
    noting,
    signed_up,
    tables,
    undone,
    world,
)

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

__all__ = ["made_once", "world"]  # fixtures

TOKEN = "k" * 32
FORM = "application/x-www-form-urlencoded"
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
PAGES = {HTTPStatus.OK, HTTPStatus.NON_AUTHORITATIVE_INFORMATION}
FINE = {200, 203, 204, 302, 303, 400, 403, 404, 405, 409, 410, 413, 415, 429}

TEXTS: dict[str, str] = {
    "plain": "plain words",
    "nothing": "",
    "blanks": "   ",
    "NUL": "a\x00b",
    "controls": "a\x01\x1b[31m\x7f\x85b",
    "CRLF": "zq\r\nX-Zq: 1\r\n\r\nzq",
    "line separators": "a\u2028b\u2029c",
    "2 KB": "x" * 2_000,
    "60 KB": "x" * 60_000,
    "a million": "x" * 1_000_000,
    "combining marks": "a" + "\u0301" * 5_000,
    "joined emoji": FAMILY * 200,
    "one family": FAMILY,
    "flags and tones": "\U0001f1ee\U0001f1f3\U0001f44b\U0001f3fd",
    "right to left": "abc\u202edef",
    "isolates": "\u2066abc\u2069",
    "nothing to see": "\u200b\u200d\ufeff",
    "decomposed": "e\u0301 \u0928\u093c \u1112\u1161\u11ab",
    "Hindi": "हमारी बात",
    "Arabic digits": "٣",
    "noncharacters": "\ufffe\uffff\U0010ffff",
    "beyond 64 bits": str(2**80),
    "minus": "-1",
    "very many nines": "9" * 5_000,
    "infinity": "1e999",
    "not a number": "NaN",
    "unknown id": "00000000-0000-4000-8000-000000000000",
    "upwards": "../../../../etc/passwd",
    "upwards, quoted": "%2e%2e%2f%00",
    "template": "zq{{7*7}}zq{% now 'Y' %}",
    "script": "<script>zq()</script>",
    "attribute": "zq\" onfocus=zq() '><img src=zq onerror=zq()>",
    "comment": "--><svg/onload=zq()>",
    "end of text": "</textarea></title><b zq>",
    "SQL": "' OR 1=1; DROP TABLE accounts_user; --",
    "wildcards": "%_\\" * 500,
    "spreadsheet": "=cmd|' /C calc'!A0",
    "format": "%s%n{0.__class__}%(x)s",
    "scheme": "javascript:zq()",
    "elsewhere": "//evil.example/",
    "address": "a@b\x00.example",
    "address in Unicode": "ada@exämple.org",
    "long address": "a" * 300 + "@example.org",
    "address with a header": "ada@example.org\r\nBcc: eve@example.org",
    "JSON null": "null",
    "JSON list": "[1]",
    "JSON number": "1" * 400,
    "JSON half a character": '{"id": "\\ud800", "rawId": "\\ud800", "type": "public-key"}',
    "JSON NUL": '{"id": "\\u0000", "rawId": "\\u0000", "response": {}, "type": "public-key"}',
    "JSON of other kinds": '{"id": [], "rawId": {}, "response": 7, "type": null}',
    "JSON strings inside": '{"id": "x", "rawId": "eA", "type": "public-key", "response":'
    ' {"clientDataJSON": "eA", "attestationObject": "eA", "authenticatorData": "eA",'
    ' "signature": "eA", "userHandle": "eA"}}',
    "JSON nested": "[" * 20_000,
}
BYTES: dict[str, bytes] = {name: text.encode() for name, text in TEXTS.items()} | {
    "no UTF-8": b"a\xffb",
    "overlong": b"\xc0\xaf",
    "half a character": b"\xed\xa0\x80",
    "cut short": b"\xf0\x9f\x91",
    "Latin 1": b"caf\xe9",
}
# Values that databases may treat differently; all others are tried on SQLite only.
TAKEN_OTHERWISE = {
    name: BYTES[name]
    for name in (
        "NUL",
        "controls",
        "a million",
        "combining marks",
        "decomposed",
        "noncharacters",
        "beyond 64 bits",
        "very many nines",
        "infinity",
        "not a number",
        "unknown id",
        "SQL",
        "wildcards",
        "JSON NUL",
        "JSON half a character",
        "no UTF-8",
        "half a character",
    )
}
ECHOES = (
    "<script>zq",
    "zq49zq",
    "onfocus=zq() '><img",
    "<img src=zq",
    "<svg/onload",
    "<b zq>",
    'href="javascript:zq',
)


class Errors:
    """Errors inside the server while a request was handled."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def __call__(self, **details: Any) -> None:
        error = sys.exc_info()[1]
        frames = traceback.extract_tb(error.__traceback__)[-2:] if error else []
        where = ", ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames)
        self.seen.append(f"{type(error).__name__}: {str(error)[:120]} ({where})")


@pytest.fixture
def errors() -> Iterator[Errors]:
    found = Errors()
    got_request_exception.connect(found)
    yield found
    got_request_exception.disconnect(found)


@dataclass
class Form:
    """A form on a page: where it goes, what it sends, and who sees it."""

    browser: Client
    action: str
    fields: dict[str, str]
    free: set[str] = a_field(default_factory=set)  # fields for free text
    page: str = ""  # the page that contains it
    found_by: str = ""  # who looked at that page

    @property
    def key(self) -> tuple[str, tuple[str, ...]]:
        return str(resolve(urlsplit(self.action).path).url_name), tuple(sorted(self.fields))


TYPED = {"text", "email", "password", "search", "url", "tel"}


class Forms(HTMLParser):
    """Reads the forms of a page, including hidden fields and buttons with their own target."""

    def __init__(self, page: str, path: str, browser: Client) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.path, self.browser = path, browser
        self.texts: dict[str, str] = {}
        self._in: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form" and has.get("method", "").lower() == "post":
            action = has.get("action") or self.path
            self.found.append(Form(self.browser, action, {}, page=self.path))
        elif tag in {"input", "textarea", "select", "button"} and self.found:
            if has.get("name"):
                self.found[-1].fields.setdefault(has["name"], has.get("value", ""))
                if tag == "textarea" or (tag == "input" and has.get("type", "text") in TYPED):
                    self.found[-1].free.add(has["name"])
            if has.get("formaction"):
                now = self.found[-1]
                fields, free = dict(now.fields), set(now.free)
                elsewhere = Form(self.browser, has["formaction"], fields, free, self.path)
                self.found.insert(-1, elsewhere)
        if tag == "textarea":
            self._in = has.get("name")
            self.texts[self._in or ""] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._in = None

    def handle_data(self, data: str) -> None:
        if self._in is not None:
            self.texts[self._in] += data


def text_on_page(page: str, name: str) -> str:
    """The content of a text area as browsers read it: without the first line feed."""
    return Forms(page, "/", Client()).texts[name].removeprefix("\n")


NOT_ON_A_PAGE = {
    "account_set_password",  # for people without one
    "account-codes-on",  # for people who have switched them off
    "account-sessions-end",  # shown from the second session on
    "account-time-zone-browser",  # for people whose time zone is not known
    "account-still-you-code",  # for people without a password and second step
    "leaving-export-take",  # for people with a finished copy
    "mfa_download_recovery_codes",  # a file
    *("reminders-later", "reminders-done"),  # for people with a reminder that is due
    "therapist-sheet-read-on-paper",  # on the sheet, which is shown in return for its code
}


type Browsers = dict[str, Client]


@pytest.fixture
def browsers(world: World) -> Browsers:
    """People in all states from which a form can be reached, by who they are."""
    known("kay@example.org", "with a second step")
    known("lou@example.org", "with a password")
    stepped = signed_up("Stepped")
    TOTP.activate(stepped.user, "A" * 32)
    owner = signed_up("Owner")
    Authenticator.objects.update_or_create(pk=routes.example("pk"), defaults={"user": owner.user})
    for who in (stepped, owner):
        shows_second_step(who.client, who)
    shows_mailbox(stepped.client)
    ways: list[tuple[str, dict[str, str]]] = [
        ("account_signup", {"first_name": "Ada", "email": "ada@example.org", "adult": "on"}),
        ("account_request_login_code", {"email": "lou@example.org"}),
        ("account_reset_password", {"email": "lou@example.org"}),
        ("account_login", {"login": "kay@example.org", "password": PASSWORD}),
    ]
    halfway = {name: Client() for name, _ in ways}
    for name, data in ways:
        halfway[name].post(reverse(name), data)
    renewing = Client()
    renewing.post(reverse("account_reset_password"), {"email": "lou@example.org"})
    code = re.search(r"^\d{6}$", str(mail.outbox[-1].body), re.M)
    assert code
    renewing.post(reverse("account_confirm_password_reset_code"), {"code": code[0]})
    nan, ned = signed_up("Nan"), signed_up("Ned")
    pair(nan, ned)
    questions.opt_in(nan.seat)
    questions.put_forward(nan.seat, "Something of their own")
    behaviour = routes.example("behaviour")
    write(nan, behaviour, Stance.UNSURE)
    answers.hide(nan.seat, behaviour, version=row_of(nan, behaviour).version)
    joy, jim = signed_up("Joy"), signed_up("Jim")
    pair(joy, jim)
    opened_together(joy, jim, catalogue.deck(catalogue.ESSENTIALS))
    journal.save(joy.seat, routes.ENTRY, "A line.", version="")
    early_drafts.keep(joy.seat, "a1", "A line.")
    sure_of(joy)
    cache.clear()
    return {
        **{actor.name: person.client for actor, person in world.items()},
        "Nan": nan.client,
        "Ned": ned.client,
        "Joy": joy.client,
        **halfway,
        "renewing": renewing,
        "Stepped": stepped.client,
        "Owner": owner.client,
    }


# Whoever finds each form first, and on which page.
WHERE_FORMS_ARE = Path(__file__).with_name("forms.txt")


def forms(browsers: Browsers, *, everywhere: bool = False) -> list[Form]:
    """Every form of the site once, from where it is known to be or from every page in every state.

    To look everywhere takes half a minute; test_all_forms_are_where_they_are_known_to_be does.
    """
    found: dict[object, Form] = {}
    known = set(WHERE_FORMS_ARE.read_text().splitlines())
    pages = [route for route in routes.every() if "GET" in POLICY[route.name]]
    looks = [
        (who, browser, route.path)
        for who, browser in browsers.items()
        for route in pages
        # Other pages of theirs have no form.
        if who not in Actor.__members__ or expected(route.name, "GET", Actor[who]) == "200"
    ]
    more = [
        *in_talks(),
        *in_repairs(),
        *at_check_ins(),
        *in_a_talk_together(),
        *at_an_agreement(),
        *at_the_questions(),
    ]
    looks += [(who.user.first_name, who.client, path) for who, path in more]
    for who, browser, path in looks:
        if not everywhere and f"{who} {path}" not in known:
            continue
        with undone():
            answer = copied(browser).get(path)
        if answer.status_code in PAGES and "html" in answer["Content-Type"]:
            for form in Forms(answer.text, path, browser).found:
                form.fields.pop("csrfmiddlewaretoken", None)
                form.found_by = who
                found.setdefault(form.key, form)
    return list(found.values())


def in_talks() -> Iterator[tuple[Person, str]]:
    """Both partners of a couple at every step of a talk, and the pages they see."""
    deck = routes.example("deck")
    for number, step in enumerate(Step):
        both = signed_up(f"Tia {number}"), signed_up(f"Tom {number}")
        pair(*both)
        opened_together(*both, deck)
        talk_id = uuid.UUID(int=number, version=4)
        talk(both[0], id=talk_id)
        if step == Step.CROSSROADS:
            talked_up_to(Step.CONFIRM, *both, talk=talk_id)
            for _ in range(3):
                do(both[0], Move.NOT_YET, {"words": ""}, talk=talk_id)
                if reading.talk(both[0].seat, talk_id).step == Step.REFLECT:
                    do(both[1], Move.REFLECT, {"words": "I hear you."}, talk=talk_id)
        else:
            talked_up_to(step, *both, talk=talk_id)
        if step == Step.OUTCOME:
            do(both[0], Move.PROPOSE, PROPOSED, talk=talk_id)
        if step == Step.SET_UP:
            talks.pause(both[0].seat, talk_id, timedelta(minutes=20))
        path = reverse("talks-talk", args=[talk_id])
        purpose = drafts.purpose_of(reading.talk(both[0].seat, talk_id).place, Move.SPEAK)
        yield both[0], reverse("talks-about", args=[deck.behaviours[1]])
        for who in both:
            side = Side(str(who.seat.side))
            kept = {"words": "left over"}
            drafts.save(who.seat, talk_id, "close-1-2", kept, version="", side=side)
            drafts.save(who.seat, talk_id, purpose, {"wish": "rest"}, version="", side=side)
            for more in (*(f"?part={part}" for part in PARTS), "", "stuck/"):
                yield who, f"{path}{more}"


def in_repairs() -> Iterator[tuple[Person, str]]:
    """Both partners of a couple at every step of a repair."""
    for number, step in enumerate(RepairStep):
        both = signed_up(f"Rea {number}"), signed_up(f"Rob {number}")
        pair(*both)
        id = uuid.UUID(int=0x4E00 + number, version=4)
        begun(both[0], i_crossed=step != RepairStep.DESCRIBE, id=id)
        if step != RepairStep.DESCRIBE:
            repaired_up_to(step, *both, repair=id)
        if step == RepairStep.CLOSED:
            repairs.close(both[0].seat, id)
        path = reverse("repair-show", args=[id])
        for who in both if step not in (RepairStep.DESCRIBE, RepairStep.OWN_UP) else both[:1]:
            left = {"words": "left over"}
            repair_drafts.save(who.seat, id, "describe+", left, version="")
            yield who, path


def in_a_talk_together() -> Iterator[tuple[Person, str]]:
    both = signed_up("Uta"), signed_up("Ugo")
    pair(*both)
    opened_together(*both, routes.example("deck"))
    talk_id = uuid.UUID(int=99, version=4)
    talk(both[0], id=talk_id, mode=Mode.TOGETHER)
    yield both[0], reverse("talks-talk", args=[talk_id])


def at_check_ins() -> Iterator[tuple[Person, str]]:
    """Two with a rhythm, a check-in and a picture; one has sealed the next, and muted it."""
    both = signed_up("Cia"), signed_up("Cem")
    pair(*both)
    first = Envelope.objects.filter(couple=both[0].seat.couple_id, deck=sealing.CHECK_IN)
    first.update(id=routes.CHECK_IN)
    tomorrow = timezone.localdate() + timedelta(days=1)
    weekly = Pattern(every=Frequency.WEEKLY, first_on=tomorrow, at=time(19), zone="UTC")
    rhythms.set_rhythm(both[0].seat, weekly, version="")
    for who in both:
        check_ins.seal(who.seat, Replies(closeness=Closeness.CLOSE), seen="")
        closeness.want(who.seat)
    rhythms.mute(both[1].seat)
    seen = check_ins.own_half(both[1].seat).seen
    check_ins.seal(both[1].seat, Replies(plan="A walk"), seen=seen)
    for who in both:
        for name in ("show", "now", "rhythm", "closeness", "other"):
            yield who, reverse(f"check-ins-{name}")
    yield both[0], reverse("check-ins-finished", args=[routes.CHECK_IN])


def at_the_questions() -> Iterator[tuple[Person, str]]:
    """Somebody who has followed a link, and is about to join."""
    guest = signed_up("Gil")
    guest.client.post(reverse("joining-enter"), {"code": invite(signed_up("Ina"))})
    yield guest, reverse("joining-questions")


def at_an_agreement() -> Iterator[tuple[Person, str]]:
    """Somebody with many proposals, some different for both sides, and some agreed."""
    deck = routes.example("deck")
    una, uli = signed_up("Una"), signed_up("Uli")
    pair(una, uli)
    said_alike(una, uli, deck, 4)
    agreements.assent(uli.seat, [propose(una, "a1")])
    line = ProposalLine(
        doer=Side.LEFT, outcome=Outcome.CONDITIONS, conditions=(Condition.NOT_LATE,)
    )
    names = seats.names(una.seat)
    propose(una, "a2", put_into_words("Messaging", [line], names, "We stayed calm."))
    first = common_ground(una.seat, deck)[0]
    agreements.propose_common_ground(una.seat, deck, [first.digest])
    yield uli, reverse("agreements")
    for behaviour in ("a1", "a2"):
        for page in ("agreements-entry", "agreements-change"):
            yield uli, reverse(page, args=[behaviour])
    yield una, reverse("agreements-entry", args=["a2"])
    yield una, reverse("therapist-sheet")
    therapist_sheet.make(una.seat, ["a1"], 7)
    yield uli, reverse("therapist-sheet")
    yield una, reverse("agreements-common-ground", args=[deck])


def encoded(fields: dict[str, bytes | str]) -> bytes:
    return "&".join(
        f"{quote_from_bytes(name.encode())}="
        f"{quote_from_bytes(value if isinstance(value, bytes) else value.encode())}"
        for name, value in fields.items()
    ).encode()


class Watch:
    """Sends bad input and lists the harm that it did."""

    def __init__(self, errors: Errors) -> None:
        self.errors, self.sent = errors, 0
        self.harm: dict[str, str] = {}

    def send(
        self,
        browser: Client,
        method: str,
        path: str,
        body: bytes = b"",
        content_type: str = FORM,
        *,
        what: str,
        **extra: Any,
    ) -> Answer:
        """One request, rolled back afterwards."""
        self.sent += 1
        self.errors.seen.clear()
        writes: list[str] = []
        with undone(), connection.execute_wrapper(noting(writes)):
            sender = copied(browser, checks=True)
            sender.cookies["csrftoken"] = TOKEN
            if "credential" in what:
                sender.get(path)  # so that a passkey's answer is pending
            extra.setdefault("headers", {})
            extra["headers"]["X-CSRFToken"] = TOKEN
            answer = sender.generic(method, path, body, content_type, **extra)
        for harm in self._harm(answer, writes):
            self.harm[f"{method} {path[:60]} {what}"] = harm
        return answer

    def _harm(self, answer: Answer, writes: list[str]) -> Iterator[str]:
        if self.errors.seen or not (answer.status_code in FINE or _asks_to_join(answer)):
            yield f"{answer.status_code} {' / '.join(self.errors.seen)}"
            return
        # Text that comes too late is refused, and kept for its writer.
        others = [sql for sql in writes if 'INTO "boundaries_draft"' not in sql]
        if answer.status_code >= 400 and others:
            yield f"{answer.status_code}, and yet: {others[0][:80]}"
        if not getattr(answer, "streaming", False):
            page = answer.content.decode(errors="replace")
            for echo in ECHOES:
                if echo in page:
                    yield f"echoed: {page[max(0, page.index(echo) - 60) :][:140]}"
        if "X-Zq" in answer:
            yield "a header made of input"


def _asks_to_join(answer: Answer) -> bool:
    """After saying yes, the same form is sent to another page of ours, always the same one."""
    again = HTTPStatus.TEMPORARY_REDIRECT
    return answer.status_code == again and answer["Location"] == reverse("joining-join")


@pytest.fixture
def watch(errors: Errors) -> Watch:
    return Watch(errors)


def fields_of(forms: list[Form]) -> list[tuple[Form, str]]:
    """All fields of all forms; shared ones only once."""
    found: dict[tuple[str, ...], tuple[Form, str]] = {}
    for form in forms:
        route, names = form.key
        act = "talks" if route == "agreements-propose" else route.partition("-")[0]
        for name in form.fields:
            shared = act in {"talks", "answers"} or name in SHARED
            found.setdefault((act, name) if shared else (route, *names, name), (form, name))
    return list(found.values())


SHARED = {"together", "digest", "digests", "acknowledged"}


# Of what could be tried one in 24 is, another for each place and each day; on the second database
# a third of that again. `make deep` tries all.
EVERY = 24
tried_alike = pytest.mark.parametrize("every", [EVERY, pytest.param(1, marks=pytest.mark.deep)])
tried_out = pytest.mark.parametrize(
    "every",
    [
        pytest.param(EVERY, marks=pytest.mark.once),
        pytest.param(3 * EVERY, marks=pytest.mark.postgresql),
        pytest.param(1, marks=pytest.mark.deep),
    ],
)


def some[T](tried: dict[str, T], place: int, every: int) -> Iterator[tuple[str, T]]:
    return islice(tried.items(), (place + DAY) % every, None, every)


@pytest.mark.deep
@pytest.mark.once
def test_all_forms_are_where_they_are_known_to_be(browsers: Browsers) -> None:
    places = {f"{form.found_by} {form.page}" for form in forms(browsers, everywhere=True)}
    found = "".join(f"{place}\n" for place in sorted(places))
    if "REWRITE" in os.environ:
        WHERE_FORMS_ARE.write_text(found)

    assert WHERE_FORMS_ARE.read_text() == found, "REWRITE=1 writes them down anew"


# To set up all people takes longer than to try some fields, so one test does both.
@pytest.mark.turns(4)
@pytest.mark.parametrize(
    ("part", "parts", "every"),
    [
        pytest.param(0, 1, EVERY, id=str(EVERY)),
        *(pytest.param(part, 2, 1, id=f"{part}-1", marks=pytest.mark.deep) for part in range(2)),
    ],
)
def test_every_form_is_found_and_no_field_of_any_can_do_harm(
    browsers: Browsers, watch: Watch, part: int, parts: int, every: int
) -> None:
    there = {name for name, row in POLICY.items() if "POST" in row}
    found = forms(browsers)
    tried = BYTES if connection.vendor == "sqlite" else TAKEN_OTHERWISE
    for place, (form, name) in enumerate(fields_of(found)[part::parts]):
        for what, value in some(tried, place, every):
            fields: dict[str, bytes | str] = {**form.fields, name: value}
            watch.send(form.browser, "POST", form.action, encoded(fields), what=f"{name}={what}")

    assert there - {form.key[0] for form in found} == NOT_ON_A_PAGE
    assert watch.sent > 60 * len(tried) // parts // every
    assert not watch.harm


@pytest.mark.turns(2)
@tried_out
def test_no_text_in_an_address_can_do_harm(world: World, watch: Watch, every: int) -> None:
    for actor in (Actor.SURE, Actor.OPENED):
        for place, route in enumerate(routes.every()):
            for kwarg in route.kwargs:
                for what, value in some(BYTES, place, every):
                    path = route.path_with(kwarg, quote_from_bytes(value, safe=""))
                    for method in POLICY[route.name].keys() & {"GET", "POST"}:
                        watch.send(world[actor].client, method, path, what=what)

    assert watch.sent > 1_000 // every
    assert not watch.harm


@pytest.mark.turns(2)
@tried_alike
@pytest.mark.once
def test_no_text_behind_an_address_can_do_harm(world: World, watch: Watch, every: int) -> None:
    names = ("next", "code", "email", "page", "from", "key", "process", "q")
    for actor in (Actor.ANONYMOUS, Actor.SURE):
        looks = [route for route in routes.every() if "GET" in POLICY[route.name]]
        for place, route in enumerate(looks):
            for what, value in some(BYTES, place, every):
                text = quote_from_bytes(value[:20_000], safe="")
                query = "&".join(f"{name}={text}" for name in names)
                path = f"{route.path}?{query}&{text}"
                watch.send(world[actor].client, "GET", path, what=what)

    assert watch.sent > 5_000 // every
    assert not watch.harm


@pytest.mark.turns(2)
@pytest.mark.parametrize("cookie", ["sessionid", "csrftoken", "messages", "django_language"])
def test_no_cookie_can_do_harm(world: World, watch: Watch, cookie: str) -> None:
    values = {what: value.decode("latin-1")[:4_000] for what, value in BYTES.items()}
    values |= {"quoted NUL": '"\\000abc\\000"', "quoted bytes": '"\\377\\300\\257"'}
    for what, value in values.items():
        for method, name in (("GET", "landing"), ("GET", "home"), ("POST", "account_login")):
            header = f"{cookie}={value}"
            client = Client(raise_request_exception=False)
            watch.send(client, method, reverse(name), what=what, HTTP_COOKIE=header)

    assert not watch.harm


BODIES: dict[str, tuple[bytes, str]] = {
    "JSON": (b'{"note": "x", "email": ["a"]}', "application/json"),
    "a broken JSON": (b"{", "application/json"),
    "XML": (b"<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]><x>&y;</x>", "text/xml"),
    "no boundary": (b"--x\r\n\r\n", "multipart/form-data"),
    "an endless boundary": (b"", "multipart/form-data; boundary=" + "x" * 5_000),
    "a broken part": (b"--x\r\nContent-Disposition: form-data", "multipart/form-data; boundary=x"),
    "a file for a text": (
        b'--x\r\nContent-Disposition: form-data; name="note"; filename="a"\r\n\r\nb\r\n--x--\r\n',
        "multipart/form-data; boundary=x",
    ),
    "NUL in a name": (
        b'--x\r\nContent-Disposition: form-data; name="no\x00te"\r\n\r\nb\r\n--x--\r\n',
        "multipart/form-data; boundary=x",
    ),
    "base64 that is none": (
        b'--x\r\nContent-Disposition: form-data; name="note"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n!\r\n--x--\r\n",
        "multipart/form-data; boundary=x",
    ),
    "another alphabet": (b"note=x", f"{FORM}; charset=utf-16"),
    "no alphabet": (b"note=x", f"{FORM}; charset=nowhere"),
    "no type": (b"note=x", ""),
    "a type of nonsense": (b"note=x", "\xff/;;="),
    "many fields": (b"&".join(b"a=1" for _ in range(1_000)), FORM),
    "the same field again": (b"&".join(b"partners=acceptable&note=x" for _ in range(40)), FORM),
    "lists": (b"note[]=x&note[0]=y&partners[]=acceptable&email[]=a", FORM),
    "half an escape": (b"note=%&partners=%zz&%00=%", FORM),
    "nothing": (b"", FORM),
}


@tried_out
def test_no_body_can_do_harm(world: World, watch: Watch, every: int) -> None:
    for actor in (Actor.ANONYMOUS, Actor.SURE, Actor.OPENED):
        posted = [route for route in routes.every() if "POST" in POLICY[route.name]]
        for place, route in enumerate(posted):
            for what, (body, kind) in some(BODIES, place, every):
                watch.send(world[actor].client, "POST", route.path, body, kind, what=what)

    assert watch.sent > 3_000 // every
    assert not watch.harm


NEXT = [
    "//evil.example/",
    "///evil.example/",
    "////evil.example",
    "https://evil.example/",
    "http:evil.example",
    "http:///evil.example",
    "https:/evil.example",
    "HTTPS://EVIL.EXAMPLE",
    "\\\\evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "\x00//evil.example",
    "//evil.example\\@testserver",
    "//testserver@evil.example",
    "//testserver:80@evil.example/",
    "https://testserver.evil.example/",
    "//evil。example",
    "//[::1]/",
    "///\\;@evil.example",
    "javascript:zq()",
    "data:text/html,zq",
    "/%09/evil.example",
    "//%65vil.example",
    ".//evil.example//..",
]


@pytest.mark.turns(2)
def test_nobody_is_sent_to_another_site(world: World) -> None:
    known("lou@example.org", "with a password")

    assert [there for there in NEXT if set(led_by(world, there)) != {"testserver"}] == []


def led_by(world: World, there: str) -> Iterator[str]:
    """The hosts to which pages redirect when they are given this address as `next`."""
    signing_in = {"login": "lou@example.org", "password": PASSWORD, "next": there}
    sure = world[Actor.SURE].client
    for browser, name, data in (
        (Client(), "account_login", signing_in),
        (sure, "account_login", {"next": there}),
        (sure, "account_logout", {"next": there}),
        (sure, "account_reauthenticate", {"password": PASSWORD, "next": there}),
        (sure, "account_signup", {"next": there}),
        (sure, "mfa_login_webauthn", {"next": there}),
    ):
        for send in ("post", "get"):
            with undone():
                yield led_to(getattr(copied(browser), send)(reverse(name), data))


def led_to(answer: Answer) -> str:
    """The host that a browser goes to: backslashes are slashes, controls are ignored."""
    there = re.sub(r"[\x00-\x20]", "", answer.get("Location", "/")).replace("\\", "/")
    found = urlsplit(urljoin("http://testserver/account/login/", there))
    return found.hostname or "" if found.scheme in {"http", "https"} else found.scheme


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("account_signup", {"first_name": "Ada", "email": "ada@example.org", "adult": "on"}),
        ("account_signup", {"first_name": "Ada", "email": "lou@example.org", "adult": "on"}),
        ("account_request_login_code", {"email": "lou@example.org"}),
        ("account_request_login_code", {"email": "ada@example.org"}),
        ("account_reset_password", {"email": "lou@example.org"}),
        ("account_reset_password", {"email": "ada@example.org"}),
    ],
)
@pytest.mark.django_db
def test_no_forged_host_gets_into_a_mail(name: str, data: dict[str, str]) -> None:
    known("lou@example.org", "with a password")

    Client().post(
        reverse(name),
        data,
        headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Origin": ""},
    )

    letter = mail.outbox[-1]
    assert settings.SITE_URL in letter.body
    assert "evil" not in str(letter.message())


@pytest.mark.parametrize(
    ("note", "message"),
    [
        ("x" * 1001, "This note has 1001 characters. There is room for 1000."),
        ("a\x00b", "There is a hidden character in this text."),
        ("a\u202eb", "There is a hidden character in this text."),
    ],
)
def test_a_refused_card_gives_back_every_word(
    alice: Person, deck: Deck, note: str, message: str
) -> None:
    path = reverse("answers-answer", args=[deck.behaviours[0]])
    before = tables()

    for field, other in (("note", "self_note"), ("self_note", "note")):
        data = {"partners": "unsure", field: note, other: "what I <also> typed"}
        answer = alice.client.post(path, data)

        assert answer.status_code == HTTPStatus.BAD_REQUEST
        assert message in answer.text
        assert text_on_page(answer.text, field) == note
        assert text_on_page(answer.text, other) == "what I <also> typed"
    kept = before.keys() - {"boundaries.Seat", "boundaries.Key"}  # created on a first visit
    after = tables()
    assert {field: after[field] for field in kept} == {field: before[field] for field in kept}


def reads_back(who: Person, deck: Deck, text: str) -> None:
    behaviour = deck.behaviours[0]
    meant: str | None
    try:
        meant = clean_text(text.strip())  # a form strips first, and so some characters go unseen
    except ValidationError:
        meant = None

    answer = who.client.post(
        reverse("answers-answer", args=[behaviour]),
        {"note": text, "self_note": text, "seen": row_of(who, behaviour).version},
    )

    if meant is None or len(meant) > 1000:
        assert answer.status_code == HTTPStatus.BAD_REQUEST
        return
    assert answer.status_code == HTTPStatus.FOUND
    row = sheets.own_sheet(who.seat, deck).row(behaviour)
    assert (row.answer.note, row.aside.note) == (meant, meant)
    page = who.client.get(reverse("answers-card", args=[behaviour])).text
    assert (text_on_page(page, "note"), text_on_page(page, "self_note")) == (meant, meant)


def test_saved_text_is_read_back(alice: Person, deck: Deck, subtests: pytest.Subtests) -> None:
    for what, text in TEXTS.items():
        if len(text) < 6_000:
            with subtests.test(what), undone():
                reads_back(alice, deck, text)


@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_words_are_read_back(alice: Person, deck: Deck, text: str) -> None:
    reads_back(alice, deck, text)


@pytest.mark.once
def test_a_form_in_an_unknown_encoding_is_refused(alice: Person) -> None:
    body = b'--B\r\nContent-Disposition: form-data; name="first_name"\r\n\r\nAb\r\n--B--\r\n'

    answers = {
        (charset, path, number): client.generic(
            "POST", path, body, content_type=f"multipart/form-data; boundary=B; charset={charset}"
        ).status_code
        for charset in ("hex", "idna", "rot13", "base64", "undefined", "utf-16")
        for path in ("/account/login/", "/account/name/")
        for number, client in enumerate((Client(), alice.client))
    }
    assert answers == dict.fromkeys(answers, HTTPStatus.BAD_REQUEST)


@pytest.mark.django_db
@pytest.mark.parametrize("referer", ["http://[", "http://[::1", "//[x", "\\"])
def test_a_forged_referrer_does_no_harm(referer: str) -> None:
    answer = Client().post("/partner/part/", headers={"Referer": referer})

    assert answer.status_code == 302


def test_fields_that_are_in_no_form_change_nothing(alice: Person, deck: Deck) -> None:
    before = {**vars(User.objects.get(pk=alice.user.pk))}
    more = {"email": "mallory@example.org", "is_staff": "on", "is_superuser": "on", "password": "x"}
    more |= {"id": "0", "is_active": "", "said_adult_at": "", "last_login": "", "user": "1"}

    alice.client.post(f"{reverse('account-name')}?first_name=Query&is_staff=on", more)
    sent = [("first_name", "Mallory"), ("first_name", "Alicia"), *more.items()]
    alice.client.post(f"{reverse('account-name')}?first_name=Query", urlencode(sent), FORM)

    after = {**vars(User.objects.get(pk=alice.user.pk))}
    assert {name for name in before if before[name] != after[name]} == {"_state", "first_name"}
    assert after["first_name"] == "Alicia"  # the last value in the body counts
