"""For every code of an HTTP answer, what gets it. The tests send the bodies that a request alone makes wrong."""

from __future__ import annotations

UNREADABLE: dict[str, bytes] = {
    "not-json": b"{currency: EUR}",
    "invalid-utf8": b'{"currency": "\xff"}',
    "too-deep": b"[" * 40 + b"]" * 40,
    "duplicate-key": b'{"currency": "EUR", "currency": "EUR"}',
    "integer-too-large": b'{"client": {"orders": 9223372036854775808}}',
}
"""Bodies."""


def _many(element: str, count: int) -> str:
    return f"[{', '.join([element] * count)}]"


MISTAKES: dict[str, tuple[str, str]] = {
    "missing-field": ("/job", "nothing"),
    "null-not-allowed": ("/client", "null"),
    "unknown-field": ("/client/oders", "3"),
    "wrong-type": ("/client/overdue", "12.50"),
    "out-of-range": ("/client/orders", "-1"),
    "not-a-choice": ("/client/category", '"gold"'),
    "blank-text": ("/client/id", '" "'),
    "too-long": ("/client/id", f'"{"x" * 101}"'),
    "control-character": ("/client/id", '"a\\u0000b"'),
    "not-a-date": ("/as_of", '"31.03.2026"'),
    "not-a-time": ("/received_at", '"2026-03-31T14:05:00"'),
    "not-a-language": ("/language", '"english please"'),
    "unknown-currency": ("/currency", '"XYZ"'),
    "too-many": ("/questions", _many('{"text": "Why?"}', 51)),
    "sum-out-of-range": ("/job/extras", _many('{"description": "E", "cost": 1000000000000, "price": 1}', 2)),
    "in-the-past": ("/job/deadline", '"2026-03-01"'),
    "in-the-future": ("/received_at", '"2099-01-01T00:00:00Z"'),
    "low-above-high": ("/deal/earlier", '{"low": 2, "high": 1}'),
    "contradiction": ("/client/overdue_days", "30"),
}
"""Code -> the value that gets it, and where it stands (RFC 6901) in a body that is right but for it."""

OF_A_BOOK: dict[str, tuple[str, str]] = {
    "bad-file-name": ("/files/..~1book.yaml", '"name: agency"'),
    "nothing-in-force": ("/known_at", '"2001-01-01T00:00:00Z"'),
    "unknown-policy-version": ("/policy_version", '"sha256:0"'),
    "unknown-fact": ("/extra/charitty", "true"),
    "no-rate": ("/currency", '"CHF"'),
    "no-value": ("/as_of", '"2001-01-01"'),
    "unknown-parameter": ("/parameters/hassle_form", "5"),
    "wrong-value": ("/parameters/hassle_from", '"5 %"'),
    "integer-overflow": ("/parameters/prohibitive_times", '"900000000000"'),
    "negative-division": ("/parameters/older_signals", '"-50 %"'),
    "negative-markup": ("/parameters/hassle_markup_10", '"-5 %"'),
    "managers-alone": ("/client/category", '"vip"'),
}
"""The same for what depends on the book or is sent elsewhere; the last is of a client in the firm's books, the five
before it are of previews."""

OF_AN_OVERRIDE: dict[str, tuple[str, str]] = {
    "nothing-overridden": ("/prepayment", "5000"),
    "beyond-limit": ("/price", "200000"),
    "guardrail-breached": ("/price", "100000"),
}
"""The same for a manager's override of a decision: 3,000.00 at a cost of 1,000.00, half of it beforehand."""

