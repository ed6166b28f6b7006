"""CSV text as a spreadsheet saves it to rows of cells with their lines. Knows no tables: cells stay text.

A formula is text like any other: nothing here is ever evaluated.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass

from service.policy.findings import Finding, Place
from service.policy.yaml_text import MAX_BYTES

_DELIMITERS = "\t;,"
"""Where two stand equally often in the first line, the earlier: a comma may be part of an expression."""

_QUOTED = re.compile(r'"[^"]*"?')
_DECLARED = re.compile(r'(?i)("?)sep=([\t;,])\1([\t;,]*)(?:\r\n|\n|\r)')
"""A first line `sep=;`. One that is quoted or padded was saved as a row by a program that didn't know it."""


@dataclass(frozen=True, slots=True)
class Line:
    """Cells without the white space around them and without empty ones at the end. `line` is 1-based."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The lines of a CSV file that are not empty."""

    file: str
    lines: tuple[Line, ...]

    def place(self, line: Line, cell: int) -> Place:
        """The column of a place in CSV is the number of the cell, counted from 1."""
        return Place(self.file, line.line, cell + 1)


def parse(file: str, raw: bytes) -> tuple[Sheet | None, list[Finding]]:
    """The sheet, or why it can't be read. UTF-8 with or without a mark; `,`, `;` or tab between cells."""
    start = Place(file, 1, 1)
    if len(raw) > MAX_BYTES:
        return None, [Finding(start, "too-large", f"a file may have {MAX_BYTES:,} bytes, this one has {len(raw):,}")]
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        hint = "save it as 'CSV UTF-8'"
        return None, [Finding(Place(file, line, 1), "bad-csv", "the file is not UTF-8 text", hint)]
    before, delimiter = 0, ""
    if declared := _DECLARED.match(text):
        before = 1
        delimiter = "" if declared[1] or declared[3] else declared[2]
        text = text[declared.end() :]
    if not delimiter:
        first = _QUOTED.sub("", text.lstrip("\r\n").partition("\n")[0])
        delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: list[Line] = []
    ended = 0
    try:
        for record in reader:
            cells = [cell.strip() for cell in record]
            while cells and not cells[-1]:
                cells.pop()
            if cells:
                lines.append(Line(before + ended + 1, tuple(cells)))
            ended = reader.line_num
    except csv.Error as error:
        place = Place(file, before + ended + 1, 1)  # where the row begins: a quote left open ends with the file
        return None, [Finding(place, "bad-csv", f"this is not CSV: {error}", 'a quote inside a cell is written ""')]
    return Sheet(file, tuple(lines)), []
