"""Scalar marshmallow fields with a unit, a range and a meaning, each refusal with a fix. They know no request."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar, TypeVar

from marshmallow import ValidationError, fields

from schemas.findings import Fault, suggestion
from service.domain.facts import BOOL, COUNT, DAYS, HOURS, MONEY, MONTHS, PERCENT, Type, Unit

T = TypeVar("T")
D = TypeVar("D", bound=date)
MOST_MONEY = 10**12
LAST_YEAR = 2199
FIRST_YEAR = 2000
REFUSED_CHARACTERS = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Controls, half surrogates, and what turns the direction of text after it: a price would read backwards."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:-([A-Za-z]{4}))?(?:-([A-Za-z]{2}|[0-9]{3}))?")
_WRITTEN = {
    Unit.MONEY: "a whole number of minor units, such as 120000 for 1,200.00",
    Unit.PERCENT: "a whole number of basis points, such as 1500 for 15 %",
}


def refusal(code: str, message: str, fix: str) -> ValidationError:
    return ValidationError([Fault(code, message, fix)])


def json_name(value: object) -> str:
    """What a caller calls the type of a JSON value."""
    names: dict[type, str] = {
        bool: "a boolean", int: "an integer", float: "a decimal number",
        str: "a string", list: "an array", dict: "an object", type(None): "null",
    }  # fmt: skip
    return names.get(type(value), "a number that can't be read")


def _needs(required: bool, meaning: str, wanted: str) -> dict[str, Any]:
    return {
        "required": [Fault("missing-field", f"The field is required: {meaning}", f"Give {wanted}.")],
        "null": [Fault("null-not-allowed", "The field can't be null.", f"Give {wanted}" + (
            "." if required else ", or leave the field out."
        ))],
    }  # fmt: skip


class Described:
    """What every field of a request says of itself. A field without default that isn't optional is required."""

    @staticmethod
    def options(
        meaning: str, wanted: str, default: Any, optional: bool, described: Mapping[str, Any]
    ) -> dict[str, Any]:
        required = default is None and not optional
        options: dict[str, Any] = {
            "required": required,
            "metadata": {"meaning": meaning, "description": f"{meaning} ({wanted})", **described},
            "error_messages": _needs(required, meaning, wanted),
        }
        if not required:
            options["load_default"] = default
        return options


class Quantity(fields.Integer, Described):
    """An integer of a unit: a JSON integer, never a float, a boolean or a string."""

    type: ClassVar[Type]
    highest: ClassVar[int]

    def __init__(
        self,
        meaning: str,
        *,
        minimum: int = 0,
        maximum: int | None = None,
        default: int | None = None,
        optional: bool = False,
    ) -> None:
        self.minimum = minimum
        self.maximum = self.highest if maximum is None else maximum
        self.wanted = _WRITTEN.get(self.type.unit, f"a whole number, {self.type}")
        described = {"minimum": self.minimum, "maximum": self.maximum}
        super().__init__(strict=True, **self.options(meaning, self.wanted, default, optional, described))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if type(value) is not int:
            raise refusal("wrong-type", f"{json_name(value)} where {self.type} is wanted.", f"Give {self.wanted}.")
        if not self.minimum <= value <= self.maximum:
            bounds = f"{self.minimum} to {self.maximum}"
            raise refusal("out-of-range", f"The value is outside {bounds}.", f"Give {self.wanted}, from {bounds}.")
        return value


class Money(Quantity):
    """Minor units of the body's currency."""

    type = MONEY
    highest = MOST_MONEY


class Percent(Quantity):
    """Basis points: 1 % is 100."""

    type = PERCENT
    highest = 10_000


class Count(Quantity):
    type = COUNT
    highest = 1_000


class Days(Quantity):
    type = DAYS
    highest = 3_650


class Months(Quantity):
    type = MONTHS
    highest = 600


class Hours(Quantity):
    type = HOURS
    highest = 1_000


class Flag(fields.Boolean, Described):
    """true or false; 1, "yes" and their like are refused."""

    type: ClassVar[Type] = BOOL

    def __init__(self, meaning: str, *, default: bool | None = False) -> None:
        super().__init__(**self.options(meaning, "true or false", default, False, {}))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if type(value) is not bool:
            raise refusal("wrong-type", f"{json_name(value)} where true or false is wanted.", "Give true or false.")
        return value


