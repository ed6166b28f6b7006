"""Acts upon the record, append-only and in the log. Works within a transaction of its caller."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, insert, select

from service.domain.acts import Act, ActKind
from service.ledger.log.leaves import KINDS
from service.ledger.log.waiting import await_seal
from service.ledger.tables import ledger_acts

_ALL = select(ledger_acts).where(ledger_acts.c.number > bindparam("after")).order_by(ledger_acts.c.number)
_INSERT = insert(ledger_acts).returning(ledger_acts.c.number)


def record_act(connection: Connection, kind: ActKind, by: str, details: Mapping[str, Any], now: datetime) -> None:
    row = {"at": now, "act": kind.value, "by": by, "details": orjson.dumps(details, option=orjson.OPT_SORT_KEYS)}
    number = connection.execute(_INSERT, row).scalar_one()
    await_seal(connection, KINDS["act"], [row | {"number": number}], now)


def acts(connection: Connection, after: int = 0) -> Iterator[Act]:
    """In their order, those with a number above `after`."""
    for row in connection.execute(_ALL, {"after": after}):
        yield Act(
            number=row.number, at=row.at, kind=ActKind(row.act), by=row.by, details=orjson.loads(row.details)
        )  # fmt: skip
