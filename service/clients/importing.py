"""A file of the firm's books, brought in: good rows are kept, bad ones told with their line, none is counted twice.

What makes a row the same when it comes again: its reference, where it has one; else all that it says, and which one it
is among equal rows of its file. So a file may be brought in twice, or again after it was cut off half-way, and two
equal payments of one day in one file both count. Rows pass through a file on the disk, so memory stays flat.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import blake2b, sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any
from uuid import UUID

import orjson

from service.clients.files import columns_and_lines, picked
from service.clients.rows import Manner, judge
from service.domain.books import FIELDS, SUMMED, Content, Imported, Kind, Tally
from service.ledger.books import BookRow, Books, Fate

A_COMMIT = 2_000
_MEMORY = "256MB"
_DIGEST_BYTES = 16
_SETTLED = """
    SELECT row_number() OVER (PARTITION BY name, content ORDER BY line),
           name IS NOT NULL AND min(content) OVER named <> max(content) OVER named
    FROM spooled WINDOW named AS (PARTITION BY name) ORDER BY line
"""
"""Which of several equal rows each is, and whether its reference stands for others too, in the order of the file. By
hashes of what they say: whatever is of one size can be laid aside on the disk."""

Progress = Callable[[str, int], None]
"""Told of so many more rows, read or written."""
Refuse = Callable[[int, str], None]
"""Told of a line that isn't taken, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bringing:
    """`columns`: field to the file's column where they differ; other fields are looked for by their own names."""

    kind: Kind
    path: Path
    source: str
    columns: Mapping[str, str]
    manner: Manner


@dataclass(slots=True)
class _Count:
    rows: int = 0
    sums: Counter[str] = field(default_factory=Counter)

    def add(self, total: tuple[str, int] | None) -> None:
        self.rows += 1
        if total:
            self.sums[total[0]] += total[1]

    def tally(self) -> Tally:
        return Tally(self.rows, dict(sorted(self.sums.items())))


def bring_in(
    books: Books, bringing: Bringing, by: str, now: Callable[[], datetime], refuse: Refuse, progress: Progress
) -> Imported:
    """Raises Unreadable, OSError before anything is kept; LedgerUnavailable. What was committed until then stays, and
    bringing the file in again completes it."""
    columns, lines = columns_and_lines(bringing.path)
    places = picked(columns, _wanted(bringing, columns))
    counts = {name: _Count() for name in ("read", "refused", *Fate)}

    def refused(line: int, why: str, total: tuple[str, int] | None) -> None:
        counts["refused"].add(total)
        refuse(line, why)

    with TemporaryDirectory(prefix="quotewright-") as folder:
        spool = _Spool(Path(folder))
        with spool.open("w") as (rows, keys):
            write, write_key = csv.writer(rows).writerow, csv.writer(keys).writerow
            for line in lines:
                cells = {name: line.cells[at].strip() for name, at in places.items() if at < len(line.cells)}
                judged = None if line.fault else judge(bringing.kind, cells, bringing.manner)
                counts["read"].add(judged.sum if judged else None)
                progress("read", 1)
                if judged is None or judged.values is None:
                    refused(line.number, line.fault or "; ".join(judged.reasons if judged else ()), _sum(judged))
                else:
                    reference, content = _spooled(bringing.kind, judged.values)
                    write((line.number, reference, content))
                    write_key((line.number, _key(reference) if reference else "", _key(content)))
        import_id = books.begin(bringing.kind, bringing.source, by, now())
        for some in _settled(spool, bringing.kind, refused):
            fates = books.take(bringing.kind, import_id, [row for row, _ in some if row is not None])
            waiting = iter(fates)
            for row, total in some:
                counts[Fate.KNOWN if row is None else next(waiting)].add(total)
            progress("written", len(some))
    imported = _imported(import_id, bringing.kind, counts)
    books.finish(import_id, orjson.dumps(imported), now())
    return imported


