"""docs/reference/formulas.md: the amounts that every book defines, each with an example worked out."""

from __future__ import annotations

from service.domain.effects import STANDARD_FORMULAS
from service.domain.facts import Value
from service.policy.loading.amounts import TYPES
from service.policy.nodes import DECISION
from service.reference import samples
from service.reference.markdown import code, page, table

INTRO = """\
Every book defines these under `formulas:`; the decision is laid out from them. Each has its unit, and no range but that
of what it is made of; `min(...)` and `max(...)` narrow it. A formula is read as `decision.<name>`. The examples are one
way to define them, not the only one."""

EXAMPLES = {
    "extras_charged": 'decision.extras == "charged" ? job.extras_price : 0',
    "extras_free": 'decision.extras == "free" ? job.extras_price : 0',
    "worth": "job.fair_price + decision.extras_charged",
    "markup_amount": "percent(decision.worth, decision.markup)",
    "floor": "job.cost + percent_up(job.cost, params.minimum_profit)",
    "unbounded": (
        "decision.prohibitive > 0 ? percent(decision.worth, decision.prohibitive)"
        " : decision.worth + decision.markup_amount"
    ),
    "target": "max(decision.floor, decision.unbounded)",
    "low": "max(decision.floor, percent_down(decision.target, 90))",
    "high": "percent_up(decision.target, 115)",
    "discount_amount": "min(percent_down(decision.target, decision.discount), decision.target - decision.floor)",
    "bonus_amount": "percent_down(decision.target, decision.bonus)",
    "compensation_amount": "has(mistake.loss) ? mistake.loss + percent(mistake.loss, decision.compensation) : 0",
    "prepayment_amount": "percent_up(decision.target, decision.prepayment)",
    "credit_limit": "percent_down(client.average_monthly_payment, 50)",
}
"""Each reads only those before it."""


def formulas_page() -> str:
    columns = ("formula", "unit", "meaning", "example", "comes to")
    return page("Formulas", INTRO, table(columns, _rows()), "## What the examples are worked out for", sample())


def sample() -> str:
    return table(("name", "value"), [(code(name), value) for name, value in samples.shown()])


def _rows() -> list[tuple[str, ...]]:
    known: dict[str, Value] = {}
    results = {}
    for name, source in EXAMPLES.items():
        samples.typed(source, TYPES[STANDARD_FORMULAS[name][0].value])
        known[DECISION + name], results[name] = samples.result(source, known)
    return [
        (code(name), unit.value, meaning, code(EXAMPLES[name]), results[name])
        for name, (unit, meaning) in STANDARD_FORMULAS.items()
    ]
