"""Single edits of the tiny book are told as exactly that edit, whatever else reads what was edited."""

from __future__ import annotations

import pytest

from service.governance.diff.books import book_diff
from service.governance.diff.changes import Change, Detail, Kind, Subject
from tests.governance.conftest import edition, replaced

FLIPPED = (
    'decision.trust == "friend" && client.overdue == 0 && decision.target <= params.credit_limit',
    "decision.target<=params.credit_limit && (client.overdue == 0) && decision.trust == 'friend'",
)

EDITS = [
    (("12 %", "12.5 %"), Subject.PARAMETER, "hassle_markup", Detail("from 2026-07-01", "12 %", "12.5 %")),
    (('2026-01-01: "300.00"', '2026-01-01: "300.00", 2027-01-01: "350.00"'), Subject.PARAMETER, "small_job",
     Detail("from 2027-01-01", None, "350.00 EUR")),
    (('2026-07-01: "12 %"', '2026-08-01: "12 %"'), Subject.PARAMETER, "hassle_markup",
     (Detail("from 2026-07-01", "12 %", None), Detail("from 2026-08-01", None, "12 %"))),
    (("spread: {type: percent, ", "spread: {type: percent, client: true, "), Subject.PARAMETER, "spread",
     Detail("shown to clients", "no", "yes")),
    (("1.08", "1.1"), Subject.RATE, "USD", Detail("from 2026-01-01", "1.08", "1.1")),
    (("deal.budget * 3 <=", "deal.budget * 3 <"), Subject.RULE, "budget-a-third",
     Detail("condition", "has(deal.budget) && deal.budget * 3 <= job.fair_price",
            "has(deal.budget) && deal.budget * 3 < job.fair_price")),
    (("own_errors_free, milestones: 2}", "own_errors_free, milestones: 3}"), Subject.RULE, "always",
     Detail("effect milestones", "2", "3")),
    (("{prepayment: 100}", "{prepayment: 100, milestones: 2}"), Subject.RULE, "small-job",
     Detail("effect milestones", None, "2")),
    (("No line of work is named yet", "Nothing to price"), Subject.RULE, "nothing-to-price",
     Detail("wording", "No line of work is named yet", "Nothing to price")),
    (("priority: 1", "priority: 2"), Subject.RULE, "friend", Detail("priority", "1", "2")),
    (("practice: C12", "practice: C13"), Subject.RULE, "friend", Detail("practice", "C12", "C13")),
    (("hassle.recent.scenes + ", "2 * hassle.recent.scenes + "), Subject.DERIVED, "client.hassle_score",
     Detail("value", "hassle.recent.scenes + hassle.recent.changed_decisions + hassle.staff_rating",
            "2 * hassle.recent.scenes + hassle.recent.changed_decisions + hassle.staff_rating")),
    (("bonus_amount: {value: 0}", "bonus_amount: {value: 0.01}"), Subject.FORMULA, "bonus_amount",
     Detail("value", "0", "0.01")),
    (('max: "15 %"', 'max: "20 %"'), Subject.EFFECT, "discount", Detail("max", "15 %", "20 %")),
    (("milestones: {type: count, combine: max, initial: 1", "milestones: {type: count, combine: max, initial: 2"),
     Subject.EFFECT, "milestones", Detail("initial", "1", "2")),
    (("decision.discount == 0 ||", "decision.discount <= 1 ||"), Subject.GUARDRAIL, "discount-only-asked",
     Detail("condition", "decision.discount == 0 || deal.asked_discount",
            "decision.discount <= 1 || deal.asked_discount")),
    (("share: 70", "share: 75"), Subject.OPTION, "essential", Detail("share", "70", "75")),
    (("default: false", "default: true"), Subject.EXTRA_FACT, "extra.charity", Detail("default", "no", "yes")),
    (('"2026-04-03"', '"2026-04-03", "2026-05-01"'), Subject.CALENDAR, "", Detail("2026-05-01", None, "closed")),
    (('closes: "18:00"', 'closes: "17:00"'), Subject.CALENDAR, "", Detail("closes", "18:00", "17:00")),
    (("rounding: half_up", "rounding: half_even"), Subject.BOOK, "", Detail("rounding", "half_up", "half_even")),
    (("scenes: 4", "scenes: 5"), Subject.CASE, "hassle-applies", Detail("request/hassle/recent/scenes", "4", "5")),
    (("target: 165000", "target: 165001"), Subject.CASE, "hassle-applies",
     Detail("expect/price/target", "165000", "165001")),
]  # fmt: skip


