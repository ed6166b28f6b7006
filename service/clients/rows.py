"""One row of a file, judged: what it says in the product's own terms, or every reason why that can't be told."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from service.domain.books import FIELDS, SIGNALS, SUMMED, Content, Field, Kind
from service.domain.money import EXPONENTS

FIRST_YEAR, LAST_YEAR = 1970, 2199
LONGEST = 200
_SUM = re.compile(r"([+-]?)(\d{1,15})(?:\.(\d*))?")
_MOST_COUNT = 1_000_000
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")

Value = str | int | None


class Refused(Exception):
    """A cell that can't be taken. Never leaves this module."""


@dataclass(frozen=True, slots=True)
class Judged:
    """`values`: by the kind's fields, days as ISO 8601; None where `reasons` speak against the row. `sum`: currency and
    minor units, where these can be read, of a refused row too, so that totals reconcile."""

    values: tuple[Value, ...] | None
    reasons: tuple[str, ...]
    sum: tuple[str, int] | None


@dataclass(frozen=True, slots=True)
class Manner:
    """How a file writes things. `dates`: as `strptime` takes it, empty for ISO 8601. `currency`: of every row, where no
    column says."""

    decimal_comma: bool = False
    dates: str = ""
    currency: str = ""


def judge(kind: Kind, cells: Mapping[str, str], manner: Manner) -> Judged:
    """`cells`: by the kind's fields, blanks at their ends taken off; those that the file lacks are missing."""
    values: dict[str, Value] = {}
    reasons = []
    for field in FIELDS[kind]:
        text = cells.get(field.name, "")
        if field.content is Content.CURRENCY and not text:
            text = manner.currency
        try:
            values[field.name] = None if not text and not field.required else _READ[field.content](text, field, manner)
        except Refused as refused:
            reasons.append(f"{field.name}: {refused}")
    reasons += _across(kind, values)
    named = SUMMED.get(kind)
    total = None if named is None else _in_minor_units(values, named, reasons)
    if reasons:
        return Judged(None, tuple(reasons), total)
    return Judged(tuple(values[field.name] for field in FIELDS[kind]), (), total)


def _in_minor_units(values: dict[str, Value], name: str, reasons: list[str]) -> tuple[str, int] | None:
    """Puts the sum into minor units of the row's currency, which may stand in a later column."""
    currency, written = values.get("currency"), values.get(name)
    if not isinstance(currency, str) or not isinstance(written, str):
        return None
    sign, whole, fraction = _SUM.fullmatch(written).groups("")  # type: ignore[union-attr]
    exponent, fraction = EXPONENTS[currency], fraction.rstrip("0")
    if len(fraction) > exponent:
        reasons.append(f"{name}: '{written}' has more decimal places than {currency}, which has {exponent}")
        return None
    minor = int(whole + fraction.ljust(exponent, "0"))
    values[name] = -minor if sign == "-" else minor
    return currency, -minor if sign == "-" else minor


def _across(kind: Kind, values: Mapping[str, Value]) -> list[str]:
    issued, due, paid = (values.get(name) for name in ("issued_on", "due_on", "paid_on"))
    if kind is not Kind.INVOICES or not isinstance(issued, str):
        return []
    found = []
    if isinstance(due, str) and due < issued:
        found.append(f"due_on: {due} is before the day of the invoice, {issued}")
    if isinstance(paid, str) and paid < issued:
        found.append(f"paid_on: {paid} is before the day of the invoice, {issued}")
    return found


def _text(text: str, field: Field, manner: Manner) -> str:
    if not text:
        raise Refused("empty")
    if len(text) > LONGEST:
        raise Refused(f"{len(text)} characters; at most {LONGEST}")
    if _UNPRINTABLE.search(text):
        raise Refused("a control character in it")
    return text


def _day(text: str, field: Field, manner: Manner) -> str:
    if not text:
        raise Refused("empty")
    try:
        day = datetime.strptime(text, manner.dates).date() if manner.dates else date.fromisoformat(text)
    except ValueError:
        wanted = f"a day written as {manner.dates}" if manner.dates else "a day such as 2026-03-31"
        raise Refused(f"'{text[:40]}' is not {wanted}") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Refused(f"the year {day.year} is outside {FIRST_YEAR} to {LAST_YEAR}")
    return day.isoformat()


def _sum(text: str, field: Field, manner: Manner) -> str:
    """As written, with a point: minor units need the currency."""
    written = text.replace(",", ".") if manner.decimal_comma and "." not in text else text
    if not text:
        raise Refused("empty")
    if not _SUM.fullmatch(written):
        wanted = "-1234,50" if manner.decimal_comma else "-1234.50"
        raise Refused(f"'{text[:40]}' is not a sum such as {wanted}")
    if field.least == 0 and written.startswith("-") and written.strip("-0."):
        raise Refused(f"{text} is below zero")
    return written


def _count(text: str, field: Field, manner: Manner) -> int:
    least = field.least or 0
    if not text.isascii() or not text.isdecimal() or len(text) > 7 or not least <= int(text) <= _MOST_COUNT:
        raise Refused(f"'{text[:40]}' is not a whole number from {least} to {_MOST_COUNT}" if text else "empty")
    return int(text)


def _currency(text: str, field: Field, manner: Manner) -> str:
    if text not in EXPONENTS:
        raise Refused(f"'{text[:40]}' is not an active code of ISO 4217" if text else "empty")
    return text


def _signal(text: str, field: Field, manner: Manner) -> str:
    if text not in SIGNALS:
        raise Refused(f"'{text[:40]}' is none of {', '.join(SIGNALS)}" if text else "empty")
    return text


_READ: Mapping[Content, Callable[[str, Field, Manner], Value]] = {
    Content.REFERENCE: _text,
    Content.CLIENT: _text,
    Content.DAY: _day,
    Content.SUM: _sum,
    Content.CURRENCY: _currency,
    Content.COUNT: _count,
    Content.SIGNAL: _signal,
}
