"""A quote request from untrusted JSON: read strictly, checked field by field and across fields, every finding at once.

What it needs of the book in force comes in as `BookChecks`; it knows no rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache
from typing import Any, Protocol

from marshmallow import ValidationError

from schemas import json_text
from schemas.fast_load import Load, NotPlain, builder, loader
from schemas.fields import MOST_MONEY, Days
from schemas.findings import Finding, Invalid, placed
from schemas.quote import QuoteRequestSchema
from schemas.vocabulary import extra_findings
from service.domain.facts import FactDecl
from service.domain.quote import QuoteRequest

Members = Mapping[str, Any]
"""The fields of a request that were read; those at fault are missing."""


class Books(Protocol):
    """The books that may decide a request. `zone`: in which the day of a request is counted that names none."""

    @property
    def zone(self) -> tzinfo: ...
    def deciding(self, members: Members, as_of: date) -> BookChecks | Finding:
        """What the one asks that decides on that day, or why none does."""


@dataclass(frozen=True, slots=True)
class BookChecks:
    """What a book adds: its time zone, in which days are counted, its version and its own facts."""

    zone: tzinfo = UTC
    version: str | None = None
    extra_facts: Mapping[str, FactDecl] | None = None

    def deciding(self, members: Members, as_of: date) -> BookChecks:
        return self

    def findings(self, members: Members) -> Iterator[Finding]:
        if self.extra_facts is not None:
            yield from extra_findings(members.get("extra") or {}, self.extra_facts)
        wanted = members.get("policy_version")
        if wanted and self.version and wanted != self.version:
            yield Finding(
                "/policy_version", "unknown-policy-version", "Another version of the policy is in force on that day.",
                f"The one in force then is {self.version}; leave the field out to take whichever is.",
            )  # fmt: skip


ANY_BOOK = BookChecks()
CLOCK_SKEW = timedelta(minutes=5)
"""How far ahead of ours a caller's clock may be."""


def load_request(raw: bytes, now: datetime, book: Books = ANY_BOOK) -> QuoteRequest:
    """A request from the bytes of a body. `now`: aware; stands in for `received_at`. Raises `Invalid`."""
    text = json_text.parse(raw)
    if text.unreadable:
        raise Invalid(text.findings)
    return read_request(text.value, now, book, text.findings)


def load_with_given(raw: bytes, now: datetime, book: Books = ANY_BOOK) -> tuple[QuoteRequest, frozenset[str]]:
    """As `load_request`, and which facts of client and hassle the body holds."""
    text = json_text.parse(raw)
    if text.unreadable:
        raise Invalid(text.findings)
    return read_request(text.value, now, book, text.findings), given(text.value)


def given(value: Any) -> frozenset[str]:
    """Names of the facts of client and hassle in a body that could be read."""
    hassle = value.get("hassle") or {}
    return frozenset(
        [f"client.{name}" for name in value["client"]]
        + [f"hassle.{window}.{name}" for window in ("recent", "older") for name in hassle.get(window) or ()]
    )


def read_request(
    value: object, now: datetime, book: Books = ANY_BOOK, findings: Sequence[Finding] = (), pointer: str = ""
) -> QuoteRequest:
    """A request from a parsed JSON value. Raises `Invalid`.

    `findings`: what the reading of the text already found. `pointer`: where the request stands in the text.
    """
    found = {finding.pointer: finding for finding in findings}
    members, faults = _members(value, pointer)
    for finding in faults:
        found.setdefault(finding.pointer, finding)
    received_at = members.get("received_at") or now
    as_of = members.get("as_of") or received_at.astimezone(book.zone).date()
    checks = book.deciding(members, as_of)
    of_book = [checks] if isinstance(checks, Finding) else checks.findings(members)
    across = [*_across(members), *_times(members, received_at, as_of, now), *of_book]
    if found or across:
        raise Invalid([*found.values(), *(replace(f, pointer=pointer + f.pointer) for f in across)])
    request: QuoteRequest = _reading().build({**members, "received_at": received_at, "as_of": as_of})
    return request


