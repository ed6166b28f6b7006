"""The JSON Schema of each kind of file in a book: the marshmallow schemas, and what the loader asks for beside them.

What needs the whole book (a name declared in another file, the unit of an expression) is `quotewright check`'s.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from marshmallow import Schema

from schemas import book as shapes
from schemas import governance
from schemas.book_fields import IDENTIFIER
from service.domain.authority import OVERRIDE_OUTCOMES
from service.domain.effects import STANDARD_FORMULAS, STANDARD_SLOTS, Combine
from service.domain.facts import Unit
from service.domain.money import EXPONENTS
from service.policy.loading.governance import DECIDING_ROLES, DEFAULT, MOST
from service.policy.loading.names import PROTECTED
from service.policy.subjects import Subject
from service.reference.case_files import cases_file
from service.reference.effect_values import expression, values_of_effects
from service.reference.json_schema import DRAFT, Json, json_schema
from service.reference.names import Names
from service.reference.units import NUMBERS, TYPES, WRITTEN, of_type, written_in_their_unit
from service.reference.wording_files import wording_file

DAY = r"^\d{4}-\d{2}-\d{2}$"
NAME: Json = {"pattern": f"^{IDENTIFIER}$", "maxLength": shapes.NAME_LENGTH}
FACT_NAME: Json = {
    "pattern": rf"^{IDENTIFIER}(\.{IDENTIFIER})+$",
    "maxLength": shapes.NAME_LENGTH,
    "not": {"pattern": rf"(^|[._])({'|'.join(PROTECTED)})([._]|$)"},
}
OWN_PREFIXES = r"^(decision|params|extra)\."


def schema_of(kind: str, names: Names) -> Json:
    """The schema of a kind of file, one of KINDS, with the names that an author may write."""
    body = KINDS[kind](names)
    definitions = {"expression": expression(names), **body.pop("$defs", {})}
    return {"$schema": DRAFT, "title": f"Quotewright: {FILES[kind]}", **body, "$defs": definitions}


def kind_of(file: str) -> str | None:
    """The kind of a YAML file, by its name in the book; None where a book has no such folder."""
    folder, _, name = file.rpartition("/")
    if folder:
        return folder if folder in KINDS else None
    kind = name.removesuffix(".yaml")
    return kind if kind in KINDS and FILES[kind] == name else "policy"


def _file(schema: Schema) -> Json:
    return json_schema(schema)


def _item(file: Json, key: str) -> Json:
    """The schema of what stands below a key of a file."""
    field = file["properties"][key]
    item: Json = field["items"] if "items" in field else field["additionalProperties"]
    return item


def _typed(item: Json, types: list[str], *bounds: str) -> None:
    """Its type, and its bounds written in that type; an enum says its values."""
    item["properties"]["type"]["enum"] = types
    item.setdefault("allOf", []).extend(written_in_their_unit(bounds, [unit for unit in types if unit in NUMBERS]))
    if "values" in item["properties"]:
        item["allOf"].append({"if": of_type(Unit.ENUM.value), "then": {"required": ["values"]}})


def _book(names: Names) -> Json:
    file = _file(shapes.BookSchema())
    file["properties"]["currency"]["enum"] = sorted(EXPONENTS)
    file["properties"]["stages"]["uniqueItems"] = True
    effects = file["properties"]["effects"]
    effect = effects["additionalProperties"]
    _typed(effect, TYPES, "min", "max", "initial")
    effect["properties"]["combine"] = {**effect["properties"]["combine"], "enum": [one.value for one in Combine]}
    effect["required"].append("combine")
    effect["allOf"].append({"if": of_type(*NUMBERS), "then": {"required": ["max"]}})
    from_nothing = [Combine.ANY.value, Combine.UNION.value]
    effect["allOf"].append(
        {"if": {"properties": {"combine": {"enum": from_nothing}}}, "else": {"required": ["initial"]}}
    )
    # Beside a $ref many editors read nothing else, hence allOf.
    effect_of_any_name: Json = {"$ref": "#/$defs/effect"}
    effects["propertyNames"] = NAME
    effects["required"] = [name for name, standard in STANDARD_SLOTS.items() if standard.required]
    effects["properties"] = {
        name: {
            "description": one.meaning,
            "allOf": [
                effect_of_any_name,
                {"properties": {"type": {"const": one.unit.value}, "combine": {"const": one.combine.value}}},
            ],
        }
        for name, one in STANDARD_SLOTS.items()
    }
    effects["additionalProperties"] = {"allOf": [effect_of_any_name, {"required": ["meaning"]}]}
    return {**file, "$defs": {"effect": effect}}


def _parameters(names: Names) -> Json:
    file = _file(shapes.ParametersSchema())
    parameters = file["properties"]["parameters"]
    parameters["propertyNames"] = NAME
    item = _item(file, "parameters")
    _typed(item, NUMBERS)
    item["required"].append("values")
    item["properties"]["values"].update({"minProperties": 1, "propertyNames": {"pattern": DAY}})
    item["allOf"] = [
        {
            "if": of_type(unit),
            "then": {"properties": {"values": {"additionalProperties": {"$ref": f"#/$defs/{unit}"}}}},
        }
        for unit in NUMBERS
    ]
    rate: Json = {"type": ["number", "string"], "pattern": r"^\d{1,9}(\.\d{1,9})?$", "exclusiveMinimum": 0}
    dated: Json = {
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"pattern": DAY},
        "additionalProperties": rate,
    }
    file["properties"]["rates"].update({"propertyNames": {"enum": sorted(EXPONENTS)}, "additionalProperties": dated})
    return {**file, "$defs": {unit: WRITTEN[unit] for unit in NUMBERS}}


def _facts(names: Names) -> Json:
    file = _file(shapes.FactsSchema())
    file["properties"]["facts"]["propertyNames"] = {"allOf": [FACT_NAME, {"pattern": r"^extra\."}]}
    item = _item(file, "facts")
    _typed(item, TYPES, "min", "max", "default")
    item["allOf"] += written_in_their_unit(["default"], [Unit.BOOL.value, Unit.ENUM.value])
    item["allOf"].append({"if": of_type(*NUMBERS), "then": {"required": ["max"]}})
    return file


def _policy(names: Names) -> Json:
    file = _file(shapes.PolicySchema())
    properties = file["properties"]
    if names.stages:
        properties["stage"]["enum"] = [*names.stages]
    with_rules: list[Json] = [
        {"properties": {key: {"type": "array", "minItems": 1}}, "required": [key]} for key in ("rules", "tables")
    ]
    file["if"], file["then"] = {"anyOf": with_rules}, {"required": ["stage"]}
    rule = _item(file, "rules")
    rule["properties"]["id"]["maxLength"] = shapes.NAME_LENGTH
    then = rule["properties"]["then"]
    then.update(values_of_effects(names))
    _table(_item(file, "tables"), names)
    properties["derive"]["propertyNames"] = {"allOf": [FACT_NAME, {"not": {"pattern": OWN_PREFIXES}}]}
    _typed(_item(file, "derive"), TYPES, "min", "max")
    _formulas(properties["formulas"])
    return file


def _formulas(formulas: Json) -> None:
    item = formulas["additionalProperties"]
    _typed(item, TYPES)
    item["properties"]["type"]["type"] = "string"
    formulas["propertyNames"] = NAME
    formulas["properties"] = {
        name: {**item, "description": meaning, "properties": {**item["properties"], "type": _fixed(unit)}}
        for name, (unit, meaning) in STANDARD_FORMULAS.items()
    }
    formulas["additionalProperties"] = {**item, "required": [*item["required"], "type", "meaning"]}


def _fixed(unit: Unit) -> Json:
    return {"description": "The same in every book; leave it out.", "const": unit.value}


def _table(table: Json, names: Names) -> None:
    """Columns and rows stand here or in a CSV file; what only one hit policy has stands with that one."""
    properties = table["properties"]
    properties["id"]["maxLength"] = shapes.NAME_LENGTH
    cell: Json = {"type": ["string", "number", "boolean", "null"]}
    properties["rows"]["items"] = {"type": "array", "items": cell}
    columns: Json = properties["columns"]["items"]
    proposed = ["id", "reason", "practice", *(f"-> {name}" for name in names.effects), *names.readable]
    properties["columns"]["items"] = {"description": columns.pop("description"), "anyOf": [{"enum": proposed}, columns]}
    if names.one_book:
        known = dict.fromkeys(names.effects, True)
        properties["default"].update({"properties": known, "additionalProperties": False})

    def hit(policy: str) -> Json:
        return {"properties": {"hit": {"const": policy}}, "required": ["hit"]}

    absent: Json = {"not": {"anyOf": [{"required": ["columns"]}, {"required": ["rows"]}]}}
    table["allOf"] = [
        {"if": {"required": ["csv"]}, "then": absent, "else": {"required": ["columns", "rows"]}},
        {"if": hit("priority"), "then": {"required": ["priority"]}, "else": {"not": {"required": ["priority"]}}},
        {"if": hit("collect"), "else": {"not": {"required": ["aggregate"]}}},
    ]


def _guardrails(names: Names) -> Json:
    file = _file(shapes.GuardrailsSchema())
    _item(file, "guardrails")["properties"]["id"]["maxLength"] = shapes.NAME_LENGTH
    return file


def _options(names: Names) -> Json:
    file = _file(shapes.OptionsSchema())
    _item(file, "options")["properties"]["id"]["maxLength"] = shapes.NAME_LENGTH
    return file


def _governance(names: Names) -> Json:
    file = _file(governance.GovernanceSchema())
    properties = file["properties"]
    for key, part in (("approval", governance.ApprovalSchema()), ("overrides", governance.OverridesSchema())):
        properties[key] = {**json_schema(part), "description": properties[key]["description"]}
    role: Json = {"enum": list(DECIDING_ROLES)}
    approval = properties["approval"]["properties"]
    approval["default"] = {**role, "description": approval["default"]["description"]}
    line = approval["lines"]["items"]["properties"]
    line["by"] = {**role, "description": line["by"]["description"]}
    line["id"]["not"] = {"const": DEFAULT}
    line["subjects"]["items"] = {"enum": list(Subject)}
    line["within"] = {**WRITTEN[Unit.PERCENT.value], "description": line["within"]["description"]}
    if names.one_book:
        line["effects"]["items"] = {"enum": list(names.effects)}
    limits = properties["overrides"]["properties"]["limits"]
    limits["propertyNames"] = role
    limit = limits["additionalProperties"]["properties"]
    for name, (type, _) in MOST.items():
        limit[name] = {**WRITTEN[type.unit.value], "description": limit[name]["description"]}
    limit["outcomes"]["items"] = {"enum": list(OVERRIDE_OUTCOMES)}
    return file


KINDS: dict[str, Callable[[Names], dict[str, Any]]] = {
    "book": _book,
    "parameters": _parameters,
    "facts": _facts,
    "guardrails": _guardrails,
    "options": _options,
    "governance": _governance,
    "policy": _policy,
    "messages": wording_file,
    "cases": cases_file,
}
FILES = {
    "book": "book.yaml",
    "parameters": "parameters.yaml",
    "facts": "facts.yaml",
    "guardrails": "guardrails.yaml",
    "options": "options.yaml",
    "governance": "governance.yaml",
    "policy": "every other *.yaml",
    "messages": "messages/*.yaml",
    "cases": "cases/*.yaml",
}
