"""Words that somebody writes are found where they belong, and nowhere that an operator looks.

Every form of the site is sent with a canary in each field that takes words: once so that the
database refuses it in the middle, once too long, once as it is. Then all that was written down on
the way is searched: the log, the mails, the tasks, the sessions, the cache, and every byte of the
database.
"""

from __future__ import annotations

import base64
import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.core.mail.backends.base import BaseEmailBackend
from django.core.management import call_command
from django.db import DataError, connection
from django.db.models import Model
from django_tasks_db.models import DBTaskResult

from accounts.models import Letter
from accounts.outbox import post
from accounts.sessions import SessionStore
from tests.conftest import text_of
from tests.support.depth import DAY
from tests.test_authorisation import World, everybody
from tests.test_bad_input import Browsers, Form, Forms, browsers, forms
from tests.test_logs import Log, log

__all__ = ["browsers", "log"]  # fixtures

# Processes that share a server of PostgreSQL, and its log, have a bird each.
PROCESS = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
CANARY = f"zqcanarybird{'klmnopqrstuvw'[PROCESS]}"  # packed, still too long to come up by chance
CONTROL = "zqcontrol"
MARKED = re.compile(rf"{CANARY}([a-j]+)x", re.I)
IN_LETTERS = str.maketrans("0123456789", "abcdefghij")  # names take no digits
IN_DIGITS = str.maketrans("abcdefghij", "0123456789")
WRITES = re.compile(r"\s*(INSERT INTO|UPDATE) \"(?!django_session|cache)", re.I)
LONG = 1_500  # characters, more than any field of ours takes

# What people write to each other and to themselves. Each of these was stored on the way.
WRITTEN = {
    *("note", "self_note", "in_other_words", "text", "words", "when", "wish", "not_asking"),
    *("because", "imagine", "keep", "give", "intend", "land", "well", "next"),
}
LAST = {"answers-skip", "answers-hide", "answers-undo", "account_logout"}
# Who somebody is: how they are found and shown to the other. A mail knows whom it goes to.
ALLOWED = {
    "mails": {"email"},
    "letters": {"email"},
    "sessions": {"email"},
    "database": {"email", "first_name", "name"},
}


@pytest.fixture
def world(db: None) -> World:
    """For this test alone: it commits."""
    return everybody()


@dataclass
class Planted:
    """Which canary went into which field."""

    where: list[tuple[str, str]] = field(default_factory=list)

    def into(self, route: str, name: str) -> str:
        self.where.append((route, name))
        number = str(len(self.where) - 1).translate(IN_LETTERS)
        words = f"{CANARY}{number}x"
        return f"{words}@example.org" if name in {"email", "login"} else f"I {words} you."

    def found_in(self, text: str) -> set[tuple[str, str]]:
        numbers = {number.lower().translate(IN_DIGITS) for number in MARKED.findall(text)}
        return {self.where[int(number)] for number in numbers}


class Forgetful(BaseEmailBackend):
    """A mail server that takes every second letter, and repeats what it does not take."""

    taken = 0

    def send_messages(self, email_messages: Any) -> int:
        Forgetful.taken += 1
        if Forgetful.taken % 2:
            raise OSError(f"{CANARY} {email_messages[0].message().as_string()}")
        mail.outbox.extend(email_messages)
        return 1


