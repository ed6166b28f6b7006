"""Which decisions a command of `quotewright audit` is about: the same filters as GET /decisions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import click

from service.domain.afterwards import RESULTS
from service.domain.people import Role
from service.governance.editions import Editions
from service.governance.rules_known import RulesKnown
from service.ledger import Database, PolicyRegister
from service.ledger.search import Wanted

Command = TypeVar("Command", bound=Callable[..., Any])
DAY = click.DateTime(["%Y-%m-%d"])
SINCE = click.option("--since", type=DAY, metavar="DAY", help="Recorded on this day in UTC, or later.")
UNTIL = click.option("--until", type=DAY, metavar="DAY", help="Recorded on this day in UTC, or earlier.")
_FILTERS = (
    click.option("--client", metavar="ID", help="Of this client."),
    click.option("--caller", metavar="ID", help="Asked by this caller."),
    click.option("--version", metavar="VERSION", help="Decided by this version of the policy."),
    click.option("--rule", metavar="ID", help="This rule fired."),
    click.option("--practice", metavar="P", help="A rule of this practice fired."),
    click.option("--approver", metavar="ROLE", help="A rule fired that may ask for this role's approval."),
    click.option("--outcome", metavar="OUTCOME", help="Decided so: quote, needs_approval, decline, ..."),
    click.option("--result", type=click.Choice(RESULTS), help="The quote ended so, as told last."),
    click.option("--overridden/--not-overridden", default=None, help="A person decided otherwise, or nobody did."),
    click.option("--overridden-by-role", type=click.Choice(list(Role)), help="Somebody in this role did."),
    click.option("--currency", metavar="CODE", help="In this currency."),
    click.option("--lowest", type=int, metavar="AMOUNT", help="Target of so much or more, in minor units."),
    click.option("--highest", type=int, metavar="AMOUNT", help="Target of so much or less, in minor units."),
)


def filters(command: Command) -> Command:
    """Adds the options; the command gets them as keywords, which `wanted` takes."""
    for option in (*reversed(_FILTERS), UNTIL, SINCE):
        command = option(command)
    return command


def wanted(database: Database, given: Mapping[str, Any]) -> Wanted:
    register = PolicyRegister(database)
    known = RulesKnown(register, Editions(register))
    same = ("caller", "version", "rule", "outcome", "result", "overridden", "overridden_by_role", "currency",
            "lowest", "highest")  # fmt: skip
    return Wanted(
        client_id=given["client"],
        since=_utc(given["since"]),
        until=_utc(given["until"], timedelta(days=1)),
        rules_among=known.among(given["practice"], given["approver"], given["version"]),
        **{name: given[name] for name in same},
    )


def told(given: Mapping[str, Any]) -> dict[str, str]:
    """What was asked for, as a manifest says it."""
    return {name: _text(value) for name, value in given.items() if value is not None}


def days(since: datetime | None, until: datetime | None) -> Wanted:
    return Wanted(since=_utc(since), until=_utc(until, timedelta(days=1)))


def _utc(day: datetime | None, later: timedelta = timedelta()) -> datetime | None:
    return None if day is None else day.replace(tzinfo=UTC) + later


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    return str(value).lower() if isinstance(value, bool) else str(value)
