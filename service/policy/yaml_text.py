"""YAML text to plain data with the position of everything. Knows the limits of a file, not what a book is.

PyYAML's C composer builds the nodes; the typing of scalars is ours: true, false, null and integers when written
plain, text otherwise, so that neither `no` nor `1.10` nor `2026-01-01` changes its meaning on the way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml
from yaml._yaml import CParser

from service.policy.findings import Finding, Place

MAX_BYTES = 2_000_000
MAX_DEPTH = 20

Path = tuple[str | int, ...]
"""Keys and list indexes from the top of a file."""

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,18})")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_PLAIN, _OTHER = "plain", "other"
_MAYBE_MARKED = re.compile(r"[&*][0-9A-Za-z_-]|!(?=[\s,\]}\"'|>]|$)")
"""Wherever an anchor, an alias or a lone `!` could stand; the nodes alone don't show them."""


@dataclass(slots=True)
class Spot:
    """Where a value stands (`line`, `column`, 1-based), where its key does, and the spots below it.

    `source`: the text of a scalar over several lines as it stands in the file, from `text_line`, `text_column` on.
    """

    line: int
    column: int
    text_line: int = 0
    text_column: int = 0
    key_line: int = 0
    key_column: int = 0
    source: str = ""
    below: dict[str, Spot] | list[Spot] | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A file's plain data, or a part of it; `place` finds the position of any part of that, or of the nearest part
    that exists."""

    file: str
    data: Any
    root: Spot

    def below(self, data: Any, *path: str | int) -> Document:
        """The part of it that stands there, whose data is given."""
        return Document(self.file, data, self._spot(path))

    def place(self, *path: str | int) -> Place:
        spot = self._spot(path)
        return Place(self.file, spot.line, spot.column)

    def text(self, value: str, *path: str | int) -> tuple[str, Place]:
        """A scalar's text such that positions in it count on from the place: line ends stand as in the file."""
        spot = self._spot(path)
        return spot.source or value, Place(self.file, spot.text_line, spot.text_column)

    def key_place(self, *path: str | int) -> Place:
        spot = self._spot(path)
        return Place(self.file, spot.key_line or spot.line, spot.key_column or spot.column)

    def _spot(self, path: Path) -> Spot:
        spot = self.root
        for step in path:
            below = spot.below
            if isinstance(below, dict) and isinstance(step, str):
                found = below.get(step)
            elif isinstance(below, list) and isinstance(step, int) and step < len(below):
                found = below[step]
            else:
                found = None
            if found is None:
                break
            spot = found
        return spot


def parse(file: str, raw: bytes) -> tuple[Document | None, list[Finding]]:
    """The document, and all that is wrong with its YAML; no document where there is something wrong."""
    start = Place(file, 1, 1)
    if len(raw) > MAX_BYTES:
        return None, [Finding(start, "too-large", f"a file may have {MAX_BYTES:,} bytes, this one has {len(raw):,}")]
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return None, [Finding(Place(file, line, 1), "bad-yaml", "the file is not UTF-8 text", "save it as UTF-8")]
    try:
        findings = list(_marks(file, text)) if _MAYBE_MARKED.search(text) else []
        if findings:
            return None, findings
        node = _compose(text)
    except _TooDeep as deep:
        place = Place(file, deep.mark.line + 1, deep.mark.column + 1) if deep.mark else start
        return None, [Finding(place, "too-deep", f"nested deeper than {MAX_DEPTH} levels")]
    except yaml.MarkedYAMLError as error:
        return None, [_syntax(file, error)]
    except yaml.reader.ReaderError as error:
        return None, [_control_character(file, text, error)]
    except yaml.YAMLError as error:
        return None, [Finding(start, "bad-yaml", str(error).splitlines()[0])]
    if node is None:
        return Document(file, {}, Spot(1, 1, below={})), []
    reader = _Reader(file, text)
    data, root = reader.read(node)
    return (None, reader.findings) if reader.findings else (Document(file, data, root), [])


class _TooDeep(Exception):
    def __init__(self, mark: Any) -> None:
        self.mark = mark
        super().__init__(mark)


class _Composer(CParser):
    """The hooks that PyYAML calls for every node: they type nothing, and they stop at the deepest level allowed."""

    def __init__(self, text: str) -> None:
        self.depth = 0
        super().__init__(text)

    def descend_resolver(self, parent: yaml.Node | None, index: object) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH + 1:
            raise _TooDeep(parent.start_mark if parent else None)

    def ascend_resolver(self) -> None:
        self.depth -= 1

    def resolve(self, kind: object, value: object, implicit: object) -> str:
        return _PLAIN if (isinstance(implicit, tuple) and implicit[0]) or implicit is True else _OTHER


def _compose(text: str) -> yaml.Node | None:
    composer = _Composer(text)
    try:
        node: yaml.Node | None = composer.get_single_node()
        return node
    finally:
        composer.dispose()


