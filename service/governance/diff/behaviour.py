"""What two books decide on the same requests, and what that is in money. Knows neither ledger nor folders."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from schemas import json_text
from schemas.decision import dump_decision
from schemas.findings import Invalid
from schemas.request import BookChecks, read_request
from schemas.vocabulary import facts_of
from service.domain.decision import Decision, Price
from service.evaluation import Deciding, evaluate
from service.matching.spread import EngineLimit
from service.policy.binding import NoRate, NoValue
from service.policy.cases import Case

_OF_THE_ACT = ("decision_id", "evaluated_at", "policy", "from_books")


class Origin(StrEnum):
    CASE = "case"
    DECISION = "decision"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, as a case holds it or as the bytes that the ledger keeps. `name`: the case's or decision's id.
    `overridden`: a person decided otherwise, so neither answer is what stood in the end."""

    origin: Origin
    name: str
    request: Mapping[str, Any] | bytes
    overridden: bool = False


@dataclass(frozen=True, slots=True)
class Decider:
    policy: Deciding
    checks: BookChecks


@dataclass(frozen=True, slots=True)
class Answer:
    """`refused`: why there is no decision; then nothing else is. `parts`: the whole decision as callers read it."""

    outcome: str
    price: Price | None
    parts: Mapping[str, Any]
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """`parts`: what is not the same of the decision, by the names of its fields; empty where one was refused."""

    asked: Asked
    before: Answer
    after: Answer
    parts: tuple[str, ...]

    @property
    def decisive(self) -> bool:
        """Whether outcome or price differ, or only one of the books can answer at all."""
        one, other = self.before, self.after
        return (one.outcome, one.price, one.refused) != (other.outcome, other.price, other.refused)

    @property
    def money(self) -> int | None:
        """How much more the later target is, in minor units of the request's currency; None without two prices."""
        before, after = self.before.price, self.after.price
        return after.target - before.target if before and after else None


@dataclass(frozen=True, slots=True)
class Total:
    """Targets in one currency, in minor units. `before`, `after`: of the `priced` requests that both books price.

    `lost` and `gained`: targets, and numbers, of requests that only the earlier or only the later book prices.
    """

    currency: str
    priced: int = 0
    before: int = 0
    after: int = 0
    lost: tuple[int, int] = (0, 0)
    gained: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Of the requests of one origin. `refused`: those that neither book can answer."""

    origin: Origin
    asked: int
    refused: tuple[str, ...]
    differences: tuple[Difference, ...]
    totals: tuple[Total, ...]


def asked_by_cases(before: Iterable[Case], after: Iterable[Case]) -> Iterator[Asked]:
    """Every case of both; once where both ask the same, else once for each book."""
    old, new = {case.id: case for case in before}, {case.id: case for case in after}
    for name in sorted(old.keys() | new.keys()):
        requests = [side[name].request for side in (old, new) if name in side]
        if len(requests) == 2 and requests[0] != requests[1]:
            yield Asked(Origin.CASE, f"{name} (as in A)", requests[0])
            yield Asked(Origin.CASE, f"{name} (as in B)", requests[1])
        else:
            yield Asked(Origin.CASE, name, requests[0])


def behaviour(before: Decider, after: Decider, origin: Origin, asked: Iterable[Asked], now: datetime) -> Behaviour:
    """A request that a book refuses is told with the rest. `now`: aware; stands in for a missing `received_at`."""
    return gathered(origin, ((each, answer(before, each, now), answer(after, each, now)) for each in asked))


def gathered(origin: Origin, answers: Iterable[tuple[Asked, Answer, Answer]]) -> Behaviour:
    """What was asked, with the earlier and the later answer."""
    count, refused = 0, []
    differences: list[Difference] = []
    totals: dict[str, Total] = {}
    for each, one, other in answers:
        count += 1
        if one.refused and other.refused:
            refused.append(f"{each.name}: {other.refused}")
            continue
        for price in (one.price, other.price):
            if price:
                totals[price.currency] = totals.get(price.currency, Total(price.currency))
                totals[price.currency] = _added(totals[price.currency], one.price, other.price)
                break
        difference = compared(each, one, other)
        if difference.parts or difference.decisive:
            differences.append(difference)
    return Behaviour(origin, count, tuple(refused), tuple(differences), tuple(totals[c] for c in sorted(totals)))


def compared(asked: Asked, one: Answer, other: Answer) -> Difference:
    parts = () if one.refused or other.refused else tuple(n for n in one.parts if one.parts[n] != other.parts[n])
    return Difference(asked, one, other, parts)


def answer(decider: Decider, asked: Asked, now: datetime, why_not: bool = False) -> Answer:
    try:
        request = read_request(_value(asked), now, decider.checks)
        facts = facts_of(request, decider.checks.extra_facts or {})
        decision = evaluate(decider.policy, request, facts, asked.name, now, why_not)
    except Invalid as invalid:
        return Answer("", None, {}, f"the request is refused: {'; '.join(map(str, invalid.findings[:3]))}")
    except (NoRate, NoValue, EngineLimit) as missing:
        return Answer("", None, {}, f"no decision is possible: {missing}")
    return answer_of(decision)


def answer_of(decision: Decision) -> Answer:
    parts = json.loads(dump_decision(decision))
    return Answer(decision.outcome, decision.price, {n: v for n, v in parts.items() if n not in _OF_THE_ACT})


def _value(asked: Asked) -> Any:
    """Without the version that was asked for: here another is asked on purpose. Raises Invalid."""
    if isinstance(asked.request, bytes):
        text = json_text.parse(asked.request)
        if text.findings:
            raise Invalid(text.findings)
        value = text.value
    else:
        value = asked.request
    return {n: v for n, v in value.items() if n != "policy_version"} if isinstance(value, Mapping) else value


def _added(total: Total, before: Price | None, after: Price | None) -> Total:
    return Total(
        total.currency,
        total.priced + bool(before and after),
        total.before + (before.target if before and after else 0),
        total.after + (after.target if before and after else 0),
        _more(total.lost, before if after is None else None),
        _more(total.gained, after if before is None else None),
    )


def _more(sum_and_count: tuple[int, int], price: Price | None) -> tuple[int, int]:
    return (sum_and_count[0] + price.target, sum_and_count[1] + 1) if price else sum_and_count
