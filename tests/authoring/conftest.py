"""The command line as its own tests run it."""

from tests.cli.conftest import Run, run, tiny

__all__ = ["Run", "run", "tiny"]
