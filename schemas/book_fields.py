"""Scalar fields of a book's files, each with what it means to its author. They know no file and no item."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

IDENTIFIER = r"[a-z][a-z0-9_]*"
LONGEST_PROSE = 4000
ITEM = "item"
"""Where a field's metadata holds the schema of what stands below it."""
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def told(meaning: str) -> dict[str, str]:
    """Metadata of a field: what an editor shows beside it."""
    return {"description": meaning}


class Text(fields.String):
    """Text as written; what YAML typed as a number or a truth value is text too where text is expected."""

    def __init__(self, meaning: str = "", **options: Any) -> None:
        super().__init__(metadata=told(meaning), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if isinstance(value, str):
            return value
        if isinstance(value, bool):
            return "true" if value else "false"
        return super()._deserialize(str(value) if isinstance(value, int) else value, attr, data, **kwargs)


class Formula(Text):
    """Text in the expression language."""


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
    form = r"\d{4}-\d{2}-\d{2}"

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> date:
        try:
            if len(value) == 10:
                return date.fromisoformat(value)
        except (TypeError, ValueError):
            pass
        raise ValidationError("Not a date such as 2026-01-31.")


class MonthDay(fields.Field[tuple[int, int]]):
    """`12-25`; the 29th of February counts."""

    form = r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"

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
    form = r"([01]\d|2[0-3]):[0-5]\d"

    def __init__(self, meaning: str, **options: Any) -> None:
        super().__init__(metadata=told(meaning), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> time:
        try:
            if len(value) == 5:
                return time.fromisoformat(value)
        except (TypeError, ValueError):
            pass
        raise ValidationError('Not a time such as "09:00".')


class Weekday(fields.String):
    """0 for Monday."""

    names = _WEEKDAYS

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        name = super()._deserialize(value, attr, data, **kwargs)
        if name not in _WEEKDAYS:
            raise ValidationError(f"Not one of {', '.join(_WEEKDAYS)}.")
        return _WEEKDAYS.index(name)


def identified(meaning: str) -> Text:
    rule = validate.Regexp(r"[A-Za-z0-9][A-Za-z0-9._-]*\Z", error="Letters, digits, '-', '_' and '.' only.")
    return Text(meaning, required=True, validate=rule)


def named(meaning: str, **options: Any) -> Text:
    rule = validate.Regexp(rf"{IDENTIFIER}\Z", error="Small letters, digits and '_' only.")
    return Text(meaning, validate=rule, **options)


def practice() -> Text:
    rule = validate.Regexp(r"[A-Z][A-Za-z0-9]{0,15}\Z", error="Not a practice id such as P3.")
    return Text("The practice that it carries out, such as P3.", required=True, validate=rule)


def prose(meaning: str, **options: Any) -> Text:
    return Text(meaning, validate=validate.Length(min=1, max=LONGEST_PROSE), **options)


def members() -> fields.List[str]:
    """An enum's members."""
    return fields.List(
        named("A member."),
        load_default=None,
        validate=validate.Length(min=1, max=200),
        metadata=told("The members of an enum, in their order."),
    )


def mapping(meaning: str, item: type[Schema] | None = None, **options: Any) -> fields.Dict:
    """`item`: the schema with which each of its values is read, one by one."""
    if not options.get("required"):
        options.setdefault("load_default", dict)
    return fields.Dict(keys=fields.String(), metadata={**told(meaning), ITEM: item}, **options)


def items(meaning: str, item: type[Schema] | None = None, **options: Any) -> fields.List[Any]:
    """`item`: the schema with which each is read, one by one."""
    options.setdefault("load_default", list)
    return fields.List(fields.Raw(), metadata={**told(meaning), ITEM: item}, **options)


def listed(inner: fields.Field[Any], meaning: str, **options: Any) -> fields.List[Any]:
    if not options.get("required"):
        options.setdefault("load_default", list)
    return fields.List(inner, metadata=told(meaning), **options)
