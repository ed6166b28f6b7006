"""From a body to a decision. Knows neither routes nor headers, and records nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from time import perf_counter

import structlog

from schemas.findings import Finding, Invalid
from schemas.request import load_with_given
from schemas.vocabulary import facts_of
from service.api.recording import Made
from service.api.services import Services
from service.carrying import in_step
from service.domain.decision import Decision, FromBooks
from service.domain.people import Role
from service.domain.quote import QuoteRequest
from service.domain.record import maker
from service.evaluation import MATCHERS_AGREE, evaluate
from service.ledger import new_decision_id
from service.metrics import Metrics
from service.opening import InForce
from service.policy.binding import NoRate, NoValue

_new_made = maker(Made)


def make(services: Services, raw: bytes, role: Role, why_not: bool = False) -> Made:
    """Decides on a body, recording nothing. `role`: the caller's. Raises `Invalid`, Refused, Unusable,
    LedgerUnavailable."""
    now, followed = services.now(), services.policy.followed()
    request, given = load_with_given(raw, now, followed)
    if request.known_at is not None and (later := services.policy.followed(request.known_at)) is not followed:
        followed, (request, given) = later, load_with_given(raw, now, later)
    in_step()
    in_force = followed.on(request.as_of, request.known_at)
    assert in_force is not None, "without one the body would have been refused"
    request, from_books = known(services, in_force, request, given, role)
    return decide(services, in_force, request, new_decision_id(now), now, why_not, from_books=from_books)


def known(
    services: Services, in_force: InForce, request: QuoteRequest, given: frozenset[str], role: Role, pointer: str = ""
) -> tuple[QuoteRequest, FromBooks | None]:
    """The request completed by the firm's books. Raises `Invalid`, Refused, LedgerUnavailable."""
    try:
        return services.knowing.completed(request, given, in_force, role, pointer)
    except (NoRate, NoValue) as missing:
        raise Invalid([_unpriced(missing, pointer)]) from missing


def decide(
    services: Services,
    in_force: InForce,
    request: QuoteRequest,
    decision_id: str,
    now: datetime,
    why_not: bool,
    overrides: Mapping[str, int] | None = None,
    pointer: str = "",
    from_books: FromBooks | None = None,
) -> Made:
    """`pointer`: where the request stands in the body. Raises `Invalid` where the book has no numbers for it."""
    facts = facts_of(request, in_force.policy.book.extra_facts)
    begun = perf_counter()
    try:
        decision = evaluate(in_force.policy, request, facts, decision_id, now, why_not, overrides, from_books)
    except (NoRate, NoValue) as missing:
        raise Invalid([_unpriced(missing, pointer)]) from missing
    services.metrics.evaluation_seconds.observe(perf_counter() - begun)
    _alarm(services.metrics, decision)
    return _new_made(request=request, facts=facts, decision=decision, in_force=in_force)


def _alarm(metrics: Metrics, decision: Decision) -> None:
    """Counts and logs what no decision should ever show."""
    for hold in decision.held:
        if hold.guardrail == MATCHERS_AGREE:
            metrics.disagreements.inc()
        else:
            metrics.breaches.labels(hold.guardrail).inc()
        structlog.get_logger().error("decision held", decision_id=decision.decision_id, guardrail=hold.guardrail)


def _unpriced(missing: NoRate | NoValue, pointer: str) -> Finding:
    if isinstance(missing, NoRate):
        return Finding(
            f"{pointer}/currency", "no-rate", "The book has no rate for this currency on that day.",
            "Ask in the book's currency, or add a rate to its parameters.",
        )  # fmt: skip
    return Finding(
        f"{pointer}/as_of", "no-value", "A parameter of the book has no value on that day yet.", "Give a later day.",
    )  # fmt: skip
