"""Decisions of the agency's book overridden: limits of its governance.yaml, its guardrails, what changes (D10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from schemas.vocabulary import declarations
from service.domain.afterwards import KeptOverride, Override
from service.domain.people import Caller, Role
from service.governance.editions import Unusable
from service.governance.overriding import (
    BeyondAuthority,
    Judged,
    NoSuchDecision,
    Overriding,
    Unfit,
    VersionUnreadable,
    judge,
)
from service.matching.runtimes import Policy
from service.policy.loader import load_book
from tests.agency.shipped import AGENCY
from tests.governance.conftest import Files, replaced
from tests.governance.decided import NOW, recorded, wish

BUDGET_OF_A_THIRD = {"deal": {"budget": 100_000}}
MANAGER, FINANCE = Role.MANAGER, Role.FINANCE


def changes(judged: object) -> dict[str, tuple[Any, Any]]:
    assert isinstance(judged, Judged), judged
    return {change.name: (change.old, change.new) for change in judged.changes}


def findings(judged: object) -> list[tuple[str, str]]:
    assert isinstance(judged, Unfit), judged
    return [(finding.pointer, finding.code) for finding in judged.findings]


def beyond(judged: object) -> tuple[list[str], list[str]]:
    assert isinstance(judged, BeyondAuthority), judged
    return [each.limit for each in judged.limits], [breach.guardrail for breach in judged.breaches]


def by(role: Role, change: Mapping[str, Any] | None = None, **asked: Any) -> object:
    return judge(recorded(AGENCY.policy, change), AGENCY.policy, wish(**asked), role)


def test_a_manager_takes_a_tenth_off() -> None:
    """2,700.00 and half of that beforehand; the wish leaves the share as it is."""
    assert changes(by(MANAGER, price=270_000)) == {
        "low": (300_000, 270_000),
        "target": (300_000, 270_000),
        "high": (300_000, 270_000),
        "prepayment_amount": (150_000, 135_000),
    }


def test_one_cent_beyond_the_limit_is_finance_s() -> None:
    assert beyond(by(MANAGER, price=269_999)) == (["price_down"], [])
    assert "target" in changes(by(FINANCE, price=269_999))


def test_currencies_with_no_and_with_three_decimals() -> None:
    """In yen 300,000 is a small sum (500.00 EUR are 80,000); in Bahraini dinars it is 300.000."""
    assert changes(by(MANAGER, {"currency": "JPY"}, price=270_000))["target"] == (300_000, 270_000)
    assert beyond(by(MANAGER, {"currency": "JPY"}, price=269_999))[0] == ["price_down"]
    dinars = by(MANAGER, {"currency": "BHD"}, price=269_999)
    assert isinstance(dinars, BeyondAuthority)
    assert dinars.limits[0].message == "price_down: at most 10 % off 300.000 BHD, to 270.000 BHD"


def test_terms() -> None:
    """A quarter of 3,000.00 beforehand is 750.00."""
    assert changes(by(MANAGER, prepayment=2_500)) == {
        "prepayment": (5_000, 2_500),
        "prepayment_amount": (150_000, 75_000),
    }
    assert beyond(by(MANAGER, prepayment=2_499)) == (["prepayment_down"], [])


def test_a_discount_stands_on_its_condition_and_follows_the_price() -> None:
    """10 % of 2,900.00 instead of 10 % of 3,000.00: the rules gave it, and nobody took it away."""
    asked = {"asked_discount": True, "closes_if_discounted": True, "asked_percent": 1_000}
    assert changes(by(MANAGER, {"deal": asked}, price=290_000))["discount_amount"] == (30_000, 29_000)


FLOOR = {"job": {"lines": [{"description": "Design", "cost": 240_000, "fair_price": 300_000}]}}
"""A floor of 2,400.00 + 20 % = 2,880.00."""


def test_what_breaches_a_guardrail_wants_finance_whatever_the_limits_allow() -> None:
    assert "target" in changes(by(MANAGER, FLOOR, price=288_000))
    refused = by(MANAGER, FLOOR, price=287_999)
    assert beyond(refused) == ([], ["concessions-never-into-the-floor", "never-below-the-floor"])
    assert isinstance(refused, BeyondAuthority)
    assert refused.breaches[1].why == "A price of 2,879.99 EUR is below the floor of 2,880.00 EUR"
    judged = by(FINANCE, FLOOR, price=287_999)
    assert isinstance(judged, Judged)
    assert judged.breaches == refused.breaches


def test_credit_without_trust_is_a_breach() -> None:
    assert beyond(by(MANAGER, credit_days=7)) == ([], ["credit-only-on-trust"])
    assert beyond(by(MANAGER, credit_days=8)) == (["credit_days"], ["credit-only-on-trust"])


def test_nothing_beforehand_and_no_credit_is_a_breach_for_finance_to_answer() -> None:
    judged = by(FINANCE, prepayment=0)
    assert isinstance(judged, Judged)
    assert [breach.guardrail for breach in judged.breaches] == ["no-work-unsecured"]


def test_one_figure_before_the_details_are_studied_is_a_breach() -> None:
    assert beyond(by(MANAGER, {"job": {"scope": "outline"}}, price=300_000)) == (
        [], ["single-figure-only-when-complete"],
    )  # fmt: skip


def test_a_declined_request_is_quoted_with_price_and_terms() -> None:
    """The rules would have quoted 3,000.00, so a manager may go down to 2,700.00."""
    quoted = by(MANAGER, BUDGET_OF_A_THIRD, outcome="quote", price=270_000, prepayment=5_000, credit_days=0)
    assert changes(quoted) == {
        "outcome": ("decline", "quote"),
        **dict.fromkeys(("low", "target", "high"), (None, 270000)),
        "prepayment": (None, 5_000),
        "credit_days": (None, 0),
        "discount_amount": (None, 0),
        "bonus_amount": (None, 0),
        "prepayment_amount": (None, 135_000),
        "credit_limit": (None, 0),
    }
    too_low = by(MANAGER, BUDGET_OF_A_THIRD, outcome="quote", price=269_999, prepayment=5_000, credit_days=0)
    assert beyond(too_low) == (["price_down"], [])


def test_a_declined_request_is_not_quoted_without_them() -> None:
    assert findings(by(MANAGER, BUDGET_OF_A_THIRD, outcome="quote", price=300_000)) == [
        ("/prepayment", "missing-field"),
        ("/credit_days", "missing-field"),
    ]
    assert findings(by(MANAGER, BUDGET_OF_A_THIRD, price=300_000)) == [("/price", "contradiction")]


def test_a_price_to_be_refused_is_no_price_to_go_away_from() -> None:
    """Twice the worth, 6,000.00; a quote in its place goes away from 3,000.00, what the rules name without it."""
    exhausting = {"hassle": {"recent": {"changed_decisions": 60}}}
    assert recorded(AGENCY.policy, exhausting).outcome == "prohibitive"
    assert findings(by(MANAGER, exhausting, outcome="quote", price=300_000)) == [
        ("/prepayment", "missing-field"),
        ("/credit_days", "missing-field"),
    ]
    terms = {"outcome": "quote", "prepayment": 10_000, "credit_days": 0}
    assert changes(by(MANAGER, exhausting, price=270_000, **terms))["target"] == (600_000, 270_000)
    assert beyond(by(MANAGER, exhausting, price=269_999, **terms)) == (["price_down"], [])
    assert changes(by(MANAGER, exhausting, price=540_000))["target"] == (600_000, 540_000)


def test_a_quote_that_is_declined_names_nothing_any_more() -> None:
    assert beyond(by(MANAGER, outcome="decline"))[0] == ["outcomes"]
    declined = by(FINANCE, outcome="decline")
    assert changes(declined)["target"] == (300_000, None)
    assert isinstance(declined, Judged)
    assert [breach.guardrail for breach in declined.breaches] == ["decline-worded-for-the-client"]
    assert findings(by(FINANCE, outcome="decline", price=300_000)) == [("/price", "contradiction")]


VIP = {
    "client": {"category": "vip"},
    "deal": {"asked_discount": True, "closes_if_discounted": True},
}  # fmt: skip


def test_nobody_lets_out_what_the_owner_must_see_but_finance() -> None:
    """A concession to a VIP waits for the owner; letting it out without the owner is a guardrail's business."""
    assert recorded(AGENCY.policy, VIP).outcome == "needs_approval"
    assert beyond(by(MANAGER, VIP, outcome="quote")) == ([], ["vip-concessions-seen-by-the-owner"])
    assert changes(by(FINANCE, VIP, outcome="quote")) == {"outcome": ("needs_approval", "quote")}
    assert changes(by(MANAGER, VIP, price=290_000))["target"] == (300_000, 290_000)


