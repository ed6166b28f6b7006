"""The rows of a file as text: CSV, Excel and Parquet. One row at a time; knows nothing of what the columns mean."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zipfile import BadZipFile

SUFFIXES = (".csv", ".xlsx", ".parquet")
_AT_ONCE = 5_000
_DELIMITERS = (",", ";", "\t")


class Unreadable(Exception):
    """The file as a whole can't be read. Its text says what to do."""


@dataclass(frozen=True, slots=True)
class Line:
    """`number`: in CSV the file's own line, else the row with the header as the first. `fault`: why it has no cells."""

    number: int
    cells: Sequence[str]
    fault: str = ""


def columns_and_lines(path: Path) -> tuple[list[str], Iterator[Line]]:
    """The header's columns, and what stands below. Raises Unreadable, OSError."""
    match path.suffix.lower():
        case ".csv":
            lines = _csv(path)
        case ".xlsx":
            lines = _excel(path)
        case ".parquet":
            lines = _parquet(path)
        case other:
            raise Unreadable(f"{path.name}: a file named {', '.join(SUFFIXES)} is wanted, not {other or 'this'}.")
    header = next(lines, None)
    if header is None or header.fault or not any(header.cells):
        raise Unreadable(f"{path.name}: the first line must name the columns.")
    columns = [cell.strip() for cell in header.cells]
    doubled = sorted({name for name in columns if name and columns.count(name) > 1})
    if doubled:
        raise Unreadable(f"{path.name}: the column {doubled[0]} stands there twice.")
    return columns, lines


def picked(columns: Sequence[str], wanted: Mapping[str, str]) -> dict[str, int]:
    """Where each field's column is. `wanted`: field to the column's name. Raises Unreadable for a missing one."""
    places = {name.casefold(): place for place, name in enumerate(columns) if name}
    for field, name in wanted.items():
        if name.casefold() not in places:
            raise Unreadable(f"There is no column '{name}' for {field}; the columns are {', '.join(columns)}.")
    return {field: places[name.casefold()] for field, name in wanted.items()}


def _csv(path: Path) -> Iterator[Line]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            first = file.readline()
            file.seek(0)
            reader = csv.reader(file, delimiter=max(_DELIMITERS, key=first.count), strict=True)
            while True:
                begins = reader.line_num + 1
                try:
                    cells = next(reader)
                except csv.Error as fault:
                    yield Line(begins, (), f"not CSV: {fault}")
                except StopIteration:
                    return
                else:
                    if cells:
                        yield Line(begins, cells)
        except UnicodeDecodeError as fault:
            raise Unreadable(f"{path.name}: not UTF-8 (byte {fault.start}); save it as CSV in UTF-8.") from fault


def _excel(path: Path) -> Iterator[Line]:
    import openpyxl  # only who brings such a file pays for it
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError) as fault:
        raise Unreadable(f"{path.name}: not an Excel workbook.") from fault
    try:
        for number, row in enumerate(book.worksheets[0].iter_rows(values_only=True), 1):
            cells = [_written(cell) for cell in row]
            if any(cells):
                yield Line(number, cells)
    finally:
        book.close()


def _parquet(path: Path) -> Iterator[Line]:
    import duckdb

    with duckdb.connect() as connection:
        try:
            found = connection.execute("SELECT * FROM read_parquet(?)", [str(path)])
        except duckdb.Error as fault:
            raise Unreadable(f"{path.name}: not a Parquet file.") from fault
        yield Line(1, [column[0] for column in found.description])
        number = 1
        while rows := found.fetchmany(_AT_ONCE):
            for row in rows:
                number += 1
                yield Line(number, [_written(cell) for cell in row])


def _written(cell: object) -> str:
    """As a person would read it: a binary fraction by its shortest decimal, midnight as its day."""
    match cell:
        case None:
            return ""
        case bool():
            return str(cell).lower()
        case float():
            return f"{Decimal(repr(cell)):f}".removesuffix(".0")
        case Decimal():
            return f"{cell:f}"
        case datetime() if (cell.hour, cell.minute, cell.second, cell.microsecond) == (0, 0, 0, 0):
            return cell.date().isoformat()
        case date():
            return cell.isoformat()
    return str(cell)
