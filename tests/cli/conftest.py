"""The command line as click runs it, a book to break, and a request to ask with."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from service.cli.command import quotewright

Run = Callable[..., Result]

REQUEST: dict[str, Any] = {
    "currency": "EUR",
    "as_of": "2026-03-02",
    "received_at": "2026-03-02T10:00:00+02:00",
    "client": {"id": "c-1", "name": "Anna [red] Olsen"},
    "job": {
        "title": "Website",
        "scope": "detailed",
        "lines": [
            {"description": "Design", "kind": "make", "cost": 100_000, "fair_price": 150_000, "performer": "Mia"},
            {"description": "Build", "kind": "make", "cost": 80_000, "fair_price": 130_000},
        ],
        "open_details": [{"name": "texts", "question": "Who writes the texts?", "weight": 2}],
    },
    "deal": {"asked_discount": True, "closes_if_discounted": True, "sign_by": "2026-03-20"},
    "hassle": {"recent": {"scenes": 4}},
}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `quotewright ARGUMENTS`; an exception that would be a traceback fails the test."""
    for name in ("POLICY_BOOK", "DATABASE_URL", "PORT", "HOST", "WORKERS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "120")

    def ran(*arguments: object, stdin: bytes | None = None) -> Result:
        result = CliRunner().invoke(quotewright, [str(argument) for argument in arguments], input=stdin)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return ran


@pytest.fixture
def tiny(root: Path, tmp_path: Path) -> Path:
    """A copy of the tiny book, to be changed."""
    return shutil.copytree(root / "tests" / "books" / "tiny", tmp_path / "tiny")


@pytest.fixture
def asked(tmp_path: Path) -> Callable[..., Path]:
    """Writes a request, with top-level members changed, and says where."""

    def written(**changed: Any) -> Path:
        path = tmp_path / "request.json"
        path.write_text(json.dumps({**REQUEST, **changed}))
        return path

    return written