class Choice(fields.String, Described):
    def __init__(
        self, meaning: str, values: Sequence[str], *, default: str | None = None, optional: bool = False
    ) -> None:
        self.type = Type(Unit.ENUM, tuple(values))
        self.members = frozenset(values)
        self.wanted = f"one of {', '.join(values)}"
        super().__init__(**self.options(meaning, self.wanted, default, optional, {"enum": list(values)}))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if type(value) is not str:
            raise refusal("wrong-type", f"{json_name(value)} where a word is wanted.", f"Give {self.wanted}.")
        if value not in self.members:
            fix = suggestion(value, self.type.values) or f"Give {self.wanted}."
            raise refusal("not-a-choice", f"The value isn't {self.wanted}.", fix)
        return value


class Text(fields.String, Described):
    """One line of text that isn't blank: no control characters, no half surrogates."""

    def __init__(
        self, meaning: str, *, longest: int = 200, default: str | None = None, optional: bool = False, wanted: str = ""
    ) -> None:
        self.longest = longest
        self.wanted = wanted or f"text of 1 to {longest} characters"
        super().__init__(
            **self.options(meaning, self.wanted, default, optional, {"minLength": 1, "maxLength": longest})
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if type(value) is not str:
            raise refusal("wrong-type", f"{json_name(value)} where text is wanted.", f"Give {self.wanted}.")
        if not value or value.isspace():
            raise refusal("blank-text", "The text is blank.", f"Give {self.wanted}.")
        if len(value) > self.longest:
            raise refusal("too-long", f"The text has {len(value)} characters.", f"Give {self.wanted}.")
        if REFUSED_CHARACTERS.search(value):
            raise refusal("control-character", "The text has a control character.", "Give one line of plain text.")
        return value


class Currency(Text):
    def __init__(self, meaning: str, known: Mapping[str, int]) -> None:
        self.known = known
        super().__init__(meaning, longest=3, wanted="a code of ISO 4217 in capitals, such as EUR")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        code = super()._deserialize(value, attr, data, **kwargs)
        if code not in self.known:
            fix = f"Did you mean '{code.upper()}'?" if code.upper() in self.known else f"Give {self.wanted}."
            raise refusal("unknown-currency", "The currency isn't an active one of ISO 4217.", fix)
        return code


class Language(Text):
    """A language tag of BCP 47, reduced to language, script and region; kept in its usual spelling."""

    def __init__(self, meaning: str, *, default: str) -> None:
        super().__init__(meaning, longest=35, default=default, wanted="a language tag such as en, de-AT or sr-Latn-RS")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        tag = _LANGUAGE.fullmatch(super()._deserialize(value, attr, data, **kwargs))
        if tag is None:
            raise refusal("not-a-language", "The text isn't a language tag.", f"Give {self.wanted}.")
        language, script, region = tag.groups("")
        return "-".join(filter(None, (language.lower(), script.title(), region.upper())))


class Day(fields.Date, Described):
    """A calendar date, never with a time. `fact`: the name of the fact 'days from `as_of` to it', if it is one."""

    def __init__(self, meaning: str, *, optional: bool = False, fact: str = "", counted: str = "") -> None:
        self.fact = fact
        self.counted = counted
        self.wanted = "a date such as 2026-03-31"
        super().__init__(**self.options(meaning, self.wanted, None, optional, {}))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        if type(value) is not str:
            raise refusal("wrong-type", f"{json_name(value)} where a date is wanted.", f"Give {self.wanted}.")
        day = _parsed(date.fromisoformat, value) if _DAY.fullmatch(value) else None
        if day is None:
            raise refusal("not-a-date", "The text isn't a date of the calendar.", f"Give {self.wanted}.")
        return _in_years(day)


class Moment(fields.AwareDateTime, Described):
    """A point in time of RFC 3339, with its offset."""

    def __init__(self, meaning: str, *, optional: bool = False) -> None:
        self.wanted = "a date, time and offset such as 2026-03-31T14:05:00+02:00"
        super().__init__(**self.options(meaning, self.wanted, None, optional, {}))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        if type(value) is not str:
            raise refusal("wrong-type", f"{json_name(value)} where a time is wanted.", f"Give {self.wanted}.")
        moment = _parsed(datetime.fromisoformat, value.upper()) if _TIME.fullmatch(value) else None
        if moment is None:
            raise refusal("not-a-time", "The text isn't a time with its offset.", f"Give {self.wanted}.")
        return _in_years(moment)


def _parsed(parse: Callable[[str], T], text: str) -> T | None:
    try:
        return parse(text)
    except ValueError:
        return None


def _in_years(day: D) -> D:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        years = f"{FIRST_YEAR} to {LAST_YEAR}"
        raise refusal("out-of-range", f"The year is outside {years}.", f"Give a year from {years}.")
    return day
