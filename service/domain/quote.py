"""A request for a quote, as the service understands it. Parsing and ranges belong to `schemas/request.py`.

Money is in minor units of `currency`, percentages in basis points, dates are calendar dates of the firm.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    id: str
    name: str | None
    category: str
    relationship: str
    months_active: int
    orders: int
    average_monthly_payment: int
    late_payments: int
    overdue: int
    overdue_days: int
    exposure: int
    revenue_12m: int
    cost_12m: int
    concessions_12m: int
    days_since_last_order: int | None
    running_contract: bool
    warning_recorded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One piece of the work: what it costs the firm and what it is fairly worth."""

    description: str
    kind: str
    cost: int
    fair_price: int
    performer: str | None
    format: str | None
    includes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDetail:
    """Something not yet known. `weight` says how much of the range's width hangs on it (1 to 10)."""

    name: str
    question: str | None
    weight: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    description: str
    cost: int
    price: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    title: str | None
    scope: str
    lines: tuple[Line, ...]
    open_details: tuple[OpenDetail, ...]
    extras: tuple[Extra, ...]
    excludes: tuple[str, ...]
    taste_only: bool
    references: int
    novelty: int
    duration_days: int
    deadline: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierRange:
    low: int
    high: int
    scope_changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    stage: str
    budget: int | None
    asked_discount: bool
    asked_percent: int | None
    closes_if_discounted: bool
    sign_by: date | None
    obstacle: str
    competitor_price: int | None
    half_hour_claim: bool
    prepays_in_full: bool
    asks_credit: bool
    spontaneous: bool
    earlier: EarlierRange | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """How often each hassle signal (P3, P6) was seen in a window of time."""

    changed_decisions: int
    cancellations: int
    scenes: int
    trifling_haggles: int
    draining_meetings: int
    teaching: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hassle:
    """`recent`: the last six months; `older`: the eighteen before. `staff_rating`: 0 easy to 5 exhausting."""

    recent: Signals
    older: Signals
    staff_rating: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Firm:
    strategy: str
    backlog_days: int
    clients: int
    monthly_turnover: int
    earliest_start_days: int
    answer_hours: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    amount: int
    cost_to_pursue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """The firm's own mistake, and what the client lost by it (D9)."""

    loss: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """A price cut of the firm's own that is already planned (P15)."""

    starts_on: date
    percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    text: str
    answer: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteRequest:
    currency: str
    language: str
    received_at: datetime
    as_of: date
    known_at: datetime | None
    policy_version: str | None
    client: Client
    job: Job
    deal: Deal
    hassle: Hassle
    firm: Firm
    dispute: Dispute | None
    mistake: Mistake | None
    sale: Sale | None
    questions: tuple[Question, ...]
    extra: Mapping[str, int | bool | str] = field(default_factory=dict)
