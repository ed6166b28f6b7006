"""What auditors are answered, for the documentation, and the body of a replay. Knows no ledger."""

from __future__ import annotations

from dataclasses import dataclass

from marshmallow import Schema, fields

from schemas.fields import Text
from schemas.shapes import Strict


def _hexadecimal(meaning: str) -> fields.String:
    return fields.String(metadata={"description": f"{meaning}, in hexadecimal."})


class LogReceiptSchema(Schema):
    """The proof that the log holds a record."""

    entry = fields.Dict(metadata={"description": "What the log covers of the record; its leaf is made of it."})
    leaf = _hexadecimal("The leaf")
    position = fields.Integer(metadata={"description": "Of the leaf in the log, from 0."})
    size = fields.Integer(metadata={"description": "Leaves that the checkpoint covers."})
    proof = fields.List(_hexadecimal("A hash"), metadata={"description": "From the leaf up (RFC 9162, 2.1.3)."})
    checkpoint = fields.String(metadata={"description": "The signed head, as a signed note."})


class ConsistencySchema(Schema):
    earlier = fields.Integer()
    later = fields.Integer()
    proof = fields.List(_hexadecimal("A hash"))


@dataclass(frozen=True, slots=True)
class WantedReplay:
    version: str | None


class ReplaySchema(Strict):
    builds = WantedReplay
    version = Text("The version to decide by; the decision's own, if left out.", longest=100, optional=True)


class ReplayedPriceSchema(Schema):
    currency = fields.String()
    low = fields.Integer()
    target = fields.Integer()
    high = fields.Integer()
    fixed = fields.Integer(allow_none=True)


class ReplayedAnswerSchema(Schema):
    outcome = fields.String(allow_none=True)
    price = fields.Nested(ReplayedPriceSchema, allow_none=True)
    refused = fields.String(allow_none=True, metadata={"description": "Why there is no decision."})


class ReplayedSchema(Schema):
    """A decision made again, beside what was recorded."""

    decision_id = fields.String()
    decided_by = fields.String(metadata={"description": "The version that decided."})
    replayed_by = fields.String(metadata={"description": "The version that decided now."})
    same = fields.Boolean(metadata={"description": "Whether nothing differs; by its own version, not a byte."})
    parts = fields.List(fields.String(), metadata={"description": "Fields of the decision that differ."})
    recorded = fields.Nested(ReplayedAnswerSchema)
    replayed = fields.Nested(ReplayedAnswerSchema)
    target_difference = fields.Integer(
        allow_none=True, metadata={"description": "In minor units; null without two prices."}
    )
    words = fields.List(fields.String(), metadata={"description": "The difference for people."})


class FoundSchema(Schema):
    """A decision without its words."""

    decision_id = fields.String()
    recorded_at = fields.AwareDateTime()
    caller = fields.String()
    book = fields.String()
    version = fields.String()
    as_of = fields.Date()
    outcome = fields.String()
    client_id = fields.String()
    currency = fields.String()
    target = fields.Integer(allow_none=True, metadata={"description": "In minor units; null without a price."})
    rules = fields.List(fields.String(), metadata={"description": "Those that fired."})
    overridden = fields.Boolean()
    result = fields.String(allow_none=True, metadata={"description": "How the quote ended, as told last."})
    answer_digest = fields.String()
    position = fields.Integer(allow_none=True, metadata={"description": "In the log; null until it is sealed."})
    kept = fields.Boolean(metadata={"description": "False once what it says in words was erased."})


class PageSchema(Schema):
    decisions = fields.List(fields.Nested(FoundSchema), metadata={"description": "The newest first."})
    next = fields.String(
        allow_none=True,
        metadata={"description": "Give it as `before` for the next page, which follows even where this one is empty."},
    )
