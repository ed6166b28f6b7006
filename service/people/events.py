"""Words for what the record of sign-ins says, and its lines about users."""

from __future__ import annotations

from datetime import datetime

from service.domain.identities import SignIn, User
from service.domain.people import Caller
from service.people import names

ATTEMPT = "attempt"
"""Written before the password is looked at, so that attempts made at the same moment see one another."""

SUCCESS, LOCKED, NO_ROLE, DISABLED = "signed in", "locked", "no role", "kept out: disabled"
SIGNED_OUT = "signed out"

AT_THE_PAGE, BY_PROVIDER = "page", "oidc"


def about(user: User, event: str, by: Caller, now: datetime) -> SignIn:
    return SignIn(at=now, event=event, name_digest=names.digest(user.name), user_id=user.id, by=by.id)
