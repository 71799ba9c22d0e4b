"""A migration changes columns while people use the site: nobody sees an error, nothing is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.contrib import messages
from django.contrib.messages import get_messages
from django.db import connection, transaction
from django.db.utils import NotSupportedError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from accounts.models import User
from boundaries.answers import rules as answers
from boundaries.answers import sheets
from boundaries.content.catalogue import Deck
from boundaries.vocabulary import Stance
from config.middleware import RetryMiddleware, RetryResponse
from tests.conftest import Person, row_of, write
from tests.test_refusals import is_ours

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
ASKED = "SELECT email, first_name FROM accounts_user WHERE email != %s"
OFTEN = 4  # a statement is prepared when it has been run three times
WIDER = {"smallint": "integer", "integer": "bigint"}


@pytest.fixture(params=[0, 2], ids=["no pool", "pool"])
def pooled(request: pytest.FixtureRequest) -> Iterator[int]:
    """The test's own thread takes its connection from a pool, as a web process does."""
    connection.close()
    if request.param:
        pool = {"min_size": 1, "max_size": request.param, "timeout": 5}
        connection.settings_dict["OPTIONS"]["pool"] = pool
    yield request.param
    connection.close()
    if request.param:
        connection.close_pool()  # type: ignore[attr-defined]
        del connection.settings_dict["OPTIONS"]["pool"]


@contextmanager
def columns_get_another_type(table: str = "%") -> Iterator[None]:
    """Change columns like a migration, on a separate connection, and undo it at the end."""
    where = connection.settings_dict
    address = {"host": where["HOST"], "port": where["PORT"], "user": where["USER"]}
    columns = """
        SELECT table_name, column_name, data_type, character_maximum_length
        FROM information_schema.columns
        JOIN information_schema.tables USING (table_schema, table_name)
        WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND is_identity = 'NO'
        AND table_name LIKE %s
    """
    with psycopg.connect(dbname=where["NAME"], **address) as other:
        other.execute("SET lock_timeout = '5s'")
        found = other.execute(columns, [table]).fetchall()
        assert found, f"there is no {table}"
        for step in (1, -1):
            for name, column, kind, length in found:
                new = WIDER.get(kind, f"varchar({length + 7})" if length else None)
                old = f"varchar({length})" if length else kind
                if new:
                    chosen = new if step == 1 else old
                    other.execute(f'ALTER TABLE "{name}" ALTER "{column}" TYPE {chosen}')
            other.commit()
            if step == 1:
                yield


def rows() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


def new_rows(before: dict[str, int]) -> dict[str, int]:
    return {model: count - before[model] for model, count in rows().items()}


class Acts:
    """An action that is repeated, and a check of its effect."""

    def __init__(self, who: Person, deck: Deck) -> None:
        self.who, self.deck, self.turn = who, deck, 0
        self.prepare()

    def prepare(self) -> None:
        """What the page shows before the button is pressed."""
        self.seen = row_of(self.who, self.deck.behaviours[0]).version
        self.look = answers.sheet_version(self.who.seat, sheets.own_sheet(self.who.seat, self.deck))

    def home(self) -> Any:
        return self.who.client.get("/home/")

    def sheet(self) -> Any:
        return self.who.client.get(f"/decks/{self.deck.id}/")

    def save(self) -> Any:
        self.turn += 1
        stance = ("acceptable", "unsure", "unacceptable")[self.turn % 3]
        behaviour = self.deck.behaviours[0]
        fields = {"seen": self.seen, "partners": stance, "mine": stance}
        answer = self.who.client.post(reverse("answers-answer", args=[behaviour]), fields)
        assert sheets.own_sheet(self.who.seat, self.deck).row(behaviour).answer.mine == stance
        return answer

    def seal(self) -> Any:
        answer = self.who.client.post(f"/decks/{self.deck.id}/seal/", {"seen": self.look})
        self.who.client.post(f"/decks/{self.deck.id}/unseal/")
        return answer


