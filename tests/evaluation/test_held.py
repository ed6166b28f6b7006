"""Decisions that are held for a person: a table, a guardrail, the amounts or the matchers are at odds."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from service.evaluation import AMOUNTS_CONSISTENT, MATCHERS_AGREE
from service.matching.compiled import decided_names, second_opinion
from service.matching.runtime import Runtime
from service.policy.binding import bind
from tests.evaluation.by_the_tiny_book import LADDER, TINY, decided, tiny


@pytest.mark.parametrize(
    ("months", "why"),
    [
        (2, "rows ladder/new, ladder/young contradict one another where client.months_active is 2 months"),
        (12, "no row fits where client.months_active is 12 months"),
    ],
)
def test_a_table_at_fault_holds_the_decision(months: int, why: str) -> None:
    decision = decided({"client": {"months_active": months}}, tiny(ladder=LADDER))
    assert decision.outcome == "held"
    assert [(h.guardrail, h.practice, h.why) for h in decision.held] == [("table:ladder", "P3", why)]
    assert decision.to_client is None


def test_a_breach_is_held_with_the_guardrail_and_never_sent() -> None:
    cheap = b"""
guardrails:
  - {id: never-cheap, practice: P1, holds: decision.target >= 5000.00, reason: "{decision.target} is cheap"}
"""
    decision = decided(policy=tiny(guardrails=cheap))
    assert (decision.outcome, decision.to_client) == ("held", None)
    assert [(hold.guardrail, hold.practice, hold.why) for hold in decision.held] == [
        ("never-cheap", "P1", "1,000.00 EUR is cheap")
    ]
    assert decision.price is not None


def test_amounts_that_contradict_each_other_are_held_without_a_price() -> None:
    formulas = (
        (TINY / "formulas.yaml")
        .read_text()
        .replace(
            '"job.open_count == 0 ? decision.target : percent_up', '"job.open_count == 0 ? decision.floor : percent_up'
        )
    )
    decision = decided(policy=tiny(formulas=formulas.encode()))
    assert (decision.outcome, decision.price, decision.terms, decision.to_client) == ("held", None, None, None)
    assert [hold.guardrail for hold in decision.held] == [AMOUNTS_CONSISTENT]


def test_matchers_at_odds_are_held() -> None:
    policy = tiny()
    program = bind(policy.book, date(2026, 3, 2), "EUR")
    honest, names = second_opinion(program), decided_names(program)

    def lying(facts: Any) -> Any:
        values, flags = honest(facts)
        return tuple(1 if n == "decision.target" else v for n, v in zip(names, values, strict=True)), flags

    class AtOdds:
        book = policy.book

        def runtime(self, *_: object) -> Runtime:
            return Runtime(program, lying)

    decision = decided(policy=AtOdds())  # type: ignore[arg-type]
    assert (decision.outcome, decision.to_client) == ("held", None)
    assert [hold.guardrail for hold in decision.held] == [MATCHERS_AGREE]
    assert decision.price is not None
    assert decision.price.target == 100_000
