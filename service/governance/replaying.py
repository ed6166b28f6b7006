"""Recorded decisions made again: by their own version, where every byte must be the same, or by another one, where the
difference is told in words and money. Records nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from schemas import json_text
from schemas.decision import dump_decision, read_decision
from schemas.findings import Invalid
from schemas.request import read_request
from schemas.vocabulary import facts_of
from service.domain.money import text as money
from service.evaluation import evaluate
from service.governance.diff.behaviour import Answer, Asked, Decider, Difference, Origin, answer, answer_of, compared
from service.ledger import Entry
from service.matching.spread import EngineLimit
from service.opening import InForce
from service.policy.binding import NoRate, NoValue

FACTS, BYTES = "facts", "bytes"
"""What may differ beside the parts of a decision: the facts that it was made from, and the text of what means the
same."""


@dataclass(frozen=True, slots=True)
class Replay:
    """`by`: the version that decided anew. `difference`: from the record to what was decided now; its `parts` name
    what differs."""

    decision_id: str
    decided_by: str
    by: str
    currency: str
    difference: Difference

    @property
    def same(self) -> bool:
        return not self.difference.parts and not self.difference.decisive


def again(entry: Entry, own: InForce) -> Replay:
    """`own`: the version that decided. `entry`: one whose words are kept."""
    recorded = read_decision(entry.answer)
    before, asked = answer_of(recorded), Asked(Origin.DECISION, entry.id, entry.request)
    try:
        text = json_text.parse(entry.request)
        request = read_request(text.value, entry.recorded_at, own.checks, text.findings)
        facts = facts_of(request, own.policy.book.extra_facts)
        why_not = recorded.not_fired is not None
        decision = evaluate(
            own.policy, request, facts, entry.id, entry.recorded_at, why_not, from_books=recorded.from_books
        )
    except (Invalid, NoRate, NoValue, EngineLimit) as fault:
        return _replay(entry, entry.version, Difference(asked, before, Answer("", None, {}, str(fault)), ()))
    made = dump_decision(decision)
    parts = () if made == entry.answer else tuple(_differing(json.loads(entry.answer), json.loads(made))) or (BYTES,)
    if json.dumps(facts, sort_keys=True) != json.dumps(json.loads(entry.facts), sort_keys=True):
        parts += (FACTS,)
    return _replay(entry, entry.version, Difference(asked, before, answer_of(decision), parts))


def under(entry: Entry, other: InForce, overridden: bool) -> Replay:
    """`other`: any version. `overridden`: a person decided otherwise in the end."""
    recorded = read_decision(entry.answer)
    asked = Asked(Origin.DECISION, entry.id, entry.request, overridden)
    decider = Decider(other.policy, other.checks)
    made = answer(decider, asked, entry.recorded_at, recorded.not_fired is not None)
    return _replay(entry, other.policy.book.version, compared(asked, answer_of(recorded), made))


def replay_data(replay: Replay) -> dict[str, Any]:
    """As plain data for programs."""
    difference = replay.difference
    return {
        "decision_id": replay.decision_id,
        "decided_by": replay.decided_by,
        "replayed_by": replay.by,
        "same": replay.same,
        "parts": list(difference.parts),
        "recorded": _told(difference.before),
        "replayed": _told(difference.after),
        "target_difference": difference.money,
        "words": list(words(replay)),
    }


def words(replay: Replay) -> Iterator[str]:
    """The difference for people, the weightiest first; nothing where there is none."""
    before, after = replay.difference.before, replay.difference.after
    if after.refused:
        yield f"No decision any more: {after.refused}"
        return
    if before.outcome != after.outcome:
        yield f"Outcome {before.outcome} → {after.outcome}"
    yield from _prices(replay)
    yield from _rules("No longer", before, after)
    yield from _rules("Now", after, before)
    others = [part for part in replay.difference.parts if part not in ("outcome", "price", "reasons")]
    if others:
        yield f"Otherwise: {', '.join(part.replace('_', ' ') for part in others)}"


def _replay(entry: Entry, by: str, difference: Difference) -> Replay:
    return Replay(entry.id, entry.version, by, entry.currency, difference)


def _differing(recorded: Mapping[str, Any], made: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted(recorded.keys() | made.keys()):
        if recorded.get(name) != made.get(name):
            yield name


def _prices(replay: Replay) -> Iterator[str]:
    before, after = replay.difference.before.price, replay.difference.after.price
    if before == after:
        return
    if before is None or after is None:
        target = before.target if before else after.target if after else 0
        yield f"{'No price any more' if before else 'A price now'}: {money(target, replay.currency)}"
        return
    more = after.target - before.target
    if more:
        change = f"{'+' if more > 0 else ''}{money(more, replay.currency)}"
        yield f"Target {money(before.target, replay.currency)} → {money(after.target, replay.currency)} ({change})"
    else:
        yield f"Range {_range(before, replay.currency)} → {_range(after, replay.currency)}"


def _range(price: Any, currency: str) -> str:
    return f"{money(price.low, currency)} to {money(price.high, currency)}"


def _rules(when: str, one: Answer, other: Answer) -> Iterator[str]:
    theirs = {reason["rule"] for reason in other.parts.get("reasons", ())}
    for reason in one.parts.get("reasons", ()):
        if reason["rule"] not in theirs:
            yield f"{when} {reason['rule']}: {reason['text']}"


def _told(answer: Answer) -> dict[str, Any]:
    price = answer.price
    names = ("currency", "low", "target", "high", "fixed")
    return {
        "outcome": answer.outcome or None,
        "price": {name: getattr(price, name) for name in names} if price else None,
        "refused": answer.refused or None,
    }