def what_comes_of(acts: Acts, act: Callable[[], Any], *, times: int) -> tuple[int, dict[str, int]]:
    """The last of several runs: all statements are prepared by then."""
    for time in range(times):
        acts.prepare()
        before = rows() if time == times - 1 else {}
        answer = act()
    return answer.status_code, new_rows(before)


# Tables that are locked and written, so that a failure in the middle of a transaction is included.
TABLES = ("%", "boundaries_seat", "boundaries_sheet", "boundaries_answers", "boundaries_key")


def test_pages_and_saves_keep_working_after_a_migration(
    alice: Person, bob: Person, deck: Deck, pooled: int
) -> None:
    for behaviour in deck.behaviours[:3]:
        write(alice, behaviour, Stance.ACCEPTABLE)
    acts = Acts(alice, deck)
    wrong = []
    for name in ("home", "sheet", "save", "seal"):
        act: Callable[[], Any] = getattr(acts, name)
        for table in TABLES if name in ("save", "seal") else ("%",):
            usual = what_comes_of(acts, act, times=OFTEN)
            if pooled:
                connection.close()  # back to the pool, with its prepared statements
            acts.prepare()
            before = rows()
            with columns_get_another_type(table):
                answer = act()
            now = (answer.status_code, new_rows(before))
            if now != usual:
                wrong.append((name, table, now, usual))

    assert wrong == []


def test_all_connections_of_a_process_fail_at_most_once(alice: Person) -> None:
    """An outdated statement on one connection is not tried on the next one."""
    pool = {"min_size": 2, "max_size": 2, "timeout": 5}
    connection.close()
    connection.settings_dict["OPTIONS"]["pool"] = pool
    other = connection.copy()
    try:
        for _ in range(OFTEN):
            for open_connection in (connection, other):
                with open_connection.cursor() as cursor:
                    cursor.execute(ASKED, ["x"])
        both = {id(open_connection.connection) for open_connection in (connection, other)}
        other.close()
        with columns_get_another_type():
            User.objects.filter(email="nobody").first()
            list(User.objects.raw("SELECT * FROM accounts_user"))
            with connection.cursor() as cursor:
                cursor.execute(ASKED, ["x"])
            with transaction.atomic(using="default"), connection.cursor() as cursor:
                cursor.execute(ASKED, ["x"])
            other.ensure_connection()
            assert {
                id(open_connection.connection) for open_connection in (connection, other)
            } == both
            other.set_autocommit(False)  # nothing can be retried within a transaction
            with other.cursor() as cursor:
                cursor.execute(ASKED, ["x"])
            other.rollback()
            other.set_autocommit(True)
    finally:
        connection.close()
        other.close()
        connection.close_pool()  # type: ignore[attr-defined]
        del connection.settings_dict["OPTIONS"]["pool"]


@pytest.mark.read_committed("show what only read committed lets happen")
def test_a_view_that_has_committed_something_is_not_run_again(alice: Person) -> None:
    runs = []

    def view(request: HttpRequest) -> HttpResponse:
        runs.append(request)
        User.objects.filter(pk=alice.user.pk).update(first_name="Ann")
        return RetryResponse(was_given_up=False)

    answer = RetryMiddleware(view)(RequestFactory().post("/"))

    assert len(runs) == 1
    assert (answer.status_code, answer["Retry-After"]) == (HTTPStatus.SERVICE_UNAVAILABLE, "2")
    assert is_ours(answer.text)


def test_a_view_whose_writes_were_rolled_back_is_run_once_more(alice: Person) -> None:
    request = alice.client.get("/home/").wsgi_request
    runs = []

    def view(request: HttpRequest) -> HttpResponse:
        runs.append(request)
        with transaction.atomic():
            User.objects.filter(pk=alice.user.pk).update(first_name="Ann")
            transaction.set_rollback(True)
        if len(runs) == 1:
            messages.info(request, "Said twice?")
            return RetryResponse(was_given_up=False)
        return HttpResponse("done")

    assert RetryMiddleware(view)(request).text == "done"
    assert len(runs) == 2
    assert not list(get_messages(request))


def test_a_permanent_error_is_not_hidden(alice: Person) -> None:
    with pytest.raises(NotSupportedError), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_user FOR UPDATE")
