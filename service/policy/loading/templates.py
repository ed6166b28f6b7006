"""Reasons with values in them: `Hard to work with (score {client.hassle_score})`. Knows names, not how values look."""

from __future__ import annotations

import re
from collections.abc import Set

from service.policy.book import Template
from service.policy.findings import Place
from service.policy.loading.names import is_protected
from service.policy.loading.report import Report
from service.policy.nodes import Node, Op
from service.policy.scope import Scope
from service.policy.unit_rules import nearest

BRACES = re.compile(r"\{([^{}]*)\}|([{}])")


def template(report: Report, text: str, place: Place, scope: Scope, present: Set[str], subject: str) -> Template:
    """`present`: optional facts that are there wherever the text is shown."""
    parts: list[str | Node] = []
    end = 0
    for match in BRACES.finditer(text):
        name = match.group(1)
        parts.append(text[end : match.start()])
        end = match.end()
        if name is None:
            report.add(place, "unknown-placeholder", "a brace stands alone", "{name} shows a value", subject)
        elif name in scope.optional and name not in present:
            hint = f"when: has({name}) && ..."
            report.add(place, "may-be-absent", f"{{{name}}} may be absent from a request", hint, subject)
        elif name in scope.types and not is_protected(name):
            parts.append(Node(Op.REF, scope.types[name], (), name, match.span()))
        else:
            _refuse(report, name, place, scope, subject)
    parts.append(text[end:])
    return Template(tuple(part for part in parts if part != ""))


def _refuse(report: Report, name: str, place: Place, scope: Scope, subject: str) -> None:
    if name in scope.later:
        message = f"{{{name}}} is known only after stage {scope.later[name]}"
        report.add(place, "read-before-known", message, "name the parameter or fact that it comes from", subject)
    elif is_protected(name):
        report.add(place, "protected-attribute", f"'{name}' is a protected attribute (P16)", subject=subject)
    else:
        report.add(place, "unknown-placeholder", f"{{{name}}} names nothing", nearest(name, scope.types), subject)
