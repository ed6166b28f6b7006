"""Signed heads that the log must meet: those of the database, and those that were kept outside. Computes no hash."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, Row, bindparam, select

from service.domain.merkle import Hash
from service.ledger.log.checkpoints import BadCheckpoint, Checkpoint, OtherKey, Verifier, opened
from service.ledger.log.findings import Finding, span
from service.ledger.tables import checkpoints

AT_ONCE = 256
_HEADS = select(checkpoints).where(checkpoints.c.size > bindparam("size")).order_by(checkpoints.c.size).limit(AT_ONCE)
_NEWEST = select(checkpoints).order_by(checkpoints.c.size.desc()).limit(1)


class Heads:
    """The checkpoints of the database by rising size. One by a key that isn't given proves nothing, and is no finding
    where a later one by a given key covers the same leaves: so it is after a rotation."""

    def __init__(self, connection: Connection, verifiers: Sequence[Verifier]) -> None:
        self._connection, self._verifiers = connection, verifiers
        self._rows: list[Row[tuple[int, bytes, object, str]]] = []
        self._broken = self._trusted = False
        self._unproved: list[Finding] = []
        self.covered = self.right = 0
        self._read()

    @property
    def next_size(self) -> int | None:
        return self._rows[0].size if self._rows else None

    def take(self, found: Hash) -> Iterator[Finding]:
        """The next one, against the root of as many leaves. After one that doesn't fit none can: only it is told."""
        row = self._rows.pop(0)
        head = read(row, self._verifiers)
        if isinstance(head, OtherKey):
            finding = Finding("bad-checkpoint", f"checkpoint {row.size}", head.reason)
            if self._trusted:
                yield finding
            else:
                self._unproved = self._unproved or [finding]
        elif isinstance(head, Finding):
            yield head
        else:
            self._trusted, self._unproved = True, []
            if head.root == found:
                self.right += 1
            elif not self._broken:
                self._broken = True
                why = f"not what the checkpoint of size {row.size} sealed"
                yield Finding("log-rewritten", span(self.covered, row.size), why)
        self.covered = row.size
        if not self._rows:
            self._read()

    def ended(self, size: int) -> Iterator[Finding]:
        """What is left where the log holds `size` leaves: heads that cover more, and leaves that none covers."""
        yield from self._unproved
        last = self._connection.execute(_NEWEST).one_or_none()
        if last is None:
            if size:
                yield Finding("no-checkpoint", "checkpoints", "there is none: nothing was ever sealed")
        elif last.size > size:
            why = f"the log ends here, and the checkpoint of {last.sealed_at.isoformat()} covers {last.size} leaves"
            yield Finding("cut-off", f"log position {size}", why)
        elif last.size < size:
            why = f"the newest checkpoint covers {last.size} leaves, the log holds {size}"
            yield Finding("unsigned-tail", f"log position {last.size}", why)

    def _read(self) -> None:
        self._rows = list(self._connection.execute(_HEADS, {"size": self.covered}))


class Outside:
    """Checkpoints that were kept elsewhere, as signed notes: what was published can't be rewritten."""

    def __init__(self, notes: Sequence[str], verifiers: Sequence[Verifier]) -> None:
        self.faults: list[Finding] = []
        self.right = 0
        found = []
        for number, note in enumerate(notes, 1):
            place = f"checkpoint given, number {number}"
            try:
                found.append((opened(note, verifiers), place))
            except BadCheckpoint as bad:
                self.faults.append(Finding("bad-checkpoint", place, bad.reason))
        self.heads: list[tuple[Checkpoint, str]] = sorted(found, key=lambda one: one[0].size)

    @property
    def next_size(self) -> int | None:
        return self.heads[0][0].size if self.heads else None

    def take(self, found: Hash) -> Iterator[Finding]:
        """All of the next size, against the root of as many leaves."""
        size = self.next_size
        while self.next_size == size is not None:
            head, place = self.heads.pop(0)
            if head.root == found:
                self.right += 1
            else:
                yield Finding("log-rewritten", span(0, head.size), f"not what the {place} sealed")

    def ended(self, size: int) -> Iterator[Finding]:
        """Those that cover more than the log holds."""
        for head, place in self.heads:
            yield Finding("cut-off", f"log position {size}", f"the {place} covers {head.size} leaves")


def newest(connection: Connection, verifiers: Sequence[Verifier]) -> Checkpoint | Finding:
    """The database's own last one."""
    row = connection.execute(_NEWEST).one_or_none()
    if row is None:
        return Finding("no-checkpoint", "checkpoints", "there is none: nothing was ever sealed")
    head = read(row, verifiers)
    return Finding("bad-checkpoint", f"checkpoint {row.size}", head.reason) if isinstance(head, OtherKey) else head


def read(row: Row[tuple[int, bytes, object, str]], verifiers: Sequence[Verifier]) -> Checkpoint | Finding | OtherKey:
    place = f"checkpoint {row.size}"
    try:
        head = opened(row.note, verifiers)
    except OtherKey as other:
        return other
    except BadCheckpoint as bad:
        return Finding("bad-checkpoint", place, bad.reason)
    if (head.size, head.root) != (row.size, bytes(row.root)):
        return Finding("bad-checkpoint", place, "its row isn't what its note says")
    return head
