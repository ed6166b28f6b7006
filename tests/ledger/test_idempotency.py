"""An idempotency key means one decision: for every process, after every restart, however old it is, per caller."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from service.ledger import KeyReused, Ledger, Recorded, new_decision_id
from tests.ledger.conftest import NOON, EntryMaker

ROOT = Path(__file__).parents[2]
Ask = Callable[[str, str, str], dict[str, Any]]


@contextmanager
def another_process(url: str) -> Iterator[Ask]:
    """Records an entry of a caller under a key with a digest, and tells what came of it."""
    command = [sys.executable, "-u", str(Path(__file__).with_name("writer.py")), "asked", url, "-"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)}
    )
    stdin, stdout = process.stdin, process.stdout
    assert stdin is not None
    assert stdout is not None

    def ask(caller: str, key: str, digest: str) -> dict[str, Any]:
        stdin.write(json.dumps([caller, key, digest]) + "\n")
        stdin.flush()
        told: dict[str, Any] = json.loads(stdout.readline())
        return told

    try:
        yield ask
    finally:
        stdin.close()
        assert process.wait(30) == 0
        stdout.close()


def test_a_key_means_the_same_to_every_process(ledger: Ledger, url: str, count: Callable[[], int]) -> None:
    with another_process(url) as one, another_process(url) as other:
        first = one("shop", "k", "digest")
        assert first["told"] == "new"
        assert other("shop", "k", "digest") == {**first, "told": "replayed"}
        assert other("shop", "k", "another body") == {"told": "refused", "id": first["id"]}
        mine = other("desk", "k", "another body")
        assert mine["told"] == "new", "a key is its caller's own"
        assert one("desk", "k", "another body") == {**mine, "told": "replayed"}
        assert one("desk", "k", "digest") == {"told": "refused", "id": mine["id"]}
    with another_process(url) as restarted:
        assert restarted("shop", "k", "digest") == {**first, "told": "replayed"}
        assert restarted("shop", "k", "another body")["told"] == "refused"
    assert count() == 2


@pytest.mark.parametrize("age", [timedelta(hours=24), timedelta(days=400)])
def test_a_key_is_never_too_old(ledger: Ledger, entry: EntryMaker, age: timedelta) -> None:
    """The promise is a day; it is kept for as long as the ledger."""
    then = NOON - age
    old = entry(id=new_decision_id(then), recorded_at=then, idempotency_key="k", answer=b'{"n":1}')
    ledger.record([old])
    again = ledger.record([entry(idempotency_key="k", answer=b'{"n":2}')])[0]
    assert isinstance(again, Recorded)
    assert (again.replayed, again.entry) == (True, old)
    refused = ledger.record([entry(idempotency_key="k", request_digest="another")])[0]
    assert refused == KeyReused("shop", "k", old.id)
