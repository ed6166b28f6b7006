"""Who reads and who writes a name of a book: rules, tables, computations, guardrails, options, wording."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from service.policy.book import Book, Template
from service.policy.nodes import DECISION, HAS, MEMBER, PARAMETER, Node, references


@dataclass(frozen=True, slots=True)
class Use:
    """`kind`: rule, row, table, derived fact, formula, guardrail, option or wording. `how`: what it does with the name.

    `place`: file, line and column in the book, empty for wording, whose key is its `name`.
    """

    kind: str
    name: str
    how: str
    place: str = ""


def uses(book: Book) -> Mapping[str, tuple[Use, ...]]:
    """By the full name: `client.x`, `params.x`, `decision.x`."""
    found: dict[str, dict[tuple[str, str, str], dict[str, None]]] = {}
    for name, use in (*_rules(book), *_tables(book), *_computed(book), *_others(book), *_wording(book)):
        found.setdefault(name, {}).setdefault((use.kind, use.name, use.place), {})[use.how] = None
    return {
        name: tuple(Use(kind, user, " and ".join(hows), place) for (kind, user, place), hows in of_name.items())
        for name, of_name in found.items()
    }


def names_in(*nodes: Node) -> list[str]:
    """Full names without `has` and members, in alphabetical order."""
    names = {name.removeprefix(HAS) for node in nodes for name in references(node)}
    return sorted({name.partition(MEMBER)[0] for name in names})


def names_shown(template: Template) -> list[str]:
    return names_in(*(part for part in template.parts if not isinstance(part, str)))


def _rules(book: Book) -> Iterator[tuple[str, Use]]:
    for rule in book.rules:
        kind, place = "row" if rule.table else "rule", str(rule.place)
        for name in names_in(rule.when.node):
            yield name, Use(kind, rule.id, "asks for it", place)
        for slot, value in rule.effects:
            yield DECISION + slot, Use(kind, rule.id, "writes it", place)
            for name in names_in(value.node):
                yield name, Use(kind, rule.id, f"takes decision.{slot} from it", place)
        for name in names_shown(rule.reason):
            yield name, Use(kind, rule.id, "tells it", place)


def _tables(book: Book) -> Iterator[tuple[str, Use]]:
    for table in book.tables.values():
        for column in table.inputs:
            for name in names_in(column.node):
                yield name, Use("table", table.id, "has a column of it", str(table.place))
        for slot in table.outputs:
            yield DECISION + slot, Use("table", table.id, "writes it", str(table.place))


def _computed(book: Book) -> Iterator[tuple[str, Use]]:
    for entry in book.computed:
        for name in names_in(entry.value.node):
            yield name, Use(kind_of(entry.name), entry.name, "is worked out from it", str(entry.place))


def kind_of(computed: str) -> str:
    return "formula" if computed.startswith(DECISION) else "derived fact"


def _others(book: Book) -> Iterator[tuple[str, Use]]:
    for guardrail in book.guardrails:
        place = str(guardrail.place)
        for name in names_in(guardrail.holds.node):
            yield name, Use("guardrail", guardrail.id, "watches it", place)
        for name in names_shown(guardrail.reason):
            yield name, Use("guardrail", guardrail.id, "tells it", place)
    for option in book.options:
        for name in names_in(option.share.node, option.when.node):
            yield name, Use("option", option.id, "depends on it", str(option.place))


def _wording(book: Book) -> Iterator[tuple[str, Use]]:
    """Parameters that the client is told."""
    for language, texts in book.messages.items():
        for key, text in texts.items():
            for parameter in book.parameters:
                if f"{{{PARAMETER}{parameter}}}" in text:
                    yield PARAMETER + parameter, Use("wording", f"{language}: {key}", "tells the client")
