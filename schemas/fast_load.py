"""Straight-line code for a schema: it takes what is plain and right, and leaves the rest to marshmallow.

A walk over a hundred fields by marshmallow costs more than the decision itself. The code is written from the schema
instance, says yes only where each check of each field says yes, and else raises `NotPlain`: then `Schema.load` finds
every fault in its own words. So there is one set of rules and messages, marshmallow's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from marshmallow import fields

from schemas.fields import REFUSED_CHARACTERS, Choice, Currency, Flag, Quantity, Text
from schemas.shapes import ListOf, Part, Strict
from service.domain.record import maker

Load = Callable[[Any], dict[str, Any]]


class NotPlain(Exception):
    """The input has a fault, or is of a kind that the straight-line code doesn't know."""


class _Writing:
    """The functions of one schema and those nested in it, as source text and the objects that it names."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.names: dict[str, Any] = {"NotPlain": NotPlain, "refused": REFUSED_CHARACTERS.search}

    def named(self, value: object) -> str:
        name = f"n{len(self.names)}"
        self.names[name] = value
        return name

    def run(self, function: str) -> Any:
        exec("\n".join(self.lines), self.names)
        return self.names[function]


def loader(schema: Strict) -> Load:
    """What `schema.load` gives for right input; raises NotPlain or ValidationError for any other."""
    writing = _Writing()
    return writing.run(_load_function(writing, schema))  # type: ignore[no-any-return]


def builder(schema: Strict) -> Callable[[Mapping[str, Any]], Any]:
    """From what `schema.load` gives to the schema's dataclass."""
    writing = _Writing()
    return writing.run(_build_function(writing, schema))  # type: ignore[no-any-return]


def _load_function(writing: _Writing, schema: Strict) -> str:
    lines = [
        " if type(d) is not dict: raise NotPlain",
        f" met = {sum(field.required for field in schema.fields.values())}",
    ]
    for name, field in schema.fields.items():
        if field.required:
            lines.append(f" if {name!r} not in d: raise NotPlain")
            lines += [" " + line for line in _checks(writing, name, field)]
            continue
        default = writing.named(field.load_default)
        lines.append(f" if {name!r} in d:")
        lines.append("  met += 1")
        lines += ["  " + line for line in _checks(writing, name, field)]
        lines.append(f" else: v_{name} = {default}{'()' if callable(field.load_default) else ''}")
    members = ", ".join(f"{name!r}: v_{name}" for name in schema.fields)
    function = writing.named(None)
    # As many known names met as there are names: none is unknown.
    lines += [" if len(d) != met: raise NotPlain", f" return {{{members}}}"]
    writing.lines += [f"def {function}(d):", *lines]
    return function


def _checks(writing: _Writing, name: str, field: fields.Field[Any]) -> Iterator[str]:
    value = f"v_{name}"
    yield f"{value} = d[{name!r}]"
    guard = f"if {value} is not None: " if field.allow_none else ""
    if isinstance(field, Part):
        yield f"{guard}{value} = {_load_function(writing, field.schema)}({value})"  # type: ignore[arg-type]
    elif isinstance(field, ListOf):
        yield f"if type({value}) is not list or len({value}) > {field.most}: raise NotPlain"
        yield from _elements(writing, value, field.inner)
    elif wrong := _wrong(writing, value, field):
        yield f"if {f'{value} is not None and ' if field.allow_none else ''}({wrong}): raise NotPlain"
    else:
        yield f"{guard}{value} = {_asked(writing, value, field)}"


def _elements(writing: _Writing, value: str, field: fields.Field[Any]) -> Iterator[str]:
    if isinstance(field, Part):
        yield f"{value} = [{_load_function(writing, field.schema)}(x) for x in {value}]"  # type: ignore[arg-type]
    elif wrong := _wrong(writing, "x", field):
        yield f"for x in {value}:"
        yield f" if {wrong}: raise NotPlain"
    else:
        yield f"{value} = [{_asked(writing, 'x', field)} for x in {value}]"


def _asked(writing: _Writing, value: str, field: fields.Field[Any]) -> str:
    """By the field's own code, past what marshmallow does for every kind of field: none of ours has validators."""
    assert not field.validators, field
    return f"{writing.named(field._deserialize)}({value}, None, None)"


def _wrong(writing: _Writing, value: str, field: fields.Field[Any]) -> str:
    """The condition under which a scalar is refused; '' for kinds whose own code must be asked."""
    if isinstance(field, Quantity):
        return f"type({value}) is not int or not {field.minimum} <= {value} <= {field.maximum}"
    if type(field) is Flag:
        return f"{value} is not True and {value} is not False"
    if type(field) is Choice:
        return f"type({value}) is not str or {value} not in {writing.named(field.members)}"
    if isinstance(field, Currency):
        return f"type({value}) is not str or {value} not in {writing.named(field.known)}"
    if type(field) is Text:
        return (
            f"type({value}) is not str or not 0 < len({value}) <= {field.longest}"
            f" or {value}.isspace() or refused({value})"
        )
    return ""


def _build_function(writing: _Writing, schema: Strict) -> str:
    arguments = []
    for name, field in schema.fields.items():
        member = f"d[{name!r}]"
        if isinstance(field, Part):
            build = f"{_build_function(writing, field.schema)}({member})"  # type: ignore[arg-type]
            arguments.append(f"{name}=None if {member} is None else {build}" if field.allow_none else f"{name}={build}")
        elif isinstance(field, ListOf) and isinstance(field.inner, Part):
            element = _build_function(writing, field.inner.schema)  # type: ignore[arg-type]
            arguments.append(f"{name}=tuple([{element}(x) for x in {member}])")
        elif isinstance(field, ListOf):
            arguments.append(f"{name}=tuple({member})")
        else:
            arguments.append(f"{name}={member}")
    function = writing.named(None)
    writing.lines.append(f"def {function}(d): return {writing.named(maker(schema.builds))}({', '.join(arguments)})")
    return function
