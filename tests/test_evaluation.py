"""From facts to decision by the tiny book, as a caller of the core sees it."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from schemas.request import read_request
from schemas.vocabulary import declarations, facts_of
from service.domain.decision import Decision, Effect
from service.evaluation import AMOUNTS_CONSISTENT, MATCHERS_AGREE, evaluate
from service.matching.compiled import decided_names, second_opinion
from service.matching.runtime import Policy, Runtime
from service.policy.binding import bind
from service.policy.loader import load_book, read_folder

NOW = datetime(2026, 12, 1, tzinfo=UTC)
TINY = Path(__file__).parent / "books" / "tiny"

PLAIN: dict[str, Any] = {
    "currency": "EUR",
    "as_of": "2026-03-02",
    "received_at": "2026-03-02T08:00:00+00:00",
    "client": {"id": "c-1", "name": "Anna", "months_active": 2},
    "job": {
        "title": "Website",
        "scope": "complete",
        "duration_days": 5,
        "lines": [
            {"description": "Design", "cost": 40_000, "fair_price": 60_000, "performer": "Olga", "format": "PDF"},
            {"description": "Code", "cost": 30_000, "fair_price": 40_000, "includes": ["tests"]},
        ],
        "excludes": ["texts"],
    },
}


@cache
def tiny(**changed: bytes) -> Policy:
    """`changed`: files by their name without `.yaml`, `__` for a folder."""
    files = read_folder(TINY)
    files.update({name.replace("__", "/") + ".yaml": content for name, content in changed.items()})
    return Policy(load_book(files, declarations()))


def merged(base: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    result = deepcopy(dict(base))
    for key, value in change.items():
        result[key] = merged(result.get(key, {}), value) if isinstance(value, Mapping) else value
    return result


def decided(change: Mapping[str, Any] | None = None, policy: Policy | None = None, **options: Any) -> Decision:
    policy = policy or tiny()
    request = read_request(merged(PLAIN, change or {}), NOW)
    return evaluate(policy, request, facts_of(request, policy.book.extra_facts), "d-1", NOW, **options)


HARD_TO_WORK_WITH = {"hassle": {"recent": {"scenes": 4}}}
A_DETAIL_OPEN = {"job": {"open_details": [{"name": "size"}]}}
TEACHES = {"hassle": {"recent": {"teaching": 2}}}


LADDER = b"""
stage: price
tables:
  - id: ladder
    practice: P3
    hit: unique
    columns: [id, client.months_active, "-> markup", reason]
    rows:
      - [new, "< 3", "10 %", "New: {client.months_active}"]
      - [young, "[2..12)", "5 %", "Young: {client.months_active}"]
      - [old, ">= 24", "0 %", "Old: {client.months_active}"]
