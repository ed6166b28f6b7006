"""A book's client wording in one language, its templates prepared once. Knows no decision."""

from __future__ import annotations

import re
from collections.abc import Mapping

from service.domain.facts import Type
from service.policy.nodes import PARAMETER
from service.wording.languages import Language

_MOST_SETS = 4096
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class Messages:
    """`parameters` (those of the bound program) are written into the texts; the other placeholders stay open."""

    def __init__(
        self, texts: Mapping[str, str], language: Language, currency: str, parameters: Mapping[str, tuple[Type, int]]
    ) -> None:
        self.language = language
        self.money = language.money(currency)
        self._several: dict[tuple[str, tuple[str, ...]], tuple[str, ...]] = {}
        self._texts = {key: _prepared(text, language, currency, parameters) for key, text in texts.items()}

    def __contains__(self, key: str) -> bool:
        return key in self._texts

    def text(self, key: str, values: Mapping[str, str] | None = None) -> str:
        """KeyError for a key or a placeholder that the loader should have refused."""
        return self._texts[key] % (values or {})

    def several(self, prefix: str, members: tuple[str, ...]) -> tuple[str, ...]:
        """The texts of a slot's members; the same few sets come back."""
        texts = self._several.get((prefix, members))
        if texts is None:
            texts = tuple(self.text(prefix + member) for member in members)
            if len(self._several) < _MOST_SETS:
                self._several[prefix, members] = texts
        return texts


def _prepared(text: str, language: Language, currency: str, parameters: Mapping[str, tuple[Type, int]]) -> str:
    """The template in %-form: C code fills it, and filled-in text is never read as a template again."""

    def placeholder(match: re.Match[str]) -> str:
        name = match.group(1)
        if not name.startswith(PARAMETER):
            return f"%({name})s"
        type, value = parameters[name.removeprefix(PARAMETER)]
        return language.value(type, value, currency).replace("%", "%%")

    return _PLACEHOLDER.sub(placeholder, text.replace("%", "%%"))