def _marks(file: str, text: str) -> Iterator[Finding]:
    """Anchors, aliases and lone `!` tags, from the stream of events: nothing is expanded on the way."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH + 1:
            raise _TooDeep(event.start_mark)
        if not isinstance(event, yaml.NodeEvent):
            continue
        mark = event.start_mark
        assert mark is not None
        place = Place(file, mark.line + 1, mark.column + 1)
        if event.anchor is not None:
            sign = "*" if isinstance(event, yaml.AliasEvent) else "&"
            message = f"{sign}{event.anchor}: anchors and aliases are not read"
            yield Finding(place, "yaml-alias", message, "write the value out, or quote text that begins with & or *")
        elif getattr(event, "tag", None) == "!":
            # Reading `! x` as `x` would turn a condition into its opposite.
            yield _tag(place)


def _tag(place: Place) -> Finding:
    return Finding(place, "yaml-tag", "YAML tags (!name) are not read", "quote text that begins with '!'")


def _syntax(file: str, error: yaml.MarkedYAMLError) -> Finding:
    mark = error.problem_mark or error.context_mark
    place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file, 1, 1)
    return Finding(place, "bad-yaml", error.problem or "this is not YAML", _hint(error.problem or ""))


def _control_character(file: str, text: str, error: yaml.reader.ReaderError) -> Finding:
    before = text.encode()[: error.position].decode(errors="replace")
    place = Place(file, before.count("\n") + 1, len(before) - before.rfind("\n"))
    hint = f'delete it, or write it as "\\u{error.character:04X}" in double quotes'
    return Finding(place, "bad-yaml", "a control character stands here", hint)


def _hint(problem: str) -> str:
    if "mapping values are not allowed" in problem or "did not find expected" in problem:
        return "quote text that holds ': ', '#', '{' or '['"
    if "cannot start any token" in problem:
        return "indent with spaces, and quote text that begins with a sign"
    return ""


class _Reader:
    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.findings: list[Finding] = []

    def read(self, node: yaml.Node) -> tuple[Any, Spot]:
        mark = node.start_mark
        assert mark is not None
        spot = Spot(mark.line + 1, mark.column + 1)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, spot), spot
        if node.tag not in (_PLAIN, _OTHER):
            self._tag(node)
        if isinstance(node, yaml.SequenceNode):
            pairs = [self.read(item) for item in node.value]
            spot.below = [below for _, below in pairs]
            return [data for data, _ in pairs], spot
        return self._mapping(node, spot), spot

    def _scalar(self, node: yaml.ScalarNode, spot: Spot) -> object:
        text: str = node.value
        spot.text_line, spot.text_column = spot.line, spot.column + (node.style in ("'", '"'))
        if node.end_mark.line != node.start_mark.line:
            self._several_lines(node, spot)
        if node.tag is _PLAIN:
            if text in _WORDS:
                return _WORDS[text]
            return int(text) if _INTEGER.fullmatch(text) else text
        if node.tag is not _OTHER:
            self._tag(node)
        return text

    def _several_lines(self, node: yaml.ScalarNode, spot: Spot) -> None:
        start, end = node.start_mark.index, node.end_mark.index
        if node.style in ("|", ">"):
            start = self.text.index("\n", start) + 1
            spot.text_line, spot.text_column = spot.line + 1, 1
        elif node.style:
            start, end = start + 1, end - 1
        source = self.text[start:end]
        # Escapes and what follows a block may make the two differ: positions then count from the first line.
        spot.source = source if source.split() == node.value.split() else " ".join(node.value.split())

    def _mapping(self, node: yaml.Node, spot: Spot) -> dict[str, Any]:
        data: dict[str, Any] = {}
        below: dict[str, Spot] = {}
        for key_node, value_node in node.value:
            line, column = key_node.start_mark.line + 1, key_node.start_mark.column + 1
            value, value_spot = self.read(value_node)
            if not isinstance(key_node, yaml.ScalarNode):
                self.findings.append(Finding(Place(self.file, line, column), "bad-yaml", "a key must be plain text"))
                continue
            if key_node.tag not in (_PLAIN, _OTHER):
                self._tag(key_node)
            key: str = key_node.value
            if key in data:
                first = below[key]
                self.findings.append(
                    Finding(
                        Place(self.file, line, column),
                        "duplicate-key",
                        f"'{key}' stands here already, in line {first.key_line}",
                        "delete one of the two",
                        key,
                    )
                )
                continue
            value_spot.key_line, value_spot.key_column = line, column
            data[key], below[key] = value, value_spot
        spot.below = below
        return data

    def _tag(self, node: yaml.Node) -> None:
        mark = node.start_mark
        assert mark is not None
        self.findings.append(_tag(Place(self.file, mark.line + 1, mark.column + 1)))
