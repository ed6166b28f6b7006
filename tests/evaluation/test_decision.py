"""From facts to decision, as a caller of the core sees it."""

from __future__ import annotations

from datetime import date

from service.domain.decision import Effect
from tests.evaluation.by_the_tiny_book import A_DETAIL_OPEN, HARD_TO_WORK_WITH, LADDER, TEACHES, decided, tiny


def test_a_row_of_a_table_is_a_reason() -> None:
    decision = decided({"client": {"months_active": 1}}, tiny(ladder=LADDER))
    assert decision.outcome == "quote"
    assert ("ladder/new", "P3", "New: 1 month") in [(r.rule, r.practice, r.text) for r in decision.reasons]


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


def test_the_same_request_gives_the_same_decision() -> None:
    asks = {"asked_discount": True, "closes_if_discounted": True}
    assert decided({"deal": asks, **HARD_TO_WORK_WITH}) == decided({"deal": asks, **HARD_TO_WORK_WITH})


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
