"""Leaving at the same moment as anything else: nothing comes back, nothing breaks, nobody hangs."""

from __future__ import annotations

import threading
from functools import partial
from typing import Any
from unittest import mock

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from accounts.models import Tombstone, User
from boundaries.agreements import copies
from boundaries.agreements import rules as agreements
from boundaries.agreements.history import NoSuchAgreement
from boundaries.agreements.models import Assent, Copy, Version
from boundaries.answers import rules as answers
from boundaries.content.catalogue import Deck
from boundaries.downloads import typesetting
from boundaries.leaving import data_export
from boundaries.leaving import rules as leaving
from boundaries.leaving.models import Export, Part
from boundaries.pairing import rules as pairing
from boundaries.sealing.models import Envelope, Seal
from boundaries.seats.data_keys import Key
from boundaries.seats.models import Couple, Seat
from boundaries.seats.rules import NotPaired
from boundaries.vocabulary import Stance
from tests.conftest import PASSWORD, Person, opened_together, propose, row_of, write
from tests.pairing.test_rules import invite, join, joiner_of
from tests.races.conftest import at_once
from tests.races.test_races import couple, people
from tests.support.lives import sure_of

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

BY_THE_WORKER = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


def gone(who: Person) -> None:
    """Nothing of an account is left, nor of its couple, nor anything that hangs in the air."""
    assert not User.objects.filter(pk=who.user.pk).exists()
    assert not Seat.objects.filter(user=who.user.pk).exists()
    nothing_hangs_in_the_air()


def nothing_hangs_in_the_air() -> None:
    assert Couple.objects.count() == Seat.objects.exclude(couple=None).count() / 2
    assert Key.objects.count() == (
        Seat.objects.count() + Couple.objects.count() + Copy.unscoped.count()
    )
    connection.check_constraints([model._meta.db_table for model in apps.get_models()])


def sealing(who: Person, deck: Deck) -> Any:
    return partial(answers.seal, who.seat, deck)


def test_deleting_against_the_other_sealing_second(trials: range, deck: Deck) -> None:
    for _ in trials:
        one, other = couple()
        for who in (one, other):
            write(who, deck.behaviours[0], Stance.ACCEPTABLE)
        answers.seal(one.seat, deck)

        outcome = at_once(partial(leaving.delete, one.user), sealing(other, deck))

        assert outcome.results[0] is None
        assert outcome.refusals <= {NotPaired}
        gone(one)
        assert not Seal.objects.exists()
        assert not Envelope.objects.exists()
        assert row_of(other, deck.behaviours[0]).answer.answered  # theirs


def test_both_delete_at_once(trials: range, deck: Deck) -> None:
    for _ in trials:
        one, other = couple()
        opened_together(one, other, deck)
        agreements.assent(other.seat, [propose(one)])

        outcome = at_once(*(partial(leaving.delete, who.user) for who in (one, other)))

        assert outcome.results == (None, None)
        for who in (one, other):
            gone(who)
        assert not Copy.unscoped.exists()


def test_deleting_twice_at_once_is_deleting_once(trials: range) -> None:
    for _ in trials:
        one, _other = couple()

        outcome = at_once(*[partial(leaving.delete, one.user)] * 2)

        assert outcome.results == (None, None)
        gone(one)
        assert Tombstone.objects.filter(pk=one.user.pk).count() == 1


def test_deleting_against_being_confirmed(trials: range) -> None:
    for _ in trials:
        inviter, joiner = people("Inviter", "Joiner")
        join(joiner, invite(inviter))
        joining = joiner_of(inviter).joining

        outcome = at_once(
            partial(pairing.confirm, inviter.seat, joining), partial(leaving.delete, joiner.user)
        )

        assert outcome.results[1] is None
        assert outcome.refusals <= {pairing.NobodyJoined}
        gone(joiner)
        assert inviter.seat.couple_id is None


def test_a_yes_against_parting(trials: range, deck: Deck) -> None:
    for _ in trials:
        one, other = couple()
        opened_together(one, other, deck)
        digest = propose(one)

        outcome = at_once(
            partial(agreements.assent, other.seat, [digest]), partial(leaving.part, one.seat)
        )

        assert outcome.results[1] is None
        assert outcome.refusals <= {NotPaired, NoSuchAgreement}
        assert not Version.objects.exists()
        assert not Assent.objects.exists()
        nothing_hangs_in_the_air()
        # Each has a copy if it was agreed before, and nobody else has one.
        held = [len(copies.all_of(who.seat)) for who in (one, other)]
        assert held == ([1, 1] if outcome.succeeded == 2 else [0, 0])


def test_both_part_at_once_and_each_has_one_copy(trials: range, deck: Deck) -> None:
    for _ in trials:
        one, other = couple()
        opened_together(one, other, deck)
        agreements.assent(other.seat, [propose(one)])

        outcome = at_once(*(partial(leaving.part, who.seat) for who in (one, other)))

        assert outcome.succeeded == 1
        assert outcome.refusals == {NotPaired}
        assert [len(copies.all_of(who.seat)) for who in (one, other)] == [1, 1]