"""


def test_a_row_of_a_table_is_a_reason() -> None:
    decision = decided({"client": {"months_active": 1}}, tiny(ladder=LADDER))
    assert decision.outcome == "quote"
    assert ("ladder/new", "P3", "New: 1 month") in [(r.rule, r.practice, r.text) for r in decision.reasons]


@pytest.mark.parametrize(
    ("months", "why"),
    [
        (2, "rows ladder/new, ladder/young contradict one another where client.months_active is 2 months"),
        (12, "no row fits where client.months_active is 12 months"),
    ],
)
def test_a_table_at_fault_holds_the_decision(months: int, why: str) -> None:
    decision = decided({"client": {"months_active": months}}, tiny(ladder=LADDER))
    assert decision.outcome == "held"
    assert [(h.guardrail, h.practice, h.why) for h in decision.held] == [("table:ladder", "P3", why)]
    assert decision.to_client is None


def test_a_plain_quote() -> None:
    decision = decided()
    assert (decision.outcome, decision.held, decision.approvals, decision.concessions) == ("quote", (), (), ())
    assert decision.price is not None
    assert (decision.price.low, decision.price.fixed, decision.price.high) == (100_000, 100_000, 100_000)
    assert [(step.name, step.total) for step in decision.waterfall] == [("fair", 100_000)]
    assert [(share.description, share.amount) for share in decision.lines] == [("Design", 60_000), ("Code", 40_000)]
    assert [(option.id, option.target, option.recommended) for option in decision.options] == [
        ("essential", 70_000, False),
        ("standard", 100_000, True),
        ("extended", 130_000, False),
    ]
    assert decision.terms is not None
    # Half now; five business days from Monday in two stages: after three (5/2 up) and after five.
    assert [(m.name, m.due_on, m.amount) for m in decision.terms.milestones] == [
        ("prepayment", date(2026, 3, 2), 50_000),
        ("stage_1", date(2026, 3, 5), 25_000),
        ("final", date(2026, 3, 9), 25_000),
    ]
    assert (decision.includes, decision.excludes) == (("Design (PDF)", "Code", "tests"), ("texts",))


def test_what_the_client_is_told() -> None:
    told = decided({"questions": [{"text": "How long?", "answer": "A week."}, {"text": "Why?"}]}).to_client
    assert told is not None
    assert (told.language, told.greeting, told.summary) == ("en", "Dear Anna,", "Website: €1,000.00.")
    assert told.breakdown == ("Design (Olga): €600.00", "Code: €400.00")
    assert told.options == (
        "Essential: €700.00",
        "Standard: €1,000.00",
        "Extended: €1,300.00",
        "For you we recommend: Standard.",
    )
    assert (told.includes, told.excludes) == (("Design, as PDF", "Code", "tests"), ("texts",))
    assert told.terms == (
        "Prepayment of 50%: €500.00.",
        "Stage 1: €250.00 by March 5, 2026.",
        "On delivery: €250.00 by March 9, 2026.",
        "You may pay by bank transfer or card.",
        "We mend our own errors free of charge.",
    )
    assert [(a.question, a.answer) for a in told.answers] == [
        ("How long?", "A week."),
        ("Why?", "We answer this one soon."),
    ]
    assert (told.notes, told.next_step) == ((), "Tell us which option suits you.")


def test_an_answer_is_due_on_the_clock_of_the_firm() -> None:
    # 08:00 in Greenwich is 10:00 in Tallinn.
    assert decided().follow_up.respond_by.isoformat() == "2026-03-03T10:00:00+02:00"


def test_declined_politely() -> None:
    decision = decided({"deal": {"budget": 33_333}, **A_DETAIL_OPEN})
    assert (decision.outcome, decision.price, decision.terms) == ("decline", None, None)
    assert (decision.waterfall, decision.options, decision.lines, decision.open_details) == ((), (), (), ())
    told = decision.to_client
    assert told is not None
    assert told.summary == "Thank you for asking us. What you have in mind can't be done well within this budget."
    assert (told.breakdown, told.terms, told.includes, told.excludes, told.options) == ((), (), (), (), ())
    assert told.next_step == "We would be glad to hear from you again."


def test_no_price_before_more_is_known() -> None:
    decision = decided({"job": {"lines": [], "open_details": [{"name": "size"}, {"name": "texts"}]}})
    assert (decision.outcome, decision.price) == ("needs_details", None)
    assert decision.to_client is not None
    assert decision.to_client.summary == "Please tell us more about the work, so that we can name a price."
    assert decision.to_client.notes == ("The range narrows once we know: size and texts.",)
    assert decision.to_client.next_step == "Send us the details."


def test_who_must_agree_and_why_before_the_client_hears_anything() -> None:
    decision = decided(TEACHES)
    assert (decision.outcome, decision.to_client) == ("prohibitive", None)
    assert decision.price is not None
    assert decision.price.target == 250_000
    assert [(a.role, a.rules, a.why) for a in decision.approvals] == [
        ("owner", ("teaches-us",), ("Taught us our trade 2 times",))
    ]


def test_reasons_name_rule_practice_stage_and_effect() -> None:
    (reason,) = [reason for reason in decided(HARD_TO_WORK_WITH).reasons if reason.rule == "hassle-markup"]
    assert (reason.practice, reason.stage, reason.effects) == ("P3", "price", (Effect(slot="markup", value=1_000),))
    assert reason.text == "Hassle score 4: 10 % on the worth"


def test_a_detail_and_what_it_narrows() -> None:
    # 1,000.00 within 20 %: 840.00 (the floor) to 1,200.00; nothing open, nothing between.
    decision = decided(A_DETAIL_OPEN)
    assert decision.price is not None
    assert (decision.price.low, decision.price.high, decision.price.fixed) == (84_000, 120_000, None)
    assert [(detail.name, detail.narrows_by) for detail in decision.open_details] == [("size", 36_000)]


def test_a_discount_lapses_on_the_day_that_the_client_named() -> None:
    asks = {"asked_discount": True, "closes_if_discounted": True, "sign_by": "2026-03-10"}
    decision = decided({"deal": asks})
    (discount,) = decision.concessions
    assert (discount.kind, discount.amount, discount.percent) == ("discount", 5_000, 500)
    assert (discount.condition, discount.lapses_on) == ("signed by March 10, 2026", date(2026, 3, 10))
    assert decision.price is not None
    assert decision.price.target == 100_000
    assert decision.to_client is not None
    assert decision.to_client.notes == ("€50.00 off if you sign by March 10, 2026: €950.00. A discount is 5%.",)


def test_the_kitchen_can_not_be_told_from_the_letter() -> None:
    # 1,000.00 and 10 % for hassle, or 1,100.00 for an easy client.
    dearer = [{**line, "fair_price": line["fair_price"] * 11 // 10} for line in PLAIN["job"]["lines"]]
    for change in ({}, A_DETAIL_OPEN):
        marked_up = decided(merged(change, HARD_TO_WORK_WITH))
        unmarked = decided(merged(change, {"job": {"lines": dearer}}))
        assert marked_up.price == unmarked.price
        assert marked_up.waterfall != unmarked.waterfall
        assert marked_up.to_client == unmarked.to_client


def test_the_same_request_gives_the_same_decision() -> None:
    asks = {"asked_discount": True, "closes_if_discounted": True}
    assert decided({"deal": asks, **HARD_TO_WORK_WITH}) == decided({"deal": asks, **HARD_TO_WORK_WITH})


def test_what_a_caller_writes_is_never_read_as_a_template() -> None:
    told = decided({"client": {"name": "%(x)s {low}"}, "job": {"title": "100 % {name} %s"}}).to_client
    assert told is not None
    assert (told.greeting, told.summary) == ("Dear %(x)s {low},", "100 % {name} %s: €1,000.00.")


@pytest.mark.parametrize(("wanted", "spoken"), [("en-GB", "en"), ("et", "en"), ("zh-Hant-TW", "en")])
def test_a_language_without_wording_is_answered_in_english_and_says_so(wanted: str, spoken: str) -> None:
    told = decided({"language": wanted}).to_client
    assert told is not None
    assert told.language == spoken


def test_numbers_and_dates_are_written_as_the_language_writes_them() -> None:
    policy = tiny(messages__et=(TINY / "messages" / "en.yaml").read_bytes())
    told = decided(
        {"language": "et", "job": {"lines": [{"description": "X", "cost": 0, "fair_price": 123_456_7}]}}, policy
    )
    assert told.to_client is not None
    assert told.to_client.language == "et"
    assert told.to_client.summary == "Website: 12\u00a0345,67\u00a0€."
    assert "Prepayment of 50%: 6\u00a0172,84\u00a0€." in told.to_client.terms
    assert "On delivery: 3\u00a0086,41\u00a0€ by 9. märts 2026." in told.to_client.terms


def test_another_currency_has_its_own_digits() -> None:
    decision = decided({"currency": "JPY", "job": {"lines": [{"description": "X", "cost": 1, "fair_price": 100_001}]}})
    assert decision.price is not None
    assert decision.to_client is not None
    assert decision.to_client.summary == "Website: ¥100,001."


def test_a_breach_is_held_with_the_guardrail_and_never_sent() -> None:
    cheap = b"""
