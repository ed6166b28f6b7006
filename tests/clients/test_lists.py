"""Lists of clients: small ledgers worked out by hand, on both databases."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest

from service.clients.asking import Asking
from service.domain.lists import Activity, Approach, Attention, Drawing, Due, Measure, Ties, Union

HEAD = "client_id,day,amount,currency\n"
DRAWN = date(2026, 3, 15)


def drawing(**given: object) -> Drawing:
    return Drawing(**{"drawn_on": DRAWN, "currency": "EUR", "few": 5, **given})


def rows(*sums: tuple[str, str, int]) -> str:
    return HEAD + "".join(f"{client},{day},{amount},EUR\n" for client, day, amount in sums)


def categories(asking: Asking, asked: Drawing) -> dict[str, str]:
    return {each.client_id: each.category for each in asking.listed(asked)}


def of_february(*amounts: int) -> str:
    return rows(*((f"c{n}", "2026-02-10", amount) for n, amount in enumerate(amounts)))


def test_the_fifth_of_those_who_paid_are_vips_and_the_last_fifth_others(bring, asking):
    bring("payments", of_february(100, 90, 80, 70, 60, 50, 40, 30, 20, 10))
    found = categories(asking, drawing())
    assert [client for client, category in found.items() if category == "vip"] == ["c0", "c1"]
    assert {client for client, category in found.items() if category == "other"} == {"c8", "c9"}
    assert Counter(found.values()) == {"vip": 2, "regular": 6, "other": 2}


def test_approach_b_calls_the_next_fifth_of_those_left_good(bring, asking):
    bring("payments", of_february(100, 90, 80, 70, 60, 50, 40, 30, 20, 10))
    found = categories(asking, drawing(approach=Approach.B))
    # A fifth of the eight who are left: 1.6, two.
    assert {client for client, category in found.items() if category == "good"} == {"c2", "c3"}
    assert "other" not in found.values()


@pytest.mark.parametrize(("ties", "vips"), [(Ties.IN, {"c0", "c1", "c2"}), (Ties.OUT, {"c0"})])
def test_ties_at_the_cut(bring, asking, ties, vips):
    bring("payments", of_february(100, 80, 80, 70, 60, 50, 40, 30, 20, 10))
    found = categories(asking, drawing(ties=ties))
    assert {client for client, category in found.items() if category == "vip"} == vips


def test_a_second_measure_decides_between_equals(bring, asking):
    """c1 and c2 paid the same; c2 had more delivered. c8 and c9 are equal in both."""
    bring("payments", of_february(100, 80, 80, 70, 60, 50, 40, 30, 10, 10))
    head = "client_id,day,units,cost,currency\n"
    bring("services", head + "c1,2026-02-03,9,1,EUR\nc2,2026-02-03,1,1,EUR\nc2,2026-02-04,1,1,EUR\n")
    found = categories(asking, drawing(ties=Ties.SECOND))
    assert {client for client, category in found.items() if category == "vip"} == {"c0", "c2"}
    assert {client for client, category in found.items() if category == "other"} == {"c8", "c9"}
    by_units = categories(asking, drawing(ties=Ties.SECOND, second=Measure.UNITS))
    assert {client for client, category in by_units.items() if category == "vip"} == {"c0", "c1"}
    # Equal in both at the cut: all of them are in.
    by_profit = categories(asking, drawing(ties=Ties.SECOND, second=Measure.MONEY))
    assert {client for client, category in by_profit.items() if category == "vip"} == {"c0", "c1", "c2"}


def test_what_a_client_of_each_category_is_like(bring, asking):
    bring("payments", of_february(100, 80, 60, 50, 40) + "c0,2026-02-11,21,EUR\n")
    bring("services", "client_id,day,units,cost,currency\nc0,2026-02-03,7,1,EUR\nc1,2026-02-03,2,1,EUR\n")
    vip, regular, other = asking.averages(drawing(months=2, second_share=2_000))
    # c0: 121.00 in two payments. The three regular ones: 80, 60 and 50, together 190.00 in three payments; 2 units.
    assert (vip.category, vip.clients, vip.payment, vip.spending, vip.units) == ("vip", 1, 6_050, 6_050, 7)
    assert (regular.clients, regular.payment, regular.spending, regular.units) == (3, 6_333, 3_167, 1)
    assert (other.category, other.clients, other.payment, other.spending) == ("other", 1, 4_000, 2_000)


def test_who_moved_between_categories(bring, asking):
    """c0 falls, c4 rises, c5 comes, and c3 paid in the first month alone."""
    january = [("c0", 100), ("c1", 60), ("c2", 50), ("c3", 40), ("c4", 30)]
    february = [("c0", 20), ("c1", 60), ("c2", 50), ("c4", 200), ("c5", 40)]
    bring(
        "payments",
        rows(*((id, "2026-01-10", sum) for id, sum in january), *((id, "2026-02-10", sum) for id, sum in february)),
    )
    found = asking.movements(drawing(months=1), 1)
    assert {(each.before, each.after): each.clients for each in found} == {
        ("vip", "other"): 1, ("regular", "regular"): 2, ("regular", "lapsed"): 1, ("other", "vip"): 1,
        ("new", "regular"): 1,
    }  # fmt: skip
    assert {each.drawn_on for each in found} == {DRAWN}


def test_all_equal_are_all_vips_or_none_is(bring, asking):
    bring("payments", of_february(*[50] * 10))
    assert set(categories(asking, drawing(ties=Ties.IN)).values()) == {"vip"}
    assert set(categories(asking, drawing(ties=Ties.OUT)).values()) == {"regular"}


def test_a_handful_has_no_categories(bring, asking):
    bring("payments", of_february(100, 90, 80, 70))
    assert set(categories(asking, drawing()).values()) == {"regular"}


def test_one_client_and_none(bring, asking):
    assert categories(asking, drawing()) == {}
    assert asking.pareto(drawing()).curve == ()
    bring("payments", of_february(100))
    assert categories(asking, drawing(few=1)) == {"c0": "regular"}, "a fifth of one is none"
    (point,) = asking.pareto(drawing()).curve
    assert (point.clients, point.share_of_clients, point.share_of_measure) == (1, 10_000, 10_000)


def test_who_paid_much_in_one_month_and_left_is_not_missed(bring, asking):
    steady = [(f"s{n}", f"2026-0{m}-05", 100 - n) for n in range(9) for m in (1, 2)]
    bring("payments", rows(*steady, ("left", "2025-10-03", 120), *((f"s{n}", "2025-10-04", 1) for n in range(5))))
    assert categories(asking, drawing())["left"] == "vip"
    assert categories(asking, drawing(union=Union.PERIOD))["left"] == "other"
    # The six months before March begin with September.
    assert "left" not in categories(asking, drawing(months=4))


def test_the_months_that_count_end_before_the_days_own(bring, asking):
    bring(
        "payments", rows(("a", "2025-09-01", 5), ("b", "2025-08-31", 5), ("c", "2026-02-28", 5), ("d", "2026-03-01", 5))
    )
    assert categories(asking, drawing()).keys() == {"a", "c"}


def test_refunds_count_and_a_month_below_zero_is_no_payer(bring, asking):
    bring("payments", rows(("a", "2026-02-01", 100), ("a", "2026-02-20", -30), ("b", "2026-02-01", 10),
                           ("b", "2026-02-02", -25)))  # fmt: skip
    (only,) = asking.listed(drawing())
    assert (only.client_id, only.measure, only.last, only.average) == ("a", 7_000, 7_000, 1_167)


def test_the_measure_follows_the_strategy(bring, asking):
    """c0 pays most and costs more than it pays; c4 pays least and gets most units."""
    bring("payments", of_february(100, 90, 80, 70, 60))
    bring("services", "client_id,day,units,cost,currency\n" + "".join(
        f"c{n},2026-02-1{n},{units},{cost},EUR\n"
        for n, (units, cost) in enumerate([(1, 120), (1, 10), (1, 10), (1, 5), (9, 5)])
    ))  # fmt: skip
    vip = {m: [c for c, k in categories(asking, drawing(measure=m)).items() if k == "vip"] for m in Measure}
    assert vip[Measure.MONEY] == ["c0"]
    assert vip[Measure.UNITS] == ["c4"]
    assert vip[Measure.PROFIT] == ["c1"]
    assert len(vip[Measure.SERVICES]) == 5, "one service each: all tied at the cut are in"
    overlaps = {(each.one, each.other): each.both for each in asking.overlaps(drawing())}
    assert overlaps[Measure.MONEY, Measure.PROFIT] == 0
    assert overlaps[Measure.MONEY, Measure.SERVICES] == 1


def test_the_pareto_report(bring, asking):
    bring("payments", rows(("a", "2026-02-01", 60), ("b", "2026-02-01", 20), ("c", "2026-02-01", 10),
                           ("d", "2026-02-01", 5), ("e", "2026-02-01", 5), ("a", "2026-01-01", 100),
                           ("b", "2026-01-02", 50), ("b", "2026-01-03", 50)))  # fmt: skip
    pareto = asking.pareto(drawing())
    assert (pareto.clients, pareto.measure) == (5, 30_000)
    assert [(p.clients, p.share_of_clients, p.share_of_measure) for p in pareto.curve] == [
        (1, 2_000, 5_333), (2, 4_000, 9_333), (3, 6_000, 9_667), (4, 8_000, 9_833), (5, 10_000, 10_000),
    ]  # fmt: skip
    january, february = pareto.months
    assert (january.payers, january.payments, january.measure, january.vips) == (2, 3, 20_000, 0)
    assert (february.payers, february.vips, february.vip_share) == (5, 1, 6_000)


def test_attention(bring, asking):
    usual = [
        (client, f"2025-{m:02}-05", amount)
        for client, amount in (("less", 100), ("none", 90), ("same", 80))
        for m in (9, 10, 11, 12)
    ]
    usual += [(client, "2026-01-05", amount) for client, amount in (("less", 100), ("none", 90), ("same", 80))]
    small = [(f"s{n}", f"2026-0{m}-05", 1) for n in range(9) for m in (1, 2)]
    last = [("less", "2026-02-05", 69), ("same", "2026-02-05", 56), ("s0", "2026-02-06", 70)]
    bring("payments", rows(*usual, *small, *last))
    # A list of the whole period: a fifth of twelve, two and a half rounded to two, are VIPs; a quarter is three.
    found = asking.attention(drawing(union=Union.PERIOD, vip_share=2_500))
    assert found == (
        Attention(client_id="less", why="paid_less", last=6_900, usual=10_000),
        Attention(client_id="none", why="paid_nothing", last=0, usual=9_000),
        # (569 + 450 + 456) / 6 / 3 = 81.94 is what VIPs bring a month; s0 brought 71.
    )
    assert asking.attention(drawing(union=Union.PERIOD, vip_share=2_500, months=2))[-1].why == "candidate"


def test_activity_and_who_is_due(bring, asking):
    def bought(client: str, *ages: int) -> list[tuple[str, str, int]]:
        return [(client, (DRAWN - timedelta(days=age)).isoformat(), 10) for age in ages]

    bring("payments", rows(*bought("new", 20), *bought("once", 200), *bought("often", 5, 40, 80, 120, 160, 200),
                           *bought("grows", 10, 70), *bought("lost", 200, 260), *bought("edge", 90),
                           *bought("over", 91), ("refund", "2026-03-01", -5)))  # fmt: skip
    found = {each.client_id: each.activity for each in asking.activity(drawing())}
    assert found == {
        "new": Activity.NEWCOMER, "once": Activity.ONE_TIME, "often": Activity.CHAMPION, "grows": Activity.GROWING,
        "lost": Activity.LOST, "edge": Activity.NEWCOMER, "over": Activity.ONE_TIME,
    }  # fmt: skip
    often = next(each for each in asking.activity(drawing()) if each.client_id == "often")
    assert (often.recency, often.purchases, often.money) == (5, 6, 6_000)
    assert often.quarters == (0, 1_000, 2_000, 3_000)
    # Second purchases came after 40, 60 and 60 days: four of five within 60.
    assert asking.due(drawing()) == ()
    bring("payments", rows(*bought("soon", 50), *bought("late", 61), *bought("today", 60), *bought("early", 45)))
    assert asking.due(drawing()) == (
        Due(client_id="today", first_purchase=DRAWN - timedelta(days=60), days_left=0),
        Due(client_id="soon", first_purchase=DRAWN - timedelta(days=50), days_left=10),
    )


def test_what_is_recent_lost_and_often_can_be_chosen(bring, asking):
    day = DRAWN - timedelta(days=50)
    bring("payments", rows(*(("twice", (DRAWN - timedelta(days=age)).isoformat(), 10) for age in (50, 60)),
                           ("once", day.isoformat(), 10)))  # fmt: skip
    assert {each.activity for each in asking.activity(drawing(recent_days=49, often=2))} == {
        Activity.GROWING, Activity.ONE_TIME,
    }  # fmt: skip
    assert {each.activity for each in asking.activity(drawing(recent_days=50, often=2))} == {
        Activity.CHAMPION, Activity.NEWCOMER,
    }  # fmt: skip
    lost = {each.client_id: each.activity for each in asking.activity(drawing(lost_days=49))}
    assert lost == {"twice": Activity.LOST, "once": Activity.NEWCOMER}


def test_when_clients_are_expected_to_buy_next(bring, asking):
    """By the median of their own gaps, the lower one of an even number; once-buyers by the firm's."""

    def bought(client: str, *ages: int) -> list[tuple[str, str, int]]:
        return [(client, (DRAWN - timedelta(days=age)).isoformat(), 10) for age in ages]

    bring("payments", rows(*bought("once", 25)))
    assert asking.expected(drawing()) == ()
    bring("payments", rows(*bought("steady", 10, 40, 70, 100), *bought("uneven", 40, 50, 150),
                           *bought("twice", 5, 5, 25), ("refund", "2026-03-01", -5)))  # fmt: skip
    found = [(e.client_id, e.gaps, e.usual, e.late) for e in asking.expected(drawing())]
    # Gaps: steady 30 30 30; uneven 100 10, of which 10 is the lower; twice 20, two payments of a day as one.
    # The firm's first gaps are 30, 100 and 20: once waits 30.
    assert found == [
        ("uneven", 2, 10, 30), ("once", 0, 30, -5), ("twice", 1, 20, -15), ("steady", 3, 30, -20),
    ]  # fmt: skip
    first = asking.expected(drawing())[0]
    assert (first.last_purchase, first.expected_on) == (DRAWN - timedelta(days=40), DRAWN - timedelta(days=30))


def test_equal_clients_have_equal_scores(bring, asking):
    bring("payments", of_february(*[50] * 7))
    scores = {(e.recency_score, e.frequency_score, e.money_score) for e in asking.activity(drawing())}
    assert scores == {(1, 1, 1)}


def test_what_is_asked_together_is_asked_of_one_state(bring, asking):
    bring("payments", HEAD + "a,2026-02-01,10,EUR\n")
    with asking.held("EUR"):
        before = asking.listed(drawing())
        bring("payments", HEAD + "b,2026-02-01,20,EUR\n")
        assert asking.listed(drawing()) == before
        assert asking.pareto(drawing()).clients == 1
    assert [each.client_id for each in asking.listed(drawing())] == ["b", "a"]


def test_rows_that_were_replaced_or_came_later_are_seen(bring, asking):
    head = "reference," + HEAD
    bring("payments", head + "P1,a,2026-02-01,10,EUR\n")
    assert [each.measure for each in asking.listed(drawing())] == [1_000]
    bring("payments", head + "P1,a,2026-02-01,30,EUR\nP2,b,2026-02-01,20,EUR\n")
    assert [(each.client_id, each.measure) for each in asking.listed(drawing())] == [("a", 3_000), ("b", 2_000)]
