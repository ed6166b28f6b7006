"""Sums over what decisions gave away and how their quotes ended, a month at a time: ids rise with time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

import orjson
from sqlalchemy import Connection, and_, bindparam, case, exists, func, select

from service.domain.giving import GivenIn, Won
from service.ledger.database import Database
from service.ledger.entries import Given, first_id
from service.ledger.outcomes import TOLD_LAST
from service.ledger.tables import concessions, decisions, outcomes, overrides

_IS_WON = and_(TOLD_LAST, outcomes.c.result == "won")
_MONTH = (decisions.c.id >= bindparam("first"), decisions.c.id < bindparam("end"))
_GIVEN = (
    select(
        decisions.c.client_id, decisions.c.caller, concessions.c.rules, concessions.c.kind, decisions.c.currency,
        func.count(), func.sum(concessions.c.amount),
        func.sum(case((exists().where(_IS_WON), concessions.c.amount), else_=0)),
    )
    .select_from(concessions.join(decisions, concessions.c.decision_id == decisions.c.id))
    .where(*_MONTH, concessions.c.decision_id >= bindparam("first"), concessions.c.decision_id < bindparam("end"))
    .group_by(
        decisions.c.client_id, decisions.c.caller, concessions.c.rules, concessions.c.kind, decisions.c.currency
    )
)  # fmt: skip
_WON = (
    select(decisions.c.id, decisions.c.caller, decisions.c.currency, decisions.c.target, outcomes.c.final_amount)
    .select_from(decisions.join(outcomes, _IS_WON))
    .where(*_MONTH, decisions.c.target.is_not(None))
)
_OUTCOMES = select(decisions.c.outcome, func.count()).where(*_MONTH).group_by(decisions.c.outcome)
_OF_CLIENT = (
    select(decisions.c.id, decisions.c.currency, decisions.c.target, outcomes.c.final_amount)
    .select_from(decisions.join(outcomes, _IS_WON))
    .where(
        decisions.c.client_id == bindparam("client"),
        outcomes.c.happened_on > bindparam("after"),
        outcomes.c.happened_on <= bindparam("until"),
    )
)
_CONCEDED = (
    select(concessions.c.decision_id, func.sum(concessions.c.amount))
    .where(concessions.c.decision_id.in_(bindparam("ids", expanding=True)))
    .group_by(concessions.c.decision_id)
)
_PRICES = (
    select(overrides.c.decision_id, overrides.c.changes)
    .where(overrides.c.decision_id.in_(bindparam("ids", expanding=True)))
    .order_by(overrides.c.overridden_at)
)
_KEPT = select(concessions).where(concessions.c.decision_id == bindparam("id"))
_ANY_WON = select(outcomes.c.id).where(outcomes.c.result == "won").limit(1)
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Month:
    """`outcomes`: how many decisions had each."""

    name: str
    given: tuple[GivenIn, ...]
    won: tuple[Won, ...]
    outcomes: dict[str, int]


class Giving:
    """Every method raises LedgerUnavailable when the database can't be used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def months(self, first: date, last: date) -> tuple[Month, ...]:
        """The calendar months of UTC from the one of `first` to that of `last`, rising."""
        with self._database.reads() as connection:
            return tuple(_month(connection, *bounds) for bounds in _months(first, last))

    def kept(self, decision_id: str) -> frozenset[Given]:
        """What stands beside a decision as given away by it."""
        with self._database.reads() as connection:
            rows = connection.execute(_KEPT, {"id": decision_id}).all()
        return frozenset(Given(row.kind, row.amount, row.percent, tuple(row.rules.split())) for row in rows)

    def any_won(self) -> bool:
        with self._database.reads() as connection:
            return connection.execute(_ANY_WON).first() is not None

    def of_client(self, client_id: str, after: date, until: date) -> tuple[tuple[str, int], ...]:
        """What quotes of the client that were won between two days, the latter included, gave away: concessions, and
        what was agreed below the target. Currency and sum of each quote."""
        if "\0" in client_id:  # PostgreSQL refuses to be asked for such text
            return ()
        with self._database.reads() as connection:
            rows = connection.execute(_OF_CLIENT, {"client": client_id, "after": after, "until": until}).all()
            ids = [row.id for row in rows]
            conceded = {id: int(total) for some in _some(ids) for id, total in connection.execute(_CONCEDED, some)}
            prices = _prices(connection, ids)
        return tuple(
            (row.currency, conceded.get(row.id, 0) + (lost(row.target, _agreed(row, prices)) if row.target else 0))
            for row in rows
        )


def lost(target: int, agreed: int) -> int:
    return max(target - agreed, 0)


def _month(connection: Connection, name: str, first: str, end: str) -> Month:
    bounds = {"first": first, "end": end}
    found = connection.execute(_GIVEN, bounds).all()
    given = tuple(
        GivenIn(name, client, caller, rules, kind, currency, count, int(offered), int(won))
        for client, caller, rules, kind, currency, count, offered, won in found
    )
    outcomes_told = {outcome: int(count) for outcome, count in connection.execute(_OUTCOMES, bounds)}
    return Month(name, given, tuple(_won(connection, name, bounds)), outcomes_told)


def _won(connection: Connection, name: str, bounds: dict[str, str]) -> Iterator[Won]:
    """Each quote by itself."""
    rows = connection.execute(_WON, bounds).all()
    prices = _prices(connection, [row.id for row in rows])
    for row in rows:
        agreed = _agreed(row, prices)
        gone = lost(row.target, agreed)
        by_person = min(gone, lost(row.target, prices[row.id])) if row.id in prices else 0
        yield Won(name, row.caller, row.currency, 1, row.target, agreed, gone, by_person)


def _agreed(row: object, prices: dict[str, int]) -> int:
    final: int | None = row.final_amount  # type: ignore[attr-defined]
    return final if final is not None else prices.get(row.id, row.target)  # type: ignore[attr-defined]


def _prices(connection: Connection, ids: list[str]) -> dict[str, int]:
    """What people put in the place of the target, by the last override of each decision: what that leaves out is as it
    was decided."""
    found: dict[str, int | None] = {}
    for some in _some(ids):
        for id, changes in connection.execute(_PRICES, some):
            found[id] = orjson.loads(changes)["asked"]["price"]
    return {id: price for id, price in found.items() if price is not None}


def _some(ids: list[str]) -> Iterator[dict[str, list[str]]]:
    return ({"ids": ids[start : start + AT_ONCE]} for start in range(0, len(ids), AT_ONCE))


def _months(first: date, last: date) -> Iterator[tuple[str, str, str]]:
    """Name, first id, and the id that the next month begins with."""
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        later = (year + month // 12, month % 12 + 1)
        bounds = [first_id(datetime(*each, 1, tzinfo=UTC)) for each in ((year, month), later)]
        yield f"{year}-{month:02}", bounds[0], bounds[1]
        year, month = later
