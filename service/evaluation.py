"""The one way through: facts are matched, guarded and laid out as a decision.

Pure but for the policy that it is given: clock and ids come in, nothing is recorded. No Flask, no SQLAlchemy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from service.domain.approvals import approvals
from service.domain.decision import (
    Approval,
    Decision,
    FollowUp,
    FromBooks,
    Hold,
    Narrowing,
    NotFired,
    PolicyRef,
    Reason,
    ToClient,
)
from service.domain.envelope import PRICED, narrowings
from service.domain.errors import Inconsistent
from service.domain.facts import Facts
from service.domain.quote import QuoteRequest
from service.domain.record import maker
from service.layout import UNPRICED, Layout, Priced, Worded
from service.matching.runtime import Matched
from service.matching.width import Width, compiled_width
from service.policy.book import Book
from service.policy.program import BoundGuardrail, BoundOption, Program
from service.wording.client import Asked, Told
from service.wording.languages import FALLBACK
from service.wording.reasons import Reasons, rendered

MATCHERS_AGREE = "matchers-agree"
AMOUNTS_CONSISTENT = "amounts-consistent"
"""Guardrails of the service itself, beside those of the book."""


_new_decision, _new_asked, _new_told = maker(Decision), maker(Asked), maker(Told)


class Matching(Protocol):
    """A bound book that tells what fires and what it yields: the engine's runtime, or a stand-in for trials."""

    @property
    def program(self) -> Program: ...
    def decide(self, facts: Facts) -> Matched: ...
    def breaches(self, env: Facts) -> tuple[BoundGuardrail, ...]: ...
    def options(self, env: Facts) -> tuple[tuple[BoundOption, int], ...]: ...
    def why_not(self, matched: Matched) -> tuple[NotFired, ...]: ...


class Deciding(Protocol):
    @property
    def book(self) -> Book: ...
    def runtime(self, as_of: date, currency: str, overrides: Mapping[str, int] | None = None) -> Matching: ...


def evaluate(
    policy: Deciding,
    request: QuoteRequest,
    facts: dict[str, Any],
    decision_id: str,
    evaluated_at: datetime,
    why_not: bool = False,
    overrides: Mapping[str, int] | None = None,
    from_books: FromBooks | None = None,
) -> Decision:
    """`facts`: the request's, complete. `overrides`: parameters to try, in stored units. `from_books`: where facts of
    the client come from, for the record.

    Raises NoRate or NoValue where the book has none for the request's day and currency.
    """
    runtime = policy.runtime(request.as_of, request.currency, overrides)
    return _Case(policy.book, runtime, request, facts).decision(decision_id, evaluated_at, why_not, from_books)


class _Prepared:
    """What is made once a bound book and used by every request."""

    def __init__(self, book: Book, runtime: Matching) -> None:
        program = runtime.program
        self.layout = Layout(book, program)
        self.reasons = Reasons(program)
        self._program = program
        self.breached = {g.id: rendered(g.reason, program.currency) for g in program.guardrails}
        self.policy = PolicyRef(book=program.book, version=program.version, effective_from=program.effective_from)

    @cached_property
    def width(self) -> Width:
        """Only requests with open details ask for it, and trial books that few requests meet are many."""
        return compiled_width(self._program)


_prepared: WeakKeyDictionary[Matching, _Prepared] = WeakKeyDictionary()


def _preparation(book: Book, runtime: Matching) -> _Prepared:
    prepared = _prepared.get(runtime)
    if prepared is None:
        prepared = _prepared[runtime] = _Prepared(book, runtime)
    return prepared