@dataclass(frozen=True, slots=True)
class _Reading:
    schema: QuoteRequestSchema
    load: Load
    build: Callable[[Mapping[str, Any]], Any]


@cache
def _reading() -> _Reading:
    schema = QuoteRequestSchema()
    return _Reading(schema, loader(schema), builder(schema))


def _members(value: object, pointer: str) -> tuple[dict[str, Any], Iterable[Finding]]:
    """What the fields hold, those at fault left out, and the faults."""
    reading = _reading()
    try:
        return reading.load(value), ()
    except (NotPlain, ValidationError):
        pass
    try:
        return reading.schema.load(value), ()  # type: ignore[arg-type]
    except ValidationError as error:
        valid = error.valid_data if isinstance(error.valid_data, dict) else {}
        return valid, placed(error.messages, pointer)


def _across(members: Mapping[str, Any]) -> Iterator[Finding]:
    """What must hold between fields. Fields that were refused are missing here, and nothing is said of them."""
    client, deal, job = (members.get(name) or {} for name in ("client", "deal", "job"))
    for list_name, member in (("lines", "cost"), ("lines", "fair_price"), ("extras", "cost"), ("extras", "price")):
        total = sum(element.get(member, 0) for element in job.get(list_name, ()) if element)
        if total > MOST_MONEY:
            yield Finding(
                f"/job/{list_name}", "sum-out-of-range", f"The sum of `{member}` is {total}.",
                f"Keep it to {MOST_MONEY} minor units.",
            )  # fmt: skip
    earlier = deal.get("earlier") or {}
    if earlier.get("low", 0) > earlier.get("high", MOST_MONEY):
        yield Finding("/deal/earlier/low", "low-above-high", "The low end is above the high end.", "Swap them.")
    if deal.get("asked_percent") and deal.get("asked_discount") is False:
        yield Finding(
            "/deal/asked_percent", "contradiction", "A discount is named, yet `asked_discount` is false.",
            "Set `asked_discount`, or remove `asked_percent`.",
        )  # fmt: skip
    yield from _history(client)


def _history(client: Mapping[str, Any]) -> Iterator[Finding]:
    if client.get("overdue_days") and client.get("overdue") == 0:
        yield Finding(
            "/client/overdue_days", "contradiction", "Days overdue, yet nothing is overdue.",
            "Give the sum in `overdue`, or remove `overdue_days`.",
        )  # fmt: skip
    if client.get("overdue") and client.get("overdue_days") == 0:
        yield Finding(
            "/client/overdue", "contradiction", "A sum is overdue, yet its age is 0 days.",
            "Give the age of the oldest sum in `overdue_days`.",
        )  # fmt: skip
    if client.get("days_since_last_order") is not None and client.get("orders") == 0:
        yield Finding(
            "/client/days_since_last_order", "contradiction", "There is a last order, yet `orders` is 0.",
            "Give the number of orders, or remove `days_since_last_order`.",
        )  # fmt: skip


def _times(members: Mapping[str, Any], received_at: datetime, as_of: date, now: datetime) -> Iterator[Finding]:
    if received_at > now + CLOCK_SKEW:
        yield Finding(
            "/received_at", "in-the-future", "The request would have come in after this moment.",
            "Give the time at which it came in, or leave it out.",
        )  # fmt: skip
    if (members.get("known_at") or now) > now:
        yield Finding(
            "/known_at", "in-the-future", "What will be known after this moment isn't known.",
            "Give an earlier moment, or leave it out for all that is known.",
        )  # fmt: skip
    for part, name in (("deal", "sign_by"), ("job", "deadline"), ("sale", "starts_on")):
        day = (members.get(part) or {}).get(name)
        if day is None:
            continue
        if day < as_of:
            fix = f"Give a date from {as_of} on, or leave it out."
            yield Finding(f"/{part}/{name}", "in-the-past", f"The date is before {as_of} (`as_of`).", fix)
        elif (day - as_of).days > Days.highest:
            fix = f"Give a date at most {Days.highest} days after it."
            yield Finding(f"/{part}/{name}", "out-of-range", f"The date is too far from {as_of} (`as_of`).", fix)