def test_deleting_while_a_copy_is_made(trials: range, deck: Deck, settings: Any) -> None:
    """The worker is at it, in the middle or at the very end, when the account goes."""
    settings.TASKS = BY_THE_WORKER
    for at in trials:
        (one,) = people("One")
        write(one, deck.behaviours[0], Stance.ACCEPTABLE)
        export = data_export._begin(one.seat)
        begun, go_on = threading.Event(), threading.Event()

        def set_slowly(*_: Any) -> bytes:
            begun.set()
            if at % 2:
                go_on.wait(timeout=10)
            return b"%PDF"

        def delete() -> None:
            begun.wait(timeout=10)
            leaving.delete(one.user)
            go_on.set()

        with mock.patch.object(typesetting, "typeset", set_slowly):
            outcome = at_once(partial(data_export.make.call, str(export.pk)), delete)

        assert outcome.results == (None, None)
        gone(one)
        assert not Export.unscoped.exists()
        assert not Part.objects.exists()


@pytest.mark.read_committed("show what only read committed lets happen")
def test_a_copy_is_stored_before_a_deletion_looks_or_not_at_all() -> None:
    """What the seat's lock is for: parts put down in between would hang in the air."""
    (one,) = people("One")
    export = data_export._begin(one.seat)
    looked, put = threading.Event(), threading.Event()
    true = data_export.asked_for

    def look(seat: Seat) -> Any:
        looked.set()
        put.wait(timeout=10)
        return true(seat)

    def keep() -> None:
        data_export._store(export, {"a": b"b"})
        connection.close()

    def naive() -> None:
        looked.wait(timeout=10)
        held = threading.Thread(target=keep)
        held.start()
        held.join(timeout=1)
        waited.append(held.is_alive())
        put.set()
        held.join(timeout=10)

    waited: list[bool] = []
    with mock.patch.object(data_export, "asked_for", look):
        outcome = at_once(partial(leaving.delete, one.user), naive)

    assert outcome.results == (None, None)
    assert waited == [True]  # it could only be put down once the account was gone
    gone(one)
    assert not Part.objects.exists()


@pytest.mark.parametrize("act", ["answer", "name", "invite", "part", "export", "home"])
def test_deleting_against_another_request_of_the_same_person_is_no_error(
    trials: range, deck: Deck, act: str
) -> None:
    for _ in trials[: len(trials) // 3]:
        one, _other = couple()
        clients = [Client(), Client()]
        for client in clients:
            client.force_login(User.objects.get(pk=one.user.pk))
            sure_of(Person(one.user, client))
        url, data = {
            "answer": (f"/answers/{deck.behaviours[0].id}/save/", {"mine": "unsure"}),
            "name": ("/account/name/", {"first_name": "Else"}),
            "invite": ("/partner/invite/", {"questions": "read"}),
            "part": ("/partner/part/", {}),
            "export": ("/leaving/export/make/", {}),
            "home": ("/home/", None),
        }[act]
        deleting, doing = clients

        def do(client: Client = doing, url: str = url, data: Any = data) -> int:
            return (client.get(url) if data is None else client.post(url, data)).status_code

        def delete(client: Client = deleting) -> int:
            return client.post("/leaving/delete/now/").status_code

        outcome = at_once(delete, do)

        assert outcome.results[0] == 200
        assert outcome.results[1] in {200, 302, 400, 404}
        gone(one)


def test_a_new_key_locks_the_account_before_the_session_as_deleting_it_does() -> None:
    """Otherwise each of the two can wait for the other."""
    (one,) = people("One")
    cache.clear()
    EmailAddress.objects.create(user=one.user, email=one.user.email, verified=True)
    browser = Client()
    browser.force_login(User.objects.get(pk=one.user.pk))

    with CaptureQueriesContext(connection) as asked:
        browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})

    statements = [query["sql"] for query in asked]
    locked = [
        number
        for number, sql in enumerate(statements)
        if "FOR NO KEY UPDATE" in sql and '"accounts_user"' in sql
    ]
    deleted = [
        number
        for number, sql in enumerate(statements)
        if sql.startswith('DELETE FROM "django_session"')
    ]
    assert locked[0] < deleted[0]


def test_deleting_while_the_key_of_a_session_changes_leaves_no_session(trials: range) -> None:
    """Showing who one is changes the key. Whoever has no account any more gets no new one."""
    for _ in trials:
        (one,) = people("One")
        cache.clear()
        EmailAddress.objects.create(user=one.user, email=one.user.email, verified=True)
        browser = Client(raise_request_exception=False)
        browser.force_login(User.objects.get(pk=one.user.pk))
        url, form = reverse("account_reauthenticate"), {"password": PASSWORD}

        outcome = at_once(
            partial(leaving.delete, one.user), lambda: browser.post(url, form).status_code
        )

        assert outcome.results[0] is None
        assert outcome.results[1] in {200, 302, 400}
        gone(one)
        held = str([session.get_decoded() for session in Session.objects.all()])
        assert str(one.user.pk) not in held


def test_deleting_against_a_task_that_a_worker_takes_up(
    trials: range, deck: Deck, settings: Any
) -> None:
    settings.TASKS = BY_THE_WORKER
    for _ in trials:
        (one,) = people("One")
        export = data_export._begin(one.seat)
        task = data_export.make.enqueue(str(export.pk))

        def work(id: str = task.id) -> None:
            with transaction.atomic():  # as the worker does it
                ready = DBTaskResult.objects.ready().filter(pk=id)
                if (found := ready.get_locked()) is None:
                    return
                found.claim("worker")
            data_export.make.call(*found.args_kwargs["args"])
            found.set_successful(None)

        outcome = at_once(work, partial(leaving.delete, one.user))

        assert outcome.results == (None, None)
        gone(one)
        assert str(export.pk) not in str(list(DBTaskResult.objects.values_list("args_kwargs")))
