"""book.yaml without its effects: name, currency, rounding, time zone, calendar and stages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from schemas.book import BookSchema
from service.domain.calendar import Calendar
from service.domain.money import EXPONENTS, Rounding
from service.policy.loading.names import check_name
from service.policy.loading.report import Report
from service.policy.yaml_text import Document

_BOOK = BookSchema()
_ANY_CALENDAR = Calendar(frozenset(), frozenset(), frozenset(), time(9), time(18), time(13))


@dataclass(frozen=True, slots=True)
class Header:
    """Stand-ins for what is missing or wrong let the rest of the book be read, for its findings."""

    name: str
    title: str
    currency: str
    rounding: Rounding
    time_zone: str
    calendar: Calendar
    stages: tuple[str, ...]
    effects: Mapping[str, Any]

    def level(self, stage: str) -> int:
        """1 for the first stage; what is known from the request alone has level 0."""
        return self.stages.index(stage) + 1

    def stage_at(self, level: int) -> str:
        return self.stages[level - 1] if level else ""


def read_header(report: Report, document: Document) -> Header:
    data = report.whole(_BOOK, document)
    currency = data.get("currency", "EUR")
    if currency not in EXPONENTS:
        report.add(document.place("currency"), "wrong-value", f"'{currency}' is not an ISO 4217 currency")
        currency = "EUR"
    return Header(
        data.get("name", ""),
        data.get("title", ""),
        currency,
        Rounding(data.get("rounding", "half_up")),
        _time_zone(report, document, data.get("time_zone", "UTC")),
        _calendar(report, document, data.get("calendar", {})),
        _stages(report, document, data.get("stages", [])),
        data.get("effects", {}),
    )


def _time_zone(report: Report, document: Document, name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        hint = "a name of the IANA list, such as Europe/Tallinn"
        report.add(document.place("time_zone"), "wrong-value", f"'{name}' is not a time zone", hint)
    return name


def _calendar(report: Report, document: Document, data: Mapping[str, Any]) -> Calendar:
    try:
        opens, closes, lunch = data["opens"], data["closes"], data["lunch"]
        weekend = frozenset(data["weekend"])
    except KeyError:
        return _ANY_CALENDAR
    # Equal times mean round the clock.
    if opens != closes and not opens < lunch < closes:
        report.add(document.place("calendar"), "wrong-value", "opens, lunch and closes must follow one another")
        return _ANY_CALENDAR
    return Calendar(weekend, frozenset(data["every_year"]), frozenset(data["dates"]), opens, closes, lunch)


def _stages(report: Report, document: Document, stages: list[str]) -> tuple[str, ...]:
    for stage, count in Counter(stages).items():
        last = len(stages) - 1 - stages[::-1].index(stage)
        check_name(report, stage, document.place("stages", last))
        if count > 1:
            report.add(document.place("stages", last), "duplicate-id", f"stage '{stage}' stands twice", subject=stage)
    return tuple(dict.fromkeys(stages))
