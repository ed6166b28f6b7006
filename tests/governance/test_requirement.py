"""Whose word a change needs: the strictest fitting line of each change, the default where none fits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from service.domain.authority import ApprovalLine, ApprovalMatrix, Governance
from service.domain.people import Role
from service.governance.diff.books import Edition, book_diff
from service.governance.requirement import Requirement, first_version, required

from .conftest import Files, edition, replaced

NUMBERS = ApprovalLine("numbers", Role.MANAGER, subjects=("parameter", "exchange rate"), within=1_000)
CREDIT = ApprovalLine("credit", Role.FINANCE, names=("credit_limit", "credit_days"))
WORDS = ApprovalLine("words", Role.MANAGER, subjects=("message", "case"))
NOTES = ApprovalLine("notes", Role.MANAGER, effects=("notes", "ways_to_pay", "milestones"))
CAPS = ApprovalLine("caps", Role.ADMIN, effects=("discount",))
MATRIX = ApprovalMatrix((NUMBERS, CREDIT, WORDS, NOTES, CAPS), Role.FINANCE)

Asked = Callable[..., Requirement]


@pytest.fixture
def asked(tiny: Files, loaded: Edition) -> Asked:
    def of(*pairs: tuple[str, str], matrix: ApprovalMatrix = MATRIX) -> Requirement:
        after = edition(replaced(tiny, *pairs))
        return required(book_diff(loaded, after), loaded.book, after.book, matrix)

    return of


def lines(found: Requirement) -> set[tuple[str, str, str, Role]]:
    return {(b.name, b.effect, b.line, b.by) for b in found.because}


@pytest.mark.parametrize(
    ("old", "new", "role", "line"),
    [
        # 20 % of profit, moved by a tenth of that: within 1,000 basis points; beyond that, no line fits
        ('{2026-01-01: "20 %"}}\n  hassle_from', '{2026-01-01: "22 %"}}\n  hassle_from', Role.MANAGER, "numbers"),
        ('{2026-01-01: "20 %"}}\n  hassle_from', '{2026-01-01: "18 %"}}\n  hassle_from', Role.MANAGER, "numbers"),
        ('{2026-01-01: "20 %"}}\n  hassle_from', '{2026-01-01: "22.01 %"}}\n  hassle_from', Role.FINANCE, ""),
        # a new day's value counts from what held on that day before
        ('2026-07-01: "12 %"', '2026-07-01: "12 %", 2027-01-01: "13.2 %"', Role.MANAGER, "numbers"),
        ('2026-07-01: "12 %"', '2026-07-01: "12 %", 2027-01-01: "13.3 %"', Role.FINANCE, ""),
        # small steps in a row don't add up to a large one
        ('2026-07-01: "12 %"', '2026-07-01: "13 %", 2027-01-01: "14 %"', Role.FINANCE, ""),
        # a value taken away changes the days that it held on: 12 % back to 10 %
        ('"10 %", 2026-07-01: "12 %"', '"10 %"', Role.FINANCE, ""),
        # more than a number
        ("Least profit on cost.", "Least profit.", Role.FINANCE, ""),
        ('USD: {2026-01-01: "1.08"}', 'USD: {2026-01-01: "1.10"}', Role.MANAGER, "numbers"),
        ('USD: {2026-01-01: "1.08"}', 'USD: {2026-01-01: "2.08"}', Role.FINANCE, ""),
    ],
)
def test_numbers_within_bounds(asked: Asked, old: str, new: str, role: Role, line: str) -> None:
    found = asked((old, new))
    assert found.role is role
    assert {because.line for because in found.because} == {line}


def test_the_strictest_of_the_lines_that_fit(asked: Asked) -> None:
    found = asked(('"500.00"', '"501.00"'))
    assert lines(found) == {("credit_limit", "", "credit", Role.FINANCE)}


def test_a_new_number_is_no_small_move(asked: Asked) -> None:
    found = asked(
        ("parameters:\n", "parameters:\n  more: {type: count, practice: P1, meaning: M., values: {2026-01-01: 1}}\n")
    )
    assert found.role is Role.FINANCE


def test_a_rule_is_judged_by_each_effect_that_it_writes(asked: Asked) -> None:
    found = asked(("decision.target <= 1000.00", "decision.target <= 900.00"))
    assert lines(found) == {("card", "ways_to_pay", "notes", Role.MANAGER)}
    # `always` writes clauses too, and no line speaks of them
    found = asked(("Told with every price", "Told with each price"))
    assert lines(found) == {
        ("always", "ways_to_pay", "notes", Role.MANAGER),
        ("always", "milestones", "notes", Role.MANAGER),
        ("always", "clauses", "", Role.FINANCE),
    }
    assert found.role is Role.FINANCE


def test_an_effect_that_a_rule_gives_up_counts_too(asked: Asked) -> None:
    found = asked(
        ("then: {discount: params.discount}", "then: {notes: smaller_scope}"), ("discount-closes", "notes-more")
    )
    effects = {because.effect: because.by for because in found.because if because.subject == "rule"}
    assert effects["discount"] is Role.ADMIN
    assert found.role is Role.ADMIN


def test_guardrails_and_whatever_else_no_line_names(asked: Asked) -> None:
    assert asked(("A discount that nobody asked for", "Nobody asked for a discount")).role is Role.FINANCE


def test_a_case_alone_is_a_managers_matter(asked: Asked) -> None:
    assert asked(("Told with every price", "Told with every price"), matrix=MATRIX).role is Role.MANAGER


def test_a_matrix_without_lines_asks_finance_for_everything(asked: Asked) -> None:
    assert asked(('"500.00"', '"501.00"'), matrix=ApprovalMatrix()).role is Role.FINANCE


def test_a_draft_cannot_loosen_its_own_approval(tiny: Files, loaded: Edition) -> None:
    after = edition(replaced(tiny, ('USD: {2026-01-01: "1.08"}', 'USD: {2026-01-01: "1.081"}')))
    loose = replace(after.book, governance=Governance(ApprovalMatrix(default=Role.MANAGER)))
    found = required(book_diff(loaded, after), loaded.book, loose, ApprovalMatrix((NUMBERS,), Role.MANAGER))
    assert found.role is Role.FINANCE
    assert ("governance", Role.FINANCE) in {(because.subject, because.by) for because in found.because}


def test_the_first_version_has_no_matrix_to_ask() -> None:
    assert (first_version().role, first_version().against) == (Role.FINANCE, None)
