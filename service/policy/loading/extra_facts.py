"""facts.yaml: facts that a book adds to the vocabulary, given under a request's `extra`."""

from __future__ import annotations

from schemas.book import FactSchema, FactsSchema
from service.domain.facts import FactDecl, Type, Unit
from service.policy.loading.amounts import LARGEST, amount, type_named
from service.policy.loading.names import check_fact_name
from service.policy.loading.report import Item, Report
from service.policy.unit_rules import nearest, numeric
from service.policy.yaml_text import Document

PREFIX = "extra."
_FILE, _FACT = FactsSchema(), FactSchema()


def read_extra_facts(report: Report, document: Document, currency: str) -> dict[str, FactDecl]:
    facts = {}
    for item in report.items(_FACT, document, "facts", report.whole(_FILE, document)):
        check_fact_name(report, item.name, item.key_place())
        if not item.name.startswith(PREFIX):
            message = f"a fact that a book adds begins with '{PREFIX}'"
            report.add(item.key_place(), "wrong-value", message, PREFIX + item.name.rpartition(".")[2], item.name)
        try:
            facts[item.name] = _declared(item, currency)
        except ValueError as error:
            report.add(item.place(), "wrong-value", str(error), subject=item.name)
    return facts


def _declared(item: Item, currency: str) -> FactDecl:
    fields = item.fields
    type = type_named(fields["type"], fields["values"])
    low = high = 0
    if numeric(type):
        low = 0 if fields["min"] is None else amount(fields["min"], type, currency)
        if fields["max"] is None:
            raise ValueError("'max' is missing: every number has a range")
        high = amount(fields["max"], type, currency)
        if not 0 <= low <= high <= LARGEST:
            raise ValueError("a range goes from 'min', 0 or more, up to 'max'")
    return FactDecl(item.name, type, fields["meaning"], low, high, _default(item, type, currency, low, high))


def _default(item: Item, type: Type, currency: str, low: int, high: int) -> int | bool | str:
    written = item.fields["default"]
    if type.unit is Unit.BOOL:
        if not isinstance(written, bool):
            raise ValueError(f"default: {written!r} is not true or false")
        return written
    if type.unit is Unit.ENUM:
        if written not in type.values:
            raise ValueError(
                f"default: '{written}' is not one of the values {nearest(str(written), type.values)}".rstrip()
            )
        return str(written)
    value = amount(written, type, currency)
    if not low <= value <= high:
        raise ValueError("'default' is outside min to max")
    # The request's currency isn't known here, so only nothing is the same amount in all of them.
    if type.unit is Unit.MONEY and value:
        raise ValueError("money can only default to 0")
    return value