@dataclass(frozen=True, slots=True)
class _Spool:
    """What was read, laid aside: `rows` with line, reference and content, `keys` with line and the hashes of both."""

    folder: Path

    @property
    def keys(self) -> Path:
        return self.folder / "keys.csv"

    @contextmanager
    def open(self, mode: str) -> Iterator[tuple[IO[str], IO[str]]]:
        """`rows` and `keys`."""
        with (
            (self.folder / "rows.csv").open(mode, encoding="utf-8", newline="") as rows,
            self.keys.open(mode, encoding="utf-8", newline="") as keys,
        ):
            yield rows, keys


def _key(text: str) -> str:
    return str(UUID(bytes=blake2b(text.encode(), digest_size=16).digest()))


def _wanted(bringing: Bringing, columns: list[str]) -> dict[str, str]:
    """Every field that must have a column, and those that have one by their own name."""
    known = {name.casefold() for name in columns}
    wanted = {}
    for each in FIELDS[bringing.kind]:
        needed = each.required and not (each.content is Content.CURRENCY and bringing.manner.currency)
        if each.name in bringing.columns or needed or each.name in known:
            wanted[each.name] = bringing.columns.get(each.name, each.name)
    return wanted


def _sum(judged: Any) -> tuple[str, int] | None:
    return judged.sum if judged else None


def _spooled(kind: Kind, values: tuple[Any, ...]) -> tuple[str, str]:
    """The row's reference, or nothing, and what it says beside."""
    names = [each.name for each in FIELDS[kind]]
    reference = values[names.index("reference")]
    content = [value for name, value in zip(names, values, strict=True) if name != "reference"]
    return ("" if reference is None else f"={reference}"), orjson.dumps(content).decode()


def _settled(
    spool: _Spool, kind: Kind, refused: Callable[[int, str, tuple[str, int] | None], None]
) -> Iterator[list[tuple[BookRow | None, tuple[str, int] | None]]]:
    """Rows to commit together, with their sums; None for one that stands twice under its reference."""
    import duckdb

    settings = {"memory_limit": _MEMORY, "threads": "2", "temp_directory": str(spool.folder)}
    names = [each.name for each in FIELDS[kind] if each.name != "reference"]
    with duckdb.connect(config=settings) as connection, spool.open("r") as (rows, _):
        spooled = connection.read_csv(
            str(spool.keys), header=False, columns={"line": "BIGINT", "name": "UUID", "content": "UUID"},
            quotechar='"', escapechar='"', auto_detect=False,
        )  # fmt: skip
        spooled.create_view("spooled")
        found, lines = connection.execute(_SETTLED), csv.reader(rows)
        while settled := found.fetchmany(A_COMMIT):
            some = []
            for (ordinal, contradicted), (line, name, content) in zip(settled, lines, strict=False):
                values = dict(zip(names, orjson.loads(content), strict=True))
                total = (values["currency"], values[SUMMED[kind]]) if kind in SUMMED else None
                if contradicted:
                    refused(int(line), f"reference: '{name[1:]}' stands for other rows of the file too", total)
                elif name and ordinal > 1:
                    some.append((None, total))
                else:
                    some.append((BookRow(_digest(kind, name, content, ordinal), _dated(kind, values)), total))
            yield some


def _digest(kind: Kind, name: str, content: str, ordinal: int) -> bytes:
    same = f"{kind}\n{name}" if name else f"{kind}\n{content}\n{ordinal}"
    return sha256(same.encode()).digest()[:_DIGEST_BYTES]


def _dated(kind: Kind, values: dict[str, Any]) -> dict[str, Any]:
    for each in FIELDS[kind]:
        if each.content is Content.DAY and values[each.name] is not None:
            values[each.name] = date.fromisoformat(values[each.name])
    return values


def _imported(import_id: str, kind: Kind, counts: Mapping[str, _Count]) -> Imported:
    new, replaced = counts[Fate.NEW], counts[Fate.REPLACED]
    taken = _Count(new.rows + replaced.rows, new.sums.copy())
    for currency, total in replaced.sums.items():
        taken.sums[currency] += total
    return Imported(
        import_id=import_id,
        kind=kind,
        read=counts["read"].tally(),
        taken=taken.tally(),
        known=counts[Fate.KNOWN].tally(),
        refused=counts["refused"].tally(),
        replaced=replaced.rows,
    )
