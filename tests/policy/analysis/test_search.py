"""A request that the search finds shows it; where it finds none there is none; else it says that it doesn't know."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain.facts import BOOL, COUNT, DAYS, MONEY, MONTHS, FactDecl, Facts
from service.policy.analysis.graph import Graph, facts_at
from service.policy.analysis.search import Verdict, find
from service.policy.expressions import ExpressionRefused
from service.policy.nodes import HAS, Node
from service.policy.program import fold
from service.policy.values import evaluate_node
from tests.policy.sample_scope import CATEGORY, SCOPE, typed
from tests.policy.sources import ALL_OF_IT

FACTS = {
    fact.name: fact
    for fact in (
        FactDecl("client.category", CATEGORY, ""),
        FactDecl("client.months_active", MONTHS, "", 0, 600),
        FactDecl("client.orders", COUNT, "", 0, 30),
        FactDecl("client.scenes", COUNT, "", 0, 9),
        FactDecl("client.trusted", BOOL, ""),
        FactDecl("deal.asked", BOOL, ""),
        FactDecl("deal.budget", MONEY, "", 100, 10**12, optional=True),
        FactDecl("deal.competitor_price", MONEY, "", 0, 10**12, optional=True),
        FactDecl("job.cost", MONEY, "", 0, 10**12),
        FactDecl("job.days", DAYS, "", 1, 60),
        FactDecl("decision.target", MONEY, "", 0, 10**12),
        FactDecl("decision.approvals:owner", BOOL, ""),
        FactDecl("params.late_fee", MONEY, "", 2500, 2500),
        FactDecl("params.share", SCOPE.types["params.share"], "", 1500, 1500),
        FactDecl("params.times", SCOPE.types["params.times"], "", 25_000, 25_000),
    )
}


def answer(node: Node, **limits: int) -> Facts | Verdict:
    graph = Graph()
    env = graph.inputs(FACTS)
    point, _ = find(graph, fold(node, graph, env), **limits)  # type: ignore[arg-type,type-var]
    return point if isinstance(point, Verdict) else facts_at(graph, FACTS, point)


def at_random(chance: random.Random) -> dict[str, object]:
    facts: dict[str, object] = {}
    for name, fact in FACTS.items():
        if fact.type is BOOL:
            facts[name] = chance.random() < 0.5
        elif fact.type.values:
            facts[name] = chance.choice(fact.type.values)
        else:
            wide = chance.choice(
                [fact.minimum, fact.maximum, 5000, 1250, 3, chance.randint(fact.minimum, fact.maximum)]
            )
            facts[name] = min(max(wide, fact.minimum), fact.maximum)
        if fact.optional:
            facts[HAS + name] = chance.random() < 0.5
            if not facts[HAS + name]:
                facts[name] = fact.zero()
    return facts


@settings(max_examples=300, deadline=None)
@given(ALL_OF_IT, st.integers(0, 2**32))
def test_it_agrees_with_the_reference_reader(source: str, seed: int) -> None:
    try:
        node = typed(source, BOOL)
    except ExpressionRefused:
        return
    found = answer(node, boxes=60)
    if found is Verdict.NONE:
        chance = random.Random(seed)
        assert not any(evaluate_node(node, at_random(chance)) for _ in range(50))
    elif not isinstance(found, Verdict):
        assert evaluate_node(node, found) is True


@pytest.mark.parametrize(
    "source",
    [
        "client.orders > 30",
        "client.orders > 20 && client.scenes > 5 && client.orders + client.scenes < 27",
        'client.category == "vip" && !(client.category in ["vip", "good"])',
        'client.category == "vip" && client.category == "good"',
        "has(deal.budget) && deal.budget < 1.00",
        "has(deal.budget) && deal.budget < job.cost && job.cost < deal.budget",
        "client.trusted && (client.orders < 3 || deal.asked) && !deal.asked && client.orders >= 3",
        "percent(job.cost, 50) > job.cost",
        "client.orders * 2 == 7",
        "(client.trusted ? client.orders : 3) > 5 && !client.trusted",
        "min(client.orders, 4) > max(client.scenes, 4)",
        "div_down(client.orders, 4) > 7",
    ],
)
def test_no_request_is_proved(source: str) -> None:
    assert answer(typed(source, BOOL)) is Verdict.NONE


@pytest.mark.parametrize(
    "source",
    [
        "client.orders == 17 && client.scenes == 4",
        "client.orders * 3 == 51",
        'client.category == "regular" && client.orders - client.scenes == 21',
        "has(deal.budget) && deal.budget > job.cost && percent(job.cost, 15) == 12.50",
        "div_round(job.cost, 3) == 0.05 && job.cost != 0.15",
        "(client.trusted ? client.orders : client.scenes) > 9",
        "max(client.orders, client.scenes) == 8 && min(client.orders, client.scenes) == 3",
        "job.cost > 9999999999.98",
    ],
)
def test_a_request_is_found(source: str) -> None:
    node = typed(source, BOOL)
    found = answer(node)
    assert not isinstance(found, Verdict)
    assert evaluate_node(node, found) is True


def test_it_gives_up_within_its_budget() -> None:
    # Squares that differ by 2 don't exist, which intervals can't see.
    node = typed("client.orders * client.orders == client.scenes * client.scenes + 2", BOOL)
    assert answer(node, boxes=3) is Verdict.UNKNOWN
    assert answer(node, boxes=10_000, steps=10_000_000) is Verdict.NONE
