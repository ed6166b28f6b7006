"""The same forty rules and facts: the service's two matchers together, its second opinion alone, handwritten Python."""

from __future__ import annotations

from typing import Any

from benchmarks import books, handwritten
from benchmarks.in_process import NOW, cases
from benchmarks.timing import Spread, measured
from schemas.vocabulary import declarations
from service.matching.runtimes import Policy
from service.policy.loader import load_book


class ReadersDisagree(RuntimeError):
    """Times of readers that don't find the same rules are not worth comparing."""

    def __init__(self, service: list[str], handwritten: list[str]) -> None:
        super().__init__(f"the service found {service}, handwritten Python {handwritten}")


def measure(seconds: float) -> dict[str, Any]:
    policy = Policy(load_book(books.of_rules(handwritten.WHEN), declarations()))
    inputs = cases(policy)
    runtime = policy.runtime(NOW.date(), policy.book.currency)
    facts = [facts for _, facts in inputs]
    for each in facts:
        found = sorted(rule.id for rule in runtime.decide(each).fired)
        expected = sorted(handwritten.matched(each))
        if found != expected:
            raise ReadersDisagree(found, expected)
    readers: dict[str, Spread] = {
        "handwritten Python, matching alone": measured(handwritten.matched, facts, seconds),
        "second opinion with effects and formulas": measured(runtime.outlook, facts, seconds),
        "both matchers with effects and formulas": measured(runtime.decide, facts, seconds),
    }
    base = readers["handwritten Python, matching alone"].p50
    return {
        "rules": len(handwritten.WHEN),
        "requests": len(facts),
        "fired_mean": round(sum(len(handwritten.matched(each)) for each in facts) / len(facts), 1),
        "readers": {name: us.plain() | {"ratio": round(us.p50 / base, 1)} for name, us in readers.items()},
    }


def told(result: dict[str, Any]) -> list[str]:
    lines = [
        f"{result['rules']} rules, {result['fired_mean']} of them fire, {result['requests']} requests",
        f"{'reader':>42} {'p50 us':>8} {'p99 us':>8} {'ratio':>6}",
    ]
    for name, us in result["readers"].items():
        lines.append(f"{name:>42} {us['p50']:>8.1f} {us['p99']:>8.1f} {us['ratio']:>6}")
    return lines
