"""Types, units, presence: what is accepted with which value, what is refused with which words."""

import pytest

from service.domain.facts import BOOL, COUNT, DAYS, MONEY, MONTHS, PERCENT, RATIO, Type
from service.domain.money import Rounding
from service.policy.expressions import Scope
from service.policy.nodes import Node, Op, walk
from tests.policy.sample_scope import CATEGORY, HERE, ROLES, SCOPE, codes, findings, typed, without_spans


def literals(node: Node) -> list[tuple[object, Type]]:
    return [(part.value, part.type) for part in walk(node) if part.op is Op.LIT]


@pytest.mark.parametrize(
    ("source", "value", "type"),
    [
        ("job.cost > 50", 5_000, MONEY),
        ("job.cost > 50.05", 5_005, MONEY),
        ("50.5 < job.cost", 5_050, MONEY),
        ("job.cost == -0.01", -1, MONEY),
        ("params.share >= 15", 1_500, PERCENT),
        ("params.share >= 12.5", 1_250, PERCENT),
        ("params.share >= 0.01", 1, PERCENT),
        ("params.times == 2.5", 25_000, RATIO),
        ("params.times == 2.50000", 25_000, RATIO),
        ("job.days <= 14", 14, DAYS),
        ("client.months_active > 6", 6, MONTHS),
        ("client.orders > 3", 3, COUNT),
        ("client.category == 'vip'", "vip", CATEGORY),
        ("client.trusted == true", True, BOOL),
        ("min(job.cost, 3) == job.cost", 300, MONEY),
        ("(client.trusted ? 3 : job.cost) == job.cost", 300, MONEY),
        ("(client.trusted ? 3 : 3) == job.cost", 300, MONEY),
        ("job.cost == -(3)", -300, MONEY),
        ("client.orders * 2 == client.orders", 2, COUNT),
        ("job.cost * 2 == job.cost", 2, COUNT),
        ("percent(job.cost, 15) == job.cost", 1_500, PERCENT),
        ("job.cost == percent(7, params.share)", 700, MONEY),
        ("job.cost >= 90071992547409.93", 9_007_199_254_740_993, MONEY),
    ],
)
def test_a_literal_takes_the_unit_of_the_other_side(source: str, value: object, type: Type) -> None:
    assert literals(typed(source))[0] == (value, type)


@pytest.mark.parametrize(
    ("source", "expected", "value"),
    [
        ("50", MONEY, 5_000),
        ("15", PERCENT, 1_500),
        ("2.5", RATIO, 25_000),
        ("-3", COUNT, -3),
        ("true", BOOL, True),
        ("vip", CATEGORY, "vip"),
        ("'vip'", CATEGORY, "vip"),
        (" good ", CATEGORY, "good"),
        ("owner", ROLES, "owner"),
        ("'owner'", ROLES, "owner"),
    ],
)
def test_a_lone_literal_takes_the_expected_type(source: str, expected: Type, value: object) -> None:
    node = typed(source, expected)
    assert (node.op, node.value, node.type.many) == (Op.LIT, value, False)


def test_a_currency_scales_money() -> None:
    yen = Scope(SCOPE.types, SCOPE.optional, "JPY", Rounding.HALF_UP)
    dinar = Scope(SCOPE.types, SCOPE.optional, "BHD", Rounding.HALF_UP)
    assert literals(typed("job.cost > 50", scope=yen)) == [(50, MONEY)]
    assert literals(typed("job.cost > 50.005", scope=dinar)) == [(50_005, MONEY)]
    assert [f.code for f in findings("job.cost > 50.5", scope=yen)] == ["inexact-literal"]


def test_percent_is_a_product_divided_once_with_a_named_rounding() -> None:
    for function, rounding in (
        ("percent", Rounding.HALF_UP),
        ("percent_up", Rounding.UP),
        ("percent_down", Rounding.DOWN),
    ):
        node = without_spans(typed(f"{function}(job.cost, params.share)"))
        product = Node(Op.MUL, MONEY, (Node(Op.REF, MONEY, (), "job.cost"), Node(Op.REF, PERCENT, (), "params.share")))
        assert node == Node(Op.DIV, MONEY, (product,), (10_000, rounding))


def test_division_by_a_literal() -> None:
    assert typed("div_up(job.days, 2)").value == (2, Rounding.UP)
    assert typed("div_down(job.days, 2)").value == (2, Rounding.DOWN)
    assert typed("div_round(job.days, 2)").value == (2, Rounding.HALF_UP)


@pytest.mark.parametrize(
    ("source", "type"),
    [
        ("percent(job.cost, params.times)", MONEY),
        ("percent(params.share, 50)", PERCENT),
        ("percent(client.orders, params.share)", COUNT),
        ("client.orders * params.share", PERCENT),
        ("job.days * 3", DAYS),
        ("max(job.days, 3) - 1", DAYS),
        ("-job.cost", MONEY),
        ("3 - 1", COUNT),
        ("client.trusted ? 'vip' : client.category", CATEGORY),
    ],
)
def test_the_type_of_a_term(source: str, type: Type) -> None:
    assert typed(source).type == type


def test_a_member_of_a_set_is_a_bool_of_its_own() -> None:
    assert without_spans(typed('"owner" in decision.approvals')) == Node(Op.REF, BOOL, (), "decision.approvals:owner")


def test_a_mismatch_names_both_units_and_the_place() -> None:
    (finding,) = findings("client.months_active > params.late_fee")
    assert str(finding.place) == "rules.yaml:7:11"
    assert (finding.code, finding.subject) == ("unit-mismatch", "a-rule")
    assert finding.message == (
        "months against money at `>`: `client.months_active` is months, `params.late_fee` is money"
    )


