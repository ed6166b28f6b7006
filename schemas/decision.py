"""A decision as JSON: bytes for the answer and back, and a marshmallow schema of the same shape for the documentation.

The schema is derived from the dataclasses, so that they are the one place where a decision's fields stand.
"""

from __future__ import annotations

import types
from dataclasses import fields as dataclass_fields
from dataclasses import is_dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

import orjson
from marshmallow import Schema, fields

from schemas.fast_dump import layer
from service.domain.decision import Decision
from service.domain.people import Role

_SCALARS: dict[Any, type[fields.Field[Any]]] = {
    str: fields.String,
    bool: fields.Boolean,
    int: fields.Integer,
    date: fields.Date,
    datetime: fields.AwareDateTime,
    Role: fields.String,
}
_VALUES = {int | bool | str: False, int | str | None: True}
"""What may be of several types; whether it may be null."""


def dump_decision(decision: Decision) -> bytes:
    """Members in the order that the dataclasses declare; the same decision always gives the same bytes."""
    return orjson.dumps(layer(Decision)(decision))


def read_decision(raw: bytes) -> Decision:
    """What `dump_decision` gave, now or by an older version of this code: fields that came since are empty."""
    decision: Decision = _read(Decision, orjson.loads(raw))
    return decision


def _read(hint: Any, value: Any) -> Any:
    if get_origin(hint) is tuple:
        return tuple(_read(get_args(hint)[0], each) for each in value or ())
    if value is None or hint in _VALUES:
        return value
    if get_origin(hint) in (Union, types.UnionType):
        (hint,) = (arg for arg in get_args(hint) if arg is not type(None))
        return _read(hint, value)
    if is_dataclass(hint):
        hints = _hints(cast(type, hint))
        return cast(Any, hint)(**{name: _read(each, value.get(name)) for name, each in hints.items()})
    return hint.fromisoformat(value) if hint in (date, datetime) else value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


@cache
def schema_of(kind: type) -> type[Schema]:
    """A schema with the fields of a frozen dataclass."""
    hints = get_type_hints(kind)
    members: dict[str, Any] = {field.name: _field(hints[field.name]) for field in dataclass_fields(kind)}
    return type(f"{kind.__name__}Schema", (Schema,), {"__doc__": kind.__doc__, **members})


def _field(hint: Any) -> fields.Field[Any]:
    if hint in _SCALARS:
        return _SCALARS[hint]()
    if hint in _VALUES:
        return fields.Raw(allow_none=_VALUES[hint])
    if get_origin(hint) in (Union, types.UnionType):
        (inner,) = (arg for arg in get_args(hint) if arg is not type(None))
        field = _field(inner)
        field.allow_none = True
        return field
    if get_origin(hint) is tuple:
        return fields.List(_field(get_args(hint)[0]))
    assert is_dataclass(hint), hint
    return fields.Nested(schema_of(cast(type, hint)))


class ReceiptSchema(Schema):
    """What it takes to prove the decision later; docs/audit.md tells how."""

    leaf = fields.String(metadata={"description": "What the log holds of the decision, in hexadecimal."})
    salt = fields.String(metadata={"description": "Beside the answer: what makes its digest unguessable."})


class DecisionSchema(schema_of(Decision)):  # type: ignore[misc]
    """A decision as it is answered."""

    receipt = fields.Nested(ReceiptSchema, metadata={"description": "Of a recorded decision; a preview has none."})
