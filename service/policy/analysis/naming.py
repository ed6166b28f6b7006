"""Rules and rows that no case names: nobody has worked out by hand what they do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from service.policy.book import Book
from service.policy.cases import Case
from service.policy.findings import Finding, Severity

ROWS_TOLD = 5


def naming_findings(book: Book, cases: Iterable[Case]) -> Iterator[Finding]:
    named = {rule for case in cases for rule in (*case.rules, *case.not_rules)}
    for rule in book.rules:
        if not rule.table and rule.id not in named:
            yield Finding(rule.place, "rule-without-case", "no case names it", "cases/: a case with rules: "
                          f"[{rule.id}]", rule.id, Severity.WARNING)  # fmt: skip
    for table in book.tables.values():
        # A default that gives nothing says nothing either: no case can name it.
        rows = [rule.id for rule in book.rules if rule.table == table.id and rule.reason.parts]
        unnamed = [row for row in rows if row not in named]
        if unnamed:
            told = ", ".join(unnamed[:ROWS_TOLD]) + (", ..." if len(unnamed) > ROWS_TOLD else "")
            message = f"no case names {len(unnamed)} of its {len(rows)} rows: {told}"
            yield Finding(table.place, "row-without-case", message, "", table.id, Severity.WARNING)
