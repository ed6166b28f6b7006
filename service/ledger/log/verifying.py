"""The proof that nothing was altered: every record against its leaf, every leaf's place against the signed heads.

Trusts the public keys and the checkpoints that are brought from outside, and nothing that the database says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, String, bindparam, cast, exists, select

from service.domain.merkle import Hash, folded, node_hash, root, subtree
from service.ledger.database import Database
from service.ledger.log.checkpoints import BadCheckpoint, Checkpoint, Verifier, opened
from service.ledger.log.leaves import KINDS, Kind, digest, leaf
from service.ledger.log.tree import HEIGHT, MissingNodes, Tiles
from service.ledger.tables import checkpoints, log, log_nodes, log_waiting

AT_ONCE = 1 << HEIGHT
"""Leaves looked at together: one tile of the tree."""
LATE = timedelta(minutes=1)
"""A leaf that waits longer was held back, or nothing seals."""

_TILE = (
    select(log).where(log.c.position >= bindparam("first"), log.c.position < bindparam("end")).order_by(log.c.position)
)
_HEADS = select(checkpoints).where(checkpoints.c.size > bindparam("size")).order_by(checkpoints.c.size).limit(AT_ONCE)
_NEWEST = select(checkpoints).order_by(checkpoints.c.size.desc()).limit(1)
_NODE = select(log_nodes.c.hash).where(log_nodes.c.level == HEIGHT, log_nodes.c.index == bindparam("index"))
_LATE = select(log_waiting.c.kind, log_waiting.c.record_id).where(log_waiting.c.written_at < bindparam("before"))
_LAST = select(log.c.position).order_by(log.c.position.desc()).limit(1)


@dataclass(frozen=True, slots=True)
class Finding:
    """`code` is stable and explained in `docs/audit.md`; `place` is what an auditor looks for in the database."""

    code: str
    place: str
    why: str

    def __str__(self) -> str:
        return f"{self.place}: {self.code}: {self.why}"


@dataclass(frozen=True, slots=True)
class Checked:
    """How far the proof has come: leaves and heads found right so far."""

    leaves: int
    heads: int


class Verification:
    """One pass over a ledger. `outside`: checkpoints kept elsewhere, as signed notes. `now`: aware."""

    def __init__(
        self, database: Database, verifiers: Sequence[Verifier], outside: Sequence[str], now: datetime
    ) -> None:
        self._database, self._verifiers, self._now = database, verifiers, now
        self._outside = outside
        self._leaves = self._heads = 0

    def whole(self) -> Iterator[Finding | Checked]:
        """Every record there is. Progress comes with every thousand leaves or so, and at the end."""
        with self._database.reads() as connection:
            yield from self._all_leaves(connection)
            yield from self._from_outside(connection)
            yield from _unlogged(connection)
            yield from self._held_back(connection)
        yield Checked(self._leaves, self._heads)

    def range(self, first: int, end: int) -> Iterator[Finding | Checked]:
        """The records at the positions from `first` up to `end`, and that they are in the newest head."""
        with self._database.reads() as connection:
            for tile in range(first >> HEIGHT, (end + AT_ONCE - 1) >> HEIGHT):
                start = tile << HEIGHT
                found = connection.execute(_TILE, {"first": start, "end": start + AT_ONCE}).all()
                within = [row for row in found if first <= row.position < end]
                yield from self._records(connection, within)
                yield from _node_finding(connection, tile, found)
                yield Checked(self._leaves, self._heads)
            yield from self._newest(connection)
            yield from self._from_outside(connection)
        yield Checked(self._leaves, self._heads)

    def _all_leaves(self, connection: Connection) -> Iterator[Finding | Checked]:
        heads = _Heads(connection, self._verifiers)
        frontier, position, tile = _Frontier(), 0, 0
        while rows := connection.execute(_TILE, {"first": tile << HEIGHT, "end": (tile + 1) << HEIGHT}).all():
            yield from self._records(connection, rows)
            yield from _node_finding(connection, tile, rows)
            for row in rows:
                if row.position != position:
                    yield Finding("log-gap", f"log position {position}", f"the next one is {row.position}")
                    return
                frontier.add(bytes(row.leaf))
                position += 1
                if heads.next_size == position:
                    yield from self._head(heads, frontier, position)
            tile += 1
            if tile % 4 == 0:
                yield Checked(self._leaves, self._heads)
        yield from heads.beyond(position)
        last = connection.execute(_LAST).scalar()
        if last is not None and last >= position:
            yield Finding("log-gap", f"log position {position}", f"positions go on up to {last}")
        elif heads.covered != position:
            why = f"the newest checkpoint covers {heads.covered} leaves, the log holds {position}"
            yield Finding("unsigned-tail", f"log position {heads.covered}", why)

    def _head(self, heads: _Heads, frontier: _Frontier, size: int) -> Iterator[Finding]:
        faults = list(heads.take(frontier.root))
        yield from faults
        self._heads += not faults

    def _records(self, connection: Connection, rows: Sequence[Row[Any]]) -> Iterator[Finding]:
        by_kind = sorted(rows, key=lambda row: row.kind)
        for name, group in groupby(by_kind, key=lambda row: row.kind):
            kind = KINDS.get(name)
            if kind is None:
                yield from (Finding("unknown-kind", f"log position {row.position}", repr(name)) for row in group)
                continue
            members = list(group)
            records = _records_of(connection, kind, [row.record_id for row in members])
            for row in members:
                fault = _fault(kind, row, records.get(row.record_id))
                if fault:
                    yield fault
                else:
                    self._leaves += 1

    def _newest(self, connection: Connection) -> Iterator[Finding]:
        row = connection.execute(_NEWEST).one_or_none()
        if row is None:
            yield Finding("no-checkpoint", "checkpoints", "there is none: nothing was ever sealed")
            return
        head = _opened(row.note, row.size, bytes(row.root), self._verifiers)
        if isinstance(head, Finding):
            yield head
            return
        fault = _against(connection, head, f"checkpoint {head.size}")
        if fault:
            yield fault
        else:
            self._heads += 1

    def _from_outside(self, connection: Connection) -> Iterator[Finding]:
        """What was published can't be rewritten: the log must still hold it."""
        for number, note in enumerate(self._outside, 1):
            place = f"checkpoint given, number {number}"
            try:
                head = opened(note, self._verifiers)
            except BadCheckpoint as bad:
                yield Finding("bad-checkpoint", place, bad.reason)
                continue
            fault = _against(connection, head, place)
            if fault:
                yield fault
            else:
                self._heads += 1

    def _held_back(self, connection: Connection) -> Iterator[Finding]:
        for kind, id in connection.execute(_LATE, {"before": self._now - LATE}):
            yield Finding("not-sealed", f"{kind} {id}", "it waits for a seal since more than a minute")


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


