"""Cases of a book as items: what is asked and expected, leaf by leaf. Knows no evaluation."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from service.governance.diff.changes import Subject
from service.governance.diff.items import Aspect, Aspects, Item, View, plain
from service.policy.cases import Case


def case_items(view: View, cases: Iterable[Case], rules: Mapping[str, str]) -> Iterator[Item]:
    """`rules`: earlier names of rules to later ones."""
    for case in cases:
        aspects = {
            "practice": plain(case.practice),
            "edge": plain(case.edge),
            "worked": plain(case.worked),
            **_leaves("request", case.request, {}),
            **_leaves("expect", case.expect, rules),
            **_named("fires", case.rules, rules),
            **_named("does not fire", case.not_rules, rules),
        }
        yield Item(Subject.CASE, case.id, aspects, view.where(case.place.file))


def _named(what: str, names: Iterable[str], rules: Mapping[str, str]) -> Aspects:
    return {f"{what} {rules.get(name, name)}": plain("yes") for name in names}


def _leaves(pointer: str, value: Any, rules: Mapping[str, str]) -> Aspects:
    if isinstance(value, (dict, list)) and value:
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        return {name: leaf for key, part in pairs for name, leaf in _leaves(f"{pointer}/{key}", part, rules).items()}
    text = json.dumps(value, ensure_ascii=False)
    return {pointer: Aspect(json.dumps(rules.get(value, value)) if isinstance(value, str) else json.dumps(value), text)}
