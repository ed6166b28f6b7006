"""From the files of a book to a typed book, or to everything that is wrong with it. Knows no request and no day.

A book is refused as a whole: a rule left out because it is broken could be the one that guards the price.
"""

from __future__ import annotations

import errno
from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass
from pathlib import Path

from service.domain.authority import Governance
from service.domain.facts import FactDecl
from service.policy.book import Book, Computed, Guardrail, OptionRule, Rule, Table
from service.policy.cases import check_rule_names, read_cases
from service.policy.collecting import uncollected
from service.policy.findings import BookRefused
from service.policy.loading.computed import order_computed, outcome, read_entries
from service.policy.loading.extra_facts import read_extra_facts
from service.policy.loading.governance import read_governance
from service.policy.loading.grids import Grid, read_grids
from service.policy.loading.header import read_header
from service.policy.loading.parameters import Rates, read_parameters
from service.policy.loading.policy_files import PolicyItems, read_policy_files
from service.policy.loading.reach import check_reach
from service.policy.loading.report import Report
from service.policy.loading.rules import in_order, read_guardrails, read_options, read_rules, slot_levels
from service.policy.loading.slots import read_slots
from service.policy.loading.sources import Sources, read_sources
from service.policy.loading.tables import read_tables
from service.policy.loading.typed import Vocabulary
from service.policy.loading.version import canonical, version_id
from service.policy.loading.wording import read_messages, wanted_texts
from service.policy.nodes import DECISION
from service.policy.subjects import Subject
from service.policy.yaml_text import Document


def read_folder(path: Path) -> dict[str, bytes]:
    """Every YAML and CSV file below a folder by its name relative to it, one of another ending (.yml, .CSV) too: it is
    to be told, not passed over. What is hidden, such as .git, is no part of a book. Raises OSError."""
    files = {}
    for file in sorted(path.rglob("*")):
        name = file.relative_to(path)
        if file.suffix.lower() in _ENDINGS and not any(part.startswith(".") for part in name.parts) and file.is_file():
            if not name.as_posix().isprintable():
                raise OSError(errno.EILSEQ, "its name is no printable text in UTF-8", ascii(str(file)))
            files[name.as_posix()] = _content(file)
    return files


_ENDINGS = (".yaml", ".yml", ".csv")


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(file)) from error  # reading names no file by itself


def load_book(files: Mapping[str, bytes], facts: Mapping[str, FactDecl]) -> Book:
    """`facts`: the request's vocabulary. Raises BookRefused with all findings."""
    report = Report()
    with uncollected():
        sources = read_sources(report, files)
        book = _read(report, sources, sources.book, facts) if sources.book is not None else None
    if report.findings or book is None:
        raise BookRefused(report.findings)
    return book


@dataclass(frozen=True, slots=True)
class _Names:
    """All that a book gives a name to, before its rules are typed. `shown`: parameters that clients may be shown."""

    vocabulary: Vocabulary
    extra_facts: Mapping[str, FactDecl]
    rates: Rates
    shown: Set[str]
    items: PolicyItems
    grids: tuple[Grid, ...]
    computed: tuple[Computed, ...]


def _names(report: Report, sources: Sources, book: Document, facts: Mapping[str, FactDecl]) -> _Names:
    header = read_header(report, book)
    slots = read_slots(report, book, header.effects, header.currency)
    parameters, shown, rates = read_parameters(report, sources.one("parameters.yaml"), header.currency)
    extra = read_extra_facts(report, sources.one("facts.yaml"), header.currency)
    items = read_policy_files(report, sources.policies, header)
    entries = read_entries(report, items, {**facts, **extra}, slots)
    vocabulary = Vocabulary(
        header, {**facts, **extra}, slots, parameters, {entry.name: entry.type for entry in entries.values()}
    )
    grids = read_grids(report, items.tables, sources.sheets, sources.broken)
    vocabulary.levels.update(slot_levels(report, items.rules, grids, slots, header))
    return _Names(vocabulary, extra, rates, shown, items, grids, order_computed(report, entries, vocabulary))


def _read(report: Report, sources: Sources, book: Document, facts: Mapping[str, FactDecl]) -> Book | None:
    names = _names(report, sources, book, facts)
    vocabulary = names.vocabulary
    tables, rows = read_tables(report, names.grids, vocabulary)
    rules = in_order([*read_rules(report, names.items.rules, vocabulary), *rows], vocabulary)
    guardrails = read_guardrails(report, sources.one("guardrails.yaml"), vocabulary)
    options = read_options(report, sources.one("options.yaml"), vocabulary)
    wanted = wanted_texts(vocabulary.slots, {option.id for option in options})
    messages = read_messages(report, sources.messages, wanted, names.shown)
    rule_names = {item.name for _, item in names.items.rules} | {row.id for row in rows}
    cases = read_cases(report, sources.cases)
    check_rule_names(report, cases, rule_names)
    called = {
        **_called(names, sources),
        Subject.TABLE: tables,
        Subject.ROW: {row.id for row in rows},
        Subject.GUARDRAIL: {guardrail.id for guardrail in guardrails},
        Subject.OPTION: {option.id for option in options},
        Subject.LANGUAGE: messages,
        Subject.MESSAGE: {f"{language}: {key}" for language, texts in messages.items() for key in texts},
        Subject.CASE: {case.id for case in cases},
    }
    currency = vocabulary.header.currency
    governance = read_governance(report, sources.one("governance.yaml"), called, vocabulary.slots, currency)
    if sources.broken:
        report.drop_consequences()
    if report.findings:
        return None
    content = canonical({file: document.data for file, document in sources.read.items()}, sources.sheets)
    made = _book(names, rules, tables, guardrails, options, messages, governance, content)
    check_reach(report, made)
    return made


def _called(names: _Names, sources: Sources) -> dict[Subject, Collection[str]]:
    """What an approval line may name, as a diff does: what stands in the files of parameters, facts and stages."""
    vocabulary = names.vocabulary
    computed = vocabulary.computed
    return {
        Subject.FILE: sources.read,
        Subject.STAGE: vocabulary.header.stages,
        Subject.PARAMETER: vocabulary.parameters,
        Subject.RATE: names.rates,
        Subject.EXTRA_FACT: names.extra_facts,
        Subject.EFFECT: vocabulary.slots,
        Subject.DERIVED: [name for name in computed if not name.startswith(DECISION)],
        Subject.FORMULA: [name.removeprefix(DECISION) for name in computed if name.startswith(DECISION)],
        Subject.RULE: [item.name for _, item in names.items.rules],
    }


def _book(
    names: _Names,
    rules: tuple[Rule, ...],
    tables: Mapping[str, Table],
    guardrails: tuple[Guardrail, ...],
    options: tuple[OptionRule, ...],
    messages: Mapping[str, Mapping[str, str]],
    governance: Governance,
    content: bytes,
) -> Book:
    header, vocabulary = names.vocabulary.header, names.vocabulary
    return Book(
        name=header.name,
        title=header.title,
        version=version_id(content),
        currency=header.currency,
        rounding=header.rounding,
        time_zone=header.time_zone,
        calendar=header.calendar,
        stages=header.stages,
        facts=vocabulary.facts,
        extra_facts=names.extra_facts,
        slots=dict(sorted(vocabulary.slots.items())),
        parameters=dict(sorted(vocabulary.parameters.items())),
        rates=dict(sorted(names.rates.items())),
        rules=rules,
        tables=tables,
        computed=(*names.computed, outcome(vocabulary.slots, header.stages[-1])),
        guardrails=guardrails,
        options=options,
        messages=messages,
        content=content,
        governance=governance,
    )
