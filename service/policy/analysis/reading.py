"""What of a book nothing reads, writes or shows: parameters, facts, formulas, effects, members, wording."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from service.domain.effects import STANDARD_FORMULAS, STANDARD_SLOTS, Slot
from service.domain.facts import Unit
from service.domain.lists import SETTINGS
from service.policy.book import Book, Template
from service.policy.findings import Finding, Place, Severity
from service.policy.loading.templates import BRACES
from service.policy.loading.typed import OUTCOME
from service.policy.loading.wording import wanted_texts
from service.policy.nodes import DECISION, MEMBER, PARAMETER, Node, Op, references, walk

Places = Mapping[tuple[str, ...], Place]
"""Where things stand that a book doesn't carry the place of: ("effects", name), ("facts", name), (file, key)."""


def reading_findings(book: Book, places: Places) -> Iterator[Finding]:
    read = names_read(book)
    for name, parameter in book.parameters.items():
        if PARAMETER + name not in read and name not in SETTINGS:
            yield _dead(parameter.place, "dead-parameter", "nothing reads it", name)
    for computed in book.computed:
        name = computed.name
        if name in read or name == OUTCOME or name.removeprefix(DECISION) in STANDARD_FORMULAS:
            continue
        code = "dead-formula" if name.startswith(DECISION) else "dead-fact"
        yield _dead(computed.place, code, "nothing reads it", name.removeprefix(DECISION))
    for name in book.extra_facts:
        if name not in read:
            yield _dead(_place(places, "facts", name), "dead-fact", "requests may give it, and nothing reads it", name)
    yield from _slots(book, read, places)
    yield from _wording(book, places)


def names_read(book: Book) -> frozenset[str]:
    """Every name that an expression, a reason or a client's text reads; a set is read by its members too."""
    names: set[str] = set()
    for node in _nodes(book):
        names |= references(node)
    for texts in book.messages.values():
        for text in texts.values():
            names.update(match.group(1) for match in BRACES.finditer(text) if match.group(1))
    return frozenset(names | {name.partition(MEMBER)[0] for name in names if name.startswith(DECISION)})


def _nodes(book: Book) -> Iterator[Node]:
    for rule in book.rules:
        yield rule.when.node
        yield from (value.node for _, value in rule.effects)
        yield from _shown(rule.reason)
    for table in book.tables.values():
        yield from (column.node for column in table.inputs)
    for computed in book.computed:
        if computed.name != OUTCOME:
            yield computed.value.node
    for guardrail in book.guardrails:
        yield guardrail.holds.node
        yield from _shown(guardrail.reason)
    for option in book.options:
        yield option.share.node
        yield option.when.node


def _shown(template: Template) -> Iterable[Node]:
    return (part for part in template.parts if isinstance(part, Node))


def _slots(book: Book, read: frozenset[str], places: Places) -> Iterator[Finding]:
    written = _written(book)
    for name, slot in book.slots.items():
        place = _place(places, "effects", name)
        standard = name in STANDARD_SLOTS
        if not standard and DECISION + name not in read:
            yield _dead(place, "dead-slot", "nothing reads it, and no answer shows it", name)
        elif not standard and name not in written:
            yield _dead(place, "dead-slot", "no rule writes it", name)
        elif name in written and slot.type.unit is Unit.ENUM:
            for member in slot.type.values:
                if member not in written[name] and member not in _initial(slot):
                    hint = "delete it, or write the rule that wants it"
                    yield _dead(place, "dead-member", f"no rule writes '{member}'", name, hint)


def _initial(slot: Slot) -> frozenset[str]:
    initial = slot.initial
    return initial if isinstance(initial, frozenset) else frozenset({str(initial)})


def _written(book: Book) -> dict[str, set[str]]:
    """Slot -> the members that rules write into it; all of them where a rule writes what it reads elsewhere."""
    written: dict[str, set[str]] = {}
    for rule in book.rules:
        for slot, value in rule.effects:
            members = written.setdefault(slot, set())
            for node in walk(value.node):
                if node.type.unit is Unit.ENUM:
                    members.update(
                        [str(node.value)] if node.op is Op.LIT else node.type.values if not node.args else ()
                    )
    return written


def _wording(book: Book, places: Places) -> Iterator[Finding]:
    """Texts that no answer needs, and those that one language says otherwise than the others."""
    wanted = wanted_texts(book.slots, {option.id for option in book.options})
    for language, texts in sorted(book.messages.items()):
        for key in sorted(texts):
            place = places.get((f"messages/{language}.yaml", key), Place(f"messages/{language}.yaml", 1, 1))
            if key not in wanted:
                yield _dead(place, "dead-message", "no answer needs this text", key)
                continue
            others = {other: book.messages[other][key] for other in book.messages if other != language}
            yield from _translated(place, key, texts[key], language, others)


def _translated(place: Place, key: str, text: str, language: str, others: Mapping[str, str]) -> Iterator[Finding]:
    own = _placeholders(text)
    for other in sorted(others):
        left_out = sorted(_placeholders(others[other]) - own)
        if left_out:
            message = f"{', '.join(f'{{{name}}}' for name in left_out)} is left out, which '{other}' says"
            yield Finding(place, "placeholder-left-out", message, "", key, Severity.WARNING)
            break
    words = BRACES.sub(" ", text).split()
    same = [other for other in sorted(others, key=_source) if others[other] == text and _other(other, language)]
    if len(words) > 1 and any(word.isalpha() for word in words) and same and _source(same[0]) < _source(language):
        message = f"it is word for word the text of '{same[0]}'"
        yield Finding(place, "untranslated", message, "translate it", key, Severity.WARNING)


def _other(one: str, language: str) -> bool:
    """`en-GB` may say what `en` says."""
    return one.partition("-")[0] != language.partition("-")[0]


def _source(language: str) -> tuple[bool, str]:
    """Languages in the order in which one is taken for the source of another: English first."""
    return not language.startswith("en"), language


def _placeholders(text: str) -> set[str]:
    return {match.group(1) for match in BRACES.finditer(text) if match.group(1)}


def _place(places: Places, *path: str) -> Place:
    return places.get(path, Place("book.yaml" if path[0] == "effects" else "facts.yaml", 1, 1))


def _dead(place: Place, code: str, message: str, subject: str, hint: str = "delete it, or use it") -> Finding:
    return Finding(place, code, message, hint, subject, Severity.WARNING)
