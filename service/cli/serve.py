"""`quotewright serve`: what must be right before the first request is checked here, then gunicorn takes over."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NoReturn

import click

from service.cli.books import open_book
from service.cli.refusals import Refusal
from service.governance.served import NotServed, name_refusal, served_book
from service.ledger import Database, LedgerUnavailable, LedgerUrlRefused, People, PolicyRegister, migrate
from service.ledger.log.keys import KeyRefused, signer_by
from service.settings import CHECKED, FOLDER, Settings, SettingsRefused, from_environment

EPILOG = """
\b
Examples:
  quotewright serve --port 8000
  quotewright serve --database postgresql://quotes@db.example/quotes --workers 4
  POLICY_BOOK=my/policies quotewright serve
  SIGN_IN=on quotewright serve --host 0.0.0.0

\b
Exit codes: 0 stopped; 1 the book, the database or the port can't be used; 2 wrong usage.
Every other setting is an environment variable; the README lists them.
"""


@click.command(epilog=EPILOG)
@click.option(
    "--port", metavar="N", type=click.IntRange(1, 65_535), help="Port to listen on; or PORT.  [default: 8000]"
)
@click.option("--host", metavar="ADDRESS", help="Address to listen on; or HOST.  [default: 127.0.0.1]")
@click.option("--workers", metavar="N", type=click.IntRange(1, 64), help="Processes; or WORKERS.  [default: 2]")
@click.option(
    "--database",
    metavar="URL",
    help="Ledger, sqlite:///FILE or postgresql://...; or DATABASE_URL.  [default: sqlite:///var/quotewright.db]",
)
def serve(port: int | None, host: str | None, workers: int | None, database: str | None) -> NoReturn:
    """Serve POST /evaluate and the rest of the HTTP interface.

    Before the first request the policy book is checked and the database is migrated; a broken book, an unreachable
    database or a port in use ends the command, and so does a ledger without a released policy where POLICY_SOURCE is
    ledger.
    """
    chosen = {"PORT": port, "HOST": host, "WORKERS": workers, "DATABASE_URL": database}
    environment = {**os.environ, **{name: str(value) for name, value in chosen.items() if value is not None}}
    settings = _settings(environment)
    name = _folders_book(settings) if settings.policy_source == FOLDER else ""
    _refuse_taken(settings.host, settings.port)
    try:
        migrate(settings.database_url)
        database = Database(settings.database_url)
        signer_by(settings.ledger_key, settings.ledger_key_file, database, datetime.now(UTC))
        name = name or _released_book(settings)
        if settings.sign_in and not settings.oidc_issuer:
            _tell_if_nobody_can_come_in(settings.database_url)
    except LedgerUrlRefused as refused:
        raise click.UsageError(f"{refused}.") from refused
    except KeyRefused as refused:
        raise Refusal(f"{refused}.") from refused
    except LedgerUnavailable as away:
        raise Refusal(f"{away}. Start it, or give another one: --database URL or DATABASE_URL.") from away
    command = [sys.executable, "-m", "gunicorn", "--config", "python:service.gunicorn_conf", "wsgi:app"]
    sys.stdout.flush()
    os.execve(command[0], command, {**environment, "POLICY_NAME": name, CHECKED: "1"})


def _folders_book(settings: Settings) -> str:
    name = open_book(settings.policy_book, datetime.now(UTC).date()).policy.book.name
    other = name_refusal(settings.policy_name, name)
    if other:
        raise Refusal(other.reason)
    return name


def _released_book(settings: Settings) -> str:
    register = PolicyRegister(Database(settings.database_url))
    found = served_book(register, settings.policy_name, datetime.now(UTC).date())
    if isinstance(found, NotServed):
        raise Refusal(f"POLICY_SOURCE is ledger. {found.reason}")
    return found


def _tell_if_nobody_can_come_in(url: str) -> None:
    people = People(Database(url))
    with people.reading() as roster:
        if not roster.admins():
            click.echo("Sign-in is on and there is no admin: run `quotewright init` to make the first.", err=True)
    people.database.close()


def _settings(environment: Mapping[str, str]) -> Settings:
    try:
        return from_environment(environment)
    except SettingsRefused as refused:
        raise click.UsageError("\n".join(map(str, refused.variables))) from refused


def _refuse_taken(host: str, port: int) -> None:
    """Gunicorn would try for five seconds and then say it in its log; another server may still come first."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        reason = error.strerror or "not an address of this machine"
        raise Refusal(
            f"{host}:{port} can't be listened on: {reason}. Choose another one: --port N, --host ADDRESS."
        ) from error
