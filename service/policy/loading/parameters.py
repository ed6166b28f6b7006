"""parameters.yaml: dated numbers with their units, and dated exchange rates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from schemas.book import ParameterSchema, ParametersSchema
from service.domain.facts import Type
from service.domain.lists import SETTINGS
from service.domain.money import EXPONENTS
from service.domain.units import value_text
from service.policy.book import Parameter
from service.policy.loading.amounts import amount, type_named
from service.policy.loading.names import check_name
from service.policy.loading.report import Item, Report
from service.policy.unit_rules import called, numeric
from service.policy.yaml_text import Document

Rates = dict[str, tuple[tuple[date, Fraction], ...]]
_FILE, _PARAMETER = ParametersSchema(), ParameterSchema()
_RATE = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")


def read_parameters(
    report: Report, document: Document, currency: str
) -> tuple[dict[str, Parameter], frozenset[str], Rates]:
    """Parameters, the names of those that wording may show to clients, and rates (foreign units per book unit)."""
    data = report.whole(_FILE, document)
    parameters, shown = {}, set()
    for item in report.items(_PARAMETER, document, "parameters", data):
        check_name(report, item.name, item.key_place())
        parameter = _parameter(report, item, currency)
        if parameter is not None:
            parameters[item.name] = parameter
            shown.update([item.name] if item.fields["client"] else [])
    return parameters, frozenset(shown), _rates(report, document, data.get("rates", {}), currency)


def _parameter(report: Report, item: Item, currency: str) -> Parameter | None:
    fields, name = item.fields, item.name
    try:
        type = type_named(fields["type"], None)
        if not numeric(type):
            raise ValueError(f"a parameter is a number, not {called(type)}")
    except ValueError as error:
        report.add(item.place("type"), "wrong-value", str(error), subject=name)
        return None
    setting = SETTINGS.get(name)
    if setting and type.unit is not setting.unit:
        message = f"'{name}' says how lists of clients are drawn, and is a {setting.unit.value}, not {called(type)}"
        report.add(item.place("type"), "wrong-value", message, f"type: {setting.unit.value}", name)
        return None
    if not fields["values"]:
        report.add(item.key_place(), "parameter-without-value", f"'{name}' has no value on any day",
                   "values: {2026-01-01: ...}", name)  # fmt: skip
    values = []
    for written, value in fields["values"].items():
        try:
            values.append((_day(written), amount(value, type, currency)))
        except ValueError as error:
            report.add(item.place("values", written), "wrong-value", str(error), subject=name)
        else:
            _check_setting(report, item, written, values[-1][1])
    return Parameter(name, type, tuple(sorted(values)), fields["meaning"], fields["practice"], item.key_place())


def _check_setting(report: Report, item: Item, written: str, value: int) -> None:
    setting = SETTINGS.get(item.name)
    if setting and not setting.least <= value <= setting.most:
        bounds = " to ".join(value_text(Type(setting.unit), bound, "") for bound in (setting.least, setting.most))
        report.add(item.place("values", written), "wrong-value", f"lists of clients are drawn with {bounds}",
                   subject=item.name)  # fmt: skip


def _rates(report: Report, document: Document, data: Mapping[str, object], currency: str) -> Rates:
    rates: Rates = {}
    for foreign, dated in data.items():
        if foreign not in EXPONENTS or foreign == currency:
            message = f"'{foreign}' is not a foreign ISO 4217 currency"
            report.add(document.key_place("rates", foreign), "wrong-value", message, subject=foreign)
            continue
        if not isinstance(dated, dict) or not dated:
            message = f"no day has a rate for {foreign}"
            report.add(document.place("rates", foreign), "parameter-without-value", message, subject=foreign)
            continue
        values = []
        for written, value in dated.items():
            try:
                values.append((_day(written), _rate(value)))
            except ValueError as error:
                report.add(document.place("rates", foreign, written), "wrong-value", str(error), subject=foreign)
        rates[foreign] = tuple(sorted(values))
    return rates


def _day(written: str) -> date:
    try:
        if len(written) == 10:
            return date.fromisoformat(written)
    except ValueError:
        pass
    raise ValueError(f"'{written}' is not a date such as 2026-01-31")


def _rate(written: object) -> Fraction:
    text = "" if isinstance(written, bool) else str(written)
    if not _RATE.fullmatch(text) or not Fraction(text):
        raise ValueError(f'{written!r} is not a rate such as "1.08"')
    return Fraction(text)
