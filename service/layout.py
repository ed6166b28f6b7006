"""A matched request laid out as a decision: amounts into steps, dates and words. Prepared once a bound book.

It decides nothing: what fired and what it yields is given. No HTTP, no ledger, no clock, no ids.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache, partial
from typing import Any
from zoneinfo import ZoneInfo

from service.domain.amounts import Amounts
from service.domain.breakdown import included, line_shares
from service.domain.concessions import Condition, concessions
from service.domain.decision import Concession, FollowUp, Option, Price, Share, Step, Terms
from service.domain.envelope import PRICED, price
from service.domain.followup import NO_PLAN, contact_on_the_way, plan
from service.domain.options import options
from service.domain.quote import QuoteRequest
from service.domain.record import maker, record
from service.domain.terms import Agreed, payment_days, start_of_work, terms
from service.domain.waterfall import Causes, waterfall
from service.policy.book import Book
from service.policy.nodes import DECISION, Op, walk
from service.policy.program import BoundOption, Program
from service.wording.client import Letters
from service.wording.languages import language, spoken
from service.wording.messages import Messages

Env = Mapping[str, Any]
"""Facts, slots and formulas of one decision by name."""

Contributions = Mapping[str, Sequence[tuple[str, Any]]]
"""By slot: the rules that wrote it and what they wrote, in the order of the rules."""

_MOST_SETS = 4096
_MOST_DATES = 1024
_PERCENT_SLOTS = {slot: DECISION + slot for slot in ("discount", "bonus", "compensation")}


@record
class Priced:
    """What a decision says about money; all of it empty where no price is named."""

    price: Price | None = None
    waterfall: tuple[Step, ...] = ()
    lines: tuple[Share, ...] = ()
    options: tuple[Option, ...] = ()
    concessions: tuple[Concession, ...] = ()
    terms: Terms | None = None
    includes: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()


UNPRICED = Priced()
_new_amounts, _new_agreed, _new_causes = maker(Amounts), maker(Agreed), maker(Causes)
_new_follow_up, _new_priced = maker(FollowUp), maker(Priced)


class Worded:
    """A bound book's texts in one language, prepared once."""

    def __init__(self, messages: Messages, program: Program) -> None:
        self.messages = messages
        self.letters = Letters(messages)
        self.titles = {option.id: messages.text(f"option.{option.id}.title") for option in program.options}
        self.sign_by = messages.filler("condition.sign_by", "date")


