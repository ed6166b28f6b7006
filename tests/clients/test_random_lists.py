"""Lists of random ledgers, shuffled and brought in by parts, against plain Python, on both databases."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date
from itertools import pairwise
from statistics import median_low

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from service.domain.lists import Approach, Drawing, Ties, Union
from tests.clients.test_lists import HEAD, drawing


def oracle(sums: list[tuple[str, date, int]], asked: Drawing) -> dict[str, tuple[str, int]]:
    """Categories and measures in plain Python, from the definitions in docs/clients.md."""
    months: dict[tuple[str, date], int] = defaultdict(int)
    for client, day, amount in sums:
        if asked.first_day <= day < asked.end:
            months[client, day.replace(day=1)] += amount * 100
    months = {key: total for key, total in months.items() if total > 0}
    totals: dict[str, int] = defaultdict(int)
    for (client, _), total in months.items():
        totals[client] += total
    groups: dict[date | None, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for (client, month), total in months.items():
        groups[month if asked.union is Union.MONTHS else None][client] += total
    vips = set()
    for group in groups.values():
        if len(group) >= asked.few:
            vips |= _best(group, _cut(len(group), asked.vip_share), asked.ties, best=True)
    rest = {client: total for client, total in totals.items() if client not in vips}
    base = len(rest) if asked.approach is Approach.B else len(totals)
    second = set()
    if len(totals) >= asked.few:
        second = _best(rest, _cut(base, asked.second_share), asked.ties, best=asked.approach is Approach.B)
    name = "good" if asked.approach is Approach.B else "other"
    return {
        client: ("vip" if client in vips else name if client in second else "regular", total)
        for client, total in totals.items()
    }


def expected(sums: list[tuple[str, date, int]], as_of: date) -> dict[str, tuple[int, int]]:
    """Usual days between purchases, and days past them, from the definition in docs/clients.md."""
    bought = defaultdict(set)
    for client, day, amount in sums:
        if amount > 0 and day <= as_of:
            bought[client].add(day)
    gaps = {
        client: [(later - day).days for day, later in pairwise(sorted(days))] for client, days in bought.items()
    }  # fmt: skip
    first = [each[0] for each in gaps.values() if each]
    usual = {client: median_low(each or first) for client, each in gaps.items() if each or first}
    return {client: (days, (as_of - max(bought[client])).days - days) for client, days in usual.items()}


def _cut(count: int, share: int) -> int:
    return (count * share + 5_000) // 10_000


def _best(group: dict[str, int], count: int, ties: Ties, best: bool) -> set[str]:
    taken: set[str] = set()
    for value in sorted(set(group.values()), reverse=best):
        alike = {client for client, total in group.items() if total == value}
        fits = len(taken) + len(alike) <= count if ties is Ties.OUT else len(taken) < count
        if not fits:
            break
        taken |= alike
    return taken


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sums=st.lists(
        st.tuples(
            st.sampled_from([f"c{n}" for n in range(9)]),
            st.dates(date(2025, 8, 20), date(2026, 3, 5)),
            st.integers(-3, 6),
        ),
        max_size=40,
    ),
    ties=st.sampled_from(Ties), approach=st.sampled_from(Approach), union=st.sampled_from(Union),
    shares=st.tuples(st.sampled_from([1_000, 2_000, 5_000]), st.sampled_from([1_000, 3_000])),
    seed=st.integers(0, 999),
)  # fmt: skip
def test_random_ledgers_shuffled_and_split(bring, asking, url, sums, ties, approach, union, shares, seed):
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM client_payments"))
    engine.dispose()
    lines = [f"R{n},{client},{day},{amount},EUR\n" for n, (client, day, amount) in enumerate(sums)]
    random.Random(seed).shuffle(lines)
    for part in (lines[: seed % 7], lines[seed % 7 :]):
        bring("payments", "reference," + HEAD + "".join(part))
    asked = drawing(ties=ties, approach=approach, union=union, vip_share=shares[0], second_share=shares[1], few=3)
    found = {each.client_id: (each.category, each.measure) for each in asking.listed(asked)}
    assert found == oracle(sums, asked)
    found_next = {each.client_id: (each.usual, each.late) for each in asking.expected(asked)}
    assert found_next == expected(sums, asked.drawn_on)
