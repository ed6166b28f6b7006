"""From the files of a book to a typed book, or to everything that is wrong with it. Knows no request and no day.

A book is refused as a whole: a rule left out because it is broken could be the one that guards the price.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from service.domain.facts import FactDecl
from service.policy.book import Book
from service.policy.cases import check_rule_names, read_cases
from service.policy.findings import BookRefused
from service.policy.loading.computed import order_computed, outcome, read_entries
from service.policy.loading.extra_facts import read_extra_facts
from service.policy.loading.header import read_header
from service.policy.loading.parameters import read_parameters
from service.policy.loading.policy_files import read_policy_files
from service.policy.loading.reach import check_reach
from service.policy.loading.report import Report
from service.policy.loading.rules import read_guardrails, read_options, read_rules, slot_levels
from service.policy.loading.slots import read_slots
from service.policy.loading.sources import Sources, read_sources
from service.policy.loading.typed import Vocabulary
from service.policy.loading.version import canonical, version_id
from service.policy.loading.wording import read_messages, wanted_texts


def read_folder(path: Path) -> dict[str, bytes]:
    """Every YAML file below a folder by its name relative to it. Raises OSError."""
    files = sorted(file for file in path.rglob("*.yaml") if file.is_file())
    return {file.relative_to(path).as_posix(): file.read_bytes() for file in files}


def load_book(files: Mapping[str, bytes], facts: Mapping[str, FactDecl]) -> Book:
    """`facts`: the request's vocabulary. Raises BookRefused with all findings."""
    report = Report()
    with _uncollected():
        sources = read_sources(report, files)
        book = _read(report, sources, facts) if sources.book is not None else None
    if report.findings or book is None:
        raise BookRefused(report.findings)
    return book


@contextmanager
def _uncollected() -> Iterator[None]:
    """Nearly all objects made here stay: looking for garbage among them took a fifth of the time of a large book."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _read(report: Report, sources: Sources, facts: Mapping[str, FactDecl]) -> Book | None:
    assert sources.book is not None
    header = read_header(report, sources.book)
    slots = read_slots(report, sources.book, header.effects, header.currency)
    parameters, shown, rates = read_parameters(report, sources.one("parameters.yaml"), header.currency)
    extra = read_extra_facts(report, sources.one("facts.yaml"), header.currency)
    items = read_policy_files(report, sources.policies, header)
    entries = read_entries(report, items, {**facts, **extra}, slots)
    vocabulary = Vocabulary(
        header, {**facts, **extra}, slots, parameters, {entry.name: entry.type for entry in entries.values()}
    )
    vocabulary.levels.update(slot_levels(report, items.rules, slots, header))
    computed = order_computed(report, entries, vocabulary)
    rules = read_rules(report, items.rules, vocabulary)
    guardrails = read_guardrails(report, sources.one("guardrails.yaml"), vocabulary)
    options = read_options(report, sources.one("options.yaml"), vocabulary)
    wanted = wanted_texts(slots, {option.id for option in options})
    messages = read_messages(report, sources.messages, wanted, shown)
    cases = read_cases(report, sources.cases)
    check_rule_names(report, cases, {item.name for _, item in items.rules})
    if sources.broken:
        report.drop_consequences()
    if report.findings:
        return None
    content = canonical({file: document.data for file, document in sources.read.items()})
    book = Book(
        name=header.name,
        title=header.title,
        version=version_id(content),
        currency=header.currency,
        rounding=header.rounding,
        time_zone=header.time_zone,
        calendar=header.calendar,
        stages=header.stages,
        facts=vocabulary.facts,
        extra_facts=extra,
        slots=dict(sorted(slots.items())),
        parameters=dict(sorted(parameters.items())),
        rates=dict(sorted(rates.items())),
        rules=rules,
        computed=(*computed, outcome(slots, header.stages[-1])),
        guardrails=guardrails,
        options=options,
        messages=messages,
        content=content,
    )
    check_reach(report, book)
    return book
