"""The reference reader against numbers worked out by hand."""

import pytest

from service.domain.facts import BOOL, Type, Value
from service.domain.money import Rounding
from service.policy.expressions import Scope
from service.policy.values import evaluate_node
from tests.policy.sample_scope import SCOPE, typed

ENV: dict[str, Value] = {
    "client.category": "good",
    "client.months_active": 6,
    "client.orders": 4,
    "client.scenes": 0,
    "client.trusted": True,
    "deal.asked": False,
    "deal.budget": 120_000,
    "has:deal.budget": True,
    "deal.competitor_price": 0,
    "has:deal.competitor_price": False,
    "job.cost": 100_001,
    "job.days": 7,
    "params.late_fee": 2_500,
    "params.share": 1_250,
    "params.times": 25_000,
    "decision.target": 130_000,
    "decision.approvals:owner": True,
    "decision.approvals:senior": False,
}


@pytest.mark.parametrize(
    ("source", "value"),
    [
        # 1,000.01 x 12.5 % = 125.00125
        ("percent(job.cost, params.share)", 12_500),
        ("percent_up(job.cost, params.share)", 12_501),
        ("percent_down(job.cost, params.share)", 12_500),
        # 25.00 x 2.5
        ("percent(params.late_fee, params.times)", 6_250),
        # 12.5 % x 2.5 = 31.25 %
        ("percent(params.share, params.times)", 3_125),
        # 12.5 % x 33 % = 4.125 %: a tie between 4.12 and 4.13
        ("percent(params.share, 33)", 413),
        ("percent_down(params.share, 33)", 412),
        # 7 / 2
        ("div_up(job.days, 2)", 4),
        ("div_down(job.days, 2)", 3),
        ("div_round(job.days, 2)", 4),
        # -3.5: half up is away from zero, up is towards plus infinity
        ("div_round(-job.days, 2)", -4),
        ("div_up(-job.days, 2)", -3),
        ("div_down(-job.days, 2)", -4),
        ("job.days * 3 - job.days", 14),
        ("max(job.days, 9, 2) - min(job.days, 9, 2)", 7),
        ("decision.target - job.cost - 12.50", 28_749),
        ("decision.target - (job.cost - 12.50)", 31_249),
        ("client.trusted ? job.cost : 0", 100_001),
        ("deal.asked ? job.cost : 0.07", 7),
        ("-job.cost", -100_001),
        ("client.category == 'good'", True),
        ("client.category in ['vip', 'regular']", False),
        ("has(deal.budget) && deal.budget >= 1200", True),
        ("has(deal.competitor_price) && deal.competitor_price < 1200", False),
        ("client.trusted == deal.asked", False),
        ("client.trusted != !deal.asked", False),
        ("client.orders in [4, -1]", True),
        ("deal.asked || client.scenes > 0 || client.months_active >= 6", True),
        ("'owner' in decision.approvals && !('senior' in decision.approvals)", True),
    ],
)
def test_worked_by_hand(source: str, value: Value) -> None:
    found = evaluate_node(typed(source), ENV)
    assert (found, type(found)) == (value, type(value))


def test_a_tie_goes_the_way_of_the_book() -> None:
    even = Scope(SCOPE.types, SCOPE.optional, "EUR", Rounding.HALF_EVEN)
    assert evaluate_node(typed("percent(params.share, 33)", scope=even), ENV) == 412
    assert evaluate_node(typed("div_round(job.days, 2)", scope=even), ENV) == 4


def test_an_expected_enum_is_its_own_value() -> None:
    category: Type = SCOPE.types["client.category"]
    assert evaluate_node(typed("vip", category), ENV) == "vip"
    assert evaluate_node(typed("client.trusted", BOOL), ENV) is True
