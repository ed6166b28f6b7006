"""Decision tables: each row becomes a rule, with its tests as the condition and its outputs as the effects.

Which of the rows that fit then fire is for the readers of a program; here it is seen to that they can tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

from schemas.book import NAME_LENGTH
from service.domain.facts import BOOL, Type
from service.policy.book import Expression, Hit, Row, Rule, Table, Template
from service.policy.findings import Place
from service.policy.loading.cells import CellRefused, output_source
from service.policy.loading.grids import ID, ORDERED, PRACTICE, REASON, SPECIAL, Grid, is_heading, output_slot
from service.policy.loading.hit_policies import check_policy, in_order
from service.policy.loading.report import Report
from service.policy.loading.templates import template
from service.policy.loading.typed import Vocabulary, typed_text
from service.policy.loading.unary import ANY, Clause, Column, joined
from service.policy.nodes import HAS, PARAMETER, Node, Op, references
from service.policy.scope import Scope
from service.policy.unit_rules import nearest

DEFAULT = "default"
_ROW_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_PRACTICE_ID = re.compile(r"[A-Z][A-Za-z0-9]{0,15}")
_ALWAYS = Node(Op.LIT, BOOL, (), True, (0, 4))
_LONGEST_NAME = 40


def read_tables(report: Report, grids: Iterable[Grid], vocabulary: Vocabulary) -> tuple[dict[str, Table], list[Rule]]:
    """The tables by id, and their rows as rules: each table's in its order, its default last."""
    tables: dict[str, Table] = {}
    rules: list[Rule] = []
    scopes: dict[str | None, Scope] = {stage: vocabulary.before(stage) for stage in vocabulary.header.stages}
    scopes[None] = vocabulary.everything(outcome=True)
    for grid in grids:
        table, rows = _Reader(report, grid, scopes[grid.stage], vocabulary).table()
        if table is not None:
            tables[table.id] = table
            rules += rows
    return tables, rules


