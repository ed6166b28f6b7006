"""The body of `POST /preview`: a quote request, and parameters of the book to try other values of. Knows no book."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marshmallow import ValidationError, fields

from schemas import json_text
from schemas.fields import Described, Flag, json_name, refusal
from schemas.findings import Fault, Finding, Invalid, placed
from schemas.quote import QuoteRequestSchema
from schemas.request import Books, given, read_request
from schemas.shapes import Part, Strict
from service.domain.quote import QuoteRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """`given`: names of the facts of client and hassle that the request holds. `parameters`: values as a book writes
    them, by name; not yet compared with the book."""

    request: QuoteRequest
    given: frozenset[str]
    parameters: Mapping[str, str | int]
    why_not: bool


class Written(fields.Dict, Described):
    def __init__(self, meaning: str) -> None:
        super().__init__(**self.options(meaning, 'values as the book writes them, such as "15 %"', dict, False, {}))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[Any, Any]:
        if type(value) is not dict:
            raise refusal("wrong-type", f"{json_name(value)} where an object is wanted.", "Give an object.")
        fix = 'Give a string such as "15 %" or "50.00", or an integer.'
        wrong = {
            name: [Fault("wrong-type", f"{json_name(written)} as a parameter's value.", fix)]
            for name, written in value.items()
            if type(written) not in (str, int)
        }
        if wrong:
            raise ValidationError(wrong)
        return dict(value)


class _Asked(fields.Raw, Described):
    """The request itself, which `read_request` reads."""

    def __init__(self, meaning: str) -> None:
        super().__init__(**self.options(meaning, "an object", None, False, {}))


class _ShellSchema(Strict):
    request = _Asked("The request to decide on.")
    parameters = Written("Parameters of the book with other values, for this answer only.")
    why_not = Flag("Also tell which rules did not fire, and why.")


class PreviewSchema(_ShellSchema):
    """For the documentation: as the shell, with the request's own fields."""

    request = Part(QuoteRequestSchema, "The request to decide on.")  # type: ignore[assignment]


def load_preview(raw: bytes, now: datetime, book: Books) -> Preview:
    """Raises `Invalid` with the findings of the whole body."""
    text = json_text.parse(raw)
    if text.unreadable:
        raise Invalid(text.findings)
    found: list[Finding] = list(text.findings)
    try:
        shell = _ShellSchema().load(text.value)
    except ValidationError as error:
        shell = error.valid_data if isinstance(error.valid_data, dict) else {}
        found += placed(error.messages)
    request = None
    if "request" in shell:
        try:
            inside = [finding for finding in found if finding.pointer.startswith("/request")]
            request = read_request(shell["request"], now, book, inside, "/request")
        except Invalid as invalid:
            found += invalid.findings
    if found or request is None:
        raise Invalid(found)
    return Preview(
        request=request, given=given(shell["request"]), parameters=shell["parameters"], why_not=shell["why_not"]
    )
