"""Seals: what was recorded since the last one gets its place in the log, and the new head is signed.

Writers never wait for one another's place: they leave their leaves, and one process after another, whichever comes
first, puts what it finds in order. Any process may; a lock lets one of them do it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from service.domain.merkle import root
from service.ledger.database import Database
from service.ledger.inserting import Insert
from service.ledger.log.checkpoints import Checkpoint, Signer, signed
from service.ledger.log.keys import add_key, knows
from service.ledger.log.tree import Tiles, grow, sealed_size
from service.ledger.tables import checkpoints, log, log_waiting

A_SEAL = 10_000
"""Leaves sealed in one transaction, at most; what is left waits for the next, which follows at once."""

_ANY = select(log_waiting.c.number).limit(1)
_FIRST = select(log_waiting.c.number).order_by(log_waiting.c.number).limit(A_SEAL).subquery()
TAKE = (
    delete(log_waiting)
    .where(log_waiting.c.number <= select(func.max(_FIRST.c.number)).scalar_subquery())
    .returning(*log_waiting.c)
)
"""What was read and what is deleted must be the same: between two statements more may come in. By a bound, which is
found once: PostgreSQL takes this table for as empty as it mostly is, and would look through a list for each row."""
_INSERT_LOG, _INSERT_CHECKPOINT = Insert(log), insert(checkpoints)


class Sealer:
    """`signer`: whose name is the log's origin. Every method raises LedgerUnavailable."""

    def __init__(self, database: Database, signer: Signer, now: Callable[[], datetime]) -> None:
        self._database, self._signer, self._now = database, signer, now

    def seal(self) -> tuple[Checkpoint, str] | None:
        """The new head and its signed note; None where nothing waits."""
        with self._database.reads() as connection:
            if connection.execute(_ANY).first() is None:
                return None
        with self._database.writes_alone() as connection:
            return self._sealed(connection, [self._signer])

    def hand_over(self, following: Signer, by: str) -> tuple[Checkpoint, str] | None:
        """To another key of the same name: from now on the ledger goes by both, and the checkpoint that both have
        signed shows to whoever trusts the old one that the new one is the ledger's too. `by`: who answers for it.

        None, and nothing is done, where the ledger goes by that key already.
        """
        while self.seal():
            pass
        with self._database.writes_alone() as connection:
            if knows(connection, following.verifier):
                return None
            add_key(connection, following.verifier, by, self._now())
            return self._sealed(connection, [self._signer, following])

    def _sealed(self, connection: Connection, signers: Sequence[Signer]) -> tuple[Checkpoint, str] | None:
        waiting = sorted(connection.execute(TAKE), key=lambda row: row.number)
        if not waiting:
            return None
        before = sealed_size(connection)
        after = before + len(waiting)
        _INSERT_LOG.run(
            connection,
            [
                {"position": position, "kind": row.kind, "record_id": row.record_id, "leaf": row.leaf}
                for position, row in enumerate(waiting, before)
            ],
        )
        grow(connection, before, after)
        head = Checkpoint(self._signer.verifier.name, after, root(after, Tiles(connection)), self._now())
        note = signed(head, signers)
        connection.execute(
            _INSERT_CHECKPOINT, {"size": after, "root": head.root, "sealed_at": head.sealed_at, "note": note}
        )
        return head, note
