"""The part of a decision that may leave the firm (M4), in the client's language. It is given what a client may know
and nothing else: no hassle, no category, no cost, no margin and no rule reaches this module."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from service.domain.decision import Answer, Concession, Narrowing, Option, Price, Share, Terms, ToClient
from service.domain.money import PERCENT_SCALE
from service.domain.quote import Extra, Line, Question
from service.domain.record import record
from service.wording.messages import Messages


@record
class Asked:
    """What the client said and is: the words that an answer takes up."""

    name: str | None
    title: str | None
    lines: tuple[Line, ...]
    extras: tuple[Extra, ...]
    excludes: tuple[str, ...]
    questions: tuple[Question, ...]


@record
class Told:
    """What the firm answers. `price` and `terms` are None for a decline and while details are needed.

    `notes` are members of the book's slot; `declined_for` is None unless the request is declined.
    """

    declined_for: str | None
    price: Price | None
    shares: tuple[Share, ...]
    options: tuple[Option, ...]
    concessions: tuple[Concession, ...]
    terms: Terms | None
    open_details: tuple[Narrowing, ...]
    valid_until: date | None
    notes: tuple[str, ...]


def to_client(messages: Messages, asked: Asked, told: Told) -> ToClient:
    priced = told.price is not None
    return ToClient(
        language=messages.language.tag,
        greeting=_greeting(messages, asked.name),
        summary=_summary(messages, asked, told),
        breakdown=tuple(_breakdown(messages, told.shares)),
        options=tuple(_options(messages, told)),
        includes=tuple(_includes(messages, asked, told.concessions)) if priced else (),
        excludes=asked.excludes if priced else (),
        terms=tuple(_terms(messages, told)),
        answers=tuple(_answers(messages, asked.questions)),
        notes=tuple(_notes(messages, told)),
        next_step=messages.text(f"next_step.{_kind(told)}"),
    )


def _kind(told: Told) -> str:
    if told.declined_for is not None:
        return "decline"
    return "needs_details" if told.price is None else "quote"


def _greeting(messages: Messages, name: str | None) -> str:
    return messages.text("greeting.named", {"name": name}) if name else messages.text("greeting.unnamed")


def _summary(messages: Messages, asked: Asked, told: Told) -> str:
    if told.declined_for is not None:
        key = f"summary.decline.{told.declined_for}"
        return messages.text(key if key in messages else "summary.decline.general")
    if told.price is None:
        return messages.text("summary.needs_details")
    work = [line.description for line in asked.lines] + [extra.description for extra in asked.extras]
    title = asked.title or next(iter(work), "")
    return _priced(messages, "summary", title, told.price, told.price.fixed is not None)


def _priced(messages: Messages, key: str, title: str, price: Price | Option, fixed: bool) -> str:
    money = messages.money
    if fixed:
        return messages.text(f"{key}.fixed", {"title": title, "fixed": money(price.target)})
    return messages.text(f"{key}.range", {"title": title, "low": money(price.low), "high": money(price.high)})


def _breakdown(messages: Messages, shares: Sequence[Share]) -> Iterator[str]:
    for share in shares:
        values = {"description": share.description, "amount": messages.money(share.amount)}
        if share.performer:
            yield messages.text("breakdown.performer", values | {"performer": share.performer})
        else:
            yield messages.text("breakdown.line", values)


def _options(messages: Messages, told: Told) -> Iterator[str]:
    if told.price is None:
        return
    for option in told.options:
        yield _priced(messages, "option", option.title, option, told.price.fixed is not None)
    for option in told.options:
        if option.recommended:
            yield messages.text("option.recommended", {"option": option.title})


def _includes(messages: Messages, asked: Asked, concessions: Sequence[Concession]) -> Iterator[str]:
    for line in asked.lines:
        if line.format:
            yield messages.text("includes.format", {"description": line.description, "format": line.format})
        else:
            yield messages.text("includes.line", {"item": line.description})
        for item in line.includes:
            yield messages.text("includes.line", {"item": item})
    free = any(concession.kind == "free_extras" for concession in concessions)
    for extra in asked.extras:
        if free:
            yield messages.text("includes.extra", {"description": extra.description})
        else:
            yield messages.text("includes.line", {"item": extra.description})


def _terms(messages: Messages, told: Told) -> Iterator[str]:
    terms, language, money = told.terms, messages.language, messages.money
    if terms is None:
        return
    if terms.prepayment_percent >= PERCENT_SCALE:
        yield messages.text("terms.prepayment_full", {"amount": money(terms.prepayment)})
    elif terms.prepayment:
        percent = language.percent(terms.prepayment_percent)
        yield messages.text("terms.prepayment", {"percent": percent, "amount": money(terms.prepayment)})
    for milestone in terms.milestones:
        if milestone.name != "prepayment":
            values = {"amount": money(milestone.amount), "date": language.date(milestone.due_on)}
            yield messages.text("terms.milestone", {"name": _milestone_name(messages, milestone.name), **values})
    if terms.credit_days:
        values = {"days": language.days(terms.credit_days), "limit": money(terms.credit_limit)}
        yield messages.text("terms.credit", values)
    if terms.instalments:
        yield messages.text("terms.instalments", {"count": str(terms.instalments)})
    if terms.ways_to_pay:
        ways = language.either(messages.several("way.", terms.ways_to_pay))
        yield messages.text("terms.ways", {"ways": ways})
    yield from messages.several("clause.", terms.clauses)
    if told.valid_until is not None:
        yield messages.text("terms.valid_until", {"date": language.date(told.valid_until)})


def _milestone_name(messages: Messages, name: str) -> str:
    stage, _, number = name.partition("_")
    return messages.text(f"milestone.{stage}", {"number": number})


def _answers(messages: Messages, questions: Sequence[Question]) -> Iterator[Answer]:
    for question in questions:
        yield Answer(question=question.text, answer=question.answer or messages.text("answer.pending"))


def _notes(messages: Messages, told: Told) -> Iterator[str]:
    yield from messages.several("note.", told.notes)
    for concession in told.concessions:
        if concession.kind != "free_extras":
            yield messages.text(f"concession.{concession.kind}", _concession(messages, told, concession))
    if told.open_details:
        details = messages.language.all_of([detail.name for detail in told.open_details])
        yield messages.text("open_details", {"details": details})


def _concession(messages: Messages, told: Told, concession: Concession) -> dict[str, str]:
    values = {"amount": messages.money(concession.amount)}
    if concession.lapses_on is not None:
        values["date"] = messages.language.date(concession.lapses_on)
    if concession.kind == "discount" and told.price is not None:
        values["price"] = messages.money(told.price.target - concession.amount)
    return values
