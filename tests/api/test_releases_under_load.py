"""Releases while the service is being asked: no request fails, no decision mixes versions, nobody lags behind."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from service.domain.people import Caller, Role
from service.domain.steps import Step
from service.governance import drafting, importing, releasing, reviewing
from service.governance.standing import Governing
from service.ledger import Database, PolicyRegister, migrate
from service.policy.loader import read_folder
from tests.conftest import free_port

ANN, FIONA = Caller("u-ann", "Ann", Role.MANAGER), Caller("u-fiona", "Fiona", Role.FINANCE)
ASKERS, RELEASES = 8, 24
LAG = 2.0


@dataclass(frozen=True, slots=True)
class Answer:
    begun: float
    ended: float
    status: int
    version: str
    target: int


@contextmanager
def instance(url: str, root: Path, log: Path) -> Iterator[str]:
    """gunicorn with two workers that follow the ledger; its address."""
    port = free_port()
    environment = {"DATABASE_URL": url, "POLICY_SOURCE": "ledger", "PORT": str(port), "RATE_LIMIT": "1000000/minute"}
    command = [sys.executable, "-m", "gunicorn", "-c", "python:service.gunicorn_conf", "wsgi:app"]
    with log.open("wb") as file:
        process = subprocess.Popen(command, cwd=root, env=os.environ | environment, stdout=file, stderr=file)
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(600):
            assert process.poll() is None, log.read_text()
            try:
                if httpx.get(f"{address}/readyz").status_code == 200 and log.read_text().count("Booting worker") == 2:
                    break
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(60)


def asked(address: str, body: dict[str, Any], ended: threading.Event, answers: list[Answer]) -> None:
    with httpx.Client(timeout=30) as client:
        while not ended.is_set():
            begun = time.monotonic()
            told = client.post(f"{address}/evaluate", json=body)
            value = told.json()
            version = value["policy"]["version"] if told.status_code == 200 else told.text
            target = value["price"]["target"] if told.status_code == 200 else 0
            answers.append(Answer(begun, time.monotonic(), told.status_code, version, target))


def approved(at: Governing, files: dict[str, bytes], percent: int) -> str:
    markup = b'{2026-01-01: "10 %", 2026-07-01: "12 %"}'
    changed = {name: raw.replace(markup, f'{{2026-01-01: "{percent} %"}}'.encode()) for name, raw in files.items()}
    version = drafting.draft(at, changed, ANN, "why").version
    drafting.check(at, version, ANN)
    reviewing.submit(at, version, ANN, "")
    assert isinstance(reviewing.approve(at, version, FIONA, ""), Step)
    return version


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "instances"), [("sqlite", 1), ("postgresql", 2)])
def test_releases_under_load(
    kind: str,
    instances: int,
    request: pytest.FixtureRequest,
    root: Path,
    book: Path,
    tmp_path: Path,
    body: dict[str, Any],
) -> None:
    url = f"sqlite:///{tmp_path}/ledger.db" if kind == "sqlite" else request.getfixturevalue("postgres_url")
    migrate(url)
    at = Governing(PolicyRegister(Database(url)), lambda: datetime.now(UTC))
    # Without its cases, which were worked out for one markup.
    files = {name: raw for name, raw in read_folder(book).items() if not name.startswith("cases/")}
    importing.import_first(at, files, FIONA, "the first")
    # A markup of n % on 3,000.00 is 30.00 each.
    percents = range(20, 21 + RELEASES // 2)
    targets = {approved(at, files, percent): 300_000 + 3_000 * percent for percent in percents}
    ready = list(targets)
    body["hassle"] = {"recent": {"scenes": 4}}
    body = {name: value for name, value in body.items() if name not in ("as_of", "received_at")}
    answers: list[Answer] = []
    made: list[tuple[float, str]] = []
    with ExitStack() as stack:
        addresses = [stack.enter_context(instance(url, root, tmp_path / f"log-{n}")) for n in range(instances)]
        releasing.release(at, ready[0], FIONA, "", None)
        made.append((time.monotonic(), ready[0]))
        time.sleep(LAG)
        ended = threading.Event()
        threads = [
            threading.Thread(target=asked, args=(addresses[n % instances], body, ended, answers)) for n in range(ASKERS)
        ]
        for thread in threads:
            thread.start()
        for number in range(1, RELEASES):
            version = ready[(number + 1) // 2] if number % 2 else ready[number // 2 - 1]
            step: Callable[..., object] = releasing.release if number % 2 else releasing.roll_back
            taken = step(at, version, FIONA, "back and forth", None)
            assert isinstance(taken, Step), taken
            made.append((time.monotonic(), version))
            # Every other release stays until somebody was answered by it; the rest pass faster than workers look.
            wait = LAG if number % 2 else LAG / 10
            while time.monotonic() < made[-1][0] + wait and not any(answer.version == version for answer in answers):
                time.sleep(0.02)
        ended.set()
        for thread in threads:
            thread.join()
    assert {answer.status for answer in answers} == {200}
    assert len({answer.version for answer in answers}) > RELEASES // 3
    wrong = [answer for answer in answers if answer.target != targets[answer.version]]
    assert wrong == []
    late = [
        answer for answer in answers if answer.version not in in_force_between(made, answer.begun - LAG, answer.ended)
    ]
    assert late == []


def in_force_between(made: list[tuple[float, str]], since: float, until: float) -> set[str]:
    """Versions that were in force at some moment then; a release is one from before it is told to have been made."""
    starts = [(moment - LAG / 4 if number else 0.0, version) for number, (moment, version) in enumerate(made)]
    found = set()
    for (start, version), (end, _) in zip(starts, [*made[1:], (float("inf"), "")], strict=True):
        if start <= until and end >= since:
            found.add(version)
    return found
