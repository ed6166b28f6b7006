"""From a book's files to a policy that can decide, or every finding. Used by whatever opens a book: service, command.

Knows the request's vocabulary and the engine's limits; reads no folder and no clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from schemas.request import BookChecks
from schemas.vocabulary import declarations
from service.matching.loadable import engine_findings
from service.matching.runtimes import Policy
from service.matching.spread import EngineLimit
from service.policy.binding import NoRate, NoValue, bind
from service.policy.findings import BookRefused
from service.policy.loader import load_book


@dataclass(frozen=True, slots=True)
class InForce:
    """A policy, and what a request must fit for it."""

    policy: Policy
    checks: BookChecks


def opened(files: Mapping[str, bytes], today: date) -> InForce:
    """Raises BookRefused. `today`: the day whose rules are made ready, and shown to fit into the engine."""
    book = load_book(files, declarations())
    policy = Policy(book)
    _make_ready(policy, today)
    return InForce(policy, BookChecks(ZoneInfo(book.time_zone), book.version, book.extra_facts))


def _make_ready(policy: Policy, today: date) -> None:
    book = policy.book
    try:
        policy.runtime(today, book.currency)
    except EngineLimit as limit:
        raise BookRefused(engine_findings(book, bind(book, today, book.currency))) from limit
    except (NoRate, NoValue):
        return  # not in force yet: a book may be opened before its first day
