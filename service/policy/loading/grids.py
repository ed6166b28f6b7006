"""The columns and rows of decision tables as written, in YAML or in a CSV file beside. Knows no types and no slots."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from service.policy.book import Hit
from service.policy.csv_text import Sheet
from service.policy.findings import Place
from service.policy.loading.report import Item, Report
from service.policy.unit_rules import nearest

OUTPUT_MARKS = ("->", "\u2192", "then ")
"""`then markup` for spreadsheets that take a leading minus for the beginning of a formula."""

ID, REASON, PRACTICE = SPECIAL = "id", "reason", "practice"
ORDERED = (Hit.FIRST, Hit.RULE_ORDER)
"""Where the order of the file is meant."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table before its cells are read. `stage`: None where the file names none that the book knows.

    `columns`: header texts; `rows`: as many cells each. `sheet`: the CSV file that they stand in.
    """

    stage: str | None
    item: Item
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    sheet: Sheet | None

    @property
    def hit(self) -> Hit:
        return Hit(self.item.fields["hit"])

    def outputs(self) -> dict[str, int]:
        """The slots that it writes, each with its column; of a slot that stands twice, the first column."""
        found: dict[str, int] = {}
        for index, text in enumerate(self.columns):
            slot = output_slot(text)
            if slot is not None:
                found.setdefault(slot, index)
        return found

    def column_place(self, column: int) -> Place:
        if self.sheet is not None:
            return self.sheet.place(self.sheet.lines[0], column)
        return self.item.document.text("", "columns", column)[1]

    def row_place(self, row: int) -> Place:
        if self.sheet is not None:
            return self.sheet.place(self.sheet.lines[row + 1], 0)
        return self.item.place("rows", row)

    def cell_place(self, row: int, column: int) -> Place:
        if self.sheet is not None:
            return self.sheet.place(self.sheet.lines[row + 1], column)
        return self.item.document.text("", "rows", row, column)[1]

    def within(self, place: Place, offset: int) -> Place:
        """Where something stands inside a cell: a spreadsheet shows no finer place than the cell."""
        return place if self.sheet is not None else place._replace(column=place.column + offset)


def output_slot(column: str) -> str | None:
    for mark in OUTPUT_MARKS:
        if column.startswith(mark):
            return column.removeprefix(mark).strip()
    return None


def is_heading(column: str) -> bool:
    """Of anything but an input."""
    return column in SPECIAL or output_slot(column) is not None


def read_grids(
    report: Report, tables: Iterable[tuple[str | None, Item]], sheets: Mapping[str, Sheet], broken: Iterable[str]
) -> tuple[Grid, ...]:
    """In the order of their ids. `broken`: files that have a finding already."""
    grids = []
    used = set(broken)
    for stage, item in sorted(tables, key=lambda pair: (pair[1].name, pair[1].place())):
        file = item.fields["csv"]
        if file is None:
            grid = _from_yaml(report, stage, item)
        else:
            grid = _from_csv(report, stage, item, sheets, used)
            used.add(file)
        if grid is not None:
            grids.append(grid)
    for file in sorted(sheets.keys() - used):
        report.add(Place(file, 1, 1), "unknown-file", "no table of the book reads this file", f"csv: {file}")
    return tuple(grids)


def _from_csv(
    report: Report, stage: str | None, item: Item, sheets: Mapping[str, Sheet], used: set[str]
) -> Grid | None:
    file = item.fields["csv"]
    for key in ("columns", "rows"):
        if item.fields[key] is not None:
            message = f"'{key}' stand in {file}: the first line names the columns"
            report.add(item.key_place(key), "wrong-value", message, "leave one of the two out", item.name)
    sheet = sheets.get(file)
    if sheet is None:
        if file not in used:
            hint = nearest(file, sheets)
            report.add(item.place("csv"), "missing-file", f"the book has no file {file}", hint, item.name)
        return None
    if not sheet.lines:
        message = "the file is empty: its first line names the columns"
        report.add(Place(file, 1, 1), "missing-field", message, "", item.name)
        return None
    columns = sheet.lines[0].cells
    grid = Grid(stage, item, columns, tuple(line.cells for line in sheet.lines[1:]), sheet)
    return _rectangular(report, grid, len(columns))


def _from_yaml(report: Report, stage: str | None, item: Item) -> Grid | None:
    missing = [key for key in ("columns", "rows") if item.fields[key] is None]
    for key in missing:
        hint = f"{key}: [...], or csv: {item.name}.csv"
        report.add(item.place(), "missing-field", f"'{key}' is missing", hint, item.name)
    if missing:
        return None
    rows = []
    for index, row in enumerate(item.fields["rows"]):
        cells = [_text(cell) for cell in row] if isinstance(row, list) else None
        if cells is None or None in cells:
            message, hint = "a row is a list of cells: text, numbers, yes and no", 'quote text that begins with "["'
            report.add(item.place("rows", index), "wrong-value", message, hint, item.name)
            return None
        rows.append(tuple(cell.strip() for cell in cells if cell is not None))
    columns = tuple(column.strip() for column in item.fields["columns"])
    grid = Grid(stage, item, columns, tuple(rows), None)
    return _rectangular(report, grid, len(columns))


def _text(cell: Any) -> str | None:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return str(cell) if isinstance(cell, (str, int)) else None


def _rectangular(report: Report, grid: Grid, width: int) -> Grid | None:
    """Every row as long as the header: what a spreadsheet leaves out at the end is empty."""
    rows = []
    right = True
    for index, row in enumerate(grid.rows):
        if len(row) > width and any(row[width:]):
            message = f"the row has {len(row)} cells, the table {width} columns"
            report.add(grid.cell_place(index, width), "wrong-value", message, "", grid.item.name)
            right = False
        rows.append((*row[:width], *[""] * (width - len(row))))
    return Grid(grid.stage, grid.item, grid.columns, tuple(rows), grid.sheet) if right else None
