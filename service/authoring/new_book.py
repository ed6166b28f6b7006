"""A new firm's book: the shipped one with the firm's own numbers, calendar and currency, and cases that hold for it.

What the firm was not asked stays as shipped, but for sums of money in a currency of another size. Opens no files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.authoring.answers import WEEKDAYS, Answers
from service.authoring.first_cases import first_cases
from service.authoring.holiday_dates import public_holidays
from service.authoring.kept_cases import kept_cases
from service.authoring.parts import Entry, Part, listing, mapping, scalar
from service.authoring.reading import Source, read
from service.authoring.shapes import shape_of
from service.authoring.trying import Tried
from service.authoring.writing import write
from service.domain.money import exponent, parse_major
from service.domain.units import decimal_text
from service.policy.findings import BookRefused
from service.policy.yaml_text import parse

_CASES = "cases/"
_BARE_DECIMAL = re.compile(r"(?<![\w.])(\d+)\.0+(?![\w.])")


@dataclass(frozen=True, slots=True)
class NewBook:
    """`kept`, `dropped`: how many of the template's cases still hold, and how many don't; `own`: written for it."""

    files: Mapping[str, bytes]
    version: str
    kept: int
    dropped: int
    own: int


class TemplateLacks(Exception):
    """What the firm's answers go into isn't in the template: it is no longer the book that shipped."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"the template has no {name}")


def new_book(template: Mapping[str, bytes], answers: Answers, now: datetime) -> NewBook:
    """`template`: the files of the shipped book. Raises BookRefused if what comes out is not sound, NoSuchCountry,
    TemplateLacks."""
    sources = {file: _source(file, raw) for file, raw in template.items() if file.endswith(".yaml")}
    with _places_for_answers():
        home = str(sources["book.yaml"].root.at("currency").scalar)
        size = _size(sources["parameters.yaml"].root, home, answers.currency)
        _put_calendar(sources["book.yaml"], answers, now.year)
        _put_header(sources["book.yaml"], answers, home)
        _put_parameters(sources["parameters.yaml"].root, answers, home, size)
    if exponent(answers.currency) == 0:
        _without_decimals(sources)
    policy = {file: source for file, source in sources.items() if not file.startswith(_CASES)}
    files = {**{file: raw for file, raw in template.items() if not file.endswith(".yaml")}, **_written(policy)}
    before, after = Tried.of(template, now), Tried.of(files, now)
    kept, total = {}, sum(len(_entries(source)) for file, source in sources.items() if file.startswith(_CASES))
    if size == 0 and exponent(home) == exponent(answers.currency):
        cases = {file: source for file, source in sources.items() if file.startswith(_CASES)}
        kept = kept_cases(cases, before, after, home, answers.currency)
    own = first_cases(answers, after)
    written = {**files, **_written({**kept, "cases/first.yaml": own})}
    version = _checked_version(written, now)
    count = sum(len(_entries(source)) for source in kept.values())
    return NewBook(written, version, count, total - count, len(_entries(own)))


@contextmanager
def _places_for_answers() -> Iterator[None]:
    try:
        yield
    except KeyError as missing:  # of a file, or of a Part's entry
        raise TemplateLacks(str(missing.args[0])) from missing


def _source(file: str, raw: bytes) -> Source:
    document, findings = parse(file, raw)
    source = read(raw.decode(), document.data) if document else None
    if source is None:
        raise BookRefused(findings)
    return source


def _entries(source: Source) -> list[Entry]:
    try:
        return source.root.at("cases").entries or []
    except KeyError:
        return []


def _written(sources: Mapping[str, Source]) -> dict[str, bytes]:
    return {file: write(source, shape_of(file)).encode() for file, source in sources.items()}


def _checked_version(files: Mapping[str, bytes], now: datetime) -> str:
    """The book that is handed over is held to its own cases first."""
    tried = Tried.of(files, now)
    findings = [finding for case in tried.cases for finding in tried.run(case).findings()]
    if findings:
        raise BookRefused(findings)
    return tried.book.version


def usual_small_job(template: Mapping[str, bytes], currency: str) -> str:
    """The template's limit of a small job as a sum of about that size in the currency, in major units.
    Raises BookRefused, TemplateLacks."""
    with _places_for_answers():
        parameters = _source("parameters.yaml", template["parameters.yaml"]).root
        home = str(_source("book.yaml", template["book.yaml"]).root.at("currency").scalar)
        dated = (parameters.at("parameters", "small_job", "values").entries or [])[-1]
    major = parse_major(str(dated.value.scalar), home) // 10 ** exponent(home) * 10 ** _size(parameters, home, currency)
    return _major(major * 10 ** exponent(currency), currency)


def _size(parameters: Part, home: str, currency: str) -> int:
    """How many powers of ten a usual sum is larger in the currency than in the template's, by the template's rate."""
    if currency == home:
        return 0
    try:
        dated = parameters.at("rates", currency).entries or []
    except KeyError:
        return 0
    rate = str(dated[-1].value.scalar)
    whole, _, fraction = rate.partition(".")
    # From about the geometric middle on the next power of ten is nearer: 3.2, 32 and so on.
    return sum(int((whole + fraction).ljust(12, "0")[:12]) * 10 ** len(whole) >= 32 * 10 ** (11 + power)
               for power in range(6))  # fmt: skip


