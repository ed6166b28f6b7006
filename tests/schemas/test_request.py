"""A request as read: defaults, times, and that what the ledger keeps of it reads back to the same request."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest

from schemas.findings import MOST_FINDINGS, Invalid
from schemas.quote import QuoteRequestSchema
from schemas.request import BookChecks, load_request
from schemas.shapes import ListOf, Part, Strict

NOW = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)
LEAST = {"currency": "JPY", "client": {"id": "a"}, "job": {}}
MOST: dict[str, Any] = {
    "currency": "BHD",
    "language": "SR-latn-rs",
    "received_at": "2026-03-02T10:00:00.25+02:00",
    "as_of": "2026-03-01",
    "policy_version": "sha256:1",
    "client": {"id": "a", "name": "Ünal", "category": "vip", "orders": 3, "days_since_last_order": 0},
    "job": {
        "lines": [{"description": "d", "kind": "repair", "cost": 0, "fair_price": 10**12, "includes": ["x", "y"]}],
        "open_details": [{"name": "n", "question": "q?", "weight": 10}],
        "extras": [{"description": "e", "cost": 1, "price": 2}],
        "excludes": ["z"],
        "deadline": "2026-03-01",
    },
    "deal": {"budget": 0, "sign_by": "2036-02-27", "earlier": {"low": 1, "high": 1, "scope_changed": True}},
    "hassle": {"recent": {"teaching": 2}, "staff_rating": 5},
    "firm": {"strategy": "growth", "backlog_days": 0},
    "dispute": {"amount": 1, "cost_to_pursue": 2},
    "mistake": {"loss": 3},
    "sale": {"starts_on": "2026-03-08", "percent": 10000},
    "questions": [{"text": "When?", "answer": "Soon."}],
    "extra": {"charity": True, "seats": 4, "tone": "warm"},
}


def load(body: object, **checks: Any) -> Any:
    return load_request(json.dumps(body).encode(), NOW, BookChecks(**checks))


def test_defaults() -> None:
    request = load(LEAST)
    assert (request.language, request.received_at, request.as_of) == ("en", NOW, date(2026, 3, 2))
    assert (request.firm.backlog_days, request.firm.clients, request.firm.strategy) == (10, 30, "profit")
    assert (request.job.scope, request.job.duration_days, request.job.lines) == ("defined", 5, ())
    assert (request.client.category, request.client.relationship, request.client.name) == ("regular", "unknown", None)
    assert (request.deal.stage, request.deal.obstacle, request.deal.budget) == ("inquiry", "none", None)
    assert request.hassle.recent.scenes == request.hassle.staff_rating == 0
    assert (request.dispute, request.sale, dict(request.extra)) == (None, None, {})


def test_a_full_request() -> None:
    request = load(MOST)
    assert request.language == "sr-Latn-RS"
    assert request.received_at == datetime(2026, 3, 2, 8, 0, 0, 250_000, tzinfo=UTC)
    assert request.job.lines[0].includes == ("x", "y")
    assert request.deal.earlier.scope_changed is True
    assert request.questions[0].answer == "Soon."
    assert dict(request.extra) == {"charity": True, "seats": 4, "tone": "warm"}


@pytest.mark.parametrize("body", [LEAST, MOST])
def test_what_the_ledger_keeps_reads_back_to_the_same_request(body: dict[str, Any]) -> None:
    request = load(body)
    assert load_request(orjson.dumps(request), datetime(2030, 1, 1, tzinfo=UTC)) == request


def test_the_day_is_the_books() -> None:
    assert load(LEAST, zone=ZoneInfo("Europe/Tallinn")).as_of == date(2026, 3, 3)


def test_a_clock_a_little_ahead_is_borne_with() -> None:
    assert load({**LEAST, "received_at": "2026-03-02T22:35:00Z"}).received_at > NOW
    with pytest.raises(Invalid) as refused:
        load({**LEAST, "received_at": "2026-03-02T22:35:00.000001Z"})
    assert [(f.pointer, f.code) for f in refused.value.findings] == [("/received_at", "in-the-future")]


@pytest.mark.parametrize("tag", ["en", "de-AT", "zh-Hant", "es-419", "sr-Latn-RS"])
def test_languages(tag: str) -> None:
    assert load({**LEAST, "language": tag.lower()}).language == tag


@pytest.mark.parametrize("tag", ["e", "engl", "en_GB", "en-", "de-DE-1996", "en GB"])
def test_no_languages(tag: str) -> None:
    with pytest.raises(Invalid):
        load({**LEAST, "language": tag})


def schemas_in(schema: Strict) -> Iterator[Strict]:
    yield schema
    for field in schema.fields.values():
        inner = field.inner if isinstance(field, ListOf) else field
        if isinstance(inner, Part):
            yield from schemas_in(inner.schema)  # type: ignore[arg-type]


def test_every_field_says_what_it_means_and_fits_its_dataclass() -> None:
    for schema in schemas_in(QuoteRequestSchema()):
        assert list(schema.fields) == [field.name for field in dataclasses.fields(schema.builds)]
        assert all(field.metadata["meaning"].endswith((".", "?")) for field in schema.fields.values())


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ({"client": {"id": "a"}, "job": {}}, "Give a code of ISO 4217 in capitals, such as EUR."),
        (LEAST | {"language": None}, "Give a language tag such as en, de-AT or sr-Latn-RS, or leave the field out."),
        (LEAST | {"client": {"id": None}}, "Give text of 1 to 100 characters."),
    ],
)
def test_the_fix_tells_what_the_field_takes(body: object, wanted: str) -> None:
    with pytest.raises(Invalid) as refused:
        load(body)
    assert [finding.fix for finding in refused.value.findings] == [wanted]


def test_a_body_that_is_all_faults_is_not_compared_word_for_word() -> None:
    with pytest.raises(Invalid) as refused:
        load(LEAST | {f"currency{number}": 1 for number in range(MOST_FINDINGS + 50)})
    fixes = [finding.fix for finding in refused.value.findings]
    assert len(fixes) == MOST_FINDINGS + 50
    assert fixes.count("Did you mean 'currency'?") == MOST_FINDINGS
