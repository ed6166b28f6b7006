"""From the text of a YAML file to its parts, each comment with the value that it speaks of.

A comment beside a value is that value's. One on a line of its own is the next value's, unless it stands further right
than that: then it closes the block that ends there. The comment at the very top is the file's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from service.authoring.parts import Entry, Part

_COMMENT = re.compile(r"(?:(?<=[\s\ufeff])|\A)#[^\n\r\x85\u2028\u2029]*")
_HEADER_COMMENT = re.compile(r"[|>][^\n#]*[ \t](#[^\n]*)")


@dataclass(frozen=True, slots=True)
class _Leaf:
    """What has no parts: a key, a scalar, an empty collection. `owner`: whose comment stands beside it.

    `around`: the collections that it stands in, outermost first. `first`: the outermost entry that begins here,
    None for none. `column`: where that one stands.
    """

    start: int
    end: int
    owner: Entry
    around: tuple[_Collection, ...]
    first: Entry | None
    column: int
    is_key: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Collection:
    part: Part
    entry: Entry | None
    flow: bool
    column: int
    end: int


@dataclass(slots=True)
class Source:
    """`header`: the comment at the top of the file; it stays there whatever comes to stand first."""

    root: Part
    header: list[str]


def read(text: str, data: Any) -> Source | None:
    """`data`: what the loader's parser made of the text, with `\\n` line ends. None for a file that holds no values."""
    node = yaml.compose(text, Loader=yaml.CLoader)
    if node is None:
        return None
    builder = _Builder(text, [])
    root = builder.part(node, data, None, (), None, 0)
    source = Source(root, [])
    if root.entries:
        _Comments(text, builder.leaves, source).attach()
    return source


@dataclass(slots=True)
class _Builder:
    text: str
    leaves: list[_Leaf]

    def part(
        self,
        node: yaml.Node,
        data: Any,
        entry: Entry | None,
        around: tuple[_Collection, ...],
        first: Entry | None,
        column: int,
    ) -> Part:
        """`first`, `column`: the outermost entry that begins with this node, where no leaf of it came before."""
        start, end = node.start_mark.index, node.end_mark.index
        if isinstance(node, yaml.ScalarNode):
            if node.style in ("|", ">"):
                self._header_comment(start, end, entry)
                end = start + len(self.text[start:end].rstrip())
            if entry is not None:
                self.leaves.append(_Leaf(start, end, entry, around, first, column, False))
            return Part(data)
        assert isinstance(node, yaml.CollectionNode), node
        listed, flow = isinstance(node, yaml.SequenceNode), bool(node.flow_style)
        part = Part(entries=[], listed=listed, flow=flow)
        if not node.value:
            if entry is not None:
                self.leaves.append(_Leaf(start, end, entry, around, first, column, False))
            return part
        here = (*around, _Collection(part, entry, flow, node.start_mark.column, end))
        self._entries(node, data, part, here, first, column)
        return part

    def _entries(
        self,
        node: yaml.Node,
        data: Any,
        part: Part,
        here: tuple[_Collection, ...],
        first: Entry | None,
        column: int,
    ) -> None:
        assert part.entries is not None
        for number, item in enumerate(node.value):
            entry = Entry(None, Part())
            begins, at = (first, column) if first and number == 0 else (entry, node.start_mark.column)
            if part.listed:
                entry.value = self.part(item, data[number], entry, here, begins, at)
            else:
                key, value = item
                entry.key = key.value
                span = key.start_mark.index, key.end_mark.index
                self.leaves.append(_Leaf(*span, entry, here, begins, at, True))
                entry.value = self.part(value, data[key.value], entry, here, None, 0)
            part.entries.append(entry)

    def _header_comment(self, start: int, end: int, entry: Entry | None) -> None:
        """`key: >- # comment`"""
        found = _HEADER_COMMENT.match(self.text, start, end)
        if found and entry is not None:
            entry.trailing = found[1].rstrip()


@dataclass(slots=True)
class _Comments:
    text: str
    leaves: list[_Leaf]
    source: Source

    def attach(self) -> None:
        self._top(self.leaves[0])
        for before, after in zip(self.leaves, self.leaves[1:], strict=False):
            self._between(before, after)
        self._between(self.leaves[-1], None)

    def _top(self, leaf: _Leaf) -> None:
        header: list[str] = []
        for _, _, comment in self._lines(0, leaf.start):
            if comment or header[-1:] not in ([], [""]):
                header.append(comment)
        self.source.header = header

    def _between(self, before: _Leaf, after: _Leaf | None) -> None:
        end = after.start if after else len(self.text)
        depth = len(before.around)
        leading: list[str] = []
        blank = False
        for kind, at, comment in self._lines(before.end, end):
            if kind == "blank":
                blank = True
                continue
            owner = self._beside(before, at) if kind == "beside" else None
            if owner is not None:
                owner.trailing = f"{owner.trailing} {comment}".strip()
                continue
            block = None if leading or kind == "beside" else self._closing(before, after, at, depth)
            if block is None:
                leading += ["", comment] if blank else [comment]
            else:
                depth = block
                foot = before.around[block].part.foot
                foot += ["", comment] if blank else [comment]
            blank = False
        if after is None:
            self.source.root.foot += leading
        elif after.first:
            after.first.leading = leading + [""] * blank
        else:
            # Between a key and its value, which begins nothing of its own.
            before.owner.leading += leading

    def _lines(self, start: int, end: int) -> Iterator[tuple[str, int, str]]:
        """Comments and blank lines in a stretch that holds no values."""
        while start < end:
            stop = self.text.find("\n", start, end)
            stop = end if stop < 0 else stop
            begin = self.text.rfind("\n", 0, start) + 1
            found = _COMMENT.search(self.text, start, stop)
            if found:
                before = self.text[begin : found.start()]
                yield "beside" if before.strip() else "alone", found.start(), found[0].rstrip()
            elif begin == start and stop < end and not self.text[start:stop].strip():
                yield "blank", start, ""
            start = stop + 1

    def _beside(self, before: _Leaf, at: int) -> Entry | None:
        """Whose line a comment ends; None where only a dash stands before it."""
        line = self.text.rfind("\n", 0, at) + 1
        owner = None
        for collection in reversed(before.around):
            if collection.flow and line < collection.end <= at:
                owner = collection.entry
        if owner is None and before.end > line:
            owner = before.owner
        if owner is None and any(c.flow and c.end > at for c in before.around):
            owner = before.owner
        return owner

    def _closing(self, before: _Leaf, after: _Leaf | None, at: int, deepest: int) -> int | None:
        """The place in `before.around` of the block that a comment on a line of its own closes."""
        column = at - (self.text.rfind("\n", 0, at) + 1)
        inside = after.around if after else ()
        for depth in reversed(range(min(len(before.around), deepest + 1))):
            block = before.around[depth]
            if block in inside:
                return None
            if block.flow:
                if block.end > at:
                    return depth
            elif after is not None and after.first and column <= after.column:
                return None
            elif block.column <= column:
                return depth
        return None if after else 0
