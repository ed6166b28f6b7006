"""The command's outermost layer: subcommands, version, exit codes."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version

import click

_ROOMS = {
    "evaluate": "evaluate", "check": "check", "clients": "clients", "db": "db", "decision": "decision", "diff": "diff",
    "explain": "explain", "fmt": "fmt", "reference": "reference", "schema": "schema", "new": "new", "policy": "policy",
    "serve": "serve", "test": "testing", "init": "init", "user": "user", "token": "token", "audit": "audit",
}  # fmt: skip
"""Each subcommand, and the module that has it under its name."""

EPILOG = """
\b
Examples:
  quotewright serve --port 8000
  quotewright evaluate examples/website.json
  quotewright check policies/agency

\b
Exit codes: 0 done; 1 findings or refused, told on standard error; 2 wrong usage.
"""


def _version() -> str:
    try:
        return version("quotewright")
    except PackageNotFoundError:  # a source tree that isn't installed
        return "(not installed)"


class _Lazily(click.Group):
    """Imports a subcommand when it is asked for: all of them together take longer than most of them run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_ROOMS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _ROOMS:
            return None
        command: click.Command = getattr(import_module(f"service.cli.{_ROOMS[cmd_name]}"), cmd_name)
        return command


@click.group(
    cls=_Lazily,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(_version(), prog_name="quotewright")
def quotewright() -> None:
    """Decides on quote requests by a written policy, and says why."""
