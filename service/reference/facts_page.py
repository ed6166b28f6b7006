"""docs/reference/facts.md: every fact that a request gives, from the request's schema, and the units."""

from __future__ import annotations

from itertools import groupby

from schemas.vocabulary import declarations
from service.domain.facts import NUMERIC, SCALE, FactDecl, Unit
from service.domain.units import decimal_text, value_text
from service.reference import samples
from service.reference.markdown import code, page, table

UNITS: dict[Unit, tuple[str, str, str]] = {
    Unit.BOOL: ("`true`, `false`", "the same", "`client.running_contract`"),
    Unit.COUNT: ("whole numbers", "the same", "`client.orders >= 12`"),
    Unit.MONEY: ("major units of the book's currency", "minor units", "`job.cost > 50.05`: 5005 in EUR"),
    Unit.PERCENT: ("15 is 15 %", "basis points", "`job.novelty > 15`: 1500"),
    Unit.RATIO: ("2.5 is 2.5 times", "ten-thousandths", "`decision.prohibitive == 2.5`: 25000"),
    Unit.DAYS: ("whole numbers", "the same", "`job.duration_days <= 14`"),
    Unit.MONTHS: ("whole numbers", "the same", "`client.months_active >= 6`"),
    Unit.HOURS: ("whole numbers", "the same", "`firm.answer_hours > 2`"),
    Unit.ENUM: ("a member in quotes", "the member", '`client.category == "vip"`'),
}
TESTS = {
    Unit.COUNT: ">= {}",
    Unit.MONEY: "> {}",
    Unit.PERCENT: ">= {}",
    Unit.DAYS: "<= {}",
    Unit.MONTHS: ">= {}",
    Unit.HOURS: "> {}",
}
TRIED = {Unit.COUNT: 3, Unit.MONEY: 500, Unit.PERCENT: 10, Unit.DAYS: 14, Unit.MONTHS: 6, Unit.HOURS: 2}
COLUMNS = ("fact", "type", "range", "default", "meaning", "in the request", "example")

INTRO = """\
What policies read of a request. A book may derive others (`derive:`), and add some of its own (`facts.yaml`, given
under the request's `extra`). In conditions money is written in major units and percents as such; requests and answers
hold minor units and basis points. An optional fact needs `has()` before it is read."""


def facts_page() -> str:
    sections = []
    for part, decls in groupby(declarations().values(), key=lambda decl: decl.name.partition(".")[0]):
        sections += [f"## {part.capitalize()}", table(COLUMNS, [_row(decl) for decl in decls])]
    units = table(
        ("unit", "written", "stored", "example"), [(code(unit.value), *words) for unit, words in UNITS.items()]
    )
    return page("Facts", INTRO, "## Units", units, *sections)


def _row(decl: FactDecl) -> tuple[str, ...]:
    text = example(decl)
    samples.typed(text)
    return (code(decl.name), str(decl.type), _range(decl), _default(decl), decl.meaning, code(decl.pointer), code(text))


def _range(decl: FactDecl) -> str:
    unit = decl.type.unit
    if unit not in NUMERIC:
        return ""
    if unit is Unit.MONEY:
        return f"{decl.minimum:,} to {decl.maximum:,} minor units"
    if unit is Unit.COUNT:
        return f"{decl.minimum:,} to {decl.maximum:,}"
    return (
        f"{decimal_text(decl.minimum, SCALE.get(unit, 1))} to {value_text(decl.type, decl.maximum, samples.CURRENCY)}"
    )


def _default(decl: FactDecl) -> str:
    if decl.optional:
        return "optional"
    if decl.default is None:
        return "of an empty list: 0"
    if decl.type.unit is Unit.MONEY:
        return decimal_text(int(decl.default), 1)
    return value_text(decl.type, decl.default, samples.CURRENCY)


def example(decl: FactDecl) -> str:
    """A condition on the fact."""
    unit = decl.type.unit
    if unit is Unit.BOOL:
        test = decl.name
    elif unit is Unit.ENUM:
        other = next(member for member in decl.type.values if member != decl.default)
        test = f'{decl.name} == "{other}"'
    else:
        test = f"{decl.name} {TESTS[unit].format(TRIED[unit])}"
    return f"has({decl.name}) && {test}" if decl.optional else test
