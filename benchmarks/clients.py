"""The firm's books at a size that few firms reach: lists of all clients, and the facts of one."""

from __future__ import annotations

import resource
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from service.clients.asking import Asking
from service.clients.mirror import Mirror
from service.domain.lists import Drawing
from service.ledger import Database, migrate
from service.ledger.books import Books

SIZES = ((100_000, 2_000_000), (1_000_000, 20_000_000))
AS_OF = date(2026, 3, 2)
OF_ONE = 1_000


def measure(full: bool) -> list[dict[str, Any]]:
    return [_row(clients, payments) for clients, payments in (SIZES if full else SIZES[:1])]


def told(rows: list[dict[str, Any]]) -> list[str]:
    lines = [
        f"{'clients':>10} {'payments':>11} " + "".join(f"{name:>13}" for name in rows[0]["seconds"]) + f"{'MiB':>8}"
    ]
    for row in rows:
        figures = "".join(f"{seconds:>12.2f}s" for seconds in row["seconds"].values())
        lines.append(f"{row['clients']:>10} {row['payments']:>11} {figures} {row['peak_mib']:>7}")
    return [*lines, f"facts of one client among {rows[-1]['payments']:,} payments: {rows[-1]['one_client_ms']} ms"]


def _row(clients: int, payments: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="quotewright-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'ledger.db'}"
        migrate(url)
        database = Database(url)
        _fill(database, clients, payments)
        with Mirror(Books(database), Path(folder) / "ledger.db.books").opened("EUR"):
            pass  # made once, when rows have come in
        asking, drawing = Asking(database), Drawing(drawn_on=AS_OF, currency="EUR")
        seconds = {
            "categories": _seconds(lambda: asking.listed(drawing)),
            "pareto": _seconds(lambda: asking.pareto(drawing)),
            "activity": _seconds(lambda: asking.activity(drawing)),
        }
        one = _of_one(Books(database), clients)
        database.close()
    return {
        "clients": clients,
        "payments": payments,
        "seconds": seconds,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "one_client_ms": round(one * 1000, 2),
    }


def _fill(database: Database, clients: int, payments: int) -> None:
    """Straight into the table: bringing in is measured elsewhere."""
    chance = Random(1)
    with sqlite3.connect(database.file or "") as connection:
        connection.execute(
            "INSERT INTO book_imports VALUES ('i', 'payments', 'bench', 'bench', '2026-01-01', NULL, NULL)"
        )
        days = [date.fromordinal(AS_OF.toordinal() - age).isoformat() for age in range(1, 400)]
        connection.executemany(
            "INSERT INTO client_payments (digest, import_id, client_id, day, amount, currency)"
            " VALUES (?, 'i', ?, ?, ?, 'EUR')",
            (
                (n.to_bytes(8, "big"), f"c-{int(chance.paretovariate(0.6)) * 7919 % clients if n % 2 else n % clients}",
                 days[chance.randrange(399)], chance.randrange(100, 100_000))
                for n in range(payments)
            ),
        )  # fmt: skip


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return round(time.perf_counter() - start, 2)


def _of_one(books: Books, clients: int) -> float:
    chance, taken = Random(2), []
    for _ in range(OF_ONE):
        id = f"c-{chance.randrange(clients)}"
        start = time.perf_counter()
        books.account(id, AS_OF)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)