def test_reasons_are_the_book_s() -> None:
    refused = judge(recorded(AGENCY.policy), AGENCY.policy, wish("closes_the_sail", price=290_000), MANAGER)
    assert findings(refused) == [("/reason", "not-a-choice")]
    assert isinstance(refused, Unfit)
    assert refused.findings[0].fix == "Did you mean 'closes_the_sale'?"


@pytest.mark.parametrize(
    "asked", [{}, {"price": 300_000}, {"prepayment": 5_000, "credit_days": 0}, {"outcome": "quote"}]
)
def test_what_changes_nothing_is_no_override(asked: dict[str, Any]) -> None:
    assert findings(by(MANAGER, **asked)) == [("", "nothing-overridden")]


def test_every_finding_is_told_at_once() -> None:
    refused = judge(
        recorded(AGENCY.policy), AGENCY.policy, wish("none", outcome="needs_details", price=1, credit_days=1), MANAGER
    )
    assert findings(refused) == [
        ("/reason", "not-a-choice"), ("/price", "contradiction"), ("/credit_days", "contradiction"),
    ]  # fmt: skip


HELD = """
overrides:
  reasons: [closes_the_sale]
  limits:
    manager: {price_down: "70 %", outcomes: [quote]}
"""
GUARDRAIL = """
  - id: never-above-a-thousand
    practice: P1
    holds: decision.target <= 1000.00
    reason: "{decision.target} is above a thousand"
"""


