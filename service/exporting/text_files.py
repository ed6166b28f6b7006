"""Exports that stream: CSV, and JSON Lines with every decision in its own words. Nothing is held but a few lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

import orjson

from service.exporting.columns import COLUMNS, Cell, cells
from service.ledger.bodies import UnreadableBody
from service.ledger.entries import Recorded
from service.ledger.search import Found

_FORMULA = ("=", "+", "-", "@")
"""What a spreadsheet program takes for a formula at the beginning of a cell: somebody's client id could be one."""
_BLOCK = 64 * 1024


def csv_blocks(rows: Iterable[Found], guarded: bool = True) -> Iterator[bytes]:
    """RFC 4180 with a header. `guarded`: an apostrophe stands before text that would be a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_written(cell, guarded) for cell in cells(row)])
        if text.tell() > _BLOCK:
            yield _taken(text)
    yield _taken(text)


def json_lines(rows: Iterable[tuple[Found, Recorded | UnreadableBody]]) -> Iterator[bytes]:
    """A decision a line: the columns, and in `decision` the bytes that were answered; null where they are erased or
    not what was written."""
    for found, recorded in rows:
        kept = isinstance(recorded, Recorded) and recorded.kept
        told = dict(zip(COLUMNS, cells(found), strict=True))
        words = orjson.Fragment(recorded.answer) if isinstance(recorded, Recorded) and kept else None
        yield orjson.dumps({**told, "decision": words}, option=orjson.OPT_APPEND_NEWLINE)


def _taken(text: io.StringIO) -> bytes:
    block = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return block


def _written(cell: Cell, guarded: bool) -> Cell:
    if isinstance(cell, bool):
        return str(cell).lower()
    return f"'{cell}" if guarded and isinstance(cell, str) and cell.startswith(_FORMULA) else cell
