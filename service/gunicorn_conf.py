"""gunicorn's configuration: `gunicorn -c python:service.gunicorn_conf wsgi:app`. Settings come from the environment.

Before it forks, the master checks the settings, loads the book once and migrates the ledger, so that a fault ends
with exit status 1 and one clear message; and it tells the workers which book they serve. Each worker then builds its
own application: a rule engine, a database connection and a thread don't survive a fork.
"""

from __future__ import annotations

import gc
import os
import shutil
import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

SHARED = "QUOTEWRIGHT_SHARED_FOLDER"
METRICS = "PROMETHEUS_MULTIPROC_DIR"
COLLECTED_AFTER = (20_000, 10, 10)
"""Objects gained before the garbage collector looks; Python's 700 are as many as a few requests hold at a time."""

_made_here = SHARED not in os.environ
if _made_here:
    os.environ[SHARED] = tempfile.mkdtemp(prefix="quotewright-")
_folder = Path(os.environ[SHARED])
# prometheus-client looks for it once, when it is imported.
os.environ[METRICS] = str(_folder / "metrics")
(_folder / "metrics").mkdir(exist_ok=True)

from gunicorn.glogging import Logger  # noqa: E402

from service.logs import GUNICORN_LOGGING  # noqa: E402
from service.settings import CHECKED, FOLDER, SettingsRefused, from_environment  # noqa: E402


def _settings() -> Any:
    try:
        return from_environment(os.environ)
    except SettingsRefused as refused:
        _give_up(str(refused))


def _give_up(message: str) -> None:
    print(message, file=sys.stderr, flush=True)
    _tidy()
    raise SystemExit(1)


def _tidy() -> None:
    if _made_here:
        shutil.rmtree(_folder, ignore_errors=True)


class NoAccessLog(Logger):
    """The service writes a line for each request by itself."""

    def access(self, *_: Any) -> None:
        """Gunicorn would gather what such a line could say, even where it goes nowhere."""


_set = _settings()
bind = f"{_set.host}:{_set.port}"
workers = _set.workers
worker_class = "service.worker.CarryingWorker"
threads = _set.threads
keepalive = 15
graceful_timeout = 30
worker_tmp_dir = str(_folder)
logconfig_dict = GUNICORN_LOGGING
logger_class = NoAccessLog
# A socket in the home directory by which the master could be steered: nobody here asks for one.
control_socket_disable = True
# Trusted proxies are counted by TRUSTED_PROXIES alone.
forwarded_allow_ips = ""


def on_starting(server: Any) -> None:
    from service.api import rate
    from service.ledger import Database, LedgerUnavailable, LedgerUrlRefused, migrate
    from service.ledger.log.keys import KeyRefused, signer_by
    from service.policy.findings import BookRefused

    rate.prepare(_folder / "rates")
    if os.environ.get(CHECKED):
        return
    try:
        name = _folders_book() if _set.policy_source == FOLDER else ""
        migrate(_set.database_url)
        signer_by(_set.ledger_key, _set.ledger_key_file, Database(_set.database_url), datetime.now(UTC))
        os.environ["POLICY_NAME"] = name or _released_book()
    except BookRefused as refused:
        _give_up(f"The policy book {_set.policy_book} is refused:\n{refused}")
    except (LedgerUnavailable, LedgerUrlRefused) as away:
        _give_up(str(away))
    except KeyRefused as refused:
        _give_up(str(refused))
    except OSError as error:
        _give_up(f"The policy book {_set.policy_book} can't be read: {error.strerror}")


def _folders_book() -> str:
    from service.governance.served import name_refusal
    from service.opening import opened
    from service.policy.loader import read_folder

    name = opened(read_folder(_set.policy_book), _today()).policy.book.name
    other = name_refusal(_set.policy_name, name)
    if other:
        _give_up(other.reason)
    return name


def _released_book() -> str:
    from service.governance.served import NotServed, served_book
    from service.ledger import Database, PolicyRegister

    found = served_book(PolicyRegister(Database(_set.database_url)), _set.policy_name, _today())
    if isinstance(found, NotServed):
        _give_up(f"POLICY_SOURCE is ledger. {found.reason}")
    return str(found)


def _today() -> date:
    return datetime.now(UTC).date()


def post_worker_init(worker: Any) -> None:
    # What is there now stays: no need to look for garbage in it again and again, a tenth of a second each time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTED_AFTER)


def child_exit(server: Any, worker: Any) -> None:
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(server: Any) -> None:
    _tidy()
