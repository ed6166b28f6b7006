"""A diff laid out for a terminal, to be read by whoever owns the policy. Compares and computes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from service.domain.decision import Price
from service.domain.money import text as money
from service.governance.diff.behaviour import Answer, Behaviour, Difference, Origin, Total
from service.governance.diff.changes import BookDiff, Change, Detail, Kind, Subject

_COLOURS = {
    Kind.ADDED: "green",
    Kind.REMOVED: "red",
    Kind.CHANGED: "yellow",
    Kind.RENAMED: "cyan",
    Kind.MOVED: "cyan",
}
_PLURALS = {Subject.BOOK: "The book itself", Subject.CALENDAR: "Calendar"}
_TITLES = {Origin.CASE: "Cases", Origin.DECISION: "Recorded decisions"}
_SHORT = 60
"""Old and new value stand on one line up to so many characters, else one below the other."""

_MOST_ROWS = 20
_MOST_REQUESTS = 30
"""Rows of one kind, and requests, that are told before the rest is only counted; --json tells all."""

_IN_FULL = {Subject.CASE: ("practice", "edge"), Subject.SURVIVOR: ()}
"""What is told of something new or gone, where not everything is."""


def print_diff(console: Console, names: tuple[str, str], diff: BookDiff, behaviours: Sequence[Behaviour] = ()) -> None:
    """`names`: what the two books were asked for by."""
    for label, name, book, version in zip("AB", names, diff.names, diff.versions, strict=True):
        console.print(Text(f"{label}  {name}  {book} {version[:19]}", style="dim"))
    if diff.versions[0] == diff.versions[1]:
        console.print("The same version.")
        return
    if not diff.changes:
        console.print("The same in meaning: only layout, spelling or what no rule reads differs.")
    for subject, changes in groupby(diff.changes, key=lambda change: change.subject):
        console.print()
        console.print(Text(_PLURALS.get(subject, _plural(subject)), style="bold"))
        _changes(console, subject, list(changes))
    for behaviour in behaviours:
        print_behaviour(console, behaviour)


def _plural(subject: Subject) -> str:
    return f"{subject.value}s".capitalize()


def _changes(console: Console, subject: Subject, changes: Sequence[Change]) -> None:
    told: Counter[Kind] = Counter()
    for change in changes:
        told[change.kind] += 1
        if subject is Subject.ROW and told[change.kind] > _MOST_ROWS:
            continue
        line = Text("  ").append(f"{change.kind.value:<8}", style=_COLOURS[change.kind]).append(f" {change.name}")
        console.print(line.append(f" (was {change.was})" if change.was else ""))
        for detail in _told(change):
            _detail(console, detail)
    for kind in _COLOURS:
        if subject is Subject.ROW and told[kind] > _MOST_ROWS:
            console.print(f"  and {told[kind] - _MOST_ROWS:,} more rows {kind.value}; --json lists them all")


def _told(change: Change) -> Iterator[Detail]:
    chosen = _IN_FULL.get(change.subject) if change.kind in (Kind.ADDED, Kind.REMOVED) else None
    for detail in change.details:
        if chosen is None or detail.aspect in chosen:
            yield detail


def _detail(console: Console, detail: Detail) -> None:
    before, after = detail.before, detail.after
    if before is not None and after is not None and len(before) + len(after) <= _SHORT:
        line = Text(f"{detail.aspect}: ").append(before, style="red").append(" → ").append(after, style="green")
        console.print(Padding(line, (0, 0, 0, 11), expand=False))
        return
    console.print(Padding(Text(f"{detail.aspect}:"), (0, 0, 0, 11), expand=False))
    for sign, text, style in (("- ", before, "red"), ("+ ", after, "green")):
        if text is not None:
            console.print(Padding(Text(sign + text, style=style), (0, 0, 0, 13), expand=False))


def print_behaviour(console: Console, behaviour: Behaviour) -> None:
    decisive = [difference for difference in behaviour.differences if difference.decisive]
    others = [difference for difference in behaviour.differences if not difference.decisive]
    console.print()
    console.print(Text(_TITLES[behaviour.origin], style="bold"))
    asked = f"{behaviour.asked:,} asked of both: {len(decisive):,} differ in outcome or price"
    console.print(f"  {asked}, {len(others):,} only otherwise.")
    if decisive:
        foremost = sorted(decisive, key=_weight)[:_MOST_REQUESTS]
        console.print(Padding(_table(foremost), (0, 0, 0, 2), expand=False))
    if len(decisive) > _MOST_REQUESTS:
        console.print(f"  and {len(decisive) - _MOST_REQUESTS:,} more; --json lists them all")
    for total in behaviour.totals:
        console.print(Padding(_total(total), (0, 0, 0, 2), expand=False))
    if others:
        parts = Counter(part for difference in others for part in difference.parts)
        counted = ", ".join(f"{part.replace('_', ' ')} {count:,}" for part, count in parts.most_common())
        console.print(Padding(f"Otherwise: {counted}.", (0, 0, 0, 2), expand=False))
    for refused in behaviour.refused:
        console.print(Padding(Text(f"Neither can answer {refused}"), (0, 0, 0, 2), expand=False))


def _weight(difference: Difference) -> tuple[bool, int, str]:
    """Another outcome first, then the most money."""
    same = difference.before.outcome == difference.after.outcome
    return (same, -abs(difference.money or 0), difference.asked.name)


def _table(differences: Sequence[Difference]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("request", "outcome", "A", "B", "difference"):
        right = heading in ("A", "B", "difference")
        table.add_column(heading, justify="right" if right else "left", overflow="fold")
    for each in differences:
        one, other = each.before, each.after
        table.add_row(
            Text(each.asked.name + (" (overridden)" if each.asked.overridden else "")),
            Text(_outcomes(one, other)),
            _price(each, one),
            _price(each, other),
            _difference(each),
        )
    return table


def _outcomes(before: Answer, after: Answer) -> str:
    texts = [(answer.outcome or answer.refused).replace("_", " ") for answer in (before, after)]
    return texts[0] if texts[0] == texts[1] else f"{texts[0]} → {texts[1]}"


def _price(difference: Difference, answer: Answer) -> str:
    price = answer.price
    if price is None:
        return "-"
    return _range(price) if difference.money == 0 else money(price.target, price.currency)


def _range(price: Price) -> str:
    """For those whose targets are the same."""
    if price.fixed is not None:
        return f"{money(price.fixed, price.currency)} fixed"
    low = money(price.low, price.currency).partition(" ")[0]
    return f"{low} to {money(price.high, price.currency)}"


def _difference(difference: Difference) -> Text:
    price = difference.after.price
    if price is None or difference.money is None:
        return Text("")
    return Text(_signed(difference.money, price.currency), style="red" if difference.money < 0 else "green")


def _total(total: Total) -> str:
    currency = total.currency
    before, after = money(total.before, currency), money(total.after, currency)
    text = f"All {total.priced:,} that both price: {before} → {after}, {_signed(total.after - total.before, currency)}."
    for (amount, count), side in ((total.lost, "A"), (total.gained, "B")):
        text += f" Only {side} prices {count:,}: {money(amount, currency)}." if count else ""
    return text


def _signed(amount: int, currency: str) -> str:
    return f"{'+' if amount > 0 else ''}{money(amount, currency)}"
