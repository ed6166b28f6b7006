"""Which changes of the tiny book its two cases notice, worked out by hand.

Both ask on 2 March 2026: worth 1,500.00, cost 1,000.00, so the floor is 1,200.00. One has a score of 4 and expects
1,650.00 and `hassle-markup`; the other a score of 3, and expects 1,500.00 without it.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from service.cases.mutants import mutants
from service.cases.mutation import Fate, Jury, verdicts
from service.cases.running import Posed
from service.cases.survivors import judgement
from service.policy.book import Book
from service.policy.cases import Survivor
from service.policy.findings import Place

NOTICED = {
    "hassle-markup: removed": "hassle-applies",
    "hassle-markup when: client.hassle_score >= params.hassle_from -> client.hassle_score > params.hassle_from": (
        "hassle-applies"
    ),
    "hassle-markup then markup: left out": "hassle-applies",
    "params.hassle_from from 2026-01-01: 4 -> 5": "hassle-applies",
    "params.hassle_from from 2026-01-01: 4 -> 3": "hassle-outside",
    "params.hassle_markup from 2026-01-01: 10 % -> 11 %": "hassle-applies",
    "decision.unbounded: decision.prohibitive > 0 -> decision.prohibitive >= 0": "hassle-applies",
    "nothing-to-price when: job.line_count == 0 -> job.line_count != 0": "hassle-applies",
    "nothing-to-price when: job.line_count == 0 -> job.line_count == 1": "hassle-applies",
    # Nobody asked, so a guardrail holds the decision.
    'discount-closes when: deal.asked_discount && deal.closes_if_discounted && !("owner" in decision.approvals) -> '
    'deal.asked_discount || deal.closes_if_discounted || !("owner" in decision.approvals)': "hassle-applies",
}
SURVIVED = {
    "params.hassle_markup from 2026-07-01: 12 % -> 13 %": "no case asks after 1 July",
    "params.minimum_profit from 2026-01-01: 20 % -> 21 %": "the price is far above the floor",
    "params.prohibitive_times from 2026-01-01: 2.5 x -> 2.6 x": "nobody is taught a trade",
    "params.trust_months from 2026-01-01: 6 months -> 5 months": "two months are neither",
    "discount-closes: removed": "nobody asks for a discount",
    "decision.low: job.open_count == 0 -> job.open_count != 0": "only the target is asserted",
    "always: removed": "no terms are asserted",
    "card when: decision.target <= 1000 -> decision.target < 1000": "1,500.00 and 1,650.00 are above",
    "budget-a-third when: deal.budget * 3 -> deal.budget * 4": "no budget is named",
}  # fmt: skip


@pytest.fixture(scope="module")
def judged(book: Book, posed: list[Posed]):
    return verdicts(Jury(book, posed), mutants(book))


def test_what_the_cases_notice(judged) -> None:
    found = {verdict.mutant.id: verdict for verdict in judged}
    assert {id: found[id].case for id in NOTICED} == NOTICED
    assert {id: found[id].fate for id in SURVIVED} == dict.fromkeys(SURVIVED, Fate.SURVIVED)


def test_each_change_has_a_name_of_its_own_and_a_place(judged) -> None:
    ids = [verdict.mutant.id for verdict in judged]
    assert len(ids) == len(set(ids))
    places = {verdict.mutant.id: verdict.mutant.place for verdict in judged}
    assert places["hassle-markup: removed"].file == "price.yaml"
    assert places["params.hassle_from from 2026-01-01: 4 -> 5"].file == "parameters.yaml"


def test_a_number_beyond_its_slots_range_is_no_change(judged) -> None:
    """A prepayment of 101 % is clipped to 100 %."""
    ids = {verdict.mutant.id for verdict in judged}
    assert "small-job then prepayment: 100 -> 99" in ids
    assert "small-job then prepayment: 100 -> 101" not in ids


def test_a_change_that_the_loader_would_refuse_does_not_count(book: Book, posed: list[Posed]) -> None:
    """`100 - params.spread` is divided by 10,000: with a spread of 101 % it would be negative."""
    spread = book.parameters["spread"]
    wide = replace(
        book, parameters={**book.parameters, "spread": replace(spread, values=((spread.values[0][0], 10_000),))}
    )
    (mutant,) = [one for one in mutants(wide) if one.id == "params.spread from 2026-01-01: 100 % -> 101 %"]
    assert Jury(wide, posed).verdict(mutant).fate is Fate.REFUSED


def test_a_case_that_fails_on_the_book_itself_notices_nothing(book: Book, posed: list[Posed]) -> None:
    wrong = replace(posed[0], case=replace(posed[0].case, expect={"outcome": "decline"}))
    jury = Jury(book, [wrong, posed[1]])
    assert jury.failing == ["hassle-applies"]
    assert [one.case.id for one, _ in jury.cases] == ["hassle-outside"]


def test_several_processes_find_the_same(book: Book, posed: list[Posed], judged) -> None:
    some = mutants(book)[::7]
    expected = [(v.mutant.id, v.fate, v.case) for v in judged[::7]]
    assert [(v.mutant.id, v.fate, v.case) for v in verdicts(Jury(book, posed), some, processes=2)] == expected


def test_survivors_are_explained_or_not_and_explanations_grow_stale(judged) -> None:
    place = Place("cases/survivors.yaml", 1, 1)
    told = judgement(
        [v for v in judged if v.mutant.id in NOTICED or v.mutant.id in SURVIVED],
        [
            Survivor("always: removed", "no terms are asserted", place),
            Survivor("hassle-markup: removed", "wrong: a case notices it", place),
            Survivor("no such change", "gone", place),
        ],
    )
    assert (told.noticed, told.counted) == (len(NOTICED), len(NOTICED) + len(SURVIVED))
    assert [(v.mutant.id, reason) for v, reason in told.explained] == [("always: removed", "no terms are asserted")]
    assert {v.mutant.id for v in told.unexplained} == SURVIVED.keys() - {"always: removed"}
    assert [one.id for one in told.stale] == ["hassle-markup: removed", "no such change"]
    assert not told.accounted_for
