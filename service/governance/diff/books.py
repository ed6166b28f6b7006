"""The diff of two books, by meaning. Pure: both are loaded, nothing is evaluated.

A name that only changed is told once, where it is declared: whatever reads it counts as the same.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from service.governance.diff import items
from service.governance.diff.authority import approval_lines, override_limits, override_reasons
from service.governance.diff.cases import case_items
from service.governance.diff.changes import BookDiff, Change, Detail, Kind, Subject
from service.governance.diff.items import Item, View, plain
from service.governance.diff.pairing import Pair, changes, pairs, renamed
from service.governance.diff.rows import row_changes, rows, tables
from service.policy.book import Book
from service.policy.cases import Case
from service.policy.collecting import uncollected
from service.policy.nodes import DECISION, PARAMETER

Read = Callable[[View], Iterable[Item]]
_SUBJECTS = list(Subject)


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of a book with its cases."""

    book: Book
    cases: tuple[Case, ...]


def book_diff(before: Edition, after: Edition) -> BookDiff:
    """What is not the same in both, sorted by what it concerns; empty where they mean the same."""
    names = (before.book.name, after.book.name)
    versions = (before.book.version, after.book.version)
    if versions[0] == versions[1]:
        return BookDiff(names, versions, ())
    with uncollected():
        found = sorted(_Comparison(before, after).changes(), key=lambda change: _SUBJECTS.index(change.subject))
    return BookDiff(names, versions, tuple(found))


