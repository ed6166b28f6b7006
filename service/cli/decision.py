"""`quotewright decision`: a recorded decision, overrides of it and how its quote ended. Weighs nothing itself."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

import click
import orjson
from rich.console import Console

from schemas.afterwards import dump_ending, dump_history, dump_override, dump_overrides, load_ending, load_wish
from schemas.decision import read_decision
from schemas.findings import Finding, Invalid
from service.cli import databases
from service.cli.acting import acting_as, acting_or_anyone
from service.cli.afterwards_text import print_endings, print_overrides
from service.cli.databases import opened_database
from service.cli.decision_text import print_decision
from service.cli.refusals import Refusal
from service.domain.afterwards import RESULTS
from service.domain.authority import OVERRIDE_OUTCOMES
from service.domain.facts import PERCENT, Type
from service.domain.money import parse_major
from service.domain.people import Role
from service.governance.outcomes import Ended
from service.governance.overriding import (
    BeyondAuthority,
    NoLongerKept,
    NoSuchDecision,
    Overriding,
    Unfit,
    VersionUnreadable,
)
from service.ledger import (
    Database,
    Entry,
    Erasures,
    Ledger,
    Outcomes,
    Overrides,
    People,
    PolicyRegister,
    new_decision_id,
)
from service.opened_versions import OpenedVersions
from service.policy.loading.amounts import amount

T = TypeVar("T")
EPILOG = """
\b
Examples:
  quotewright decision show 01890000-0000-7000-8000-000000000000
  quotewright decision override ID --reason closes_the_sale --note "Signed on the phone" --price 2850.00
  quotewright decision outcome ID won --final-amount 2900.00 --on 2026-03-12 --hassle scenes=1

\b
Exit codes: 0 done; 1 refused, with what is wrong or who could; 2 wrong usage.
"""
_as_json = click.option("--json", "as_json", is_flag=True, help="Print it as the HTTP interface answers.")


@click.group(epilog=EPILOG)
def decision() -> None:
    """Look at a recorded decision, override it, tell how its quote ended."""


@decision.command()
@click.argument("decision_id", metavar="ID")
@databases.option
@_as_json
def show(decision_id: str, database: str, as_json: bool) -> None:
    """Show a decision with the overrides beside it, and how its quote ended."""
    with opened_database(database) as opened:
        entry, names = _readable(opened, decision_id), People(opened).names()
        overrides, endings = Overrides(opened).of(decision_id), Outcomes(opened).of(decision_id)
    if as_json:
        beside = {
            "overrides": dump_overrides(decision_id, overrides, names),
            "outcome": dump_history(decision_id, endings, names),
        }
        parts = {"decision": entry.answer, **beside}
        click.echo(orjson.dumps({name: orjson.Fragment(part) for name, part in parts.items()}))
        return
    console = _console()
    print_decision(console, read_decision(entry.answer), entry.currency)
    print_overrides(console, overrides, entry.currency, names)
    print_endings(console, endings, entry.currency, names)


@decision.command()
@click.argument("decision_id", metavar="ID")
@click.option("--reason", required=True, metavar="CODE", help="One of the codes of the book that decided.")
@click.option("--note", required=True, metavar="TEXT", help="Why, in words.")
@click.option("--price", metavar="AMOUNT", help="The price, one figure: 2850.00 in the decision's currency.")
@click.option("--prepayment", metavar="PERCENT", help="Share paid before work begins: 30.")
@click.option("--credit-days", metavar="DAYS", type=click.IntRange(0, 365), help="Days to pay after delivery.")
@click.option("--outcome", type=click.Choice(OVERRIDE_OUTCOMES), help="The outcome in place of the decided one.")
@databases.option
@_as_json
def override(
    decision_id: str,
    reason: str,
    note: str,
    price: str | None,
    prepayment: str | None,
    credit_days: int | None,
    outcome: str | None,
    database: str,
    as_json: bool,
) -> None:
    """Override a decision's price, terms or outcome, within the limits of your role."""
    with opened_database(database) as opened:
        caller = acting_as(opened, Role.MANAGER)
        entry = _readable(opened, decision_id)
        body = {
            "reason": reason,
            "note": note,
            "price": _major(price, entry.currency, "--price"),
            "prepayment": _stored(prepayment, PERCENT, "--prepayment"),
            "credit_days": credit_days,
            "outcome": outcome,
        }
        now = datetime.now(UTC)
        versions = OpenedVersions(PolicyRegister(opened), now.date)
        overriding = Overriding(lambda _: entry, lambda version: versions.of(version).policy, Overrides(opened))
        with _refusing():
            wish = load_wish(_body(body))
            kept = _settled(overriding.override(decision_id, wish, caller, new_decision_id(now), now))
    if as_json:
        click.echo(dump_override(kept.override, {caller.id: caller.name}))
        return
    click.echo("Overridden so before." if kept.repeated else "Overridden.")
    print_overrides(_console(), [kept.override], entry.currency, {caller.id: caller.name})


