"""Which rows of a file repeat others, whatever its length: found part by part on the disk, in memory that stays flat.

Rows are told apart by hashes of 16 bytes of what they say, and of the reference they are known by. Rows that may repeat
each other fall into one part, and one part is looked at at a time.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from heapq import merge
from pathlib import Path
from typing import Any

PARTS = 256
_A_WRITE = 64 * 1024
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
    """`folder`: for the parts, some 40 bytes a row; it must be there. One file is open at a time, however many rows and
    however many files are brought in beside each other."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._noted = [bytearray() for _ in range(PARTS)]

    def note(self, line: int, name: str, content: str) -> None:
        """`line`: rising. `name`: what the row is known by; empty for nothing."""
        named, said = _hash(name) if name else _NO_NAME, _hash(content)
        part = (named if name else said)[0]
        noted = self._noted[part]
        noted += _KEY.pack(line, named, said)
        if len(noted) >= _A_WRITE:
            self._lay_aside(part)

    def found(self) -> Iterator[Repeat]:
        """Lines that say what an earlier one said, and all whose name stands for several things; by line. Once, when
        all rows are noted."""
        for part, noted in enumerate(self._noted):
            if noted:
                self._lay_aside(part)
        parts = [part for part in range(PARTS) if self._file(part, "keys").exists()]
        for part in parts:
            self._settle(part)
        for repeat in merge(*(_read(self._file(part, "repeats"), _REPEAT) for part in parts)):
            yield Repeat(*repeat)

    def _lay_aside(self, part: int) -> None:
        with self._file(part, "keys").open("ab") as file:
            file.write(self._noted[part])
        self._noted[part].clear()

    def _settle(self, part: int) -> None:
        keys = self._file(part, "keys")
        contradicted = _contradicted(keys)
        counts: Counter[tuple[bytes, bytes]] = Counter()
        with self._file(part, "repeats").open("wb") as out:
            for line, name, content in _read(keys, _KEY):
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
    named = ((name, content) for _, name, content in _read(keys, _KEY) if name != _NO_NAME)
    return {name for name, content in named if first.setdefault(name, content) != content}


def _read(path: Path, of: struct.Struct) -> Iterator[tuple[Any, ...]]:
    """Opens the file for each block anew: all parts are read side by side."""
    at = 0
    while True:
        with path.open("rb") as file:
            file.seek(at)
            block = file.read(of.size * 1_024)
        if not block:
            return
        yield from of.iter_unpack(block)
        at += len(block)


def _hash(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=_BYTES).digest()
