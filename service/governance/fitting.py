"""Whether what a person wants fits the decision that it is about: every finding at once. Weighs no authority."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from schemas.findings import Finding, suggestion
from service.domain.afterwards import Asked, Wish
from service.domain.decision import Decision

_FIELDS = ("price", "prepayment", "credit_days")


def price_stands(decided: Decision, rules_outcome: str, asked: Asked) -> bool:
    """Whether there is a decided price to go away from: not one that was meant to be refused, where now a quote is.

    `rules_outcome`: what the decision would be if nothing held it.
    """
    return decided.price is not None and not (asked.outcome == "quote" and rules_outcome == "prohibitive")


def faults(decided: Decision, stands: bool, wish: Wish, reasons: Sequence[str]) -> tuple[Finding, ...]:
    """`stands`: whether its price does. `reasons`: of the book."""
    return (*_reason(wish.reason, reasons), *_terms(decided, stands, wish.asked))


def _reason(reason: str, reasons: Sequence[str]) -> Iterator[Finding]:
    if not reasons:
        yield Finding(
            "/reason", "not-a-choice", "The book that decided names no reasons, so nobody may override by it.",
            "Release a book with `overrides:` in its governance.yaml, and ask for the decision again.",
        )  # fmt: skip
    elif reason not in reasons:
        fix = suggestion(reason, reasons) or f"Give one of {', '.join(reasons)}."
        yield Finding("/reason", "not-a-choice", "The reason isn't one of the book's.", fix)


def _terms(decided: Decision, stands: bool, asked: Asked) -> Iterator[Finding]:
    given = [name for name in _FIELDS if getattr(asked, name) is not None]
    if asked.outcome == "quote" and not stands:
        for name in (name for name in _FIELDS if name not in given):
            message = f"The decision ({decided.outcome}) holds no {name} to quote by."
            yield Finding(f"/{name}", "missing-field", message, f"Give `{name}`.")
    elif given and (asked.outcome in ("decline", "needs_details") or not stands):
        for name in given:
            message = f"An outcome of {asked.outcome or decided.outcome} names no price and no terms."
            yield Finding(f"/{name}", "contradiction", message, "Leave it out, or set `outcome` to quote.")
    elif _same(decided, asked):
        yield Finding(
            "", "nothing-overridden", "The decision would stay as it is.",
            "Give another price, prepayment, number of credit_days or outcome.",
        )  # fmt: skip


def _same(decided: Decision, asked: Asked) -> bool:
    """Whether nothing of it would change. A single figure within a range is a change of the range."""
    price, terms = decided.price, decided.terms
    now = {
        "outcome": {decided.outcome},
        "price": {price.low, price.target, price.high} if price else set(),
        "prepayment": {terms.prepayment_percent} if terms else set(),
        "credit_days": {terms.credit_days} if terms else set(),
    }
    return all(getattr(asked, name) is None or {getattr(asked, name)} == values for name, values in now.items())
