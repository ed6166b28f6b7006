"""The JSON Schema of cases/*.yaml: requests as the service takes them, and the parts of a decision to expect."""

from __future__ import annotations

from schemas import book as shapes
from schemas.decision import DecisionSchema
from schemas.quote import QuoteRequestSchema
from service.domain.facts import FactDecl, Unit
from service.reference.json_schema import Json, json_schema
from service.reference.names import Names

REQUEST: Json = {"$ref": "#/$defs/request"}


def cases_file(names: Names) -> Json:
    file = json_schema(shapes.CasesSchema())
    file["properties"]["requests"]["additionalProperties"] = REQUEST
    case = file["properties"]["cases"]["items"]
    case["properties"]["id"]["maxLength"] = shapes.NAME_LENGTH
    case["properties"]["change"] = {**REQUEST, "description": case["properties"]["change"]["description"]}
    expect = {"$ref": "#/$defs/decision", "description": case["properties"]["expect"]["description"]}
    case["properties"]["expect"] = expect
    for key in ("rules", "not_rules"):
        rule: Json = case["properties"][key]["items"]
        if names.rules:
            case["properties"][key]["items"] = {"anyOf": [{"enum": list(names.rules)}, rule]}
    decision = json_schema(DecisionSchema(), whole=False)
    return {**file, "$defs": {"request": _request(names), "decision": decision}}


def _request(names: Names) -> Json:
    """Any part of one: the rest may stand in another case's request, or not matter."""
    request = json_schema(QuoteRequestSchema(), whole=False)
    request["description"] = "As POST /evaluate takes it; money in minor units, 15 % as 1500."
    extra = request["properties"]["extra"]
    if names.one_book:
        properties = {name.removeprefix("extra."): _fact(decl) for name, decl in names.extra.items()}
        extra.update({"properties": properties, "additionalProperties": False})
    return request


def _fact(decl: FactDecl) -> Json:
    told: Json = {"description": decl.meaning}
    if decl.type.unit is Unit.BOOL:
        return {**told, "type": ["boolean", "null"]}
    if decl.type.unit is Unit.ENUM:
        return {**told, "enum": [*decl.type.values, None]}
    return {**told, "type": ["integer", "null"], "minimum": decl.minimum, "maximum": decl.maximum}
