"""A request completed by the firm's books of its client: what its caller left out is taken from them.

What the caller gave stands, and is marked. Money owed, trust and category are a manager's to give.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction

from service.clients.standing import Exchange, Thresholds, standing
from service.domain.books import Account
from service.domain.decision import FromBooks
from service.domain.facts import FactDecl, Value
from service.domain.money import Rounding, divide
from service.domain.quote import QuoteRequest
from service.policy.binding import exchange_rate, number_in_force
from service.policy.book import Book

TOGETHER = (
    frozenset({"client.overdue", "client.overdue_days"}),
    frozenset({"client.orders", "client.days_since_last_order"}),
)
"""One of them given, none of them is taken: they would contradict each other."""

MANAGERS_ALONE = frozenset(
    "client." + name
    for name in (
        "category", "months_active", "late_payments", "average_monthly_payment", "overdue", "overdue_days", "exposure"
    )
)  # fmt: skip
"""Facts of a client in the books that only a manager may give otherwise: category, trust (T2) and money owed (T3)."""


def completed(
    request: QuoteRequest, given: frozenset[str], account: Account, book: Book, declared: Mapping[str, FactDecl]
) -> tuple[QuoteRequest, FromBooks]:
    """`given`: names of facts of client and hassle that the body held. Raises NoRate where the account has a currency
    that the book has no rate for."""
    known = standing(
        account, request.as_of, _exchange(book, request), thresholds(book, request.as_of, request.currency)
    )
    held = given.union(*(group for group in TOGETHER if group & given))
    taken = {name: _within(declared[name], value) for name, value in known.items() if name not in held}
    origins = FromBooks(taken=tuple(sorted(taken)), given=tuple(sorted(given & known.keys())))
    return _replaced(request, taken), origins


def _replaced(request: QuoteRequest, taken: Mapping[str, Value]) -> QuoteRequest:
    parts: dict[str, dict[str, Value]] = {"client": {}, "hassle.recent": {}, "hassle.older": {}}
    for name, value in taken.items():
        part, _, member = name.rpartition(".")
        parts[part][member] = value
    hassle = replace(
        request.hassle,
        recent=replace(request.hassle.recent, **parts["hassle.recent"]),  # type: ignore[arg-type]
        older=replace(request.hassle.older, **parts["hassle.older"]),  # type: ignore[arg-type]
    )
    return replace(request, client=replace(request.client, **parts["client"]), hassle=hassle)  # type: ignore[arg-type]


def _within(declared: FactDecl, value: Value) -> Value:
    """Money below zero is none; a count beyond what policies reckon with is their highest."""
    return value if isinstance(value, str) else min(max(int(value), declared.minimum), declared.maximum)  # type: ignore[arg-type]


def _exchange(book: Book, request: QuoteRequest) -> Exchange:
    def exchange(sums: Mapping[str, int]) -> int:
        total = sum(
            (
                amount * exchange_rate(book, request.as_of, currency, request.currency)
                for currency, amount in sums.items()
            ),
            Fraction(0),
        )
        return divide(total.numerator, total.denominator, Rounding.HALF_UP)

    return exchange


def thresholds(book: Book, as_of: date, currency: str) -> Thresholds:
    """The book's own, where it has parameters of these names. Raises NoValue, NoRate."""

    def number(name: str) -> int:
        return number_in_force(book, name, as_of, currency) if name in book.parameters else 0

    return Thresholds(number("overdue_negligible"), number("overdue_days"))
