"""Users, tokens, sessions and the record of sign-ins in the database. Knows no password and no rule about them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, func, insert, select, update

from service.domain.identities import Session, SignIn, Token, User
from service.domain.people import Role
from service.ledger.conflicts import inserted_once
from service.ledger.database import Database
from service.ledger.log.leaves import KINDS
from service.ledger.log.waiting import await_seal
from service.ledger.tables import service_keys, sessions, sign_ins, tokens, users


class People:
    """Where `Roster`s come from, each with the transaction that it lives in. All raise LedgerUnavailable."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @contextmanager
    def reading(self) -> Iterator[Roster]:
        with self.database.reads() as connection:
            yield Roster(connection)

    @contextmanager
    def changing(self) -> Iterator[Roster]:
        """One change after another: what a change was allowed by still holds when it is made."""
        with self.database.writes_alone() as connection:
            yield Roster(connection)

    @contextmanager
    def noting(self) -> Iterator[Roster]:
        """For what nothing is decided by, such as when a token was last used."""
        with self.database.writes() as connection:
            yield Roster(connection)

    def names(self) -> dict[str, str]:
        """Of all users, by their ids."""
        with self.reading() as roster:
            return {user.id: user.name for user in roster.users()}

    def key(self, name: str, offered: str, now: datetime) -> str:
        """The key that all instances share: the one that is kept, or else from now on `offered`."""
        kept = select(service_keys.c.value).where(service_keys.c.name == name)
        with self.database.reads() as connection:
            found = connection.execute(kept).scalar_one_or_none()
        if found is not None:
            return str(found)
        row = {"name": name, "value": offered, "created_at": now}
        with self.database.writes() as connection:
            connection.execute(inserted_once(self.database.kind, service_keys, "name"), row)
            return str(connection.execute(kept).scalar_one())


