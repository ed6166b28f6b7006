"""Decision tables and their rows side by side. Knows that a row may have no name of its own, only a place.

A row without an id is called after its number where the order is meant, else after what it tests. Such a name changes
with the row or with its neighbours, so these rows are told apart by what they say.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from service.governance.diff.changes import Change, Detail, Kind, Subject
from service.governance.diff.items import CONDITION, EFFECT, WORDING, Aspect, Aspects, Item, View, plain, rule_aspects
from service.governance.diff.pairing import Likeness, Pair, change, pairs
from service.policy.book import Hit, Row, Table

_ORDERED = (Hit.FIRST, Hit.RULE_ORDER)
_SHARED = (WORDING, "practice")
"""What rows may have from their table, which keeps no trace of it."""

_LONGEST = 31
"""At least so much of a long name is what the row tests."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A table's rows. `unnamed`: their names come from their place or content. `order`: their ids where it counts."""

    items: Sequence[Item]
    numbered: bool
    unnamed: frozenset[str]
    order: Sequence[str]


def tables(view: View) -> Iterator[Item]:
    for table in view.book.tables.values():
        yield Item(Subject.TABLE, table.id, _table(view, table), view.where(table.place.file, table.stage))


def _table(view: View, table: Table) -> Aspects:
    inputs = [view.expression(input) for input in table.inputs]
    outputs = [view.slot(slot) for slot in table.outputs]
    policy = f"{table.hit.value} ({table.aggregate})" if table.aggregate else table.hit.value
    return {
        "hit policy": plain(policy),
        "inputs": Aspect(frozenset(input.key for input in inputs), ", ".join(input.text for input in inputs)),
        "outputs": plain(", ".join(sorted(outputs))),
        "practice": plain(table.practice),
    }


def rows(view: View) -> dict[str, Rows]:
    """By table."""
    items: dict[str, list[Item]] = defaultdict(list)
    for rule in view.book.rules:
        if rule.table:
            aspects = rule_aspects(view, rule)
            if aspects[WORDING].text == f"No row of {rule.table} fits":
                aspects[WORDING] = Aspect("", aspects[WORDING].text)  # what the loader writes where the book doesn't
            items[rule.table].append(Item(Subject.ROW, rule.id, aspects))
    return {name: _rows(table, items[name]) for name, table in view.book.tables.items()}


def _rows(table: Table, items: Sequence[Item]) -> Rows:
    order = [row.rule for row in table.rows]
    numbered = table.hit in _ORDERED and order == [f"{table.id}/{number}" for number in range(1, len(order) + 1)]
    unnamed = frozenset(order) if numbered else frozenset(row.rule for row in table.rows if _says_its_name(row))
    by_name = {item.name: item for item in items}
    placed = [by_name.pop(name) for name in order]
    return Rows([*placed, *by_name.values()], numbered, unnamed, order if table.hit in _ORDERED else ())


def _says_its_name(row: Row) -> bool:
    text = ", ".join(" ".join(cell.split()) or "-" for cell in row.cells)
    name = row.rule.partition("/")[2]
    return name == text or ("~" in name and text.startswith(name.rpartition("~")[0]) and len(name) > _LONGEST)


def row_changes(table: str, before: Rows, after: Rows) -> tuple[list[Change], list[Detail]]:
    """What changed in the rows of one table, and what of that is told once, of the table, for all that share it."""
    old = [replace(item, name=f"{table}/{_own(item.name)}") for item in before.items]
    found = _aligned(old, before, after) if before.numbered and after.numbered else _by_name(old, before, after)
    moved = _moved(found, before, after)
    shared = list(_shared(found))
    unnamed = {f"{table}/{_own(name)}" for name in before.unnamed}
    told = []
    for pair in found:
        one = change(_without(pair, shared)) or _same(pair)
        place = None
        if pair.before is not None and pair.after is not None:
            place = moved.get(one.name)
            nameless = pair.before.name in unnamed and pair.after.name in after.unnamed
            if nameless or not one.was:
                kind = Kind.CHANGED if one.details else Kind.MOVED
                one = replace(one, kind=kind, was="" if after.numbered else one.was)
            if one.kind is Kind.MOVED and place is None:
                continue
        told.append(replace(one, details=(*one.details, place)) if place else one)
    return told, [detail for detail, _ in shared]


def _same(pair: Pair) -> Change:
    assert pair.after is not None
    return Change(Subject.ROW, pair.after.name, Kind.MOVED)


