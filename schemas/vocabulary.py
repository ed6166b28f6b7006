"""The facts of a request by name, and a request's facts: both read from the schema instance, so they can't drift.

Knows no policy; a book's own facts (`extra.*`) are handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from marshmallow import fields, missing

from schemas.fields import Choice, Day, Days, Flag, Quantity
from schemas.findings import Finding, Invalid, child, suggestion
from schemas.quote import QuoteRequestSchema
from schemas.shapes import Aggregate, ListOf, Part
from service.domain.facts import DAYS, FactDecl, Type, Unit, Value
from service.domain.names import compiled
from service.domain.quote import QuoteRequest

EXTRA = "extra."
HAS = "has:"


@cache
def declarations() -> dict[str, FactDecl]:
    """Every fact that a request gives, by name, in the schema's order."""
    return {decl.name: decl for decl in _declared(QuoteRequestSchema(), "", "", False)}


def _declared(schema: object, prefix: str, pointer: str, optional: bool) -> Iterator[FactDecl]:
    for name, field in schema.fields.items():  # type: ignore[attr-defined]
        place = child(pointer, name)
        match field:
            case Part():
                yield from _declared(field.schema, f"{prefix}{name}.", place, optional or field.allow_none)
            case ListOf():
                yield from (_of_aggregate(aggregate, place) for aggregate in field.aggregates)
            case Day(fact=str(fact)) if fact:
                yield FactDecl(
                    prefix + fact, DAYS, field.counted, 0, Days.highest, None, optional or field.allow_none, place
                )
            case Quantity() | Flag() | Choice():
                yield _of_scalar(field, prefix + name, place, optional or field.allow_none)


def _of_scalar(field: Quantity | Flag | Choice, name: str, pointer: str, optional: bool) -> FactDecl:
    default = None if optional or field.load_default is missing else field.load_default
    low, high = (field.minimum, field.maximum) if isinstance(field, Quantity) else (0, 0)
    return FactDecl(name, field.type, field.metadata["meaning"], low, high, default, optional, pointer)


def _of_aggregate(aggregate: Aggregate, pointer: str) -> FactDecl:
    return FactDecl(aggregate.fact, aggregate.type, aggregate.meaning, 0, aggregate.maximum, pointer=pointer)


def facts_of(request: QuoteRequest, extra_facts: Mapping[str, FactDecl]) -> dict[str, Value]:
    """The flat mapping that policies read: complete, with `has:` entries for optional facts.

    Raises `Invalid` where `request.extra` doesn't fit the book's facts.
    """
    facts = _reader()(request)
    if extra_facts or request.extra:
        if findings := extra_findings(request.extra, extra_facts):
            raise Invalid(findings)
        for name, decl in extra_facts.items():
            default = decl.zero() if decl.default is None else decl.default
            facts[name] = request.extra.get(name.removeprefix(EXTRA), default)
            if decl.optional:
                facts[HAS + name] = name.removeprefix(EXTRA) in request.extra
    return facts


def extra_findings(extra: Mapping[str, int | bool | str], extra_facts: Mapping[str, FactDecl]) -> tuple[Finding, ...]:
    """What is wrong with the body's `extra`, by the facts that the book declares."""
    names = tuple(name.removeprefix(EXTRA) for name in extra_facts)
    findings = []
    for name, value in extra.items():
        pointer = child("/extra", name)
        decl = extra_facts.get(EXTRA + name)
        if decl is None:
            fix = suggestion(name, names) or f"Remove it; the book's facts are {', '.join(names) or 'none'}."
            findings.append(Finding(pointer, "unknown-fact", "The book has no such fact.", fix))
        elif fault := _misfit(decl, value):
            findings.append(Finding(pointer, fault[0], fault[1], fault[2]))
    for name, decl in extra_facts.items():
        if decl.default is None and not decl.optional and name.removeprefix(EXTRA) not in extra:
            pointer = child("/extra", name.removeprefix(EXTRA))
            findings.append(Finding(pointer, "missing-field", f"The book needs it: {decl.meaning}", "Give it."))
    return tuple(findings)


def _misfit(decl: FactDecl, value: int | bool | str) -> tuple[str, str, str] | None:
    kind: Type = decl.type
    match kind.unit:
        case Unit.BOOL:
            wrong = None if type(value) is bool else ("wrong-type", "true or false is wanted.", "Give true or false.")
        case Unit.ENUM:
            words = f"one of {', '.join(kind.values)}"
            wrong = None if value in kind.values else ("not-a-choice", f"{words} is wanted.", f"Give {words}.")
        case _ if type(value) is not int:
            wrong = ("wrong-type", f"An integer is wanted, {kind}.", "Give an integer.")
        case _:
            bounds = f"{decl.minimum} to {decl.maximum}"
            inside = decl.minimum <= int(value) <= decl.maximum
            wrong = None if inside else ("out-of-range", f"The value is outside {bounds}.", f"Give {bounds}.")
    return wrong


@cache
def _reader() -> Callable[[QuoteRequest], dict[str, Value]]:
    """Straight-line code that reads every fact, written from the schema: a walk over it would cost ten times more."""
    lines = ["def read(request):", " as_of = request.as_of", " facts = {}"]
    lines += _reads(QuoteRequestSchema(), "request", "", 1)
    namespace: dict[str, Callable[[QuoteRequest], dict[str, Value]]] = {}
    exec(compiled("\n".join([*lines, " return facts"]), "facts of a request"), namespace)
    return namespace["read"]


def _reads(schema: object, source: str, prefix: str, depth: int) -> Iterator[str]:
    pad = " " * depth
    for name, field in schema.fields.items():  # type: ignore[attr-defined]
        value = f"{source}.{name}"
        match field:
            case Part(allow_none=True):
                inner = list(_declared(field.schema, f"{prefix}{name}.", "", True))
                part = f"{prefix}{name}_".replace(".", "_")
                yield f"{pad}{part} = {value}"
                yield f"{pad}if {part} is None:"
                absent = {d.name: d.zero() for d in inner} | {HAS + d.name: False for d in inner}
                yield f"{pad} facts.update({absent!r})"
                yield f"{pad}else:"
                yield from _reads(field.schema, part, f"{prefix}{name}.", depth + 1)
                present = {HAS + d.name: True for d in inner}
                yield f"{pad} facts.update({present!r})"
            case Part():
                part = f"{prefix}{name}_".replace(".", "_")
                yield f"{pad}{part} = {value}"
                yield from _reads(field.schema, part, f"{prefix}{name}.", depth)
            case ListOf():
                yield from (f"{pad}facts[{a.fact!r}] = {_counted(a, value)}" for a in field.aggregates)
            case Day(fact=str(fact)) if fact:
                yield from _one(f"({value} - as_of).days", value, prefix + fact, field, pad, "0")
            case Quantity() | Flag() | Choice():
                zero = repr(_of_scalar(field, "", "", False).zero())
                yield from _one(value, value, prefix + name, field, pad, zero)


def _one(read: str, value: str, fact: str, field: fields.Field[Any], pad: str, zero: str) -> Iterator[str]:
    if field.allow_none:
        yield f"{pad}facts[{HAS + fact!r}] = {value} is not None"
        yield f"{pad}facts[{fact!r}] = {zero} if {value} is None else {read}"
    else:
        yield f"{pad}facts[{fact!r}] = {read}"


def _counted(aggregate: Aggregate, value: str) -> str:
    if not aggregate.member:
        return f"len({value})"
    if aggregate.among:
        return f"sum([x.{aggregate.member} in {aggregate.among!r} for x in {value}])"
    return f"sum([x.{aggregate.member} for x in {value}])"
