"""Mutants put to the cases: one that no case answers otherwise than the book itself has gone unnoticed.

A case notices a mutant when something that it asserts no longer holds. A case whose values, rules, guardrails and
options come out as before is passed over, unless it asserts what reads more than those.
"""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from multiprocessing import get_all_start_methods, get_context
from typing import Any

from schemas.decision import dump_decision
from service.cases.mutants import Mutant
from service.cases.running import Posed, judged
from service.cases.trial import Trial
from service.policy.binding import NoRate, NoValue
from service.policy.book import Book
from service.policy.loading.reach import check_reach
from service.policy.loading.report import Report

_TEXTS = frozenset({"approvals", "concessions", "options", "reasons", "to_client"})
"""Parts of a decision that hold texts, in which a parameter may stand that no value depends on."""

_ASKED_AGAIN = frozenset({"open_details"})
"""Formulas asked again with other facts: they can differ though all values agree."""


class Fate(StrEnum):
    """REFUSED: the loader would refuse the changed book, so nobody needs to notice. Doesn't count."""

    NOTICED = "noticed"
    SURVIVED = "survived"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`case`: id of the first case that noticed."""

    mutant: Mutant
    fate: Fate
    case: str = ""


@dataclass(frozen=True, slots=True)
class Footprint:
    """What a book comes to for a case, before it is laid out. `held`: by guardrails and by tables at fault."""

    values: Mapping[str, Any]
    fired: tuple[str, ...]
    contributions: Mapping[str, tuple[tuple[str, Any], ...]]
    held: tuple[str, ...]
    options: tuple[tuple[str, int], ...]

    def says(self, other: Footprint) -> bool:
        """The same, whichever rules say it."""
        return (self.values, self.held, self.options) == (other.values, other.held, other.options)


def footprint(trial: Trial, posed: Posed) -> Footprint:
    runtime = trial.runtime(posed.request.as_of, posed.request.currency)
    matched = runtime.decide(posed.facts)
    return Footprint(
        matched.env,
        tuple([rule.id for rule in matched.fired]),
        matched.contributions,
        (*(g.id for g in runtime.breaches(matched.env)), *(str(fault) for fault in matched.faults)),
        tuple([(option.id, share) for option, share in runtime.options(matched.env)]),
    )


class Jury:
    """The cases that pass on the book itself, and what it comes to for each."""

    def __init__(self, book: Book, cases: Iterable[Posed]) -> None:
        trial = Trial(book)
        self.cases: list[tuple[Posed, Footprint]] = []
        self.failing: list[str] = []
        for posed in cases:
            if passes(trial, posed):
                self.cases.append((posed, footprint(trial, posed)))
            else:
                self.failing.append(posed.case.id)

    def verdict(self, mutant: Mutant) -> Verdict:
        book = mutant.book()
        trial = Trial(book)
        beyond = _ASKED_AGAIN | (_TEXTS if mutant.kind == "parameter" else frozenset())
        for posed, before in self._likeliest_first(mutant.subject):
            if self._notices(trial, posed, before, beyond):
                return Verdict(mutant, Fate.NOTICED, posed.case.id)
        return Verdict(mutant, Fate.REFUSED if _refused(book) else Fate.SURVIVED)

    def _notices(self, trial: Trial, posed: Posed, before: Footprint, beyond: frozenset[str]) -> bool:
        """`beyond`: parts of a decision that may differ where the footprint doesn't."""
        try:
            same = footprint(trial, posed) == before
        except (NoRate, NoValue):
            return True
        if same and not beyond & posed.case.expect.keys():
            return False
        return not passes(trial, posed)

    def _likeliest_first(self, subject: str) -> Sequence[tuple[Posed, Footprint]]:
        """Only to be done sooner: every case is asked until one notices."""

        def later(entry: tuple[Posed, Footprint]) -> tuple[bool, bool]:
            case = entry[0].case
            return subject not in (*case.rules, *case.not_rules), subject not in entry[1].fired

        return sorted(self.cases, key=later)


def passes(trial: Trial, posed: Posed) -> bool:
    """Whether all that the case asserts holds of the decision."""
    try:
        answer = json.loads(dump_decision(posed.decided(trial)))
    except (NoRate, NoValue):
        return False
    return all(part.fits for part in judged(posed.case, answer))


def _refused(book: Book) -> bool:
    report = Report()
    check_reach(report, book)
    return bool(report.findings)


def verdicts(
    jury: Jury,
    mutants: Sequence[Mutant],
    told: Callable[[Verdict], None] = lambda verdict: None,
    processes: int = 1,
) -> tuple[Verdict, ...]:
    """In the order of the mutants, however many processes. `told` hears each verdict as it falls."""
    found = []
    for verdict in _falling(jury, mutants, processes):
        told(verdict)
        found.append(verdict)
    return tuple(found)


def _falling(jury: Jury, mutants: Sequence[Mutant], processes: int) -> Iterator[Verdict]:
    if processes < 2 or "fork" not in get_all_start_methods():
        yield from map(jury.verdict, mutants)
        return
    _shared[:] = [(jury, mutants)]  # inherited by the forks: a mutant is a function and can't be sent
    try:
        with get_context("fork").Pool(processes, _leave_interrupts_to_the_parent) as pool:
            for mutant, (fate, case) in zip(
                mutants, pool.imap(_verdict_on, range(len(mutants)), _AT_ONCE), strict=True
            ):
                yield Verdict(mutant, fate, case)
    finally:
        _shared.clear()


_AT_ONCE = 8
_shared: list[tuple[Jury, Sequence[Mutant]]] = []


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _verdict_on(index: int) -> tuple[Fate, str]:
    jury, mutants = _shared[0]
    verdict = jury.verdict(mutants[index])
    return verdict.fate, verdict.case
