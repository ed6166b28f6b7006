"""The `quotewright` command: what a person at a terminal asks. Decides nothing; prints what the other rooms answer."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper

NEWEST_PYTHON = (3, 12)
FAULT = 1


def main() -> int:
    """Runs the command line of this process; ends it with the command's exit code."""
    if sys.version_info[:2] > NEWEST_PYTHON:
        here = ".".join(map(str, sys.version_info[:3]))
        print(
            f"Quotewright needs Python 3.11 or 3.12, and this is {here}: "
            "durable_rules, its rule engine, can't be imported by newer ones.",
            file=sys.stderr,
        )
        return FAULT
    _put_streams_right()
    try:
        from service.cli.command import quotewright  # imports the engine

        quotewright(prog_name="quotewright")
    except OSError as error:  # commands tell of their own files: what is left is mostly where the answer goes
        print(f"{error.filename or 'standard output'} can't be written: {error.strerror}.", file=sys.stderr)
        _drop_the_rest()
        return FAULT
    except KeyboardInterrupt:  # before click listens for it
        print("Aborted!", file=sys.stderr)
        return FAULT
    return 0


def _put_streams_right() -> None:
    if sys.stdout is None:  # closed by the caller, `>&-`: the exit code is the answer
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that can't show a sign still gets the rest


def _drop_the_rest() -> None:
    """What couldn't be written isn't tried again when the interpreter ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
