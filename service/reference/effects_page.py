"""docs/reference/effects.md: the effects that the service lays decisions out from, and how several become one."""

from __future__ import annotations

from service.domain.effects import OUTCOMES, STANDARD_SLOTS, Combine, Slot, StandardEffect, combined
from service.domain.facts import BOOL, COUNT, PERCENT, Type, Unit, Value
from service.domain.units import value_text
from service.reference import samples
from service.reference.markdown import code, page, table

INTRO = """\
What rules may write under `then:`. A book declares under `effects:` in `book.yaml` those that it uses, with the type
and the hit policy of this table, and may add others with a `meaning`. The range of a number, `min` (0, if left out) to
`max`, is the book's: what several rules come to is clipped to it. An effect is read as `decision.<name>`, by stages
after the last one that writes it."""

_ENUM = Type(Unit.ENUM, ("senior", "owner"))
_MANY = Type(Unit.ENUM, ("senior", "owner"), many=True)
COMBINING: dict[Combine, tuple[str, Type, Value, tuple[Value, ...]]] = {
    Combine.SUM: ("Added to the initial value.", PERCENT, 0, (1_000, 500)),
    Combine.MAX: ("The greatest, or the initial value.", PERCENT, 0, (1_000, 500)),
    Combine.MIN: ("The least, or the initial value.", COUNT, 12, (6, 3)),
    Combine.FIRST: ("That of the rule with the highest `priority`; ties by id.", _ENUM, "senior", ("owner", "senior")),
    Combine.ANY: ("True, if one says so.", BOOL, False, (False, True)),
    Combine.UNION: ("All members that a rule names.", _MANY, frozenset(), ("owner", "senior")),
}
"""Hit policy -> meaning, and an example: type, initial value, what the rules write."""

NUMBERS: dict[tuple[Unit, Combine], tuple[str, str, str]] = {
    (Unit.PERCENT, Combine.SUM): ('"0 %"', '"60 %"', "15"),
    (Unit.PERCENT, Combine.MAX): ('"0 %"', '"100 %"', "15"),
    (Unit.RATIO, Combine.MAX): ('"0"', '"3"', "2.5"),
    (Unit.DAYS, Combine.MAX): ("0", "14", "14"),
    (Unit.DAYS, Combine.MIN): ("90", "90", "14"),
    (Unit.HOURS, Combine.MIN): ("168", "168", "24"),
    (Unit.COUNT, Combine.MAX): ("0", "12", "3"),
}
"""Initial value and `max` of an example's declaration, and what a rule writes."""

OUTCOME_MEANINGS = {
    "quote": "Nothing stands against it.",
    "needs_approval": "`approvals` names someone.",
    "needs_details": "`needs_details`.",
    "prohibitive": "`prohibitive` is above 0.",
    "decline": "`decline`.",
    "held": "A guardrail is breached, or the two matchers are at odds; never a rule's choice.",
}


def effects_page() -> str:
    columns = ("effect", "type", "`combine`", "in every book", "meaning", "declared", "written")
    return page(
        "Effects",
        INTRO,
        table(columns, [_row(effect) for effect in STANDARD_SLOTS.values()]),
        "## How several become one",
        table(("`combine`", "meaning", "initial", "rules write", "comes to"), [_combining(one) for one in Combine]),
        "## The outcome",
        "`decision.outcome` is built from the effects after the last stage, for guardrails and options. "
        "Of several, the lowest in this table counts.",
        table(("outcome", "when"), [(code(outcome), OUTCOME_MEANINGS[outcome]) for outcome in OUTCOMES]),
    )


def _row(effect: StandardEffect) -> tuple[str, ...]:
    declared, written = example(effect)
    samples.typed(written, samples.slot_type(effect.name))
    kind = "members of the book's choice" if effect.unit is Unit.ENUM else effect.unit.value
    required = "yes" if effect.required else ""
    then = code(f"then: {{{effect.name}: {written}}}")
    return code(effect.name), kind, code(effect.combine.value), required, effect.meaning, code(declared), then


def example(effect: StandardEffect) -> tuple[str, str]:
    """Its declaration in `book.yaml`, and a value that a rule writes."""
    start = f"{effect.name}: {{type: {effect.unit.value}, "
    combine = f"combine: {effect.combine.value}"
    if effect.unit is Unit.BOOL:
        return f"{start}{combine}}}", "true"
    if effect.unit is Unit.ENUM:
        members = samples.MEMBERS[effect.name]
        initial = "" if effect.combine is Combine.UNION else f", initial: {members[0]}"
        return f"{start}values: [{', '.join(members)}], {combine}{initial}}}", members[1]
    initial, most, written = NUMBERS[effect.unit, effect.combine]
    return f"{start}{combine}, initial: {initial}, max: {most}}}", written


def _combining(combine: Combine) -> tuple[str, ...]:
    meaning, type, initial, written = COMBINING[combine]
    slot = Slot("example", type, combine, initial, 0, 10_000, "")
    answer = combined(slot, initial, written)
    one = Type(type.unit, type.values)
    texts = [value_text(one, value, samples.CURRENCY) for value in written]
    start, end = (value_text(type, value, samples.CURRENCY) for value in (initial, answer))
    return code(combine.value), meaning, start, ", ".join(texts), end
