"""A candidate version beside the released one: what both decided on the same request, and what many such trials say.

Knows decisions, not how they are made or where trials are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from service.domain.decision import Decision

REFUSED = "refused"
"""The candidate's outcome where it has no number for the request's day or currency, or doesn't take its facts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A candidate's trial on live requests. `share`: of the requests, in basis points. Ended: both or neither."""

    id: str
    book: str
    version: str
    started_at: datetime
    started_by: str
    note: str
    share: int
    ended_at: datetime | None = None
    ended_by: str | None = None

    def tries(self, decision_id: str) -> bool:
        """Whether a decision is among the share. Told by its id, whose end is random."""
        return int(decision_id[-8:], 16) * 10_000 < self.share << 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """`version`: the released one, which answered. Targets in minor units of `currency`, None without a price.

    `fired_before`, `fired_after`: rules that fired under the released, or the candidate version only.
    """

    run_id: str
    decision_id: str
    tried_at: datetime
    version: str
    released_outcome: str
    candidate_outcome: str
    currency: str
    released_target: int | None
    candidate_target: int | None
    fired_before: tuple[str, ...]
    fired_after: tuple[str, ...]
    differs: bool


def trial(run_id: str, released: Decision, candidate: Decision | None, currency: str, now: datetime) -> Trial:
    """`candidate`: None where it refused the request. Both decided the same request."""
    before = {reason.rule for reason in released.reasons}
    after = {reason.rule for reason in candidate.reasons} if candidate else set()
    outcome = candidate.outcome if candidate else REFUSED
    prices = released.price, candidate.price if candidate else None
    return Trial(
        run_id=run_id,
        decision_id=released.decision_id,
        tried_at=now,
        version=released.policy.version,
        released_outcome=released.outcome,
        candidate_outcome=outcome,
        currency=currency,
        released_target=prices[0].target if prices[0] else None,
        candidate_target=prices[1].target if prices[1] else None,
        fired_before=tuple(sorted(before - after)),
        fired_after=tuple(sorted(after - before)),
        differs=candidate is None or _answer(released) != _answer(candidate),
    )


def _answer(decision: Decision) -> tuple[object, ...]:
    """What a client or a manager would do otherwise; reasons alone make no difference."""
    return (
        decision.outcome, decision.price, decision.options, decision.concessions, decision.terms, decision.approvals,
        decision.to_client,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class OutcomeCount:
    released: str
    candidate: str
    count: int


@dataclass(frozen=True, slots=True)
class Money:
    """Targets in minor units. `released`, `candidate`: sums over the `priced` requests that both gave a price."""

    currency: str
    priced: int
    released: int
    candidate: int

    @property
    def difference(self) -> int:
        return self.candidate - self.released


@dataclass(frozen=True, slots=True)
class RuleCount:
    """In how many differing decisions a rule fired under one of the two versions only."""

    rule: str
    released_only: int
    candidate_only: int


@dataclass(frozen=True, slots=True)
class Report:
    run: Run
    tried: int
    differing: int
    outcomes: tuple[OutcomeCount, ...]
    money: tuple[Money, ...]
    rules: tuple[RuleCount, ...]


def top_rules(before: Mapping[str, int], after: Mapping[str, int], most: int) -> tuple[RuleCount, ...]:
    """Those met most often, first by count and then by name."""
    counted = [RuleCount(rule, before.get(rule, 0), after.get(rule, 0)) for rule in before.keys() | after.keys()]
    counted.sort(key=lambda c: (-c.released_only - c.candidate_only, c.rule))
    return tuple(counted[:most])


def report_data(report: Report) -> dict[str, object]:
    """As programs read it."""
    money = [asdict(one) | {"difference": one.difference} for one in report.money]
    return asdict(report) | {"money": money}
