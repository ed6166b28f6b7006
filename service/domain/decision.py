"""The decision: what the firm answers, and everything that a manager or an auditor asks about it.

Money is in minor units of `price.currency`, percentages in basis points. Only `to_client` may leave the firm.
"""

from __future__ import annotations

from datetime import date, datetime

from service.domain.record import record


@record
class PolicyRef:
    """`effective_from`: the newest date on which a parameter in force took its value."""

    book: str
    version: str
    effective_from: date


@record
class Price:
    """`fixed` only when the scope is complete (P2); then low = target = high = fixed."""

    currency: str
    low: int
    target: int
    high: int
    fixed: int | None


@record
class Step:
    """One step from fair price to target. `total` is the running total after it; the last is the target."""

    name: str
    rule: str | None
    basis: int
    percent: int | None
    amount: int
    rounding: str | None
    total: int


@record
class Share:
    """A line's part of the target; all shares sum to it exactly."""

    description: str
    performer: str | None
    amount: int


@record
class Option:
    id: str
    title: str
    low: int
    target: int
    high: int
    recommended: bool


@record
class Concession:
    """Something given away. `condition` and `lapses_on` are set for contingent ones (D2)."""

    kind: str
    amount: int
    percent: int | None
    condition: str | None
    lapses_on: date | None
    rules: tuple[str, ...]


@record
class Milestone:
    name: str
    due_on: date
    amount: int


@record
class Terms:
    """`milestones` (prepayment first) sum to the target. `credit_limit` is 0 where `credit_days` is."""

    prepayment_percent: int
    prepayment: int
    credit_limit: int
    credit_days: int
    milestones: tuple[Milestone, ...]
    instalments: int
    ways_to_pay: tuple[str, ...]
    clauses: tuple[str, ...]


@record
class Narrowing:
    """An open detail and how much narrower the range would be with it settled."""

    name: str
    question: str | None
    narrows_by: int


@record
class Approval:
    role: str
    rules: tuple[str, ...]
    why: tuple[str, ...]


@record
class FollowUp:
    respond_by: datetime
    acknowledge: bool
    valid_until: date | None
    calls: tuple[date, ...]
    contact_every_days: int | None


@record
class Effect:
    slot: str
    value: int | bool | str


@record
class Reason:
    rule: str
    practice: str
    stage: str
    effects: tuple[Effect, ...]
    text: str


@record
class FalseClause:
    """`clause` as written in the book; `actual` what the facts gave, `required` what would have made it true."""

    clause: str
    actual: str
    required: str


@record
class NotFired:
    rule: str
    practice: str
    stage: str
    clauses: tuple[FalseClause, ...]


@record
class Hold:
    """Why a decision is held for a person: a guardrail breached, or the two matchers at odds."""

    guardrail: str
    practice: str
    why: str


@record
class Answer:
    question: str
    answer: str


@record
class ToClient:
    """The only part that may leave the firm (M4). Money here is text in the client's language."""

    language: str
    greeting: str
    summary: str
    breakdown: tuple[str, ...]
    options: tuple[str, ...]
    includes: tuple[str, ...]
    excludes: tuple[str, ...]
    terms: tuple[str, ...]
    answers: tuple[Answer, ...]
    notes: tuple[str, ...]
    next_step: str


@record
class FromBooks:
    """Facts by name: what was taken from the firm's own books of the client, and what its caller gave in place of what
    they say. Any other is the caller's, or a default."""

    taken: tuple[str, ...]
    given: tuple[str, ...]


@record
class Decision:
    decision_id: str
    evaluated_at: datetime
    as_of: date
    policy: PolicyRef
    outcome: str
    held: tuple[Hold, ...]
    price: Price | None
    waterfall: tuple[Step, ...]
    lines: tuple[Share, ...]
    options: tuple[Option, ...]
    concessions: tuple[Concession, ...]
    terms: Terms | None
    includes: tuple[str, ...]
    excludes: tuple[str, ...]
    open_details: tuple[Narrowing, ...]
    approvals: tuple[Approval, ...]
    follow_up: FollowUp
    advice: tuple[str, ...]
    reasons: tuple[Reason, ...]
    not_fired: tuple[NotFired, ...] | None
    to_client: ToClient | None
    from_books: FromBooks | None
