"""The shape of a book's files: fields, required or not, and their plain types. Knows no units and no expressions.

Each schema is for one item (a rule, a parameter), so that one bad item doesn't hide what is wrong with the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

NAME_LENGTH = 64
"""Longest name of anything; keeps property names and session ids of the rule engine short."""

IDENTIFIER = r"[a-z][a-z0-9_]*"
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Text(fields.String):
    """Text as written; what YAML typed as a number or a truth value is text too where text is expected."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if isinstance(value, str):
            return value
        if isinstance(value, bool):
            return "true" if value else "false"
        return super()._deserialize(str(value) if isinstance(value, int) else value, attr, data, **kwargs)


class StrictInteger(fields.Integer):
    """Integers alone: neither text nor true."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class StrictBoolean(fields.Boolean):
    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Day(fields.Field[date]):
    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> date:
        try:
            if len(value) == 10:
                return date.fromisoformat(value)
        except (TypeError, ValueError):
            pass
        raise ValidationError("Not a date such as 2026-01-31.")


class MonthDay(fields.Field[tuple[int, int]]):
    """`12-25`; the 29th of February counts."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> tuple[int, int]:
        try:
            if len(value) == 5:
                day = date.fromisoformat(f"2024-{value}")
                return day.month, day.day
        except (TypeError, ValueError):
            pass
        raise ValidationError("Not a month and day such as 12-25.")


class ClockTime(fields.Field[time]):
    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> time:
        try:
            if len(value) == 5:
                return time.fromisoformat(value)
        except (TypeError, ValueError):
            pass
        raise ValidationError('Not a time such as "09:00".')


class Weekday(fields.String):
    """0 for Monday."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        name = super()._deserialize(value, attr, data, **kwargs)
        if name not in _WEEKDAYS:
            raise ValidationError(f"Not one of {', '.join(_WEEKDAYS)}.")
        return _WEEKDAYS.index(name)


def _name() -> Text:
    return Text(required=True, validate=validate.Length(min=1, max=200))


def _id() -> Text:
    rule = validate.Regexp(r"[A-Za-z0-9][A-Za-z0-9._-]*\Z", error="Letters, digits, '-', '_' and '.' only.")
    return Text(required=True, validate=rule)


def _practice() -> Text:
    return Text(
        required=True, validate=validate.Regexp(r"[A-Z][A-Za-z0-9]{0,15}\Z", error="Not a practice id such as P3.")
    )


def _prose() -> Text:
    return Text(required=True, validate=validate.Length(min=1, max=4000))


def _members() -> fields.List[str]:
    member = Text(validate=validate.Regexp(rf"{IDENTIFIER}\Z", error="Small letters, digits and '_' only."))
    return fields.List(member, load_default=None, validate=validate.Length(min=1, max=200))


def _mapping() -> fields.Dict:
    return fields.Dict(keys=fields.String(), load_default=dict)


class CalendarSchema(Schema):
    weekend = fields.List(Weekday(), required=True, validate=validate.Length(max=6))
    every_year = fields.List(MonthDay(), load_default=list)
    dates = fields.List(Day(), load_default=list)
    opens = ClockTime(required=True)
    closes = ClockTime(required=True)
    lunch = ClockTime(required=True)


class BookSchema(Schema):
    """book.yaml; the effects are read one by one with `EffectSchema`."""

    name = Text(required=True, validate=validate.Regexp(r"[a-z][a-z0-9-]{0,63}\Z", error="Not a name such as agency."))
    title = _name()
    currency = Text(required=True)
    rounding = Text(required=True, validate=validate.OneOf(["half_up", "half_even"]))
    time_zone = Text(required=True)
    calendar = fields.Nested(CalendarSchema, required=True)
    stages = fields.List(
        Text(validate=validate.Regexp(rf"{IDENTIFIER}\Z", error="Small letters, digits and '_' only.")),
        required=True,
        validate=validate.Length(min=1, max=50),
    )
    effects = fields.Dict(keys=fields.String(), required=True)


class EffectSchema(Schema):
    """`combine`, `initial` and `max` are required too; the loader says so in the words of the matter."""

    type = Text(required=True)
    values = _members()
    combine = Text(load_default=None)
    initial = fields.Raw(load_default=None)
    min = fields.Raw(load_default=None)
    max = fields.Raw(load_default=None)
    meaning = Text(load_default="")


class ParametersSchema(Schema):
    parameters = _mapping()
    rates = _mapping()


class ParameterSchema(Schema):
    type = Text(required=True)
    practice = _practice()
    meaning = _prose()
    values = _mapping()
    client = StrictBoolean(load_default=False)


class FactsSchema(Schema):
    facts = _mapping()


class FactSchema(Schema):
    """A fact that a book adds; accepted under the request's `extra`."""

    type = Text(required=True)
    values = _members()
    min = fields.Raw(load_default=None)
    max = fields.Raw(load_default=None)
    default = fields.Raw(required=True)
    meaning = _prose()


class PolicySchema(Schema):
    stage = Text(load_default=None)
    rules = fields.List(fields.Raw(), load_default=list)
    derive = _mapping()
    formulas = _mapping()


class RuleSchema(Schema):
    id = _id()
    practice = _practice()
    when = Text(required=True)
    then = fields.Dict(keys=fields.String(), values=Text(), required=True, validate=validate.Length(min=1))
    reason = _prose()
    priority = StrictInteger(load_default=0, validate=validate.Range(-1_000_000, 1_000_000))


class DerivedSchema(Schema):
    type = Text(required=True)
    values = _members()
    value = Text(required=True)
    meaning = _prose()
    min = fields.Raw(load_default=None)
    max = fields.Raw(load_default=None)


class FormulaSchema(Schema):
    """`type` and `meaning` are required of a formula that no standard names."""

    type = Text(load_default=None)
    values = _members()
    value = Text(required=True)
    meaning = Text(load_default="")


class GuardrailsSchema(Schema):
    guardrails = fields.List(fields.Raw(), load_default=list)


class GuardrailSchema(Schema):
    id = _id()
    practice = _practice()
    holds = Text(required=True)
    reason = _prose()


class OptionsSchema(Schema):
    options = fields.List(fields.Raw(), load_default=list)


class OptionSchema(Schema):
    id = Text(required=True, validate=validate.Regexp(rf"{IDENTIFIER}\Z", error="Small letters, digits and '_' only."))
    practice = _practice()
    share = Text(required=True)
    when = Text(required=True)


class CasesSchema(Schema):
    requests = _mapping()
    cases = fields.List(fields.Raw(), load_default=list)
    survivors = fields.List(fields.Raw(), load_default=list)


class SurvivorSchema(Schema):
    """A change of the book that no case can notice, by the id that `quotewright test --mutate` gives it, and why."""

    id = Text(required=True)
    reason = _prose()


class CaseSchema(Schema):
    """An example with its answer worked out by hand. `null` in `change` deletes."""

    id = _id()
    practice = _practice()
    edge = Text(required=True, validate=validate.OneOf(["applies", "outside"]))
    request = Text(required=True)
    change = fields.Dict(keys=fields.String(), load_default=dict)
    expect = fields.Dict(keys=fields.String(), required=True)
    rules = fields.List(Text(), load_default=list)
    not_rules = fields.List(Text(), load_default=list)
    worked = _prose()


__all__ = [name for name in globals() if name.endswith("Schema") and name != "Schema"] + ["ValidationError"]