@contextmanager
def refused_in_the_middle() -> Iterator[None]:
    """The database refuses the first thing that is written, and repeats it, as databases do."""

    def refuse(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if WRITES.match(sql):
            raise DataError(f"invalid: {CANARY} in {sql} with {params}")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        yield


def send(form: Form, fields: dict[str, str]) -> Any:
    cache.clear()  # limits are a matter of their own
    form.browser.raise_request_exception = False
    return form.browser.post(form.action, fields)


def fresh(form: Form) -> Form:
    """The form as it stands on its page by now: another may have been sent from there."""
    page = text_of(form.browser, form.page)
    now = Forms(page, form.page, form.browser).found
    alike = (other for other in now if (other.key[0], other.free) == (form.key[0], form.free))
    return next(alike, form)


def journey(found: list[Form], planted: Planted) -> tuple[list[Any], str]:
    """Everything that can be sent, sent three times over; what can be stored is stored.

    Returns the responses, and the pages as they are after each form was sent.
    """
    answers, looked = [], ""
    for form in map(fresh, found):
        words = {name: planted.into(form.key[0], name) for name in sorted(form.free)}
        words |= {"noted": words["text"]} if "text" in words else {}  # its note was read
        with refused_in_the_middle():
            answers.append(send(form, form.fields | words))
        answers.append(send(form, form.fields | {name: w * LONG for name, w in words.items()}))
        answers.append(send(form, form.fields | words))
        looked += text_of(form.browser, form.page)
    return answers, looked


def control() -> None:
    """Leave something in every place that is searched, to see that the search finds it."""
    logging.getLogger("config").error(CONTROL)
    print(CONTROL)
    mail.outbox.append(mail.EmailMessage("A subject", CONTROL, "us@example.org", ["a@example.org"]))
    Letter.objects.create(sender="us@example.org", recipient=f"{CONTROL}@example.org", body="")
    session = SessionStore()
    session["said"] = CONTROL
    session.save()
    cache.set("said", CONTROL)
    task = DBTaskResult.objects.first()
    assert task
    task.return_value = CONTROL
    task.save()


def left_behind(log: str, printed: str) -> dict[str, str]:
    """All that was written down, by place."""
    return {
        "log": log,
        "printed": printed,
        "mails": " ".join(_whole(message) for message in mail.outbox),
        "letters": _rows(Letter),
        "tasks": _rows(DBTaskResult),
        "sessions": " ".join(repr(session.get_decoded()) for session in Session.objects.all()),
        "cache": repr(cache._cache),  # type: ignore[attr-defined]
        "database": _database(),
    }


def _whole(message: mail.EmailMessage) -> str:
    """With its headers, and what is packed for the way unpacked again."""
    parts = message.message().walk()
    texts = [str(part.get_payload(decode=True)) for part in parts if not part.is_multipart()]
    return " ".join([str(message.message()), *texts])


def _rows(model: type[Model]) -> str:
    return repr(list(model._base_manager.values_list()))


def _database() -> str:
    """Every byte that the database has on the disk; on PostgreSQL what it would dump as well."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            name = Path(connection.settings_dict["NAME"])
            files = [name, *name.parent.glob(f"{name.name}-*")]
            return " ".join(file.read_bytes().decode("latin-1") for file in files)
        cursor.execute("CHECKPOINT")
        cursor.execute("SHOW data_directory")
        folder = Path(cursor.fetchone()[0])
        dumped = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT row::text FROM "{table}" row')  # noqa: S608 our own names
            dumped += [row for (row,) in cursor.fetchall()]
    ours = [*(folder / "base").glob("*/*"), *(folder / "pg_wal").glob("0*"), folder.parent / "log"]
    there = [file for file in ours if file.is_file()]
    return " ".join([*dumped, *(file.read_bytes().decode("latin-1") for file in there)])


def encodings_of(word: str) -> set[str]:
    """The word and how it looks in common encodings, which anybody can decode."""
    raw = word.encode()
    packed = [base64.b64encode(b"x" * shift + raw)[4 if shift else 0 : -4] for shift in range(3)]
    wide = word.encode("utf-16-le").decode("latin-1")
    return {word, word.upper(), wide, raw.hex(), *(code.decode() for code in packed)}


@pytest.mark.sweep
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("every", [3, pytest.param(1, marks=pytest.mark.deep)])
def test_nobody_finds_words_where_they_do_not_belong(
    browsers: Browsers, log: Log, settings: Any, capfd: pytest.CaptureFixture[str], every: int
) -> None:
    """By day a third of all forms, another each day; by night all of them."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    settings.MAILERS = {
        "default": {"BACKEND": "accounts.outbox.LetterBackend"},
        "post": {"BACKEND": f"{__name__}.Forgetful"},
    }
    planted = Planted()

    found = [
        form
        for place, form in enumerate(form for form in forms(browsers) if form.free)
        if (place + DAY) % every == 0
    ]
    last = [form for form in found if form.key[0] in LAST]
    answers, looked = journey([form for form in found if form not in last], planted)
    looked += " ".join(text_of(form.browser, form.page) for form in found)
    answers += journey(last, planted)[0]
    for letter in Letter.objects.all():
        post.enqueue(str(letter.pk))
    call_command("db_worker", batch=True, startup_delay=False, verbosity=3)
    control()
    printed = capfd.readouterr()
    left = left_behind(log.text, printed.out + printed.err)

    # They are there to be found, what is searched is searched, and all was tried.
    stored = {name for _, name in planted.found_in(looked)}
    assert stored >= WRITTEN if every == 1 else stored & WRITTEN
    assert {place for place, text in left.items() if CONTROL in text} == set(left)
    statuses = [answer.status_code for answer in answers]
    assert statuses.count(HTTPStatus.INTERNAL_SERVER_ERROR) >= 20 // every
    assert statuses.count(HTTPStatus.FOUND) > 25 // every

    for place, text in left.items():
        names = {name for _, name in planted.found_in(text)}
        assert names <= ALLOWED.get(place, set()), place
        bare = MARKED.sub("", text)
        assert not {encoded for encoded in encodings_of(CANARY) if encoded in bare}, place


@pytest.mark.once
def test_a_word_that_is_only_packed_would_be_found() -> None:
    found = encodings_of(CANARY)

    for wrapped in (CANARY, f"a{CANARY}", f"ab{CANARY}b", f"abc{CANARY}cde"):
        assert any(reading in base64.b64encode(wrapped.encode()).decode() for reading in found)
        assert any(reading in wrapped.encode().hex() for reading in found)
