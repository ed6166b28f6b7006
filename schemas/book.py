"""The shape of a book's files: fields, required or not, and their plain types. Knows no units and no expressions.

Each schema is for one item (a rule, a parameter), so that one bad item doesn't hide what is wrong with the others.
Descriptions are for the author of a book: editors show them (`service/reference`).
"""

from __future__ import annotations

from marshmallow import Schema, ValidationError, fields, validate

from schemas.book_fields import IDENTIFIER as IDENTIFIER
from schemas.book_fields import (
    ClockTime,
    Day,
    Formula,
    MonthDay,
    StrictBoolean,
    StrictInteger,
    Text,
    Weekday,
    identified,
    items,
    listed,
    mapping,
    members,
    named,
    practice,
    prose,
    told,
)

NAME_LENGTH = 64
"""Longest name of anything; keeps property names and session ids of the rule engine short."""

HIT_POLICIES = ("unique", "any", "first", "priority", "collect", "rule order")


class CalendarSchema(Schema):
    """Business days and hours of the firm."""

    weekend = listed(
        Weekday(), "Days of the week without work: saturday, sunday.", required=True, validate=validate.Length(max=6)
    )
    every_year = listed(MonthDay(), 'Holidays on the same day of every year: "12-25".')
    dates = listed(Day(), "Holidays of a single year: 2026-04-03.")
    opens = ClockTime('When business opens: "09:00".', required=True)
    closes = ClockTime("When business closes; as `opens`, if it never does.", required=True)
    lunch = ClockTime("By when a request from out of hours is answered.", required=True)


class EffectSchema(Schema):
    """One thing that rules decide. `combine`, `initial` and `max` are required too, as its type wants them."""

    type = Text("Its unit, or bool, or enum.", required=True)
    values = members()
    combine = Text("How the values of several rules become one.", load_default=None)
    initial = fields.Raw(load_default=None, metadata=told("Its value where no rule writes it."))
    min = fields.Raw(load_default=None, metadata=told("Least value after combining; 0, if left out."))
    max = fields.Raw(load_default=None, metadata=told("Greatest value after combining."))
    meaning = Text("What it decides; needed where no standard says it.", load_default="")


class BookSchema(Schema):
    """book.yaml: name, currency, calendar, stages, and what rules may decide."""

    name = Text(
        "The book's short name, such as agency.",
        required=True,
        validate=validate.Regexp(r"[a-z][a-z0-9-]{0,63}\Z", error="Not a name such as agency."),
    )
    title = Text("The book's name for people.", required=True, validate=validate.Length(min=1, max=200))
    currency = Text("The currency of the book's amounts: a code of ISO 4217, such as EUR.", required=True)
    rounding = Text(
        "How percent() and div_round() round a half.",
        required=True,
        validate=validate.OneOf(["half_up", "half_even"]),
    )
    time_zone = Text("The firm's time zone, by its name in the IANA list: Europe/Tallinn.", required=True)
    calendar = fields.Nested(CalendarSchema, required=True, metadata=told("Business days and hours."))
    stages = listed(
        named("A stage."),
        "The stages, in the order in which they decide. A rule reads what stages before its own decided.",
        required=True,
        validate=validate.Length(min=1, max=50),
    )
    effects = mapping("What rules may decide, by name.", EffectSchema, required=True)


class ParameterSchema(Schema):
    """A number of the policy, dated."""

    type = Text("Its unit.", required=True)
    practice = practice()
    meaning = prose("What it is, to whoever may change it.", required=True)
    values = mapping("Day -> the value that holds from then on.")
    client = StrictBoolean(load_default=False, metadata=told("Whether wording may show it to clients."))


class ParametersSchema(Schema):
    """parameters.yaml: every number that a manager may change."""

    parameters = mapping("Name -> parameter; read as params.<name>.", ParameterSchema)
    rates = mapping("Currency -> day -> foreign units for one unit of the book's currency.")


class FactSchema(Schema):
    """A fact that a book adds; accepted under the request's `extra`."""

    type = Text("Its unit, or bool, or enum.", required=True)
    values = members()
    min = fields.Raw(load_default=None, metadata=told("Least value; 0, if left out."))
    max = fields.Raw(load_default=None, metadata=told("Greatest value."))
    default = fields.Raw(required=True, metadata=told("Its value where a request leaves it out."))
    meaning = prose("What it says, to whoever fills in a request.", required=True)


class FactsSchema(Schema):
    """facts.yaml: facts that this firm adds to requests."""

    facts = mapping("extra.<name> -> fact.", FactSchema)


class RuleSchema(Schema):
    """When a condition is true, its effects are contributed."""

    id = identified("The rule's name, unique in the book.")
    practice = practice()
    when = Formula('The condition; quote it if it begins with ! or ". Always: "true".', required=True)
    then = fields.Dict(
        keys=fields.String(),
        values=Formula("An expression, or the bare member of an enum."),
        required=True,
        validate=validate.Length(min=1),
        metadata=told("Effect -> its value."),
    )
    reason = prose("Why, to the firm; {client.orders} shows a value.", required=True)
    priority = StrictInteger(
        load_default=0,
        validate=validate.Range(-1_000_000, 1_000_000),
        metadata=told("Which rule counts for a `first` effect: the highest."),
    )


