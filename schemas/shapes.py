"""Compound marshmallow fields: objects, lists with their aggregates, a book's extra facts. They know no request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from marshmallow import RAISE, Schema, ValidationError, fields

from schemas.fields import REFUSED_CHARACTERS, Described, json_name, refusal
from schemas.findings import UNKNOWN_FIELD, Fault
from service.domain.facts import Type


class ExtraFacts(fields.Dict, Described):
    """Facts that only a book knows: names to integers, booleans or words. Which are allowed, the book says."""

    def __init__(self, meaning: str, *, most: int) -> None:
        self.most = most
        super().__init__(**self.options(meaning, "an object", dict, False, {}))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[Any, Any]:
        if type(value) is not dict:
            raise refusal("wrong-type", f"{json_name(value)} where an object is wanted.", "Give an object.")
        if len(value) > self.most:
            raise refusal("too-many", f"The object has {len(value)} members.", f"Give at most {self.most}.")
        wrong = {key: _scalar_faults(member) for key, member in value.items()}
        if errors := {key: faults for key, faults in wrong.items() if faults}:
            raise ValidationError(errors)
        return dict(value)


def _scalar_faults(value: object) -> list[Fault]:
    if type(value) in (int, bool):
        return []
    if type(value) is not str:
        return [Fault("wrong-type", f"{json_name(value)} as a fact.", "Give an integer, a boolean or a word.")]
    if len(value) > 200 or REFUSED_CHARACTERS.search(value):
        return [Fault("not-a-choice", "The text can't be a member of an enum.", "Give one of the fact's words.")]
    return []


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A fact made of a list: the sum of `member`, or how many have `member` in `among`, or how many there are."""

    fact: str
    meaning: str
    type: Type
    maximum: int
    member: str = ""
    among: tuple[str, ...] = ()


class ListOf(fields.List[Any], Described):
    """At most `most` elements, absent meaning none; `aggregates` are the facts that policies may read of it."""

    def __init__(
        self, inner: fields.Field[Any], meaning: str, *, most: int, aggregates: Sequence[Aggregate] = ()
    ) -> None:
        self.most = most
        self.aggregates = tuple(aggregates)
        super().__init__(inner, **self.options(meaning, "an array", list, False, {"maxItems": most}))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        if type(value) is not list:
            raise refusal("wrong-type", f"{json_name(value)} where an array is wanted.", "Give an array.")
        if len(value) > self.most:
            raise refusal("too-many", f"The array has {len(value)} elements.", f"Give at most {self.most}.")
        return super()._deserialize(value, attr, data, **kwargs)


class Part(fields.Nested, Described):
    """An object. Left out it is null (`optional`), or holds its fields' defaults (`defaulted`)."""

    def __init__(self, schema: type[Strict], meaning: str, *, optional: bool = False, defaulted: bool = False) -> None:
        self._loaded_defaults: Any = None
        options = self.options(meaning, "an object", self._defaults if defaulted else None, optional, {})
        super().__init__(schema, **options)

    def _defaults(self) -> Any:
        """One for all requests: what a schema loads is read, never changed."""
        if self._loaded_defaults is None:
            self._loaded_defaults = self.schema.load({})
        return self._loaded_defaults


class Strict(Schema):
    """Refuses fields that it doesn't know. `builds`: the dataclass whose fields it holds under the same names."""

    builds: ClassVar[type]

    class Meta:
        unknown = RAISE

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        known = tuple(self.declared_fields)
        fix = f"Remove it; the fields here are {', '.join(known)}."
        self.error_messages = {
            **self.error_messages,
            "type": Fault("wrong-type", "An object is wanted here.", "Give an object."),  # type: ignore[dict-item]
            "unknown": Fault(UNKNOWN_FIELD, "There is no such field.", fix, known),  # type: ignore[dict-item]
        }
