"""Straight-line code that lays a record out as plain dicts, for orjson: it would look up each field of each record by
its name, which takes twice as long for a whole decision. What is written is the same, byte for byte.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Union, cast, get_args, get_origin, get_type_hints


@cache
def layer(cls: type) -> Callable[[Any], dict[str, Any]]:
    """From an instance of the dataclass `cls` to its fields by name, those nested in it laid out too. They may stand
    for themselves, in tuples, and either way be None. Written when it is first asked for."""
    writing = _Writing()
    function = writing.function(cls)
    # The text holds nothing but names of fields of our own classes.
    exec("\n".join(writing.lines), writing.names)
    return cast(Callable[[Any], dict[str, Any]], writing.names[function])


class _Writing:
    """The functions of one class and those nested in it, as source text."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.names: dict[str, Any] = {}
        self._functions: dict[type, str] = {}

    def function(self, cls: type) -> str:
        name = self._functions.get(cls)
        if name is None:
            name = self._functions[cls] = f"f{len(self._functions)}"
            hints = get_type_hints(cls)
            members = [f"{field.name!r}: {self._laid(f'o.{field.name}', hints[field.name])}" for field in fields(cls)]
            self.lines.append(f"def {name}(o): return {{{', '.join(members)}}}")
        return name

    def _laid(self, value: str, hint: Any) -> str:
        """The text of what stands for `value`: itself where there is no record in it."""
        if get_origin(hint) in (Union, types.UnionType):
            several = [arg for arg in get_args(hint) if arg is not types.NoneType]
            laid = self._laid(value, several[0]) if len(several) == 1 else value
            return value if laid == value else f"None if {value} is None else {laid}"
        if get_origin(hint) is tuple:
            inner = self._laid("x", get_args(hint)[0])
            return value if inner == "x" else f"[{inner} for x in {value}]"
        return f"{self.function(hint)}({value})" if is_dataclass(hint) else value
