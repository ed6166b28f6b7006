"""A YAML file as a person wrote it: its values and, at each of them, the comments and blank lines that belong there.

Knows nothing of books. The text is composed by the parser that the loader reads with, so the two can't disagree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

Scalar = str | int | bool | None
"""As the loader types it."""


@dataclass(slots=True)
class Entry:
    """A key with its value, or an item of a list (`key` is None).

    `leading`: comments on the lines above, '' for blank lines between them. `trailing`: the comment beside it.
    """

    key: str | None
    value: Part
    leading: list[str] = field(default_factory=list)
    trailing: str = ""

    def commented(self) -> bool:
        return bool(self.trailing or any(self.leading) or self.value.commented())


@dataclass(slots=True)
class Part:
    """A scalar, or the entries of a mapping or a list. `flow`: written in brackets. `foot`: comments after the last."""

    scalar: Scalar = None
    entries: list[Entry] | None = None
    listed: bool = False
    flow: bool = False
    foot: list[str] = field(default_factory=list)

    def commented(self) -> bool:
        """Whether a comment stands anywhere inside."""
        return any(self.foot) or any(entry.commented() for entry in self.entries or ())

    def entry(self, key: str) -> Entry:
        """Raises KeyError."""
        for entry in self.entries or ():
            if entry.key == key:
                return entry
        raise KeyError(key)

    def at(self, *path: str) -> Part:
        """The value under these keys. Raises KeyError."""
        part = self
        for key in path:
            part = part.entry(key).value
        return part

    def scalars(self) -> Iterator[Part]:
        """Every scalar below, itself included, in the order of the file."""
        if self.entries is None:
            yield self
        for entry in self.entries or ():
            yield from entry.value.scalars()


def scalar(value: Scalar) -> Part:
    return Part(value)


def mapping(*pairs: tuple[str, Part], flow: bool = False) -> Part:
    return Part(entries=[Entry(key, value) for key, value in pairs], flow=flow)


def listing(*items: Part, flow: bool = False) -> Part:
    return Part(entries=[Entry(None, item) for item in items], listed=True, flow=flow)
