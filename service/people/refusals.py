"""What is refused about users, tokens and passwords: a stable code, and a sentence that says what to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PeopleRefusal:
    code: str
    detail: str


NO_SUCH_USER = PeopleRefusal("no-such-user", "There is no such user; `quotewright user list` and GET /users list all.")
NO_SUCH_TOKEN = PeopleRefusal("no-such-token", "There is no such token among those that you may revoke.")
NAME_TAKEN = PeopleRefusal("name-taken", "Another user has this name; users are never deleted. Choose another one.")
BAD_NAME = PeopleRefusal(
    "bad-name", "A name takes 1 to 100 of the letters a-z, digits and . _ - + @, and begins with a letter or digit."
)
LAST_ADMIN = PeopleRefusal(
    "last-admin", "This is the last active admin: make another one first, or nobody could let people in."
)
NOT_YOURS = PeopleRefusal("not-yours", "These belong to somebody else; only an admin may do this for others.")
DISABLED = PeopleRefusal("user-disabled", "The user is disabled: enable it first.")
ROLE_ABOVE = PeopleRefusal("role-above", "A token may do no more than its user, nor more than whoever makes it.")
ALREADY_SET_UP = PeopleRefusal(
    "already-set-up", "There is an admin already, who adds people with `quotewright user add`."
)
WRONG_PASSWORD = PeopleRefusal(
    "wrong-password", "The current password is another one, or was wrong too often: wait for 15 minutes then."
)
SIGNS_IN_ELSEWHERE = PeopleRefusal(
    "signs-in-elsewhere", "The user signs in with the firm's provider of identities and has no password here."
)


def weak_password(why: str) -> PeopleRefusal:
    return PeopleRefusal("weak-password", why)