class Layout:
    """For one bound book, a day and a currency."""

    def __init__(self, book: Book, program: Program) -> None:
        self.program = program
        self.calendar = book.calendar
        self._zone = ZoneInfo(book.time_zone)
        self._texts = book.messages
        # Most requests of a day ask for the same few dates.
        self._plan = lru_cache(_MOST_DATES)(partial(plan, self.calendar))
        self._start = lru_cache(_MOST_DATES)(partial(start_of_work, self.calendar))
        self._payment_days = lru_cache(_MOST_DATES)(partial(payment_days, self.calendar))
        self._worded: dict[str, Worded] = {}
        self._ordered: dict[tuple[str, frozenset[str]], tuple[str, ...]] = {}
        self._roundings = {name: _rounding_of(program, name) for name in ("markup_amount", "unbounded")}
        self._base_markup = int(str(program.slots["markup"].initial))
        self._has_validity = "validity_days" in program.slots

    def worded(self, wanted: str) -> Worded:
        """The book's wording in the language wanted, or in the one that stands in for it."""
        tag = spoken(wanted, self._texts)
        prepared = self._worded.get(tag)
        if prepared is None:
            program = self.program
            messages = Messages(self._texts[tag], language(tag), program.currency, program.parameters)
            prepared = self._worded[tag] = Worded(messages, program)
        return prepared

    def follow_up(self, request: QuoteRequest, env: Env, priced: bool) -> FollowUp:
        get = env.get
        received: datetime = request.received_at.astimezone(self._zone)
        plan, contact = NO_PLAN, None
        if priced:
            validity = env["decision.validity_days"] if self._has_validity else None
            first, every = get("decision.first_call_days", 0), get("decision.call_every_days", 0)
            plan = self._plan(request.as_of, validity, first, every)
            contact = contact_on_the_way(get("decision.contact_every_days", 0), request.job.duration_days)
        return _new_follow_up(
            respond_by=self.calendar.respond_by(received, env["decision.respond_hours"]),
            acknowledge=get("decision.acknowledge", False),
            valid_until=plan.valid_until,
            calls=plan.calls,
            contact_every_days=contact,
        )

    def priced(
        self,
        request: QuoteRequest,
        env: Env,
        written: Contributions,
        offered: Sequence[tuple[BoundOption, int]],
        valid_until: date | None,
        worded: Worded,
    ) -> Priced:
        """`offered`: options and their shares. Raises Inconsistent where the book's amounts contradict."""
        if env["decision.outcome"] not in PRICED:
            return UNPRICED
        job, amounts = request.job, _amounts(env)
        envelope = price(amounts, self.program.currency, job.scope == "complete" and not job.open_details)
        return _new_priced(
            price=envelope,
            waterfall=waterfall(amounts, self._causes(request, env, amounts, written)),
            lines=line_shares(amounts.target, job.lines, job.extras if amounts.extras_charged else ()),
            options=self._options(offered, env, envelope, worded),
            concessions=self._given(request, env, amounts, written, valid_until, worded),
            terms=self._agreed(request, env, amounts),
            includes=included(job.lines, job.extras),
            excludes=job.excludes,
        )

    def members(self, slot: str, env: Env) -> tuple[str, ...]:
        """A union slot's members in their declared order; empty for a slot that the book doesn't have."""
        chosen = env.get(DECISION + slot)
        if not chosen:
            return ()
        # Quotes of one kind choose alike; a book has few such sets.
        ordered = self._ordered.get((slot, chosen))
        if ordered is None:
            ordered = tuple(member for member in self.program.slots[slot].type.values if member in chosen)
            if len(self._ordered) < _MOST_SETS:
                self._ordered[slot, chosen] = ordered
        return ordered

    def _causes(self, request: QuoteRequest, env: Env, amounts: Amounts, written: Contributions) -> Causes:
        markups: list[tuple[str | None, int]] = [(None, self._base_markup)] if self._base_markup else []
        if "markup" in written:
            markups += [(rule, percent) for rule, percent in written["markup"] if percent]
        prohibitive = env["decision.prohibitive"]
        return _new_causes(
            markups=markups,
            prohibitive=prohibitive,
            prohibitive_rule=_first(written, "prohibitive", prohibitive) if prohibitive else None,
            extras_rule=_first(written, "extras", "charged") if amounts.extras_charged else None,
            earlier=request.deal.earlier,
            markup_rounding=self._roundings["markup_amount"],
            prohibitive_rounding=self._roundings["unbounded"],
        )

    def _options(
        self, offered: Sequence[tuple[BoundOption, int]], env: Env, envelope: Price, worded: Worded
    ) -> tuple[Option, ...]:
        titles = worded.titles
        titled = [(option.id, titles[option.id], share) for option, share in offered]
        return options(titled, envelope, env.get("decision.recommend"), self.program.rounding)

    def _given(
        self,
        request: QuoteRequest,
        env: Env,
        amounts: Amounts,
        written: Contributions,
        valid_until: date | None,
        worded: Worded,
    ) -> tuple[Concession, ...]:
        if not (amounts.discount or amounts.bonus or amounts.extras_free or amounts.compensation):
            return ()
        condition = None
        if amounts.discount or amounts.bonus:
            lapses = self._lapses_on(request, env, valid_until)
            condition = Condition(text=worded.sign_by(worded.messages.language.date(lapses)), lapses_on=lapses)
        percents = {slot: env[name] for slot, name in _PERCENT_SLOTS.items() if name in env}
        rules = {
            slot: tuple([rule for rule, value in written[slot] if value])
            for slot in (*_PERCENT_SLOTS, "extras")
            if slot in written
        }
        return concessions(amounts, percents, rules, condition)

    def _lapses_on(self, request: QuoteRequest, env: Env, valid_until: date | None) -> date:
        """The day named by the client, else so many days on, else with the quote itself (D2)."""
        if request.deal.sign_by is not None:
            return request.deal.sign_by
        if "decision.offer_days" in env:
            return request.as_of + timedelta(days=env["decision.offer_days"])
        return valid_until or request.as_of

    def _agreed(self, request: QuoteRequest, env: Env, amounts: Amounts) -> Terms:
        agreed = _new_agreed(
            prepayment_percent=env["decision.prepayment"],
            credit_days=env["decision.credit_days"],
            instalments=env.get("decision.instalments", 0),
            ways_to_pay=self.members("ways_to_pay", env),
            clauses=self.members("clauses", env),
        )
        starts_on = self._start(request.as_of, request.firm.earliest_start_days)
        days = self._payment_days(starts_on, request.job.duration_days, env["decision.milestones"], agreed.credit_days)
        return terms(amounts, agreed, days)


def _amounts(env: Env) -> Amounts:
    return _new_amounts(
        fair_price=env["job.fair_price"],
        extras_charged=env["decision.extras_charged"],
        extras_free=env["decision.extras_free"],
        worth=env["decision.worth"],
        markup=env["decision.markup_amount"],
        unbounded=env["decision.unbounded"],
        floor=env["decision.floor"],
        low=env["decision.low"],
        target=env["decision.target"],
        high=env["decision.high"],
        discount=env["decision.discount_amount"],
        bonus=env["decision.bonus_amount"],
        compensation=env["decision.compensation_amount"],
        prepayment=env["decision.prepayment_amount"],
        credit_limit=env["decision.credit_limit"],
    )


def _first(written: Contributions, slot: str, value: object) -> str | None:
    return next((rule for rule, contributed in written.get(slot, ()) if contributed == value), None)


def _rounding_of(program: Program, formula: str) -> str | None:
    """The rounding that the formula names, for the step that shows its result."""
    for stage in program.stages:
        for computed in stage.computed:
            if computed.name == DECISION + formula:
                return next((str(node.value[1]) for node in walk(computed.value) if node.op is Op.DIV), None)
    return None
