"""The effects of book.yaml as slots: type, hit policy, initial value, range."""

from __future__ import annotations

from collections.abc import Mapping

from schemas.book import EffectSchema
from service.domain.effects import STANDARD_SLOTS, Combine, Slot
from service.domain.facts import Type, Unit, Value
from service.policy.loading.amounts import amount, type_named
from service.policy.loading.names import check_name
from service.policy.loading.report import Item, Report
from service.policy.unit_rules import called, nearest, numeric
from service.policy.yaml_text import Document

_EFFECT = EffectSchema()
_HIT_POLICIES = [combine.value for combine in Combine]


def read_slots(report: Report, document: Document, effects: Mapping[str, object], currency: str) -> dict[str, Slot]:
    slots = {}
    for item in report.items(_EFFECT, document, "effects", {"effects": effects}):
        check_name(report, item.name, item.key_place())
        slot = _slot(report, item, currency)
        if slot is not None:
            slots[slot.name] = slot
    for name, standard in STANDARD_SLOTS.items():
        if standard.required and name not in effects:
            hint = f"{name}: {{type: {standard.unit.value}, combine: {standard.combine.value}, ...}}"
            report.add(
                document.key_place("effects"), "missing-slot", f"no effect '{name}': {standard.meaning}", hint, name
            )
    return slots


def _slot(report: Report, item: Item, currency: str) -> Slot | None:
    fields, name = item.fields, item.name
    try:
        type = type_named(fields["type"], fields["values"])
    except ValueError as error:
        report.add(item.place(), "wrong-value", str(error), subject=name)
        return None
    standard = STANDARD_SLOTS.get(name)
    if standard and standard.unit is not type.unit:
        report.add(
            item.place("type"), "unit-mismatch", f"'{name}' is {standard.unit.value} in every book", subject=name
        )
    if not standard and not fields["meaning"]:
        report.add(item.place(), "missing-field", "'meaning' is missing: no standard gives it one", subject=name)
    combine = _combine(report, item, type)
    if combine is Combine.UNION:
        type = Type(Unit.ENUM, type.values, many=True)
    low, high = _range(report, item, type, currency)
    initial = _initial(report, item, type, combine, currency, (low, high))
    return Slot(name, type, combine, initial, low, high, fields["meaning"] or (standard.meaning if standard else ""))


def _combine(report: Report, item: Item, type: Type) -> Combine:
    """The hit policy, or one that fits where it is missing or wrong."""
    written, name = item.fields["combine"], item.name
    standard = STANDARD_SLOTS.get(name)
    fitting = Combine.ANY if type.unit is Unit.BOOL else Combine.MAX if numeric(type) else Combine.FIRST
    if standard and standard.unit is type.unit:
        fitting = standard.combine
    if written is None:
        message = f"'{name}' doesn't say how several rules' values become one"
        report.add(item.place(), "slot-without-hit-policy", message, f"combine: {fitting.value}", name)
        return fitting
    if written not in _HIT_POLICIES:
        hint = nearest(written, _HIT_POLICIES) or f"one of {', '.join(_HIT_POLICIES)}"
        report.add(item.place("combine"), "wrong-value", f"'{written}' is not a hit policy", hint, name)
        return fitting
    combine = Combine(written)
    fits = {Combine.ANY: type.unit is Unit.BOOL, Combine.UNION: type.unit is Unit.ENUM, Combine.FIRST: True}
    if not fits.get(combine, numeric(type)):
        message = f"'{written}' doesn't fit {called(type)}"
        report.add(item.place("combine"), "wrong-value", message, f"combine: {fitting.value}", name)
        return fitting
    if standard and standard.unit is type.unit and combine is not standard.combine:
        message = f"'{name}' is combined by '{standard.combine.value}' in every book"
        report.add(item.place("combine"), "wrong-value", message, subject=name)
        return standard.combine
    return combine


def _range(report: Report, item: Item, type: Type, currency: str) -> tuple[int, int]:
    written = {key: item.fields[key] for key in ("min", "max")}
    if not numeric(type):
        for key in (key for key, value in written.items() if value is not None):
            report.add(item.place(key), "wrong-value", f"{called(type)} has no '{key}'", subject=item.name)
        return 0, 0
    if written["max"] is None:
        report.add(item.place(), "missing-field", "'max' is missing: every number has a range", subject=item.name)
    low = _bound(report, item, "min", type, currency) or 0
    if low < 0 and item.name in STANDARD_SLOTS:
        report.add(item.place("min"), "wrong-value", f"'{item.name}' is never below 0", subject=item.name)
        low = 0
    high = _bound(report, item, "max", type, currency)
    if high is not None and high < low:
        report.add(item.place("max"), "wrong-value", "'max' is below 'min'", subject=item.name)
    return low, max(low, high or 0)


def _bound(report: Report, item: Item, key: str, type: Type, currency: str) -> int | None:
    if item.fields[key] is None:
        return None
    try:
        return amount(item.fields[key], type, currency)
    except ValueError as error:
        report.add(item.place(key), "wrong-value", f"{key}: {error}", subject=item.name)
        return None


def _initial(report: Report, item: Item, type: Type, combine: Combine, currency: str, bounds: tuple[int, int]) -> Value:
    written, place = item.fields["initial"], item.place("initial")
    if combine in (Combine.ANY, Combine.UNION):
        nothing: Value = False if combine is Combine.ANY else frozenset()
        if written not in (None, False, []):
            hint = "leave it out"
            report.add(place, "wrong-value", f"'{combine.value}' begins with nothing, not {written!r}", hint, item.name)
        return nothing
    if written is None:
        message = f"'{item.name}' has no value for when no rule writes it"
        report.add(item.place(), "slot-without-initial", message, "initial: ...", item.name)
        return bounds[0] if numeric(type) else type.values[0] if type.values else False
    if type.unit is Unit.BOOL:
        if not isinstance(written, bool):
            report.add(place, "wrong-value", f"initial: {written!r} is not true or false", subject=item.name)
        return written is True
    if type.unit is Unit.ENUM:
        if written not in type.values:
            hint = nearest(str(written), type.values) or f"one of {', '.join(type.values)}"
            report.add(place, "not-a-member", f"'{written}' is not one of the values", hint, item.name)
        return str(written)
    value = _bound(report, item, "initial", type, currency)
    if value is None:
        return bounds[0]
    if item.fields["max"] is not None and not bounds[0] <= value <= bounds[1]:
        report.add(place, "wrong-value", "'initial' is outside min to max", subject=item.name)
    return value
