"""What is asked of and answered about clients: erasures, and files brought into their books. Knows no records."""

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


class TallySchema(Schema):
    rows = fields.Integer()
    sums = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        metadata={"description": "Minor units by currency, of the rows whose sum can be read."},
    )


class RefusedLineSchema(Schema):
    line = fields.Integer(metadata={"description": "Of the file; its header is line 1."})
    reason = fields.String(metadata={"description": "Every reason, with the field that it concerns."})


class ImportedSchema(Schema):
    """`read` is `taken`, `known` and `refused` together, in rows and to the cent."""

    import_id = fields.String()
    kind = fields.String()
    read = fields.Nested(TallySchema)
    taken = fields.Nested(TallySchema, metadata={"description": "New, or in the place of an earlier row."})
    known = fields.Nested(TallySchema, metadata={"description": "Here before, and as they are."})
    refused = fields.Nested(TallySchema)
    replaced = fields.Integer(metadata={"description": "Of those taken: in the place of one with that reference."})
    refused_lines = fields.List(fields.Nested(RefusedLineSchema), metadata={"description": "The first 1,000."})


def load_erasure(raw: bytes) -> str:
    """The reason. Raises `Invalid`."""
    return str(load_members(ErasureSchema(), raw)["reason"])


def dump_erasure(erasure: Erasure) -> bytes:
    return orjson.dumps(erasure)