@pytest.fixture
def small(tiny: Files) -> Policy:
    """The tiny book with a guardrail against any price above 1,000.00."""
    files = replaced(tiny, ("A discount that nobody asked for", "A discount that nobody asked for" + GUARDRAIL))
    return Policy(load_book({**files, "governance.yaml": HELD.encode()}, declarations()))


CHEAP = {"job": {"lines": [{"description": "Design", "cost": 50_000, "fair_price": 300_000}]}}


def test_a_held_decision_goes_out_once_what_held_it_is_mended(small: Policy) -> None:
    held = recorded(small, CHEAP)
    assert held.outcome == "held"
    assert beyond(judge(held, small, wish(outcome="quote"), MANAGER)) == ([], ["never-above-a-thousand"])
    mended = judge(held, small, wish(outcome="quote", price=100_000), MANAGER)
    assert changes(mended)["outcome"] == ("held", "quote")
    assert isinstance(mended, Judged)
    assert mended.breaches == ()
    assert beyond(judge(held, small, wish(outcome="quote", price=100_001), MANAGER))[1] == ["never-above-a-thousand"]


def test_the_floor_is_kept_though_no_guardrail_of_the_book_does(tiny: Files) -> None:
    """1,200.00: a cost of 1,000.00 and 20 %. A person may go below it as below any guardrail."""
    files = replaced(
        tiny,
        ("decision.low >= decision.floor && decision.target - decision.discount_amount >= decision.floor", '"true"'),
    )
    book = Policy(load_book({**files, "governance.yaml": HELD.encode()}, declarations()))
    plain = {"job": {"lines": [{"description": "Design", "cost": 100_000, "fair_price": 300_000}]}}
    assert "target" in changes(judge(recorded(book, plain), book, wish(price=120_000), MANAGER))
    assert beyond(judge(recorded(book, plain), book, wish(price=119_999), MANAGER)) == ([], ["amounts-consistent"])


def test_without_governance_nobody_overrides(tiny: Files) -> None:
    book = Policy(load_book(tiny, declarations()))
    refused = judge(recorded(book), book, wish(price=290_000), Role.ADMIN)
    assert findings(refused) == [("/reason", "not-a-choice")]


class Kept:
    """A list in the ledger's place."""

    def __init__(self) -> None:
        self.overrides: list[Override] = []

    def add(self, override: Override) -> KeptOverride:
        self.overrides.append(override)
        return KeptOverride(override=override, repeated=False)


def test_a_version_that_cannot_be_read_any_more() -> None:
    def opened(version: str) -> Policy:
        raise Unusable(version, "gone")

    decision, kept = recorded(AGENCY.policy), Kept()
    overriding = Overriding({decision.id: decision}.get, opened, kept)
    ann = Caller("u-7", "Ann", Role.MANAGER)
    unreadable = VersionUnreadable(AGENCY.policy.book.version)
    assert overriding.override("d-1", wish(price=290_000), ann, "o-1", NOW) == unreadable
    assert kept.overrides == []


def test_it_is_recorded_with_who_when_and_why() -> None:
    decision, kept = recorded(AGENCY.policy), Kept()
    overriding = Overriding({decision.id: decision}.get, lambda version: AGENCY.policy, kept)
    ann = Caller("u-7", "Ann", Role.MANAGER)
    assert overriding.override("d-2", wish(price=290_000), ann, "o-1", NOW) == NoSuchDecision("d-2")
    assert isinstance(overriding.override("d-1", wish(price=100_000), ann, "o-1", NOW), BeyondAuthority)
    assert kept.overrides == []
    overriding.override("d-1", wish(price=290_000), ann, "o-1", NOW)
    (override,) = kept.overrides
    assert (override.id, override.decision_id, override.by, override.role) == ("o-1", "d-1", "u-7", Role.MANAGER)
    assert (override.overridden_at, override.reason) == (NOW, "closes_the_sale")
    assert override.asked.price == 290_000
