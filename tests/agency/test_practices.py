"""Which practices the shipped book encodes: by a rule or a guardrail, and by a case on each side of its edge."""

from __future__ import annotations

from collections import defaultdict

from service.domain.lists import SETTINGS
from service.domain.people import Role
from service.policy.cases import load_cases
from tests.agency.shipped import AGENCY

REQUIRED = (
    *(f"P{number}" for number in range(1, 18)),
    *(f"D{number}" for number in (1, 2, 3, 4, 5, 6, 7, 9)),
    *(f"T{number}" for number in range(1, 9)),
    *("C8", "C9", "C13"),
    *("M1", "M3", "M4", "M5", "M6", "M7", "M8"),
)


def test_every_practice_has_a_rule_or_a_guardrail() -> None:
    book = AGENCY.policy.book
    encoded = {entry.practice for entry in (*book.rules, *book.guardrails)}
    assert [practice for practice in REQUIRED if practice not in encoded] == []


def test_every_practice_has_a_case_on_each_side_of_its_edge() -> None:
    edges = defaultdict(set)
    for case in load_cases(AGENCY.files):
        edges[case.practice].add(case.edge)
    lacking = {practice: edges[practice] for practice in REQUIRED if edges[practice] != {"applies", "outside"}}
    assert lacking == {}


def test_rules_bend_by_those_with_authority_and_for_a_reason() -> None:
    """D10 is no rule: it is who may depart from the rules. Managers less far than finance, quoters not at all."""
    governance = AGENCY.policy.book.governance
    manager, finance = governance.limits[Role.MANAGER], governance.limits[Role.FINANCE]
    assert governance.limit_of(Role.QUOTER) is None
    assert 0 < manager.price_down < finance.price_down < 10_000
    assert "decline" not in manager.outcomes
    assert governance.reasons


def test_who_approves_what() -> None:
    """Numbers by a manager; caps, credit, guardrails and the matrix itself by finance."""
    lines = {line.id: line for line in AGENCY.policy.book.governance.matrix.lines}
    assert (lines["numbers-within-a-quarter"].by, lines["numbers-within-a-quarter"].within) == (Role.MANAGER, 2_500)
    assert {"concession_cap", "minimum_profit"} <= set(lines["caps"].names)
    assert {"discount", "discount_limit", "concession_limit", "credit_days", "prepayment"} <= set(
        lines["money-given-or-lent"].effects
    )
    assert {"guardrail", "approval line", "override limit"} <= set(lines["guardrails-and-governance"].subjects)
    for strict in ("caps", "credit", "money-given-or-lent", "guardrails-and-governance"):
        assert lines[strict].by is Role.FINANCE


def test_every_rule_is_shown_by_a_case() -> None:
    shown = {rule for case in load_cases(AGENCY.files) for rule in case.rules}
    telling = [rule.id for rule in AGENCY.policy.book.rules if rule.reason.parts]
    assert sorted(id for id in telling if id not in shown) == []


def test_every_parameter_decides_something() -> None:
    source = b"\n".join(text for name, text in AGENCY.files.items() if name != "parameters.yaml").decode()
    decide = [name for name in AGENCY.policy.book.parameters if name not in SETTINGS]
    assert [name for name in decide if f"params.{name}" not in source] == []
