"""Mutants that no case noticed, beside the explanations that the book gives for them. Judges; changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from service.cases.mutation import Fate, Verdict
from service.policy.cases import Survivor


@dataclass(frozen=True, slots=True)
class Judgement:
    """`explained`: with the book's reason. `stale`: explanations of changes that a case notices, or that don't exist.

    An explained survivor has survived all the same: it counts against the share of changes noticed.
    """

    verdicts: tuple[Verdict, ...]
    unexplained: tuple[Verdict, ...]
    explained: tuple[tuple[Verdict, str], ...]
    stale: tuple[Survivor, ...]

    @property
    def noticed(self) -> int:
        return sum(verdict.fate is Fate.NOTICED for verdict in self.verdicts)

    @property
    def counted(self) -> int:
        return sum(verdict.fate is not Fate.REFUSED for verdict in self.verdicts)

    @property
    def accounted_for(self) -> bool:
        return not self.unexplained and not self.stale


def judgement(verdicts: Iterable[Verdict], explanations: Iterable[Survivor]) -> Judgement:
    told = tuple(verdicts)
    reasons = {survivor.id: survivor for survivor in explanations}
    survived = [verdict for verdict in told if verdict.fate is Fate.SURVIVED]
    ids = {verdict.mutant.id for verdict in survived}
    return Judgement(
        told,
        tuple(verdict for verdict in survived if verdict.mutant.id not in reasons),
        tuple((verdict, reasons[verdict.mutant.id].reason) for verdict in survived if verdict.mutant.id in reasons),
        tuple(survivor for id, survivor in reasons.items() if id not in ids),
    )