class _Heads:
    """The checkpoints of the database by rising size."""

    def __init__(self, connection: Connection, verifiers: Sequence[Verifier]) -> None:
        self._connection, self._verifiers = connection, verifiers
        self._rows: list[Row[Any]] = []
        self._broken = False
        self.covered = 0
        self._read()

    @property
    def next_size(self) -> int | None:
        return self._rows[0].size if self._rows else None

    def take(self, found: Hash) -> Iterator[Finding]:
        """The next one, against the root of as many leaves. After one that doesn't fit none can: only it is told."""
        row = self._rows.pop(0)
        head = _opened(row.note, row.size, bytes(row.root), self._verifiers)
        if isinstance(head, Finding):
            yield head
        elif head.root != found and not self._broken:
            self._broken = True
            place = f"log positions {self.covered} to {row.size - 1}"
            yield Finding("log-rewritten", place, f"they are not what the checkpoint of size {row.size} sealed")
        self.covered = row.size
        if not self._rows:
            self._read()

    def beyond(self, size: int) -> Iterator[Finding]:
        """Those that cover more than the log holds."""
        if self._rows:
            last = self._connection.execute(_NEWEST).one()
            why = f"the log ends here, and the checkpoint of {last.sealed_at.isoformat()} covers {last.size} leaves"
            self.covered = size
            yield Finding("cut-off", f"log position {size}", why)

    def _read(self) -> None:
        self._rows = list(self._connection.execute(_HEADS, {"size": self.covered}))


