"""Expressions of a book, typed with what is readable where they stand. Knows names and when they become known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from service.domain.effects import OUTCOMES, Slot
from service.domain.facts import FactDecl, Type, Unit
from service.policy.book import Expression, Parameter
from service.policy.expressions import ExpressionRefused, expression
from service.policy.findings import Place
from service.policy.loading.header import Header
from service.policy.loading.names import protected_reads
from service.policy.loading.report import Item, Report
from service.policy.nodes import DECISION, HAS, MEMBER, PARAMETER, Node, references
from service.policy.scope import Scope

OUTCOME = DECISION + "outcome"
OUTCOME_TYPE = Type(Unit.ENUM, OUTCOMES)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Every name of a book with its type. `levels`: the stage after which a name is known, 0 for the request alone.

    `asked`: the optional facts that a computed yes or no asks for with has().
    """

    header: Header
    facts: Mapping[str, FactDecl]
    slots: Mapping[str, Slot]
    parameters: Mapping[str, Parameter]
    computed: Mapping[str, Type]
    levels: dict[str, int] = field(default_factory=dict)
    asked: dict[str, frozenset[str]] = field(default_factory=dict)

    def types(self) -> dict[str, Type]:
        types = {name: decl.type for name, decl in self.facts.items()}
        types.update((DECISION + slot.name, slot.type) for slot in self.slots.values())
        types.update((PARAMETER + parameter.name, parameter.type) for parameter in self.parameters.values())
        types.update(self.computed)
        return types

    def everything(self, outcome: bool) -> Scope:
        """All names; `decision.outcome` only where every stage is over."""
        types = self.types()
        if outcome:
            return self._scope({**types, OUTCOME: OUTCOME_TYPE}, {})
        return self._scope(types, {OUTCOME: self.header.stages[-1] if self.header.stages else ""})

    def before(self, stage: str) -> Scope:
        """What the rules of a stage may read: all that is known once the stages before it are over."""
        level = self.header.level(stage)
        types = self.types()
        later = {name: self.header.stage_at(known) for name, known in self.levels.items() if known >= level}
        later[OUTCOME] = self.header.stages[-1]
        for name in later:
            types.pop(name, None)
        return self._scope(types, later)

    def level(self, node: Node) -> int:
        """The stage after which all that a node reads is known."""
        names = (name.partition(MEMBER)[0] if name.startswith(DECISION) else name for name in references(node))
        return max((self.levels.get(name, 0) for name in names), default=0)

    def asked_for(self, condition: Expression | None) -> frozenset[str]:
        """Optional facts that a condition, or what it reads, asks for with has(); a reason may then show them."""
        if condition is None:
            return frozenset()
        names = references(condition.node)
        own = {name.removeprefix(HAS) for name in names if name.startswith(HAS)}
        return frozenset(own).union(*(self.asked[name] for name in names if name in self.asked))

    def _scope(self, types: Mapping[str, Type], later: Mapping[str, str]) -> Scope:
        optional = frozenset(name for name, decl in self.facts.items() if decl.optional and name in types)
        return Scope(types, optional, self.header.currency, self.header.rounding, later)


def typed(
    report: Report, item: Item, path: tuple[str, ...], scope: Scope, expected: Type, subject: str
) -> Expression | None:
    """The expression of an item's field, or None with its findings reported."""
    source, place = item.text(*path)
    return typed_text(report, source, place, scope, expected, subject)


def typed_text(
    report: Report, source: str, place: Place, scope: Scope, expected: Type | None, subject: str
) -> Expression | None:
    """`place`: where the source begins. Without an expected type any will do."""
    protected = protected_reads(source)
    for name, at in protected:
        lines = source.count("\n", 0, at)
        column = at - source.rfind("\n", 0, at) if lines else place.column + at
        message, hint = f"'{name}' is a protected attribute (P16)", "decide by what the work is, not by who asks"
        report.add(Place(place.file, place.line + lines, column), "protected-attribute", message, hint, subject)
    try:
        node = expression(source, scope, expected, place, subject)
    except ExpressionRefused as refused:
        unknown = {f"`{name}`" for name, _ in protected}
        report.findings += [
            f for f in refused.findings if f.code != "unknown-name" or not any(name in f.message for name in unknown)
        ]
        return None
    return None if protected else Expression(node, source, place)
