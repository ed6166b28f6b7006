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
"""Rows, at most: 19 columns of so many stay below SQLite's 32,766 parameters."""

Row = Mapping[str, Any]


class Insert:
    """All columns of `table` but `left_out`, which the database fills. `ending`: what follows the rows, in SQL of any
    database."""

    def __init__(self, table: Table, ending: str = "", left_out: str = "") -> None:
        self._table, self._ending = table, ending
        self._columns = [column for column in table.c if column.name != left_out]
        self._members = itemgetter(*[column.name for column in self._columns])
        self._of_rows, self._of_arrays = cache(self._rows_written), cache(self._arrays_written)
        self._converted = cache(self._to_convert)

    def run(self, connection: Connection, rows: Sequence[Row]) -> list[Any]:
        """The first column of what `ending` returns, if it does."""
        dialect, returned = connection.dialect, []
        written = self._by_arrays if dialect.name == "postgresql" else self._by_rows
        for start in range(0, len(rows), A_STATEMENT):
            result = connection.exec_driver_sql(*written(dialect, rows[start : start + A_STATEMENT]))
            if result.returns_rows:
                returned += result.scalars()
        return returned

    def _by_rows(self, dialect: Dialect, rows: Sequence[Row]) -> tuple[str, tuple[Any, ...]]:
        values, width = list(chain.from_iterable(map(self._members, rows))), len(self._columns)
        for at, convert in self._converted(dialect):
            values[at::width] = map(convert, values[at::width])
        return self._of_rows(dialect, len(rows)), tuple(values)

    def _by_arrays(self, dialect: Dialect, rows: Sequence[Row]) -> tuple[str, tuple[Any, ...]]:
        columns = [list(column) for column in zip(*map(self._members, rows), strict=True)]
        for at, convert in self._converted(dialect):
            columns[at] = list(map(convert, columns[at]))
        return self._of_arrays(dialect), tuple(columns)

    def _rows_written(self, dialect: Dialect, rows: int) -> str:
        a_row = f"({', '.join(['?'] * len(self._columns))})"
        return f"{self._into(dialect)} VALUES {', '.join([a_row] * rows)} {self._ending}"

    def _arrays_written(self, dialect: Dialect) -> str:
        """One text for any number of rows, an array a column: the driver would go through a mark a value each time."""
        arrays = ", ".join(f"%b::{column.type.compile(dialect)}[]" for column in self._columns)
        return f"{self._into(dialect)} SELECT * FROM unnest({arrays}) {self._ending}"

    def _into(self, dialect: Dialect) -> str:
        quoted = dialect.identifier_preparer
        columns = ", ".join(quoted.format_column(column) for column in self._columns)
        return f"INSERT INTO {quoted.format_table(self._table)} ({columns})"

    def _to_convert(self, dialect: Dialect) -> list[tuple[int, Callable[[Any], Any]]]:
        """The columns whose values the driver wants in another form, and what brings them into it."""
        written = [column.type.dialect_impl(dialect).bind_processor(dialect) for column in self._columns]
        return [(at, convert) for at, convert in enumerate(written) if convert is not None]
