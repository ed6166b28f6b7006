"""Names of facts and slots, each one object wherever it is written: a dict finds a key by identity without a look at
its letters, and a decision looks up hundreds."""

from __future__ import annotations

import sys
from types import CodeType


def compiled(text: str, title: str) -> CodeType:
    """Generated Python. The compiler itself makes one object only of strings that could be Python's own names."""
    return _interned(compile(text, f"<{title}>", "exec"))


def _interned(code: CodeType) -> CodeType:
    return code.replace(co_consts=tuple(_constant(value) for value in code.co_consts))


def _constant(value: object) -> object:
    if isinstance(value, CodeType):
        return _interned(value)
    return sys.intern(value) if type(value) is str else value
