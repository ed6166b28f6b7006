"""Every sample request, answered as `examples/README.md` says that a good manager would."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from service.cases.comparison import compared
from tests.agency.shipped import AGENCY, rules_of

EXAMPLES = Path(__file__).parents[2] / "examples"


def fixed(amount: int) -> dict[str, Any]:
    return {"low": amount, "target": amount, "high": amount, "fixed": amount}


def given(kind: str, amount: int, lapses_on: str | None = None) -> dict[str, Any]:
    return {"kind": kind, "amount": amount, "lapses_on": lapses_on}


EXPECTED: dict[str, tuple[dict[str, Any], set[str]]] = {
    "website": ({"outcome": "decline", "price": None, "options": [], "terms": None}, {"budget-hopeless"}),
    "translation": (
        {
            "outcome": "quote",
            "price": {"low": 105000, "target": 150000, "high": 225000, "fixed": None},
            "open_details": [{"name": "the number of pages", "narrows_by": 33750}, {"name": "a list of terms"}],
        },
        {"range-until-details-are-studied", "answers-in-order"},
    ),
    "renovation": (
        {
            "outcome": "quote",
            "price": {"low": 577800, "target": 720000, "high": 936000, "fixed": None},
            "concessions": [given("free_extras", 4000)],
            "follow_up": {"contact_every_days": 3},
        },
        {"extra-free", "deadline-cannot-be-kept", "long-job-contact"},
    ),
    "video": (
        {
            "outcome": "quote",
            "price": {"low": 425000, "target": 500000, "high": 600000, "fixed": None},
            "concessions": [given("discount", 50000, "2026-03-24")],
            "excludes": ["actors' fees", "music licence"],
        },
        {"discount-that-closes"},
    ),
    "campaign": (
        {
            "outcome": "quote",
            "price": {"low": 1200000, "target": 1500000, "high": 2437500, "fixed": None},
            "concessions": [given("bonus", 75000, "2026-03-17")],
        },
        {"taste-without-samples", "hesitating-bonus", "mostly-unproven"},
    ),
    "support": (
        {"outcome": "quote", "price": fixed(45000), "terms": {"prepayment": 0, "credit_days": 14}},
        {"credit-of-trust"},
    ),
    "vip": (
        {
            "outcome": "needs_approval",
            "price": fixed(1200000),
            "concessions": [],
            "approvals": [{"role": "owner"}],
            "to_client": None,
        },
        {"squeezed-client-to-the-top", "vip-served-by-seniors"},
    ),
    "overdue": (
        {"outcome": "quote", "price": fixed(180000), "terms": {"prepayment": 180000, "credit_days": 0}},
        {"overdue-ends-credit"},
    ),
    "haggler": ({"outcome": "quote", "price": fixed(288000), "concessions": []}, {"hassle-ladder/hard"}),
    "ready": ({"outcome": "quote", "price": fixed(220000), "concessions": []}, {"ready-to-buy-needs-no-discount"}),
    "lapsed": (
        {"outcome": "quote", "price": fixed(90000), "concessions": [given("bonus", 4500, "2026-03-17")]},
        {"hesitating-bonus"},
    ),
    "tiny": (
        {
            "outcome": "quote",
            "price": fixed(4500),
            "terms": {"prepayment": 4500},
            "follow_up": {"respond_by": "2026-03-11T13:00:00+02:00", "calls": []},
        },
        {"spontaneous-purchase", "small-job-prepaid"},
    ),
    "exhausting": (
        {"outcome": "prohibitive", "price": fixed(800000), "terms": {"prepayment": 800000}, "concessions": []},
        {"prohibitive-ladder/twice"},
    ),
    "supervisor": ({"outcome": "decline", "price": None}, {"teaches-us-our-trade"}),
    "mistake": (
        {
            "outcome": "needs_approval",
            "price": fixed(160000),
            "concessions": [given("compensation", 33000)],
            "approvals": [{"role": "senior"}],
        },
        {"own-mistake-made-good"},
    ),
    "competitor": (
        {"outcome": "quote", "price": {"currency": "USD", **fixed(360000)}, "concessions": []},
        {"others-are-cheaper"},
    ),
    "full-calendar": ({"outcome": "decline", "price": None}, {"third-category-turned-away-first"}),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_example(name: str) -> None:
    expect, rules = EXPECTED[name]
    decision = AGENCY.answer(json.loads((EXAMPLES / f"{name}.json").read_text()))
    wrong = [str(part) for part in compared(expect, decision) if not part.fits] + [
        f"{rule} did not fire" for rule in sorted(rules - rules_of(decision))
    ]
    assert not wrong, "\n".join(wrong)


def test_every_example_is_described_and_tried() -> None:
    files = {path.stem for path in EXAMPLES.glob("*.json")}
    readme = (EXAMPLES / "README.md").read_text()
    assert files == set(EXPECTED)
    assert {name for name in files if f"| [{name}]({name}.json) |" not in readme} == set()
