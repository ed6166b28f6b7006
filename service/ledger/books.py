"""The firm's books of its clients: rows brought in, each once, and what they hold of one client."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, func, insert, select, update

from service.domain.books import FIELDS, Account, Incident, Invoice, Kind, Payment, Service
from service.ledger.database import Database
from service.ledger.entries import new_decision_id
from service.ledger.inserting import Insert
from service.ledger.tables import (
    book_imports,
    client_categories,
    client_incidents,
    client_invoices,
    client_payments,
    client_services,
)

TABLES: Mapping[Kind, Table] = {
    Kind.PAYMENTS: client_payments,
    Kind.INVOICES: client_invoices,
    Kind.SERVICES: client_services,
    Kind.INCIDENTS: client_incidents,
}
AT_ONCE = 50_000
_CONTENT = {
    kind: tuple(field.name for field in FIELDS[kind] if field.name in table.c) for kind, table in TABLES.items()
}
"""The columns that a row of a file fills; a reference is in the digest alone."""

_INSERT = {kind: Insert(table, left_out="number") for kind, table in TABLES.items()}
_FOUND = {
    kind: select(table.c.digest, *(table.c[name] for name in _CONTENT[kind])).where(
        table.c.digest.in_(bindparam("digests", expanding=True))
    )
    for kind, table in TABLES.items()
}
_DROP = {
    kind: delete(table).where(table.c.digest.in_(bindparam("digests", expanding=True)))
    for kind, table in TABLES.items()
}
_DAY = {kind: table.c.issued_on if kind is Kind.INVOICES else table.c.day for kind, table in TABLES.items()}
_OF_CLIENT = {
    kind: select(*(table.c[name] for name in _CONTENT[kind] if name != "client_id"))
    .where(table.c.client_id == bindparam("client"), _DAY[kind] <= bindparam("until"))
    .order_by(_DAY[kind], table.c.digest)
    for kind, table in TABLES.items()
}
_CATEGORY = (
    select(client_categories.c.category)
    .where(client_categories.c.client_id == bindparam("client"), client_categories.c.drawn_on <= bindparam("until"))
    .order_by(client_categories.c.drawn_on.desc())
    .limit(1)
)
_INSERT_CATEGORIES = Insert(client_categories)
_ANY = select(book_imports.c.id).limit(1)


class Fate(StrEnum):
    """What became of a row."""

    NEW = "new"
    REPLACED = "replaced"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class BookRow:
    """`values`: in the order of the kind's fields, days as dates. `digest`: equal for what is the same row."""

    digest: bytes
    values: Mapping[str, Any]


