"""What the service counts about itself, over all workers. Labels are routes, outcomes and ids, never clients.

With PROMETHEUS_MULTIPROC_DIR set before this module is imported, every process writes its numbers there.
"""

from __future__ import annotations

import os

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

MULTIPROCESS = "PROMETHEUS_MULTIPROC_DIR"
_SECONDS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Metrics:
    """One set a process; the registry is its own, so that two apps in one process don't collide."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.decisions = self._counter("decisions", "Decisions made, by outcome.", "outcome")
        self.disagreements = self._counter("disagreements", "Decisions on which the two matchers disagreed.")
        self.breaches = self._counter("guardrail_breaches", "Guardrails that a decision breached.", "guardrail")
        self.rate_limited = self._counter("rate_limited_requests", "Requests refused by the rate limit.")
        self.requests = self._counter("requests", "Answers, by route and status.", "route", "status")
        self.reloads = self._counter("policy_reloads", "Changed books met, by what became of them.", "result")
        self.sealed = self._counter("ledger_seals", "Seals of what was recorded.")
        self.shadow_trials = self._counter("shadow_trials", "Trials of candidates, by what became of them.", "result")
        self.evaluation_seconds = self._histogram("evaluation_seconds", "Time from facts to decision.")
        self.request_seconds = self._histogram("request_seconds", "Time from request to answer.", "route")
        self._of_answers: dict[tuple[str, int], tuple[Counter, Histogram]] = {}

    def answered(self, route: str, status: int, seconds: float) -> None:
        found = self._of_answers.get((route, status))
        if found is None:
            found = (self.requests.labels(route, str(status)), self.request_seconds.labels(route))
            self._of_answers[route, status] = found
        counter, histogram = found
        counter.inc()
        histogram.observe(seconds)

    def exposition(self) -> bytes:
        """The text that Prometheus reads: all workers' numbers where they share a folder."""
        if MULTIPROCESS not in os.environ:
            return generate_latest(self._registry)
        everyone = CollectorRegistry()
        MultiProcessCollector(everyone)  # type: ignore[no-untyped-call]
        return generate_latest(everyone)

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(f"quotewright_{name}", meaning, labels, registry=self._registry)

    def _histogram(self, name: str, meaning: str, *labels: str) -> Histogram:
        return Histogram(f"quotewright_{name}", meaning, labels, buckets=_SECONDS, registry=self._registry)
