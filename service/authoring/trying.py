"""A book that isn't used yet, tried out on cases: decided without the engine, quick to build."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from schemas.findings import Invalid
from schemas.request import BookChecks
from schemas.vocabulary import declarations
from service.cases.running import Result, pose, run_case
from service.cases.trial import Trial
from service.domain.facts import Value
from service.policy.binding import NoRate, NoValue
from service.policy.book import Book
from service.policy.cases import Case, load_cases
from service.policy.loader import load_book


@dataclass(frozen=True, slots=True)
class Tried:
    book: Book
    cases: tuple[Case, ...]
    trial: Trial
    checks: BookChecks
    now: datetime

    @staticmethod
    def of(files: Mapping[str, bytes], now: datetime) -> Tried:
        """Raises BookRefused."""
        book = load_book(files, declarations())
        checks = BookChecks(ZoneInfo(book.time_zone), book.version, book.extra_facts)
        return Tried(book, load_cases(files), Trial(book), checks, now)

    def run(self, case: Case) -> Result:
        return run_case(self.trial, self.checks, case, self.now)

    def values(self, case: Case) -> Mapping[str, Value]:
        """Every fact and every `decision.` value; none for a request that can't be decided."""
        try:
            posed = pose(case, self.checks, self.now)
            return self.trial.runtime(posed.request.as_of, posed.request.currency).decide(posed.facts).env
        except (Invalid, NoRate, NoValue):
            return {}
