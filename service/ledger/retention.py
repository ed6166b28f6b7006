"""The end of a retention time: what older records say in words is dropped; rows, log and proofs stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import Column, Connection, Table, bindparam, select, update

from service.domain.acts import ActKind
from service.ledger.acts import acts, record_act
from service.ledger.database import Database
from service.ledger.entries import first_id
from service.ledger.log.leaves import KINDS
from service.ledger.log.words import RECORDED_AT

A_STEP = 1_000
"""Bodies dropped in one transaction: others write in between."""


@dataclass(frozen=True, slots=True)
class _Aged:
    """A table with bodies."""

    table: Table
    moment: Column[datetime]

    def next(self, connection: Connection, after: str, before: datetime) -> list[str]:
        """Ids, which rise with time, of those to drop."""
        ids, body = self.table.c.id, self.table.c.body
        asked = (
            select(ids)
            .where(ids > after, ids < first_id(before), self.moment < before, body.is_not(None))
            .order_by(ids)
            .limit(A_STEP)
        )
        return list(connection.scalars(asked))

    def drop(self, connection: Connection, ids: list[str]) -> None:
        if ids:
            drop = update(self.table).where(self.table.c.id == bindparam("id_")).values(body=None)
            connection.execute(drop, [{"id_": id} for id in ids])


_TABLES = tuple(_Aged(KINDS[name].table, KINDS[name].table.c[moment]) for name, moment in RECORDED_AT.items())


def start_of_day(now: datetime, days: int) -> datetime:
    """Midnight in UTC, `days` before the day of `now`: what was recorded before it is older than so many days."""
    day = now.astimezone(UTC).date() - timedelta(days=days)
    return datetime.combine(day, time(), UTC)


class Retention:
    """Every method raises LedgerUnavailable when the database can't be used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def drop(self, days: int, by: str, now: datetime) -> int:
        """Drops the bodies of all that is older than `days`; how many. Begun twice, or by several processes at once,
        or again after one was killed, it does what is left, as one act."""
        before, dropped = start_of_day(now, days), 0
        for aged in _TABLES:
            last = ""
            while self._any(aged, last, before):
                with self._database.erases() as connection:
                    ids = aged.next(connection, last, before)
                    if ids and not dropped:
                        _account(connection, before, days, by, now)
                    aged.drop(connection, ids)
                if not ids:
                    break
                last, dropped = ids[-1], dropped + len(ids)
        if dropped:
            self._database.leave_no_trace()
        return dropped

    def _any(self, aged: _Aged, after: str, before: datetime) -> bool:
        """Looked at first without keeping writers waiting."""
        with self._database.reads() as connection:
            return bool(aged.next(connection, after, before))


def _account(connection: Connection, before: datetime, days: int, by: str, now: datetime) -> None:
    """The act that covers all of it, unless one does already."""
    earlier = (act.details["before"] for act in acts(connection) if act.kind is ActKind.RETENTION)
    if all(datetime.fromisoformat(one) < before for one in earlier):
        record_act(connection, ActKind.RETENTION, by, {"before": before.isoformat(), "days": days}, now)
