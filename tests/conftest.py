"""What tests of several rooms share: where the tree lies, databases of their own, a service that answers."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import pytest
from hypothesis import settings

ROOT = Path(__file__).parent.parent

# The machine that runs the tests may be busy: no test depends on how fast it is.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def postgres() -> dict[str, str]:
    """Where the PostgreSQL server is; skips without one, unless REQUIRE_POSTGRES is set: then it fails."""
    server = {
        "host": os.environ.get("PGHOST", "127.0.0.1"),
        "port": os.environ.get("PGPORT", "5432"),
        "user": os.environ.get("PGUSER", "postgres"),
        "dbname": "postgres",
        "connect_timeout": "3",
    }
    try:
        psycopg.connect(**server).close()
    except psycopg.OperationalError as refused:
        if os.environ.get("REQUIRE_POSTGRES"):
            pytest.fail(f"REQUIRE_POSTGRES is set and no server answers: {refused}")
        pytest.skip(f"no PostgreSQL server: {refused}")
    return server


@pytest.fixture
def postgres_url(postgres: dict[str, str]) -> Iterator[str]:
    """The URL of an empty database that goes away after the test."""
    name = f"quotewright_test_{uuid4().hex}"
    with psycopg.connect(**postgres, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"postgresql+psycopg://{postgres['user']}@{postgres['host']}:{postgres['port']}/{name}"
        finally:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def live_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the live service keeps what it writes; its ledger is `ledger.db`."""
    return tmp_path_factory.mktemp("live")


@pytest.fixture(scope="session")
def live_service(live_folder: Path) -> Iterator[str]:
    """The address of the service as `quotewright serve` runs it, with a SQLite ledger of its own."""
    folder = live_folder
    address = f"http://127.0.0.1:{free_port()}"
    serve = "import sys; from service.cli import main; sys.exit(main())"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", serve, "serve", "--port", address.rpartition(":")[2]],
            cwd=ROOT,
            env=os.environ | {"DATABASE_URL": f"sqlite:///{folder / 'ledger.db'}"},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            await_ready(address, process, folder / "log")
            yield address
        finally:
            process.terminate()
            process.wait(30)


def await_ready(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        if process.poll() is not None:
            pytest.fail(f"the service ended with {process.returncode}:\n{log.read_text()}")
        try:
            if httpx.get(f"{address}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    pytest.fail(f"the service did not become ready:\n{log.read_text()}")
