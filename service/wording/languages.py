"""Numbers, dates and lists as a language writes them, by CLDR (through Babel). Knows no wording and no policy.

Babel formats decimals; here its symbols are taken once and integers of minor units are laid out exactly.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_skeleton
from babel.numbers import format_decimal, get_currency_symbol
from babel.units import format_unit

from service.domain.facts import Type, Unit, Value
from service.domain.money import exponent
from service.domain.units import decimal_text, value_text

FALLBACK = "en"
_NO_BREAK_SPACE = "\u00a0"


_THOUSANDS = tuple(f"{figures:03}" for figures in range(1_000))

MoneyText = Callable[[int], str]
"""Minor units to text in one language and currency."""


@dataclass(frozen=True, slots=True)
class MoneyPattern:
    """`before` and `after` hold the currency's symbol; groups are counted from the right."""

    before: str
    after: str
    minus: str
    decimal: str
    group: str
    first_group: int
    next_groups: int
    digits: int

    def formatter(self) -> MoneyText:
        before, group = self.before, self.group
        scale = 10**self.digits
        endings = [
            f"{self.decimal}{minor:0{self.digits}}{self.after}" if self.digits else self.after for minor in range(scale)
        ]
        by_three = self.first_group == 3 == self.next_groups

        def text(amount: int) -> str:
            if amount < 0:
                return self.minus + text(-amount)
            whole, ending = amount // scale, endings[amount % scale]
            if whole < 1_000:
                return f"{before}{whole}{ending}"
            if not by_three:
                return f"{before}{self._grouped(whole)}{ending}"
            if whole < 1_000_000:
                return f"{before}{whole // 1_000}{group}{_THOUSANDS[whole % 1_000]}{ending}"
            figures = f"{whole:,}".replace(",", group)
            return f"{before}{figures}{ending}"

        return text

    def _grouped(self, whole: int) -> str:
        figures = str(whole)
        parts, rest = [figures[-self.first_group :]], figures[: -self.first_group]
        while rest:
            parts.append(rest[-self.next_groups :])
            rest = rest[: -self.next_groups]
        return self.group.join(reversed(parts))


class Language:
    """One language. A tag that CLDR doesn't know writes its numbers the English way."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        try:
            self._locale = Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError):
            self._locale = Locale.parse(FALLBACK)
        self._symbols = self._locale.number_symbols["latn"]
        # Babel's formatting is exact here but slow, and the same few values come back: a day, a list of ways to pay.
        self.date = lru_cache(maxsize=4096)(self._date)
        self.day = lru_cache(maxsize=4096)(self._day)
        self.days = lru_cache(maxsize=512)(self._days)
        self.percent = lru_cache(maxsize=512)(self._percent)
        self.either = lru_cache(maxsize=512)(self._either)

    def money(self, currency: str) -> MoneyText:
        pattern = self._locale.currency_formats["standard"]
        symbol = get_currency_symbol(currency, self._locale)
        before, after = pattern.prefix[0].replace("¤", symbol), pattern.suffix[0].replace("¤", symbol)
        return MoneyPattern(
            before=before + _space(before[-1:]),
            after=_space(after[:1]) + after,
            minus=self._symbols.get("minusSign", "-"),
            decimal=self._symbols.get("decimal", "."),
            group=self._symbols.get("group", ","),
            first_group=pattern.grouping[0],
            next_groups=pattern.grouping[1],
            digits=exponent(currency),
        ).formatter()

    def _percent(self, bp: int) -> str:
        pattern = self._locale.percent_formats[None]
        return f"{pattern.prefix[0]}{self._decimal(bp, 100)}{pattern.suffix[0]}"

    def _decimal(self, value: int, scale: int) -> str:
        return decimal_text(value, scale).replace(".", self._symbols.get("decimal", "."))

    def _days(self, count: int) -> str:
        return self._counted(count, "duration-day")

    def _counted(self, count: int, unit: str) -> str:
        return format_unit(count, unit, length="long", locale=self._locale)

    def _either(self, items: tuple[str, ...]) -> str:
        """`card, cash or transfer`"""
        return self._listed(items, "or")

    def all_of(self, items: Sequence[str]) -> str:
        """`size, colours and texts`"""
        return self._listed(items, "standard")

    def _listed(self, items: Sequence[str], style: str) -> str:
        if len(items) < 2:
            return "".join(items)
        patterns = self._locale.list_patterns[style]
        if len(items) == 2:
            return _filled(patterns["2"], items[0], items[1])
        text = _filled(patterns["end"], items[-2], items[-1])
        for item in items[-3:0:-1]:
            text = _filled(patterns["middle"], item, text)
        return _filled(patterns["start"], items[0], text)

    def value(self, type: Type, value: Value, currency: str) -> str:
        """A parameter's value in a client's text."""
        match type.unit:
            case Unit.MONEY:
                return self.money(currency)(int(str(value)))
            case Unit.PERCENT:
                return self.percent(int(str(value)))
            case Unit.RATIO:
                return self._decimal(int(str(value)), 10_000)
            case Unit.DAYS | Unit.MONTHS | Unit.HOURS:
                return self._counted(int(str(value)), f"duration-{type.unit.value.removesuffix('s')}")
        return value_text(type, value, currency)

    def _date(self, day: date) -> str:
        return format_date(day, "long", locale=self._locale)

    def _day(self, day: date) -> str:
        return format_date(day, "medium", locale=self._locale)

    def month(self, day: date) -> str:
        """`Mar 2026`"""
        return format_skeleton("yMMM", day, locale=self._locale)

    def moment(self, at: datetime) -> str:
        """As a table holds it: `Mar 2, 2026, 12:00:00 PM`"""
        return format_datetime(at, "medium", locale=self._locale)

    def count(self, number: int) -> str:
        return format_decimal(number, locale=self._locale)


def _space(neighbour: str) -> str:
    """CLDR's currency spacing: a letter code isn't glued to the figures, a symbol or a space is."""
    return _NO_BREAK_SPACE if neighbour and unicodedata.category(neighbour)[0] not in "SZC" else ""


def _filled(pattern: str, first: str, second: str) -> str:
    # Not by replacing twice: an item may itself read "{1}".
    before, _, rest = pattern.partition("{0}")
    between, _, after = rest.partition("{1}")
    return f"{before}{first}{between}{second}{after}"


@lru_cache(maxsize=256)
def written_by(tag: str) -> bool:
    """Whether CLDR knows the tag."""
    try:
        Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return False
    return True


@lru_cache(maxsize=256)
def language(tag: str) -> Language:
    return Language(tag)


def spoken(wanted: str, offered: Collection[str]) -> str:
    """The language to answer in: the one wanted, else without its region or script, else English, else the first."""
    tag = wanted
    while tag:
        if tag in offered:
            return tag
        tag = tag.rpartition("-")[0]
    return FALLBACK if FALLBACK in offered else min(offered)
