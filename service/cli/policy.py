"""`quotewright policy`: a version of a policy from draft to release, by the person whose token is at hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import click

from schemas.policies import LONGEST_NOTE
from service.cli import databases
from service.cli.acting import acting_as
from service.cli.books import read_files, refusal
from service.cli.policy_ledger import DAY, VERSION, day_of, failed, governing_in, life_of, refused, version_named
from service.cli.policy_reading import diff, export, in_force, list_versions, show, timeline
from service.cli.policy_shadow import shadow, shadow_end, shadow_report
from service.cli.words import Words
from service.domain.people import Caller, Role
from service.domain.steps import Step
from service.governance import drafting, importing, releasing, reviewing
from service.governance.checking import Checked
from service.governance.refusal import Refusal as GovernanceRefusal
from service.governance.standing import Governing
from service.policy.findings import BookRefused

EPILOG = """
\b
Examples:
  quotewright policy draft drafts/agency --note "A week longer to pay for trusted clients"
  quotewright policy check 8c89ae02
  quotewright policy submit 8c89ae02
  quotewright policy approve 8c89ae02 --note "Agreed with the bank"
  quotewright policy release 8c89ae02 --from 2026-07-01
  quotewright policy roll-back 699aa757 --note "Clients left"

\b
VERSION is a version's id, or its first six digits or more. Steps are taken by the person whose token is in
QUOTEWRIGHT_TOKEN. Exit codes: 0 done; 1 refused, told on standard error; 2 wrong usage.
"""
FOLDER = click.argument("folder", metavar="FOLDER", type=click.Path(path_type=Path))
NOTE = click.option("--note", type=Words(LONGEST_NOTE, needed=False), default="", help="What there is to say.")
REASON = click.option("--note", type=Words(LONGEST_NOTE), required=True, help="Why.")
FROM = click.option(
    "--from", "day", type=DAY, metavar="YYYY-MM-DD", help="First day that it decides.  [default: today]"
)

Take = Callable[[Governing, str, Caller], Step | Checked | GovernanceRefusal]


@click.group(epilog=EPILOG)
def policy() -> None:
    """Versions of the policy: draft, check, submit, approve, release, roll back."""


@policy.command()
@FOLDER
@REASON
@click.option("--parent", metavar="VERSION", help="Version that it was made from.  [default: the one in force]")
@databases.option
def draft(folder: Path, note: str, parent: str | None, database: str) -> None:
    """Keep the book in FOLDER as a version, and print its id. The same content is the same version."""
    files = read_files(folder)
    with governing_in(database) as at:
        caller = acting_as(at.register.database, Role.MANAGER)
        earlier = version_named(at, parent) if parent else None
        try:
            drafted = drafting.draft(at, files, caller, note, earlier)
        except BookRefused as found:
            raise refusal(folder, found.findings) from found
    if isinstance(drafted, GovernanceRefusal):
        raise refused(drafted)
    click.echo(drafted.version)
    click.echo("Drafted." if drafted.new else "Known already: the content is the same.", err=True)


@policy.command()
@VERSION
@databases.option
def check(version: str, database: str) -> None:
    """Check VERSION as `quotewright check` does, its cases included. Recorded where it passes."""
    _take(database, version, drafting.check)


@policy.command()
@VERSION
@NOTE
@databases.option
def submit(version: str, note: str, database: str) -> None:
    """Put the checked VERSION before a second pair of eyes."""
    _take(database, version, lambda at, id, caller: reviewing.submit(at, id, caller, note))


@policy.command()
@VERSION
@NOTE
@databases.option
def approve(version: str, note: str, database: str) -> None:
    """Agree to VERSION, which somebody else drafted and submitted."""
    _take(database, version, lambda at, id, caller: reviewing.approve(at, id, caller, note))


@policy.command()
@VERSION
@REASON
@databases.option
def reject(version: str, note: str, database: str) -> None:
    """Send the submitted VERSION back."""
    _take(database, version, lambda at, id, caller: reviewing.reject(at, id, caller, note))


@policy.command()
@VERSION
@FROM
@NOTE
@databases.option
def release(version: str, day: datetime | None, note: str, database: str) -> None:
    """Put the approved VERSION in force from a day on: today, one to come, or a past one."""
    _take(database, version, lambda at, id, caller: releasing.release(at, id, caller, note, day_of(day)))


@policy.command()
@VERSION
@REASON
@databases.option
def withdraw(version: str, note: str, database: str) -> None:
    """Take back the release of VERSION whose day is still to come."""
    _take(database, version, lambda at, id, caller: releasing.withdraw(at, id, caller, note))


@policy.command(name="roll-back")
@VERSION
@FROM
@REASON
@databases.option
def roll_back(version: str, day: datetime | None, note: str, database: str) -> None:
    """Put VERSION, which was in force before, in force again."""
    _take(database, version, lambda at, id, caller: releasing.roll_back(at, id, caller, note, day_of(day)))


@policy.command(name="import")
@FOLDER
@REASON
@databases.option
def import_folder(folder: Path, note: str, database: str) -> None:
    """Put the book in FOLDER in force as the first version of its book, checked. Needs the role finance.

    Later versions are drafted, checked, approved and released.
    """
    files = read_files(folder)
    with governing_in(database) as at:
        caller = acting_as(at.register.database, Role.FINANCE)
        try:
            taken = importing.import_first(at, files, caller, note)
        except BookRefused as found:
            raise refusal(folder, found.findings) from found
    match taken:
        case GovernanceRefusal():
            raise refused(taken)
        case Checked():
            raise refusal(folder, taken.errors)
    book, step = taken
    click.echo(f"{step.version}: {book.name} is in force from the beginning.")


def _take(database: str, named: str, take: Take) -> None:
    with governing_in(database) as at:
        caller = acting_as(at.register.database, Role.MANAGER)
        version = version_named(at, named)
        taken = take(at, version, caller)
        match taken:
            case GovernanceRefusal():
                raise refused(taken)
            case Checked():
                raise failed(taken)
        life, standing = life_of(at, version)
        click.echo(f"{version}: {life.state(standing.timeline, standing.today)}{_from(taken)}.")


def _from(step: Step) -> str:
    return f", decides from {step.effective_from} on" if step.effective_from else ""


for _command in (list_versions, show, diff, in_force, timeline, export, shadow, shadow_report, shadow_end):
    policy.add_command(_command)
