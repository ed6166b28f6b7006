"""A quote request as a form writes it: names of fields and what was typed, to the JSON that the API takes. Judges only
what the form adds: money with a point, percentages, empty cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from marshmallow import fields as kinds

from schemas.fields import MOST_MONEY, Choice, Day, Flag, Money, Percent, Quantity
from schemas.quote import QuoteRequestSchema
from schemas.shapes import ListOf, Part
from service.domain.money import EXPONENTS, parse_major

LINES, DETAILS = 4, 3
"""Rows of a form."""
CURRENCIES = ("EUR", "USD", "GBP", "CHF", "PLN", "SEK", "JPY")
"""Those that a form offers, beside the one that the book reckons in."""

_WHOLE = re.compile(r"-?[0-9]{1,18}")
_PERCENT = re.compile(r"(-?)([0-9]{1,6})(?:\.([0-9]{1,2}))? ?%?")
_GROUPED = re.compile(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
_OFF = frozenset({"false", "off", "no", "0"})
_BROKEN = object()


@dataclass(frozen=True, slots=True)
class Shown:
    """A field of the form. `path`: its names in the request, joined by points, which the input is called by."""

    path: str
    label: str

    @property
    def kind(self) -> str:
        match field_at(self.path):
            case Choice():
                return "choice"
            case Flag():
                return "flag"
            case Day():
                return "day"
            case Money() | Percent():
                return "decimal"
            case Quantity():
                return "number"
        return "text"

    @property
    def hint(self) -> str:
        unit = {Percent: " In percent."}.get(type(field_at(self.path)), "")
        return f"{field_at(self.path).metadata['meaning']}{unit}"

    @property
    def choices(self) -> tuple[str, ...]:
        found = field_at(self.path)
        return tuple(found.type.values) if isinstance(found, Choice) else ()

    @property
    def default(self) -> str:
        """What a choice is where nothing is chosen."""
        return str(field_at(self.path).load_default)


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    shown: tuple[Shown, ...]


GROUPS = (
    Group(
        "Client",
        (
            Shown("client.id", "Client's id"),
            Shown("client.name", "Name"),
            Shown("client.category", "Category"),
            Shown("client.months_active", "Months together"),
            Shown("hassle.recent.changed_decisions", "Changed decisions"),
            Shown("hassle.staff_rating", "Staff's rating, 0 to 5"),
        ),
    ),
    Group(
        "Job",
        (
            Shown("job.title", "Title"),
            Shown("job.scope", "Scope"),
            Shown("job.duration_days", "Days of work"),
            Shown("job.deadline", "Deadline"),
            Shown("job.taste_only", "A matter of taste"),
        ),
    ),
    Group(
        "Deal",
        (
            Shown("deal.stage", "Stage"),
            Shown("deal.budget", "Budget"),
            Shown("deal.asked_discount", "Asks for a discount"),
            Shown("deal.asked_percent", "Discount asked, percent"),
            Shown("deal.closes_if_discounted", "Signs if it is given"),
            Shown("deal.sign_by", "Would sign by"),
            Shown("deal.asks_credit", "Asks to pay later"),
            Shown("deal.prepays_in_full", "Pays all before"),
            Shown("deal.obstacle", "What keeps from signing"),
        ),
    ),
    Group(
        "Firm",
        (Shown("firm.strategy", "Strategy"), Shown("firm.backlog_days", "Backlog, days"), Shown("as_of", "As of")),
    ),
)
LINE = (Shown("job.lines.0.description", "Work"), Shown("job.lines.0.cost", "Cost"),
        Shown("job.lines.0.fair_price", "Fair price"))  # fmt: skip
DETAIL = (Shown("job.open_details.0.name", "Open detail"), Shown("job.open_details.0.weight", "Weight"))


@dataclass(slots=True)
class Typed:
    """`request`: as the API takes it. `faults`: by the path of the field, what is wrong with what was typed. `rows`: of
    each list, which of the form's rows its members are: empty ones are left out."""

    request: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, list[str]] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)


def paths() -> Iterator[str]:
    for group in GROUPS:
        yield from (shown.path for shown in group.shown)
    for rows, count in ((LINE, LINES), (DETAIL, DETAILS)):
        for row in range(count):
            yield from (shown.path.replace(".0.", f".{row}.") for shown in rows)


def typed(form: Mapping[str, str], usual: str) -> Typed:
    """`usual`: the currency where none is chosen."""
    found = Typed()
    found.request["currency"] = form.get("currency", "") or usual
    currency = found.request["currency"] if found.request["currency"] in EXPONENTS else usual
    for path in paths():
        text = form.get(path, "").strip()
        if text:
            value = _value(found, path, text, currency)
            if value is not _BROKEN:
                _put(found.request, path.split("."), value)
    for name in ("lines", "open_details"):
        rows = found.request.get("job", {}).get(name)
        if rows is not None:
            found.rows[name] = sorted(rows, key=int)
            found.request["job"][name] = [rows[key] for key in found.rows[name]]
    return found


@cache
def field_at(path: str) -> kinds.Field[Any]:
    """The schema's field of a path; the number of a row counts as any."""
    found: Any = QuoteRequestSchema()
    for name in path.split("."):
        if name.isdigit():
            found = found.inner.schema
        else:
            found = found.fields[name]
            found = found.schema if isinstance(found, Part) else found
    assert not isinstance(found, ListOf), path
    return found  # type: ignore[no-any-return]


def _value(found: Typed, path: str, text: str, currency: str) -> Any:
    try:
        match field_at(path):
            case Flag():
                return text.lower() not in _OFF
            case Money():
                return minor_units(text, currency)
            case Percent():
                return _basis_points(text)
            case Quantity():
                if not _WHOLE.fullmatch(text):
                    raise ValueError(f"{text!r} is not a whole number")
                return int(text)
    except ValueError as fault:
        found.faults[path] = f"{fault}."
        return _BROKEN
    return text


def _basis_points(text: str) -> int:
    figures = _PERCENT.fullmatch(text)
    if figures is None:
        raise ValueError(f"{text!r} is not a percentage such as 10 or 7.5")
    sign, whole, hundredths = figures.groups()
    return int(f"{sign}{whole}{(hundredths or '').ljust(2, '0')}")


def minor_units(text: str, currency: str) -> int:
    """Of what was typed as money. A comma groups thousands and nothing else: a decimal one would be read as a hundred
    times as much. Raises ValueError."""
    if "," in text and not _GROUPED.fullmatch(text):
        raise ValueError(f"{text!r} has a comma: write cents behind a point, as in 2800.50")
    amount = parse_major(text.replace(",", ""), currency)
    if abs(amount) > MOST_MONEY:
        raise ValueError(f"{text!r} is more than anybody pays")
    return amount


def _put(into: dict[str, Any], names: list[str], value: Any) -> None:
    for name in names[:-1]:
        into = into.setdefault(name, {})
    into[names[-1]] = value
