"""Which rows of a file repeat others, whatever its length: found part by part on the disk, in memory that stays flat.

Rows are told apart by hashes of 16 bytes of what they say, and of the reference they are known by. Rows that may repeat
each other fall into one part, and one part is looked at at a time.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from heapq import merge
from pathlib import Path
from typing import Any, BinaryIO

PARTS = 256
_BYTES = 16
_NO_NAME = bytes(_BYTES)
_KEY = struct.Struct(f"<q{_BYTES}s{_BYTES}s")
_REPEAT = struct.Struct("<qq?")


@dataclass(frozen=True, slots=True)
class Repeat:
    """A line that isn't the only one of its kind. `ordinal`: which one it is among lines of the same name that say the
    same, from 1 on. `contradicted`: another line of its name says something else."""

    line: int
    ordinal: int
    contradicted: bool


class Repeats:
    """`folder`: for the parts, some 40 bytes a row; it must be there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._parts: list[BinaryIO] = []

    @contextmanager
    def noting(self) -> Iterator[None]:
        """While rows are noted."""
        with ExitStack() as files:
            self._parts = [files.enter_context(self._file(part, "keys").open("wb")) for part in range(PARTS)]
            yield

    def note(self, line: int, name: str, content: str) -> None:
        """`line`: rising. `name`: what the row is known by; empty for nothing."""
        named, said = _hash(name) if name else _NO_NAME, _hash(content)
        self._parts[(named if name else said)[0]].write(_KEY.pack(line, named, said))

    def found(self) -> Iterator[Repeat]:
        """Lines that say what an earlier one said, and all whose name stands for several things; by line."""
        for part in range(PARTS):
            self._settle(part)
        with ExitStack() as files:
            parts = [files.enter_context(self._file(part, "repeats").open("rb")) for part in range(PARTS)]
            for repeat in merge(*(_read(part, _REPEAT) for part in parts)):
                yield Repeat(*repeat)

    def _settle(self, part: int) -> None:
        keys = self._file(part, "keys")
        contradicted = _contradicted(keys)
        counts: Counter[tuple[bytes, bytes]] = Counter()
        with keys.open("rb") as rows, self._file(part, "repeats").open("wb") as out:
            for line, name, content in _read(rows, _KEY):
                counts[name, content] += 1
                ordinal = counts[name, content]
                if ordinal > 1 or name in contradicted:
                    out.write(_REPEAT.pack(line, ordinal, name in contradicted))
        keys.unlink()

    def _file(self, part: int, what: str) -> Path:
        return self._folder / f"{what}-{part}"


def _contradicted(keys: Path) -> set[bytes]:
    """Names that stand for several things."""
    first: dict[bytes, bytes] = {}
    with keys.open("rb") as rows:
        named = ((name, content) for _, name, content in _read(rows, _KEY) if name != _NO_NAME)
        return {name for name, content in named if first.setdefault(name, content) != content}


def _read(file: BinaryIO, of: struct.Struct) -> Iterator[tuple[Any, ...]]:
    while block := file.read(of.size * 1_024):
        yield from of.iter_unpack(block)


def _hash(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=_BYTES).digest()