def _put_header(source: Source, answers: Answers, home: str) -> None:
    root = source.root
    source.header = [
        f"# How {answers.firm} prices work and treats clients.",
        "# Begun from the agency book that ships with Quotewright. Every number lives in parameters.yaml.",
    ]
    root.at("name").scalar = answers.name
    root.at("title").scalar = f"{answers.firm}, {answers.trade}"
    root.at("currency").scalar = answers.currency
    root.at("time_zone").scalar = answers.time_zone
    for effect in root.at("effects").entries or []:
        if effect.value.at("type").scalar == "money":
            for entry in effect.value.entries or []:
                if entry.key in ("initial", "min", "max"):
                    # The same minor units: the most that any amount may be.
                    minor = parse_major(str(entry.value.scalar), home)
                    entry.value.scalar = _major(minor, answers.currency)


def _put_calendar(source: Source, answers: Answers, year: int) -> None:
    calendar = source.root.entry("calendar")
    weekend = calendar.value.at("weekend")
    weekend.entries = [Entry(None, scalar(WEEKDAYS[day])) for day in sorted(set(answers.weekend))]
    if answers.country:
        found = public_holidays(answers.country, year)
        every_year, dates = found.every_year, {day.isoformat(): name for day, name in found.dates.items()}
        words = f"# Public holidays of {answers.country}. The fixed ones stand once; the others are dated: add years."
    else:
        every_year, dates = {}, {}
        words = "# No public holidays were asked for: add them here."
    blank = [line for line in calendar.leading[:1] if not line]
    calendar.leading = [*blank, words]
    for key, named in (("every_year", every_year), ("dates", dates)):
        days = listing(*map(scalar, named), flow=not named)
        for entry in days.entries or []:
            name = named[str(entry.value.scalar)]
            entry.trailing = f"# {name}" if name.isprintable() else ""
        calendar.value.entry(key).value = days


def _put_parameters(root: Part, answers: Answers, home: str, size: int) -> None:
    parameters = root.at("parameters")
    for entry in parameters.entries or []:
        if entry.value.at("type").scalar == "money" and answers.currency != home:
            for dated in entry.value.at("values").entries or []:
                minor = parse_major(str(dated.value.scalar), home) * 10**size
                shift = exponent(answers.currency) - exponent(home)
                minor = minor * 10**shift if shift >= 0 else max(minor // 10**-shift, 1)
                dated.value.scalar = _major(minor, answers.currency)
    for name, value in _chosen(parameters, answers).items():
        values = parameters.at(name, "values")
        day = (values.entries or [])[0].key
        if values.at(str(day)).scalar != value:
            parameters.entry(name).value.entry("values").value = mapping((str(day), scalar(value)), flow=True)
    if answers.currency != home:
        assert root.entries is not None
        rates = root.entry("rates")
        rates.leading = ["", '# Units of a foreign currency for one of ours, as in {USD: {2026-01-01: "1.08"}}.']
        rates.value = Part(entries=[], flow=True)


def _chosen(parameters: Part, answers: Answers) -> dict[str, str | int]:
    """The answers as parameters, and what must not contradict them."""

    def at_most_the_cap(name: str) -> str:
        return _percent(min(_stored(parameters, name), answers.discount_cap))

    chosen: dict[str, str | int] = {
        "minimum_profit": _percent(answers.minimum_profit),
        "target_profit": _percent(max(_stored(parameters, "target_profit"), answers.minimum_profit)),
        "prepay_half": _percent(answers.prepayment),
        "concession_cap": _percent(answers.discount_cap),
        "small_job": _major(answers.small_job, answers.currency),
        "trust_months": answers.credit_months,
    }
    chosen |= {f"hassle_markup_{step}0": _percent(value) for step, value in enumerate(answers.markups, 1)}
    given = ("discount_usual", "discount_growth", "bonus_hesitating", "bonus_perks", "extra_free", "extra_senior")
    chosen |= {name: at_most_the_cap(name) for name in given}
    return chosen | ({"credit_days": answers.credit_days} if answers.credit_days else {"credit_share": "0 %"})


def _stored(parameters: Part, name: str) -> int:
    """A percent of the template in basis points."""
    dated: Any = (parameters.at(name, "values").entries or [])[-1].value.scalar
    return parse_major(str(dated).removesuffix("%").strip(), "EUR")


def _percent(value: int) -> str:
    return f"{decimal_text(value, 100)} %"


def _major(minor: int, currency: str) -> str:
    digits = exponent(currency)
    return f"{minor // 10**digits}.{minor % 10**digits:0{digits}}" if digits else str(minor)


def _without_decimals(sources: Mapping[str, Source]) -> None:
    """A currency without minor units refuses `0.00` in an expression."""
    for file, source in sources.items():
        if "/" not in file and file not in ("book.yaml", "parameters.yaml"):
            for part in source.root.scalars():
                if isinstance(part.scalar, str):
                    part.scalar = _BARE_DECIMAL.sub(r"\1", part.scalar)
