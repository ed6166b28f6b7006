"""What the cases reach of a book: which rules decide one of them, and which clauses they show true and false."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from schemas.decision import dump_decision
from service.cases.mutants import without
from service.cases.mutation import Footprint, footprint
from service.cases.running import Posed
from service.cases.trial import Trial
from service.domain.facts import Unit
from service.policy.book import Book, Expression, Rule
from service.policy.findings import Place
from service.policy.nodes import HAS, Node, Op, walk
from service.policy.program import Program
from service.policy.values import evaluate_node


@dataclass(frozen=True, slots=True)
class RuleReach:
    """`fired_in`: cases in which it fires. `decides`: id of the first case that is decided otherwise without the rule,
    reasons apart; empty where there is none."""

    rule: Rule
    fired_in: int
    decides: str


@dataclass(frozen=True, slots=True)
class ClauseReach:
    """An atomic clause of `subject`. Numbers of cases: in which it is true, false, and in which it alone tips the
    condition that it stands in. A clause that reads an absent fact is neither."""

    subject: str
    clause: str
    place: Place
    true: int
    false: int
    tips: int


@dataclass(frozen=True, slots=True)
class Reach:
    rules: tuple[RuleReach, ...]
    clauses: tuple[ClauseReach, ...]


def rule_reach(book: Book, cases: Sequence[Posed], told: Callable[[], None] = lambda: None) -> tuple[RuleReach, ...]:
    """`told` hears of each rule that is done."""
    trial = Trial(book)
    before = [(posed, footprint(trial, posed)) for posed in cases]
    found = []
    for rule in book.rules:
        fires = [(posed, print) for posed, print in before if rule.id in print.fired]
        found.append(RuleReach(rule, len(fires), _decided_by(trial, Trial(without(book, rule)), fires)))
        told()
    return tuple(found)


def _decided_by(trial: Trial, other: Trial, fires: Iterable[tuple[Posed, Footprint]]) -> str:
    for posed, print in fires:
        if not footprint(other, posed).says(print) and _answer(trial, posed) != _answer(other, posed):
            return posed.case.id
    return ""


def _answer(trial: Trial, posed: Posed) -> Any:
    """The decision without what only names rules and their reasons."""
    answer = json.loads(dump_decision(posed.decided(trial)))
    answer["approvals"] = [approval["role"] for approval in answer["approvals"]]
    del answer["reasons"]
    return _nameless(answer)


def _nameless(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _nameless(part) for key, part in value.items() if key not in ("rule", "rules")}
    return [_nameless(part) for part in value] if isinstance(value, list) else value


def clause_reach(book: Book, cases: Sequence[Posed]) -> tuple[ClauseReach, ...]:
    """Of rules, of derived facts and formulas, of options; each with its clauses in the order of the text."""
    trial = Trial(book)
    bound: dict[tuple[date, str], dict[str, Node]] = {}
    seen: list[tuple[dict[str, Node], Mapping[str, Any]]] = []
    for posed in cases:
        day, currency = posed.request.as_of, posed.request.currency
        runtime = trial.runtime(day, currency)
        if (day, currency) not in bound:
            bound[day, currency] = _trees(runtime.program)
        seen.append((bound[day, currency], runtime.decide(posed.facts).env))
    return tuple(
        reach
        for subject, key, expression in _expressions(book)
        for index in range(sum(1 for _ in _conditions(expression.node)))
        for reach in _reaches(subject, expression, index, [(trees[key], env) for trees, env in seen])
    )


def _expressions(book: Book) -> Iterator[tuple[str, str, Expression]]:
    """Subject, and the name of its tree in a bound book."""
    for rule in book.rules:
        yield rule.id, f"{rule.id} when", rule.when
        for index, (_, value) in enumerate(rule.effects):
            yield rule.id, f"{rule.id} {index}", value
    yield from ((one.name, one.name, one.value) for one in book.computed if one.value.source)
    for option in book.options:
        yield f"option {option.id}", f"option {option.id} when", option.when
        yield f"option {option.id}", f"option {option.id} share", option.share


def _trees(program: Program) -> dict[str, Node]:
    trees = {}
    for stage in program.stages:
        for rule in stage.rules:
            trees[f"{rule.id} when"] = rule.when
            trees |= {f"{rule.id} {index}": value for index, (_, value) in enumerate(rule.effects)}
        trees |= {computed.name: computed.value for computed in stage.computed}
    for option in program.options:
        trees |= {f"option {option.id} when": option.when, f"option {option.id} share": option.share}
    return trees


def _conditions(node: Node) -> Iterator[Node]:
    """The outermost yes-or-no parts, and those inside the numbers that they compare. One that is constant is none."""
    if node.type.unit is Unit.BOOL and node.op not in (Op.IF, Op.LIT):
        yield node
        for clause in _clauses(node):
            for arg in clause.args:
                yield from _conditions(arg)
    else:
        for arg in node.args:
            yield from _conditions(arg)


def _clauses(condition: Node) -> Iterator[Node]:
    if condition.op in (Op.AND, Op.OR, Op.NOT):
        for arg in condition.args:
            yield from _clauses(arg)
    else:
        yield condition


def _reaches(
    subject: str, expression: Expression, index: int, seen: Sequence[tuple[Node, Mapping[str, Any]]]
) -> Iterator[ClauseReach]:
    """`index`: of the condition in the expression. `seen`: the expression as bound for each case, and its values."""
    clauses = list(_clauses(next(islice(_conditions(expression.node), index, None))))
    true, false, tips = ([0] * len(clauses) for _ in range(3))
    for tree, env in seen:
        condition = next(islice(_conditions(tree), index, None))
        parts = list(_clauses(condition))
        values = [bool(evaluate_node(part, env)) for part in parts]
        holds = _holds(condition, iter(values))
        absent = [_reads_absent(part, env) for part in parts]
        for place, part in enumerate(parts):
            if absent[place]:
                continue
            true[place] += values[place]
            false[place] += not values[place]
            # Were an absent fact given, the clauses on it would have values that nobody knows.
            if part.op is not Op.HAS or values[place] or not any(absent):
                flipped = [*values[:place], not values[place], *values[place + 1 :]]
                tips[place] += _holds(condition, iter(flipped)) != holds
    for place, clause in enumerate(clauses):
        start, end = clause.span
        text = " ".join(expression.source[start:end].split())
        yield ClauseReach(subject, text, expression.place, true[place], false[place], tips[place])


def _holds(condition: Node, values: Iterator[bool]) -> bool:
    """The condition's value from those of its clauses. Takes one for each clause, whatever the others are."""
    if condition.op is Op.NOT:
        return not _holds(condition.args[0], values)
    if condition.op in (Op.AND, Op.OR):
        parts = [_holds(arg, values) for arg in condition.args]
        return all(parts) if condition.op is Op.AND else any(parts)
    return next(values)


def _reads_absent(clause: Node, env: Mapping[str, Any]) -> bool:
    return clause.op is not Op.HAS and any(n.op is Op.REF and env.get(HAS + n.value) is False for n in walk(clause))
