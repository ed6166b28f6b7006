"""The proof that nothing was altered: every record against its leaf, every leaf's place against the signed heads.

Trusts the public keys and the checkpoints that are brought from outside, and nothing that the database says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select

from service.domain.merkle import Find, Hash, folded, node_hash, root, subtree
from service.ledger.database import Database
from service.ledger.log.checkpoints import Checkpoint, Verifier
from service.ledger.log.findings import Checked, Finding, span
from service.ledger.log.heads import Heads, Outside, newest
from service.ledger.log.records import Records, held_back, unlogged
from service.ledger.log.tree import HEIGHT, MissingNodes, Tiles, stored_nodes
from service.ledger.tables import checkpoints, log

AT_ONCE = 1 << HEIGHT
"""Leaves looked at together: one tile of the tree."""

_TILE = (
    select(log).where(log.c.position >= bindparam("first"), log.c.position < bindparam("end")).order_by(log.c.position)
)
_LAST = select(log.c.position).order_by(log.c.position.desc()).limit(1)
_SEALED_BEFORE = select(func.max(checkpoints.c.size)).where(checkpoints.c.sealed_at < bindparam("moment"))
_SEALED_AFTER = select(func.min(checkpoints.c.size)).where(checkpoints.c.sealed_at >= bindparam("moment"))


class Verification:
    """One pass over a ledger. `outside`: checkpoints kept elsewhere, as signed notes. `now`: aware."""

    def __init__(
        self, database: Database, verifiers: Sequence[Verifier], outside: Sequence[str], now: datetime
    ) -> None:
        self._database, self._verifiers, self._now = database, verifiers, now
        self._outside = outside

    def size(self) -> int:
        """How many leaves there are to look at."""
        with self._database.reads() as connection:
            return log_size(connection)

    def whole(self) -> Iterator[Finding | Checked]:
        """Every record there is. Progress comes with every thousand leaves or so, and at the end."""
        with self._database.snapshot() as connection:
            walk = _Walk(connection, self._verifiers, self._outside)
            yield from walk.leaves()
            yield from _higher(connection, walk.looked_at)
            yield from unlogged(connection)
            yield from held_back(connection, self._now)
        yield walk.checked

    def range(self, first: int, end: int) -> Iterator[Finding | Checked]:
        """The records at the positions from `first` up to `end`, and that they are in the newest head and in those
        from outside."""
        with self._database.snapshot() as connection:
            records, outside = Records(connection), Outside(self._outside, self._verifiers)
            yield from outside.faults
            end = min(end, log_size(connection))
            partly, looked_at, right = _Partly(Tiles(connection)), 0, 0
            for tile in range(first >> HEIGHT, (end + AT_ONCE - 1) >> HEIGHT):
                rows = _tile(connection, tile)
                within = [row for row in rows if first <= row.position < end]
                yield from records.faults(within)
                yield from partly.see(connection, tile, rows)
                looked_at += len(within)
                yield Checked(records.right, 0, records.wordless, looked_at)
            head = newest(connection, self._verifiers)
            if isinstance(head, Finding):
                yield head
            else:
                outside.heads.append((head, f"checkpoint {head.size}"))
            for each, place in outside.heads:
                fault = _against(connection, partly.find, each, place)
                right += fault is None
                if fault:
                    yield fault
        yield Checked(records.right, right, records.wordless, looked_at)


class _Walk:
    """All leaves in their order, a tree grown from them, and each signed head met at its size."""

    def __init__(self, connection: Connection, verifiers: Sequence[Verifier], notes: Sequence[str]) -> None:
        self._connection = connection
        self._records = Records(connection)
        self._heads, self._outside = Heads(connection, verifiers), Outside(notes, verifiers)
        self._frontier = _Frontier()
        self._gap = False
        self.looked_at = 0

    @property
    def checked(self) -> Checked:
        right = self._heads.right + self._outside.right
        return Checked(self._records.right, right, self._records.wordless, self.looked_at)

    def leaves(self) -> Iterator[Finding | Checked]:
        yield from self._outside.faults
        size = log_size(self._connection)
        for tile in range((size + AT_ONCE - 1) >> HEIGHT):
            rows = _tile(self._connection, tile)
            yield from self._records.faults(rows)
            yield from _node_finding(self._connection, tile, rows)
            for row in rows:
                if not self._gap:
                    yield from self._placed(row)
                self.looked_at += 1
            if tile % 4 == 3:
                yield self.checked
        if not self._gap:
            yield from self._heads.ended(size)
            yield from self._outside.ended(size)

    def _placed(self, row: Row[Any]) -> Iterator[Finding]:
        """Behind a gap no head can be met: the gap is told, and from there on only records are looked at."""
        if row.position != self.looked_at:
            self._gap = True
            yield Finding("log-gap", f"log position {self.looked_at}", f"the next one is {row.position}")
            return
        self._frontier.add(bytes(row.leaf))
        size = row.position + 1
        for heads in (self._heads, self._outside):
            if heads.next_size == size:
                yield from heads.take(self._frontier.root)


class _Frontier:
    """The peaks of a tree that leaves are added to."""

    def __init__(self) -> None:
        self._peaks: list[tuple[int, Hash]] = []

    def add(self, hash: Hash) -> None:
        level = 0
        while self._peaks and self._peaks[-1][0] == level:
            _, left = self._peaks.pop()
            level, hash = level + 1, node_hash(left, hash)
        self._peaks.append((level, hash))

    @property
    def root(self) -> Hash:
        return folded([hash for _, hash in self._peaks])


class _Partly:
    """Hashes of subtrees: worked out from the leaves of the tiles that were seen, taken as stored beside them."""

    def __init__(self, stored: Tiles) -> None:
        self._stored = stored
        self._seen: dict[int, Hash] = {}
        self._differs = False

    def see(self, connection: Connection, tile: int, rows: Sequence[Row[Any]]) -> Iterator[Finding]:
        """A tile, which must be complete where it isn't the last."""
        for position, row in enumerate(rows, tile << HEIGHT):
            if row.position != position:
                yield Finding("log-gap", f"log position {position}", f"the next one is {row.position}")
                return
        if len(rows) == AT_ONCE:
            self._seen[tile] = subtree([bytes(row.leaf) for row in rows])
        elif log_size(connection) > (tile << HEIGHT) + len(rows):
            yield Finding("log-gap", f"log position {(tile << HEIGHT) + len(rows)}", "the log goes on behind it")
        for finding in _node_finding(connection, tile, rows):
            self._differs = True
            yield finding

    @property
    def find(self) -> Find:
        """Where a tile isn't what is stored that is told already, and what is stored may still be what was signed."""
        return self._stored if self._differs else self._hash

    def _hash(self, level: int, index: int) -> Hash:
        if level == HEIGHT and index in self._seen:
            return self._seen[index]
        first, count = index << max(level - HEIGHT, 0), 1 << max(level - HEIGHT, 0)
        if level > HEIGHT and any(tile in self._seen for tile in range(first, first + count)):
            return node_hash(self._hash(level - 1, 2 * index), self._hash(level - 1, 2 * index + 1))
        return self._stored(level, index)


