"""A service's decisions, sealed at once by a key of the tests."""

from __future__ import annotations

from flask import Flask

from service.api.services import EXTENSION
from service.ledger.log.keys import signer_for
from service.ledger.log.sealing import Sealer

from .conftest import NOW

SEED = bytes(range(32))


def seal(app: Flask) -> None:
    database = app.extensions[EXTENSION].ledger.database
    signer = signer_for(database, SEED, "a test", NOW)
    while Sealer(database, signer, lambda: NOW).seal():
        pass
