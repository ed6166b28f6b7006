"""Is a version fit to be released: sound to the loader and the checker, and deciding its own cases as worked out?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.cases.running import run_cases
from service.opening import opened
from service.policy.analysis.checker import Check, check_book
from service.policy.cases import load_cases
from service.policy.findings import BookRefused, Finding, Severity


@dataclass(frozen=True, slots=True)
class Checked:
    """`version`: empty where the book can't even be loaded."""

    version: str
    findings: tuple[Finding, ...]
    rules: int = 0
    cases: int = 0

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity is Severity.WARNING)

    def counts(self) -> dict[str, Any]:
        """What the step of a passed check keeps."""
        return {"rules": self.rules, "cases": self.cases, "warnings": len(self.warnings)}


def check_files(files: Mapping[str, bytes], now: datetime) -> Checked:
    """As of `now`'s day, and of every later one on which a number changes."""
    try:
        in_force = opened(files, now.date())
        cases = load_cases(files)
    except BookRefused as refused:
        return Checked("", refused.findings)
    book = in_force.policy.book
    results = run_cases(in_force.policy, in_force.checks, cases, now)
    differing = [finding for result in results for finding in result.findings()]
    findings = sorted({*differing, *check_book(book, files, Check(now.date()))})
    return Checked(book.version, tuple(findings), len(book.rules), len(cases))
