"""What a firm is asked before its book is written, and what the answers may be. Opens no files.

Percentages are basis points, sums are minor units of the firm's currency, days of the week start with Monday as 0.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import available_timezones

from service.domain.money import EXPONENTS

LANGUAGES = ("en",)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Answers:
    """`country`: ISO 3166 code, with its part after a hyphen where holidays differ (`DE-BY`); empty for no holidays.

    `markups`: the three steps for a client who is tiring, hard or exhausting to work with. `credit_days` 0: no credit.
    """

    firm: str
    trade: str
    currency: str
    time_zone: str
    country: str
    weekend: tuple[int, ...]
    markups: tuple[int, int, int]
    minimum_profit: int
    prepayment: int
    discount_cap: int
    small_job: int
    credit_days: int
    credit_months: int
    language: str = "en"

    @property
    def name(self) -> str:
        """What the book is called: small letters, digits and hyphens."""
        plain = unicodedata.normalize("NFKD", self.firm).encode("ascii", "ignore").decode().lower()
        slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
        return (slug if slug[:1].isalpha() else f"firm-{slug}".strip("-"))[:64].strip("-")

    def problems(self) -> Iterator[tuple[str, str]]:
        """Each answer that can't be, with the reason: names of fields."""
        for field, text, most in (("firm", self.firm, 120), ("trade", self.trade, 60)):
            if not text.strip() or len(text) > most or not text.isprintable():
                yield field, f"1 to {most} characters on one line"
        if self.currency not in EXPONENTS:
            yield "currency", f"{self.currency} is no currency of ISO 4217, such as EUR"
        if self.time_zone not in available_timezones():
            yield "time_zone", f"{self.time_zone} is no time zone, such as Europe/Berlin"
        if len(set(self.weekend)) > 6:
            yield "weekend", "at least one day of the week is for work"
        first, second, third = self.markups
        if not 0 < first <= second <= third <= 6_000:
            yield "markups", "three steps, each at least the one before, above 0 % and at most 60 %"
        yield from self._out_of_range()
        if self.language not in LANGUAGES:
            yield "language", f"wording comes in {', '.join(LANGUAGES)}; others are added under messages/"

    def _out_of_range(self) -> Iterator[tuple[str, str]]:
        ranges = (
            ("minimum_profit", self.minimum_profit, 0, 50_000, "0 % to 500 %"),
            ("prepayment", self.prepayment, 1, 10_000, "above 0 % and at most 100 %: prepayment is the norm (T1)"),
            ("discount_cap", self.discount_cap, 0, 4_900, "0 % to 49 %: far below half (D3)"),
            ("small_job", self.small_job, 1, 10**9, "above 0, and less than ten million or so"),
            ("credit_days", self.credit_days, 0, 14, "0 (no credit) to 14 days: never longer (T2)"),
            ("credit_months", self.credit_months, 1, 120, "1 to 120 months (T2)"),
        )
        for field, value, least, most, words in ranges:
            if not least <= value <= most:
                yield field, words
