"""The names that an author can write: those of every book, or with them those of one book."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas.vocabulary import declarations
from service.domain.effects import STANDARD_FORMULAS, STANDARD_SLOTS
from service.domain.facts import FactDecl, Unit
from service.policy.book import Book
from service.policy.loading.wording import wanted_texts
from service.policy.nodes import DECISION, PARAMETER


@dataclass(frozen=True, slots=True)
class Effect:
    """`values`: an enum's members, as far as they are known."""

    unit: Unit
    meaning: str
    values: tuple[str, ...] = ()
    many: bool = False


@dataclass(frozen=True, slots=True)
class Names:
    """`stages`, and whether there are other effects: known of one book only. `readable`: name -> meaning.

    `rules`: what cases may name. `texts`: the keys that wording needs, with their placeholders. `extra`: facts of the
    book's own.
    """

    effects: Mapping[str, Effect]
    readable: Mapping[str, str]
    texts: Mapping[str, frozenset[str]]
    one_book: bool = False
    stages: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    extra: Mapping[str, FactDecl] = field(default_factory=dict)


def of_every_book() -> Names:
    effects = {name: Effect(one.unit, one.meaning) for name, one in STANDARD_SLOTS.items()}
    readable = {name: decl.meaning for name, decl in declarations().items()}
    readable |= {DECISION + name: one.meaning for name, one in STANDARD_SLOTS.items() if one.required}
    readable |= {DECISION + name: meaning for name, (_, meaning) in STANDARD_FORMULAS.items()}
    return Names(effects, readable, wanted_texts({}, frozenset()))


def of_book(book: Book) -> Names:
    effects = {
        name: Effect(slot.type.unit, slot.meaning, slot.type.values, slot.type.many)
        for name, slot in book.slots.items()
    }
    readable = {name: decl.meaning for name, decl in book.facts.items()}
    readable |= {one.name: one.meaning for one in book.computed}
    readable |= {PARAMETER + name: parameter.meaning for name, parameter in book.parameters.items()}
    readable |= {DECISION + name: slot.meaning for name, slot in book.slots.items()}
    return Names(
        effects,
        readable,
        wanted_texts(book.slots, {option.id for option in book.options}),
        True,
        book.stages,
        tuple(sorted(rule.id for rule in book.rules)),
        book.extra_facts,
    )
