"""docs/reference/functions.md: functions and operators of expressions, with units, rounding and examples worked out."""

from __future__ import annotations

from typing import NamedTuple

from service.reference import samples
from service.reference.formulas_page import sample
from service.reference.markdown import code, page, table


class Function(NamedTuple):
    signature: str
    units: str
    rounding: str
    meaning: str
    examples: tuple[str, ...]


_ALIKE = "one unit in and out"
_SHARE = "`x` any number, not below 0; `p` percent or ratio; the result has `x`'s unit"
_DIVIDED = "`x` any number, not below 0; `k` a whole literal above 0; the result has `x`'s unit"
_BOOK = "as the book's `rounding` says"

FUNCTIONS: dict[str, Function] = {
    "has": Function(
        "has(fact)", "an optional fact; yes or no", "none", "The fact is in the request.",
        ("has(deal.budget)", "has(deal.competitor_price)", "has(deal.budget) ? deal.budget : job.fair_price"),
    ),
    "min": Function(
        "min(a, b, ...)", _ALIKE, "none", "The smallest of two or more.",
        ("min(client.orders, 10)", "min(job.cost, job.fair_price, 500.00)"),
    ),
    "max": Function(
        "max(a, b, ...)", _ALIKE, "none", "The largest of two or more.",
        ("max(client.orders, 10)", "max(job.cost, params.small_job)"),
    ),
    "percent": Function(
        "percent(x, p)", _SHARE, _BOOK, "`p` of `x`; a percent of a percent too.",
        ("percent(job.fair_price, 15)", "percent(params.minimum_profit, 50)", "percent(client.orders, 12.5)"),
    ),
    "percent_up": Function(
        "percent_up(x, p)", _SHARE, "up, towards plus infinity", "`p` of `x`, rounded up.",
        ("percent_up(job.fair_price, 15)", "percent_up(client.orders, 30)"),
    ),
    "percent_down": Function(
        "percent_down(x, p)", _SHARE, "down, towards minus infinity", "`p` of `x`, rounded down.",
        ("percent_down(job.fair_price, 15)", "percent_down(client.orders, 30)"),
    ),
    "div_up": Function(
        "div_up(x, k)", _DIVIDED, "up, towards plus infinity", "`x` divided by `k`, rounded up.",
        ("div_up(job.line_count, 2)", "div_up(job.fair_price, 3)"),
    ),
    "div_down": Function(
        "div_down(x, k)", _DIVIDED, "down, towards minus infinity", "`x` divided by `k`, rounded down.",
        ("div_down(job.line_count, 2)", "div_down(job.fair_price, 3)"),
    ),
    "div_round": Function(
        "div_round(x, k)", _DIVIDED, _BOOK, "`x` divided by `k`.",
        ("div_round(job.line_count, 2)", "div_round(job.fair_price, 3)"),
    ),
}  # fmt: skip

OPERATORS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("! a", "yes or no", "Not.", ("!client.running_contract",)),
    ("- a", "any number", "The same below 0.", ("-job.cost",)),
    ("a * b", "a count times any number", "Times.", ("client.orders * 2", "params.small_job * job.line_count")),
    ("a + b", _ALIKE, "Plus.", ("job.cost + 50.05",)),
    ("a - b", _ALIKE, "Minus.", ("job.fair_price - job.cost",)),
    ("a == b, a != b", "one unit; yes or no", "Equal, unequal.", ('client.category == "vip"', "client.orders != 12")),
    ("a < b, a <= b, a > b, a >= b", "numbers of one unit; yes or no", "Less, more. Never chained.",
     ("client.months_active >= 6", "job.cost > job.fair_price")),
    ("a in [b, c]", "literals of one unit; yes or no", "One of these.", ('client.category in ["vip", "good"]',)),
    ('"b" in a', "a member and a `union` effect; yes or no", "Among the members.",
     ('"owner" in decision.approvals',)),
    ("a && b", "yes or no", "And; `b` may read what `a` asks for with `has()`.",
     ("has(deal.budget) && deal.budget < 2000.00",)),
    ("a || b", "yes or no", "Or.", ("client.orders > 20 || client.running_contract",)),
    ("a ? b : c", "yes or no, then one unit", "`b` if `a`, else `c`.", ("client.orders > 10 ? 5 : 3",)),
)  # fmt: skip
"""Tightest first."""

INTRO = """\
Expressions are a subset of [CEL](https://cel.dev) with units; [the policy language](../policy-language.md) tells them
in full. All numbers are integers of their unit, and there is no `/`: every division names its rounding. The results are
worked out for a book in EUR that rounds `half_up`, and for the facts at the end of this page."""


def functions_page() -> str:
    functions = [
        (code(one.signature), one.units, one.rounding, one.meaning, _worked(one.examples)) for one in FUNCTIONS.values()
    ]
    operators = [
        (
            ", ".join(map(code, signs.split(", "))) if "[" not in signs else code(signs),
            units,
            meaning,
            _worked(examples),
        )
        for signs, units, meaning, examples in OPERATORS
    ]
    return page(
        "Functions and operators",
        INTRO,
        "## Functions",
        table(("function", "units", "rounding", "meaning", "examples"), functions),
        "## Operators",
        "Those that bind tightest first.",
        table(("operator", "units", "meaning", "examples"), operators),
        "## What the examples are worked out for",
        sample(),
    )


def _worked(examples: tuple[str, ...]) -> str:
    return "<br>".join(f"{code(source)} is {samples.result(source, {})[1]}" for source in examples)
