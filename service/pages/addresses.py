"""Where pages lie, and where they may send a browser on to: never to another site."""

from __future__ import annotations

import re
from urllib.parse import urlencode, urlsplit

SIGN_IN = "/sign-in"
ACCOUNT = "/account"
_OURS = re.compile(r"/(?![/\\])[!-\[\]-~]*")
"""A path: printable ASCII without the backslash, which browsers read as a slash."""


def sign_in_address(afterwards: str) -> str:
    return f"{SIGN_IN}?{urlencode({'next': afterwards})}"


def ours(address: str) -> str:
    """`address` where it is a path of this service, else the account's page."""
    if not _OURS.fullmatch(address):
        return ACCOUNT
    parts = urlsplit(address)
    return ACCOUNT if parts.scheme or parts.netloc else address
