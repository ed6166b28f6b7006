"""The rows of a SQLite ledger's books as Parquet files beside it, for DuckDB: what came since the last look is added.

A mirror and nothing more: the database alone holds the truth. It may be deleted at any time and is then made anew, as
it is where rows were replaced since.
"""

from __future__ import annotations

import csv
import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from service.domain.books import Kind
from service.ledger.books import Books

COLUMNS = {
    Kind.PAYMENTS: {
        "number": "BIGINT", "client_id": "VARCHAR", "day": "DATE", "currency": "VARCHAR", "amount": "BIGINT",
    },
    Kind.SERVICES: {
        "number": "BIGINT", "client_id": "VARCHAR", "day": "DATE", "currency": "VARCHAR", "units": "BIGINT",
        "cost": "BIGINT",
    },
}  # fmt: skip
MEMORY = "512MB"
A_FILE = 5_000_000
"""Rows, at most."""


class Mirror:
    """`folder`: where the files lie."""

    def __init__(self, books: Books, folder: Path) -> None:
        self._books, self._folder = books, folder

    @contextmanager
    def opened(self, currency: str) -> Iterator[duckdb.DuckDBPyConnection]:
        """With the views `payments` and `services`, as the database is now. Raises LedgerUnavailable, OSError."""
        with self.fresh() as connection:
            for kind in COLUMNS:
                self._view(connection, kind, currency)
            yield connection

    def files(self, kind: Kind) -> list[Path]:
        return sorted(self._folder.glob(f"{kind}-*.parquet"))

    @contextmanager
    def fresh(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The files as the database is now, and nobody changes them meanwhile. Raises LedgerUnavailable, OSError."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            settings = {"memory_limit": MEMORY, "threads": "2", "temp_directory": str(self._folder)}
            with duckdb.connect(config=settings) as connection:
                for kind in COLUMNS:
                    self._refresh(connection, kind)
                yield connection

    def _refresh(self, connection: duckdb.DuckDBPyConnection, kind: Kind) -> None:
        if self._newest(kind) == self._books.newest(kind):
            return  # whatever changes brings in a row: one that is replaced gets a new number
        rows, total, last = self._mirrored(connection, kind)
        if (rows, total) != self._books.counted(kind, last):
            for path in self.files(kind):
                path.unlink()
            last = 0
        while last is not None:
            last = self._add(connection, kind, last)

    def _newest(self, kind: Kind) -> int:
        """The highest number in the files, which are named by it."""
        return max((int(path.stem.rpartition("-")[2]) for path in self.files(kind)), default=0)

    def _mirrored(self, connection: duckdb.DuckDBPyConnection, kind: Kind) -> tuple[int, int, int]:
        if not self.files(kind):
            return 0, 0, 0
        asked = f"SELECT count(*), sum(number), max(number) FROM read_parquet('{self._pattern(kind)}')"
        ((rows, total, last),) = connection.execute(asked).fetchall()
        return int(rows), int(total), int(last)

    def _add(self, connection: duckdb.DuckDBPyConnection, kind: Kind, after: int) -> int | None:
        """The last number that was added; None where there was nothing more."""
        beside, last = self._folder / f".{kind}.csv", after
        with beside.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            for rows in self._books.rows_after(kind, tuple(COLUMNS[kind]), after, A_FILE):
                writer.writerows(rows)
                last = rows[-1][0]
        if last == after:
            beside.unlink()
            return None
        part = self._folder / f".{kind}.parquet.part"
        connection.read_csv(
            str(beside), header=False, columns=COLUMNS[kind], auto_detect=False, quotechar='"', escapechar='"'
        ).write_parquet(str(part), compression="zstd")
        part.replace(self._folder / f"{kind}-{last:020}.parquet")
        beside.unlink()
        return last

    def _view(self, connection: duckdb.DuckDBPyConnection, kind: Kind, currency: str) -> None:
        columns = ", ".join(f"CAST(NULL AS {type}) AS {name}" for name, type in COLUMNS[kind].items())
        source = f"read_parquet('{self._pattern(kind)}')" if self.files(kind) else f"(SELECT {columns})"
        connection.execute(
            f"CREATE VIEW {kind} AS SELECT * EXCLUDE (number, currency), day - DATE '1970-01-01' AS day_number "
            f"FROM {source} "
            f"WHERE currency = '{currency}' AND client_id IS NOT NULL"
        )

    def _pattern(self, kind: Kind) -> str:
        return str(self._folder / f"{kind}-*.parquet").replace("'", "''")
