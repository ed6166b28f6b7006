"""What the endpoints work with, handed to them by `app.py`. Knows what there is, not how it is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import current_app

from service.api.knowing import Knowing
from service.api.policy_in_force import PolicyInForce
from service.api.recording import Recorder
from service.governance.outcomes import Ended
from service.governance.overriding import Overriding
from service.governance.rules_known import RulesKnown
from service.governance.standing import Governing
from service.ledger import Erasures, Ledger, Outcomes, Overrides, People
from service.ledger.shadow import ShadowRuns
from service.metrics import Metrics
from service.people.passwords import Passwords
from service.settings import Settings

EXTENSION = "quotewright"


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """`now`: the clock, aware."""

    settings: Settings
    policy: PolicyInForce
    governing: Governing
    ledger: Ledger
    people: People
    passwords: Passwords
    knowing: Knowing
    recorder: Recorder
    overriding: Overriding
    overrides: Overrides
    endings: Ended
    outcomes: Outcomes
    erasures: Erasures
    shadow_runs: ShadowRuns
    rules_known: RulesKnown
    metrics: Metrics
    now: Callable[[], datetime]


def services() -> Services:
    return cast(Services, current_app.extensions[EXTENSION])
