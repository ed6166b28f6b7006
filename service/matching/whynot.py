"""Why rules did not fire: each false clause as written, with what the facts gave and what would have made it true.

Worked out on request only, from the trees and the decision's values; it never asks the engine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from service.domain.decision import FalseClause, NotFired
from service.domain.facts import Facts, Type, Unit, Value
from service.domain.units import value_text
from service.matching.indexed import LARGE
from service.matching.normal import MIRRORED, OPPOSITE
from service.matching.tables import MOST_NAMED
from service.policy.book import Hit
from service.policy.hits import BoundTable
from service.policy.nodes import HAS, Node, Op, walk
from service.policy.program import BoundRule, Program
from service.policy.values import evaluate_node

_REQUIRED = {
    "==": "{}",
    "!=": "not {}",
    "<": "less than {}",
    "<=": "at most {}",
    ">": "more than {}",
    ">=": "at least {}",
}


MOST_ROWS = 20
"""Of a table with more rows those are told that fail in the fewest clauses."""


def why_not(program: Program, env: Facts, fired: Sequence[BoundRule]) -> tuple[NotFired, ...]:
    """In the order of the rules. `env`: the finished decision's values."""
    done = {rule.id for rule in fired}
    answers = []
    for stage in program.stages:
        at = 0
        for table in stage.tables:
            answers += [
                _rule(rule, env, program.currency) for rule in stage.rules[at : table.first] if rule.id not in done
            ]
            answers += _rows(table, stage.rules[table.first : table.over], env, done, program.currency)
            at = table.over
        answers += [_rule(rule, env, program.currency) for rule in stage.rules[at:] if rule.id not in done]
    return tuple(answers)


def _rule(rule: BoundRule, env: Facts, currency: str, yields: FalseClause | None = None) -> NotFired:
    """`yields`: what keeps a row from firing although its cells fit."""
    clauses = tuple(_Reader(rule.source, env, currency).false_clauses(rule.when))
    return NotFired(
        rule=rule.id, practice=rule.practice, stage=rule.stage, clauses=clauses or ((yields,) if yields else ())
    )


def _rows(
    table: BoundTable, rows: Sequence[BoundRule], env: Facts, done: Set[str], currency: str
) -> Iterator[NotFired]:
    false = [_false(rule.when, env) for rule in rows[: table.end - table.first]]
    fitting = [rule.id for rule, count in zip(rows, false, strict=False) if not count]
    told = set(range(len(false)))
    if len(false) > LARGE:
        told = set(sorted(told, key=lambda place: (false[place], place))[:MOST_ROWS])
    for place, rule in enumerate(rows):
        if rule.id in done or (place < len(false) and place not in told):
            continue
        others = [id for id in fitting if id != rule.id]
        yields = FalseClause(
            clause=f"{table.id}: {table.aggregate or table.hit.value}",
            actual=f"{', '.join(others[:MOST_NAMED])} fit{'s' * (len(others) == 1)}" if others else "no row fits",
            required="no other row fits" if table.hit in _ALONE or place >= len(false) else "it precedes the others",
        )
        yield _rule(rule, env, currency, yields)


_ALONE = (Hit.UNIQUE, Hit.ANY)


def _false(when: Node, env: Facts) -> int:
    clauses = when.args if when.op is Op.AND else (when,)
    return sum(not evaluate_node(clause, env) for clause in clauses)


@dataclass(frozen=True, slots=True)
class _Reader:
    source: str
    env: Facts
    currency: str

    def false_clauses(self, when: Node) -> Iterator[FalseClause]:
        """A clause that reads an absent fact says nothing beside the clause that asks for the fact: left out."""
        for node, wanted in _conjuncts(when, True):
            if bool(evaluate_node(node, self.env)) is not wanted and not self._reads_absent(node):
                actual, required = self._words(node, wanted)
                yield FalseClause(clause=self._clause(node, wanted), actual=actual, required=required)

    def _clause(self, node: Node, wanted: bool) -> str:
        text = self._text(node)
        if wanted:
            return text
        return f"!{text}" if node.op in (Op.REF, Op.HAS) or _enclosed(text) else f"!({text})"

    def _reads_absent(self, node: Node) -> bool:
        asked = {n.value for n in walk(node) if n.op is Op.HAS}
        return any(n.op is Op.REF and n.value not in asked and self.env.get(HAS + n.value) is False for n in walk(node))

    def _words(self, node: Node, wanted: bool) -> tuple[str, str]:
        """What is, and what would make the node `wanted`."""
        match node.op:
            case Op.NOT:
                return self._words(node.args[0], not wanted)
            case Op.AND | Op.OR:
                parts = [self._named_words(arg, wanted) for arg in node.args]
                joint = " and " if (node.op is Op.AND) is wanted else " or "
                actual = dict.fromkeys(actual for actual, _ in parts)
                return ", ".join(actual), joint.join(required for _, required in parts)
            case Op.CMP:
                return self._comparison(node, wanted)
            case Op.IN:
                subject = node.args[0]
                listed = ", ".join(self._value(subject.type, value) for value in node.value)
                return self._value_of(subject), f"{'one of' if wanted else 'none of'} {listed}"
            case Op.HAS:
                return ("not given", "given") if wanted else ("given", "not given")
        return self._value_of(node), "yes" if wanted else "no"

    def _named_words(self, node: Node, wanted: bool) -> tuple[str, str]:
        """With the name of what is spoken of, since there are several."""
        actual, required = self._words(node, wanted)
        while node.op is Op.NOT:
            node = node.args[0]
        if node.op in (Op.AND, Op.OR):
            return actual, f"({required})"
        subject = node
        if node.op is Op.CMP:
            subject = node.args[node.args[0].op is Op.LIT]
        elif node.op is Op.IN:
            subject = node.args[0]
        name = str(node.value) if node.op is Op.HAS else self._text(subject)
        if node.op is Op.HAS or not self._reads_absent(node):
            return f"{name} is {actual}", f"{name} {required}"
        return f"{name} is not given", f"{name} {required}"

    def _comparison(self, node: Node, wanted: bool) -> tuple[str, str]:
        left, right = node.args
        operator = node.value if wanted else OPPOSITE[node.value]
        if left.op is Op.LIT and right.op is not Op.LIT:
            left, right, operator = right, left, MIRRORED[operator]
        if left.type.unit is Unit.BOOL and right.op is Op.LIT:
            required = self._value(right.type, right.value is (operator == "=="))
            return self._value_of(left), required
        return self._value_of(left), _REQUIRED[operator].format(self._value_of(right))

    def _value_of(self, node: Node) -> str:
        return self._value(node.type, evaluate_node(node, self.env))

    def _value(self, type: Type, value: Value) -> str:
        return value_text(type, value, self.currency)

    def _text(self, node: Node) -> str:
        start, end = node.span
        return " ".join(self.source[start:end].split()) or node.op.value


def _conjuncts(node: Node, wanted: bool) -> Iterator[tuple[Node, bool]]:
    """What must all be so for the node to be `wanted`."""
    if node.op is Op.NOT:
        yield from _conjuncts(node.args[0], not wanted)
    elif (node.op is Op.AND and wanted) or (node.op is Op.OR and not wanted):
        for arg in node.args:
            yield from _conjuncts(arg, wanted)
    else:
        yield node, wanted


def _enclosed(text: str) -> bool:
    """Whether one pair of parentheses stands around all of it."""
    depth = 0
    for index, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return index > 0 and index == len(text) - 1
    return False
