"""The environment as frozen settings. Every bad value is told at once, with its variable and what to write instead."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from limits import parse as parse_rate

from service.domain.people import Role

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
    `seal_seconds`: how often what was recorded is sealed; 0: never.
    `ledger_key`: signs checkpoints; empty: the one in `ledger_key_file`, which is made where there is none.
    `checkpoint_publish`: files and addresses that are told of checkpoints.
    `retention_days`: what decisions say in words is dropped when it is older; 0: never.
    `spark_master`: who works out the lists of clients instead of DuckDB, as Spark names it; empty: nobody.
    `session_key`: signs cookies; empty: one that is made once and kept in the database.
    `oidc_roles`: values of the claim `oidc_role_claim` and the roles that they give.
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
    seal_seconds: float = 0.5
    ledger_key: str = field(default="", repr=False)
    ledger_key_file: Path | None = None
    checkpoint_publish: tuple[str, ...] = ()
    retention_days: int = 0
    spark_master: str = ""
    shared_folder: Path | None = None
    sign_in: bool = False
    session_key: str = field(default="", repr=False)
    public_url: str = ""
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = field(default="", repr=False)
    oidc_role_claim: str = "groups"
    oidc_roles: tuple[tuple[str, Role], ...] = ()

    @property
    def loopback(self) -> bool:
        """Whether only this machine can ask."""
        try:
            return self.host == "localhost" or ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return False


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
    for setting in fields(Settings):
        name = VARIABLE_NAMES.get(setting.name, setting.name.upper())
        text = environment.get(name, "").strip()
        if not text:
            continue
        variable = _VARIABLES[setting.name]
        try:
            values[setting.name] = variable.read(text)
        except ValueError:
            shown = "..." if setting.name in _SECRET else text
            refused.append(BadVariable(name, shown, variable.fix))
    settings = Settings(**values)
    refused += _at_odds(settings)
    if refused:
        raise SettingsRefused(refused)
    return settings


def _at_odds(settings: Settings) -> Iterator[BadVariable]:
    """Values that can't stand together."""
    if not settings.sign_in and not settings.loopback:
        yield BadVariable(
            "HOST",
            settings.host,
            "with sign-in off only this machine may ask. Listen on 127.0.0.1, or set SIGN_IN=on and make the first "
            "admin with `quotewright init`",
        )
    if settings.spark_master and find_spec("pyspark") is None:
        yield BadVariable("SPARK_MASTER", settings.spark_master, "install quotewright[spark], or leave it unset")
    if settings.spark_master and not settings.database_url.startswith("sqlite"):
        yield BadVariable(
            "SPARK_MASTER", settings.spark_master,
            "Spark reads files that lie beside a SQLite ledger; PostgreSQL is asked itself, so leave it unset",
        )  # fmt: skip
    if settings.oidc_issuer:
        for name in ("oidc_client_id", "oidc_client_secret", "oidc_roles", "public_url"):
            if not getattr(settings, name):
                yield BadVariable(
                    name.upper(), "", "with OIDC_ISSUER set it must be set too; docs/sign-in.md shows how"
                )


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


def _file(text: str) -> Path:
    return Path(text).expanduser().resolve()


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


def _switch(text: str) -> bool:
    states = {"on": True, "off": False}
    if text.lower() not in states:
        raise ValueError(text)
    return states[text.lower()]


def _web_address(text: str) -> str:
    """Without the slash at its end. An issuer's keys must not come over a line that others write on."""
    url = urlsplit(text)
    if url.scheme not in ("https", "http") or not url.hostname or url.query or url.fragment:
        raise ValueError(text)
    if url.scheme == "http" and not (url.hostname == "localhost" or ip_address(url.hostname).is_loopback):
        raise ValueError(text)
    return text.rstrip("/")


def _long_key(text: str) -> str:
    if len(text) < 32:
        raise ValueError(text)
    return text


def _targets(text: str) -> tuple[str, ...]:
    targets = tuple(target.strip() for target in text.split(",") if target.strip())
    for target in targets:
        if "://" in target:
            _web_address(target)
    return targets


def _roles(text: str) -> tuple[tuple[str, Role], ...]:
    pairs = [part.rpartition(":") for part in text.split(",") if part.strip()]
    if not pairs or not all(value.strip() for value, _, _ in pairs):
        raise ValueError(text)
    return tuple((value.strip(), Role(role.strip())) for value, _, role in pairs)


def _whole(low: int, high: int) -> _Variable:
    return _Variable(_between(int, low, high), f"write a whole number from {low} to {high}")


_SECRET = frozenset({"database_url", "ledger_key", "session_key", "oidc_client_secret"})
"""Settings of which no message shows the value."""

_HTTPS = "write an address such as https://{}; http only on this machine"
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
    "seal_seconds": _Variable(_between(float, 0.0, 60.0), "write seconds from 0 (never) to 60"),
    "ledger_key": _Variable(str, "write 32 random bytes in base64: openssl rand -base64 32"),
    "ledger_key_file": _Variable(_file, "write the path of the file that holds the key"),
    "checkpoint_publish": _Variable(_targets, "write paths of files or https addresses, several with commas"),
    "retention_days": _whole(0, 36_500),
    "spark_master": _Variable(str, "write how Spark names it, such as local[2]"),
    "shared_folder": _Variable(_folder, "write the path of a folder that exists"),
    "sign_in": _Variable(_switch, "write on or off"),
    "session_key": _Variable(_long_key, "write at least 32 characters drawn by chance: openssl rand -hex 32"),
    "public_url": _Variable(_web_address, _HTTPS.format("quotes.firm.example")),
    "oidc_issuer": _Variable(_web_address, _HTTPS.format("id.firm.example/realms/firm")),
    "oidc_client_id": _Variable(str, "write the id that the provider knows this service by"),
    "oidc_client_secret": _Variable(str, "write the secret that the provider gave for it"),
    "oidc_role_claim": _Variable(str, "write the name of a claim, such as groups"),
    "oidc_roles": _Variable(_roles, f"write VALUE:ROLE, several with commas; roles are {', '.join(Role)}"),
}
