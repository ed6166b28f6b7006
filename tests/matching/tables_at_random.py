"""Decision tables drawn at random, written as text, and what they mean, by a plain look at every row.

The meaning is worked out from what was drawn, never from the text or from anything that the service made of it.
"""

from __future__ import annotations

import csv
import io
import operator
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

OPERATORS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "!=": operator.ne,
    "=": operator.eq,
}
MEMBERS = ("vip", "good", "regular", "other")
NUMBERS = ("client.orders", "job.line_count + client.orders", "deal.budget")
COLUMNS = (*NUMBERS, "client.category", "deal.asked_discount")
OPTIONAL = "deal.budget"
Cell = tuple[Any, ...]

SMALL = st.integers(0, 8)


@st.composite
def number_tests(draw: st.DrawFn) -> Cell:
    kind = draw(st.sampled_from(["compare", "interval", "equal"]))
    if kind == "compare":
        return ("compare", draw(st.sampled_from(sorted(OPERATORS))), draw(SMALL))
    if kind == "equal":
        return ("compare", "=", draw(SMALL))
    low = draw(SMALL)
    return ("interval", low, low + draw(st.integers(1, 4)), draw(st.booleans()), draw(st.booleans()))


MEMBER_TESTS = st.builds(
    lambda sign, member: ("compare", sign, member), st.sampled_from(["=", "!="]), st.sampled_from(MEMBERS)
)
TRUTH_TESTS = st.builds(lambda truth: ("compare", "=", truth), st.booleans())


def cells(column: str) -> st.SearchStrategy[Cell]:
    if column == "deal.asked_discount":
        tests: st.SearchStrategy[Cell] = TRUTH_TESTS
    else:
        tests = number_tests() if column in NUMBERS else MEMBER_TESTS
    listed = st.lists(tests, min_size=1, max_size=3, unique=True).map(lambda several: ("list", *several))
    options = [st.just(("any",)), listed, listed.map(lambda cell: ("not", cell))]
    if column == OPTIONAL:
        options += [st.just(("has",)), st.just(("absent",))]
    return st.one_of(options)


def text(cell: Cell, column: str) -> str:
    match cell:
        case ("any",):
            return "-"
        case ("has",) | ("absent",):
            return str(cell[0])
        case ("list", *several):
            return ", ".join(text(one, column) for one in several)
        case ("not", inner):
            return f"not({text(inner, column)})"
        case ("interval", low, high, closed_low, closed_high):
            return f"{'[' if closed_low else '('}{low}..{high}{']' if closed_high else ')'}"
    _, sign, value = cell
    shown = {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
    return shown if sign == "=" else f"{sign} {shown}"


def takes(cell: Cell, value: Any) -> bool:
    """`value`: None where the fact is absent."""
    match cell:
        case ("any",):
            return True
        case ("has",):
            return value is not None
        case ("absent",):
            return value is None
    return value is not None and _takes(cell, value)


def _takes(cell: Cell, value: Any) -> bool:
    match cell:
        case ("list", *several):
            return any(_takes(one, value) for one in several)
        case ("not", inner):
            return not _takes(inner, value)
        case ("interval", low, high, closed_low, closed_high):
            return (low <= value if closed_low else low < value) and (value <= high if closed_high else value < high)
    return OPERATORS[cell[1]](value, cell[2])


@dataclass(frozen=True)
class Drawn:
    hit: str
    aggregate: str
    columns: tuple[str, ...]
    rows: tuple[tuple[tuple[Cell, ...], int], ...]
    default: int | None
    combine: str

    def header(self) -> list[str]:
        return ["id", *self.columns, "-> points"]

    def lines(self) -> list[list[str]]:
        counted = self.aggregate == "count"
        return [
            [f"r{index:03}", *(text(cell, column) for cell, column in zip(row, self.columns, strict=True)),
             "" if counted else str(output)]
            for index, (row, output) in enumerate(self.rows)
        ]  # fmt: skip

    def csv(self, delimiter: str = ";") -> bytes:
        written = io.StringIO()
        csv.writer(written, delimiter=delimiter).writerows([self.header(), *self.lines()])
        return written.getvalue().encode("utf-8-sig")

    def meaning(self, request: dict[str, Any]) -> tuple[str, set[str], int]:
        """What becomes of the table, the rows that fire, and the points."""
        values = {
            "client.orders": request["client.orders"],
            "job.line_count + client.orders": request["job.line_count"] + request["client.orders"],
            "deal.budget": request["deal.budget"],
            "client.category": request["client.category"],
            "deal.asked_discount": request["deal.asked_discount"],
        }
        fits = [
            (f"r{index:03}", output)
            for index, (row, output) in enumerate(self.rows)
            if all(
                takes(cell, self.units(values[column], column)) for cell, column in zip(row, self.columns, strict=True)
            )
        ]
        if not fits:
            return ("gap", set(), 0) if self.default is None else ("fine", {"default"}, self.default)
        outputs = [output for _, output in fits]
        everyone = {row for row, _ in fits}
        if self.hit == "unique":
            return ("fine", everyone, outputs[0]) if len(fits) == 1 else ("conflict", set(), 0)
        if self.hit == "any":
            return ("fine", {fits[0][0]}, outputs[0]) if len(set(outputs)) == 1 else ("conflict", set(), 0)
        if self.hit == "first":
            return "fine", {fits[0][0]}, outputs[0]
        if self.hit == "priority":
            row, output = min(fits, key=lambda fit: (PRIORITY.index(fit[1]), fit[0]))
            return "fine", {row}, output
        if self.aggregate in ("min", "max"):
            best = min(outputs) if self.aggregate == "min" else max(outputs)
            return "fine", {next(row for row, output in fits if output == best)}, best
        if self.aggregate == "count":
            return "fine", everyone, len(fits)
        return "fine", everyone, sum(outputs) if self.aggregate == "sum" or self.combine == "sum" else max(outputs)

    @staticmethod
    def units(value: Any, column: str) -> Any:
        """Budgets are cents; their cells say euros."""
        return None if value is None else value / 100 if column == OPTIONAL else value


PRIORITY = (3, 1, 0, 4, 2)


@st.composite
def tables(draw: st.DrawFn, most_rows: int = 8) -> Drawn:
    hit, aggregate = draw(
        st.sampled_from(
            [("unique", ""), ("first", ""), ("priority", ""), ("any", ""), ("rule order", ""), ("collect", "")]
            + [("collect", aggregate) for aggregate in ("sum", "min", "max", "count")]
        )
    )
    columns = tuple(draw(st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=4, unique=True)))
    row = st.tuples(st.tuples(*(cells(column) for column in columns)), st.integers(0, 4))
    rows = tuple(draw(st.lists(row, min_size=1, max_size=most_rows)))
    default = draw(st.none() | st.integers(0, 4))
    return Drawn(hit, aggregate, columns, rows, default, draw(st.sampled_from(["sum", "max"])))


REQUESTS = st.fixed_dictionaries(
    {
        "client.orders": st.integers(0, 13),
        "job.line_count": st.integers(0, 2),
        "deal.budget": st.none() | st.integers(0, 1_300) | st.integers(0, 13).map(lambda euros: euros * 100),
        "client.category": st.sampled_from(MEMBERS),
        "deal.asked_discount": st.booleans(),
    }
)
