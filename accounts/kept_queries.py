"""Queries that the ORM builds once, and that are then asked with other values.

Building a query takes Django several times as long as the database takes to answer it, and every
request builds the same few. A query is written as any other, through the managers that hold the
rules, in a function of its values:

    @kept_query(uuid.UUID)
    def _of_user(user_id: uuid.UUID) -> QuerySet[Seat]:
        return Seat.objects.with_keys().filter(user=user_id)

    seat = _of_user.first(user.pk)

The first call builds it with stand-ins for the values and keeps its SQL; from then on only the
values are filled in. What is kept holds nobody's rows and nobody's values. With None or a value of
another type than was named, and where a value has no place in the SQL, the ORM builds it as ever.

`manage.py check --database default` builds each query again with other stand-ins and compares the
two. A rule that looks at its value, the clock or a setting cannot be kept by mistake.

Django 6.1 has no public way to do this. Libraries looked at: django-prepared-query (2018) and
django-query-preparer (2020) prepare statements by name, which psycopg does by itself;
django-prepared-queries (2017) substitutes values as this does, for Django 1.10. Used of Django's
internals, and tested: `QuerySet._iterable_class`, `Query.get_compiler`, `SQLCompiler.as_sql`.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from itertools import chain, product
from threading import local
from typing import TYPE_CHECKING, Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import EmptyResultSet
from django.db import connection, models, transaction

if TYPE_CHECKING:
    from django.db.models import QuerySet

type Kind = type | list[type]
type Shape = tuple[Any, ...]

HINT = "Pass as a value what it depends on, or do not keep it."
MOST_IN_A_LIST = 16  # values; for longer lists the ORM builds the query

# What writes a value as the database takes it: SQLite has neither UUIDs nor times.
FIELDS: dict[type, models.Field[Any, Any]] = {
    uuid.UUID: models.UUIDField(),
    datetime: models.DateTimeField(),
    str: models.TextField(),
}
STAND_INS: dict[type, Callable[[int], Any]] = {
    uuid.UUID: lambda number: uuid.UUID(int=number),
    datetime: lambda number: datetime(1901, 1, 1, tzinfo=UTC) + timedelta(hours=number),
    str: lambda number: f"stand-in-{number}",
}

every: list[KeptQuery[Any, Any]] = []


class NotKept(Exception):
    """A value has no place in the SQL of this query."""


@dataclass(frozen=True, slots=True)
class _Built:
    """A query as the ORM built it. It belongs to one thread, as its connection does."""

    queryset: QuerySet[Any, Any]
    compiler: Any
    sql: str
    params: tuple[tuple[int | None, Any], ...]  # the number of a value, or else a constant

    def rows(self, values: Sequence[Any]) -> list[Any]:
        params = tuple(fixed if at is None else values[at] for at, fixed in self.params)
        self.compiler.as_sql = lambda *args, **kwargs: (self.sql, params)
        rows: Any = self.queryset._iterable_class(self.queryset)
        return list(rows)


class KeptQuery[**P, Row]:
    """A query that is built once for each thread. Call it with its values to get its rows."""

    def __init__(self, build: Callable[P, QuerySet[Any, Row]], kinds: tuple[Kind, ...]) -> None:
        self.build, self.kinds = build, kinds
        self.thread = local()  # its `kept` holds what this thread has built
        every.append(self)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> list[Row]:
        """The rows for these values."""
        shape = None if kwargs else _shape(args, self.kinds)
        kept: dict[Shape, _Built | None] = self.thread.__dict__.setdefault("kept", {})
        if shape is not None and shape not in kept:
            kept[shape] = None
            with suppress(NotKept, EmptyResultSet):  # the check says so
                kept[shape] = self._built(shape, which=0)
        built = kept[shape] if shape is not None else None
        return list(self.build(*args, **kwargs)) if built is None else built.rows(_values(args))

    def first(self, *args: P.args, **kwargs: P.kwargs) -> Row | None:
        """The first of them, or None."""
        return next(iter(self(*args, **kwargs)), None)

    def faults(self) -> Iterator[str]:
        """Why it must not be kept, if so: what else it depends on than on the values it names."""
        for shape in product(*map(_shapes, self.kinds)):
            one, other = (self._built(shape, which) for which in (1, 2))
            if (one.sql, one.params) != (other.sql, other.params):
                yield f"{self.build.__qualname__} is built otherwise with other values"

    def _built(self, shape: Shape, which: int) -> _Built:
        """The query with stand-ins for its values."""
        args = [
            _stand_ins(kind, part, at, which)
            for at, (kind, part) in enumerate(zip(self.kinds, shape, strict=True))
        ]
        queryset = self.build(*args)  # type: ignore[call-arg]
        compiler = queryset.query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        places = {stand_in: at for at, stand_in in enumerate(_values(args))}
        found = tuple((places.get(param), param) for param in params)
        if {at for at, _ in found} - {None} != set(places.values()):
            raise NotKept(f"a value has no place in {sql}")
        fields = [column for column, *_ in compiler.select[: compiler.col_count]]
        converters = compiler.get_converters(fields)
        compiler.get_converters = lambda expressions: converters
        queryset.query.get_compiler = lambda *args, **kwargs: compiler  # type: ignore[method-assign]
        fixed = tuple((at, None if at is not None else param) for at, param in found)
        return _Built(queryset, compiler, sql, fixed)


def kept_query[**P, Row](
    *kinds: Kind,
) -> Callable[[Callable[P, QuerySet[Any, Row]]], KeptQuery[P, Row]]:
    """Keep the query that a function of so many values builds; `kinds` are their types.

    For each member of an enumeration it is kept apart, and for each length of a list, which is
    written `[uuid.UUID]`.
    """
    return lambda build: KeptQuery(build, kinds)


def _shape(args: tuple[Any, ...], kinds: tuple[Kind, ...]) -> Shape | None:
    """What the SQL depends on: members and lengths. None where the values are of other kinds."""
    shape: list[Any] = []
    for arg, kind in zip(args, kinds, strict=True):
        if isinstance(kind, list):
            if {type(one) for one in arg} != {*kind} or len(arg) > MOST_IN_A_LIST:
                return None
            if len(set(arg)) < len(arg):  # the ORM asks for each once
                return None
            shape.append(len(arg))
        elif type(arg) is not kind:
            return None
        else:
            shape.append(arg if issubclass(kind, Enum) else None)
    return tuple(shape)


def _shapes(kind: Kind) -> Sequence[Any]:
    """The shapes that the check tries for one value."""
    if isinstance(kind, list):
        return (1, 3)
    return list(kind) if issubclass(kind, Enum) else (None,)


def _values(args: Iterable[Any]) -> list[Any]:
    """The values that are filled in, those of lists as well, as the database takes them."""
    lists = (arg if isinstance(arg, list) else [arg] for arg in args if not isinstance(arg, Enum))
    values = chain.from_iterable(lists)
    return [FIELDS[type(value)].get_db_prep_value(value, connection) for value in values]


def _stand_ins(kind: Kind, shape: Any, at: int, which: int) -> Any:
    """A value, or a list of so many, that no query has of its own."""
    first = 10_000 * (which + 1) + 100 * at
    if isinstance(kind, list):
        return [STAND_INS[kind[0]](first + more) for more in range(shape)]
    return shape if issubclass(kind, Enum) else STAND_INS[kind](first)


@register(Tags.database)
def check(**options: Any) -> list[CheckMessage]:
    """Whether every kept query depends on nothing but its values."""
    found: list[str] = []
    with transaction.atomic():  # some lock what they read
        for query in every:
            try:
                found += query.faults()
            except (NotKept, EmptyResultSet) as error:
                found.append(f"{query.build.__qualname__}: {error!r}")
    return [Error(fault, hint=HINT, id="accounts.E030") for fault in found]