class _Comparison:
    """Names found to have changed are gathered on the way: what is compared later reads them."""

    def __init__(self, before: Edition, after: Edition) -> None:
        self.before, self.after = before, after
        self.contents: tuple[dict[str, Any], dict[str, Any]] = (
            json.loads(before.book.content), json.loads(after.book.content)
        )  # fmt: skip
        self.names: dict[str, str] = {}
        self.old, self.new = View(before.book, self.names), View(after.book, {})

    def changes(self) -> Iterator[Change]:
        yield from self.files()
        yield from self.stages()
        for read in (items.book, items.calendar, items.rates):
            yield from changes(pairs(read(self.old), read(self.new)))
        yield from self.parameters()
        yield from self.declared(items.extra_facts, "")
        yield from self.declared(items.effects, DECISION)
        yield from self.computed()
        yield from self.tables()
        yield from self.rules()
        yield from changes(pairs(items.guardrails(self.old), items.guardrails(self.new), Item.content, Item.deciding))
        yield from changes(pairs(items.options(self.old), items.options(self.new), Item.content))
        yield from self.messages()

    def files(self) -> Iterator[Change]:
        """A file is taken for another's successor when most of what stood in it stands there."""
        old, new = _standing(self.before), _standing(self.after)
        for file in sorted(old.keys() - new.keys()):
            where = Counter(other for other, things in new.items() if other not in old for _ in things & old[file])
            if where and 2 * where.most_common(1)[0][1] > len(old[file]):
                other = where.most_common(1)[0][0]
                self.names[f"file:{file}"] = other
                yield Change(Subject.FILE, other, Kind.RENAMED, (), file)

    def stages(self) -> Iterator[Change]:
        old, new = self.before.book.stages, self.after.book.stages
        if len(old) == len(new):
            for one, other in zip(old, new, strict=True):
                if one not in new and other not in old:
                    self.names[f"stage:{one}"] = other
                    yield Change(Subject.STAGE, other, Kind.RENAMED, (), one)
        known = [self.names.get(f"stage:{stage}", stage) for stage in old]
        yield from (Change(Subject.STAGE, stage, Kind.REMOVED) for stage in known if stage not in new)
        yield from (Change(Subject.STAGE, stage, Kind.ADDED) for stage in new if stage not in known)
        if [stage for stage in known if stage in new] != [stage for stage in new if stage in known]:
            order = Detail("order of stages", ", ".join(old), ", ".join(new))
            yield Change(Subject.BOOK, "", Kind.CHANGED, (order,))

    def parameters(self) -> Iterator[Change]:
        shown = [_shown(content) for content in self.contents]
        found = pairs(
            items.parameters(self.old, shown[0]), items.parameters(self.new, shown[1]), Item.content, _numbers
        )
        self.note(found, PARAMETER)
        return changes(found)

    def declared(self, read: Read, prefix: str) -> Iterator[Change]:
        found = pairs(read(self.old), read(self.new), Item.content)
        self.note(found, prefix)
        return changes(found)

    def computed(self) -> Iterator[Change]:
        """Again as long as that shows another change of a name: one computed value reads another."""
        while True:
            old, new = list(items.computed(self.old)), list(items.computed(self.new))
            found: list[Pair] = []
            known = len(self.names)
            for subject, prefix in ((Subject.DERIVED, ""), (Subject.FORMULA, DECISION)):
                before, after = ([item for item in side if item.subject is subject] for side in (old, new))
                part = pairs(before, after, Item.content)
                self.note(part, prefix)
                found += part
            if len(self.names) == known:
                return changes(found)

    def note(self, found: Iterable[Pair], prefix: str) -> None:
        self.names.update((prefix + old, prefix + new) for old, new in renamed(found).items())

    def rules(self) -> Iterator[Change]:
        found = pairs(items.rules(self.old), items.rules(self.new), Item.content, Item.deciding)
        yield from changes(found)
        rules = renamed(found)
        yield from self.authority({**self.rows, **rules})
        yield from changes(
            pairs(
                case_items(self.old, self.before.cases, {**self.rows, **rules}),
                case_items(self.new, self.after.cases, {}),
                Item.content,
            )
        )

    def authority(self, rules: Mapping[str, str]) -> Iterator[Change]:
        lines = approval_lines(self.old, rules), approval_lines(self.new, {})
        yield from changes(pairs(*lines, Item.content))
        for read in (override_limits, override_reasons):
            yield from changes(pairs(read(self.old), read(self.new)))

    def tables(self) -> Iterator[Change]:
        old, new = rows(self.old), rows(self.new)
        self.rows: dict[str, str] = {}

        earlier, later = list(tables(self.old)), list(tables(self.new))
        said = {
            id(table): (table.content(), frozenset(row.content() for row in of[table.name].items))
            for side, of in ((earlier, old), (later, new))
            for table in side
        }
        found = pairs(earlier, later, lambda table: said[id(table)])
        for pair in found:
            yield from self.table(pair, old, new)

    def table(self, pair: Pair, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
        own = list(changes([pair]))
        if pair.before is None or pair.after is None:
            yield from own
            gone, come = (
                old[pair.before.name].items if pair.before else (),
                new[pair.after.name].items if pair.after else (),
            )
            yield from changes(pairs(gone, come))
            return
        told, shared = row_changes(pair.after.name, old[pair.before.name], new[pair.after.name])
        self.rows |= {change.was: change.name for change in told if change.was}
        if shared:
            table = own[0] if own else Change(Subject.TABLE, pair.after.name, Kind.CHANGED)
            kind = Kind.CHANGED if table.kind is Kind.MOVED else table.kind
            own = [replace(table, kind=kind, details=(*table.details, *shared))]
        yield from own
        yield from told

    def messages(self) -> Iterator[Change]:
        old, new = self.before.book.messages, self.after.book.messages
        for language in sorted(old.keys() ^ new.keys()):
            kind = Kind.ADDED if language in new else Kind.REMOVED
            yield Change(Subject.LANGUAGE, language, kind)
        for language in sorted(old.keys() & new.keys()):
            yield from changes(pairs(_texts(language, old[language]), _texts(language, new[language])))
        before, after = map(_survivors, self.contents)
        yield from changes(pairs(before, after))


def _numbers(parameter: Item) -> object:
    return frozenset(
        (n, a.key) for n, a in parameter.aspects.items() if n.startswith("from ") or n in ("type", "practice")
    )


def _standing(edition: Edition) -> dict[str, set[tuple[str, str]]]:
    """File -> what stands in it."""
    book = edition.book
    files: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for rule in book.rules:
        files[rule.place.file].add(("rule", rule.id))
    for table in book.tables.values():
        files[table.place.file].add(("table", table.id))
    for entry in book.computed:
        files[entry.place.file].add(("computed", entry.name))
    for case in edition.cases:
        files[case.place.file].add(("case", case.id))
    return files


def _shown(content: Mapping[str, Any]) -> frozenset[str]:
    """Which parameters a client may be shown is a matter of reading a book, so only its text still tells."""
    written = (content.get("parameters.yaml") or {}).get("parameters") or {}
    return frozenset(name for name, fields in written.items() if fields.get("client"))


def _texts(language: str, texts: Mapping[str, str]) -> Iterator[Item]:
    for key, text in texts.items():
        yield Item(Subject.MESSAGE, f"{language}: {key}", {items.WORDING: plain(text)})


def _survivors(content: Mapping[str, Any]) -> list[Item]:
    files = (held for file, held in sorted(content.items()) if file.startswith("cases/"))
    listed = (entry for held in files for entry in held.get("survivors") or ())
    return [Item(Subject.SURVIVOR, entry["id"], {"reason": plain(entry["reason"])}) for entry in listed]
