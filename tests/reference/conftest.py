"""The command line as click runs it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from service.cli.command import quotewright

Run = Callable[..., Result]


@pytest.fixture
def run(root: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `quotewright ARGUMENTS` in the source tree; an exception that would be a traceback fails the test."""
    monkeypatch.chdir(root)

    def ran(*arguments: object) -> Result:
        result = CliRunner().invoke(quotewright, [str(argument) for argument in arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return ran
