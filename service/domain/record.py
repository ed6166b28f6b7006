"""How the core's values are made: frozen, slotted, by keyword, and made in two thirds of the time.

A decision is some eighty of them, and `dataclass` sets each frozen field through `object.__setattr__`, by name.
Here `__init__` sets the slots themselves; nothing else differs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def record(cls: type[T]) -> type[T]:
    """`@dataclass(frozen=True, slots=True, kw_only=True)`. Defaults are values; there are no default factories."""
    made = dataclass(frozen=True, slots=True, kw_only=True)(cls)
    made.__init__ = _initializer(made)  # type: ignore[method-assign]
    return made


def _initializer(made: type[Any]) -> Callable[..., None]:
    names: dict[str, Any] = {}
    parameters, body = [], []
    for field in fields(made):
        assert field.default_factory is MISSING, field.name
        names[f"set_{field.name}"] = getattr(made, field.name).__set__
        names[f"default_{field.name}"] = field.default
        parameters.append(field.name if field.default is MISSING else f"{field.name}=default_{field.name}")
        body.append(f" set_{field.name}(self, {field.name})")
    # The text holds nothing but names of fields of our own classes.
    exec(f"def __init__(self, *, {', '.join(parameters)}):\n" + "\n".join(body), names)
    initializer: Callable[..., None] = names["__init__"]
    initializer.__qualname__ = f"{made.__qualname__}.__init__"
    return initializer
