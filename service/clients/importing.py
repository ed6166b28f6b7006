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
from hashlib import sha256
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from service.clients.files import columns_and_lines, picked
from service.clients.repeats import Repeat, Repeats
from service.clients.rows import Manner, judge
from service.domain.books import FIELDS, SUMMED, Content, Imported, Kind, Tally
from service.ledger.books import BookRow, Books, Fate

A_COMMIT = 2_000
_DIGEST_BYTES = 16

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
        with spool.writing() as write:
            for line in lines:
                cells = {name: line.cells[at].strip() for name, at in places.items() if at < len(line.cells)}
                judged = None if line.fault else judge(bringing.kind, cells, bringing.manner)
                counts["read"].add(judged.sum if judged else None)
                progress("read", 1)
                if judged is None or judged.values is None:
                    refused(line.number, line.fault or "; ".join(judged.reasons if judged else ()), _sum(judged))
                else:
                    write(line.number, *_spooled(bringing.kind, judged.values))
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


class _Spool:
    """What was read, laid aside: line, reference and content of each row, and what may repeat another."""

    def __init__(self, folder: Path) -> None:
        self._rows, self._repeats = folder / "rows.csv", Repeats(folder)

    @contextmanager
    def writing(self) -> Iterator[Callable[[int, str, str], None]]:
        """What takes a row: its line, reference and content."""
        with self._rows.open("w", encoding="utf-8", newline="") as file:
            lay_aside, note = csv.writer(file).writerow, self._repeats.note

            def write(line: int, reference: str, content: str) -> None:
                lay_aside((line, reference, content))
                note(line, reference, content)

            yield write

    def read(self) -> Iterator[tuple[int, str, str, Repeat | None]]:
        """In the order of the file."""
        repeats = self._repeats.found()
        repeat = next(repeats, None)
        with self._rows.open(encoding="utf-8", newline="") as file:
            for line, reference, content in csv.reader(file):
                here = repeat if repeat and repeat.line == int(line) else None
                yield int(line), reference, content, here
                repeat = next(repeats, None) if here else repeat


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
    names = [each.name for each in FIELDS[kind] if each.name != "reference"]
    rows = spool.read()
    while read := list(islice(rows, A_COMMIT)):
        some = []
        for line, name, content, repeat in read:
            values = dict(zip(names, orjson.loads(content), strict=True))
            total = (values["currency"], values[SUMMED[kind]]) if kind in SUMMED else None
            ordinal = repeat.ordinal if repeat else 1
            if repeat and repeat.contradicted:
                refused(line, f"reference: '{name[1:]}' stands for other rows of the file too", total)
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