class TableSchema(Schema):
    """A decision table: its rows here, or in a CSV file beside whose first line names the columns."""

    id = identified("The table's name; a row is called <table>/<row>.")
    practice = practice()
    hit = Text("Which of the rows that fit count.", required=True, validate=validate.OneOf(HIT_POLICIES))
    aggregate = Text(
        "What a collect table gives of its one output.",
        load_default=None,
        validate=validate.OneOf(["sum", "min", "max", "count"]),
    )
    columns = listed(
        Text("id, reason, practice, a fact or an expression, or an output: -> markup."),
        "What the cells of each row are, in order.",
        load_default=None,
        validate=validate.Length(min=1, max=100),
    )
    rows = items("Rows of as many cells as there are columns.", load_default=None)
    csv = Text(
        "The CSV file beside that holds columns and rows.",
        load_default=None,
        validate=validate.Regexp(r".+\.csv\Z", error="Not the name of a .csv file."),
    )
    priority = listed(
        Text("An output."),
        "The outputs of a `priority` table, the foremost first.",
        load_default=None,
        validate=validate.Length(min=1, max=200),
    )
    default = fields.Dict(
        keys=fields.String(),
        values=Text("A value as in a cell."),
        load_default=None,
        metadata=told("What it gives where no row fits: effect -> value."),
    )
    default_reason = prose("The reason where no row fits.", load_default=None)
    reason = prose("The reason of rows that have none of their own.", load_default=None)


class DerivedSchema(Schema):
    """A fact computed from others."""

    type = Text("Its unit, or bool, or enum.", required=True)
    values = members()
    value = Formula("What it is computed from.", required=True)
    meaning = prose("What it says.", required=True)
    min = fields.Raw(load_default=None, metadata=told("A smaller value becomes this."))
    max = fields.Raw(load_default=None, metadata=told("A greater value becomes this."))


class FormulaSchema(Schema):
    """An amount of the decision. `type` and `meaning` are required of a formula that no standard names."""

    type = Text("Its unit, or bool, or enum; standard formulas have theirs.", load_default=None)
    values = members()
    value = Formula("What it is computed from.", required=True)
    meaning = Text("What it says.", load_default="")


class PolicySchema(Schema):
    """Every other file at the top of a book: the rules and tables of one stage, derived facts, formulas."""

    stage = Text("The stage whose rules and tables these are.", load_default=None)
    rules = items("Rules; their order doesn't count.", RuleSchema)
    tables = items("Decision tables.", TableSchema)
    derive = mapping("Name -> derived fact.", DerivedSchema)
    formulas = mapping("Name -> formula; read as decision.<name>.", FormulaSchema)


class GuardrailSchema(Schema):
    """What must hold of every decision, whoever wrote the rules; a breach is never sent."""

    id = identified("The guardrail's name.")
    practice = practice()
    holds = Formula("The condition; it may read decision.outcome too.", required=True)
    reason = prose("What is wrong where it doesn't hold; {decision.target} shows a value.", required=True)


class GuardrailsSchema(Schema):
    """guardrails.yaml"""

    guardrails = items("Guardrails.", GuardrailSchema)


class OptionSchema(Schema):
    """One of the options offered beside one another."""

    id = named("The option's name; wording calls it option.<id>.title.", required=True)
    practice = practice()
    share = Formula("Its price, as a percent of the whole.", required=True)
    when = Formula('Whether it is offered. Always: "true".', required=True)


class OptionsSchema(Schema):
    """options.yaml"""

    options = items("Options.", OptionSchema)


class SurvivorSchema(Schema):
    """A change of the book that no case can notice, by the id that `quotewright test --mutate` gives it, and why."""

    id = Text("The change's id.", required=True)
    reason = prose("Why no case can notice it.", required=True)


class CaseSchema(Schema):
    """An example with its answer worked out by hand."""

    id = identified("The case's name.")
    practice = practice()
    edge = Text(
        "Whether the practice applies, or stops just outside it.",
        required=True,
        validate=validate.OneOf(["applies", "outside"]),
    )
    request = Text("The name of a request.", required=True)
    change = fields.Dict(
        keys=fields.String(),
        load_default=dict,
        metadata=told("Laid over the request: mappings merge, null deletes, all else replaces."),
    )
    expect = fields.Dict(
        keys=fields.String(), required=True, metadata=told("What matters of the decision; lists have their length.")
    )
    rules = listed(Text("A rule, or a row of a table."), "Rules that must have fired.")
    not_rules = listed(Text("A rule, or a row of a table."), "Rules that must not have fired.")
    worked = prose("The arithmetic, by hand.", required=True)


class CasesSchema(Schema):
    """cases/*.yaml: requests, and what is decided of them."""

    requests = mapping("Name -> request, as POST /evaluate takes it.")
    cases = items("Cases.", CaseSchema)
    survivors = items("Changes that no case can notice.", SurvivorSchema)


__all__ = [name for name in globals() if name.endswith("Schema") and name != "Schema"] + ["ValidationError"]
