"""What the OpenAPI document says of every endpoint's body, headers and errors. Parses and answers nothing."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema

from schemas.problem import CONTENT_TYPE, ProblemSchema

JSON = "application/json"
NDJSON = "application/x-ndjson"

SAMPLE = {
    "currency": "EUR",
    "client": {"id": "c-204", "name": "Ann", "months_active": 8, "orders": 5},
    "job": {
        "title": "Website",
        "scope": "outline",
        "lines": [{"description": "Design and pages", "cost": 140000, "fair_price": 300000}],
        "open_details": [{"name": "texts", "question": "Who writes the texts?", "weight": 3}],
    },
    "deal": {"budget": 280000},
}
_MEANINGS = {
    400: "The body isn't JSON, or a header or query parameter is malformed.",
    403: "The caller may not do this; where it is a matter of limits, every finding says who could.",
    404: "There is no such decision, version or client.",
    409: "What stands already is in the way: the code says what, such as a key used with another body.",
    410: "What was said is no longer kept: it was erased, or its time is over.",
    413: "The body is too large.",
    415: "The body has another media type, coding or character set.",
    422: "The body is refused, with every finding.",
    429: "Too many requests from this caller.",
    500: "The service failed; the request id is all that is told.",
    503: "The ledger or the policy can't be used, or the service isn't ready.",
}
IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[ -~]+$"},
    "description": "The same key with the same body gives the decision already recorded; with another body 409. "
    "Kept for as long as the ledger.",
}
WHY_NOT = {
    "in": "query",
    "name": "why_not",
    "schema": {"type": "boolean", "default": False},
    "description": "Also tell which rules did not fire, and why.",
}


def answers(meaning: str, content_type: str, schema: type[Schema] | dict[str, Any], *errors: int) -> dict[str, Any]:
    """The answers of an endpoint: the good one, and its errors by status."""
    good = {"200": {"description": meaning, "content": {content_type: {"schema": schema}}}}
    problem = {"content": {CONTENT_TYPE: {"schema": ProblemSchema}}}
    return good | {str(status): {"description": _MEANINGS[status], **problem} for status in errors}


def created(made: str, known: str, schema: type[Schema], *errors: int) -> dict[str, Any]:
    """As `answers`, of what is recorded once: 201 for something new, 200 for what is there already; '' for never."""
    others = answers(known, JSON, schema, *errors)
    if not known:
        del others["200"]
    return {"201": {"description": made, "content": {JSON: {"schema": schema}}}, **others}


def body(schema: type[Schema] | dict[str, Any], media_type: str, example: Any) -> dict[str, Any]:
    return {"required": True, "content": {media_type: {"schema": schema, "example": example}}}


def query(name: str, kind: str, meaning: str, form: str = "") -> dict[str, Any]:
    """A query parameter that may be left out."""
    schema = {"type": kind, "format": form} if form else {"type": kind}
    return {"in": "query", "name": name, "schema": schema, "description": meaning}