@pytest.mark.parametrize(("texts", "subject", "name", "detail"), EDITS)
def test_one_edit_is_one_change(changed, texts, subject, name, detail):
    details = detail if isinstance(detail, tuple) else (detail,)
    assert changed(texts) == [Change(subject, name, Kind.CHANGED, details)]


RENAMES = [
    ("hassle_from", "hassle_above", Subject.PARAMETER),
    ("client.hassle_score", "client.trouble", Subject.DERIVED),
    ("extra.charity", "extra.cause", Subject.EXTRA_FACT),
    ("hassle-markup", "costs-nerves", Subject.RULE),
    ("never-below-floor", "floor-holds", Subject.GUARDRAIL),
    ("hassle-outside", "hassle-below", Subject.CASE),
]


@pytest.mark.parametrize(("old", "new", "subject"), RENAMES)
def test_a_new_name_is_told_once_however_often_it_is_read(changed, old, new, subject):
    assert changed((old, new)) == [Change(subject, new, Kind.RENAMED, (), old)]


def test_a_renamed_effect(changed):
    told = changed(
        ("  trust: {type", "  faith: {type"),
        ("{trust: friend}", "{faith: friend}"),
        ("decision.trust", "decision.faith"),
    )
    assert told == [Change(Subject.EFFECT, "faith", Kind.RENAMED, (), "trust")]


def test_a_renamed_rule_with_another_wording_is_still_the_same_rule(changed):
    told = changed(("nothing-to-price", "no-lines"), ("No line of work is named yet", "Empty"))
    wording = Detail("wording", "No line of work is named yet", "Empty")
    assert told == [Change(Subject.RULE, "no-lines", Kind.RENAMED, (wording,), "nothing-to-price")]


def test_a_rule_put_into_another_file_moved(tiny, loaded):
    files = dict(tiny)
    rule = files["price.yaml"].split(b"rules:\n")[1]
    files["price.yaml"] = b"stage: price\nrules: []\n"
    files["accept.yaml"] += rule
    (told,) = book_diff(loaded, edition(files)).changes
    details = (Detail("file", "price.yaml", "accept.yaml"), Detail("stage", "price", "accept"))
    assert told == Change(Subject.RULE, "hassle-markup", Kind.MOVED, details)


def test_a_renamed_file_and_a_renamed_stage_move_no_rule(tiny, loaded):
    files = replaced(tiny, ("concede", "give"))
    files["give.yaml"] = files.pop("concede.yaml")
    assert book_diff(loaded, edition(files)).changes == (
        Change(Subject.FILE, "give.yaml", Kind.RENAMED, (), "concede.yaml"),
        Change(Subject.STAGE, "give", Kind.RENAMED, (), "concede"),
    )


def test_a_rule_added_and_a_rule_removed(tiny, loaded):
    new = b'stage: price\nrules:\n  - {id: always-more, practice: P2, when: "true", then: {markup: 5}, reason: More}\n'
    files = {**replaced(tiny, ("rules: [hassle-markup]\n", "rules: []\n")), "price.yaml": new}
    told = {(c.subject, c.name): c for c in book_diff(loaded, edition(files)).changes}
    assert told[Subject.RULE, "always-more"].kind is Kind.ADDED
    assert Detail("effect markup", None, "5") in told[Subject.RULE, "always-more"].details
    assert told[Subject.RULE, "hassle-markup"].kind is Kind.REMOVED
    assert Detail("effect markup", "params.hassle_markup", None) in told[Subject.RULE, "hassle-markup"].details


def test_wording_by_language(tiny, loaded):
    files = {**tiny, "messages/de.yaml": tiny["messages/en.yaml"]}
    assert book_diff(loaded, edition(files)).changes == (Change(Subject.LANGUAGE, "de", Kind.ADDED),)
    old = loaded.book.messages["en"]["greeting.unnamed"]
    (told,) = book_diff(loaded, edition(replaced(tiny, (old, "Good day,")))).changes
    assert told == Change(Subject.MESSAGE, "en: greeting.unnamed", Kind.CHANGED, (Detail("wording", old, "Good day,"),))


def test_another_spelling_means_the_same(tiny, loaded):
    files = replaced(
        tiny,
        FLIPPED,
        ('"2.5"', '"2.50"'),
        ('"20 %"', '"20.0 %"'),
        ("decision.target <= 1000.00", "decision.target <= 1000"),
    )
    later = edition(files)
    assert later.book.version != loaded.book.version
    assert book_diff(loaded, later).changes == ()