class Books:
    """Every method raises LedgerUnavailable when the database can't be used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, kind: Kind, source: str, by: str, now: datetime) -> str:
        """The id of the import that begins."""
        id = new_decision_id(now)
        row = {"id": id, "kind": kind, "source": source, "by": by, "started_at": now}
        with self._database.writes() as connection:
            connection.execute(insert(book_imports), row)
        return id

    def take(self, kind: Kind, import_id: str, rows: Sequence[BookRow]) -> list[Fate]:
        """Commits them together; each digest at most once among them. The fate of each, in their order."""
        with self._database.writes_alone() as connection:
            found = _found(connection, kind, rows)
            fates = [_fate(row, found.get(row.digest), _CONTENT[kind]) for row in rows]
            replaced = [row.digest for row, fate in zip(rows, fates, strict=True) if fate is Fate.REPLACED]
            if replaced:
                connection.execute(_DROP[kind], {"digests": replaced})
            written = [
                {"digest": row.digest, "import_id": import_id, **row.values}
                for row, fate in zip(rows, fates, strict=True)
                if fate is not Fate.KNOWN
            ]
            _INSERT[kind].run(connection, written)
        return fates

    def finish(self, import_id: str, report: bytes, now: datetime) -> None:
        with self._database.writes() as connection:
            done = update(book_imports).where(book_imports.c.id == import_id)
            connection.execute(done.values(finished_at=now, report=report))

    def empty(self) -> bool:
        """Whether nothing was ever brought in."""
        with self._database.reads() as connection:
            return connection.execute(_ANY).first() is None

    def keep_categories(self, drawn_on: date, listed: Sequence[tuple[str, str]]) -> None:
        """Client ids with their categories, in place of an earlier list of that day."""
        with self._database.writes_alone() as connection:
            connection.execute(delete(client_categories).where(client_categories.c.drawn_on == drawn_on))
            rows = [{"client_id": id, "drawn_on": drawn_on, "category": category} for id, category in listed]
            _INSERT_CATEGORIES.run(connection, rows)

    def newest(self, kind: Kind) -> int:
        """The highest number of a row, 0 where there is none."""
        with self._database.reads() as connection:
            return int(connection.execute(select(func.coalesce(func.max(TABLES[kind].c.number), 0))).scalar_one())

    def counted(self, kind: Kind, until: int) -> tuple[int, int]:
        """How many rows have numbers up to one, and the sum of their numbers."""
        number = TABLES[kind].c.number
        asked = select(func.count(), func.coalesce(func.sum(number), 0)).where(number <= until)
        with self._database.reads() as connection:
            rows, total = connection.execute(asked).one()
        return int(rows), int(total)

    def rows_after(
        self, kind: Kind, columns: Sequence[str], after: int, most: int
    ) -> Iterator[Sequence[tuple[Any, ...]]]:
        """Rows with higher numbers, rising, some at a time, `most` of them in all. Its own number comes first."""
        table = TABLES[kind]
        asked = (
            select(*(table.c[name] for name in columns))
            .where(table.c.number > bindparam("after"))
            .order_by(table.c.number)
            .limit(AT_ONCE)
        )
        while most > 0:
            with self._database.reads() as connection:
                rows = connection.execute(asked, {"after": after}).all()
            if not rows:
                return
            yield rows  # type: ignore[misc]
            after, most = rows[-1][0], most - len(rows)

    @contextmanager
    def views(self, currency: str) -> Iterator[Callable[[str], list[tuple[Any, ...]]]]:
        """Asks SQL of PostgreSQL, where `payments` and `services` are the rows of clients in one currency."""
        with self._database.snapshot() as connection:
            for kind, columns in (("payments", "amount"), ("services", "units, cost")):
                connection.exec_driver_sql(
                    f"CREATE TEMP VIEW {kind} AS SELECT client_id, day, {columns}, "
                    f"day - DATE '1970-01-01' AS day_number FROM client_{kind} "
                    f"WHERE currency = '{currency}' AND client_id IS NOT NULL"
                )
            yield lambda sql: [tuple(row) for row in connection.exec_driver_sql(sql)]
            connection.rollback()

    def account(self, client_id: str, until: date) -> Account | None:
        """What the books hold of a client up to and with a day; None where they hold nothing."""
        if "\0" in client_id:  # PostgreSQL refuses to be asked for such text
            return None
        asked = {"client": client_id, "until": until}
        with self._database.reads() as connection:
            rows = {kind: connection.execute(_OF_CLIENT[kind], asked).mappings().all() for kind in Kind}
            category = connection.execute(_CATEGORY, asked).scalar_one_or_none()
        if category is None and not any(rows.values()):
            return None
        return Account(
            payments=tuple(Payment(**row) for row in rows[Kind.PAYMENTS]),
            invoices=tuple(Invoice(**row) for row in rows[Kind.INVOICES]),
            services=tuple(Service(**row) for row in rows[Kind.SERVICES]),
            incidents=tuple(Incident(**row) for row in rows[Kind.INCIDENTS]),
            category=category,
        )


def _found(connection: Connection, kind: Kind, rows: Sequence[BookRow]) -> dict[bytes, Mapping[str, Any]]:
    found = connection.execute(_FOUND[kind], {"digests": [row.digest for row in rows]})
    return {bytes(row.digest): row._mapping for row in found}


def _fate(row: BookRow, found: Mapping[str, Any] | None, content: Sequence[str]) -> Fate:
    if found is None:
        return Fate.NEW
    same = all(found[name] == row.values[name] for name in content)
    return Fate.KNOWN if same else Fate.REPLACED