@dataclass(frozen=True, slots=True)
class _Reader:
    report: Report
    grid: Grid
    scope: Scope
    vocabulary: Vocabulary

    def refuse(self, place: Place, code: str, message: str, hint: str = "") -> None:
        self.report.add(place, code, message, hint, self.grid.item.name)

    def table(self) -> tuple[Table | None, list[Rule]]:
        grid, item, fields = self.grid, self.grid.item, self.grid.item.fields
        before = len(self.report.findings)
        inputs, outputs = self.inputs(), self.outputs()
        check_policy(self.refuse, grid, self.vocabulary.slots)
        order = self.priorities(outputs)
        special = {name: grid.columns.index(name) for name in SPECIAL if name in grid.columns}
        pairs: dict[str, tuple[Row, Rule]] = {}
        for index in range(len(grid.rows)):
            row = self.row(index, inputs, outputs, special)
            if row is None:
                continue
            if row[1].id in pairs:
                first = pairs[row[1].id][0].place
                hint = "give rows ids of their own" if ID not in special else "give one of the two another id"
                self.refuse(row[0].place, "duplicate-id", f"row '{row[1].id}' stands at {first} already", hint)
            pairs.setdefault(row[1].id, row)
        rules = in_order(self.refuse, grid, pairs.values(), order)
        default = self.default()
        stage = grid.stage
        if len(self.report.findings) > before or stage is None:
            return None, []
        table = Table(
            item.name,
            fields["practice"],
            stage,
            grid.hit,
            fields["aggregate"] or "",
            tuple(column.input for column in inputs.values()),
            tuple(sorted(outputs)),
            tuple(row for row, _ in rules),
            default.id if default else "",
            item.place(),
        )
        return table, [rule for _, rule in rules] + ([default] if default else [])

    def inputs(self) -> dict[int, Column]:
        """By the index of their column."""
        parameters = {PARAMETER + name: parameter.type for name, parameter in self.vocabulary.parameters.items()}
        found: dict[int, Column] = {}
        inputs = False
        for index, text in enumerate(self.grid.columns):
            place = self.grid.column_place(index)
            if is_heading(text):
                if text in self.grid.columns[:index]:
                    self.refuse(place, "duplicate-key", f"column '{text}' stands twice")
                continue
            inputs = True
            if text == "priority":
                self.refuse(place, "unknown-field", "a row has no priority: the hit policy settles which one counts")
            elif not text:
                self.refuse(place, "missing-field", "the column has no name", "name it, or delete the column")
            elif is_heading(text.lower()):
                self.refuse(place, "unknown-field", f"'{text}' is written in small letters", text.lower())
            else:
                name = text if text in self.scope.optional and text in self.scope.types else ""
                scope = replace(self.scope, optional=self.scope.optional - {name}, typed={}) if name else self.scope
                expression = self.expression(text, place, scope, None)
                if expression is not None:
                    found[index] = Column(expression, bool(name), parameters, self.scope.currency)
        if not inputs:
            self.refuse(self.grid.row_place(-1) if self.grid.sheet else self.grid.item.place("columns"),
                        "missing-field", "the table has no input column")  # fmt: skip
        return found

    def outputs(self) -> dict[str, int]:
        """Columns by slot."""
        written = self.grid.outputs()
        slots = self.vocabulary.slots
        for name, index in written.items():
            if name not in slots:
                hint = nearest(name, slots)
                self.refuse(self.grid.column_place(index), "unknown-slot", f"the book has no effect '{name}'", hint)
        if not written and not any(output_slot(text.lower()) for text in self.grid.columns):
            place = self.grid.column_place(0)
            self.refuse(place, "missing-field", "the table has no output column", "-> markup, or: then markup")
        return {name: index for name, index in written.items() if name in slots}

    def priorities(self, outputs: Mapping[str, int]) -> tuple[object, ...]:
        """The values of the first output column, the foremost first."""
        item, written = self.grid.item, self.grid.item.fields["priority"]
        if self.grid.hit is not Hit.PRIORITY:
            if written is not None:
                message = f"a '{self.grid.hit.value}' table has no list of outputs"
                self.refuse(item.place("priority"), "wrong-value", message, "hit: priority")
            return ()
        if written is None:
            hint = "priority: [the outputs, foremost first]"
            self.refuse(item.place(), "missing-field", "'priority' is missing: which output counts most", hint)
            return ()
        values = []
        for index, text in enumerate(written):
            place = item.document.text("", "priority", index)[1]
            for name in list(outputs)[:1]:
                value = self.output(text.strip(), place, name)
                if value is not None and value.node.op is Op.LIT:
                    values.append(value.node.value)
                elif value is not None:
                    self.refuse(place, "wrong-value", f"`{text}` is no plain value")
        return tuple(values)

    def row(
        self, index: int, inputs: Mapping[int, Column], outputs: Mapping[str, int], special: Mapping[str, int]
    ) -> tuple[Row, Rule] | None:
        grid, item = self.grid, self.grid.item
        cells, place = grid.rows[index], grid.row_place(index)
        clauses: list[Clause] = []
        columns: list[int] = []
        for number, (column, input) in enumerate(inputs.items()):
            try:
                tests = input.tests(cells[column])
            except CellRefused as refused:
                at = grid.within(grid.cell_place(index, column), refused.at)
                self.refuse(at, refused.code, refused.message, refused.suggestion)
                continue
            clauses += tests
            columns += [number] * len(tests)
        whole = joined(clauses, Op.AND) if clauses else Clause("true", _ALWAYS)
        when = Expression(whole.node, whole.text, place)
        effects = self.effects(index, outputs)
        name = self.name(index, inputs, special)
        reason = self.reason(index, special, whole.node)
        practice = self.special(index, special, PRACTICE) or item.fields["practice"]
        if not _PRACTICE_ID.fullmatch(practice):
            self.refuse(grid.cell_place(index, special[PRACTICE]), "wrong-value", f"'{practice}' is not a practice id")
        if effects is None or name is None or reason is None:
            return None
        rule = Rule(f"{item.name}/{name}", practice, grid.stage or "", when, effects, reason, 0, place, item.name)
        return Row(rule.id, tuple(cells[column] for column in inputs), tuple(columns), place), rule

    def special(self, index: int, special: Mapping[str, int], name: str) -> str:
        return self.grid.rows[index][special[name]] if name in special else ""

    def name(self, index: int, inputs: Mapping[int, Column], special: Mapping[str, int]) -> str | None:
        """The row's id in its table. Without one: its number where the order is meant, else what it tests."""
        grid = self.grid
        if ID in special:
            name, place = grid.rows[index][special[ID]], grid.cell_place(index, special[ID])
            if not name:
                self.refuse(place, "missing-field", "the row has no id")
            elif not _ROW_ID.fullmatch(name):
                self.refuse(place, "wrong-value", f"'{name}' can't be an id", "letters, digits, '-', '_' and '.' only")
            elif len(name) > NAME_LENGTH:
                self.refuse(place, "engine-limit", f"an id may have {NAME_LENGTH} characters")
            elif name == DEFAULT:
                self.refuse(place, "wrong-value", f"'{DEFAULT}' is the row where no other fits", "default: {...}")
            else:
                return name
            return None
        if grid.hit in ORDERED:
            return str(index + 1)
        text = ", ".join(" ".join(grid.rows[index][column].split()) or "-" for column in inputs)
        return text if len(text) <= _LONGEST_NAME else f"{text[:_LONGEST_NAME]}~{sha256(text.encode()).hexdigest()[:8]}"

    def effects(self, index: int, outputs: Mapping[str, int]) -> tuple[tuple[str, Expression], ...] | None:
        grid = self.grid
        effects = []
        right = True
        for name, column in sorted(outputs.items()):
            text, place = grid.rows[index][column], grid.cell_place(index, column)
            counted = grid.item.fields["aggregate"] == "count"
            if text in ANY and not counted:
                if grid.hit is Hit.ANY or grid.item.fields["aggregate"] in ("min", "max"):
                    self.refuse(place, "missing-field", "rows that are held against one another say all that they give")
                    right = False
                continue
            if counted and text not in (*ANY, "1"):
                self.refuse(place, "wrong-value", "each row counts as 1", "leave the cell empty")
            value = self.output("1" if counted else text, place, name)
            if value is None:
                right = False
            else:
                effects.append((name, value))
        return tuple(effects) if right else None

    def output(self, text: str, place: Place, slot: str) -> Expression | None:
        type = self.vocabulary.slots[slot].type
        try:
            source = output_source(text, type, self.scope.currency)
        except CellRefused as refused:
            self.refuse(self.grid.within(place, refused.at), refused.code, refused.message, refused.suggestion)
            return None
        return self.expression(source, place, self.scope, type)

    def expression(self, source: str, place: Place, scope: Scope, expected: Type | None) -> Expression | None:
        own = Report()
        found = typed_text(own, source, place, scope, expected, self.grid.item.name)
        if own.findings:
            in_sheet = self.grid.sheet is not None and place.file == self.grid.sheet.file
            self.report.findings += [replace(f, place=place) for f in own.findings] if in_sheet else own.findings
        return found

    def reason(self, index: int, special: Mapping[str, int], when: Node) -> Template | None:
        text, place = self.special(index, special, REASON), self.grid.row_place(index)
        if text:
            place = self.grid.cell_place(index, special[REASON])
        else:
            text = self.grid.item.fields["reason"] or ""
            if not text:
                self.refuse(place, "missing-field", "the row has no reason", "a 'reason' column, or one for the table")
                return None
        return template(self.report, text, place, self.scope, self.present(when), self.grid.item.name)

    def present(self, when: Node) -> frozenset[str]:
        """Optional facts that are there wherever the row fits."""
        clauses = when.args if when.op is Op.AND else (when,)
        absent = {clause.args[0].value for clause in clauses if clause.op is Op.NOT and clause.args[0].op is Op.HAS}
        own = {name.removeprefix(HAS) for name in references(when) if name.startswith(HAS)}
        asked = self.vocabulary.asked
        return frozenset(own).union(*(asked[name] for name in references(when) if name in asked)) - absent

    def default(self) -> Rule | None:
        """The rule for when no row fits, where the table has one."""
        grid, item, fields = self.grid, self.grid.item, self.grid.item.fields
        if fields["default"] is None:
            return None
        effects = []
        for name, text in sorted(fields["default"].items()):
            if name not in grid.outputs():
                hint = nearest(name, grid.outputs()) or "the table writes only its output columns"
                place = item.key_place("default", name)
                self.refuse(place, "unknown-slot", f"'{name}' is no output of the table", hint)
            elif name in self.vocabulary.slots:
                value = self.output(text.strip(), item.text("default", name)[1], name)
                if value is not None:
                    effects.append((name, value))
        text = fields["default_reason"] or (f"No row of {item.name} fits" if effects else "")
        place = item.place("default_reason") if fields["default_reason"] else item.place("default")
        reason = template(self.report, text, place, self.scope, frozenset(), item.name)
        place = item.place("default")
        when = Expression(_ALWAYS, "true", place)
        id = f"{item.name}/{DEFAULT}"
        return Rule(id, fields["practice"], grid.stage or "", when, tuple(effects), reason, 0, place, item.name)
