"""Everything that a sound book still says which its author can't have meant, sorted by place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from service.policy.analysis.conditions import condition_findings
from service.policy.analysis.dates import date_findings
from service.policy.analysis.inquiry import Inquiry
from service.policy.analysis.naming import naming_findings
from service.policy.analysis.places import places_of
from service.policy.analysis.reading import reading_findings
from service.policy.analysis.tables import table_findings, what_it_reads
from service.policy.binding import NoRate, NoValue, bind
from service.policy.book import Book, Table
from service.policy.cases import load_cases
from service.policy.findings import Finding, Severity

STALE_AFTER = 24
"""Months, where neither the book nor whoever checks it says otherwise."""

STEPS_IN_ALL = 3_000_000
"""Of all searches for requests: about a minute's worth, which no shipped book comes near."""

Found = tuple[date, tuple[Finding, ...]]


@dataclass(frozen=True, slots=True)
class Check:
    """What is asked. `stale_after`: months from which on a value counts as forgotten; 0: never."""

    as_of: date
    stale_after: int = STALE_AFTER


def check_book(book: Book, files: Mapping[str, bytes], check: Check) -> tuple[Finding, ...]:
    """`files`: those that the book was loaded from, for its cases and for places. No finding of the loader's."""
    places = places_of(files)
    inquiries = list(_inquiries(book, check.as_of))
    found = [
        *reading_findings(book, places),
        *date_findings(book, check.as_of, check.stale_after, places),
        *naming_findings(book, load_cases(files)),
    ]
    if inquiries:
        found += condition_findings(book, inquiries)
        for table in book.tables.values():
            found += _of_table(book, table, inquiries)
    return tuple(sorted(set(found)))


def days(book: Book, as_of: date) -> list[date]:
    """The day, and every later one on which a parameter changes."""
    dated = {day for parameter in book.parameters.values() for day, _ in parameter.values}
    return [as_of, *sorted(day for day in dated if day > as_of)]


def _inquiries(book: Book, as_of: date) -> Iterator[Inquiry]:
    asked = days(book, as_of)
    for day in asked:
        try:
            yield Inquiry(bind(book, day, book.currency), day, STEPS_IN_ALL // len(asked))
        except (NoRate, NoValue):
            continue  # told by `date_findings`


def _of_table(book: Book, table: Table, inquiries: Sequence[Inquiry]) -> list[Finding]:
    """Errors of any day; warnings of all days alone, because a row may wait for a number to change."""
    found: list[Found] = []
    asked: list[object] = []
    for inquiry in inquiries:
        # Of most tables no cell and no column changes with the days.
        reads = what_it_reads(table, inquiry)
        if reads not in asked:
            found.append((inquiry.day, tuple(table_findings(table, inquiry))))
            asked.append(reads)
    first, *later = found
    kept = [finding for finding in first[1] if _of_all(finding, later)]
    known = {(finding.code, finding.subject) for finding in kept}
    for day, findings in later:
        for finding in findings:
            if finding.severity is Severity.ERROR and (finding.code, finding.subject) not in known:
                known.add((finding.code, finding.subject))
                kept.append(replace(finding, message=f"from {day} on, {finding.message}"))
    return kept


def _of_all(finding: Finding, later: Sequence[Found]) -> bool:
    if finding.severity is Severity.ERROR or finding.code == "check-incomplete":
        return True
    return all(
        any(same.code == finding.code and same.subject == finding.subject for same in found) for _, found in later
    )
