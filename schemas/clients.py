"""The body of `POST /clients/{client_id}/erase`, and its answer. Knows no records."""

from __future__ import annotations

from typing import Any

import orjson
from marshmallow import Schema, ValidationError, fields

from schemas import json_text
from schemas.fields import Text
from schemas.findings import Invalid, placed
from schemas.shapes import Strict
from service.domain.acts import Erasure


class ErasureSchema(Strict):
    reason = Text("Why, for whoever audits it. It is kept: name nobody in it.", longest=1_000)


class ErasedSchema(Schema):
    client_id = fields.String()
    erased_at = fields.AwareDateTime(metadata={"description": "What was recorded until then can't be read any more."})
    by = fields.String(metadata={"description": "Id of who answers for it."})
    repeated = fields.Boolean(
        metadata={"description": "It was erased before, and nothing has been recorded of the client since."}
    )


def load_erasure(raw: bytes) -> str:
    """The reason. Raises `Invalid`."""
    text = json_text.parse(raw)
    if text.unreadable:
        raise Invalid(text.findings)
    try:
        members: dict[str, Any] = ErasureSchema().load(text.value)
    except ValidationError as error:
        raise Invalid([*text.findings, *placed(error.messages)]) from error
    if text.findings:
        raise Invalid(text.findings)
    return str(members["reason"])


def dump_erasure(erasure: Erasure) -> bytes:
    return orjson.dumps(erasure)