@decision.command()
@click.argument("decision_id", metavar="ID")
@click.argument("result", type=click.Choice(RESULTS))
@click.option("--final-amount", metavar="AMOUNT", help="What was agreed at last, where it was won: 2900.00.")
@click.option("--on", "happened_on", metavar="YYYY-MM-DD", help="The day on which it ended.  [default: today]")
@click.option("--why", metavar="TEXT", help="Why, in words.")
@click.option(
    "--hassle", "seen", metavar="SIGNAL=COUNT", multiple=True, help="Seen afterwards: scenes=2, staff_rating=4."
)
@databases.option
@_as_json
def outcome(
    decision_id: str,
    result: str,
    final_amount: str | None,
    happened_on: str | None,
    why: str | None,
    seen: tuple[str, ...],
    database: str,
    as_json: bool,
) -> None:
    """Tell how the quote ended. Told otherwise again, it corrects what was told before."""
    now = datetime.now(UTC)
    with opened_database(database) as opened:
        caller, entry = acting_or_anyone(opened), _entry(opened, decision_id)
        body = {
            "result": result,
            "final_amount": _major(final_amount, entry.currency, "--final-amount"),
            "happened_on": happened_on or now.date().isoformat(),
            "why": why,
            "hassle": _counts(seen),
        }
        endings = Ended(lambda _: entry, Outcomes(opened))
        with _refusing():
            ending = load_ending(_body(body))
            kept = _settled(endings.tell(decision_id, ending, caller, new_decision_id(now), now))
    if as_json:
        click.echo(dump_ending(kept.ending, {caller.id: caller.name}))
        return
    click.echo("Told so before." if kept.repeated else "Recorded." if kept.ending.corrects is None else "Corrected.")
    print_endings(_console(), [kept.ending], entry.currency, {caller.id: caller.name})


def _console() -> Console:
    return Console(highlight=False, markup=False, emoji=False)


def _entry(database: Database, decision_id: str) -> Entry:
    recorded = Ledger(database).find(decision_id)
    if recorded is None:
        raise Refusal(f"The ledger has no decision {decision_id}; previews and refused requests are not recorded.")
    return recorded.entry


def _readable(database: Database, decision_id: str) -> Entry:
    entry = _entry(database, decision_id)
    if not entry.answer:
        day = Erasures(database).erased_on(decision_id)
        raise _gone(decision_id, "its time is over" if day is None else f"erased on {day}")
    return entry


def _gone(decision_id: str, why: str) -> Refusal:
    return Refusal(f"What the decision {decision_id} said is no longer kept: {why}.")


def _major(written: str | None, currency: str, option: str) -> int | None:
    try:
        return None if written is None else parse_major(written, currency)
    except ValueError as error:
        raise click.BadParameter(f"{error}.", param_hint=option) from error


def _stored(written: str | None, type: Type, option: str) -> int | None:
    try:
        return None if written is None else amount(written, type, "")
    except ValueError as error:
        raise click.BadParameter(f"{error}.", param_hint=option) from error


def _counts(written: Iterable[str]) -> dict[str, int] | None:
    counts = {}
    for each in written:
        name, _, count = each.partition("=")
        if not count.isascii() or not count.isdigit():
            raise click.BadParameter(f"'{each}' is not a signal and its count.", param_hint="--hassle")
        counts[name] = int(count)
    return counts or None


def _body(members: dict[str, Any]) -> bytes:
    """As the HTTP interface takes it, so that the same is asked of both."""
    return json.dumps({name: value for name, value in members.items() if value is not None}).encode()


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except Invalid as invalid:
        raise _refusal(invalid.findings) from invalid


def _settled(result: T | NoSuchDecision | NoLongerKept | VersionUnreadable | Unfit | BeyondAuthority) -> T:
    """Raises Refusal. The decision is there: it was looked up before."""
    match result:
        case Unfit(findings):
            raise _refusal(findings)
        case BeyondAuthority(limits, breaches):
            lines = [f"{each.message}; {f'ask {each.role}' if each.role else 'no role may'}" for each in limits]
            lines += [f"{breach.guardrail}: {breach.why}; ask {Role.FINANCE}" for breach in breaches]
            raise Refusal(*lines, "This is more than you may decide alone.")
        case VersionUnreadable(version):
            raise Refusal(f"The rules of the policy language don't allow {version}, which decided, any more.")
        case NoLongerKept(decision_id):
            raise _gone(decision_id, "it was erased just now")
        case NoSuchDecision(decision_id):
            raise Refusal(f"The ledger has no decision {decision_id}.")
    return result


def _refusal(findings: Sequence[Finding]) -> Refusal:
    return Refusal(*map(str, findings), "Nothing was recorded.")
