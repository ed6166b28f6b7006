"""Which rules, over all versions of a book, belong to a practice or ask for somebody's approval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import Lock

from service.governance.editions import Editions, Unusable
from service.ledger import PolicyRegister
from service.policy.book import Book
from service.policy.nodes import Op, walk

_PRACTICE, _APPROVALS = "practice", "approvals"


class RulesKnown:
    """Safe for threads. A version never changes, so what was read of it is kept."""

    def __init__(self, register: PolicyRegister, editions: Editions) -> None:
        self._register, self._editions = register, editions
        self._kept: dict[str, Mapping[tuple[str, str], frozenset[str]]] = {}
        self._lock = Lock()

    def among(self, practice: str | None, approver: str | None, version: str | None = None) -> frozenset[str] | None:
        """Rules of the practice that may ask for the approval of the role, in one version or in any that is kept.
        None where neither is named; of a version that can't be read, none."""
        asked = {_PRACTICE: practice, _APPROVALS: approver}
        sets = [self._of((subject, name), version) for subject, name in asked.items() if name is not None]
        return frozenset.intersection(*sets) if sets else None

    def _of(self, key: tuple[str, str], version: str | None) -> frozenset[str]:
        versions: Sequence[str] = self._register.versions() if version is None else (version,)
        return frozenset().union(*(self._rules(each).get(key, frozenset()) for each in versions))

    def _rules(self, version: str) -> Mapping[tuple[str, str], frozenset[str]]:
        found = self._kept.get(version)
        if found is None:
            try:
                found = _by_subject(self._editions.of(version).book)
            except Unusable:
                return {}
            with self._lock:
                self._kept[version] = found
        return found


def _by_subject(book: Book) -> Mapping[tuple[str, str], frozenset[str]]:
    found: dict[tuple[str, str], set[str]] = {}
    for rule in book.rules:
        found.setdefault((_PRACTICE, rule.practice), set()).add(rule.id)
        for slot, value in rule.effects:
            if slot == _APPROVALS:
                for node in walk(value.node):
                    if node.op is Op.LIT and isinstance(node.value, str):
                        found.setdefault((_APPROVALS, node.value), set()).add(rule.id)
    return {key: frozenset(rules) for key, rules in found.items()}
