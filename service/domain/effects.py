"""Slots: what rules write, and how several rules' values become one (the hit policy).

Combining is order-free: `first` takes the value of the rule with the highest priority, ties settled by rule id,
both fixed when the book is loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from service.domain.facts import Type, Unit, Value


class Combine(StrEnum):
    SUM = "sum"
    MAX = "max"
    MIN = "min"
    FIRST = "first"
    ANY = "any"
    UNION = "union"


@dataclass(frozen=True, slots=True)
class Slot:
    """One thing that rules decide. Numeric slots are clipped to `minimum`..`maximum` after combining."""

    name: str
    type: Type
    combine: Combine
    initial: Value
    minimum: int
    maximum: int
    meaning: str


Combiner = Callable[[Any, Iterable[Any]], Value]
"""The slot's value after a stage, from its value before and what the fired rules contribute, in their order.

All of the slot's type: whoever bound the rules has seen to that.
"""


def combiner(slot: Slot) -> Combiner:
    low, high = slot.minimum, slot.maximum

    def most(current: int, contributions: Iterable[int]) -> int:
        value = max((current, *contributions))
        return low if value < low else high if value > high else value

    def least(current: int, contributions: Iterable[int]) -> int:
        value = min((current, *contributions))
        return low if value < low else high if value > high else value

    def total(current: int, contributions: Iterable[int]) -> int:
        value = sum(contributions, current)
        return low if value < low else high if value > high else value

    match slot.combine:
        case Combine.UNION:
            return lambda current, contributions: current.union(contributions)
        case Combine.ANY:
            return lambda current, contributions: current or any(contributions)
        case Combine.FIRST:
            return lambda current, contributions: next(iter(contributions), current)
        case Combine.MAX:
            return most
        case Combine.MIN:
            return least
        case Combine.SUM:
            return total


def combined(slot: Slot, current: Any, contributions: Iterable[Any]) -> Value:
    return combiner(slot)(current, contributions)


@dataclass(frozen=True, slots=True)
class StandardEffect:
    """A slot name with a meaning of its own: `domain` lays the decision out from it."""

    name: str
    unit: Unit
    combine: Combine
    meaning: str
    required: bool = False


STANDARD_SLOTS: dict[str, StandardEffect] = {
    e.name: e
    for e in (
        StandardEffect("decline", Unit.BOOL, Combine.ANY, "The request is declined, politely.", True),
        StandardEffect("declined_for", Unit.ENUM, Combine.FIRST, "Client-fit wording of a decline."),
        StandardEffect("prohibitive", Unit.RATIO, Combine.MAX, "Times the worth; above 0 it replaces markups.", True),
        StandardEffect("needs_details", Unit.BOOL, Combine.ANY, "No price before more is known.", True),
        StandardEffect("approvals", Unit.ENUM, Combine.UNION, "Roles that must agree before an answer.", True),
        StandardEffect("markup", Unit.PERCENT, Combine.SUM, "Added on the worth.", True),
        StandardEffect("extras", Unit.ENUM, Combine.FIRST, "`free` or `charged`: what becomes of the extras."),
        StandardEffect("discount", Unit.PERCENT, Combine.MAX, "Offered off the target, on its condition.", True),
        StandardEffect("bonus", Unit.PERCENT, Combine.MAX, "Worth of extra services given, of the target."),
        StandardEffect("compensation", Unit.PERCENT, Combine.MAX, "Bonus on the loss from an own mistake (D9)."),
        StandardEffect("prepayment", Unit.PERCENT, Combine.MAX, "Share of the price paid before work.", True),
        StandardEffect("credit_days", Unit.DAYS, Combine.MAX, "Days to pay after delivery; 0: no credit.", True),
        StandardEffect("milestones", Unit.COUNT, Combine.MAX, "Payments that the rest is split into.", True),
        StandardEffect("instalments", Unit.COUNT, Combine.MAX, "Instalments offered; 0: none."),
        StandardEffect("smaller_scope", Unit.BOOL, Combine.ANY, "A smaller scope is proposed."),
        StandardEffect("recommend", Unit.ENUM, Combine.FIRST, "The option recommended to this client."),
        StandardEffect("offer_days", Unit.DAYS, Combine.MIN, "Days a concession stands when no date was named."),
        StandardEffect("validity_days", Unit.DAYS, Combine.MIN, "Business days that the quote stands; 0: today."),
        StandardEffect("first_call_days", Unit.DAYS, Combine.MIN, "Business days until the first call; 0: none."),
        StandardEffect("call_every_days", Unit.DAYS, Combine.MIN, "Business days between the later calls."),
        StandardEffect("contact_every_days", Unit.DAYS, Combine.MIN, "Longest silence during the job; 0: none set."),
        StandardEffect("respond_hours", Unit.HOURS, Combine.MIN, "Hours to answer in, business days only.", True),
        StandardEffect("acknowledge", Unit.BOOL, Combine.ANY, "Acknowledge at once with the time to expect."),
        StandardEffect("ways_to_pay", Unit.ENUM, Combine.UNION, "Ways of paying told with the price.", True),
        StandardEffect("clauses", Unit.ENUM, Combine.UNION, "Terms told with the price: `clause.<member>`.", True),
        StandardEffect("notes", Unit.ENUM, Combine.UNION, "Paragraphs for the client: `note.<member>`.", True),
        StandardEffect("advice", Unit.ENUM, Combine.UNION, "Internal advice to the person who answers."),
    )
}

STANDARD_FORMULAS: dict[str, tuple[Unit, str]] = {
    "worth": (Unit.MONEY, "Fair price of the work as scoped, charged extras included."),
    "extras_charged": (Unit.MONEY, "What charged extras add to the fair price."),
    "extras_free": (Unit.MONEY, "Price of the extras done free: a concession."),
    "markup_amount": (Unit.MONEY, "All markups together, on the worth."),
    "floor": (Unit.MONEY, "Cost plus minimum margin: no price ends below it (P1)."),
    "unbounded": (Unit.MONEY, "Worth with markups, or the prohibitive price, before floor and earlier range."),
    "target": (Unit.MONEY, "The price aimed at."),
    "low": (Unit.MONEY, "Lower end of the range."),
    "high": (Unit.MONEY, "Upper end of the range."),
    "discount_amount": (Unit.MONEY, "What the contingent discount takes off the target."),
    "bonus_amount": (Unit.MONEY, "Worth of the bonus."),
    "compensation_amount": (Unit.MONEY, "Loss made good plus its bonus (D9); outside the discount cap."),
    "prepayment_amount": (Unit.MONEY, "Paid before work begins."),
    "credit_limit": (Unit.MONEY, "Most that may be owed under credit of trust (T2)."),
}
"""Formulas that every book defines; `decision.<name>` in policy text."""

OUTCOMES = ("quote", "needs_approval", "needs_details", "prohibitive", "decline", "held")
"""In rising precedence. `decision.outcome` is built from the slots; `held` is never a rule's choice."""
