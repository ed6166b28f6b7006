"""`quotewright new`: a policy book for a new firm from a few questions, or from flags."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from service.authoring.answers import WEEKDAYS, Answers
from service.authoring.holiday_dates import NoSuchCountry, public_holidays, time_zone_of
from service.authoring.new_book import NewBook, TemplateLacks, new_book, usual_small_job
from service.cli.books import loaded_book, read_files, refusal
from service.cli.refusals import Refusal
from service.domain.money import parse_major
from service.policy.findings import BookRefused
from service.settings import SHIPPED_BOOK

EPILOG = """
\b
Examples:
  quotewright new our-book
  quotewright new our-book --yes --firm "Lingua" --trade "translation bureau" --country HR --markups 5,10,20
  quotewright new our-book --yes --firm "Studio K" --currency JPY --country JP --small-job 80000

\b
Exit codes: 0 written; 1 the folder isn't empty or the book can't be made; 2 wrong usage.
"""

_COPY = (
    f"A new book is made of {SHIPPED_BOOK}, as it came with the product. Give that back what was changed in it, "
    "or begin with a copy of the folder and change the copy."
)

_START = Answers("", "services", "EUR", "Etc/UTC", "", (5, 6), (1000, 2000, 3000), 2000, 5000, 1500, 50_000, 14, 6)


@dataclass(frozen=True, slots=True)
class _Question:
    """`default`: what is proposed, from the answers so far. `read`: text to the answer; raises ValueError."""

    field: str
    text: str
    help: str
    default: Callable[[Answers], str]
    read: Callable[[str, Answers], Any]


def _percent(text: str, _: Answers) -> int:
    return parse_major(text.removesuffix("%").strip(), "EUR")


def _markups(text: str, answers: Answers) -> tuple[int, ...]:
    steps = tuple(_percent(step, answers) for step in text.split(","))
    if len(steps) != 3:
        raise ValueError("three percentages with commas between them, such as 10,20,30")
    return steps


def _weekend(text: str, _: Answers) -> tuple[int, ...]:
    names = [name.strip().lower() for name in text.split(",") if name.strip() and name.strip() != "none"]
    if unknown := [name for name in names if name not in WEEKDAYS]:
        raise ValueError(f"{unknown[0]} is no day of the week: saturday,sunday or none")
    return tuple(sorted(WEEKDAYS.index(name) for name in names))


def _country(text: str, _: Answers) -> str:
    code = text.strip().upper()
    if code in ("", "NONE"):
        return ""
    try:
        public_holidays(code, datetime.now(UTC).year)
    except NoSuchCountry as unknown:
        raise ValueError(str(unknown)) from unknown
    return code


def _usual_zone(answers: Answers) -> str:
    return time_zone_of(answers.country) or _START.time_zone


def _usual_weekend(answers: Answers) -> str:
    found = public_holidays(answers.country, datetime.now(UTC).year).weekend if answers.country else _START.weekend
    return ",".join(WEEKDAYS[day] for day in found) or "none"


def _questions(template: Mapping[str, bytes], folder: Path) -> tuple[_Question, ...]:
    def as_written(text: str, _: Answers) -> str:
        return text.strip()

    def number(text: str, _: Answers) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text.strip()):
            raise ValueError("a whole number, such as 14")
        return int(text)

    return (
        _Question("firm", "Name of the firm", "NAME", lambda _: folder.name or "our firm", as_written),
        _Question("trade", "Its trade", "TRADE", lambda a: a.trade, as_written),
        _Question("currency", "Currency it quotes in", "CODE", lambda a: a.currency, lambda t, _: t.strip().upper()),
        _Question("country", "Country whose holidays it keeps (such as EE or DE-BY, or none)", "CODE",
                  lambda _: "none", _country),
        _Question("time_zone", "Time zone", "ZONE", _usual_zone, as_written),
        _Question("weekend", "Days without work", "DAYS", _usual_weekend, _weekend),
        _Question("markups", "Markups for a client who is tiring, hard, exhausting to work with, in %", "A,B,C",
                  lambda _: "10,20,30", _markups),
        _Question("minimum_profit", "Least profit on cost, in %", "PERCENT", lambda _: "20", _percent),
        _Question("prepayment", "Prepaid share of a larger job, in %", "PERCENT", lambda _: "50", _percent),
        _Question("discount_cap", "Most of all concessions together, in % of the price", "PERCENT",
                  lambda _: "15", _percent),
        _Question("small_job", "Up to which price a job is small, and wholly prepaid", "SUM",
                  lambda a: usual_small_job(template, a.currency), lambda t, a: parse_major(t.strip(), a.currency)),
        _Question("credit_days", "Days of credit for a trusted client, 0 for no credit", "DAYS",
                  lambda _: "14", number),
        _Question("credit_months", "Months together before any credit", "MONTHS", lambda _: "6", number),
        _Question("language", "Language of the wording", "CODE", lambda a: a.language, lambda t, _: t.strip().lower()),
    )  # fmt: skip


def _options(command: Callable[..., None]) -> Callable[..., None]:
    for question in reversed(_questions({}, Path())):
        flag = "--" + question.field.replace("_", "-")
        command = click.option(flag, question.field, metavar=question.help, help=f"{question.text}.")(command)
    return command


@click.command(epilog=EPILOG)
@click.argument("folder", type=click.Path(path_type=Path))
@_options
@click.option("--yes", is_flag=True, help="Ask nothing: what no flag answers is as proposed.")
def new(folder: Path, yes: bool, **flags: str | None) -> None:
    """Write a policy book for a new firm into FOLDER, which is empty or doesn't exist yet.

    It is the shipped agency book with the firm's own numbers, calendar and currency. Of its cases those stay that
    hold unchanged; others, worked out from the answers, are added.
    """
    _refuse_taken(folder)
    template = read_files(SHIPPED_BOOK)
    loaded_book(SHIPPED_BOOK, template)
    answers = _START
    try:
        for question in _questions(template, folder.absolute()):
            answers = _answered(question, answers, flags[question.field], yes)
        made = new_book(template, answers, datetime.now(UTC))
    except TemplateLacks as lacks:
        raise Refusal(f"{SHIPPED_BOOK} has no '{lacks.name}' any more, where an answer goes.", _COPY) from lacks
    except BookRefused as refused:
        raise Refusal(*refusal(folder, refused.findings).lines, _COPY) from refused
    try:
        _write(folder, made)
    except OSError as error:
        raise Refusal(f"{folder} can't be written: {error.strerror}.") from error
    click.echo(_summary(folder, answers, made))


def _answered(question: _Question, answers: Answers, flag: str | None, yes: bool) -> Answers:
    """The answers with one more: from its flag, as proposed, or asked until it fits."""

    def accepted(text: str) -> Answers:
        try:
            value = question.read(text, answers)
        except ValueError as error:
            raise click.BadParameter(f"{text!r}: {error}.") from error
        with_it = replace(answers, **{question.field: value})
        for field, reason in with_it.problems():
            if field == question.field:
                raise click.BadParameter(f"{text!r}: {reason}.")
        return with_it

    if flag is None and not yes:
        given: Answers = click.prompt(question.text, default=question.default(answers), value_proc=accepted)
        return given
    try:
        return accepted(question.default(answers) if flag is None else flag)
    except click.BadParameter as refused:
        raise click.UsageError(f"--{question.field.replace('_', '-')} {refused.message}") from refused


def _refuse_taken(folder: Path) -> None:
    try:
        astray = folder.is_symlink() and not folder.exists()
        taken = folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
    except OSError as error:
        raise Refusal(f"{folder} can't be written: {error.strerror}.") from error
    if astray:
        raise Refusal(f"{folder} is a link that leads nowhere: nothing was written. Name a folder instead.")
    if taken:
        raise Refusal(f"{folder} is not empty: nothing was written. Name a folder that doesn't exist yet.")


def _write(folder: Path, made: NewBook) -> None:
    """Written aside, then put in place. Raises OSError."""
    target = folder.absolute()
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        for file, content in made.files.items():
            path = aside / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        aside.chmod(0o777 & ~_umask())
        if target.is_dir():
            for child in aside.iterdir():
                os.replace(child, target / child.name)
        else:
            os.replace(aside, target)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _summary(folder: Path, answers: Answers, made: NewBook) -> str:
    dropped = f"; {made.dropped} no longer fitted and were left out" if made.dropped else ""
    return "\n".join(
        (
            f"{folder}: a book for {answers.firm}, {answers.trade}, in {answers.currency}.",
            f"  version {made.version}",
            f"  {made.own} cases worked out from your numbers, {made.kept} that came with the book{dropped}",
            f"Next: quotewright check {folder}, then read parameters.yaml: what you were not asked is there too.",
        )
    )
