"""Reasons in a manager's words: a rule's template with the values that it read. Never shown to a client (M4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from service.domain.facts import FactDecl, Type, Unit, Value
from service.domain.units import value_text
from service.policy.book import Template
from service.policy.nodes import HAS, Node, Op

Reason = Callable[[Mapping[str, Any]], str]
"""From the env of a decision to text."""

ABSENT = "not given"


def reason(template: Template, facts: Mapping[str, FactDecl], currency: str) -> Reason:
    """Prepared once a rule. `facts`: the vocabulary, to tell which names may be absent."""
    pieces: list[str] = []
    reads: list[tuple[str, Type, str | None]] = []
    for part in template.parts:
        if isinstance(part, str):
            pieces.append(part.replace("%", "%%"))
        elif part.op is Op.LIT:
            pieces.append(value_text(part.type, part.value, currency).replace("%", "%%"))
        else:
            pieces.append("%s")
            reads.append(_read(part, facts))
    text = "".join(pieces)
    if not reads:
        plain = text % ()
        return lambda env: plain
    return lambda env: text % tuple([_text(env, name, type, has, currency) for name, type, has in reads])


def _read(node: Node, facts: Mapping[str, FactDecl]) -> tuple[str, Type, str | None]:
    assert node.op is Op.REF, node
    name: str = node.value
    declared = facts.get(name)
    return name, node.type, HAS + name if declared is not None and declared.optional else None


def _text(env: Mapping[str, Any], name: str, type: Type, has: str | None, currency: str) -> str:
    if has is not None and not env[has]:
        return ABSENT
    value: Value = env[name]
    # The commonest by far, spared the dispatch.
    if type.unit is Unit.COUNT:
        return str(value)
    return value_text(type, value, currency)
