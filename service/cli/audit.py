"""`quotewright audit`: the proof of the ledger, for whoever trusts nobody. Works on the database itself."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import click
import orjson

from service.cli import databases
from service.cli.acting import acting_as
from service.cli.audit_export import export
from service.cli.audit_replay import replay
from service.cli.audit_verify import verify
from service.cli.databases import opened_database
from service.cli.refusals import Refusal
from service.domain.people import Role
from service.ledger.log.checkpoints import Signer
from service.ledger.log.keys import KeyRefused, key_file, known_keys, seed_in, signer_by
from service.ledger.log.receipts import NotSealed, Receipts
from service.ledger.log.sealing import Sealer
from service.settings import Settings, SettingsRefused, from_environment

EPILOG = """
\b
Examples:
  quotewright audit verify --key auditor/ledger.pub --checkpoint auditor/checkpoints
  quotewright audit receipt 01890000-0000-7000-8000-000000000000 > receipt.json
  quotewright audit verify --receipt receipt.json --answer decision.json --key auditor/ledger.pub

\b
Exit codes: 0 proved, done; 1 findings or refused; 2 wrong usage. docs/audit.md explains each finding.
"""


@click.group(epilog=EPILOG)
def audit() -> None:
    """Prove that nothing was altered, replay decisions, export the record."""


@audit.command()
@databases.option
def key(database: str) -> None:
    """Print the public keys that the ledger goes by, the oldest first: keep them outside, and verify with those."""
    with opened_database(database) as opened:
        known = known_keys(opened)
    if not known:
        raise Refusal("The ledger has no key yet: it gets one when the service first starts.")
    for each in known:
        click.echo(f"# since {each.added_at:%Y-%m-%dT%H:%M:%SZ}, by {each.by}\n{each.verifier}")


@audit.command(name="rotate-key")
@click.argument("new_file", metavar="NEWFILE", type=click.Path(path_type=Path))
@databases.option
def rotate_key(new_file: Path, database: str) -> None:
    """Let another key sign from now on: made in NEWFILE, handed over to by a checkpoint that both keys sign.

    The key so far is the one of LEDGER_KEY or LEDGER_KEY_FILE, as the service has it; it goes on signing until the
    service is started with the new one. Needs the token of an admin in QUOTEWRIGHT_TOKEN, and records who that is.
    """
    settings, now = _settings(), datetime.now(UTC)
    with opened_database(database) as opened:
        caller = acting_as(opened, Role.ADMIN)
        present = settings.ledger_key_file or key_file(opened)
        if not settings.ledger_key and not present.is_file():
            raise Refusal(f"{present} is no file: give the key that signs so far, LEDGER_KEY_FILE or LEDGER_KEY.")
        try:
            signer = signer_by(settings.ledger_key, settings.ledger_key_file, opened, now)
            following = Signer(signer.verifier.name, _new_seed(new_file))
        except KeyRefused as refused:
            raise Refusal(f"{refused}.") from refused
        sealed = Sealer(opened, signer, lambda: datetime.now(UTC)).hand_over(following, caller.id)
    assert sealed is not None, "nobody else has the key that was just made"
    click.echo(following.verifier)
    click.echo(f"Both keys signed the checkpoint of {sealed[0].size} records. Give auditors the line above, then "
               f"start the service with LEDGER_KEY_FILE={new_file}.", err=True)  # fmt: skip


@audit.command()
@click.argument("decision_id", metavar="ID")
@databases.option
def receipt(decision_id: str, database: str) -> None:
    """Print the receipt of a decision: it proves, with the public key alone, that the ledger holds it."""
    with opened_database(database) as opened:
        found = Receipts(opened).of("decision", decision_id)
    if found is None:
        raise Refusal(f"The ledger has no decision {decision_id}.")
    if isinstance(found, NotSealed):
        raise Refusal(f"{decision_id} is recorded and not sealed yet: ask again in a second, while the service runs.")
    click.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2))


@audit.command()
@databases.option
def checkpoint(database: str) -> None:
    """Print the newest signed checkpoint: kept outside, it convicts whoever rewrites what it covers."""
    with opened_database(database) as opened:
        note = Receipts(opened).checkpoint()
    if note is None:
        raise Refusal("Nothing has been sealed yet.")
    click.echo(note, nl=False)


def _settings() -> Settings:
    try:
        return from_environment(os.environ)
    except SettingsRefused as refused:
        raise click.UsageError("\n".join(map(str, refused.variables))) from refused


def _new_seed(path: Path) -> bytes:
    if path.exists():
        raise KeyRefused(str(path), "it is there already, and a new key takes no other's place")
    return seed_in(path, make=True)


for _command in (verify, replay, export):
    audit.add_command(_command)
