"""The first cases of a new book, worked out from the firm's answers alone and never by asking the policy.

Costs and prices are round enough that every percentage of them is exact, so that anyone can check them by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from service.authoring.answers import Answers
from service.authoring.parts import Part, Scalar, listing, mapping, scalar
from service.authoring.reading import Source
from service.authoring.trying import Tried
from service.domain import money
from service.domain.money import exponent
from service.domain.units import decimal_text

AS_OF = date(2026, 3, 10)

_EXACT = 10_000
"""Any share in basis points of a multiple of this is a whole number."""

Plain = Scalar | list["Plain"] | dict[str, "Plain"]


def first_cases(answers: Answers, tried: Tried) -> Source:
    """`tried`: the book; of it only names and the numbers that the firm was not asked are read."""
    sums = _Sums.of(answers)
    cases = [
        *_prices(answers, sums, tried),
        *_terms(answers, sums),
        *_answers(answers, sums, tried),
        *_credit(answers, sums, tried),
    ]
    rules = {rule.id for rule in tried.book.rules}
    for case in cases:
        for key in ("rules", "not_rules"):
            known = [rule for rule in case.pop(key, []) if rule in rules]  # type: ignore[union-attr]
            if known:
                case[key] = list(known)
    header = [
        "# Worked out from the firm's own numbers. The other files hold cases that came with the book and still fit;",
        "# write new ones for whatever you change.",
    ]
    requests: Plain = {"job": _request(answers, sums)}
    root = mapping(("requests", _part(requests)), ("cases", listing(*(_part(case) for case in cases))))
    return Source(root, header)


@dataclass(frozen=True, slots=True)
class _Sums:
    """Minor units. `fair`: at least twice the floor and more than a small job."""

    cost: int
    floor: int
    fair: int
    currency: str

    @staticmethod
    def of(answers: Answers) -> _Sums:
        usual = 1000 * 10 ** exponent(answers.currency)
        cost = -(-max(usual, answers.small_job) // _EXACT) * _EXACT
        floor = _share(cost, 10_000 + answers.minimum_profit)
        return _Sums(cost, floor, -(-2 * floor // _EXACT) * _EXACT, answers.currency)

    def text(self, amount: int) -> str:
        return money.text(amount, self.currency).rpartition(" ")[0]


def _share(whole: int, basis_points: int) -> int:
    assert whole * basis_points % 10_000 == 0, (whole, basis_points)
    return whole * basis_points // 10_000


def _percent(basis_points: int) -> str:
    return f"{decimal_text(basis_points, 100)} %"


def _request(answers: Answers, sums: _Sums) -> Plain:
    return {
        "currency": answers.currency,
        "received_at": f"{AS_OF}T10:00:00Z",
        "as_of": AS_OF.isoformat(),
        "client": {"id": "c-1"},
        "job": {"title": "your project", "scope": "complete", "lines": _lines(sums.cost, sums.fair)},
    }


def _lines(cost: int, fair: int) -> Plain:
    return [{"description": "The work", "cost": cost, "fair_price": fair}]


def _fixed(price: int) -> Plain:
    return {"low": price, "target": price, "high": price, "fixed": price}


def _case(
    id: str, practice: str, edge: str, change: Plain, expect: Plain, worked: str, **rules: Plain
) -> dict[str, Plain]:
    case: dict[str, Plain] = {"id": f"first-{id}", "practice": practice, "edge": edge, "request": "job"}
    return {**case, **({"change": change} if change else {}), "expect": expect, **rules, "worked": worked}


def _prices(answers: Answers, sums: _Sums, tried: Tried) -> Iterator[dict[str, Plain]]:
    fair, floor, text = sums.fair, sums.floor, sums.text
    profit = f"Cost {text(sums.cost)} + {_percent(answers.minimum_profit)} = floor {text(floor)}"
    raised: list[Plain] = ["price-raised-to-the-floor"]
    yield _case("fair-price", "P1", "outside", {}, {"outcome": "quote", "price": _fixed(fair)},
                f"{profit}, below the fair price: {text(fair)} stands", not_rules=raised)  # fmt: skip
    if floor > sums.cost:
        yield _case("floor", "P1", "applies", {"job": {"lines": _lines(sums.cost, sums.cost)}},
                    {"outcome": "quote", "price": _fixed(floor)},
                    f"{profit}, above the fair price of {text(sums.cost)}: {text(floor)}", rules=raised)  # fmt: skip
    names = ("hassle_10_from", "hassle_20_from", "hassle_30_from")
    steps = [step for step in (_in_force(tried, name) for name in names) if step]
    for number, (points, markup) in enumerate(zip(steps, answers.markups, strict=False), 1):
        price = fair + _share(fair, markup)
        yield _case(f"markup-{number}", "P3", "applies", _hassle(points),
                    {"outcome": "quote", "price": _fixed(price)},
                    f"{points} points: {text(fair)} + {_percent(markup)} = {text(price)}")  # fmt: skip
    for points in steps[:1]:
        yield _case("no-markup", "P3", "outside", _hassle(points - 1), {"outcome": "quote", "price": _fixed(fair)},
                    f"{points - 1} points, one short of the first step: {text(fair)}")  # fmt: skip


def _in_force(tried: Tried, name: str) -> int:
    """A number that the firm was not asked, on the day of the cases; 0 where the book has none of this name."""
    parameter = tried.book.parameters.get(name)
    return next((value for day, value in reversed(parameter.values) if day <= AS_OF), 0) if parameter else 0


def _hassle(points: int) -> Plain:
    return {"hassle": {"recent": {"changed_decisions": points}}}


def _terms(answers: Answers, sums: _Sums) -> Iterator[dict[str, Plain]]:
    fair, text, small = sums.fair, sums.text, answers.small_job
    first = _share(fair, answers.prepayment)
    yield _case("prepayment", "T1", "outside", {}, {"outcome": "quote", "terms": {"prepayment": first}},
                f"{_percent(answers.prepayment)} of {text(fair)} = {text(first)} before work begins",
                rules=["half-and-stages"], not_rules=["small-job-prepaid"])  # fmt: skip
    cost = small * 10_000 // (2 * (10_000 + answers.minimum_profit))
    yield _case("small-job", "T1", "applies", {"job": {"lines": _lines(cost, small)}},
                {"outcome": "quote", "price": _fixed(small), "terms": {"prepayment": small}},
                f"{text(small)} is a small job still: all of it first",
                rules=["small-job-prepaid"], not_rules=["half-and-stages"])  # fmt: skip


def _answers(answers: Answers, sums: _Sums, tried: Tried) -> Iterator[dict[str, Plain]]:
    fair, text = sums.fair, sums.text
    asks: dict[str, Plain] = {
        "asked_discount": True,
        "closes_if_discounted": True,
        "asked_percent": 5_000,
        "sign_by": "2026-03-20",
    }
    cap = _share(fair, answers.discount_cap)
    if cap:
        yield _case("discount-cap", "D3", "applies", {"deal": asks, "firm": {"strategy": "growth"}},
                    {"outcome": "quote", "price": _fixed(fair), "concessions": [{"kind": "discount", "amount": cap}]},
                    f"50 % asked; {_percent(answers.discount_cap)} of {text(fair)} = {text(cap)} given",
                    rules=["asks-beyond-the-cap", "discount-that-closes"])  # fmt: skip
    yield _case("no-word-to-sign", "D2", "outside", {"deal": {**asks, "closes_if_discounted": False}},
                {"outcome": "quote", "price": _fixed(fair), "concessions": []},
                "Asks, but would not sign for it: nothing", not_rules=["discount-that-closes"])  # fmt: skip
    times = _in_force(tried, "hopeless_budget")
    if times:
        budget = fair // times
        declined: Plain = {"outcome": "decline", "price": None}
        told = f"{times} x {text(budget)} is no more than {text(fair)}: let go at once"
        rules: list[Plain] = ["budget-hopeless"]
        yield _case("hopeless-budget", "P7", "applies", {"deal": {"budget": budget}}, declined, told, rules=rules)


def _credit(answers: Answers, sums: _Sums, tried: Tried) -> Iterator[dict[str, Plain]]:
    share = _in_force(tried, "credit_share")
    if not share or sums.fair * 10_000 % share:
        return
    average = sums.fair * 10_000 // share
    told = f"{_percent(share)} of {sums.text(average)} a month = {sums.text(sums.fair)}, just this order"
    client: dict[str, Plain] = {"orders": 6, "average_monthly_payment": average}
    change: Plain = {"client": {**client, "months_active": answers.credit_months}, "deal": {"asks_credit": True}}
    terms: Plain = {"prepayment": 0, "credit_days": answers.credit_days}
    rules: list[Plain] = ["credit-of-trust"]
    yield _case("credit", "T2", "applies", change, {"outcome": "quote", "terms": terms}, told, rules=rules)
    months = answers.credit_months - 1
    change = {"client": {**client, "months_active": months}, "deal": {"asks_credit": True}}
    yield _case("no-credit-yet", "T2", "outside", change, {"outcome": "quote", "terms": {"credit_days": 0}},
                f"{months} months are not {answers.credit_months}", not_rules=rules)  # fmt: skip


def _part(value: Plain) -> Part:
    """Short mappings and lists on one line, where they fit."""
    if isinstance(value, dict):
        flow = not any(key in value for key in ("worked", "received_at", "job", "outcome"))
        return mapping(*((key, _part(item)) for key, item in value.items()), flow=flow)
    return listing(*map(_part, value), flow=True) if isinstance(value, list) else scalar(value)