guardrails:
  - {id: never-cheap, practice: P1, holds: decision.target >= 5000.00, reason: "{decision.target} is cheap"}
"""
    decision = decided(policy=tiny(guardrails=cheap))
    assert (decision.outcome, decision.to_client) == ("held", None)
    assert [(hold.guardrail, hold.practice, hold.why) for hold in decision.held] == [
        ("never-cheap", "P1", "1,000.00 EUR is cheap")
    ]
    assert decision.price is not None


def test_amounts_that_contradict_each_other_are_held_without_a_price() -> None:
    formulas = (
        (TINY / "formulas.yaml")
        .read_text()
        .replace(
            '"job.open_count == 0 ? decision.target : percent_up', '"job.open_count == 0 ? decision.floor : percent_up'
        )
    )
    decision = decided(policy=tiny(formulas=formulas.encode()))
    assert (decision.outcome, decision.price, decision.terms, decision.to_client) == ("held", None, None, None)
    assert [hold.guardrail for hold in decision.held] == [AMOUNTS_CONSISTENT]


def test_matchers_at_odds_are_held() -> None:
    policy = tiny()
    program = bind(policy.book, date(2026, 3, 2), "EUR")
    honest, names = second_opinion(program), decided_names(program)

    def lying(facts: Any) -> Any:
        values, flags = honest(facts)
        return tuple(1 if n == "decision.target" else v for n, v in zip(names, values, strict=True)), flags

    class AtOdds:
        book = policy.book

        def runtime(self, *_: object) -> Runtime:
            return Runtime(program, lying)

    decision = decided(policy=AtOdds())  # type: ignore[arg-type]
    assert (decision.outcome, decision.to_client) == ("held", None)
    assert [hold.guardrail for hold in decision.held] == [MATCHERS_AGREE]
    assert decision.price is not None
    assert decision.price.target == 100_000


def test_why_not_on_request() -> None:
    assert decided().not_fired is None
    found = decided(why_not=True).not_fired
    assert found is not None
    assert "hassle-markup" in {rule.rule for rule in found}


def test_a_changed_parameter_can_be_tried() -> None:
    tried = decided(HARD_TO_WORK_WITH, overrides={"hassle_markup": 2_500})
    assert tried.price is not None
    assert tried.price.target == 125_000
    kept = decided(HARD_TO_WORK_WITH)
    assert kept.price is not None
    assert kept.price.target == 110_000
