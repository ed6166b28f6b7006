"""The shadow: a candidate version decides what the released one has just answered, in a thread of its own.

The request pays for one look and one place in a queue. The thread rests three times as long as it works, so that of a
busy process a fifth goes to it at most; what the queue can't hold by then is left untried and counted.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from queue import Empty, Full, Queue
from time import perf_counter, sleep

import orjson
import structlog

from schemas.findings import Invalid
from schemas.request import read_request
from schemas.vocabulary import facts_of
from service.api.recording import Made
from service.domain.decision import Decision
from service.domain.shadow import Run, Trial, trial
from service.evaluation import evaluate
from service.governance.editions import Unusable
from service.ledger import LedgerUnavailable
from service.ledger.shadow import ShadowRuns
from service.matching.engine import EngineFault
from service.matching.spread import EngineLimit
from service.metrics import Metrics
from service.opening import InForce
from service.policy.binding import NoRate, NoValue

WAITING = 1_000
A_WRITE = 100
"""Trials recorded in one transaction, at most."""
A_SPELL = 0.1
"""Seconds of work without a rest, but for one trial that takes longer: the thread must look for the run's end, too."""
REST = 3
LOOK_SECONDS = 1.0
"""How often the thread asks the ledger which run is under way."""


class Shadow:
    """`opened`: a stored version, ready to decide; may raise Unusable, LedgerUnavailable."""

    def __init__(
        self,
        runs: ShadowRuns,
        book: str,
        opened: Callable[[str], InForce],
        metrics: Metrics,
        now: Callable[[], datetime],
    ) -> None:
        self._runs, self._book, self._opened, self._metrics, self._now = runs, book, opened, metrics, now
        self._queue: Queue[Made] = Queue(WAITING)
        self._run: Run | None = None
        self._seen: Run | None = None
        self._candidate: InForce | None = None

    def offer(self, made: Made) -> None:
        """A decision that was recorded. Never waits."""
        run = self._run
        if run is None or not run.tries(made.decision.decision_id):
            return
        try:
            self._queue.put_nowait(made)
        except Full:
            self._metrics.shadow_trials.labels("left_out").inc()

    def watch(self) -> None:
        """Tries for as long as the process lives."""
        threading.Thread(target=self._working, name="shadow", daemon=True).start()

    def _working(self) -> None:
        looked = 0.0
        while True:
            if perf_counter() - looked >= LOOK_SECONDS:
                self.look()
                looked = perf_counter()
            self.work(LOOK_SECONDS)

    def look(self) -> None:
        """Takes up the run that is under way, or lets go of one that has ended."""
        try:
            run = self._runs.active(self._book)
            if run == self._seen:
                return
            self._run = None
            self._candidate = self._opened(run.version) if run else None
        except LedgerUnavailable as away:
            structlog.get_logger().warning("shadow waits for the ledger", reason=away.reason)
            return
        except Unusable as unusable:
            structlog.get_logger().error(
                "shadow can't try the version", version=unusable.version, reason=unusable.reason
            )
            self._seen = run
            return
        self._run = self._seen = run
        structlog.get_logger().info("shadow", run=run.id if run else None, version=run.version if run else None)

    def work(self, patience: float) -> None:
        """Tries what waits, up to one write or spell of it, and rests. `patience`: seconds to wait for the first."""
        made = self._next(patience)
        begun = perf_counter()
        trials: list[Trial] = []
        while made is not None:
            trials += self._tried(made)
            enough = len(trials) >= A_WRITE or perf_counter() - begun >= A_SPELL
            made = None if enough else self._next(0)
        if trials:
            self._keep(trials)
            sleep(REST * (perf_counter() - begun))

    def _next(self, patience: float) -> Made | None:
        try:
            return self._queue.get(timeout=patience) if patience else self._queue.get_nowait()
        except Empty:
            return None

    def _tried(self, made: Made) -> tuple[Trial, ...]:
        """One trial, or none: where the run has ended meanwhile, and where the engine fails."""
        run, candidate = self._run, self._candidate
        if run is None or candidate is None:
            return ()
        try:
            other = self._decided(candidate, made)
        except EngineFault as fault:  # of a request it would be the end; the thread must go on
            structlog.get_logger().error("shadow trial failed", version=candidate.checks.version, reason=str(fault))
            self._metrics.shadow_trials.labels("failed").inc()
            return ()
        return (trial(run.id, made.decision, other, made.request.currency, self._now()),)

    def _decided(self, candidate: InForce, made: Made) -> Decision | None:
        """As if the candidate had been asked at that moment; None where it refuses. Raises EngineFault."""
        told = orjson.loads(orjson.dumps(made.request)) | {"policy_version": None, "known_at": None}
        decision = made.decision
        try:
            request = read_request(told, decision.evaluated_at, candidate.checks)
            facts = facts_of(request, candidate.checks.extra_facts or {})
            return evaluate(candidate.policy, request, facts, decision.decision_id, decision.evaluated_at)
        except (Invalid, NoRate, NoValue, EngineLimit):
            return None

    def _keep(self, trials: list[Trial]) -> None:
        try:
            self._runs.record(trials)
        except LedgerUnavailable as away:
            structlog.get_logger().warning("shadow trials lost", count=len(trials), reason=away.reason)
            self._metrics.shadow_trials.labels("lost").inc(len(trials))
            return
        self._metrics.shadow_trials.labels("recorded").inc(len(trials))
