"""What a command says when it can't do what was asked: the place, what is wrong there and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, Any

import click

REFUSED, USAGE = 1, 2
"""Exit codes; 0 is the answer that was asked for."""


class Refusal(click.ClickException):
    """Ends the command with its lines on standard error and exit code 1."""

    exit_code = REFUSED

    def __init__(self, *lines: str) -> None:
        self.lines = lines
        super().__init__("\n".join(lines))

    def show(self, file: IO[Any] | None = None) -> None:
        for line in self.lines:
            click.echo(line, file=file, err=file is None)


class BookInvalid(Refusal):
    """A book with findings, one a line, each with its file, line and column."""

    def __init__(self, findings: Iterable[str], counted: str) -> None:
        self.findings = tuple(findings)
        super().__init__(*self.findings, counted)