def sealed_between(database: Database, start: datetime, end: datetime) -> tuple[int, int]:
    """Between which positions all lies that was recorded from `start` up to `end`, by the times of the seals."""
    with database.reads() as connection:
        first = connection.execute(_SEALED_BEFORE, {"moment": start}).scalar() or 0
        behind = connection.execute(_SEALED_AFTER, {"moment": end}).scalar()
        return first, log_size(connection) if behind is None else behind


def log_size(connection: Connection) -> int:
    """How many leaves the log holds, if it has no gap."""
    last = connection.execute(_LAST).scalar()
    return 0 if last is None else last + 1


def _tile(connection: Connection, tile: int) -> Sequence[Row[Any]]:
    return connection.execute(_TILE, {"first": tile << HEIGHT, "end": (tile + 1) << HEIGHT}).all()


def _against(connection: Connection, find: Find, head: Checkpoint, place: str) -> Finding | None:
    size = log_size(connection)
    if size < head.size:
        return Finding("cut-off", f"log position {size}", f"the {place} covers {head.size} leaves")
    try:
        if root(head.size, find) == head.root:
            return None
    except MissingNodes as missing:
        return Finding("log-gap", f"log position {missing.first << missing.level}", str(missing))
    return Finding("log-rewritten", span(0, head.size), f"not what the {place} sealed")


def _node_finding(connection: Connection, tile: int, rows: Sequence[Row[Any]]) -> Iterator[Finding]:
    """The stored hash of a complete tile, against its leaves."""
    if len(rows) == AT_ONCE:
        yield from _differing(connection, HEIGHT, tile, [bytes(row.leaf) for row in rows])


def _higher(connection: Connection, size: int) -> Iterator[Finding]:
    """The stored hashes above those of the tiles, each against those that it is made of."""
    level = 2 * HEIGHT
    while size >> level:
        for index in range(size >> level):
            below = stored_nodes(connection, level - HEIGHT, index << HEIGHT, (index + 1) << HEIGHT)
            yield from _differing(connection, level, index, below)
        level += HEIGHT


def _differing(connection: Connection, level: int, index: int, below: Sequence[Hash]) -> Iterator[Finding]:
    stored = stored_nodes(connection, level, index, index + 1)
    if len(below) != AT_ONCE or stored != [subtree(below)]:
        place = span(index << level, (index + 1) << level)
        yield Finding("tree-differs", place, "the stored hash over them isn't theirs" if stored else "it isn't stored")
