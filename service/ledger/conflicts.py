"""Inserts that leave what is there as it is, in the words of each kind of database. Knows no table in particular."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

_INSERT: dict[str, Callable[[Table], sqlite.Insert | postgresql.Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}
KINDS = tuple(_INSERT)


def inserted_once(kind: str, table: Table, *key: str) -> sqlite.Insert | postgresql.Insert:
    """`kind`: of the database. `key`: the columns of the constraint that a row already there meets."""
    return _INSERT[kind](table).on_conflict_do_nothing(index_elements=list(key))
