"""Whether a decision costs as much in a ledger of millions as in a young one, and how large each is on the disk."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

from benchmarks.ledgers import Filling, ledgers
from service.ledger.log.receipts import Receipts
from service.ledger.log.verifying import Verification
from service.ledger.search import Page, Search, Wanted

SIZES = {"sqlite": (10_000, 100_000, 1_000_000, 5_000_000), "postgresql": (10_000, 100_000, 1_000_000)}
SMALL_SIZES = {"sqlite": (10_000, 50_000), "postgresql": (10_000, 50_000)}
A_GROUP = 16
"""Decisions that share a commit at 64 connections."""

ROUNDS = 200
VERIFIED = 4_096


def measure(full: bool) -> dict[str, Any]:
    sizes = SIZES if full else SMALL_SIZES
    with ledgers() as urls:
        return {kind: [_row(filling, size) for size in sizes[kind]] for kind, filling in _opened(urls)}


def told(result: dict[str, Any]) -> list[str]:
    heads = ("record us", "page ms", "client ms", "rare ms", "receipt ms", "verify/s")
    lines = [f"{'':>11} {'decisions':>10} {'bytes each':>10} {''.join(f'{head:>12}' for head in heads)} {'ratio':>7}"]
    for kind, rows in result.items():
        for row in rows:
            figures = "".join(f"{row[name]:>12.2f}" for name in ROW)
            ratio = row["record_us"] / rows[0]["record_us"]
            lines.append(f"{kind:>11} {row['decisions']:>10} {row['bytes_each']:>10} {figures} {ratio:>7.2f}")
    return lines


ROW = ("record_us", "page_ms", "client_ms", "rare_ms", "receipt_ms", "verified_per_second")


def _opened(urls: dict[str, str]) -> list[tuple[str, Filling]]:
    return [(kind, Filling(url)) for kind, url in urls.items()]


def _row(filling: Filling, size: int) -> dict[str, Any]:
    filling.up_to(size)
    each = filling.bytes() // size
    search, receipts = Search(filling.database), Receipts(filling.database)
    newest = search.page(Wanted(), 1).found[0].decision_id
    record = _median(lambda: filling.record(A_GROUP)) / A_GROUP * 1e6
    return {
        "decisions": size,
        "bytes_each": each,
        "record_us": round(record, 1),
        "page_ms": round(_median(lambda: search.page(Wanted(), 50)) * 1e3, 2),
        "client_ms": round(_median(lambda: search.page(Wanted(client_id=filling.a_client()), 50)) * 1e3, 2),
        "rare_ms": round(_median(lambda: _rare(search), 10) * 1e3, 2),
        "receipt_ms": round(_median(lambda: receipts.of("decision", newest)) * 1e3, 2),
        "verified_per_second": round(_verified(filling)),
    }


def _rare(search: Search) -> Page:
    """What no decision fits: a page looks at as many as it ever does."""
    return search.page(Wanted(rule="no-such-rule"), 50)


def _verified(filling: Filling) -> float:
    """Records a second, of the last ones that are sealed."""
    verification = Verification(filling.database, [filling.signer.verifier], [], filling.now())
    end = verification.size()
    start = time.perf_counter()
    findings = [each for each in verification.range(end - VERIFIED, end) if not hasattr(each, "leaves")]
    assert not findings, findings
    return VERIFIED / (time.perf_counter() - start)


def _median(call: Callable[[], object], rounds: int = ROUNDS) -> float:
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)
