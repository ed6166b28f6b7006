"""What the client is told, in whose language, and what stays in the kitchen."""

from __future__ import annotations

import pytest

from tests.evaluation.by_the_tiny_book import A_DETAIL_OPEN, HARD_TO_WORK_WITH, PLAIN, TINY, decided, merged, tiny


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


def test_the_kitchen_can_not_be_told_from_the_letter() -> None:
    # 1,000.00 and 10 % for hassle, or 1,100.00 for an easy client.
    dearer = [{**line, "fair_price": line["fair_price"] * 11 // 10} for line in PLAIN["job"]["lines"]]
    for change in ({}, A_DETAIL_OPEN):
        marked_up = decided(merged(change, HARD_TO_WORK_WITH))
        unmarked = decided(merged(change, {"job": {"lines": dearer}}))
        assert marked_up.price == unmarked.price
        assert marked_up.waterfall != unmarked.waterfall
        assert marked_up.to_client == unmarked.to_client


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
