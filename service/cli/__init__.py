"""The `quotewright` command: what a person at a terminal asks. Decides nothing; prints what the other rooms answer."""

from __future__ import annotations

import sys
from io import TextIOWrapper

NEWEST_PYTHON = (3, 12)


def main() -> int:
    """Runs the command line of this process; ends it with the command's exit code."""
    if sys.version_info[:2] > NEWEST_PYTHON:
        here = ".".join(map(str, sys.version_info[:3]))
        print(
            f"Quotewright needs Python 3.11 or 3.12, and this is {here}: "
            "durable_rules, its rule engine, can't be imported by newer ones.",
            file=sys.stderr,
        )
        return 1
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that can't show a sign still gets the rest
    from service.cli.command import quotewright  # imports the engine

    quotewright(prog_name="quotewright")
    return 0
