"""What the firm's books know of the client of a request, for whoever decides on it."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date

from schemas.findings import Finding
from schemas.problem import Problem
from schemas.vocabulary import declarations
from service.api.problems import Refused
from service.clients.completing import MANAGERS_ALONE, completed
from service.clients.standing import YEAR, months_before
from service.domain.books import Account
from service.domain.decision import FromBooks
from service.domain.people import Role
from service.domain.quote import QuoteRequest
from service.ledger import LedgerUnavailable
from service.ledger.books import Books
from service.ledger.giving import Giving
from service.opening import InForce

LOOK_SECONDS = 1.0
"""How often empty books are looked at again. Until a firm brings books in, no request pays for asking them."""

_TOLD = frozenset(name for name in declarations() if name.startswith(("client.", "hassle.recent.", "hassle.older.")))


class Knowing:
    """`clock`: seconds that only rise."""

    def __init__(self, books: Books, giving: Giving, clock: Callable[[], float] = time.monotonic) -> None:
        self._books, self._giving, self._clock = books, giving, clock
        self._empty: bool | None = None
        self._looked_at = float("-inf")
        with suppress(LedgerUnavailable):
            self._empty = self._look()

    def completed(
        self, request: QuoteRequest, given: frozenset[str], in_force: InForce, role: Role, pointer: str = ""
    ) -> tuple[QuoteRequest, FromBooks | None]:
        """The request with what its caller left out taken from the books; None where they don't know the client.

        `given`: names of the facts that the caller gave. `pointer`: where the request stands in the body.
        Raises Refused (403) where some of them are a manager's to give, NoRate, NoValue, LedgerUnavailable.
        """
        if self._nothing_there() or given >= _TOLD:
            return request, None
        account = self.account(request.client.id, request.as_of)
        if account is None:
            return request, None
        if not role.covers(Role.MANAGER) and (refused := sorted(given & MANAGERS_ALONE)):
            raise Refused(_managers_alone(refused, pointer))
        return completed(request, given, account, in_force.policy.book, declarations())

    def account(self, client_id: str, as_of: date) -> Account | None:
        """What books and record hold of a client up to a day; None where they hold nothing."""
        account = self._books.account(client_id, as_of)
        conceded = self._giving.of_client(client_id, months_before(as_of, YEAR), as_of)
        return replace(account or Account(), conceded=conceded) if account or conceded else None

    def _look(self) -> bool:
        return self._books.empty() and not self._giving.any_won()

    def _nothing_there(self) -> bool:
        """Books that were empty when last looked at count as such while the ledger is away: it holds no news then."""
        if self._empty is not False and self._clock() - self._looked_at >= LOOK_SECONDS:
            try:
                self._empty = self._look()
            except LedgerUnavailable:
                if self._empty is None:
                    raise
            self._looked_at = self._clock()
        return self._empty is True


def _managers_alone(names: list[str], pointer: str) -> Problem:
    findings = [
        Finding(
            f"{pointer}/{name.replace('.', '/')}", "managers-alone", "The firm's books tell this of the client.",
            "Leave it out, or ask as a manager.",
        )
        for name in names
    ]  # fmt: skip
    detail = "The client is in the firm's books: category, trust and money owed are taken from there."
    return Problem(status=403, code="books-hold", detail=detail, findings=findings)