class _Case:
    """One request on its way through."""

    def __init__(self, book: Book, runtime: Matching, request: QuoteRequest, facts: dict[str, Any]) -> None:
        self.runtime, self.request, self.facts = runtime, request, facts
        self.prepared = _preparation(book, runtime)
        self.layout = self.prepared.layout
        self.matched: Matched = runtime.decide(facts)
        self.env: Mapping[str, Any] = self.matched.env
        self.written: Mapping[str, Sequence[tuple[str, Any]]] = self.matched.contributions
        self.rules_outcome = str(self.env["decision.outcome"])

    def decision(
        self, decision_id: str, evaluated_at: datetime, why_not: bool, from_books: FromBooks | None
    ) -> Decision:
        request, env, layout = self.request, self.env, self.layout
        worded = layout.worded(request.language)
        follow_up = layout.follow_up(request, env, self.rules_outcome in PRICED)
        holds = self._holds()
        try:
            offered = self.runtime.options(env)
            priced = layout.priced(request, env, self.written, offered, follow_up.valid_until, worded)
        except Inconsistent as fault:
            priced = UNPRICED
            holds.append(Hold(guardrail=AMOUNTS_CONSISTENT, practice="P1", why=str(fault)))
        reasons = self.prepared.reasons.of(self.matched.fired, self.written, env)
        asked = self._approvals(reasons)
        open_details = self._open_details()
        return _new_decision(
            decision_id=decision_id,
            evaluated_at=evaluated_at,
            as_of=request.as_of,
            policy=self.prepared.policy,
            outcome="held" if holds else self.rules_outcome,
            held=tuple(holds),
            price=priced.price,
            waterfall=priced.waterfall,
            lines=priced.lines,
            options=priced.options,
            concessions=priced.concessions,
            terms=priced.terms,
            includes=priced.includes,
            excludes=priced.excludes,
            open_details=open_details,
            approvals=asked,
            follow_up=follow_up,
            advice=self._advice(),
            reasons=reasons,
            not_fired=self.runtime.why_not(self.matched) if why_not else None,
            to_client=None if holds or asked else self._to_client(worded, priced, open_details, follow_up),
            from_books=from_books,
        )

    def _holds(self) -> list[Hold]:
        """A disagreement or a breach is never sent: a person looks first."""
        holds = []
        if self.matched.disagreement is not None:
            holds.append(Hold(guardrail=MATCHERS_AGREE, practice="", why=self.matched.disagreement))
        for fault in self.matched.faults:
            holds.append(Hold(guardrail=f"table:{fault.table}", practice=fault.practice, why=str(fault)))
        for guardrail in self.runtime.breaches(self.env):
            why = self.prepared.breached[guardrail.id](self.env)
            holds.append(Hold(guardrail=guardrail.id, practice=guardrail.practice, why=why))
        return holds

    def _approvals(self, reasons: Sequence[Reason]) -> tuple[Approval, ...]:
        asked = self.written.get("approvals")
        if not asked:
            return ()
        texts = {reason.rule: reason.text for reason in reasons}
        return approvals(self.layout.members("approvals", self.env), asked, texts)

    def _open_details(self) -> tuple[Narrowing, ...]:
        """What each would narrow, by the book's own formulas asked again with it settled."""
        details = self.request.job.open_details
        if not details or self.rules_outcome == "decline":
            return ()
        facts, width, count = self.facts, self.prepared.width, len(details) - 1
        open_weight = facts["job.open_weight"]
        now = self.env["decision.high"] - self.env["decision.low"]
        return narrowings(details, now, lambda weight: width(facts, open_weight - weight, count))

    def _advice(self) -> tuple[str, ...]:
        """For the firm's own people, so in the language of the house."""
        members = self.layout.members("advice", self.env)
        if not members:
            return ()
        return self.layout.worded(FALLBACK).messages.several("advice.", members)

    def _to_client(
        self, worded: Worded, priced: Priced, open_details: tuple[Narrowing, ...], follow_up: FollowUp
    ) -> ToClient:
        job = self.request.job
        asked = _new_asked(
            name=self.request.client.name,
            title=job.title,
            lines=job.lines,
            extras=job.extras,
            excludes=job.excludes,
            questions=self.request.questions,
        )
        declined = self.rules_outcome == "decline"
        told = _new_told(
            declined_for=self.env.get("decision.declined_for", "general") if declined else None,
            price=priced.price,
            shares=priced.lines,
            options=priced.options,
            concessions=priced.concessions,
            terms=priced.terms,
            open_details=open_details,
            valid_until=follow_up.valid_until,
            notes=self.layout.members("notes", self.env),
        )
        return worded.letters.to_client(asked, told)
