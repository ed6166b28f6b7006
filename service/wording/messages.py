"""A book's client wording in one language, its templates prepared once. Knows no decision."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from service.domain.facts import Type
from service.policy.nodes import PARAMETER
from service.wording.languages import Language

_MOST_SETS = 4096
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")

Filler = Callable[..., str]
"""Text for each placeholder, in the order in which they were asked for, to the whole text."""


class Messages:
    """`parameters` (those of the bound program) are written into the texts; the other placeholders stay open."""

    def __init__(
        self, texts: Mapping[str, str], language: Language, currency: str, parameters: Mapping[str, tuple[Type, int]]
    ) -> None:
        self.language = language
        self.money = language.money(currency)
        written = {
            PARAMETER + name: language.value(type, value, currency) for name, (type, value) in parameters.items()
        }
        self._pieces = {key: _pieces(text, written) for key, text in texts.items()}
        self._plain = {key: pieces[0] for key, pieces in self._pieces.items() if len(pieces) == 1}
        self._several: dict[tuple[str, tuple[str, ...]], tuple[str, ...]] = {}

    def __contains__(self, key: str) -> bool:
        return key in self._pieces

    def text(self, key: str) -> str:
        """A text without open placeholders. KeyError for one that the loader should have refused."""
        return self._plain[key]

    def filler(self, key: str, *placeholders: str) -> Filler:
        """A text with these placeholders, whichever of them it uses. KeyError as for `text`."""
        pieces = self._pieces[key]
        literals: dict[str, Any] = {f"literal{index}": piece for index, piece in enumerate(pieces[::2])}
        values = {name: f"value{index}" for index, name in enumerate(placeholders)}
        written = [
            f"{{{values[piece]}}}" if index % 2 else f"{{literal{index // 2}}}" for index, piece in enumerate(pieces)
        ]
        # The code holds numbered names only, no text of a book; and filled-in text is never read as a template.
        exec(f"def fill({', '.join(values.values())}): return f'{''.join(written)}'", literals)
        filler: Filler = literals["fill"]
        return filler

    def several(self, prefix: str, members: tuple[str, ...]) -> tuple[str, ...]:
        """The texts of a slot's members; the same few sets come back."""
        texts = self._several.get((prefix, members))
        if texts is None:
            texts = tuple(self.text(prefix + member) for member in members)
            if len(self._several) < _MOST_SETS:
                self._several[prefix, members] = texts
        return texts


def _pieces(text: str, parameters: Mapping[str, str]) -> tuple[str, ...]:
    """Literal text and names of open placeholders in turn, text first and last."""
    literal, *rest = _PLACEHOLDER.split(text)
    pieces = [literal]
    for name, following in zip(rest[::2], rest[1::2], strict=True):
        if name.startswith(PARAMETER):
            pieces[-1] += parameters[name] + following
        else:
            pieces += [name, following]
    return tuple(pieces)
