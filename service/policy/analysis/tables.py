"""Rows of decision tables that overlap, hide one another or leave gaps, each shown by a request.

Geometry over the columns finds candidates (`regions.py`); a candidate counts once the search has found a request for
it, or shown that there is none. What neither comes to is told as such, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from service.policy.analysis.columns import Box, Columns, NoBox, Segments, key
from service.policy.analysis.inquiry import MANY_ROWS, Inquiry, Witness, sentence, sliced
from service.policy.analysis.regions import Budget, Crowd, TooMuch, members, overlap, uncovered
from service.policy.analysis.search import Verdict
from service.policy.book import Hit, Row, Table
from service.policy.findings import Finding, Place, Severity
from service.policy.nodes import references
from service.policy.program import BoundRule
from service.policy.values import evaluate_node

MOST_TOLD = 50
"""Overlapping rows, and hidden ones, that are told of one table."""
MOST_GAPS = 5
GLANCES = 8
TRIES = 20
"""Candidates that are asked about before one row, or the search for gaps, is left."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A row, its condition on the day, and the box that this is."""

    row: Row
    rule: BoundRule
    box: Box


def what_it_reads(table: Table, inquiry: Inquiry) -> object:
    """Two days with the same answer here have the same findings."""
    rules = [inquiry.rules[row.rule] for row in table.rows]
    names = frozenset().union(*(references(rule.when) for rule in rules))
    return [(rule.when, rule.effects) for rule in rules], sliced(inquiry.program, names).stages


def table_findings(table: Table, inquiry: Inquiry) -> Iterator[Finding]:
    columns = Columns(inquiry.graph, inquiry.env)
    lines = []
    for row in table.rows:
        rule = inquiry.rules[row.rule]
        try:
            lines.append(_Line(row, rule, columns.box(rule.when)))
        except NoBox:
            message = "the row's cells can't be compared with those of other rows"
            yield Finding(row.place, "check-incomplete", message, "", row.rule, Severity.WARNING)
    check = _TableCheck(table, inquiry, columns, lines, len(lines) == len(table.rows))
    yield from check.empty_rows()
    if table.hit in (Hit.UNIQUE, Hit.ANY):
        yield from check.overlaps()
    if table.hit in (Hit.FIRST, Hit.PRIORITY):
        yield from check.shadows()
    yield from check.gaps()


