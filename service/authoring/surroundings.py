"""What stands around a name of a book: values in force on a day, who uses it, what it reads, which cases show it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from service.authoring.explanation import CaseOf, Known
from service.authoring.uses import Use, kind_of, uses
from service.authoring.words import Wording
from service.domain.facts import Type, Value
from service.domain.units import value_text
from service.policy.book import Book, Template
from service.policy.cases import Case
from service.policy.nodes import DECISION, PARAMETER
from service.policy.text import cel


@dataclass(frozen=True)
class Surroundings:
    """`on`: the day whose parameter values are told."""

    book: Book
    cases: Sequence[Case]
    on: date

    @cached_property
    def uses(self) -> Mapping[str, tuple[Use, ...]]:
        return uses(self.book)

    @cached_property
    def values(self) -> Mapping[str, Value]:
        in_force = {}
        for parameter in self.book.parameters.values():
            past = [value for day, value in parameter.values if day <= self.on]
            if past:
                in_force[parameter.name] = past[-1]
        return in_force

    @cached_property
    def words(self) -> Wording:
        return Wording(self.values, self.book.currency)

    def value(self, type: Type, value: Value) -> str:
        return value_text(type, value, self.book.currency)

    def template(self, template: Template) -> str:
        """With the names of what is filled in."""
        return "".join(
            part if isinstance(part, str) else f"{{{cel(part, self.book.currency)}}}" for part in template.parts
        )

    def known(self, names: Iterable[str]) -> tuple[Known, ...]:
        return tuple(self._one(name) for name in sorted(names))

    def _one(self, name: str) -> Known:
        book = self.book
        if name.startswith(PARAMETER):
            parameter = book.parameters[name.removeprefix(PARAMETER)]
            now = self.values.get(parameter.name)
            value = "" if now is None else self.value(parameter.type, now)
            return Known(name, "parameter", parameter.meaning, value)
        slot = book.slots.get(name.removeprefix(DECISION)) if name.startswith(DECISION) else None
        if slot:
            return Known(name, "effect", slot.meaning)
        computed = next((entry for entry in book.computed if entry.name == name), None)
        if computed:
            return Known(name, kind_of(name), computed.meaning)
        return Known(name, "fact", book.facts[name].meaning)

    def users(self, full: str) -> set[str]:
        return {use.name for use in self.uses.get(full, ()) if use.kind in ("rule", "row")}

    def cases_of(self, rules: set[str]) -> tuple[CaseOf, ...]:
        found = []
        for case in self.cases:
            fires, not_fires = rules & set(case.rules), rules & set(case.not_rules)
            if fires or not_fires:
                why = f"{_listed(fires)} fired" if fires else f"not {_listed(not_fires)}"
                found.append(case_of(case, why))
        return tuple(found)


def case_of(case: Case, why: str) -> CaseOf:
    return CaseOf(case.id, why, case.worked, str(case.place))


def _listed(rules: set[str]) -> str:
    return ", ".join(sorted(rules))
