"""The bodies of `POST /decisions/{id}/override` and `/outcome`, and their answers. Knows no decision and no book."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields as dataclass_fields
from typing import Any

import orjson
from marshmallow import Schema, fields

from schemas.decision import schema_of
from schemas.fields import Choice, Count, Day, Days, Money, Percent, Text
from schemas.findings import Finding
from schemas.loading import load_members
from schemas.quote import SignalsSchema
from schemas.shapes import Part, Strict
from service.domain.afterwards import RESULTS, Asked, Ending, Override, RecordedEnding, Seen, Wish
from service.domain.authority import OVERRIDE_OUTCOMES

LONGEST_NOTE = 1_000
_ASKED = ("price", "prepayment", "credit_days", "outcome")


class WishSchema(Strict):
    reason = Text("Why, by one of the codes of the book that decided.", longest=64, wanted="a code of the book")
    note = Text("Why, in words, for whoever audits it.", longest=LONGEST_NOTE)
    price = Money("The price, one figure in place of the range.", optional=True)
    prepayment = Percent("Share of the price that is paid before work begins.", optional=True)
    credit_days = Days("Days to pay after delivery.", maximum=365, optional=True)
    outcome = Choice("The outcome in place of the decided one.", OVERRIDE_OUTCOMES, optional=True)


class HassleSeenSchema(SignalsSchema):
    builds = Seen
    staff_rating = Count("How the staff rated the client: 0 easy to 5 exhausting.", maximum=5, default=0)


class EndingSchema(Strict):
    result = Choice("How the quote ended.", RESULTS)
    final_amount = Money("What was agreed at last; only where it was won.", optional=True)
    happened_on = Day("The day on which it did.")
    why = Text("Why, in words, as far as it is known.", longest=LONGEST_NOTE, optional=True)
    hassle = Part(HassleSeenSchema, "Hassle that the work showed, by the names of a request's signals.", optional=True)


Names = Mapping[str, str]
"""Ids of people to their names; others, such as `anonymous`, are called by their id."""


class OverrideSchema(schema_of(Override)):  # type: ignore[misc]
    by_name = fields.String()


class RecordedEndingSchema(schema_of(RecordedEnding)):  # type: ignore[misc]
    by_name = fields.String()


class OverrideListSchema(Schema):
    decision_id = fields.String()
    overrides = fields.List(
        fields.Nested(OverrideSchema), metadata={"description": "The oldest first; the last one counts."}
    )


class OutcomeHistorySchema(Schema):
    decision_id = fields.String()
    latest = fields.Nested(RecordedEndingSchema, allow_none=True, metadata={"description": "The one that counts."})
    history = fields.List(
        fields.Nested(RecordedEndingSchema), metadata={"description": "The oldest first; each corrects the one before."}
    )


def load_wish(raw: bytes) -> Wish:
    """Raises `Invalid`."""
    members = load_members(WishSchema(), raw)
    asked = Asked(**{name: members[name] for name in _ASKED})
    return Wish(reason=members["reason"], note=members["note"], asked=asked)


def load_ending(raw: bytes) -> Ending:
    """Raises `Invalid`."""
    members = load_members(EndingSchema(), raw, _across)
    hassle = members["hassle"]
    return Ending(**{**members, "hassle": None if hassle is None else Seen(**hassle)})


def dump_override(override: Override, names: Names) -> bytes:
    return orjson.dumps(_named(override, names))


def dump_overrides(decision_id: str, overrides: Sequence[Override], names: Names) -> bytes:
    return orjson.dumps({"decision_id": decision_id, "overrides": [_named(each, names) for each in overrides]})


def dump_ending(ending: RecordedEnding, names: Names) -> bytes:
    return orjson.dumps(_named(ending, names))


def dump_history(decision_id: str, endings: Sequence[RecordedEnding], names: Names) -> bytes:
    history = [_named(each, names) for each in endings]
    return orjson.dumps({"decision_id": decision_id, "latest": history[-1] if history else None, "history": history})


def _named(told: Override | RecordedEnding, names: Names) -> dict[str, Any]:
    members = {field.name: getattr(told, field.name) for field in dataclass_fields(told)}
    return {**members, "by_name": names.get(told.by, told.by)}


def _across(members: Mapping[str, Any]) -> Iterator[Finding]:
    """What must hold between fields; of those that were refused nothing is said."""
    result, amount = members.get("result"), members.get("final_amount")
    if result == "won" and amount is None:
        message = "A quote that was won has its final amount."
        yield Finding("/final_amount", "missing-field", message, "Give what was agreed, in minor units.")
    elif result in ("lost", "lapsed") and amount is not None:
        message = f"A quote that was {result} has no final amount."
        yield Finding("/final_amount", "contradiction", message, "Leave it out, or give the result won.")
