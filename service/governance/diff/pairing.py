"""Which thing of one book is which of the other, and what then differs. Knows items, not where they come from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from service.governance.diff.changes import Change, Detail, Kind
from service.governance.diff.items import Aspect, Item

Likeness = Callable[[Item], Hashable]


@dataclass(frozen=True, slots=True)
class Pair:
    """One thing in both books, or in one: never None twice."""

    before: Item | None
    after: Item | None


def pairs(before: Iterable[Item], after: Iterable[Item], *alike: Likeness) -> list[Pair]:
    """By name; then, among those left over, by each likeness in turn; in the order of the later book, the removed last.

    Where several are alike they are paired in the order of their names if there are as many on both sides, else none.
    """
    old, new = {item.name: item for item in before}, {item.name: item for item in after}
    known = {name: old[name] for name in new if name in old}
    for likeness in alike:
        taken = {item.name for item in known.values()}
        gone = _grouped((item for item in old.values() if item.name not in taken), likeness)
        come = _grouped((item for name, item in new.items() if name not in known), likeness)
        for key, items in come.items():
            if len(items) == len(gone.get(key, ())):
                known.update((later.name, earlier) for earlier, later in zip(gone[key], items, strict=True))
    taken = {item.name for item in known.values()}
    found = [Pair(known.get(name), item) for name, item in new.items()]
    return [*found, *(Pair(item, None) for name, item in old.items() if name not in taken)]


def _grouped(items: Iterable[Item], likeness: Likeness) -> Mapping[Hashable, Sequence[Item]]:
    groups: dict[Hashable, list[Item]] = defaultdict(list)
    for item in sorted(items, key=lambda item: item.name):
        groups[likeness(item)].append(item)
    return groups


def renamed(found: Iterable[Pair]) -> dict[str, str]:
    both = ((pair.before.name, pair.after.name) for pair in found if pair.before and pair.after)
    return {before: after for before, after in both if before != after}


def changes(found: Iterable[Pair]) -> Iterator[Change]:
    for pair in found:
        told = change(pair)
        if told is not None:
            yield told


def change(pair: Pair) -> Change | None:
    """None where there is no difference."""
    before, after = pair.before, pair.after
    if before is None or after is None:
        (item, kind) = (after, Kind.ADDED) if after is not None else (before, Kind.REMOVED)
        assert item is not None
        sides = ({}, item.aspects) if kind is Kind.ADDED else (item.aspects, {})
        return Change(item.subject, item.name, kind, tuple(_details(*sides)))
    inner = tuple(_details(before.aspects, after.aspects))
    outer = tuple(_details(before.where, after.where))
    was = before.name if before.name != after.name else ""
    kind = Kind.RENAMED if was else Kind.CHANGED if inner else Kind.MOVED
    return Change(after.subject, after.name, kind, (*inner, *outer), was) if was or inner or outer else None


def _details(before: Mapping[str, Aspect], after: Mapping[str, Aspect]) -> Iterator[Detail]:
    """In the order of the later side; dated values in the order of their days."""
    names = [*after, *(name for name in before if name not in after)]
    dated = sorted(name for name in names if name.startswith("from "))
    for name in [*dated, *(name for name in names if not name.startswith("from "))]:
        old, new = before.get(name), after.get(name)
        if old is None or new is None or old.key != new.key:
            yield Detail(name, old.text if old else None, new.text if new else None)
