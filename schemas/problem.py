"""Problem details (RFC 9457): what an error answer holds. Knows neither routes nor how errors come about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson
from marshmallow import Schema, fields

from schemas.findings import MOST_FINDINGS, Finding

CONTENT_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:quotewright:problem:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """`code` is stable and explained in `docs/errors.md`; `detail` says what happened and what to do."""

    status: int
    code: str
    detail: str
    findings: Sequence[Finding] = ()

    def members(self, request_id: str) -> dict[str, Any]:
        told: dict[str, Any] = {
            "type": TYPE_PREFIX + self.code,
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            "request_id": request_id,
        }
        if self.findings:
            told["findings"] = [
                {"pointer": f.pointer, "code": f.code, "message": f.message, "fix": f.fix}
                for f in self.findings[:MOST_FINDINGS]
            ]
        if len(self.findings) > MOST_FINDINGS:
            told["findings_left_out"] = len(self.findings) - MOST_FINDINGS
        return told

    def body(self, request_id: str) -> bytes:
        return orjson.dumps(self.members(request_id))


class FindingSchema(Schema):
    pointer = fields.String(metadata={"description": "JSON pointer into the body (RFC 6901); empty: the whole body."})
    code = fields.String(metadata={"description": "Stable code, explained in docs/errors.md."})
    message = fields.String(metadata={"description": "What is wrong."})
    fix = fields.String(metadata={"description": "What to write instead."})


class ProblemSchema(Schema):
    type = fields.String(metadata={"description": "A URN that ends in the code."})
    title = fields.String(metadata={"description": "The phrase of the status."})
    status = fields.Integer()
    code = fields.String(metadata={"description": "Stable code, explained in docs/errors.md."})
    detail = fields.String(metadata={"description": "What happened and what to do about it."})
    request_id = fields.String(metadata={"description": "Also in the header X-Request-Id, and in the logs."})
    findings = fields.List(fields.Nested(FindingSchema), metadata={"description": "Every fault of the body."})
    findings_left_out = fields.Integer(metadata={"description": f"How many there are beyond {MOST_FINDINGS}."})
