"""Every index is one that some query can use."""

from __future__ import annotations

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db


def indexes() -> list[tuple[str, str, list[str], bool, bool]]:
    """Table, name, columns, whether it is unique, and whether it holds only some rows."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            constraints = connection.introspection.get_constraints(cursor, table)
            found += [
                (table, name, about["columns"], about["unique"], _partial(name))
                for name, about in constraints.items()
                if about["index"] or about["unique"] or about["primary_key"]
            ]
    return found


def _partial(name: str) -> bool:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [name])
        else:
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [name])
        row = cursor.fetchone()
    return bool(row and row[0] and " WHERE " in row[0])


def test_no_index_is_the_beginning_of_another() -> None:
    """Of our own tables. Those of libraries are theirs, also where they join people to groups."""
    begins = ("boundaries_", "accounts_")
    ours = [
        index
        for index in indexes()
        if index[0].startswith(begins) and not index[0].startswith("accounts_user_")
    ]
    assert len(ours) > 40
    whole = [index for index in ours if not index[4]]

    repeated = [
        (table, name, longer)
        for table, name, columns, unique, _ in ours
        for other, longer, more, _, _ in whole
        if columns  # an expression begins nothing
        and other == table
        and longer != name
        and not unique
        and more[: len(columns)] == columns
    ]

    assert repeated == []


def test_nothing_is_indexed_for_like() -> None:
    """Nothing is searched by how it begins, and Django makes such an index for many columns."""
    assert [name for _, name, *_ in indexes() if name.endswith("_like")] == []
