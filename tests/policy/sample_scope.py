"""A small scope that the tests of expressions share, and how they ask for findings."""

from service.domain.facts import BOOL, COUNT, DAYS, MONEY, MONTHS, PERCENT, RATIO, Type, Unit
from service.domain.money import Rounding
from service.policy.expressions import ExpressionRefused, Scope, expression
from service.policy.findings import Finding, Place
from service.policy.nodes import Node

CATEGORY = Type(Unit.ENUM, ("vip", "good", "regular"))
ROLES = Type(Unit.ENUM, ("owner", "senior"), many=True)
SCOPE = Scope(
    types={
        "client.category": CATEGORY,
        "client.months_active": MONTHS,
        "client.orders": COUNT,
        "client.scenes": COUNT,
        "client.trusted": BOOL,
        "deal.asked": BOOL,
        "deal.budget": MONEY,
        "deal.competitor_price": MONEY,
        "job.cost": MONEY,
        "job.days": DAYS,
        "params.late_fee": MONEY,
        "params.share": PERCENT,
        "params.times": RATIO,
        "decision.target": MONEY,
        "decision.approvals": ROLES,
    },
    optional=frozenset({"deal.budget", "deal.competitor_price"}),
    currency="EUR",
    rounding=Rounding.HALF_UP,
    later={"decision.floor": "price"},
)
HERE = Place("rules.yaml", 7, 11)


def typed(source: str, expected: Type | None = None, scope: Scope = SCOPE) -> Node:
    return expression(source, scope, expected, HERE, "a-rule")


def findings(source: str, expected: Type | None = None, scope: Scope = SCOPE) -> tuple[Finding, ...]:
    try:
        node = expression(source, scope, expected, HERE, "a-rule")
    except ExpressionRefused as refused:
        return refused.findings
    raise AssertionError(f"{source!r} was accepted as {node}")


def codes(source: str, expected: Type | None = None) -> list[str]:
    return [finding.code for finding in findings(source, expected)]


def without_spans(node: Node) -> Node:
    return node._replace(args=tuple(map(without_spans, node.args)), span=(0, 0))
