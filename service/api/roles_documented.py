"""The OpenAPI document says of every operation which role it needs, as `access` asks for it."""

from __future__ import annotations

from typing import Any

from apispec import APISpec, BasePlugin
from flask import Flask

from schemas.problem import CONTENT_TYPE
from service.api.access import need_of

SCHEME = "bearer"
_MEANING = "A token made by `quotewright init`, `quotewright token create` or POST /users/{user_id}/tokens."
_REFUSED = {
    "401": "No token, or one that is malformed, unknown, expired or revoked.",
    "403": "The caller's role is too low, or sign-in is off and somebody must answer for this.",
}


class Roles(BasePlugin):  # type: ignore[misc]
    def __init__(self, app: Flask) -> None:
        self._app = app

    def init_spec(self, spec: APISpec) -> None:
        super().init_spec(spec)
        spec.components.security_scheme(SCHEME, {"type": "http", "scheme": "bearer", "description": _MEANING})

    def operation_helper(
        self, path: str | None = None, operations: dict[str, Any] | None = None, *, rule: Any, **_: Any
    ) -> None:
        need = need_of(self._app.view_functions[rule.endpoint])
        for operation in (operations or {}).values():
            said = operation.get("description", "").strip()
            told = "Open to all." if need.role is None else f"Needs the role `{need.role}`."
            if need.accountable:
                told += " Refused while sign-in is off."
            operation["description"] = f"{said} {told}".strip()
            operation["x-role"] = need.role.value if need.role else None
            operation["security"] = [] if need.role is None else [{SCHEME: []}]
            if need.role is not None:
                problem = {"content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
                for status, meaning in _REFUSED.items():
                    operation["responses"].setdefault(status, {"description": meaning, **problem})
