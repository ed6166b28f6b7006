"""Ledgers to measure on, filled to any size: a SQLite file and, where a server answers, a PostgreSQL database."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from uuid import uuid4

import psycopg
from sqlalchemy import text

from benchmarks import books
from benchmarks.in_process import NOW
from schemas.request import load_request
from schemas.vocabulary import facts_of
from service.api.recording import Made, entry
from service.evaluation import evaluate
from service.ledger import Database, Entry, Ledger, migrate, new_decision_id
from service.ledger.log.checkpoints import Signer
from service.ledger.log.keys import add_key
from service.ledger.log.sealing import Sealer
from service.opening import opened

KINDS = ("sqlite", "postgresql")
CLIENTS = 50_000
A_COMMIT = 500
A_SEAL = 10_000
FIRST = datetime(2020, 1, 1, tzinfo=UTC)
APART = timedelta(seconds=30)
"""From one decision to the next: a firm of 5 million decisions has asked for them over five years."""


@contextmanager
def ledgers(kinds: Sequence[str] = KINDS) -> Iterator[dict[str, str]]:
    """Kind of database to the URL of an empty, migrated ledger; all are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="quotewright-bench-") as folder, _postgresql(kinds) as urls:
        if "sqlite" in kinds:
            urls = {"sqlite": f"sqlite:///{Path(folder) / 'ledger.db'}", **urls}
        for url in urls.values():
            migrate(url)
        yield urls


@contextmanager
def _postgresql(kinds: Sequence[str]) -> Iterator[dict[str, str]]:
    host, port = os.environ.get("PGHOST", "127.0.0.1"), os.environ.get("PGPORT", "5432")
    user, name = os.environ.get("PGUSER", "postgres"), f"bench_{uuid4().hex}"
    try:
        if "postgresql" not in kinds:
            raise psycopg.OperationalError("not asked for")
        server = psycopg.connect(host=host, port=port, user=user, dbname="postgres", autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as away:
        print(f"without PostgreSQL: {str(away).splitlines()[0]}", flush=True)
        yield {}
        return
    with server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            yield {"postgresql": f"postgresql://{user}@{host}:{port}/{name}"}
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def samples() -> list[Entry]:
    """What the ledger would keep of each sample request, decided by the agency book."""
    in_force = opened(books.agency(), NOW.date())
    found = []
    for body in books.requests().values():
        request = load_request(body, NOW)
        facts = facts_of(request, in_force.policy.book.extra_facts)
        decision = evaluate(in_force.policy, request, facts, new_decision_id(NOW), NOW)
        found.append(
            entry(Made(request=request, facts=facts, decision=decision, in_force=in_force), "bench", body, None)
        )
    return found


class Filling:
    """A ledger that grows: the samples in turn, for clients at random, at moments that rise."""

    def __init__(self, url: str) -> None:
        self.database = Database(url)
        self.ledger = Ledger(self.database)
        self.signer = Signer("quotewright/benchmark", bytes(32))
        with self.database.writes_alone() as connection:
            add_key(connection, self.signer.verifier, "benchmark", NOW)
        self._sealer = Sealer(self.database, self.signer, lambda: datetime.now(UTC))
        self._samples, self._chance = samples(), Random(7)
        self.size = 0
        book = opened(books.agency(), NOW.date()).policy.book
        self.ledger.remember_version(book.name, book.version, book.content, NOW)

    def up_to(self, size: int) -> None:
        """Ends with everything sealed, and with the database's own statistics of it."""
        while self.size < size:
            self.record(min(A_COMMIT, size - self.size))
            if self.size % A_SEAL == 0:
                self._sealer.seal()
        while self._sealer.seal():
            pass
        with self.database.writes() as connection:
            connection.execute(text("ANALYZE"))

    def record(self, count: int) -> None:
        """So many in one commit."""
        self.ledger.record([self._next() for _ in range(count)])

    def now(self) -> datetime:
        """Just after the newest decision."""
        return FIRST + self.size * APART

    def a_client(self) -> str:
        return f"client-{self._chance.randrange(CLIENTS)}"

    def bytes(self) -> int:
        """What the database takes on the disk."""
        if self.database.file is not None:
            return self.database.file.stat().st_size
        with self.database.reads() as connection:
            size: int = connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
            return size

    def _next(self) -> Entry:
        moment = FIRST + self.size * APART
        sample = self._samples[self.size % len(self._samples)]
        self.size += 1
        return replace(sample, id=new_decision_id(moment), recorded_at=moment, client_id=self.a_client())
