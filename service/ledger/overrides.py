"""Overrides beside their decisions: append and look up, nothing else. Knows no limits and no guardrails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, Row, case, func, insert, select

from service.domain.afterwards import Asked, Breach, Change, KeptOverride, Override
from service.domain.people import Role
from service.ledger.client_keys import packed_body, unpacked_bodies
from service.ledger.database import Database
from service.ledger.log.leaves import KINDS
from service.ledger.log.waiting import await_seal
from service.ledger.tables import BODY, decisions, overrides

_TICK = timedelta(microseconds=1)
_NO_BREACH = b"[]"
_ASKED_AT_ONCE = 1_000
"""A statement holds no more than some ten thousand values."""


@dataclass(frozen=True, slots=True)
class OverrideCount:
    """`against`: of these overrides, those that a guardrail spoke against."""

    by: str
    reason: str
    overrides: int
    against: int


class Overrides:
    """Every method raises LedgerUnavailable when the database can't be used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, override: Override) -> KeptOverride:
        """`override`: with its note. The latest again where it is by the same person and asks the same.

        Those of one decision are added one after another, and their times rise: a machine whose clock is behind
        records its own a moment after the latest.
        """
        with self._database.writes() as connection:
            client = lock(connection, override.decision_id)
            earlier = _of(connection, override.decision_id)
            if earlier and _asks(earlier[-1]) == _asks(override):
                return KeptOverride(override=earlier[-1], repeated=True)
            if earlier and override.overridden_at <= earlier[-1].overridden_at:
                override = replace(override, overridden_at=earlier[-1].overridden_at + _TICK)
            note = ((override.note or "").encode(),)
            body = packed_body(connection, self._database.kind, client, override.id, note, override.overridden_at)
            row = _row(override) | body
            connection.execute(insert(overrides), row)
            await_seal(connection, KINDS["override"], [row], override.overridden_at)
        return KeptOverride(override=override, repeated=False)

    def of(self, decision_id: str) -> tuple[Override, ...]:
        """All of a decision's, the one that counts last."""
        with self._database.reads() as connection:
            return _of(connection, decision_id)

    def between(self, since: datetime, until: datetime, most: int) -> tuple[Override, ...]:
        """Those made from a moment on and before another, the newest first."""
        made = overrides.c.overridden_at
        asked = select(overrides).where(made >= since, made < until).order_by(made.desc(), overrides.c.id).limit(most)
        with self._database.reads() as connection:
            rows = connection.execute(asked).all()
            return tuple(map(_override, rows, unpacked_bodies(connection, rows)))

    def counted(self, since: datetime, until: datetime) -> tuple[OverrideCount, ...]:
        """How many there were in the time, by person and reason, and how many went against a guardrail."""
        made, by, reason = overrides.c.overridden_at, overrides.c.by, overrides.c.reason
        against = func.sum(case((overrides.c.breaches != _NO_BREACH, 1), else_=0))
        asked = select(by, reason, func.count(), against).where(made >= since, made < until).group_by(by, reason)
        with self._database.reads() as connection:
            rows = connection.execute(asked.order_by(by, reason)).all()
        return tuple(OverrideCount(who, why, count, int(breaching)) for who, why, count, breaching in rows)

    def overridden(self, decision_ids: Sequence[str]) -> frozenset[str]:
        """Those among the decisions that were overridden."""
        found: set[str] = set()
        with self._database.reads() as connection:
            for start in range(0, len(decision_ids), _ASKED_AT_ONCE):
                ids = decision_ids[start : start + _ASKED_AT_ONCE]
                chosen = select(overrides.c.decision_id).where(overrides.c.decision_id.in_(ids)).distinct()
                found.update(connection.scalars(chosen))
        return frozenset(found)


def lock(connection: Connection, decision_id: str) -> str:
    """Until the transaction ends nobody else adds to what stands beside the decision. Returns its client."""
    asked = select(decisions.c.client_id).where(decisions.c.id == decision_id).with_for_update()
    return connection.execute(asked).scalar_one()


def _of(connection: Connection, decision_id: str) -> tuple[Override, ...]:
    chosen = select(overrides).where(overrides.c.decision_id == decision_id).order_by(overrides.c.overridden_at)
    rows = connection.execute(chosen).all()
    return tuple(map(_override, rows, unpacked_bodies(connection, rows)))


def _asks(override: Override) -> tuple[str, str, str | None, Asked]:
    return override.by, override.reason, override.note, override.asked


def _row(override: Override) -> dict[str, Any]:
    told = asdict(override) | {"role": override.role.value}
    del told["note"]  # in the body
    told["changes"] = orjson.dumps({"asked": told.pop("asked"), "changes": told["changes"]})
    told["breaches"] = orjson.dumps(told["breaches"])
    return told


def _override(row: Row[Any], words: tuple[bytes, ...] | None) -> Override:
    told = {name: value for name, value in row._mapping.items() if name not in BODY}
    kept = orjson.loads(told.pop("changes"))
    breaches = orjson.loads(told.pop("breaches"))
    return Override(
        **{**told, "role": Role(told["role"])},
        note=words[0].decode() if words else None,
        asked=Asked(**kept["asked"]),
        changes=tuple(Change(**change) for change in kept["changes"]),
        breaches=tuple(Breach(**breach) for breach in breaches),
    )
