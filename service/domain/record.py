"""How the core's values are made: frozen, slotted, by keyword; and fast where a decision takes dozens of them."""

from __future__ import annotations

from dataclasses import MISSING, dataclass, fields
from typing import Any, TypeVar, cast, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def record(cls: type[T]) -> type[T]:
    """`@dataclass(frozen=True, slots=True, kw_only=True)`. Defaults are values; there are no default factories."""
    return dataclass(frozen=True, slots=True, kw_only=True)(cls)


def maker(cls: type[T]) -> type[T]:
    """A record's constructor as a plain function, some three times as fast; to be called, and nothing else.

    Calling a class packs the keywords into a dict, and a frozen field is set through `object.__setattr__`, by name.
    Here a twin with the same slots, not frozen, is filled and then turned into the record. What the class has a default
    factory for must be given.
    """
    twin = type(cls.__name__, (), {"__slots__": tuple(field.name for field in fields(cast(Any, cls)))})
    names: dict[str, Any] = {"twin": twin, "cls": cls}
    parameters, body = [], ["made = twin()"]
    for field in fields(cast(Any, cls)):
        names[f"default_{field.name}"] = field.default
        parameters.append(field.name if field.default is MISSING else f"{field.name}=default_{field.name}")
        body.append(f"made.{field.name} = {field.name}")
    body += ["made.__class__ = cls", "return made"]
    # The text holds nothing but names of fields of our own classes.
    exec(f"def make(*, {', '.join(parameters)}):\n " + "\n ".join(body), names)
    return cast(type[T], names["make"])
