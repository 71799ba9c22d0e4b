"""A kept query gives what the ORM gives, is built once, and keeps nobody's values."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Count, QuerySet
from django.urls import get_resolver
from django.utils import timezone

from accounts import kept_queries
from accounts.kept_queries import MOST_IN_A_LIST, KeptQuery, kept_query
from boundaries.content.catalogue import Deck
from boundaries.sealing.models import Sheet
from boundaries.seats.models import Seat
from boundaries.vocabulary import Side
from tests.conftest import Person, opened_together


@pytest.fixture(autouse=True)
def not_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """The queries of these tests are none of the product's."""
    monkeypatch.setattr(kept_queries, "every", [])


def of_users(*, built: list[object] | None = None) -> KeptQuery[[uuid.UUID], Seat]:
    @kept_query(uuid.UUID)
    def query(user: uuid.UUID) -> QuerySet[Seat]:
        if built is not None:
            built.append(user)
        return Seat.objects.with_keys().filter(user=user)

    return query


QUERIES: dict[str, tuple[tuple[Any, ...], Callable[..., QuerySet[Any, Any]]]] = {
    "rows with related rows": (
        (uuid.UUID,),
        lambda seat: Seat.objects.with_keys().filter(pk=seat),
    ),
    "rows with a count": (
        (uuid.UUID,),
        lambda seat: Sheet.unscoped.filter(seat=seat).annotate(count=Count("seal")),
    ),
    "locked rows": (
        (uuid.UUID,),
        lambda seat: Seat.objects.filter(pk=seat).select_for_update(of=("self",)),
    ),
    "tuples": ((uuid.UUID,), lambda seat: Seat.objects.filter(pk=seat).values_list("side", "pk")),
    "single values": (
        (uuid.UUID,),
        lambda seat: Seat.objects.filter(pk=seat).values_list("side", flat=True),
    ),
    "dictionaries": ((uuid.UUID,), lambda seat: Seat.objects.filter(pk=seat).values("side", "pk")),
    "a value in two places": (
        (uuid.UUID,),
        lambda seat: Seat.objects.filter(pk=seat) | Seat.objects.filter(couple=seat),
    ),
    "two queries in one": (
        (uuid.UUID,),
        lambda seat: Seat.objects.filter(pk=seat).union(Seat.objects.filter(couple=seat), all=True),
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", QUERIES)
def test_it_gives_what_the_orm_gives(name: str, alice: Person, bob: Person, deck: Deck) -> None:
    opened_together(alice, bob, deck)
    kinds, build = QUERIES[name]
    query: KeptQuery[..., Any] = kept_query(*kinds)(build)

    for who in (alice, bob, alice):
        expected = list(build(who.seat.pk))

        found = query(who.seat.pk)

        assert found == expected != []
        assert [getattr(row, "__dict__", {}).keys() for row in found] == [
            getattr(row, "__dict__", {}).keys() for row in expected
        ]
    assert query(uuid.uuid4()) == []


@pytest.mark.django_db
def test_it_reads_what_goes_with_a_row(alice: Person, bob: Person) -> None:
    query = of_users()

    for who in (alice, bob):
        key = who.seat.key
        (seat,) = query(who.user.pk)
        with connection.execute_wrapper(refused):
            assert seat.key == key


def refused(*_: Any) -> None:
    raise AssertionError("one more query")


@pytest.mark.django_db
def test_it_is_built_once(alice: Person, bob: Person) -> None:
    built: list[object] = []
    query = of_users(built=built)

    for who in (alice, bob, alice):
        query(who.user.pk)

    assert len(built) == 1
    assert not {alice.user.pk, bob.user.pk} & {*built}


@pytest.mark.django_db
def test_what_is_kept_holds_nobodys_values(alice: Person) -> None:
    query = of_users()
    query(alice.user.pk)

    (kept,) = query.thread.kept.values()

    assert str(alice.user.pk) not in repr((kept.sql, kept.params))
    assert kept.queryset._result_cache is None


@pytest.mark.django_db
def test_with_none_or_another_type_the_orm_builds_it(alice: Person) -> None:
    built: list[object] = []
    query = of_users(built=built)
    user: Any = str(alice.user.pk)

    assert query(None) == []  # type: ignore[arg-type]
    assert query(user) == [alice.seat]
    assert query(user=alice.user.pk) == [alice.seat]  # type: ignore[call-arg]
    assert built == [None, user, alice.user.pk]


@pytest.mark.django_db
def test_a_list_is_kept_for_each_length(alice: Person, bob: Person) -> None:
    built: list[int] = []

    @kept_query([uuid.UUID])
    def query(seats: list[uuid.UUID]) -> QuerySet[Seat]:
        built.append(len(seats))
        return Seat.objects.filter(pk__in=seats).order_by("pk")

    one, two = sorted((alice.seat, bob.seat), key=lambda seat: seat.pk)
    others = [uuid.uuid4() for _ in range(MOST_IN_A_LIST)]

    assert query([one.pk]) == query([one.pk]) == [one]
    assert query([two.pk, one.pk]) == query([one.pk, two.pk]) == [one, two]
    assert built == [1, 2]
    assert query([]) == []
    assert query([one.pk, one.pk]) == [one]
    assert query([one.pk, *others]) == [one]
    assert built == [1, 2, 0, 2, MOST_IN_A_LIST + 1]  # these are the ORM's


@pytest.mark.django_db
def test_each_member_of_an_enumeration_is_kept_apart(alice: Person, bob: Person) -> None:
    @kept_query(uuid.UUID, Side)
    def query(couple: uuid.UUID, side: Side) -> QuerySet[Seat]:
        other = Side.LEFT if side is Side.RIGHT else Side.RIGHT
        return Seat.objects.filter(couple=couple, side=other)

    couple = alice.seat.couple_id
    assert couple

    for side in (*Side, *Side):
        assert [seat.side for seat in query(couple, side)] == [side.other]
    assert len(query.thread.kept) == 2
    with transaction.atomic():
        assert list(query.faults()) == []


def by_the_clock(user: uuid.UUID) -> QuerySet[Seat]:
    return Seat.objects.filter(user=user, agreed_at__lt=timezone.now())


def by_its_value(user: uuid.UUID) -> QuerySet[Seat]:
    found = Seat.objects.filter(user=user)
    return found if user.int % 20_000 else found.filter(couple=None)


def by_nothing(user: uuid.UUID) -> QuerySet[Seat]:
    return Seat.objects.filter(couple=None)


@pytest.mark.django_db
@pytest.mark.parametrize("build", [by_the_clock, by_its_value])
def test_the_check_finds_a_rule_that_depends_on_anything_else(
    build: Callable[[uuid.UUID], QuerySet[Seat]],
) -> None:
    kept_query(uuid.UUID)(build)

    (error,) = kept_queries.check()

    assert error.id == "accounts.E030"
    assert build.__name__ in error.msg


@pytest.mark.django_db
def test_a_query_that_leaves_a_value_out_is_not_kept(alice: Person) -> None:
    query = kept_query(uuid.UUID)(by_nothing)

    assert [query(uuid.uuid4()), query(uuid.uuid4())] == [[alice.seat]] * 2
    assert query.thread.kept == {(None,): None}
    assert ["by_nothing" in error.msg for error in kept_queries.check()] == [True]


OURS = kept_queries.every


@pytest.mark.django_db
def test_ours_depend_on_nothing_but_their_values(monkeypatch: pytest.MonkeyPatch) -> None:
    assert get_resolver().url_patterns  # whatever a request can reach is imported
    monkeypatch.setattr(kept_queries, "every", OURS)

    assert len(OURS) > 15
    assert kept_queries.check() == []


@pytest.mark.django_db
def test_no_id_is_drawn_where_ours_are_built(monkeypatch: pytest.MonkeyPatch) -> None:
    """`Model(pk=…)` draws one and drops it; `Model(id=…)` does not."""
    assert get_resolver().url_patterns
    monkeypatch.setattr(os, "urandom", lambda size: pytest.fail("an id was drawn"))

    with transaction.atomic():
        assert [[*query.faults()] for query in OURS] == [[]] * len(OURS)


@pytest.mark.django_db(transaction=True)
def test_each_thread_has_its_own(alice: Person) -> None:
    built: list[object] = []
    query = of_users(built=built)

    def ask() -> list[Seat]:
        try:
            return query(alice.user.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda _: ask(), range(2)))

    assert found == [[alice.seat]] * 2
    assert query(alice.user.pk) == [alice.seat]
    assert len(built) >= 2
