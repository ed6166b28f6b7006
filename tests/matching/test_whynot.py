"""What a manager is told of a rule that did not fire."""

import pytest

from service.domain.decision import FalseClause
from service.domain.facts import Value
from service.matching.runtime import Runtime
from tests.matching.programs import facts, program, rule, stage


def clauses(when: str, **given: Value) -> list[tuple[str, str, str]]:
    runtime = Runtime(program(stage("price", [rule("r", when)])))
    answers = runtime.why_not(runtime.decide(facts(**given)))
    runtime.close()
    found: tuple[FalseClause, ...] = answers[0].clauses if answers else ()
    return [(c.clause, c.actual, c.required) for c in found]


@pytest.mark.parametrize(
    ("when", "clause", "actual", "required"),
    [
        ("client.orders >= 3", "client.orders >= 3", "2", "at least 3"),
        ("3 <= client.orders", "3 <= client.orders", "2", "at least 3"),
        ("client.months < 1", "client.months < 1", "1 month", "less than 1 month"),
        ("job.cost > 20.50", "job.cost > 20.50", "12.00 EUR", "more than 20.50 EUR"),
        ("job.cost * 2 <= 20", "job.cost * 2 <= 20", "24.00 EUR", "at most 20.00 EUR"),
        ("client.category == 'vip'", "client.category == 'vip'", "good", "vip"),
        ("client.category != client.usual", "client.category != client.usual", "good", "not good"),
        ("client.category in ['vip', 'other']", "client.category in ['vip', 'other']", "good", "one of vip, other"),
        ("!(client.category in ['good'])", "!(client.category in ['good'])", "good", "none of good"),
        ("deal.asked", "deal.asked", "no", "yes"),
        ("!client.trusted", "!client.trusted", "yes", "no"),
        ("deal.asked == client.trusted", "deal.asked == client.trusted", "no", "yes"),
        (
            "client.orders > 5 || !client.trusted",
            "client.orders > 5 || !client.trusted",
            "client.orders is 2, client.trusted is yes",
            "client.orders more than 5 or client.trusted no",
        ),
    ],
)
def test_actual_and_required(when: str, clause: str, actual: str, required: str) -> None:
    given: dict[str, Value] = {"client_months": 1, "client_category": "good", "client_usual": "good"}
    assert clauses(when, client_orders=2, client_trusted=True, job_cost=1_200, **given) == [(clause, actual, required)]


def test_only_the_false_clauses() -> None:
    when = "client.orders > 1 && client.months > 6 && !(deal.asked || job.days > 3)"
    assert clauses(when, client_orders=2, client_months=2, job_days=4) == [
        ("client.months > 6", "2 months", "more than 6 months"),
        ("!(job.days > 3)", "4 days", "at most 3 days"),
    ]


def test_nothing_is_said_of_an_absent_value() -> None:
    when = "has(deal.budget) && deal.budget > job.cost"
    assert clauses(when) == [("has(deal.budget)", "not given", "given")]
    assert clauses(when, deal_budget=100, job_cost=200) == [
        ("deal.budget > job.cost", "1.00 EUR", "more than 2.00 EUR"),
    ]


def test_rules_that_fired_have_no_entry() -> None:
    assert clauses("client.orders > 1", client_orders=2) == []
