"""Who a request comes from while sign-in is on: by its token, else by the session of a page."""

from __future__ import annotations

import re
from typing import Protocol

from flask import Response, abort, request

from service.api.problems import Refused
from service.api.rate import RateLimit
from service.api.refusals import NOT_SIGNED_IN, TOKENS
from service.domain.people import Caller
from service.people.remembered import Bearers
from service.people.tokens import TokenRefused

CHALLENGE = 'Bearer realm="quotewright"'
_BEARER = re.compile(r"bearer +(\S+)", re.IGNORECASE)


class Doors(Protocol):
    """The pages by which people come in with a browser."""

    def caller(self) -> Caller | None:
        """Whose session it is. Raises Refused for an unsafe request that another site may have sent."""

    def invitation(self) -> Response | None:
        """Where a browser that asks for a page is sent to sign in; None for whoever asks for anything else."""


class Gate:
    def __init__(self, bearers: Bearers, doors: Doors, rate: RateLimit) -> None:
        self._bearers = bearers
        self._doors = doors
        self._rate = rate

    def caller(self) -> Caller:
        """Raises Refused (401, 429), LedgerUnavailable. A token that is shown counts, whatever the cookies say."""
        shown = request.headers.get("Authorization")
        if shown is not None:
            return self._by_token(shown)
        found = self._doors.caller()
        if found is not None:
            return found
        self._rate.take(request.remote_addr or "")
        invitation = self._doors.invitation()
        if invitation is not None:
            abort(invitation)
        raise Refused(NOT_SIGNED_IN, {"WWW-Authenticate": CHALLENGE})

    def _by_token(self, shown: str) -> Caller:
        form = _BEARER.fullmatch(shown)
        text = form[1] if form else ""
        caller = self._bearers.remembered(text)
        if caller is not None:
            return caller
        address = request.remote_addr or ""
        self._rate.refuse_guessers(address)
        found = self._bearers.asked(text)
        if isinstance(found, TokenRefused):
            self._rate.guessed(address)
            raise Refused(TOKENS[found], {"WWW-Authenticate": f'{CHALLENGE}, error="invalid_token"'})
        return found
