"""Examples of the reference: typed as a book's expressions are, and worked out by the tree walker.

They stand in for no book: a handful of facts, parameters and effects, and what they are in the examples.
"""

from __future__ import annotations

from collections.abc import Mapping

from schemas.vocabulary import HAS, declarations
from service.domain.effects import OUTCOMES, STANDARD_FORMULAS, STANDARD_SLOTS, Combine
from service.domain.facts import MONEY, PERCENT, Type, Unit, Value
from service.domain.money import Rounding
from service.domain.units import value_text
from service.policy.expressions import expression
from service.policy.findings import Place
from service.policy.loading.amounts import TYPES
from service.policy.nodes import DECISION, MEMBER, PARAMETER, Node
from service.policy.scope import Scope
from service.policy.values import evaluate_node

CURRENCY = "EUR"
MEMBERS: dict[str, tuple[str, ...]] = {
    "declined_for": ("general", "budget", "capacity"),
    "approvals": ("senior", "owner"),
    "extras": ("charged", "free"),
    "recommend": ("standard", "essential"),
    "ways_to_pay": ("transfer", "card"),
    "clauses": ("what_is_included", "own_errors"),
    "notes": ("range_narrows", "smaller_scope"),
    "advice": ("close_now", "beyond_cap"),
}
"""Members of the standard's enums, which every book names for itself."""

PARAMETERS: dict[str, tuple[Type, int]] = {
    "minimum_profit": (PERCENT, 2_000),
    "small_job": (MONEY, 30_000),
}
FACTS: dict[str, Value] = {
    "client.orders": 12,
    "client.months_active": 8,
    "client.category": "vip",
    "client.average_monthly_payment": 90_000,
    "client.running_contract": True,
    "job.cost": 80_000,
    "job.fair_price": 123_455,
    "job.line_count": 5,
    "job.extras_price": 5_000,
    "deal.budget": 150_000,
    "mistake.loss": 20_000,
}
ABSENT = ("deal.competitor_price",)
DECIDED: dict[str, Value] = {
    "extras": "charged",
    "prohibitive": 0,
    "markup": 1_500,
    "discount": 500,
    "bonus": 0,
    "compensation": 1_000,
    "prepayment": 5_000,
    "approvals": frozenset({"owner"}),
}
"""In stored units: money in minor units, percents in basis points."""


def slot_type(name: str) -> Type:
    standard = STANDARD_SLOTS[name]
    if standard.unit is Unit.ENUM:
        return Type(Unit.ENUM, MEMBERS[name], many=standard.combine is Combine.UNION)
    return TYPES[standard.unit.value]


def types() -> dict[str, Type]:
    """Every name that the examples may read."""
    known = {name: decl.type for name, decl in declarations().items()}
    known |= {PARAMETER + name: type for name, (type, _) in PARAMETERS.items()}
    known |= {DECISION + name: slot_type(name) for name in STANDARD_SLOTS}
    known |= {DECISION + name: TYPES[unit.value] for name, (unit, _) in STANDARD_FORMULAS.items()}
    known[DECISION + "outcome"] = Type(Unit.ENUM, OUTCOMES)
    return known


def typed(source: str, expected: Type | None = None) -> Node:
    """Raises ExpressionRefused where an example is no longer what a book could hold."""
    optional = frozenset(name for name, decl in declarations().items() if decl.optional)
    scope = Scope(types(), optional, CURRENCY, Rounding.HALF_UP)
    return expression(source, scope, expected, Place("example", 1, 1))


def result(source: str, more: Mapping[str, Value]) -> tuple[Value, str]:
    """The value of an example, and as a manager reads it. `more`: what is known beside the sample."""
    node = typed(source)
    value = evaluate_node(node, {**environment(), **more})
    return value, value_text(node.type, value, CURRENCY)


def environment() -> dict[str, Value]:
    env: dict[str, Value] = {PARAMETER + name: value for name, (_, value) in PARAMETERS.items()}
    env |= FACTS
    env |= {HAS + name: name in FACTS for name, decl in declarations().items() if decl.optional}
    env |= {DECISION + name: value for name, value in DECIDED.items()}
    for name, value in DECIDED.items():
        if isinstance(value, frozenset):
            env |= {f"{DECISION}{name}{MEMBER}{member}": member in value for member in MEMBERS[name]}
    return env


def shown() -> list[tuple[str, str]]:
    """Names and values of the sample, for the reader."""
    known = types()
    values = {name: value for name, value in environment().items() if name in known}
    present = [(name, value_text(known[name], value, CURRENCY)) for name, value in values.items()]
    return sorted([*present, *((name, "left out") for name in ABSENT)])
