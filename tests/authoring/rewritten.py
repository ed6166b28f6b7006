"""The same values as YAML in other clothes: keys in any order, brackets or lines, any quotes, comments anywhere.

Written here from YAML's grammar, without the code under test. Every comment is unlike every other.
"""

from __future__ import annotations

import random
import re
from typing import Any

PLAIN = re.compile(r"[A-Za-z][A-Za-z_ .]*[A-Za-z]\Z")
TYPED = {"true", "false", "null", "yes", "no", "on", "off"}


class Rewriter:
    """`comments`: how many were written; they are `# note 1`, `# note 2` and so on, the last word ending the line."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.comments = 0

    def text(self, data: dict[str, Any], shuffled: bool = True) -> str:
        return "".join(self._mapping(data, 0, shuffled)) + self._above(0)

    def _maybe(self, share: float) -> bool:
        return self.random.random() < share

    def _comment(self) -> str:
        self.comments += 1
        return f"# note {self.comments} ends"

    def _beside(self) -> str:
        return f"  {self._comment()}" if self._maybe(0.1) else ""

    def _above(self, indent: int) -> str:
        lines = ""
        while self._maybe(0.15):
            lines += "\n" if self._maybe(0.5) else " " * indent + self._comment() + "\n"
        return lines

    def _keys(self, data: dict[str, Any], shuffled: bool) -> list[str]:
        keys = list(data)
        if shuffled:
            self.random.shuffle(keys)
        return keys

    def _mapping(self, data: dict[str, Any], indent: int, shuffled: bool) -> list[str]:
        step = self.random.choice([1, 2, 4])
        lines = []
        for key in self._keys(data, shuffled):
            lines.append(
                self._above(indent) + " " * indent + self._key(key) + ":" + self._value(data[key], indent, step)
            )
        if self._maybe(0.1):
            lines.append(" " * indent + self._comment() + "\n")
        return lines

    def _value(self, value: Any, indent: int, step: int) -> str:
        if not isinstance(value, (dict, list)) or not value or self._maybe(0.3):
            return " " + self._inline(value) + self._beside() + "\n"
        if isinstance(value, dict):
            return self._beside() + "\n" + "".join(self._mapping(value, indent + step, True))
        at = indent + self.random.choice([0, step])
        return self._beside() + "\n" + "".join(self._item(item, at) for item in value)

    def _item(self, item: Any, indent: int) -> str:
        above = self._above(indent)
        if isinstance(item, dict) and item and self._maybe(0.7):
            before = self.comments
            first, *rest = self._mapping(item, indent + 2, True)
            head = first.lstrip("\n ")
            if head.startswith("#"):
                head = self._inline(item) + "\n"
                rest, self.comments = [], before
            return f"{above}{' ' * indent}- {head}{''.join(rest)}"
        return f"{above}{' ' * indent}- {self._inline(item)}{self._beside()}\n"

    def _inline(self, value: Any) -> str:
        if isinstance(value, dict):
            return "{" + ", ".join(f"{self._key(k)}: {self._inline(value[k])}" for k in self._keys(value, True)) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(map(self._inline, value)) + "]"
        if isinstance(value, str):
            return self._text(value)
        return "null" if value is None else str(value).lower()

    def _key(self, key: str) -> str:
        return key if re.match(r"[\w.-]+\Z", key) and self._maybe(0.8) else f'"{key}"'

    def _text(self, value: str) -> str:
        if PLAIN.match(value) and value not in TYPED and self._maybe(0.6):
            return value
        if "\n" not in value and self._maybe(0.5):
            return "'" + value.replace("'", "''") + "'"
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{escaped}"'