@dataclass(slots=True)
class _TableCheck:
    """`whole`: every row is among the lines."""

    table: Table
    inquiry: Inquiry
    columns: Columns
    lines: list[_Line]
    whole: bool
    budget: Budget = field(default_factory=Budget)

    def empty_rows(self) -> Iterator[Finding]:
        """And leaves them out of all that follows."""
        left = []
        for line in self.lines:
            empty = [column for column, allowed in line.box.items() if not allowed]
            if empty:
                name = self.columns.all[empty[0]].node.value
                yield self._warning(line, "unreachable-row", f"no request has such a {name or 'value'}")
            elif len(self.lines) <= MANY_ROWS and self._find(line.box) is Verdict.NONE:
                yield self._warning(line, "unreachable-row", "its cells exclude one another: no request fits them all")
            else:
                left.append(line)
        self.lines = left

    def overlaps(self) -> Iterator[Finding]:
        alike = self._saying_the_same() if self.table.hit is Hit.ANY else {}
        told = unknown = 0
        for i, mask in enumerate(Crowd([line.box for line in self.lines]).earlier()):
            line = self.lines[i]
            for tries, j in enumerate(members(mask & ~alike.get(i, 0))):
                witness = self._find(overlap(line.box, self.lines[j].box)) if tries < TRIES else Verdict.UNKNOWN
                unknown += witness is Verdict.UNKNOWN
                if isinstance(witness, Witness) and self._clash(witness, line, self.lines[j]):
                    told += 1
                    yield self._overlapping(line, self.lines[j], witness)
                    break
                if tries >= TRIES:
                    break
            if told >= MOST_TOLD:
                yield self._incomplete(f"only {MOST_TOLD} rows are told that overlap earlier ones")
                return
        if unknown:
            yield self._incomplete("some rows may overlap: no request was found for it, and it wasn't ruled out")

    def shadows(self) -> Iterator[Finding]:
        crowd = Crowd([line.box for line in self.lines])
        told = 0
        try:
            for i, mask in enumerate(crowd.earlier()):
                if mask and self._is_hidden(crowd, i, mask):
                    told += 1
                    yield from self._shadowed(i, mask)
                if told >= MOST_TOLD:
                    yield self._incomplete(f"only {MOST_TOLD} rows are told that earlier ones hide")
                    return
        except TooMuch:
            yield self._incomplete("the rows cut one another into too many pieces to say which are hidden")

    def gaps(self) -> Iterator[Finding]:
        """A request that no row fits; with a default, whether the default is ever wanted."""
        space = {i: ((column.low, column.high),) for i, column in enumerate(self.columns.all)}
        if not self.whole:
            return
        told = unknown = 0
        try:
            for tries, part in enumerate(uncovered([line.box for line in self.lines], space, self.budget)):
                witness = self._find(part)
                unknown += witness is Verdict.UNKNOWN
                if isinstance(witness, Witness) and not self._fits(witness, *self.lines):
                    told += 1
                    if self.table.default:
                        return
                    yield self._gap(witness)
                if told >= MOST_GAPS or tries >= TRIES:
                    unknown += not told
                    break
        except TooMuch:
            if not self.table.default:
                yield self._incomplete("the rows cut one another into too many pieces to say whether they leave a gap")
            return
        if self.table.default and not unknown:
            message = "the rows leave nothing to the default"
            yield Finding(self.table.place, "unreachable-row", message, "", self.table.default, Severity.WARNING)
        elif unknown and not told and not self.table.default:
            yield self._incomplete("the rows may leave a gap: no request was found for it, and it wasn't ruled out")

    def _find(self, box: Mapping[int, Segments]) -> Witness | Verdict:
        """Where it can, at the least of each column: that is where a reader looks first."""
        corner = {column: ((allowed[0][0], allowed[0][0]),) for column, allowed in box.items() if allowed}
        witness = self.inquiry.find(self.columns.inside(corner))
        return witness if isinstance(witness, Witness) else self.inquiry.find(self.columns.inside(box))

    def _fits(self, witness: Witness, *lines: _Line) -> bool:
        """Whether the cells of one of the lines fit, by the reference reader."""
        env = self.inquiry.known(witness, [column.node for column in self.columns.all])
        return any(evaluate_node(line.rule.when, env) for line in lines)

    def _clash(self, witness: Witness, line: _Line, other: _Line) -> bool:
        if not (self._fits(witness, line) and self._fits(witness, other)):
            return False
        if self.table.hit is Hit.UNIQUE:
            return True
        nodes = [value for one in (line, other) for _, value in one.rule.effects]
        env = self.inquiry.known(witness, nodes)
        said = [[(slot, evaluate_node(value, env)) for slot, value in one.rule.effects] for one in (line, other)]
        return said[0] != said[1]

    def _saying_the_same(self) -> dict[int, int]:
        """For each line those with the same outputs."""
        by_output: dict[object, int] = {}
        outputs = [tuple((slot, key(value)) for slot, value in line.rule.effects) for line in self.lines]
        for i, output in enumerate(outputs):
            by_output[output] = by_output.get(output, 0) | 1 << i
        return {i: by_output[output] for i, output in enumerate(outputs)}

    def _is_hidden(self, crowd: Crowd, i: int, mask: int) -> bool:
        """Whether the earlier lines that a line meets cover it; a doubt says no."""
        box = self.lines[i].box
        if len(self.lines) > MANY_ROWS and any(not crowd.holding(point) & mask for point in self._points(box)):
            return False
        space = {c: box.get(c, ((column.low, column.high),)) for c, column in enumerate(self.columns.all)}
        for tries, part in enumerate(uncovered([self.lines[j].box for j in members(mask)], space, self.budget)):
            if len(self.lines) > MANY_ROWS or tries >= TRIES or self._find(part) is not Verdict.NONE:
                return False
        return True

    def _points(self, box: Box) -> Iterator[dict[int, int]]:
        """A few points of a box, to see at a glance that it isn't hidden."""
        for turn in range(GLANCES):
            point = {}
            for c, column in enumerate(self.columns.all):
                allowed = box.get(c, ((column.low, column.high),))
                low, high = allowed[turn % len(allowed)]
                point[c] = low + (high - low) * (turn * (c + 1) % GLANCES) // (GLANCES - 1)
            yield point

    def _shadowed(self, i: int, mask: int) -> Iterator[Finding]:
        line = self.lines[i]
        for j in members(mask):
            witness = self._find(overlap(line.box, self.lines[j].box))
            if isinstance(witness, Witness) and self._fits(witness, line) and self._fits(witness, self.lines[j]):
                more = mask.bit_count() - 1
                others = f" and {more} more" if more else ""
                message = f"earlier rows take all that it fits: {self.lines[j].row.rule}{others}"
                yield self._with_witness(line.row.place, "shadowed-row", message, "move it up, or delete it",
                                         line.row.rule, Severity.WARNING, witness)  # fmt: skip
                return

    def _overlapping(self, line: _Line, other: _Line, witness: Witness) -> Finding:
        if self.table.hit is Hit.UNIQUE:
            code, message = "overlapping-rows", f"{other.row.rule} ({other.row.place}) fits too"
            hint = "narrow one of them, or let the first win with `hit: first`"
        else:
            code, message = (
                "conflicting-rows",
                f"{other.row.rule} ({other.row.place}) fits too, and says something else",
            )
            hint = "make them say the same, or narrow one of them"
        return self._with_witness(line.row.place, code, message, hint, line.row.rule, Severity.ERROR, witness)

    def _gap(self, witness: Witness) -> Finding:
        return self._with_witness(self.table.place, "table-gap", "no row fits", "add a row, or a default",
                                  self.table.id, Severity.ERROR, witness)  # fmt: skip

    def _with_witness(
        self, place: Place, code: str, message: str, hint: str, subject: str, severity: Severity, witness: Witness
    ) -> Finding:
        told = self.inquiry.told(witness, [column.node for column in self.columns.all])
        shown = f"as for {sentence(told)}" if told else "whatever is asked"
        return Finding(place, code, f"{message}, {shown}", hint, subject, severity, told)

    def _warning(self, line: _Line, code: str, message: str) -> Finding:
        return Finding(line.row.place, code, message, "mend its cells, or delete it", line.row.rule, Severity.WARNING)

    def _incomplete(self, message: str) -> Finding:
        return Finding(self.table.place, "check-incomplete", message, "", self.table.id, Severity.WARNING)
