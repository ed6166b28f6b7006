"""Exports that need a file to be written into: Excel sheets and Parquet. Rows pass through, none is kept."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, islice
from pathlib import Path

from service.exporting.columns import COLUMNS, cells
from service.exporting.text_files import csv_blocks
from service.ledger.search import Found

SHEET_ROWS = 1_048_575
"""Excel takes so many beside the header; more go on in another sheet."""
_TYPES = {str: "VARCHAR", int: "BIGINT", bool: "BOOLEAN"}
_MEMORY = "256MB"


def write_xlsx(path: Path, rows: Iterable[Found]) -> None:
    import xlsxwriter  # only who asks for it pays for it

    # Text stays text: a client's id that begins with = is no formula.
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "tmpdir": str(path.parent), **plain}) as book:
        waiting, number = iter(rows), 0
        while (first := next(waiting, None)) is not None or number == 0:
            number += 1
            sheet = book.add_worksheet(f"decisions {number}" if number > 1 else "decisions")
            sheet.write_row(0, 0, COLUMNS)
            here = chain([] if first is None else [first], islice(waiting, SHEET_ROWS - 1))
            for place, row in enumerate(here, 1):
                sheet.write_row(place, 0, cells(row))


def write_parquet(path: Path, rows: Iterable[Found]) -> None:
    import duckdb

    between = path.with_name(f"{path.name}.csv")
    try:
        with between.open("wb") as file:
            file.writelines(csv_blocks(rows, guarded=False))
        types = {name: _TYPES[kind] for name, kind in COLUMNS.items()}
        settings = {"memory_limit": _MEMORY, "threads": "1", "temp_directory": str(path.parent)}
        with duckdb.connect(config=settings) as connection:
            read = connection.read_csv(
                str(between), header=True, columns=types, quotechar='"', escapechar='"', auto_detect=False,
            )  # fmt: skip
            # CSV has one empty cell for nothing and for no rules.
            read = read.project("* REPLACE (coalesce(rules, '') AS rules)")
            read.write_parquet(str(path), compression="zstd")
    finally:
        between.unlink(missing_ok=True)
