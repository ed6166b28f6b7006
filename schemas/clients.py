"""The body of `POST /clients/{client_id}/erase`, and its answer. Knows no records."""

from __future__ import annotations

import orjson
from marshmallow import Schema, fields

from schemas.fields import Text
from schemas.loading import load_members
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
    return str(load_members(ErasureSchema(), raw)["reason"])


def dump_erasure(erasure: Erasure) -> bytes:
    return orjson.dumps(erasure)
