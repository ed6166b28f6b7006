"""Decisions found among all that were recorded: page by page for people, or every one in turn for exports and replays.

Both go by the ids, which rise with time, so that no page is disturbed by what is recorded meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, String, and_, cast, exists, func, literal, select

from service.ledger.bodies import UnreadableBody
from service.ledger.client_keys import keys_by_id
from service.ledger.database import Database
from service.ledger.decision_rows import DECISION, read
from service.ledger.entries import Recorded, first_id
from service.ledger.outcomes import TOLD_LAST
from service.ledger.tables import client_keys, decisions, log, outcomes, overrides

EXAMINED = 20_000
"""Decisions that one page looks at, at most: a rare thing is found over several pages, and none takes long."""
AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a decision must fit; None is anything. Moments are aware: from `since` on, before `until`. Money in minor
    units of the decision's currency. `rules_among`: at least one of them fired. `result`: how its quote ended, as told
    last. `overridden_by_role`: somebody in that role did."""

    client_id: str | None = None
    caller: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    book: str | None = None
    version: str | None = None
    outcome: str | None = None
    currency: str | None = None
    lowest: int | None = None
    highest: int | None = None
    rule: str | None = None
    rules_among: frozenset[str] | None = None
    overridden: bool | None = None
    overridden_by_role: str | None = None
    result: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A decision without its words. `position`: in the log, None while it isn't sealed. `kept`: whether its words
    are."""

    decision_id: str
    recorded_at: datetime
    caller: str
    book: str
    version: str
    as_of: date
    outcome: str
    client_id: str
    currency: str
    target: int | None
    rules: tuple[str, ...]
    overridden: bool
    result: str | None
    answer_digest: str
    position: int | None
    kept: bool


@dataclass(frozen=True, slots=True)
class Page:
    """The newest first. `next`: before which id to go on, None at the end; a page may hold nothing and have one."""

    found: tuple[Found, ...]
    next: str | None


_OVERRIDDEN = exists().where(overrides.c.decision_id == decisions.c.id)
_RESULT = select(outcomes.c.result).where(TOLD_LAST).limit(1).scalar_subquery()
_POSITION = (
    select(log.c.position)
    .where(log.c.record_id == cast(decisions.c.id, String), log.c.kind == literal(DECISION.name))
    .scalar_subquery()
)
_KEPT = and_(
    decisions.c.body.is_not(None),
    exists().where(client_keys.c.id == decisions.c.key_id, client_keys.c.key.is_not(None)),
)
_BESIDE = (
    _OVERRIDDEN.label("overridden"),
    _RESULT.label("result"),
    _POSITION.label("position"),
    _KEPT.label("kept"),
)
_TOLD = select(*(column for column in decisions.c if column.name != "body"), *_BESIDE)
_WITH_WORDS = select(decisions, *_BESIDE)


class Search:
    """Every method raises LedgerUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, wanted: Wanted, limit: int, before: str | None = None) -> Page:
        """Up to `limit` decisions with ids below `before`, of the first ones that are looked at."""
        first = list(_indexed(wanted))
        if before is not None:
            first.append(decisions.c.id < before)
        with self._database.reads() as connection:
            beyond = select(decisions.c.id).where(*first).order_by(decisions.c.id.desc()).offset(EXAMINED - 1).limit(1)
            last = connection.execute(beyond).scalar()
            asked = _TOLD.where(*first, *_others(wanted)).order_by(decisions.c.id.desc())
            if last is not None:
                asked = asked.where(decisions.c.id >= last)
            if wanted.rules_among is None:
                asked = asked.limit(limit + 1)
            found = _fitting(connection, asked, wanted, limit + 1)
        if len(found) > limit:
            return Page(tuple(found[:limit]), found[limit - 1].decision_id)
        return Page(tuple(found), last)

    def all(self, wanted: Wanted) -> Iterator[Found]:
        """The oldest first, up to the newest of now. Holds no more than some hundreds at a time."""
        for rows in self._in_turn(_TOLD, wanted):
            yield from map(_found, rows)

    def recorded(self, wanted: Wanted) -> Iterator[tuple[Found, Recorded | UnreadableBody]]:
        """As `all`, with what each says in words; of a body that was tampered with, the fault."""
        for rows in self._in_turn(_WITH_WORDS, wanted):
            with self._database.reads() as connection:
                keys = keys_by_id(connection, [row.key_id for row in rows if row.key_id])
            for row in rows:
                yield _found(row), _read(row, keys.get(row.key_id))

    def _in_turn(self, asked: Select[Any], wanted: Wanted) -> Iterator[Sequence[Row[Any]]]:
        conditions = (*_indexed(wanted), *_others(wanted))
        last = ""
        with self._database.reads() as connection:
            newest = connection.execute(select(func.max(decisions.c.id))).scalar()
        while newest is not None:
            some = asked.where(*conditions, decisions.c.id > last, decisions.c.id <= newest)
            with self._database.reads() as connection:
                rows = connection.execute(some.order_by(decisions.c.id).limit(AT_ONCE)).all()
            if not rows:
                return
            last = rows[-1].id
            yield [row for row in rows if _among(row, wanted)]


def _indexed(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    """What an index answers. A moment is a bound of the ids that were made in it."""
    if wanted.client_id is not None:
        yield decisions.c.client_id == wanted.client_id
    if wanted.since is not None:
        yield decisions.c.id >= first_id(wanted.since)
    if wanted.until is not None:
        yield decisions.c.id < first_id(wanted.until)


def _others(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    columns = {
        "caller": wanted.caller, "book": wanted.book, "version": wanted.version, "outcome": wanted.outcome,
        "currency": wanted.currency,
    }  # fmt: skip
    yield from (decisions.c[name] == value for name, value in columns.items() if value is not None)
    if wanted.lowest is not None:
        yield decisions.c.target >= wanted.lowest
    if wanted.highest is not None:
        yield decisions.c.target <= wanted.highest
    if wanted.rule is not None:
        yield decisions.c.rules.contains(f" {wanted.rule} ", autoescape=True)
    if wanted.overridden is not None:
        yield _OVERRIDDEN if wanted.overridden else ~_OVERRIDDEN
    if wanted.overridden_by_role is not None:
        yield exists().where(overrides.c.decision_id == decisions.c.id, overrides.c.role == wanted.overridden_by_role)
    if wanted.result is not None:
        yield exists().where(TOLD_LAST, outcomes.c.result == wanted.result)


def _fitting(connection: Connection, asked: Select[Any], wanted: Wanted, count: int) -> list[Found]:
    found: list[Found] = []
    for row in connection.execute(asked):
        if _among(row, wanted):
            found.append(_found(row))
            if len(found) == count:
                break
    return found


def _among(row: Row[Any], wanted: Wanted) -> bool:
    return wanted.rules_among is None or not wanted.rules_among.isdisjoint(row.rules.split())


def _found(row: Row[Any]) -> Found:
    told = {name: getattr(row, name) for name in Found.__slots__ if name not in ("decision_id", "rules")}
    told["overridden"], told["kept"] = bool(told["overridden"]), bool(told["kept"])
    return Found(decision_id=row.id, rules=tuple(row.rules.split()), **told)


def _read(row: Row[Any], key: bytes | None) -> Recorded | UnreadableBody:
    try:
        return read(row._mapping, key)
    except UnreadableBody as fault:
        return fault
