"""What a firm's books tell of its clients, row by row. Knows neither files nor tables.

Money is in minor units of `currency`; days are calendar days of the firm.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum

from service.domain.quote import Signals

SIGNALS = tuple(field.name for field in fields(Signals))
"""What counts as hassle (P3)."""


class Kind(StrEnum):
    PAYMENTS = "payments"
    INVOICES = "invoices"
    SERVICES = "services"
    INCIDENTS = "incidents"


class Content(StrEnum):
    """What a column may hold."""

    REFERENCE = "reference"
    CLIENT = "client"
    DAY = "day"
    SUM = "sum"
    CURRENCY = "currency"
    COUNT = "count"
    SIGNAL = "signal"


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a kind of row. `least`: of a count or a sum, None where it may be below zero. A reference is the
    name that the books themselves have for a row: with one, what is imported later takes the place of the earlier."""

    name: str
    content: Content
    meaning: str
    required: bool = True
    least: int | None = None


_CLIENT = Field("client_id", Content.CLIENT, "Id of the client; a row without one counts in totals alone.", False)
_REFERENCE = Field("reference", Content.REFERENCE, "The books' own name for the row.", False)
_CURRENCY = Field("currency", Content.CURRENCY, "Code of ISO 4217.")
FIELDS: Mapping[Kind, tuple[Field, ...]] = {
    Kind.PAYMENTS: (
        _REFERENCE,
        _CLIENT,
        Field("day", Content.DAY, "Day on which the money came in."),
        Field("amount", Content.SUM, "What came in; below zero what was paid back."),
        _CURRENCY,
    ),
    Kind.INVOICES: (
        Field("reference", Content.REFERENCE, "Number of the invoice."),
        _CLIENT,
        Field("issued_on", Content.DAY, "Day of the invoice."),
        Field("due_on", Content.DAY, "Day until which it is to be paid."),
        Field("paid_on", Content.DAY, "Day on which it was paid; empty while it is open.", False),
        Field("amount", Content.SUM, "What it asks for; below zero a credit note."),
        _CURRENCY,
    ),
    Kind.SERVICES: (
        _REFERENCE,
        _CLIENT,
        Field("day", Content.DAY, "Day of delivery."),
        Field("units", Content.COUNT, "How many units of what the firm counts.", least=0),
        Field("cost", Content.SUM, "What the work and serving the client cost.", least=0),
        _CURRENCY,
    ),
    Kind.INCIDENTS: (
        _REFERENCE,
        Field("client_id", Content.CLIENT, "Id of the client."),
        Field("day", Content.DAY, "Day on which it happened."),
        Field("signal", Content.SIGNAL, f"One of {', '.join(SIGNALS)}."),
        Field("count", Content.COUNT, "How often.", least=1),
    ),
}
SUMMED = {Kind.PAYMENTS: "amount", Kind.INVOICES: "amount", Kind.SERVICES: "cost"}
"""The column whose totals an import is reconciled by."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows, and by currency the sum of those whose sum can be read."""

    rows: int
    sums: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of a file: `read` is `taken` and `known` and `refused` together, in rows and to the cent.

    `taken`: new, or in the place of an earlier row of the same reference (`replaced` of them). `known`: here before.
    """

    import_id: str
    kind: Kind
    read: Tally
    taken: Tally
    known: Tally
    refused: Tally
    replaced: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    day: date
    amount: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """`paid_on`: None while it is open."""

    issued_on: date
    due_on: date
    paid_on: date | None
    amount: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    day: date
    units: int
    cost: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    day: date
    signal: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """All that the books hold of one client up to a day, each in the order of days. `conceded`: by the record of
    decisions, currencies and sums of what the quotes gave away that the client accepted in the last year (D5)."""

    payments: tuple[Payment, ...] = ()
    invoices: tuple[Invoice, ...] = ()
    services: tuple[Service, ...] = ()
    incidents: tuple[Incident, ...] = ()
    category: str | None = None
    conceded: tuple[tuple[str, int], ...] = ()
