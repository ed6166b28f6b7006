"""The part of a decision that may leave the firm (M4), in the client's language. It is given what a client may know
and nothing else: no hassle, no category, no cost, no margin and no rule reaches this module."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from service.domain.decision import Answer, Concession, Narrowing, Option, Price, Share, Terms, ToClient
from service.domain.money import PERCENT_SCALE
from service.domain.quote import Extra, Line, Question
from service.domain.record import maker, record
from service.wording.messages import Messages

_MOST_MILESTONES = 64


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


_to_client, _answer = maker(ToClient), maker(Answer)


class Letters:
    """Answers in one language and currency, their templates prepared once."""

    def __init__(self, messages: Messages) -> None:
        filler = messages.filler
        self._messages = messages
        self._money = messages.money
        self._greeting_named = filler("greeting.named", "name")
        self._summary_fixed = filler("summary.fixed", "title", "fixed")
        self._summary_range = filler("summary.range", "title", "low", "high")
        self._share = filler("breakdown.line", "description", "amount")
        self._performed_share = filler("breakdown.performer", "description", "performer", "amount")
        self._option_fixed = filler("option.fixed", "title", "fixed")
        self._option_range = filler("option.range", "title", "low", "high")
        self._recommended = filler("option.recommended", "option")
        self._item = filler("includes.line", "item")
        self._item_in_format = filler("includes.format", "description", "format")
        self._free_extra = filler("includes.extra", "description")
        self._prepaid_in_full = filler("terms.prepayment_full", "amount")
        self._prepaid = filler("terms.prepayment", "percent", "amount")
        self._milestone = filler("terms.milestone", "name", "amount", "date")
        self._stage = filler("milestone.stage", "number")
        self._credit = filler("terms.credit", "days", "limit")
        self._instalments = filler("terms.instalments", "count")
        self._ways = filler("terms.ways", "ways")
        self._valid_until = filler("terms.valid_until", "date")
        self._concession = {
            kind: filler(f"concession.{kind}", "amount", "date", "price")
            for kind in ("discount", "bonus", "compensation")
        }
        self._details = filler("open_details", "details")
        self._milestone_name = lru_cache(_MOST_MILESTONES)(self._named_milestone)

    def to_client(self, asked: Asked, told: Told) -> ToClient:
        priced = told.price is not None
        return _to_client(
            language=self._messages.language.tag,
            greeting=self._greeting_named(asked.name) if asked.name else self._messages.text("greeting.unnamed"),
            summary=self._summary(asked, told),
            breakdown=self._breakdown(told.shares),
            options=self._options(told),
            includes=self._includes(asked, told.concessions) if priced else (),
            excludes=asked.excludes if priced else (),
            terms=self._terms(told),
            answers=self._answers(asked.questions) if asked.questions else (),
            notes=self._notes(told),
            next_step=self._messages.text(f"next_step.{_kind(told)}"),
        )

    def _summary(self, asked: Asked, told: Told) -> str:
        messages, price = self._messages, told.price
        if told.declined_for is not None:
            key = f"summary.decline.{told.declined_for}"
            return messages.text(key if key in messages else "summary.decline.general")
        if price is None:
            return messages.text("summary.needs_details")
        title = asked.title or _first(asked)
        if price.fixed is not None:
            return self._summary_fixed(title, self._money(price.fixed))
        return self._summary_range(title, self._money(price.low), self._money(price.high))

    def _breakdown(self, shares: Sequence[Share]) -> tuple[str, ...]:
        money = self._money
        return tuple(
            [
                self._performed_share(share.description, share.performer, money(share.amount))
                if share.performer
                else self._share(share.description, money(share.amount))
                for share in shares
            ]
        )

    def _options(self, told: Told) -> tuple[str, ...]:
        if told.price is None:
            return ()
        money, options = self._money, told.options
        if told.price.fixed is not None:
            texts = [self._option_fixed(option.title, money(option.target)) for option in options]
        else:
            texts = [self._option_range(option.title, money(option.low), money(option.high)) for option in options]
        texts += [self._recommended(option.title) for option in options if option.recommended]
        return tuple(texts)

    def _includes(self, asked: Asked, concessions: Sequence[Concession]) -> tuple[str, ...]:
        item, texts = self._item, []
        for line in asked.lines:
            if line.format:
                texts.append(self._item_in_format(line.description, line.format))
            else:
                texts.append(item(line.description))
            for included in line.includes:
                texts.append(item(included))
        if asked.extras:
            free = any(concession.kind == "free_extras" for concession in concessions)
            extra_item = self._free_extra if free else item
            texts += [extra_item(extra.description) for extra in asked.extras]
        return tuple(texts)

    def _terms(self, told: Told) -> tuple[str, ...]:
        terms, messages, money = told.terms, self._messages, self._money
        if terms is None:
            return ()
        language, texts = messages.language, []
        if terms.prepayment_percent >= PERCENT_SCALE:
            texts.append(self._prepaid_in_full(money(terms.prepayment)))
        elif terms.prepayment:
            texts.append(self._prepaid(language.percent(terms.prepayment_percent), money(terms.prepayment)))
        for milestone in terms.milestones:
            name = milestone.name
            if name != "prepayment":
                due = language.date(milestone.due_on)
                texts.append(self._milestone(self._milestone_name(name), money(milestone.amount), due))
        if terms.credit_days:
            texts.append(self._credit(language.days(terms.credit_days), money(terms.credit_limit)))
        if terms.instalments:
            texts.append(self._instalments(str(terms.instalments)))
        if terms.ways_to_pay:
            texts.append(self._ways(language.either(messages.several("way.", terms.ways_to_pay))))
        texts += messages.several("clause.", terms.clauses)
        if told.valid_until is not None:
            texts.append(self._valid_until(language.date(told.valid_until)))
        return tuple(texts)

    def _named_milestone(self, name: str) -> str:
        stage, _, number = name.partition("_")
        return self._stage(number) if number else self._messages.text(f"milestone.{stage}")

    def _answers(self, questions: Sequence[Question]) -> tuple[Answer, ...]:
        pending = self._messages.text("answer.pending")
        return tuple([_answer(question=asked.text, answer=asked.answer or pending) for asked in questions])

    def _notes(self, told: Told) -> tuple[str, ...]:
        texts = self._messages.several("note.", told.notes)
        if told.concessions:
            given = [concession for concession in told.concessions if concession.kind != "free_extras"]
            texts += tuple([self._given(told.price, concession) for concession in given])
        if told.open_details:
            details = self._messages.language.all_of([detail.name for detail in told.open_details])
            texts += (self._details(details),)
        return texts

    def _given(self, price: Price | None, concession: Concession) -> str:
        """Its amount, the last day that it holds and what is left to pay, of which a text takes what it may say."""
        lapses = "" if concession.lapses_on is None else self._messages.language.date(concession.lapses_on)
        left = self._money(price.target - concession.amount) if price is not None else ""
        return self._concession[concession.kind](self._money(concession.amount), lapses, left)


def _first(asked: Asked) -> str:
    described = [line.description for line in asked.lines] + [extra.description for extra in asked.extras]
    return described[0] if described else ""


def _kind(told: Told) -> str:
    if told.declined_for is not None:
        return "decline"
    return "needs_details" if told.price is None else "quote"