def _opened(note: str, size: int, root: Hash, verifiers: Sequence[Verifier]) -> Checkpoint | Finding:
    place = f"checkpoint {size}"
    try:
        head = opened(note, verifiers)
    except BadCheckpoint as bad:
        return Finding("bad-checkpoint", place, bad.reason)
    if (head.size, head.root) != (size, root):
        return Finding("bad-checkpoint", place, "its row isn't what its note says")
    return head


def _against(connection: Connection, head: Checkpoint, place: str) -> Finding | None:
    last = connection.execute(_LAST).scalar()
    size = 0 if last is None else last + 1
    if size < head.size:
        return Finding("cut-off", f"log position {size}", f"{place} covers {head.size} leaves")
    try:
        if root(head.size, Tiles(connection)) == head.root:
            return None
    except MissingNodes as missing:
        return Finding("log-gap", f"log position {missing.first}", str(missing))
    return Finding("log-rewritten", f"log positions 0 to {head.size - 1}", f"they are not what {place} sealed")


def _node_finding(connection: Connection, tile: int, rows: Sequence[Row[Any]]) -> Iterator[Finding]:
    """The stored hash of a complete tile, against its leaves."""
    if len(rows) != AT_ONCE:
        return
    stored = connection.execute(_NODE, {"index": tile}).scalar()
    if stored is not None and bytes(stored) != subtree([bytes(row.leaf) for row in rows]):
        place = f"log positions {tile << HEIGHT} to {(tile + 1 << HEIGHT) - 1}"
        yield Finding("tree-differs", place, "the stored hash over them isn't theirs")


def _records_of(connection: Connection, kind: Kind, ids: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
    columns = [column for column in kind.table.columns if column.name in kind.columns or column.name == "body"]
    wanted = [int(id) for id in ids if id.isdecimal()] if kind.key.name == "number" else ids
    statement = select(*columns).where(kind.key.in_(bindparam("ids", expanding=True)))
    return {str(row[kind.columns[0]]): row for row in connection.execute(statement, {"ids": wanted}).mappings()}


def _fault(kind: Kind, row: Row[Any], record: Mapping[str, Any] | None) -> Finding | None:
    place = f"{kind.name} {row.record_id}, log position {row.position}"
    if record is None:
        return Finding("deleted", place, "the log holds it, its table doesn't")
    if leaf(kind, record) != bytes(row.leaf):
        return Finding("edited", place, "its row isn't what was sealed")
    body = record.get("body")
    if body is not None and digest(bytes(body)) != record["body_digest"]:
        return Finding("edited", place, "its stored body isn't what was sealed")
    return None


def _unlogged(connection: Connection) -> Iterator[Finding]:
    """Records that are neither in the log nor waiting for it."""
    for kind in KINDS.values():
        key = cast(kind.key, String)
        logged = exists().where(log.c.record_id == key, log.c.kind == kind.name)
        waiting = exists().where(log_waiting.c.record_id == key, log_waiting.c.kind == kind.name)
        for (id,) in connection.execute(select(kind.key).where(~logged, ~waiting).order_by(kind.key)):
            yield Finding("inserted", f"{kind.name} {id}", "its table holds it, the log doesn't")


def findings(told: Iterable[Finding | Checked]) -> list[Finding]:
    return [one for one in told if isinstance(one, Finding)]
