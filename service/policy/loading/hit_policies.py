"""Whether a table's hit policy fits what it gives, and in which order its rows precede one another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from service.domain.effects import Combine, Slot
from service.domain.facts import COUNT
from service.policy.book import Hit, Row, Rule
from service.policy.findings import Place
from service.policy.loading.grids import ORDERED, Grid
from service.policy.nodes import Op
from service.policy.unit_rules import called, numeric

Refuse = Callable[[Place, str, str, str], None]
"""Place, code, message, suggestion."""


def check_policy(refuse: Refuse, grid: Grid, slots: Mapping[str, Slot]) -> None:
    hit, aggregate = grid.hit, grid.item.fields["aggregate"]
    if not aggregate:
        return
    place = grid.item.place("aggregate")
    if hit is not Hit.COLLECT:
        refuse(place, "wrong-value", f"a '{hit.value}' table aggregates nothing", "hit: collect")
    elif len(grid.outputs()) > 1:
        refuse(place, "wrong-value", f"'{aggregate}' is of a single output column", "a table for each output")
    else:
        for name in grid.outputs():
            if name in slots:
                _check_aggregate(refuse, place, aggregate, slots[name])


def _check_aggregate(refuse: Refuse, place: Place, aggregate: str, slot: Slot) -> None:
    if not numeric(slot.type):
        refuse(place, "wrong-value", f"'{aggregate}' is of numbers; '{slot.name}' is {called(slot.type)}", "")
    elif aggregate == "count" and slot.type != COUNT:
        refuse(place, "unit-mismatch", f"how many rows fit is a count; '{slot.name}' is {called(slot.type)}", "")
    elif aggregate in ("sum", "count") and slot.combine is Combine.FIRST:
        hint = "combine: sum, in the effect"
        refuse(place, "wrong-value", f"'{slot.name}' takes the value of one rule: no row's is the sum", hint)


def in_order(
    refuse: Refuse, grid: Grid, rows: Iterable[tuple[Row, Rule]], priorities: tuple[object, ...]
) -> list[tuple[Row, Rule]]:
    """Of the file where that is meant, of the outputs for `priority`, else of the ids."""
    if grid.hit in ORDERED:
        return list(rows)
    ordered = sorted(rows, key=lambda row: row[1].id)
    if grid.hit is not Hit.PRIORITY or not priorities:
        return ordered
    ranked = []
    foremost = next(iter(grid.outputs()), "")
    for row, rule in ordered:
        value = dict(rule.effects).get(foremost)
        if value is None or value.node.op is not Op.LIT or value.node.value not in priorities:
            message = f"'{foremost}' of {rule.id} must be one of the values that 'priority' lists"
            refuse(row.place, "wrong-value", message, "")
        else:
            ranked.append((priorities.index(value.node.value), row, rule))
    return [(row, rule) for _, row, rule in sorted(ranked, key=lambda entry: entry[0])]
