"""Many rows in one statement, for the tables that every decision writes to.

A statement's text is made once for each number of rows: SQLAlchemy would look at each row and each column anew, which
costs more than the writing. Knows no table in particular.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import chain
from operator import itemgetter
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
        self._members = itemgetter(*[column.name for column in self._columns])
        self._text = cache(self._written)
        self._converted = cache(self._to_convert)

    def run(self, connection: Connection, rows: Sequence[Row]) -> list[Any]:
        """The first column of what `ending` returns, if it does."""
        dialect, returned = connection.dialect, []
        converted, width = self._converted(dialect), len(self._columns)
        for start in range(0, len(rows), A_STATEMENT):
            some = rows[start : start + A_STATEMENT]
            values = list(chain.from_iterable(map(self._members, some)))
            for column, written in converted:
                values[column::width] = map(written, values[column::width])
            result = connection.exec_driver_sql(self._text(dialect, len(some)), tuple(values))
            if result.returns_rows:
                returned += result.scalars()
        return returned

    def _written(self, dialect: Dialect, rows: int) -> str:
        quoted = dialect.identifier_preparer
        columns = ", ".join(quoted.format_column(column) for column in self._columns)
        a_row = f"({', '.join([_MARKS[dialect.name]] * len(self._columns))})"
        values = ", ".join([a_row] * rows)
        return f"INSERT INTO {quoted.format_table(self._table)} ({columns}) VALUES {values} {self._ending}"

    def _to_convert(self, dialect: Dialect) -> list[tuple[int, Callable[[Any], Any]]]:
        """The columns whose values the driver wants in another form, and what brings them into it."""
        written = [column.type.dialect_impl(dialect).bind_processor(dialect) for column in self._columns]
        return [(at, convert) for at, convert in enumerate(written) if convert is not None]
