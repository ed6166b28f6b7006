"""How quotes ended, told and corrected: append and look up, nothing else. Knows nothing of quotes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, and_, exists, insert, select

from service.domain.afterwards import Ending, KeptEnding, RecordedEnding, Seen
from service.ledger.client_keys import packed_body, unpacked_bodies
from service.ledger.database import Database
from service.ledger.log.leaves import KINDS
from service.ledger.log.waiting import await_seal
from service.ledger.overrides import lock
from service.ledger.tables import BODY, decisions, outcomes

_LATER = outcomes.alias("later")
TOLD_LAST = and_(outcomes.c.decision_id == decisions.c.id, ~exists().where(_LATER.c.corrects == outcomes.c.id))
"""Of a decision, the outcome that counts: the one that no other corrects."""


class Outcomes:
    """Every method raises LedgerUnavailable when the database can't be used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, decision_id: str, ending: Ending, by: str, id: str, now: datetime) -> KeptEnding:
        """The latest again where it says the same; else one more, which corrects the latest.

        Of two at once the second corrects the first. `id`: of the one to be.
        """
        with self._database.writes() as connection:
            client = lock(connection, decision_id)
            earlier = _of(connection, decision_id)
            if earlier and earlier[-1].tells(ending):
                return KeptEnding(ending=earlier[-1], repeated=True)
            recorded = RecordedEnding(
                result=ending.result,
                final_amount=ending.final_amount,
                happened_on=ending.happened_on,
                why=ending.why,
                hassle=ending.hassle,
                id=id,
                decision_id=decision_id,
                recorded_at=now,
                by=by,
                corrects=earlier[-1].id if earlier else None,
            )
            body = packed_body(connection, self._database.kind, client, id, (_told(recorded),), now)
            row = _row(recorded) | body
            connection.execute(insert(outcomes), row)
            await_seal(connection, KINDS["outcome"], [row], now)
        return KeptEnding(ending=recorded, repeated=False)

    def of(self, decision_id: str) -> tuple[RecordedEnding, ...]:
        """What was told of a decision's quote: each corrects the one before it, and the last counts."""
        with self._database.reads() as connection:
            return _of(connection, decision_id)


def _of(connection: Connection, decision_id: str) -> tuple[RecordedEnding, ...]:
    rows = connection.execute(select(outcomes).where(outcomes.c.decision_id == decision_id)).all()
    after = {ending.corrects: ending for ending in map(_ending, rows, unpacked_bodies(connection, rows))}
    chain: list[RecordedEnding] = []
    while ending := after.get(chain[-1].id if chain else None):
        chain.append(ending)
    return tuple(chain)


def _row(ending: RecordedEnding) -> dict[str, Any]:
    columns = (
        "id", "decision_id", "recorded_at", "by", "result", "final_amount", "happened_on", "corrects"
    )  # fmt: skip
    return {name: getattr(ending, name) for name in columns}


def _told(ending: RecordedEnding) -> bytes:
    return orjson.dumps({"why": ending.why, "hassle": ending.hassle})


def _ending(row: Row[Any], words: tuple[bytes, ...] | None) -> RecordedEnding:
    told = {name: value for name, value in row._mapping.items() if name not in BODY}
    body = orjson.loads(words[0]) if words else {"why": None, "hassle": None}
    return RecordedEnding(**told, why=body["why"], hassle=Seen(**body["hassle"]) if body["hassle"] else None)
