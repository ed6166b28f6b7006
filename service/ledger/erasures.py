"""Erasure of what a client's records say in words, on request: the key goes, rows, log and proofs stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, select

from service.domain.acts import ActKind, Erasure
from service.ledger.acts import record_act
from service.ledger.client_keys import erase
from service.ledger.database import Database
from service.ledger.tables import client_keys, decisions

_LATEST = (
    select(client_keys.c.erased_at, client_keys.c.erased_by)
    .where(client_keys.c.client_id == bindparam("client"), client_keys.c.erased_at.is_not(None))
    .order_by(client_keys.c.erased_at.desc())
    .limit(1)
)
_ERASED_AT = (
    select(client_keys.c.erased_at)
    .join(decisions, decisions.c.key_id == client_keys.c.id)
    .where(decisions.c.id == bindparam("id"))
)


@dataclass(frozen=True, slots=True)
class NoSuchClient:
    """Nothing was ever recorded of the client."""

    client_id: str


class Erasures:
    """Every method raises LedgerUnavailable when the database can't be used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def erase(self, client: str, by: str, reason: str, now: datetime) -> Erasure | NoSuchClient:
        """What is being recorded of the client at this moment is either erased as well or comes later, under a key of
        its own."""
        if "\0" in client:  # PostgreSQL refuses to be asked for such text
            return NoSuchClient(client)
        with self._database.erases() as connection:
            keys = erase(connection, client, by, now)
            if keys:
                record_act(
                    connection, ActKind.ERASURE, by, {"client_id": client, "keys": keys, "reason": reason}, now
                )  # fmt: skip
            else:
                earlier = connection.execute(_LATEST, {"client": client}).one_or_none()
        if keys:
            self._database.leave_no_trace()
            return Erasure(client_id=client, erased_at=now, by=by, repeated=False)
        if earlier is None:
            return NoSuchClient(client)
        return Erasure(client_id=client, erased_at=earlier.erased_at, by=earlier.erased_by, repeated=True)

    def erased_on(self, decision_id: str) -> date | None:
        """The day on which a decision's words were erased; None where that was never asked for."""
        with self._database.reads() as connection:
            moment = connection.execute(_ERASED_AT, {"id": decision_id}).scalar_one_or_none()
        return None if moment is None else moment.date()
