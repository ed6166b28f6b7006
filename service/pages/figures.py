"""Money, percentages, numbers and days as the reader's browser wants them, by its first language that CLDR knows."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache

from flask import request

from service.domain.facts import Type, Unit, Value
from service.domain.units import value_text
from service.wording.languages import FALLBACK, language, written_by

LONGEST_TAG = 20


class Figures:
    """Of one language. None is written as nothing."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self._language = language(tag)
        self._in = lru_cache(self._language.money)

    def money(self, amount: int | None, currency: str) -> str:
        return "" if amount is None else self._in(currency)(amount)

    def percent(self, share: int | None) -> str:
        """`share`: in basis points."""
        return "" if share is None else self._language.percent(share)

    def count(self, number: int | None) -> str:
        return "" if number is None else self._language.count(number)

    def value(self, type: Type, value: Value, currency: str) -> str:
        """Of a fact, with its unit. `currency`: of money."""
        match type.unit:
            case Unit.MONEY:
                return self.money(int(value), currency)  # type: ignore[arg-type]
            case Unit.PERCENT:
                return self.percent(int(value))  # type: ignore[arg-type]
        return value_text(type, value, currency)

    def day(self, day: date | str | None) -> str:
        """`day`: or as ISO 8601 writes it, with a time or without."""
        if not day:
            return ""
        return self._language.day(date.fromisoformat(day[:10]) if isinstance(day, str) else day)

    def month(self, month: date | str) -> str:
        """`month`: or as in `2026-03`."""
        return self._language.month(date.fromisoformat(f"{month}-01") if isinstance(month, str) else month)

    def moment(self, at: datetime | str | None) -> str:
        """In UTC, to the second."""
        if not at:
            return ""
        return self._language.moment((datetime.fromisoformat(at) if isinstance(at, str) else at).astimezone(UTC))


def figures() -> Figures:
    """For the request under way."""
    wanted = (tag for tag in request.accept_languages.values() if len(tag) <= LONGEST_TAG and tag.isascii())
    return _of(next((tag for tag in wanted if written_by(tag)), FALLBACK))


@lru_cache(maxsize=64)
def _of(tag: str) -> Figures:
    return Figures(tag)
