"""Whether a database is as this version needs it: tables, pages, references, and a sample of what it keeps in words.

That nothing was altered is not asked here: `service/ledger/log/verifying.py` proves it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, ForeignKey, Table, func, select

from service.ledger.database import Database
from service.ledger.log.leaves import KINDS
from service.ledger.log.words import RECORDED_AT, Words
from service.ledger.migrate import newest_revision, revision_of
from service.ledger.tables import metadata

SAMPLE = 1_000
"""Of each table, the newest."""

MOST_PAGES = 20
"""Broken pages that are told."""


@dataclass(frozen=True, slots=True)
class Fault:
    """`code`: `revision`, `drift`, `pages`, `references`, or one of the proof's findings about words."""

    code: str
    why: str

    def __str__(self) -> str:
        return f"{self.code}: {self.why}"


def faults(database: Database) -> Iterator[Fault]:
    """Where the tables aren't this version's, nothing else is looked at. Raises LedgerUnavailable."""
    with database.snapshot() as connection:
        revision, needed = revision_of(connection), newest_revision()
        if revision != needed:
            here = f"the tables are at revision {revision}" if revision else "there are no tables"
            yield Fault("revision", f"{here}, this version needs {needed}: `quotewright db upgrade`")
            return
        yield from _drift(connection)
        yield from _pages(connection) if database.kind == "sqlite" else ()
        for table in metadata.sorted_tables:
            for key in sorted(table.foreign_keys, key=lambda key: key.parent.name):
                yield from _references(connection, table, key)
        yield from _words(connection)


def _drift(connection: Connection) -> Iterator[Fault]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    for difference in compare_metadata(context, metadata):
        yield Fault("drift", f"the tables aren't as the migrations leave them: {_told(difference)}")


def _told(difference: object) -> str:
    """Alembic's differences are tuples of a name and what it is about, or lists of such."""
    parts = difference if isinstance(difference, tuple) else difference[0] if isinstance(difference, list) else ()
    return " ".join(str(getattr(part, "name", None) or part) for part in parts if part is not None)


def _pages(connection: Connection) -> Iterator[Fault]:
    for line in connection.exec_driver_sql(f"PRAGMA integrity_check({MOST_PAGES})").scalars():
        if line != "ok":
            yield Fault("pages", line)


def _references(connection: Connection, table: Table, key: ForeignKey) -> Iterator[Fault]:
    other = key.column.table.alias()
    lost = (
        select(func.count())
        .select_from(table.outerjoin(other, key.parent == other.c[key.column.name]))
        .where(key.parent.is_not(None), other.c[key.column.name].is_(None))
    )
    count = connection.execute(lost).scalar_one()
    if count:
        yield Fault("references", f"{count:,} rows of {table.name} name a {key.parent.name} that {key.column} lacks")


def _words(connection: Connection) -> Iterator[Fault]:
    words = Words(connection)
    for name in RECORDED_AT:
        kind = KINDS[name]
        columns = [kind.table.c[column] for column in (*kind.columns, "body")]
        newest = select(*columns).order_by(kind.key.desc()).limit(SAMPLE)
        rows = iter(connection.execute(newest).mappings())
        while some := list(islice(rows, 100)):
            words.look_at(kind, some)
            for row in some:
                found = words.fault(kind, row, f"{name} {row['id']}")
                if found:
                    yield Fault(found.code, f"{found.place}: {found.why}")
