"""What may be written in an expression's place, with the names that an editor proposes there."""

from __future__ import annotations

from schemas.book import NAME_LENGTH
from schemas.book_fields import IDENTIFIER
from service.domain.facts import Unit
from service.policy.syntax import LONGEST
from service.reference.json_schema import EXPRESSION, SCALAR, Json
from service.reference.names import Effect, Names

MORE_THAN_A_WORD = r"[^A-Za-z0-9_\s]"


def expression(names: Names) -> Json:
    """Proposes names; takes any text, which `quotewright check` reads."""
    readable = sorted(names.readable)
    proposed: Json = {"enum": readable, "enumDescriptions": [names.readable[name] for name in readable]}
    return {"anyOf": [proposed, {"type": list(SCALAR), "minLength": 1, "maxLength": LONGEST}]}


def values_of_effects(names: Names) -> Json:
    """`then` of a rule: what each effect takes. Of one book all effects are known."""
    result: Json = {"properties": {name: _value(effect) for name, effect in names.effects.items()}}
    if names.one_book:
        result["additionalProperties"] = False
    else:
        result["propertyNames"] = {"pattern": f"^{IDENTIFIER}$", "maxLength": NAME_LENGTH}
    return result


def _value(effect: Effect) -> Json:
    value: Json = {"description": effect.meaning}
    if effect.unit is Unit.BOOL:
        return {**value, "anyOf": [{"enum": [True, False]}, EXPRESSION]}
    if effect.values:
        # A bare word can only be a member; anything longer is an expression.
        literals = [*effect.values, *(f"{quote}{one}{quote}" for one in effect.values for quote in "'\"")]
        longer: Json = {"type": "string", "pattern": MORE_THAN_A_WORD}
        return {**value, "anyOf": [{"enum": literals}, *([] if effect.many else [longer])]}
    return {**value, **EXPRESSION}
