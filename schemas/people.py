"""Bodies about users, tokens and passwords, and what is answered about them. No message repeats a password."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from marshmallow import Schema, fields

from schemas.fields import Choice, Count, Flag, Text
from schemas.findings import Finding, Invalid
from schemas.loading import load_members
from schemas.shapes import Strict
from service.domain.identities import Token, User
from service.domain.people import Caller, Role

MOST_DAYS = 365
LONGEST_LABEL = 100
ROLES = tuple(role.value for role in Role)


@dataclass(frozen=True, slots=True)
class NewUser:
    name: str
    role: Role
    password: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class UserChange:
    """None leaves things as they are."""

    role: Role | None
    disabled: bool | None


@dataclass(frozen=True, slots=True)
class NewToken:
    """`role`: None for as much as its maker may give."""

    label: str
    role: Role | None
    days: int


@dataclass(frozen=True, slots=True)
class NewPassword:
    current: str = field(repr=False)
    new: str = field(repr=False)


class _Role(Choice):
    def __init__(self, meaning: str, *, optional: bool = False) -> None:
        super().__init__(meaning, ROLES)
        if optional:
            self.required, self.load_default = False, None


class _Perhaps(Flag):
    def __init__(self, meaning: str) -> None:
        super().__init__(meaning)
        self.load_default = None


class NewUserSchema(Strict):
    name = Text("What the user signs in with.", longest=100)
    role = _Role("What the user may do.")
    password = Text(
        "Left out, the user can't sign in with a password, but may have tokens.", longest=200, optional=True
    )


class UserChangeSchema(Strict):
    role = _Role("What the user may do from now on.", optional=True)
    disabled = _Perhaps("Whether the user is kept out; the user's tokens and sessions then end for good.")


class NewTokenSchema(Strict):
    label = Text("What the token is for.", longest=LONGEST_LABEL)
    role = _Role("The most that the token may do; left out, as much as you may give.", optional=True)
    days = Count("For how many days it is good.", minimum=1, maximum=MOST_DAYS, default=90)


class NewPasswordSchema(Strict):
    current_password = Text("The password that holds now.", longest=200)
    new_password = Text("The one that holds from now on.", longest=200)


class CallerSchema(Schema):
    id = fields.String(metadata={"description": "What records name this caller by."})
    name = fields.String()
    role = fields.String(metadata={"enum": ROLES})
    signed_in = fields.Boolean(metadata={"description": "False while sign-in is off."})


class UserSchema(Schema):
    id = fields.String()
    name = fields.String()
    role = fields.String(metadata={"enum": ROLES})
    created_at = fields.AwareDateTime()
    created_by = fields.String(metadata={"description": "Id of a user, `system`, or `oidc`."})
    disabled_at = fields.AwareDateTime(allow_none=True)
    signs_in = fields.String(metadata={"enum": ["password", "provider", "tokens only"]})


class TokenSchema(Schema):
    id = fields.String()
    user_id = fields.String()
    label = fields.String()
    role = fields.String(metadata={"enum": ROLES})
    created_at = fields.AwareDateTime()
    created_by = fields.String()
    expires_at = fields.AwareDateTime()
    revoked_at = fields.AwareDateTime(allow_none=True)
    last_used_at = fields.AwareDateTime(allow_none=True, metadata={"description": "To the minute."})


class IssuedTokenSchema(TokenSchema):
    token = fields.String(metadata={"description": "The token itself. It is never told again."})


def load_new_user(raw: bytes) -> NewUser:
    """All of these raise Invalid."""
    given = load_members(NewUserSchema(), raw)
    return NewUser(given["name"], Role(given["role"]), given["password"])


def load_user_change(raw: bytes) -> UserChange:
    given = load_members(UserChangeSchema(), raw)
    if given["role"] is None and given["disabled"] is None:
        raise Invalid([Finding("", "missing-field", "Nothing is to be changed.", "Give role, disabled, or both.")])
    return UserChange(Role(given["role"]) if given["role"] else None, given["disabled"])


def load_new_token(raw: bytes) -> NewToken:
    given = load_members(NewTokenSchema(), raw)
    return NewToken(given["label"], Role(given["role"]) if given["role"] else None, given["days"])


def load_new_password(raw: bytes) -> NewPassword:
    given = load_members(NewPasswordSchema(), raw)
    return NewPassword(given["current_password"], given["new_password"])


def dump_caller(caller: Caller) -> dict[str, Any]:
    return {"id": caller.id, "name": caller.name, "role": caller.role.value, "signed_in": caller.known}


def dump_user(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "name": user.name,
        "role": user.role.value,
        "created_at": _moment(user.created_at),
        "created_by": user.created_by,
        "disabled_at": _moment(user.disabled_at),
        "signs_in": "provider" if user.subject else "password" if user.password else "tokens only",
    }


def dump_token(token: Token) -> dict[str, Any]:
    return {
        "id": token.id,
        "user_id": token.user_id,
        "label": token.label,
        "role": token.role.value,
        "created_at": _moment(token.created_at),
        "created_by": token.created_by,
        "expires_at": _moment(token.expires_at),
        "revoked_at": _moment(token.revoked_at),
        "last_used_at": _moment(token.last_used_at),
    }


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")
