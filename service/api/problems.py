"""Every error answer is made here, as problem+json; the last handler is the service's one outermost boundary."""

from __future__ import annotations

from collections.abc import Mapping

import structlog
from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from schemas.findings import Invalid
from schemas.json_text import NOT_JSON
from schemas.problem import CONTENT_TYPE, Problem
from service.api.policy_in_force import NothingInForce
from service.clients.asking import ListsUnavailable
from service.governance.editions import Unusable
from service.governance.refusal import Refusal, Why
from service.ledger import LedgerUnavailable
from service.ledger.bodies import UnreadableBody
from service.logs import frames

_CODES = {
    404: ("not-found", "There is nothing at this address; /docs lists what there is."),
    405: ("method-not-allowed", "This address doesn't take this method; the header Allow lists those it takes."),
    413: ("body-too-large", "The body is larger than this service takes."),
}
_STATUS = {Why.ABSENT: 404, Why.AUTHORITY: 403, Why.CONFLICT: 409}
INTERNAL = Problem(
    status=500, code="internal-error", detail="The service failed. Report the request id; nothing else is needed."
)
UNRECORDED = Problem(
    status=503,
    code="ledger-unavailable",
    detail="The database can't be used, and nothing is answered that isn't recorded there. Repeat the request; "
    "for a decision, with the same Idempotency-Key.",
)
NO_LISTS = Problem(
    status=503,
    code="lists-unavailable",
    detail="The lists of clients can't be worked out just now; the service's log says why.",
)
UNUSABLE = Problem(
    status=503,
    code="policy-unusable",
    detail="The version of the policy that this is about can't be used; the service's log says why.",
)
NO_POLICY = Problem(
    status=503, code="no-policy", detail="No usable version of the policy is in force; the service's log says why."
)

ALTERED = Problem(
    status=500,
    code="record-altered",
    detail="What the ledger holds of this isn't what was written: somebody changed it. Run `quotewright audit verify`.",
)


class Refused(Exception):
    """A request that is answered with a problem."""

    def __init__(self, problem: Problem, headers: Mapping[str, str] | None = None) -> None:
        self.problem = problem
        self.headers = dict(headers or {})
        super().__init__(problem.detail)


def of_findings(invalid: Invalid) -> Problem:
    """400 where the text can't be read as JSON, else 422."""
    if any(finding.code in NOT_JSON for finding in invalid.findings):
        return Problem(status=400, code="not-json", detail="The body can't be read as JSON.", findings=invalid.findings)
    count = len(invalid.findings)
    detail = f"The body has {count} fault{'s' if count > 1 else ''}; each finding says where and how to mend it."
    return Problem(status=422, code="invalid-request", detail=detail, findings=invalid.findings)


def of_refusal(refusal: Refusal) -> Problem:
    return Problem(status=_STATUS[refusal.why], code=refusal.code, detail=refusal.reason)


def answer(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    return Response(problem.body(g.get("request_id", "")), problem.status, headers, content_type=CONTENT_TYPE)


def log_fault(fault: BaseException) -> None:
    """Where it happened, but not its text, which may hold what a client sent."""
    structlog.get_logger().error(
        "fault", fault=type(fault).__name__, frames=frames(fault), cause=type(fault.__cause__).__name__
    )


def register(app: Flask) -> None:
    app.register_error_handler(Refused, lambda refused: answer(refused.problem, refused.headers))
    app.register_error_handler(Invalid, lambda invalid: answer(of_findings(invalid)))
    app.register_error_handler(LedgerUnavailable, _unrecorded)
    app.register_error_handler(ListsUnavailable, _unlisted)
    app.register_error_handler(UnreadableBody, _altered)
    app.register_error_handler(Unusable, _unusable)
    app.register_error_handler(NothingInForce, _nothing)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _fault)


def _unrecorded(fault: LedgerUnavailable) -> Response:
    structlog.get_logger().error("ledger unavailable", database=fault.database, reason=fault.reason)
    return answer(UNRECORDED, {"Retry-After": "1"})


def _unlisted(fault: ListsUnavailable) -> Response:
    structlog.get_logger().error("lists unavailable", reason=str(fault))
    return answer(NO_LISTS, {"Retry-After": "1"})


def _altered(fault: UnreadableBody) -> Response:
    structlog.get_logger().error("record altered", record=fault.record)
    return answer(ALTERED)


def _unusable(fault: Unusable) -> Response:
    structlog.get_logger().error("policy version unusable", version=fault.version, reason=fault.reason)
    return answer(UNUSABLE)


def _nothing(fault: NothingInForce) -> Response:
    structlog.get_logger().error("no policy in force", book=fault.book)
    return answer(NO_POLICY, {"Retry-After": "1"})


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return Response(status=status, headers=dict(error.get_headers(request.environ)))
    fallback = (error.name.lower().replace(" ", "-"), "The request can't be served.")
    code, detail = _CODES.get(status, fallback)
    kept = {name: value for name, value in error.get_headers(request.environ) if name == "Allow"}
    return answer(Problem(status=status, code=code, detail=detail), kept)


def _fault(fault: Exception) -> Response:
    log_fault(fault)
    return answer(INTERNAL)
