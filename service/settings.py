"""The environment as frozen settings. Every bad value is told at once, with its variable and what to write instead."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from limits import parse as parse_rate

T = TypeVar("T")
MEBIBYTE = 1024 * 1024
SHIPPED_BOOK = Path(__file__).resolve().parent.parent / "policies" / "agency"
FOLDER, LEDGER = SOURCES = ("folder", "ledger")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


CHECKED = "QUOTEWRIGHT_CHECKED"
"""Set by who has checked the book and migrated the ledger just before, so that a start does it once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`trusted_proxies`: how many proxies in front may be believed about the caller's address.

    `policy_source`: `folder`, the book in `policy_book` is what is in force, or `ledger`, what was released is.
    `policy_name`: which of several books of the ledger is served; empty: the folder's, or the only one.
    `shared_folder`: where the workers of one service share their counters; None: one process alone.
    `policy_poll_seconds`: how often each worker looks for a change of what is in force; 0: never.
    """

    database_url: str = "sqlite:///var/quotewright.db"
    policy_source: str = "folder"
    policy_book: Path = SHIPPED_BOOK
    policy_name: str = ""
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    threads: int = 16
    max_body_bytes: int = MEBIBYTE
    max_batch_bytes: int = 64 * MEBIBYTE
    rate_limit: str = "6000/minute"
    trusted_proxies: int = 0
    log_level: str = "INFO"
    policy_poll_seconds: float = 0.5
    shared_folder: Path | None = None


@dataclass(frozen=True, slots=True)
class BadVariable:
    name: str
    value: str
    fix: str

    def __str__(self) -> str:
        return f"{self.name}={self.value!r} can't be used: {self.fix}"


class SettingsRefused(Exception):
    """At least one environment variable that can't be used."""

    def __init__(self, variables: list[BadVariable]) -> None:
        self.variables = tuple(variables)
        super().__init__("\n".join(map(str, variables)))


@dataclass(frozen=True, slots=True)
class _Variable:
    """How the text of a variable becomes a setting; `read` raises ValueError where it doesn't."""

    read: Callable[[str], Any]
    fix: str


def from_environment(environment: Mapping[str, str]) -> Settings:
    """The settings that the variables give; unset or empty ones keep their default. Raises SettingsRefused."""
    values: dict[str, Any] = {}
    refused = []
    for field in fields(Settings):
        name = VARIABLE_NAMES.get(field.name, field.name.upper())
        text = environment.get(name, "").strip()
        if not text:
            continue
        variable = _VARIABLES[field.name]
        try:
            values[field.name] = variable.read(text)
        except ValueError:
            shown = text if field.name != "database_url" else "..."
            refused.append(BadVariable(name, shown, variable.fix))
    if refused:
        raise SettingsRefused(refused)
    return Settings(**values)


def _between(read: Callable[[str], T], low: T, high: T) -> Callable[[str], T]:
    def ranged(text: str) -> T:
        value = read(text)
        if not low <= value <= high:  # type: ignore[operator]
            raise ValueError(text)
        return value

    return ranged


def _folder(text: str) -> Path:
    path = Path(text).expanduser().resolve()
    if not path.is_dir():
        raise ValueError(text)
    return path


def _rate(text: str) -> str:
    parse_rate(text)
    return text


def _source(text: str) -> str:
    if text.lower() not in SOURCES:
        raise ValueError(text)
    return text.lower()


def _level(text: str) -> str:
    if text.upper() not in LOG_LEVELS:
        raise ValueError(text)
    return text.upper()


def _url(text: str) -> str:
    if "://" not in text:
        raise ValueError(text)
    return text


def _whole(low: int, high: int) -> _Variable:
    return _Variable(_between(int, low, high), f"write a whole number from {low} to {high}")


VARIABLE_NAMES = {"shared_folder": "QUOTEWRIGHT_SHARED_FOLDER"}
_VARIABLES: dict[str, _Variable] = {
    "database_url": _Variable(_url, "write sqlite:///FILE or postgresql://USER@HOST/DATABASE"),
    "policy_source": _Variable(_source, f"write one of {', '.join(SOURCES)}"),
    "policy_name": _Variable(str, "write the name of a book, as its book.yaml has it"),
    "policy_book": _Variable(_folder, "write the path of a folder that holds a policy book"),
    "host": _Variable(str, "write an address to listen on, such as 127.0.0.1"),
    "port": _whole(1, 65_535),
    "workers": _whole(1, 64),
    "threads": _whole(1, 256),
    "max_body_bytes": _whole(1_024, 64 * MEBIBYTE),
    "max_batch_bytes": _whole(1_024, 1_024 * MEBIBYTE),
    "rate_limit": _Variable(_rate, "write a number of requests per period, such as 600/minute"),
    "trusted_proxies": _whole(0, 10),
    "log_level": _Variable(_level, f"write one of {', '.join(LOG_LEVELS)}"),
    "policy_poll_seconds": _Variable(_between(float, 0.0, 3_600.0), "write seconds from 0 (never) to 3600"),
    "shared_folder": _Variable(_folder, "write the path of a folder that exists"),
}