def _own(name: str) -> str:
    return name.partition("/")[2]


def _by_name(old: Sequence[Item], before: Rows, after: Rows) -> list[Pair]:
    alike: list[Likeness] = [Item.content, Item.deciding]
    if before.unnamed and after.unnamed:
        alike += [_condition, _effects]
    return pairs(old, after.items, *alike)


def _condition(item: Item) -> Hashable:
    return item.aspects[CONDITION].key


def _effects(item: Item) -> Hashable:
    return frozenset((n, a.key) for n, a in item.aspects.items() if n.startswith(EFFECT) or n == WORDING)


def _aligned(old: Sequence[Item], before: Rows, after: Rows) -> list[Pair]:
    """Numbered rows: what says the same in the same order is the same row; what stands in its place is it changed."""
    numbered, defaults = old[: len(before.order)], old[len(before.order) :]
    new, new_defaults = after.items[: len(after.order)], after.items[len(after.order) :]
    matcher = SequenceMatcher(None, [i.content() for i in numbered], [i.content() for i in new], autojunk=False)
    found: list[Pair] = []
    gone: list[Item] = []
    come: list[Item] = []
    for what, a, b, c, d in matcher.get_opcodes():
        if what == "equal" or (what == "replace" and b - a == d - c):
            found += [Pair(one, other) for one, other in zip(numbered[a:b], new[c:d], strict=True)]
        else:
            gone += numbered[a:b]
            come += new[c:d]
    found += _alike(gone, come)
    return [*found, *pairs(defaults, new_defaults)]


def _alike(gone: Sequence[Item], come: Sequence[Item]) -> list[Pair]:
    """Rows out of place: never by number, which is another row's now."""
    old = [replace(item, name=f"{item.name}\0") for item in gone]
    own = {item.name: real for item, real in zip(old, gone, strict=True)}
    found = pairs(old, come, Item.content, Item.deciding)
    return [Pair(own[pair.before.name] if pair.before else None, pair.after) for pair in found]


def _moved(found: Iterable[Pair], before: Rows, after: Rows) -> Mapping[str, Detail]:
    """The fewest rows that had to move for the order to come about; by later name."""
    was = {_own(name): number for number, name in enumerate(before.order, 1)}
    now = {name: number for number, name in enumerate(after.order, 1)}
    both = ((_own(pair.before.name), pair.after.name) for pair in found if pair.before and pair.after)
    places = sorted((now[new], was[old], new) for old, new in both if old in was and new in now)
    stay = _longest_rising([earlier for _, earlier, _ in places])
    return {
        name: Detail("place in the table", str(earlier), str(later))
        for later, earlier, name in places
        if earlier not in stay
    }


def _longest_rising(numbers: Sequence[int]) -> set[int]:
    """The members of a longest rising subsequence, numbers all different."""
    ends: list[int] = []
    before: dict[int, int | None] = {}
    for number in numbers:
        at = bisect_left(ends, number)
        before[number] = ends[at - 1] if at else None
        ends[at : at + 1] = [number]
    kept: set[int] = set()
    last = ends[-1] if ends else None
    while last is not None:
        kept.add(last)
        last = before[last]
    return kept


Shared = tuple[Detail, frozenset[str]]
"""What is told of the table, and the later names of the rows that it is told for."""


def _shared(found: Iterable[Pair]) -> Iterator[Shared]:
    """An aspect that several rows had alike and all of them changed alike was changed in one place: the table's."""
    both = [(pair.before.aspects, pair.after) for pair in found if pair.before and pair.after]
    for name in _SHARED:
        ways: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for before, after in both:
            old, new = before[name], after.aspects[name]
            ways[old.text][new.text if old.key != new.key else old.text].append(after.name)
        for earlier, laters in ways.items():
            ((later, rows),) = laters.items() if len(laters) == 1 else ((earlier, []),)
            if later != earlier and len(rows) > 1:
                yield Detail(f"{name} of its rows", earlier, later), frozenset(rows)


def _without(pair: Pair, shared: Iterable[Shared]) -> Pair:
    if pair.before is None or pair.after is None:
        return pair
    told = {detail.aspect.removesuffix(" of its rows") for detail, rows in shared if pair.after.name in rows}
    sides = (
        replace(i, aspects={n: a for n, a in i.aspects.items() if n not in told}) for i in (pair.before, pair.after)
    )
    return Pair(*sides)
