"""Who a browser's cookie belongs to. Flask-Login keeps the cookie and Flask-WTF its CSRF tokens; the session itself
stands in the database, so that whoever is signed out or disabled is out whatever the cookie says.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Flask, Request, Response, redirect, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from flask_wtf.csrf import CSRFError, CSRFProtect

from service.api.problems import Refused
from service.api.refusals import NO_CSRF_TOKEN
from service.domain.identities import User
from service.domain.people import Caller
from service.ledger import LedgerUnavailable, People
from service.pages.addresses import sign_in_address
from service.people import sessions
from service.people.chance import drawn
from service.settings import Settings

KEY = "session-key"
"""Under which name the database keeps what signs cookies."""

FORM_BYTES = 16 * 1024
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class SignedIn(UserMixin):  # type: ignore[misc]
    """What Flask-Login knows of a session: its secret is what the cookie holds."""

    def __init__(self, user: User, secret: str) -> None:
        self.user, self.secret = user, secret

    def get_id(self) -> str:
        return self.secret


class Sessions:
    """The doors for browsers."""

    def __init__(self, app: Flask, settings: Settings, people: People, now: Callable[[], datetime]) -> None:
        self._people = people
        self._now = now
        self._longest_body = settings.max_batch_bytes + 1
        app.secret_key = settings.session_key or None
        app.session_interface = _SignedByKeptKey(lambda: people.key(KEY, drawn().secret, now()))
        secure = settings.public_url.startswith("https:") or not settings.loopback
        app.config.update(
            SESSION_COOKIE_NAME="__Host-quotewright" if secure else "quotewright",
            SESSION_COOKIE_SECURE=secure,
            SESSION_COOKIE_HTTPONLY=True,
            SESSION_COOKIE_SAMESITE="Lax",
            # Which requests need a token, `caller` and the sign-in page say; it is good for as long as the session.
            WTF_CSRF_CHECK_DEFAULT=False,
            WTF_CSRF_TIME_LIMIT=None,
        )
        self._csrf = CSRFProtect(app)
        flask_login = LoginManager(app)
        # The row in the database says what is a session; a telephone's address changes within one.
        flask_login.session_protection = None
        flask_login.user_loader(self._loaded)

    def caller(self) -> Caller | None:
        """Raises Refused for an unsafe request without a CSRF token."""
        found = self.signed_in()
        if found is None:
            return None
        if not self.from_our_page():
            raise Refused(NO_CSRF_TOKEN)
        return found.user.caller()

    def invitation(self) -> Response | None:
        wanted = request.accept_mimetypes.best_match(("application/json", "text/html"))
        if request.method not in ("GET", "HEAD") or wanted != "text/html":
            return None
        answer = redirect(sign_in_address(request.full_path.removesuffix("?")), 303)
        answer.headers["Cache-Control"] = "no-store"
        return answer  # type: ignore[return-value]

    def from_our_page(self) -> bool:
        """Whether another site can't have sent this."""
        # Looking for the token opens the body, which no later limit then holds.
        request.max_content_length = FORM_BYTES if request.mimetype in _FORMS else self._longest_body
        try:
            self._csrf.protect()
        except CSRFError:
            return False
        return True

    def signed_in(self) -> SignedIn | None:
        return current_user._get_current_object() if current_user.is_authenticated else None

    def begin(self, user: User) -> None:
        """A new session, with a new secret and a new CSRF token: what the browser brought along is thrown away."""
        self._end_present()
        secret = drawn().secret
        sessions.opened(self._people, user, secret, self._now())
        login_user(SignedIn(user, secret))

    def end(self) -> None:
        self._end_present()
        logout_user()

    def _end_present(self) -> None:
        found = self.signed_in()
        if found is not None:
            sessions.ended(self._people, found.user, found.secret, self._now())
        session.clear()

    def _loaded(self, secret: str) -> SignedIn | None:
        user = sessions.whose(self._people, secret, self._now())
        return SignedIn(user, secret) if user else None


class _SignedByKeptKey(SecureCookieSessionInterface):
    """Signs with a key that is asked for when it is first needed: the database may be away when a worker starts."""

    def __init__(self, key: Callable[[], str]) -> None:
        self._key = key

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if "Authorization" in request.headers:
            return _NotLookedAt()
        if not app.secret_key:
            try:
                app.secret_key = self._key()
            except LedgerUnavailable as away:
                return _Unsigned(away)
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not isinstance(session, _NotLookedAt | _Unsigned):
            super().save_session(app, session, response)


class _NotLookedAt(SecureCookieSession):
    """Of a request with a token, which counts whatever the cookies say: tools are many and in a hurry."""


class _Unsigned(SecureCookieSession):
    """While the key can't be had: whoever needs a session is told so, the rest needs none."""

    def __init__(self, away: LedgerUnavailable) -> None:
        super().__init__()
        self._away = away

    def get(self, key: str, default: Any = None) -> Any:
        raise self._away

    def __setitem__(self, key: str, value: Any) -> None:
        raise self._away
