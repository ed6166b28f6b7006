"""Many rows in one statement, for the tables that every decision writes to.

A statement's text is made once for each number of rows: SQLAlchemy would look at each row and each column anew, which
costs more than the writing. Knows no table in particular.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Dialect, Table

A_STATEMENT = 500
"""Rows, at most: 19 columns of so many stay below SQLite's 32,766 parameters and PostgreSQL's 65,535."""

_MARKS = {"sqlite": "?", "postgresql": "%s"}
Row = Mapping[str, Any]


class Insert:
    """All columns of `table` but `left_out`, which the database fills. `ending`: what follows the rows, in SQL of any
    database."""

    def __init__(self, table: Table, ending: str = "", left_out: str = "") -> None:
        self._table, self._ending = table, ending
        self._columns = [column for column in table.c if column.name != left_out]
        self._text = cache(self._written)
        self._readers = cache(self._read_by)

    def run(self, connection: Connection, rows: Sequence[Row]) -> list[Any]:
        """The first column of what `ending` returns, if it does."""
        dialect, returned = connection.dialect, []
        readers = self._readers(dialect)
        for start in range(0, len(rows), A_STATEMENT):
            some = rows[start : start + A_STATEMENT]
            values = tuple([read(row) for row in some for read in readers])
            result = connection.exec_driver_sql(self._text(dialect, len(some)), values)
            if result.returns_rows:
                returned += result.scalars()
        return returned

    def _written(self, dialect: Dialect, rows: int) -> str:
        quoted = dialect.identifier_preparer
        columns = ", ".join(quoted.format_column(column) for column in self._columns)
        a_row = f"({', '.join([_MARKS[dialect.name]] * len(self._columns))})"
        values = ", ".join([a_row] * rows)
        return f"INSERT INTO {quoted.format_table(self._table)} ({columns}) VALUES {values} {self._ending}"

    def _read_by(self, dialect: Dialect) -> list[Callable[[Row], Any]]:
        """For each column what takes its value from a row, in the form that the driver wants."""
        return [_reader(column.name, column.type, dialect) for column in self._columns]


def _reader(name: str, kind: Any, dialect: Dialect) -> Callable[[Row], Any]:
    written = kind.dialect_impl(dialect).bind_processor(dialect)
    if written is None:
        return lambda row: row[name]
    return lambda row: written(row[name])
