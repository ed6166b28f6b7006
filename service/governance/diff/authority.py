"""Approval lines, override limits and reasons as items of a diff: who may change a book and bend a decision."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping

from service.domain.authority import ApprovalLine, OverrideLimit
from service.domain.facts import DAYS, PERCENT
from service.governance.diff.items import Aspect, Aspects, Item, View, plain
from service.policy.loading.governance import DEFAULT
from service.policy.nodes import DECISION, PARAMETER
from service.policy.subjects import Subject


def approval_lines(view: View, renamed: Mapping[str, str]) -> Iterator[Item]:
    """`renamed`: rules and rows of the earlier book by the names that they have in the later one."""
    matrix = view.book.governance.matrix
    yield Item(Subject.APPROVAL_LINE, DEFAULT, {"by": plain(matrix.default)})
    for line in matrix.lines:
        yield Item(Subject.APPROVAL_LINE, line.id, _line(view, line, renamed))


def _line(view: View, line: ApprovalLine, renamed: Mapping[str, str]) -> Aspects:
    def now(name: str) -> str:
        """Only what the line is about can have given it the name."""
        for prefix in (PARAMETER, DECISION, "stage:", "file:", ""):
            if prefix + name in view.names:
                return view.names[prefix + name].removeprefix(prefix)
        return renamed.get(name, name)

    aspects = {"by": plain(line.by)}
    if line.subjects:
        aspects["subjects"] = _set({subject: subject for subject in line.subjects})
    if line.names:
        aspects["names"] = _set({name: now(name) for name in line.names})
    if line.effects:
        aspects["effects"] = _set({effect: view.slot(effect) for effect in line.effects})
    if line.within is not None:
        aspects["within"] = view.value(PERCENT, line.within)
    return aspects


def _set(now: Mapping[str, Hashable]) -> Aspect:
    """Written name -> what it counts as. Their order doesn't."""
    return Aspect(frozenset(now.values()), ", ".join(now))


def override_limits(view: View) -> Iterator[Item]:
    for role, limit in view.book.governance.limits.items():
        yield Item(Subject.OVERRIDE_LIMIT, role, _limit(view, limit))


def _limit(view: View, limit: OverrideLimit) -> Aspects:
    return {
        "price down": view.value(PERCENT, limit.price_down),
        "price up": view.value(PERCENT, limit.price_up),
        "prepayment down": view.value(PERCENT, limit.prepayment_down),
        "credit days": view.value(DAYS, limit.credit_days),
        "outcomes": _set({outcome: outcome for outcome in limit.outcomes}),
    }


def override_reasons(view: View) -> Iterator[Item]:
    for code in view.book.governance.reasons:
        yield Item(Subject.OVERRIDE_REASON, code, {})
