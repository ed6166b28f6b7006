"""A person overrides a decision: within limits, in view of the guardrails, beside the decision (practice D10).

The book version that decided says who may go how far and for which reasons. Knows neither HTTP nor tables; clock and
ids come in.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from schemas.decision import read_decision
from schemas.findings import Finding
from service.domain.afterwards import Asked, Breach, Change, KeptOverride, Override, Wish
from service.domain.decision import Decision
from service.domain.envelope import PRICED
from service.domain.money import text as money
from service.domain.people import Caller, Role
from service.evaluation import AMOUNTS_CONSISTENT
from service.governance.editions import Unusable
from service.governance.fitting import faults, price_stands
from service.governance.limits import Basis, Exceeded, exceeded
from service.governance.replacing import Env, replaced, replaced_by
from service.matching.runtime import Runtime
from service.matching.runtimes import Policy
from service.policy.nodes import DECISION
from service.wording.reasons import rendered

_FOLLOWING = ("discount_amount", "bonus_amount", "prepayment_amount", "credit_limit")
"""Amounts that may change because the price or the terms did."""


class Recorded(Protocol):
    """A decision as the ledger keeps it; `facts` and `answer` are empty once they are no longer kept."""

    @property
    def id(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def as_of(self) -> date: ...
    @property
    def currency(self) -> str: ...
    @property
    def facts(self) -> bytes: ...
    @property
    def answer(self) -> bytes: ...


class Overrides(Protocol):
    """Where they are kept, append-only."""

    def add(self, override: Override) -> KeptOverride: ...


@dataclass(frozen=True, slots=True)
class NoSuchDecision:
    decision_id: str


@dataclass(frozen=True, slots=True)
class NoLongerKept:
    """What the decision said was erased, or its time is over, so nobody can weigh anything against it."""

    decision_id: str


@dataclass(frozen=True, slots=True)
class VersionUnreadable:
    """The version that decided can't be opened any more, so nobody can say what it would say."""

    version: str


@dataclass(frozen=True, slots=True)
class Unfit:
    """What is asked for doesn't fit the decision or its book."""

    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class BeyondAuthority:
    """What the caller may not decide alone. `breaches`: of guardrails, for which finance must answer."""

    limits: tuple[Exceeded, ...]
    breaches: tuple[Breach, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """An override that may stand."""

    changes: tuple[Change, ...]
    breaches: tuple[Breach, ...]


@dataclass(frozen=True, slots=True)
class Overriding:
    """`find`: a decision by its id. `opened`: a policy by its version, as it decided; may raise Unusable."""

    find: Callable[[str], Recorded | None]
    opened: Callable[[str], Policy]
    overrides: Overrides

    def override(
        self, decision_id: str, wish: Wish, caller: Caller, id: str, now: datetime
    ) -> KeptOverride | NoSuchDecision | NoLongerKept | VersionUnreadable | Unfit | BeyondAuthority:
        """`id`: of the override to be."""
        recorded = self.find(decision_id)
        if recorded is None:
            return NoSuchDecision(decision_id)
        if not recorded.answer:
            return NoLongerKept(decision_id)
        try:
            policy = self.opened(recorded.version)
        except Unusable:
            return VersionUnreadable(recorded.version)
        judged = judge(recorded, policy, wish, caller.role)
        if not isinstance(judged, Judged):
            return judged
        return self.overrides.add(
            Override(
                id=id,
                decision_id=decision_id,
                overridden_at=now,
                by=caller.id,
                role=caller.role,
                reason=wish.reason,
                note=wish.note,
                asked=wish.asked,
                changes=judged.changes,
                breaches=judged.breaches,
            )
        )


def judge(recorded: Recorded, policy: Policy, wish: Wish, role: Role) -> Judged | Unfit | BeyondAuthority:
    """Each override is weighed against the decision itself, whatever others stand beside it."""
    asked, governance = wish.asked, policy.book.governance
    runtime = policy.runtime(recorded.as_of, recorded.currency)
    before = runtime.outlook(json.loads(recorded.facts))
    decided = read_decision(recorded.answer)
    stands = price_stands(decided, str(before["decision.outcome"]), asked)
    if findings := faults(decided, stands, wish, governance.reasons):
        return Unfit(findings)
    as_ruled = replaced(runtime.program, before, replaced_by(Asked(outcome=asked.outcome)))
    limits = exceeded(governance, role, _basis(recorded.currency, decided, stands, as_ruled), asked)
    after = replaced(runtime.program, before, replaced_by(asked))
    outcome = asked.outcome or decided.outcome
    priced = outcome in PRICED or (outcome == "held" and decided.price is not None)
    breaches = _breaches(runtime, decided, after, priced)
    if limits or (breaches and not role.covers(Role.FINANCE)):
        return BeyondAuthority(limits, () if role.covers(Role.FINANCE) else breaches)
    return Judged(_changes(decided, before, after, outcome, priced), breaches)


def _basis(currency: str, decided: Decision, stands: bool, as_ruled: Env) -> Basis:
    """`stands`: whether there is a decided price to go away from. Else `as_ruled` tells what the rules would have
    quoted: the values with nothing but the outcome replaced."""
    if stands and decided.price and decided.terms:
        price, terms = decided.price, decided.terms
        return Basis(currency, price.target, terms.prepayment_percent, terms.credit_days, decided.outcome)
    target, prepayment, days = (as_ruled[DECISION + name] for name in ("target", "prepayment", "credit_days"))
    return Basis(currency, target, prepayment, days, decided.outcome)


def _breaches(runtime: Runtime, decided: Decision, after: Env, priced: bool) -> tuple[Breach, ...]:
    """Of the book's guardrails, and of the service's own: what held the decision for want of agreement still does, and
    where no guardrail of the book keeps the floor, the service does."""
    program = runtime.program
    own = {guardrail.id for guardrail in program.guardrails}
    found = [
        Breach(guardrail=hold.guardrail, practice=hold.practice, why=hold.why)
        for hold in decided.held
        if hold.guardrail not in own
    ]
    spoken = runtime.breaches(after)
    for guardrail in spoken:
        why = rendered(guardrail.reason, program.currency)(after)
        found.append(Breach(guardrail=guardrail.id, practice=guardrail.practice, why=why))
    floor, low = after["decision.floor"], after["decision.low"]
    if priced and low < floor and not spoken:
        why = f"{money(low, program.currency)} is below the floor of {money(floor, program.currency)}"
        found.append(Breach(guardrail=AMOUNTS_CONSISTENT, practice="P1", why=why))
    return tuple(found)


def _changes(decided: Decision, before: Env, after: Env, outcome: str, priced: bool) -> tuple[Change, ...]:
    price, terms = decided.price, decided.terms
    old: dict[str, int | str | None] = {
        "outcome": decided.outcome,
        **{name: getattr(price, name) if price else None for name in ("low", "target", "high")},
        "prepayment": terms.prepayment_percent if terms else None,
        "credit_days": terms.credit_days if terms else None,
        **{name: before[DECISION + name] if price else None for name in _FOLLOWING},
    }
    new = {name: after[DECISION + name] if priced else None for name in old} | {"outcome": outcome}
    return tuple(Change(name=name, old=old[name], new=new[name]) for name in old if old[name] != new[name])
