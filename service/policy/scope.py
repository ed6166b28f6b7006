"""What an expression may read, and how the book counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from service.domain.facts import Type
from service.domain.money import Rounding
from service.policy.nodes import Node


@dataclass(frozen=True, slots=True)
class Scope:
    """`types`: every readable name. `optional`: those that need `has()`. `later`: names that exist, and the stage
    after which they are known. Money literals are major units of `currency`; `rounding` is that of `percent`.
    """

    types: Mapping[str, Type]
    optional: frozenset[str]
    currency: str
    rounding: Rounding
    later: Mapping[str, str] = field(default_factory=dict)
    typed: dict[tuple[str, Type | None], Node] = field(default_factory=dict, compare=False, repr=False)
    """Expressions found right, by their text and expected type: rules of one stage repeat one another's effects."""
