"""Trials of candidate versions, apart from the decisions that were answered. Knows no policy and no request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, and_, bindparam, case, func, insert, select, update

from service.domain.shadow import Money, OutcomeCount, Report, Run, Trial, top_rules
from service.ledger.database import Database
from service.ledger.tables import shadow_results, shadow_runs

MOST_RULES = 20
_R = shadow_results.c
_ACTIVE = select(shadow_runs).where(shadow_runs.c.book == bindparam("book"), shadow_runs.c.ended_at.is_(None))
_ONE = select(shadow_runs).where(shadow_runs.c.id == bindparam("id"))
_ALL = select(shadow_runs).where(shadow_runs.c.book == bindparam("book")).order_by(shadow_runs.c.id.desc())
_END = (
    update(shadow_runs)
    .where(shadow_runs.c.id == bindparam("run"), shadow_runs.c.ended_at.is_(None))
    .values(ended_at=bindparam("at"), ended_by=bindparam("by"))
)
_BOTH = and_(_R.released_target.is_not(None), _R.candidate_target.is_not(None))
_OUTCOMES = (
    select(_R.released_outcome, _R.candidate_outcome, func.count(), func.sum(case((_R.differs, 1), else_=0)))
    .where(_R.run_id == bindparam("run"))
    .group_by(_R.released_outcome, _R.candidate_outcome)
    .order_by(func.count().desc(), _R.released_outcome, _R.candidate_outcome)
)
_MONEY = (
    select(_R.currency, func.count(), func.sum(_R.released_target), func.sum(_R.candidate_target))
    .where(_R.run_id == bindparam("run"), _BOTH)
    .group_by(_R.currency)
    .order_by(_R.currency)
)
_RULES = select(_R.rules).where(_R.run_id == bindparam("run"), _R.differs).execution_options(yield_per=1_000)


class ShadowRuns:
    """Every method raises LedgerUnavailable when the database can't be used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def start(self, run: Run) -> Run | None:
        """None, and nothing is written, while another run of the book is under way."""
        with self._database.writes_alone() as connection:
            if connection.execute(_ACTIVE, {"book": run.book}).first():
                return None
            connection.execute(insert(shadow_runs), asdict(run))
        return run

    def end(self, run_id: str, by: str, now: datetime) -> bool:
        """Whether it was under way."""
        with self._database.writes_alone() as connection:
            return connection.execute(_END, {"run": run_id, "by": by, "at": now}).rowcount == 1

    def active(self, book: str) -> Run | None:
        with self._database.reads() as connection:
            return _run(connection.execute(_ACTIVE, {"book": book}).one_or_none())

    def find(self, run_id: str) -> Run | None:
        with self._database.reads() as connection:
            return _found(connection, run_id)

    def runs(self, book: str) -> tuple[Run, ...]:
        """The newest first."""
        with self._database.reads() as connection:
            return tuple(Run(**row._mapping) for row in connection.execute(_ALL, {"book": book}))

    def record(self, trials: Sequence[Trial]) -> None:
        """All in one transaction."""
        if not trials:
            return
        with self._database.writes() as connection:
            connection.execute(insert(shadow_results), [_row(each) for each in trials])

    def report(self, run_id: str) -> Report | None:
        """What the trials recorded so far say; None where there is no such run."""
        asked = {"run": run_id}
        with self._database.reads() as connection:
            run = _found(connection, run_id)
            if run is None:
                return None
            outcomes = connection.execute(_OUTCOMES, asked).all()
            money = [
                Money(c, count, int(one), int(other)) for c, count, one, other in connection.execute(_MONEY, asked)
            ]
            before, after = Counter[str](), Counter[str]()
            for (rules,) in connection.execute(_RULES, asked):
                told = orjson.loads(rules)
                before.update(told["released"])
                after.update(told["candidate"])
        return Report(
            run=run,
            tried=sum(count for _, _, count, _ in outcomes),
            differing=sum(int(differing) for _, _, _, differing in outcomes),
            outcomes=tuple(OutcomeCount(one, other, count) for one, other, count, _ in outcomes),
            money=tuple(money),
            rules=top_rules(before, after, MOST_RULES),
        )


def _found(connection: Connection, run_id: str) -> Run | None:
    return None if "\0" in run_id else _run(connection.execute(_ONE, {"id": run_id}).one_or_none())


def _run(row: Row[Any] | None) -> Run | None:
    return None if row is None else Run(**row._mapping)


def _row(one: Trial) -> Mapping[str, Any]:
    told = {name: getattr(one, name) for name in Trial.__slots__ if not name.startswith("fired_")}
    return told | {"rules": orjson.dumps({"released": one.fired_before, "candidate": one.fired_after})}
