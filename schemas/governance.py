"""The shape of a book's governance.yaml: who may approve a change of the policy, and override a decision.

Knows no names of a book and no roles: the loader compares. Descriptions are for the author: editors show them.
"""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from schemas.book_fields import Text, identified, items, listed, mapping, named, told


class ApprovalLineSchema(Schema):
    """Changes that a role may approve. What is left out narrows nothing."""

    id = identified("The line's name.")
    by = Text("The role whose word is enough; those above it may too.", required=True)
    subjects = listed(Text("What changes."), "What changes, in the words of quotewright diff.")
    names = listed(Text("A name."), "Of the parameters, rules and so on that it is about.")
    effects = listed(Text("An effect."), "Those that the rule or row writes; one of them is enough.")
    within = fields.Raw(load_default=None, metadata=told("How far from its old value a number may move, such as 25 %."))


class ApprovalSchema(Schema):
    """Who may approve which change. Of several lines that fit, the strictest counts."""

    default = Text("The role that approves what no line is about.", load_default="finance")
    lines = items("Lines; their order doesn't count.", ApprovalLineSchema)


class OverrideLimitSchema(Schema):
    """How far a role may go from what was decided; what is left out it may not change at all."""

    price_down = fields.Raw(load_default=0, metadata=told("Off the decided target, in percent of it."))
    price_up = fields.Raw(load_default=0, metadata=told("Onto the decided target, in percent of it."))
    prepayment_down = fields.Raw(load_default=0, metadata=told("Off the decided prepayment, in points."))
    credit_days = fields.Raw(load_default=0, metadata=told("Days of credit beyond those decided."))
    outcomes = listed(Text("An outcome."), "Outcomes that it may put in the decided one's place.")


class OverridesSchema(Schema):
    """Who may override a decision, how far, and for which reasons."""

    reasons = listed(named("A code."), "Codes, one of which every override names.", validate=validate.Length(max=100))
    limits = mapping("Role -> how far it may go. A role that isn't named has those of the next one below.",
                     OverrideLimitSchema)  # fmt: skip


class GovernanceSchema(Schema):
    """governance.yaml"""

    approval = fields.Dict(load_default=dict, metadata=told("Who may approve which change of the book."))
    overrides = fields.Dict(load_default=dict, metadata=told("Who may override decisions."))