PROBLEMS: dict[str, str] = {
    "not-json": "a body `{currency: EUR}`",
    "bad-idempotency-key": "`Idempotency-Key:` with nothing after it",
    "not-signed-in": "`GET /me` without a token, while sign-in is on",
    "invalid-token": "`Authorization: Bearer qw_`",
    "token-expired": "a token made 91 days ago",
    "token-revoked": "a token after `quotewright token revoke`",
    "role-too-low": "`GET /users` as a manager",
    "csrf": "`POST /sign-out` with the cookie alone",
    "not-yours": "`GET /users/{id}/tokens` of another user as a manager",
    "wrong-password": '`POST /me/password` with `"current_password": "guess"`',
    "no-such-user": "`PATCH /users/nobody`",
    "no-such-token": "`DELETE /tokens/0000000000000000`",
    "name-taken": "`POST /users` with the name of a user",
    "last-admin": '`PATCH /users/{id}` with `{"disabled": true}` of the only admin',
    "user-disabled": "`POST /users/{id}/tokens` of a disabled user",
    "role-above": '`{"label": "x", "role": "admin"}` for a manager',
    "signs-in-elsewhere": "`POST /me/password` of a user of the provider",
    "bad-name": '`{"name": "an n", "role": "quoter"}`',
    "weak-password": '`"new_password": "12345"`',
    "sign-in-off": "`POST /policies/{version}/approve` while sign-in is off",
    "beyond-authority": "a manager's `POST /decisions/{id}/override` with a third off the price",
    "four-eyes": "`POST /policies/{version}/approve` by its author",
    "no-such-version": "`GET /policies/sha256:0`",
    "nothing-in-force": "`GET /policies/in-force?known_at=2001-01-01T00:00:00Z`",
    "already-in-force": "`POST /policies/{version}/roll-back` to what a day before had",
    "already-released": "`quotewright policy import` twice",
    "already-submitted": "`POST /policies/{version}/check` after its submission",
    "approval-outdated": "a release after another one that changed what was approved",
    "not-approved": "`POST /policies/{version}/release` of a draft",
    "not-checked": "`POST /policies/{version}/submit` of a draft",
    "not-scheduled": "`POST /policies/{version}/withdraw` of what holds today",
    "not-submitted": "the second of two approvals",
    "not-superseded": "`POST /policies/{version}/roll-back` to a draft",
    "other-book": "`POST /policies` with `name: bureau` where `agency` is served",
    "book-refused": "`POST /policies` with an unknown parameter in a rule",
    "no-policy": "`POST /evaluate` when every version in force was tampered with",
    "policy-unusable": "a version whose content somebody changed in the database",
    "bad-query": "`POST /evaluate?why_not=perhaps`",
    "not-found": "`GET /quotes`",
    "no-such-run": "`GET /shadow/00000000-0000-0000-0000-000000000000`",
    "run-under-way": "`POST /policies/{version}/shadow` for a second version",
    "run-ended": "`POST /shadow/{id}/end` twice",
    "no-such-size": "`GET /ledger/consistency?earlier=1&later=1000000000`",
    "record-altered": "`GET /decisions/{id}` of a row that somebody changed in the database",
    "not-sealed-yet": "`GET /decisions/{id}/receipt` at once",
    "books-hold": "`POST /evaluate` by a quoter, with `client.category` of a client in the firm's books",
    "no-such-list": "`GET /clients/lists/everybody`",
    "no-such-kind": "`POST /clients/imports/orders`",
    "unreadable-file": "`POST /clients/imports/payments` with a file that lacks a column",
    "no-such-client": "`POST /clients/c-9999/erase`",
    "erased": "`GET /decisions/{id}` after `POST /clients/c-204/erase`",
    "no-such-decision": "`GET /decisions/00000000-0000-0000-0000-000000000000`",
    "method-not-allowed": "`GET /evaluate`",
    "idempotency-key-reused": "the same key with another body",
    "version-unreadable": "an override of a decision by a version with what is refused today",
    "body-too-large": "a body of 2 MiB",
    "too-many-lines": "a batch of 100,001 lines",
    "unsupported-media-type": "`Content-Type: text/plain`",
    "invalid-request": '`{"currency": "EURO"}`',
    "rate-limited": "the 6,001st request of a minute",
    "internal-error": "a fault of the service's own",
    "ledger-unavailable": "a database that doesn't answer",
    "lists-unavailable": "`GET /clients/lists/pareto` on a full disk",
    "not-ready": "`GET /readyz` meanwhile",
}
"""Status codes' problems -> what gets them."""
