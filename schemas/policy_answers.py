"""What /policies answers, for the documentation; the answers themselves are written by `service/api`."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from service.domain.life import State
from service.domain.people import Role
from service.domain.steps import Kind


def _told(description: str) -> dict[str, str]:
    return {"description": description}


def _choice(values: type[State] | type[Role] | type[Kind], description: str) -> fields.String:
    return fields.String(validate=validate.OneOf([value.value for value in values]), metadata=_told(description))


class PolicyStepSchema(Schema):
    number = fields.Integer(metadata=_told("Rises over all books."))
    step = _choice(Kind, "What happened.")
    at = fields.DateTime(metadata=_told("When."))
    by = fields.String(metadata=_told("The id of whoever did it; `system`: the service itself."))
    by_name = fields.String()
    role = _choice(Role, "The role that they acted in.")
    note = fields.String(metadata=_told("Why."))
    effective_from = fields.Date(allow_none=True, metadata=_told("Of a release: the first day that it decides."))
    withdraws = fields.Integer(allow_none=True, metadata=_told("Of a withdrawal: the number of the release."))
    details = fields.Dict(metadata=_told("What was found or required then."))


class BecauseSchema(Schema):
    subject = fields.String(metadata=_told("What changes, in the words of the diff."))
    name = fields.String(metadata=_told("Its name."))
    effect = fields.String(metadata=_told("The effect of the rule or row that this line is about, or empty."))
    line = fields.String(metadata=_told("The line of the approval matrix that fits; empty: its default."))
    role = _choice(Role, "Whose word that needs.")


class RequiredSchema(Schema):
    role = _choice(Role, "Whose word the change needs.")
    against = fields.String(allow_none=True, metadata=_told("The version in force that the changes are counted from."))
    because = fields.List(fields.Nested(BecauseSchema))


class ActionSchema(Schema):
    action = fields.String(metadata=_told("The last part of the address to POST to."))
    role = _choice(Role, "The role that it needs.")


class SummarySchema(Schema):
    version = fields.String(metadata=_told("The hash of its content."))
    book = fields.String()
    state = _choice(State, "How far it has come.")
    author = fields.String(metadata=_told("The id of whoever drafted it; `system`: the service, which imported it."))
    author_name = fields.String()
    drafted_at = fields.DateTime()
    note = fields.String(metadata=_told("Why it was drafted."))
    parent = fields.String(allow_none=True, metadata=_told("The version that it was made from."))


class VersionSchema(SummarySchema):
    steps = fields.List(fields.Nested(PolicyStepSchema))
    required = fields.Nested(RequiredSchema, metadata=_told("Whose word it needs to follow what is in force today."))
    actions = fields.List(fields.Nested(ActionSchema), metadata=_told("What can happen to it next."))


class VersionsSchema(Schema):
    versions = fields.List(fields.Nested(SummarySchema), metadata=_told("The one drafted last first."))
    next = fields.Integer(allow_none=True, metadata=_told("Give it as `before` for the next page; null on the last."))


class ReleaseSpanSchema(Schema):
    version = fields.String()
    step = fields.Integer(metadata=_told("The number of the release."))
    released_at = fields.DateTime(metadata=_told("From when on it was known."))
    effective_from = fields.Date(metadata=_told("The first day that it decides; 0001-01-01: from the beginning."))
    until = fields.Date(allow_none=True, metadata=_told("The first day that it no longer decides."))


class TimelineSchema(Schema):
    book = fields.String()
    known_at = fields.DateTime(allow_none=True)
    timeline = fields.List(fields.Nested(ReleaseSpanSchema), metadata=_told("Day by day, from the earliest on."))


class InForceSchema(ReleaseSpanSchema):
    book = fields.String()
    as_of = fields.Date()
    known_at = fields.DateTime(allow_none=True)
