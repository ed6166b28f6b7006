"""From a book and a name to what that name is and does. One name may be several things: each is explained."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from service.authoring.explanation import Dated, Explanation
from service.authoring.surroundings import Surroundings, case_of
from service.authoring.uses import Use, kind_of, names_in, names_shown
from service.domain.effects import Combine, Slot
from service.domain.facts import NUMERIC, FactDecl, Unit
from service.policy.book import Computed, Guardrail, OptionRule, Parameter, Rule, Table
from service.policy.nodes import DECISION, PARAMETER
from service.policy.unit_rules import called, nearest

_GIVEN = {
    Combine.SUM: "adds {} to {}",
    Combine.MAX: "raises {1} to {0}, if it is less",
    Combine.MIN: "lowers {1} to {0}, if it is more",
    Combine.FIRST: "sets {1} to {0}, unless a rule of higher priority does",
    Combine.ANY: "answers {1} with {0}",
    Combine.UNION: "adds {} to {}",
}
_COMBINED = {
    Combine.SUM: "what several rules give is added up",
    Combine.MAX: "of several rules the largest value holds",
    Combine.MIN: "of several rules the smallest value holds",
    Combine.FIRST: "of several rules the one with the highest priority decides, then the first by id",
    Combine.ANY: "it is yes as soon as one rule says so",
    Combine.UNION: "everything that rules give is gathered",
}


@dataclass(frozen=True)
class Explainer:
    seen: Surroundings

    def explain(self, name: str) -> tuple[Explanation, ...]:
        """Empty for a name that the book doesn't have."""
        return tuple(make(entry) for spellings, make, entry in self._entries() if name in spellings)

    def did_you_mean(self, name: str) -> str:
        return nearest(name, {spelling for spellings, _, _ in self._entries() for spelling in spellings})

    def _entries(self) -> Iterator[tuple[tuple[str, ...], Callable[[Any], Explanation], Any]]:
        """Everything that has a name, under each of its spellings, with what explains it."""
        book = self.seen.book
        for parameter in book.parameters.values():
            yield (PARAMETER + parameter.name, parameter.name), self._parameter, parameter
        for slot in book.slots.values():
            yield (DECISION + slot.name, slot.name), self._slot, slot
        for computed in book.computed:
            yield (computed.name, computed.name.removeprefix(DECISION)), self._computed, computed
        derived = {computed.name for computed in book.computed}
        for fact in book.facts.values():
            if fact.name not in derived:
                yield (fact.name,), self._fact, fact
        known: tuple[tuple[Iterable[Rule | Table | Guardrail | OptionRule], Callable[[Any], Explanation]], ...] = (
            (book.rules, self._rule),
            (book.tables.values(), self._table),
            (book.guardrails, self._guardrail),
            (book.options, self._option),
        )
        for entries, make in known:
            for entry in entries:
                yield (entry.id,), make, entry
        for practice in sorted(self._practices):
            yield (practice,), self._practice, practice

    @cached_property
    def _practices(self) -> frozenset[str]:
        book = self.seen.book
        found = {rule.practice for rule in book.rules} | {guardrail.practice for guardrail in book.guardrails}
        found |= {option.practice for option in book.options} | {case.practice for case in self.seen.cases}
        found |= {table.practice for table in book.tables.values()} | {p.practice for p in book.parameters.values()}
        return frozenset(found)

    def _rule(self, rule: Rule) -> Explanation:
        effects = []
        for slot, value in rule.effects:
            how = _GIVEN[self.seen.book.slots[slot].combine]
            effects.append(how.format(self.seen.words.amount(value.node), DECISION + slot))
        about = [("stage", rule.stage)]
        if rule.table:
            hit = self.seen.book.tables[rule.table].hit if rule.table in self.seen.book.tables else ""
            about.append(("table", f"{rule.table} (hit policy {hit})" if hit else rule.table))
        if rule.priority:
            about.append(("priority", str(rule.priority)))
        read = {*names_in(rule.when.node, *(value.node for _, value in rule.effects)), *names_shown(rule.reason)}
        return Explanation(
            kind="row of a table" if rule.table else "rule",
            name=rule.id,
            place=str(rule.place),
            practice=rule.practice,
            meaning=self.seen.template(rule.reason),
            about=tuple(about),
            condition=self.seen.words.clause(rule.when.node),
            written=" ".join(rule.when.source.split()),
            effects=tuple(effects),
            reads=self.seen.known(read),
            cases=self.seen.cases_of({rule.id}),
        )

    def _table(self, table: Table) -> Explanation:
        columns = ", ".join(" ".join(column.source.split()) for column in table.inputs)
        rows = {row.rule for row in table.rows} | ({table.default} if table.default else set())
        about = [
            ("stage", table.stage),
            ("hit policy", f"{table.hit} {table.aggregate}".strip()),
            ("asks about", columns),
            ("decides", ", ".join(DECISION + slot for slot in table.outputs)),
            ("rows", str(len(table.rows))),
            ("where no row fits", f"row {table.default}" if table.default else "the decision is held for a person"),
        ]
        return Explanation(
            kind="decision table",
            name=table.id,
            place=str(table.place),
            practice=table.practice,
            meaning=f"A table of {len(table.rows)} rows; each is a rule, explained under its own id.",
            about=tuple(about),
            effects=tuple(self._row(row.rule) for row in table.rows),
            reads=self.seen.known(names_in(*(column.node for column in table.inputs))),
            cases=self.seen.cases_of(rows),
        )

    @cached_property
    def _rules(self) -> Mapping[str, Rule]:
        return {rule.id: rule for rule in self.seen.book.rules}

    def _row(self, id: str) -> str:
        rule = self._rules[id]
        given = ", ".join(f"{slot} {self.seen.words.amount(value.node)}" for slot, value in rule.effects)
        return f"{id}: if {self.seen.words.clause(rule.when.node).one_line()}: {given}"

    def _parameter(self, parameter: Parameter) -> Explanation:
        """With its whole history."""
        full = PARAMETER + parameter.name
        in_force = max((day for day, _ in parameter.values if day <= self.seen.on), default=None)
        history = tuple(
            Dated(day, self.seen.value(parameter.type, value), _state(day, in_force, self.seen.on))
            for day, value in parameter.values
        )
        now = self.seen.values.get(parameter.name)
        told = self.seen.value(parameter.type, now) if now is not None else "nothing: its first day is still to come"
        return Explanation(
            kind="parameter",
            name=full,
            place=str(parameter.place),
            practice=parameter.practice,
            meaning=parameter.meaning,
            about=(("unit", called(parameter.type)), (f"on {self.seen.on}", told)),
            history=history,
            uses=self.seen.uses.get(full, ()),
            cases=self.seen.cases_of(self.seen.users(full)),
        )

    def _slot(self, slot: Slot) -> Explanation:
        full = DECISION + slot.name
        about = [("unit", called(slot.type)), ("combined", _COMBINED[slot.combine])]
        about.append(("without any rule", self.seen.value(slot.type, slot.initial)))
        if slot.type.unit in NUMERIC:
            ends = self.seen.value(slot.type, slot.minimum), self.seen.value(slot.type, slot.maximum)
            about.append(("range", f"{ends[0]} to {ends[1]}"))
        return self._named(full, "effect that rules decide", slot.meaning, about)

    def _named(self, full: str, kind: str, meaning: str, about: Iterable[tuple[str, str]]) -> Explanation:
        cases = self.seen.cases_of(self.seen.users(full))
        return Explanation(kind, full, "", "", meaning, tuple(about), uses=self.seen.uses.get(full, ()), cases=cases)

    def _computed(self, entry: Computed) -> Explanation:
        node = entry.value.node
        after = f"after the stage {entry.stage}" if entry.stage else "from the request alone"
        yes_or_no = entry.type.unit is Unit.BOOL
        about = [("unit", called(entry.type)), ("known", after)]
        if not yes_or_no:
            about.append(("worked out as", self.seen.words.amount(node)))
        return Explanation(
            kind=kind_of(entry.name),
            name=entry.name,
            place=str(entry.place),
            practice="",
            meaning=entry.meaning,
            about=tuple(about),
            condition=self.seen.words.clause(node) if yes_or_no else None,
            written=" ".join(entry.value.source.split()),
            reads=self.seen.known(names_in(node)),
            uses=self.seen.uses.get(entry.name, ()),
            cases=self.seen.cases_of(self.seen.users(entry.name)),
        )

    def _fact(self, fact: FactDecl) -> Explanation:
        about = [("unit", called(fact.type))]
        if fact.pointer:
            about.append(("in the request", fact.pointer))
        if fact.type.unit in NUMERIC:
            ends = self.seen.value(fact.type, fact.minimum), self.seen.value(fact.type, fact.maximum)
            about.append(("range", f"{ends[0]} to {ends[1]}"))
        if fact.optional:
            about.append(("may be absent", f"a condition asks has({fact.name}) first"))
        elif fact.default is not None:
            about.append(("if not given", self.seen.value(fact.type, fact.default)))
        return self._named(fact.name, "fact of the request", fact.meaning, about)

    def _guardrail(self, guardrail: Guardrail) -> Explanation:
        read = {*names_in(guardrail.holds.node), *names_shown(guardrail.reason)}
        return Explanation(
            kind="guardrail",
            name=guardrail.id,
            place=str(guardrail.place),
            practice=guardrail.practice,
            meaning="It must hold of every decision; where it does not, the decision is held for a person.",
            about=(("told then", self.seen.template(guardrail.reason)),),
            condition=self.seen.words.clause(guardrail.holds.node),
            written=" ".join(guardrail.holds.source.split()),
            reads=self.seen.known(read),
        )

    def _option(self, option: OptionRule) -> Explanation:
        return Explanation(
            kind="option",
            name=option.id,
            place=str(option.place),
            practice=option.practice,
            meaning=f"Offered at {self.seen.words.amount(option.share.node)} of the price's range.",
            condition=self.seen.words.clause(option.when.node),
            written=" ".join(option.when.source.split()),
            reads=self.seen.known(names_in(option.share.node, option.when.node)),
        )

    def _practice(self, practice: str) -> Explanation:
        book = self.seen.book
        kinds: tuple[tuple[str, Iterable[Rule | Table | Guardrail | OptionRule]], ...] = (
            ("rule", (rule for rule in book.rules if not rule.table)),
            ("table", book.tables.values()),
            ("guardrail", book.guardrails),
            ("option", book.options),
        )
        users = [
            Use(kind, entry.id, self._what(entry), str(entry.place))
            for kind, entries in kinds
            for entry in entries
            if entry.practice == practice
        ]
        known = [PARAMETER + p.name for p in book.parameters.values() if p.practice == practice]
        cases = tuple(case_of(case, case.edge) for case in self.seen.cases if case.practice == practice)
        count = f"{len(users)} rules, tables, guardrails and options, {len(known)} parameters, {len(cases)} cases"
        return Explanation("practice", practice, "", practice, count, reads=self.seen.known(known), uses=tuple(users),
                           cases=cases)  # fmt: skip

    def _what(self, entry: Rule | Table | Guardrail | OptionRule) -> str:
        if isinstance(entry, (Rule, Guardrail)):
            return self.seen.template(entry.reason)
        return f"{len(entry.rows)} rows" if isinstance(entry, Table) else "offered"


def _state(day: date, in_force: date | None, on: date) -> str:
    if day > on:
        return "to come"
    return "in force" if day == in_force else "past"
