"""Which keys the mappings of a book's files have, in which order they are written, and what stands apart by a line.

The order is that of the schemas, but for the few keys that read better first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from marshmallow import Schema

from schemas import book, governance


@dataclass(frozen=True, slots=True)
class Shape:
    """`order`: of known keys; others follow as they stand. `below`: by key; `each`: under every other key, and items.

    `by_key`: dated values, the oldest first. `apart`: an empty line between items that take several lines.
    `close`: no empty lines between keys. `expression`: the text is a condition or a computation.
    """

    order: tuple[str, ...] = ()
    below: Mapping[str, Shape] = field(default_factory=dict)
    each: Shape | None = None
    by_key: bool = False
    apart: bool = False
    close: bool = False
    expression: bool = False

    def under(self, key: str | None) -> Shape:
        return self.below.get(key or "") or self.each or ANYTHING


ANYTHING = Shape()
_DATED = Shape(by_key=True)
_EXPRESSION = Shape(expression=True)


_FIRST: dict[type[Schema], tuple[str, ...]] = {
    book.PolicySchema: ("stage", "derive", "formulas", "tables"),
    book.RuleSchema: ("id", "practice", "priority"),
    book.TableSchema: (
        "id",
        "practice",
        "hit",
        "aggregate",
        "priority",
        "columns",
        "default",
        "default_reason",
        "reason",
    ),
    book.DerivedSchema: ("type", "values", "min", "max", "meaning"),
    book.FormulaSchema: ("type", "values", "meaning"),
    book.ParameterSchema: ("type", "practice", "values", "client"),
}


_LAST: dict[type[Schema], tuple[str, ...]] = {book.TableSchema: ("csv", "rows")}


def _of(schema: type[Schema], below: Mapping[str, Shape] | None = None, close: bool = True) -> Shape:
    last = _LAST.get(schema, ())
    middle = (name for name in schema().fields if name not in last)
    return Shape((*dict.fromkeys((*_FIRST.get(schema, ()), *middle)), *last), below or {}, close=close)


def _items(schema: type[Schema], *expressions: str, apart: bool = False, **below: Shape) -> Shape:
    return Shape(each=_of(schema, {**dict.fromkeys(expressions, _EXPRESSION), **below}), apart=apart)


_POLICY = _of(
    book.PolicySchema,
    {
        "rules": _items(book.RuleSchema, "when", apart=True, then=Shape(each=_EXPRESSION)),
        "tables": _items(book.TableSchema, apart=True, default=Shape(each=_EXPRESSION)),
        "derive": _items(book.DerivedSchema, "value"),
        "formulas": _items(book.FormulaSchema, "value"),
    },
    close=False,
)
_SINGLE = {
    "book.yaml": _of(
        book.BookSchema, {"calendar": _of(book.CalendarSchema), "effects": _items(book.EffectSchema)}, close=False
    ),
    "parameters.yaml": _of(
        book.ParametersSchema,
        {"parameters": Shape(each=_of(book.ParameterSchema, {"values": _DATED})), "rates": Shape(each=_DATED)},
        close=False,
    ),
    "facts.yaml": _of(book.FactsSchema, {"facts": _items(book.FactSchema)}, close=False),
    "guardrails.yaml": _of(
        book.GuardrailsSchema, {"guardrails": _items(book.GuardrailSchema, "holds", apart=True)}, close=False
    ),
    "governance.yaml": _of(
        governance.GovernanceSchema,
        {
            "approval": _of(governance.ApprovalSchema, {"lines": _items(governance.ApprovalLineSchema, apart=True)}),
            "overrides": _of(governance.OverridesSchema, {"limits": _items(governance.OverrideLimitSchema)}),
        },
        close=False,
    ),
    "options.yaml": _of(book.OptionsSchema, {"options": _items(book.OptionSchema, "share", "when")}, close=False),
}
_CASES = _of(book.CasesSchema, {"cases": _items(book.CaseSchema)}, close=False)


def shape_of(file: str) -> Shape:
    """`file`: its name in the book."""
    if file.startswith("cases/"):
        return _CASES
    if file.startswith("messages/"):
        return ANYTHING
    return _SINGLE.get(file, _POLICY)
