"""A diff as plain data for programs. Money in minor units; field names stay, new ones may join them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from service.domain.decision import Price
from service.governance.diff.behaviour import Answer, Behaviour, Difference, Total
from service.governance.diff.changes import BookDiff, Change


def differs(diff: BookDiff, behaviours: Sequence[Behaviour]) -> bool:
    return bool(diff.changes) or any(behaviour.differences for behaviour in behaviours)


def diff_data(diff: BookDiff, behaviours: Sequence[Behaviour]) -> dict[str, Any]:
    books = [{"book": name, "version": id} for name, id in zip(diff.names, diff.versions, strict=True)]
    return {
        "same": not differs(diff, behaviours),
        "before": books[0],
        "after": books[1],
        "changes": [_change(change) for change in diff.changes],
        "behaviour": [behaviour_data(behaviour) for behaviour in behaviours],
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "subject": change.subject.value,
        "name": change.name,
        "was": change.was or None,
        "kind": change.kind.value,
        "details": [{"aspect": d.aspect, "before": d.before, "after": d.after} for d in change.details],
    }


def behaviour_data(behaviour: Behaviour) -> dict[str, Any]:
    return {
        "origin": behaviour.origin.value,
        "asked": behaviour.asked,
        "refused": list(behaviour.refused),
        "differences": [_difference(difference) for difference in behaviour.differences],
        "totals": [_total(total) for total in behaviour.totals],
    }


def _difference(difference: Difference) -> dict[str, Any]:
    return {
        "name": difference.asked.name,
        "overridden": difference.asked.overridden,
        "outcome_or_price": difference.decisive,
        "before": _answer(difference.before),
        "after": _answer(difference.after),
        "target_difference": difference.money,
        "parts": list(difference.parts),
    }


def _answer(answer: Answer) -> dict[str, Any]:
    if answer.refused:
        return {"refused": answer.refused}
    return {"outcome": answer.outcome, "price": _price(answer.price)}


def _price(price: Price | None) -> dict[str, Any] | None:
    if price is None:
        return None
    names = ("currency", "low", "target", "high", "fixed")
    return {name: getattr(price, name) for name in names}


def _total(total: Total) -> dict[str, Any]:
    return {
        "currency": total.currency,
        "priced_by_both": total.priced,
        "before": total.before,
        "after": total.after,
        "difference": total.after - total.before,
        "priced_before_only": {"target": total.lost[0], "count": total.lost[1]},
        "priced_after_only": {"target": total.gained[0], "count": total.gained[1]},
    }
