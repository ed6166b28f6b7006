"""Which practices the shipped book encodes: by a rule or a guardrail, and by a case on each side of its edge."""

from __future__ import annotations

from collections import defaultdict

from service.policy.cases import load_cases
from tests.agency.shipped import files, policy

REQUIRED = (
    *(f"P{number}" for number in range(1, 18)),
    *(f"D{number}" for number in (1, 2, 3, 4, 5, 6, 7, 9)),
    *(f"T{number}" for number in range(1, 9)),
    *("C8", "C9", "C13"),
    *("M1", "M3", "M4", "M5", "M6", "M7", "M8"),
)


def test_every_practice_has_a_rule_or_a_guardrail() -> None:
    book = policy().book
    encoded = {entry.practice for entry in (*book.rules, *book.guardrails)}
    assert [practice for practice in REQUIRED if practice not in encoded] == []


def test_every_practice_has_a_case_on_each_side_of_its_edge() -> None:
    edges = defaultdict(set)
    for case in load_cases(files()):
        edges[case.practice].add(case.edge)
    lacking = {practice: edges[practice] for practice in REQUIRED if edges[practice] != {"applies", "outside"}}
    assert lacking == {}


def test_every_rule_is_shown_by_a_case() -> None:
    shown = {rule for case in load_cases(files()) for rule in case.rules}
    telling = [rule.id for rule in policy().book.rules if rule.reason.parts]
    assert sorted(id for id in telling if id not in shown) == []


def test_every_parameter_decides_something() -> None:
    source = b"\n".join(text for name, text in files().items() if name != "parameters.yaml").decode()
    assert [name for name in policy().book.parameters if f"params.{name}" not in source] == []
