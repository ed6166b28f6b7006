"""`quotewright explain`: what a manager reads about each kind of thing, checked against texts written by hand."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from schemas.vocabulary import declarations
from service.authoring.explaining import Explainer
from service.authoring.surroundings import Surroundings
from service.authoring.words import Wording
from service.domain.facts import BOOL, COUNT, MONEY, PERCENT, Type, Unit
from service.domain.money import Rounding
from service.policy.cases import load_cases
from service.policy.expressions import expression
from service.policy.findings import Place
from service.policy.loader import load_book, read_folder
from service.policy.scope import Scope
from tests.cli.conftest import Run

ROOT = Path(__file__).parents[2]
AGENCY = ROOT / "policies" / "agency"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("a.n >= params.least", "a.n is at least params.least (15)"),
        ("!(a.n >= params.least)", "a.n is less than params.least (15)"),
        ("a.yes && !a.no", "a.yes is yes and a.no is no"),
        ("!(a.yes && a.no)", "a.yes is no or a.no is no"),
        ("a.yes || a.no && a.n == 3", "a.yes is yes or (a.no is yes and a.n is 3)"),
        ("has(a.maybe) && a.maybe < 12.50", "a.maybe is given and a.maybe is less than 12.50 EUR"),
        ("!has(a.maybe)", "a.maybe is not given"),
        ('a.kind in ["vip", "good"]', "a.kind is one of vip, good"),
        ('!(a.kind in ["vip", "good"])', "a.kind is none of vip, good"),
        ('"owner" in decision.approvals', "decision.approvals holds owner"),
        ("a.yes == false", "a.yes is no"),
        ("true", "always"),
        ("a.cost <= percent_down(a.price, params.share)",
         "a.cost is at most params.share (15 %) of a.price, rounded down"),
        ("a.n * 2 + a.n - 1 > div_up(a.n, 3)",
         "((a.n times 2) plus a.n) minus 1 is more than a.n divided by 3, rounded up"),
        ("min(a.n, 3, a.n + 1) != max(a.n, 2)",
         "the smallest of (a.n, 3, a.n plus 1) is not the largest of (a.n, 2)"),
        ("(a.yes ? a.n : 0) > 1", "a.n if a.yes is yes, otherwise 0 is more than 1"),
        ("a.yes ? a.no : a.n > 1", "(a.yes is yes and a.no is yes) or (a.yes is no and a.n is more than 1)"),
    ],
)  # fmt: skip
def test_conditions_in_words(source: str, words: str) -> None:
    names = {"a.yes": BOOL, "a.no": BOOL, "a.n": COUNT, "a.cost": MONEY, "a.price": MONEY, "a.maybe": MONEY}
    names |= {"params.least": COUNT, "params.share": PERCENT, "a.kind": Type(Unit.ENUM, ("vip", "good", "other"))}
    names["decision.approvals"] = Type(Unit.ENUM, ("senior", "owner"), many=True)
    scope = Scope(names, frozenset({"a.maybe"}), "EUR", Rounding.HALF_UP)
    node = expression(source, scope, BOOL, Place("x.yaml", 1, 1))
    assert Wording({"least": 15, "share": 1500}, "EUR").clause(node).one_line() == words


def explained(run: Run, *arguments: object) -> list[dict[str, Any]]:
    result = run("explain", *arguments, "--json")
    assert result.exit_code == 0, result.output
    answer: list[dict[str, Any]] = json.loads(result.stdout)
    return answer


def test_a_parameter_with_its_history(run: Run, tiny: Path) -> None:
    before, after, early = (
        explained(run, tiny, "hassle_markup", "--on", day)[0] for day in ("2026-06-30", "2026-07-01", "2025-12-31")
    )
    assert before["history"] == [
        {"since": "2026-01-01", "value": "10 %", "state": "in force"},
        {"since": "2026-07-01", "value": "12 %", "state": "to come"},
    ]
    assert [dated["state"] for dated in after["history"]] == ["past", "in force"]
    assert dict(before["about"])["on 2026-06-30"] == "10 %"
    assert dict(after["about"])["on 2026-07-01"] == "12 %"
    assert dict(early["about"])["on 2025-12-31"] == "nothing: its first day is still to come"
    assert before["name"] == "params.hassle_markup"
    assert before["uses"]


def test_a_rule_in_words(run: Run) -> None:
    (rule,) = explained(run, AGENCY, "own-mistake-made-good", "--on", "2026-03-01")
    assert (rule["kind"], rule["practice"]) == ("rule", "D9")
    assert rule["condition"]["text"] == "mistake.loss is given"
    assert rule["effects"] == [
        "raises decision.compensation to params.mistake_bonus (10 %), if it is less",
        "adds own_mistake to decision.notes",
    ]
    assert {case["id"] for case in rule["cases"]} >= {"own-mistake-made-good"}
    assert rule["place"].startswith("concede.yaml:")


def test_one_name_may_be_two_things(run: Run) -> None:
    kinds = [each["kind"] for each in explained(run, AGENCY, "offer_days")]
    assert kinds == ["parameter", "effect that rules decide"]


@pytest.mark.parametrize(
    ("name", "kind", "user"),
    [
        ("decision.markup", "effect that rules decide", "decision.markup_amount"),
        ("client.trusted", "derived fact", "decision.credit_fits"),
        ("decision.given", "formula", "concessions-within-the-cap"),
        ("deal.budget", "fact of the request", "decision.budget_hopeless"),
        ("P11", "practice", "competitor-never-below-fair"),
        ("revisions", "parameter", "en: clause.revisions"),
    ],
)
def test_where_it_is_used(run: Run, name: str, kind: str, user: str) -> None:
    (told,) = explained(run, AGENCY, name)
    assert told["kind"] == kind
    assert user in {use["name"] for use in told["uses"]}


def test_everything_that_the_shipped_book_names_can_be_explained() -> None:
    files = read_folder(AGENCY)
    book = load_book(files, declarations())
    explainer = Explainer(Surroundings(book, load_cases(files), date(2026, 3, 1)))
    names = {*book.slots, *book.parameters, *book.facts, *(entry.name for entry in book.computed), *book.tables}
    names |= {entry.id for entry in (*book.rules, *book.guardrails, *book.options)}
    assert [name for name in sorted(names) if not explainer.explain(name)] == []


def test_an_unknown_name_has_a_suggestion_and_no_traceback(run: Run) -> None:
    result = run("explain", AGENCY, "smal_job")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"{AGENCY} has nothing named smal_job: did you mean small_job?\n"


def test_text_for_a_terminal(run: Run) -> None:
    shown = run("explain", AGENCY, "concessions-within-the-cap").stdout
    assert (
        "Must hold\n  - decision.given is at most params.concession_cap (15 %) of decision.target, rounded down"
        in shown
    )


def test_a_broken_book_is_refused(run: Run, tiny: Path) -> None:
    (tiny / "price.yaml").write_text("surprise: 1\n")
    result = run("explain", tiny, "markup")
    assert result.exit_code == 1
    assert "unknown-field" in result.stderr
