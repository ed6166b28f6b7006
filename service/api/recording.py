"""What the ledger keeps of a decision, and the act of keeping it. Knows neither HTTP nor how a decision is made."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from schemas.decision import dump_decision
from schemas.fast_dump import layer
from service.domain.decision import Decision
from service.domain.facts import Value
from service.domain.quote import QuoteRequest
from service.domain.record import maker
from service.ledger import Entry, Given, KeyReused, Ledger, Recorded
from service.ledger.group_commit import GroupCommit
from service.metrics import Metrics
from service.opening import InForce


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A decision with what it was made from."""

    request: QuoteRequest
    facts: dict[str, Value]
    decision: Decision
    in_force: InForce


_new_entry, _new_given = maker(Entry), maker(Given)


def entry(made: Made, caller: str, digested: bytes, key: str | None) -> Entry:
    """What the ledger keeps. `caller`: the id of whoever asked; keys are its own. `digested`: what must be the same
    for `key` to mean the same."""
    decision, request = made.decision, made.request
    return _new_entry(
        id=decision.decision_id,
        recorded_at=decision.evaluated_at,
        caller=caller,
        idempotency_key=key,
        request_digest=digest(digested),
        book=decision.policy.book,
        version=decision.policy.version,
        as_of=decision.as_of,
        outcome=decision.outcome,
        client_id=request.client.id,
        currency=request.currency,
        target=decision.price.target if decision.price else None,
        rules=tuple(reason.rule for reason in decision.reasons),
        request=orjson.dumps(layer(QuoteRequest)(request)),
        facts=orjson.dumps(made.facts, option=orjson.OPT_SORT_KEYS),
        answer=dump_decision(decision),
        given=tuple(
            [_new_given(kind=c.kind, amount=c.amount, percent=c.percent, rules=c.rules) for c in decision.concessions]
        ),
    )


def digest(digested: bytes) -> str:
    return hashlib.sha256(digested).hexdigest()


class Recorder:
    """The ledger, told of each policy version before the first decision by it.

    `with recorder.on_its_way`: a decision is being made that will be recorded; the next commit waits a little for it.
    """

    def __init__(
        self,
        ledger: Ledger,
        commits: GroupCommit,
        metrics: Metrics,
        now: Callable[[], datetime],
        offer: Callable[[Made], None],
    ) -> None:
        """`offer`: told of each decision that was recorded; must not wait."""
        self._ledger = ledger
        self.on_its_way = commits
        self._offer = offer
        self._metrics = metrics
        self._now = now
        self._remembered: frozenset[str] = frozenset()

    def earlier(self, caller: str, digested: bytes, key: str) -> Recorded | KeyReused | None:
        """What was decided under `key` before; a retry is answered so even if today its body would be refused."""
        return self._ledger.find_by_key(caller, key, digest(digested))

    def record(self, made: Sequence[Made], entries: Sequence[Entry]) -> Sequence[Recorded | KeyReused]:
        """Commits `entries`, made of `made`, in one transaction. Raises LedgerUnavailable."""
        for each in made:
            book = each.in_force.policy.book
            if book.version not in self._remembered:
                self._ledger.remember_version(book.name, book.version, book.content, self._now())
                self._remembered |= {book.version}
        results = self.on_its_way.record(entries)
        for each, result in zip(made, results, strict=True):
            if isinstance(result, Recorded) and not result.replayed:
                self._metrics.decisions.labels(result.entry.outcome).inc()
                self._offer(each)
        return results