class Roster:
    """What stands in the tables of people, seen and changed in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def users(self) -> tuple[User, ...]:
        return tuple(_user(row) for row in self._rows(select(users).order_by(users.c.name)))

    def user(self, user_id: str) -> User | None:
        return self._one_user(users.c.id == user_id) if _askable(user_id) else None

    def user_named(self, name: str) -> User | None:
        return self._one_user(users.c.name == name) if _askable(name) else None

    def user_of(self, subject: str) -> User | None:
        return self._one_user(users.c.subject == subject) if _askable(subject) else None

    def admins(self) -> int:
        """How many users could still put everything right."""
        counted = select(func.count()).where(users.c.role == Role.ADMIN.value, users.c.disabled_at.is_(None))
        return int(self._connection.execute(counted).scalar_one())

    def add_user(self, user: User) -> None:
        self._insert(users, user)

    def change_user(self, user_id: str, **columns: Any) -> None:
        self._connection.execute(update(users).where(users.c.id == user_id).values(_plain(columns)))

    def bearer(self, token_id: str) -> tuple[Token, User] | None:
        """A token and whose it is."""
        return self._owned(tokens, tokens.c.id == token_id, _token) if _askable(token_id) else None

    def tokens_of(self, user_id: str) -> tuple[Token, ...]:
        asked = select(tokens).where(tokens.c.user_id == user_id).order_by(tokens.c.created_at, tokens.c.id)
        return tuple(_token(row) for row in self._rows(asked))

    def add_token(self, token: Token) -> None:
        self._insert(tokens, token)

    def revoke(self, now: datetime, *, token_id: str | None = None, user_id: str | None = None) -> None:
        """One token, or all of a user's; what was revoked before stays as it was."""
        which = tokens.c.id == token_id if token_id is not None else tokens.c.user_id == user_id
        self._connection.execute(update(tokens).where(which, tokens.c.revoked_at.is_(None)).values(revoked_at=now))

    def token_used(self, token_id: str, now: datetime) -> None:
        self._connection.execute(update(tokens).where(tokens.c.id == token_id).values(last_used_at=now))

    def session(self, digest: str) -> tuple[Session, User] | None:
        """A session and whose it is."""
        return self._owned(sessions, sessions.c.digest == digest, lambda row: Session(**row))

    def open_session(self, session: Session) -> None:
        self._insert(sessions, session)

    def session_seen(self, digest: str, now: datetime) -> None:
        self._connection.execute(update(sessions).where(sessions.c.digest == digest).values(seen_at=now))

    def end_session(self, digest: str, now: datetime) -> None:
        running = update(sessions).where(sessions.c.digest == digest, sessions.c.ended_at.is_(None))
        self._connection.execute(running.values(ended_at=now))

    def end_sessions(self, user_id: str, now: datetime) -> None:
        running = update(sessions).where(sessions.c.user_id == user_id, sessions.c.ended_at.is_(None))
        self._connection.execute(running.values(ended_at=now))

    def note(self, line: SignIn) -> None:
        written = self._connection.execute(insert(sign_ins).returning(sign_ins), _plain(asdict(line))).one()
        await_seal(self._connection, KINDS["sign-in"], [written._mapping], line.at)

    def notes(self, name_digest: str) -> tuple[SignIn, ...]:
        """All that is on record under a name, the oldest first."""
        asked = select(sign_ins).where(sign_ins.c.name_digest == name_digest).order_by(sign_ins.c.number)
        return tuple(_line(row) for row in self._rows(asked))

    def noted_since(self, name_digest: str, events: Sequence[str], since: datetime) -> tuple[SignIn, ...]:
        """Lines of these kinds at or after `since`, the oldest first."""
        asked = (
            select(sign_ins)
            .where(sign_ins.c.name_digest == name_digest, sign_ins.c.event.in_(events), sign_ins.c.at >= since)
            .order_by(sign_ins.c.number)
        )
        return tuple(_line(row) for row in self._rows(asked))

    def sign_ins(self, before: int | None, most: int) -> tuple[tuple[int, SignIn], ...]:
        """Of all names, the newest first, with their numbers; below `before`, if given."""
        asked = select(sign_ins).order_by(sign_ins.c.number.desc()).limit(most)
        if before is not None:
            asked = asked.where(sign_ins.c.number < before)
        return tuple((row["number"], _line(row)) for row in self._rows(asked))

    def _rows(self, asked: Any) -> Sequence[RowMapping]:
        return self._connection.execute(asked).mappings().all()

    def _one_user(self, which: Any) -> User | None:
        return next((_user(row) for row in self._rows(select(users).where(which))), None)

    def _owned(self, table: Table, which: Any, made: Any) -> Any:
        """A row of `table` and the user that it belongs to, in one statement."""
        mine = [column.label(f"mine_{column.name}") for column in table.columns]
        asked = select(*mine, users).join_from(table, users).where(which)
        for row in self._rows(asked):
            own = {name.removeprefix("mine_"): value for name, value in row.items() if name.startswith("mine_")}
            theirs = {name: value for name, value in row.items() if not name.startswith("mine_")}
            return made(own), _user(theirs)
        return None

    def _insert(self, table: Table, record: User | Token | Session) -> None:
        self._connection.execute(insert(table), _plain(asdict(record)))


def _plain(columns: dict[str, Any]) -> dict[str, Any]:
    """psycopg writes an enumeration's member by its name, where its value is meant."""
    return {name: value.value if isinstance(value, Role) else value for name, value in columns.items()}


def _askable(text: str) -> bool:
    """PostgreSQL refuses to be asked for a null or half a surrogate, and nothing is kept under such text."""
    return text.isprintable()


def _user(row: Any) -> User:
    return User(**{**row, "role": Role(row["role"])})


def _token(row: Any) -> Token:
    return Token(**{**row, "role": Role(row["role"])})


def _line(row: Any) -> SignIn:
    return SignIn(**{name: value for name, value in row.items() if name != "number"})
