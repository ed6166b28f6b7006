"""Resident memory over many decisions and many reloads of the agency book: flat, or something is kept."""

from __future__ import annotations

import gc
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks import books
from benchmarks.in_process import NOW, cases
from schemas.vocabulary import declarations
from service.evaluation import evaluate
from service.matching.runtimes import Policy
from service.policy.loader import load_book

SAMPLES = 10


def measure(evaluations: int, reloads: int) -> dict[str, Any]:
    files = books.agency()
    policy = Policy(load_book(files, declarations()))
    inputs = cases(policy)

    def decide(number: int) -> None:
        request, facts = inputs[number % len(inputs)]
        evaluate(policy, request, facts, "benchmark", NOW)

    def reload(number: int) -> None:
        book = load_book(files, declarations())
        runtime = Policy(book).runtime(date(2026, 3, 2), book.currency)
        runtime.decide(inputs[number % len(inputs)][1])
        runtime.close()

    return {"evaluations": _course(decide, evaluations), "reloads": _course(reload, reloads)}


def told(result: dict[str, Any]) -> list[str]:
    lines = []
    for name, course in result.items():
        kept = f"{course['first_kib']} KiB after the first tenth, {course['growth_kib']:+} KiB since"
        lines.append(f"{course['times']:>9} {name}: {kept}")
        lines.append(f"{'':>9} KiB at each tenth: {' '.join(map(str, course['kib']))}")
    return lines


def _course(step: Callable[[int], None], times: int) -> dict[str, Any]:
    """The first tenth is warm-up: caches fill, the allocator takes its arenas."""
    kib = []
    for tenth in range(SAMPLES):
        for number in range(times * tenth // SAMPLES, times * (tenth + 1) // SAMPLES):
            step(number)
        gc.collect()
        kib.append(_resident_kib())
    return {"times": times, "first_kib": kib[0], "growth_kib": kib[-1] - kib[0], "kib": kib}


def _resident_kib() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise RuntimeError("the system doesn't say how much memory is resident")
