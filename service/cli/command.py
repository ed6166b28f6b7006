"""The command's outermost layer: subcommands, version, exit codes."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

import click

from service.cli.audit import audit
from service.cli.check import check
from service.cli.clients import clients
from service.cli.db import db
from service.cli.decision import decision
from service.cli.diff import diff
from service.cli.evaluate import evaluate
from service.cli.explain import explain
from service.cli.fmt import fmt
from service.cli.init import init
from service.cli.new import new
from service.cli.policy import policy
from service.cli.reference import reference
from service.cli.schema import schema
from service.cli.serve import serve
from service.cli.testing import test
from service.cli.token import token
from service.cli.user import user

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


@click.group(epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(_version(), prog_name="quotewright")
def quotewright() -> None:
    """Decides on quote requests by a written policy, and says why."""


for _command in (
    evaluate, check, clients, db, decision, diff, explain, fmt, reference, schema, new, policy, serve, test, init, user,
    token, audit,
):  # fmt: skip
    quotewright.add_command(_command)
