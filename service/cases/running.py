"""Cases decided by a policy and compared with what was worked out by hand. The one runner: command and tests use it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schemas.decision import dump_decision
from schemas.findings import Invalid
from schemas.request import BookChecks, read_request
from schemas.vocabulary import facts_of
from service.cases.comparison import Compared, compared, compared_rules
from service.domain.decision import Decision
from service.domain.quote import QuoteRequest
from service.evaluation import Deciding, evaluate
from service.policy.binding import NoRate, NoValue
from service.policy.cases import Case
from service.policy.findings import Finding

DIFFERS = "case-differs"


@dataclass(frozen=True, slots=True)
class Posed:
    """A case whose request was read: what any version of the book is asked."""

    case: Case
    request: QuoteRequest
    facts: dict[str, Any]
    now: datetime

    def decided(self, policy: Deciding) -> Decision:
        """Raises NoRate, NoValue."""
        return evaluate(policy, self.request, self.facts, self.case.id, self.now)


@dataclass(frozen=True, slots=True)
class Result:
    """`refused`: why no decision was made; then there is no `decision` and nothing compared."""

    case: Case
    decision: Mapping[str, Any] | None
    compared: tuple[Compared, ...]
    refused: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.refused and all(part.fits for part in self.compared)

    @property
    def wrong(self) -> tuple[str, ...]:
        return (*self.refused, *(str(part) for part in self.compared if not part.fits))

    def findings(self) -> Iterator[Finding]:
        for difference in self.wrong:
            yield Finding(self.case.place, DIFFERS, difference, subject=self.case.id)


def pose(case: Case, checks: BookChecks, now: datetime) -> Posed:
    """Raises Invalid."""
    request = read_request(case.request, now, checks)
    return Posed(case, request, facts_of(request, checks.extra_facts or {}), now)


def run_case(policy: Deciding, checks: BookChecks, case: Case, now: datetime) -> Result:
    try:
        decision = pose(case, checks, now).decided(policy)
    except Invalid as invalid:
        return Result(case, None, (), tuple(f"the request is refused: {finding}" for finding in invalid.findings))
    except (NoRate, NoValue) as missing:
        return Result(case, None, (), (f"no decision is possible: {missing}",))
    answer = json.loads(dump_decision(decision))
    return Result(case, answer, tuple(judged(case, answer)))


def run_cases(policy: Deciding, checks: BookChecks, cases: Iterable[Case], now: datetime) -> tuple[Result, ...]:
    """In the order of the cases."""
    return tuple(run_case(policy, checks, case, now) for case in cases)


def judged(case: Case, answer: Mapping[str, Any]) -> Iterator[Compared]:
    """All that the case asserts beside the decision, as a caller would read it."""
    yield from compared(case.expect, answer)
    yield from compared_rules(case.rules, case.not_rules, {reason["rule"] for reason in answer["reasons"]})
