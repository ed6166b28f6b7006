"""Under load, processes and connections are killed at random moments: what was acknowledged is there, exactly once.

KILL_ROUNDS says how often; the moments follow from KILL_SEED.
"""

from __future__ import annotations

import base64
import json
import os
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from time import sleep
from typing import Any

import psycopg
import pytest
from sqlalchemy import create_engine, make_url, text

from service.ledger import Database, Ledger
from service.ledger.log.keys import signer_by
from service.ledger.log.verifying import Checked, Verification

from ..conftest import free_port
from .under_fire import A_BATCH, CALLERS, Caller, Service, until

ROUNDS = int(os.environ.get("KILL_ROUNDS", "10"))
KEY = base64.b64encode(bytes(range(32))).decode()


def cut_connections(url: str) -> None:
    """All of the service's, at the server."""
    where = make_url(url)
    with psycopg.connect(
        host=where.host, port=where.port, user=where.username, dbname="postgres", autocommit=True
    ) as server:
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [where.database])


def rows(url: str, statement: str) -> list[Any]:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = list(connection.execute(text(statement)))
    engine.dispose()
    return found


def no_half_batch(url: str) -> None:
    """Each batch is one commit: of its lines all are there or none."""
    keys = rows(url, "SELECT idempotency_key FROM decisions WHERE idempotency_key LIKE '%#%'")
    assert set(Counter(key.partition("#")[0] for (key,) in keys).values()) <= {A_BATCH}


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/ledger.db"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def service(book: Path, root: Path, tmp_path: Path, url: str) -> tuple[Service, int]:
    port = free_port()
    chosen = {"DATABASE_URL": url, "POLICY_BOOK": str(book), "LEDGER_KEY": KEY}
    return Service(root, tmp_path / "log", port, **chosen), port


@pytest.mark.slow
@pytest.mark.timeout(3_600)
def test_killed_at_random_moments(service: tuple[Service, int], url: str, body: dict[str, Any], tmp_path: Path) -> None:
    running, port = service
    random = Random(int(os.environ.get("KILL_SEED", "1")))
    strikes = [
        *[lambda: running.kill_worker(random.choice)] * 6,
        running.kill_all,
        lambda: running.kill_master(random.random()),
        *([lambda: cut_connections(url)] * 4 if url.startswith("postgresql") else []),
    ]
    running.start()
    callers = [Caller(str(number), port, json.dumps(body).encode()) for number in range(CALLERS)]
    for caller in callers:
        caller.start()

    def answered() -> int:
        return sum(len(caller.acknowledged) for caller in callers)

    for number in range(ROUNDS):
        before = answered()
        until(lambda before=before: answered() > before + 2 * CALLERS)
        sleep(random.random() * 0.3)
        strikes[number % len(strikes) if number < len(strikes) else random.randrange(len(strikes))]()
        no_half_batch(url)
    for caller in callers:
        caller.ending.set()
    for caller in callers:
        caller.join(60)
    assert running.stop() == 0
    assert [caller.unexpected for caller in callers] == [[]] * CALLERS
    all_are_there(url, {key: answer for caller in callers for key, answer in caller.acknowledged.items()})
    assert "Traceback" not in (tmp_path / "log").read_text()


def all_are_there(url: str, acknowledged: dict[str, bytes]) -> None:
    found = Counter(key for (key,) in rows(url, "SELECT idempotency_key FROM decisions"))
    assert found == Counter(acknowledged.keys()), "each key once, and no key that nobody was answered under"
    ledger = Ledger(url)
    for answer in acknowledged.values():
        recorded = ledger.find(json.loads(answer)["decision_id"])
        assert recorded is not None
        assert recorded.answer == answer
    ledger.close()
    sealed_and_right(url, len(acknowledged))


def sealed_and_right(url: str, decisions: int) -> None:
    assert rows(url, "SELECT count(*) FROM log_waiting") == [(0,)], "a service that is stopped seals first"
    database, now = Database(url), datetime.now(UTC)
    signer = signer_by(KEY, None, database, now)
    *others, last = Verification(database, [signer.verifier], [], now).whole()
    database.close()
    assert all(isinstance(each, Checked) for each in (*others, last)), others
    assert isinstance(last, Checked)
    assert last.leaves >= decisions


def test_stopped_under_load_it_answers_what_it_recorded(
    service: tuple[Service, int], url: str, body: dict[str, Any]
) -> None:
    """Asked to end, it finishes what is under way: nothing is recorded that its caller wasn't told of."""
    running, port = service
    running.start()
    callers = [Caller(str(number), port, json.dumps(body).encode()) for number in range(CALLERS)]
    for caller in callers:
        caller.start()
    until(lambda: all(len(caller.acknowledged) > 2 for caller in callers))
    assert running.stop() == 0
    for caller in callers:
        caller.given_up.set()
        caller.join(60)
    acknowledged = {key: answer for caller in callers for key, answer in caller.acknowledged.items()}
    all_are_there(url, acknowledged)
