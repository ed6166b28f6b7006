"""Versions of policy books and the steps of their lives: kept whole, appended to, never changed.

Knows rows; what a step means and whether it may be taken is told by `service/domain` and `service/governance`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, bindparam, func, select

from service.domain.steps import IN_FORCE_BY, Kind, Step
from service.ledger.conflicts import inserted_once
from service.ledger.database import Database
from service.ledger.log.leaves import KINDS
from service.ledger.log.waiting import await_seal
from service.ledger.tables import policy_origins, policy_steps, policy_versions

_NEWEST = select(func.max(policy_steps.c.number)).where(policy_steps.c.book == bindparam("book"))
_STEPS = select(policy_steps).where(policy_steps.c.book == bindparam("book")).order_by(policy_steps.c.number)
_LAST = select(policy_steps.c.at).order_by(policy_steps.c.number.desc()).limit(1)
_RELEASED_BOOKS = (
    select(policy_steps.c.book)
    .where(policy_steps.c.step.in_(sorted(IN_FORCE_BY)))
    .distinct()
    .order_by(policy_steps.c.book)
)
_BOOKS = select(policy_steps.c.book).distinct().order_by(policy_steps.c.book)
_VERSION = select(policy_versions).where(policy_versions.c.version == bindparam("version"))
_FILES = select(policy_origins.c.files).where(policy_origins.c.version == bindparam("version"))
_ORIGIN_COLUMNS = [column for column in policy_origins.c if column.name != "files"]
_ORIGINS = select(*_ORIGIN_COLUMNS).where(policy_origins.c.version.in_(bindparam("versions", expanding=True)))


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """`content`: the canonical content that `version` is the hash of."""

    version: str
    book: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a version came from. `parent`: the version that it was made from, if its author named one."""

    version: str
    author: str
    drafted_at: datetime
    note: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class Kept:
    """`files`: the archive of the files as their author wrote them."""

    stored: StoredVersion
    origin: Origin
    files: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStep:
    """A step to be taken; its number and its moment come with the writing."""

    book: str
    version: str
    kind: Kind
    by: str
    role: str
    note: str = ""
    effective_from: date | None = None
    withdraws: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


class PolicyRegister:
    """Every method raises LedgerUnavailable when the database can't be used."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def newest_step(self, book: str) -> int:
        """The number of the book's newest step, 0 before the first: cheap, to be asked often."""
        with self.database.reads() as connection:
            return connection.execute(_NEWEST, {"book": book}).scalar() or 0

    def steps(self, book: str) -> tuple[Step, ...]:
        """In the order of their numbers."""
        with self.database.reads() as connection:
            return _steps(connection, book)

    def books(self) -> tuple[str, ...]:
        with self.database.reads() as connection:
            return tuple(connection.execute(_BOOKS).scalars())

    def released_books(self) -> tuple[str, ...]:
        """Books of which a version was ever put in force."""
        with self.database.reads() as connection:
            return tuple(connection.execute(_RELEASED_BOOKS).scalars())

    def versions(self, book: str | None = None) -> tuple[str, ...]:
        """The ids of all versions that are kept, of one book or of all: drafts, and what a decision was made by."""
        asked = select(policy_versions.c.version).order_by(policy_versions.c.first_seen_at, policy_versions.c.version)
        with self.database.reads() as connection:
            return tuple(connection.scalars(asked if book is None else asked.where(policy_versions.c.book == book)))

    def version(self, version: str) -> StoredVersion | None:
        with self.database.reads() as connection:
            row = connection.execute(_VERSION, {"version": version}).one_or_none()
        return None if row is None else StoredVersion(row.version, row.book, row.content)

    def files(self, version: str) -> bytes | None:
        """The archive of the files as their author wrote them."""
        with self.database.reads() as connection:
            return connection.execute(_FILES, {"version": version}).scalar_one_or_none()

    def origins(self, versions: Iterable[str]) -> dict[str, Origin]:
        with self.database.reads() as connection:
            rows = connection.execute(_ORIGINS, {"versions": sorted(versions)})
            return {row.version: Origin(**row._mapping) for row in rows}

    def append(self, step: NewStep, after: int, now: datetime, kept: Kept | None = None) -> Step | None:
        """Records a step that was judged by the book's steps up to number `after`; None, and nothing is recorded,
        where another one has come since: then judge again.

        At `now`, or with the step before it where this machine's clock is behind. `kept`: a version that the step
        is the first of; what the ledger holds of it already stays as it is.
        """
        with self.database.writes_alone() as connection:
            if (connection.execute(_NEWEST, {"book": step.book}).scalar() or 0) != after:
                return None
            if kept:
                self._keep(connection, kept)
            last = connection.execute(_LAST).scalar()
            at = now if last is None else max(now, last)
            written = connection.execute(policy_steps.insert().returning(policy_steps), _row(step, at)).one()
            await_seal(connection, KINDS["policy-step"], [written._mapping], at)
            return _step(written)

    def _keep(self, connection: Connection, kept: Kept) -> None:
        stored, origin = kept.stored, kept.origin
        content = {"version": stored.version, "book": stored.book, "content": stored.content}
        made = {name.name: getattr(origin, name.name) for name in fields(Origin)}
        for table, row in (
            (policy_versions, {**content, "first_seen_at": origin.drafted_at}),
            (policy_origins, {**made, "files": kept.files}),
        ):
            connection.execute(inserted_once(self.database.kind, table, "version"), row)


def _row(step: NewStep, at: datetime) -> dict[str, Any]:
    return {
        "book": step.book,
        "version": step.version,
        "step": step.kind.value,
        "at": at,
        "by": step.by,
        "role": step.role,
        "note": step.note,
        "effective_from": step.effective_from,
        "withdraws": step.withdraws,
        "details": orjson.dumps(dict(step.details)),
    }


def _steps(connection: Connection, book: str) -> tuple[Step, ...]:
    return tuple(map(_step, connection.execute(_STEPS, {"book": book})))


def _step(row: Row[Any]) -> Step:
    return Step(
        number=row.number,
        book=row.book,
        version=row.version,
        kind=Kind(row.step),
        at=row.at,
        by=row.by,
        role=row.role,
        note=row.note,
        effective_from=row.effective_from,
        withdraws=row.withdraws,
        details=orjson.loads(row.details),
    )
