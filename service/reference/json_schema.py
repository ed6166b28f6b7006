"""A marshmallow schema as JSON Schema (draft 2020-12), as an editor sees a YAML file. Knows fields, no file of a book.

An editor types scalars by YAML's own rules, so that 50.00 is a number to it where the loader reads text.
"""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from schemas.book_fields import ITEM, ClockTime, Day, Formula, MonthDay, Text, Weekday

Json = dict[str, Any]

DRAFT = "https://json-schema.org/draft/2020-12/schema"
SCALAR = ["string", "number", "boolean"]
"""What is read as text: the author needn't quote what YAML takes for a number or a truth value."""

EXPRESSION: Json = {"$ref": "#/$defs/expression"}


def json_schema(schema: Schema, whole: bool = True) -> Json:
    """`whole`: with the fields that must be there. A part may leave out any, or hold null to delete it."""
    result: Json = {"type": "object"}
    if schema.__doc__:
        result["description"] = " ".join(schema.__doc__.split())
    result["properties"] = {name: _field(field, whole) for name, field in schema.fields.items()}
    if required := [name for name, field in schema.fields.items() if field.required and whole]:
        result["required"] = required
    result["additionalProperties"] = False
    return result


def item_of(field: fields.Field[Any]) -> Json | None:
    """What stands below a field whose values are read one by one."""
    item: type[Schema] | None = field.metadata.get(ITEM)
    return json_schema(item()) if item is not None else None


def _field(field: fields.Field[Any], whole: bool) -> Json:
    shape = _shape(field, whole)
    for validator in field.validators:
        shape.update(_limits(validator, shape))
    shape.update({key: field.metadata[key] for key in ("enum", "minimum", "maximum") if key in field.metadata})
    if field.allow_none or not whole:
        shape = _or_null(shape)
    if meaning := field.metadata.get("description"):
        shape["description"] = meaning
    return shape


def _shape(field: fields.Field[Any], whole: bool) -> Json:
    match field:
        case Formula():
            return dict(EXPRESSION)
        case Text():
            return {"type": list(SCALAR)}
        case Weekday():
            return {"enum": list(field.names)}
        case Day() | MonthDay() | ClockTime():
            return {"type": "string", "pattern": f"^{field.form}$"}
        case fields.Boolean():
            return {"type": "boolean"}
        case fields.Integer():
            return {"type": "integer"}
        case fields.Nested():
            return json_schema(field.schema, whole)
        case fields.List():
            return {"type": "array", "items": item_of(field) or _field(field.inner, whole)}
        case fields.Dict():
            inner = _field(field.value_field, whole) if field.value_field else {}
            return {"type": "object", "additionalProperties": item_of(field) or inner}
        case fields.String() | fields.Date() | fields.AwareDateTime():
            return {"type": "string"}
    return {}


def _limits(validator: object, shape: Json) -> Json:
    match validator:
        case validate.OneOf(choices=choices):
            shape.pop("type", None)
            return {"enum": list(choices)}
        case validate.Regexp(regex=regex):
            pattern = str(regex.pattern).removesuffix(r"\Z")
            return {"pattern": f"^{pattern}$"}
        case validate.Range(min=low, max=high):
            return {"minimum": low, "maximum": high}
        case validate.Length(min=low, max=high):
            kind = {"array": "Items", "object": "Properties"}.get(str(shape.get("type")), "Length")
            return {f"{end}{kind}": value for end, value in (("min", low), ("max", high)) if value is not None}
    return {}


def _or_null(shape: Json) -> Json:
    if "enum" in shape:
        return {
            **shape,
            "enum": [*shape["enum"], None],
            **({"type": [shape["type"], "null"]} if "type" in shape else {}),
        }
    if "$ref" in shape:
        return {"anyOf": [shape, {"type": "null"}]}
    if "type" not in shape:
        return shape
    types = shape["type"]
    return {**shape, "type": [*(types if isinstance(types, list) else [types]), "null"]}
