"""Whether the engine can hold a book: its limits told as findings, all at once, before the book is put to use."""

from __future__ import annotations

from service.matching.asking import condition_of
from service.matching.indexed import without_large
from service.matching.normal import Properties
from service.matching.spread import EngineLimit, check
from service.policy.book import Book
from service.policy.findings import Finding
from service.policy.program import Program


def engine_findings(book: Book, program: Program) -> tuple[Finding, ...]:
    """`program`: the book bound to any day and currency; numbers don't count, only how conditions are built."""
    places = {rule.id: rule.when.place for rule in book.rules}
    properties = Properties(program.facts, ())
    found = []
    for stage in without_large(program)[0].stages:
        for rule in stage.rules:
            condition = condition_of(rule, properties)
            try:
                if not isinstance(condition, bool):
                    check(rule.id, condition)
            except EngineLimit as limit:
                found.append(Finding(places[rule.id], "engine-limit", limit.reason, limit.remedy, rule.id))
    return tuple(sorted(found))