def test_all_findings_come_at_once_with_their_columns() -> None:
    source = "client.categry == 'vip' && months_active > 2 && job.days > 1.5 && deal.budget / 2 > 3"
    assert [(f.place.column, f.code, f.suggestion) for f in findings(source)] == [
        (11, "unknown-name", "did you mean client.category?"),
        (38, "unknown-name", "did you mean client.months_active?"),
        (70, "inexact-literal", "whole numbers only"),
        (77, "may-be-absent", "has(deal.budget) && ..., or has(deal.budget) ? ... : ..."),
        (89, "bare-division", "div_up(x, k), div_down(x, k) or div_round(x, k)"),
    ]


def test_lines_are_counted_in_a_source_of_several() -> None:
    assert [str(f.place) for f in findings("client.trusted &&\n    job.cots > 3")] == ["rules.yaml:8:5"]


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("job.cost + client.orders > 3", "unit-mismatch"),
        ("job.cost * params.share > 3", "unit-mismatch"),
        ("job.cost * job.cost > 3", "unit-mismatch"),
        ("client.trusted + 1 > 3", "unit-mismatch"),
        ("client.category > 'vip'", "unit-mismatch"),
        ("client.trusted < true", "unit-mismatch"),
        ("client.category == 3", "unit-mismatch"),
        ("client.orders == 'vip'", "unit-mismatch"),
        ("client.orders in [true]", "unit-mismatch"),
        ("client.orders && client.trusted", "unit-mismatch"),
        ("!client.orders", "unit-mismatch"),
        ("client.orders ? true : false", "unit-mismatch"),
        ("(client.trusted ? job.cost : job.days) > 3", "unit-mismatch"),
        ("min(job.cost, job.days) > 3", "unit-mismatch"),
        ("min(client.trusted, deal.asked)", "unit-mismatch"),
        ("-client.trusted", "unit-mismatch"),
        ("percent(job.cost, job.days) > 3", "unit-mismatch"),
        ("percent(client.trusted, 5) > 3", "unit-mismatch"),
        ("decision.approvals == 'owner'", "unit-mismatch"),
        ("client.trusted in [true]", "unit-mismatch"),
        ("client.orders in [1, 'vip']", "unit-mismatch"),
        ("client.category == 'vpi'", "not-a-member"),
        ("client.category in ['vip', 'godo']", "not-a-member"),
        ("'ownr' in decision.approvals", "not-a-member"),
        ("client.orders in []", "wrong-arguments"),
        ("client.orders in [client.scenes]", "wrong-arguments"),
        ("client.orders in client.scenes", "wrong-arguments"),
        ("client.orders in 3", "wrong-arguments"),
        ("client.category in decision.approvals", "wrong-arguments"),
        ("[1, 2] == 3", "wrong-arguments"),
        ("min(job.cost) > 3", "wrong-arguments"),
        ("percent(job.cost) > 3", "wrong-arguments"),
        ("div_up(job.cost, 0) > 3", "wrong-arguments"),
        ("div_up(job.cost, -2) > 3", "wrong-arguments"),
        ("div_up(job.cost, 1.5) > 3", "wrong-arguments"),
        ("div_up(job.cost, client.orders) > 3", "wrong-arguments"),
        ("div_up(job.cost, 9223372036854775808) > 3", "wrong-arguments"),
        ("has(job.cost)", "wrong-arguments"),
        ("has(deal.budget > 3)", "wrong-arguments"),
        ("has(deal.bugdet)", "unknown-name"),
        ("null == 3", "unknown-name"),
        ("decision.floor > 3", "read-before-known"),
        ("size(job.cost) > 3", "unknown-function"),
        ("job.cost.size() > 3", "unknown-function"),
        ("percnt(job.cost, 3) > 3", "unknown-function"),
        ("client.orders > 9223372036854775808", "integer-overflow"),
        ("job.cost > 92233720368547758.08", "integer-overflow"),
        ("client.orders > 1.5", "inexact-literal"),
        ("client.orders > 1.0", "inexact-literal"),
        ("params.share > 1.005", "inexact-literal"),
    ],
)
def test_refusals(source: str, code: str) -> None:
    assert codes(source) == [code]


def test_suggestions() -> None:
    assert findings("client.category == 'vpi'")[0].suggestion == "did you mean vip?"
    assert findings("client.category == 'zzz'")[0].suggestion == "one of vip, good, regular"
    assert findings("percnt(job.cost, 3) > 3")[0].suggestion == "did you mean percent?"
    assert findings("job.cost * params.share > 3")[0].suggestion == "a share of something is percent(x, p)"
    assert "only after stage price" in findings("decision.floor > 3")[0].message


@pytest.mark.parametrize(
    ("source", "expected", "code"),
    [
        ("job.cost", BOOL, "unit-mismatch"),
        ("client.trusted", PERCENT, "unit-mismatch"),
        ("5", BOOL, "unit-mismatch"),
        ("'vip'", MONEY, "unit-mismatch"),
        ("vpi", CATEGORY, "not-a-member"),
        ("ownr", ROLES, "not-a-member"),
        ("client.category", ROLES, "unit-mismatch"),
        ("client.trusted ? 'owner' : 'senior'", ROLES, "unit-mismatch"),
    ],
)
def test_what_is_expected(source: str, expected: Type, code: str) -> None:
    assert codes(source, expected) == [code]


def test_places_stay_in_the_file() -> None:
    assert all(finding.place.file == HERE.file for finding in findings("a && b || 'c"))
