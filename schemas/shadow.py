"""What a trial of a candidate version is asked with, and what it answers. Knows neither versions nor trials."""

from __future__ import annotations

from dataclasses import dataclass

from marshmallow import Schema, fields

from schemas.fields import Percent, Text
from schemas.policies import LONGEST_NOTE
from schemas.shapes import Strict


@dataclass(frozen=True, slots=True)
class Start:
    """`share`: of the requests, in basis points."""

    share: int
    note: str


class StartSchema(Strict):
    builds = Start
    share = Percent("How many of the requests are tried.", minimum=1, maximum=10_000, default=10_000)
    note = Text("What the trial is to show.", longest=LONGEST_NOTE, default="")


def _told(description: str) -> dict[str, str]:
    return {"description": description}


class RunSchema(Schema):
    id = fields.String()
    book = fields.String()
    version = fields.String(metadata=_told("The candidate."))
    started_at = fields.DateTime()
    started_by = fields.String()
    note = fields.String()
    share = fields.Integer(metadata=_told("Of the requests, in basis points."))
    ended_at = fields.DateTime(allow_none=True)
    ended_by = fields.String(allow_none=True)


class RunsSchema(Schema):
    runs = fields.List(fields.Nested(RunSchema), metadata=_told("The one started last first."))


class OutcomeCountSchema(Schema):
    released = fields.String(metadata=_told("What the released version decided."))
    candidate = fields.String(metadata=_told("What the candidate would have; `refused`: nothing."))
    count = fields.Integer()


class MoneySchema(Schema):
    currency = fields.String()
    priced = fields.Integer(metadata=_told("Requests that both gave a price."))
    released = fields.Integer(metadata=_told("Their targets, added up, in minor units."))
    candidate = fields.Integer()
    difference = fields.Integer(metadata=_told("Candidate less released."))


class RuleCountSchema(Schema):
    rule = fields.String()
    released_only = fields.Integer(metadata=_told("Differing decisions in which it fired under the released one only."))
    candidate_only = fields.Integer()


class ReportSchema(Schema):
    run = fields.Nested(RunSchema)
    tried = fields.Integer()
    differing = fields.Integer(metadata=_told("Of those tried: what a client or a manager would be told otherwise."))
    outcomes = fields.List(fields.Nested(OutcomeCountSchema))
    money = fields.List(fields.Nested(MoneySchema))
    rules = fields.List(fields.Nested(RuleCountSchema), metadata=_told("Those met most often, 20 at most."))
