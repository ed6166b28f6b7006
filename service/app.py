"""The only wiring: settings in, a Flask application out. Everything that the endpoints use is made here."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask_smorest import Api
from werkzeug.middleware.proxy_fix import ProxyFix

from service import logs
from service.api import (
    access,
    batch,
    clients,
    clients_import,
    clients_lists,
    decisions,
    docs_page,
    evaluate,
    health,
    me,
    outcomes,
    overrides,
    policies,
    policy_steps,
    problems,
    proof,
    replays,
    request_log,
    searching,
    shadow_runs,
    users,
)
from service.api.gate import Gate
from service.api.knowing import Knowing
from service.api.policy_source import policy_in_force
from service.api.rate import RateLimit
from service.api.recording import Recorder
from service.api.retaining import Retaining
from service.api.roles_documented import Roles
from service.api.sealing import Sealing
from service.api.services import EXTENSION, Services
from service.api.shadowing import Shadow
from service.governance.outcomes import Ended
from service.governance.overriding import Overriding
from service.governance.rules_known import RulesKnown
from service.governance.standing import Governing
from service.ledger import Database, Entry, Erasures, Ledger, Outcomes, Overrides, People, PolicyRegister
from service.ledger.books import Books
from service.ledger.giving import Giving
from service.ledger.group_commit import GroupCommit
from service.ledger.log.keys import signer_by
from service.ledger.log.publishing import publisher
from service.ledger.log.sealing import Sealer
from service.ledger.retention import Retention
from service.ledger.shadow import ShadowRuns
from service.matching.runtimes import Policy
from service.metrics import Metrics
from service.pages import (
    assets,
    audit,
    faults,
    preview,
    printed,
    reports,
    sign_in,
    sign_in_elsewhere,
    version_steps,
    versions,
)
from service.pages import client as client_page
from service.pages import clients as clients_page
from service.pages import decision as decision_page
from service.pages.provider import Provider
from service.pages.sessions import Sessions
from service.people.passwords import Passwords
from service.people.remembered import Bearers
from service.settings import Settings, from_environment

_OPENAPI = {
    "API_TITLE": "Quotewright",
    "API_VERSION": "1",
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": "/",
    "OPENAPI_JSON_PATH": "openapi.json",
    "API_SPEC_OPTIONS": {"info": {"description": "Decides on quote requests by a written policy, and says why."}},
}


class _Application(Flask):
    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """None of our views and hooks is a coroutine; Flask looks at five of them in each request."""
        return func


def create_app(settings: Settings | None = None, now: Callable[[], datetime] | None = None) -> Flask:
    """The service by `settings`, or by the environment. Call it after a fork, never before.

    Raises SettingsRefused, LedgerUrlRefused; where no policy is to be had, what `policy_in_force` raises.
    """
    settings = settings or from_environment(os.environ)
    logs.configure(settings.log_level)
    app = _Application(__name__, static_folder=None)
    app.config.update(_OPENAPI)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    at = _services(settings, now or _now)
    app.extensions[EXTENSION] = at
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies)  # type: ignore[method-assign]
    request_log.register(app, at.metrics)
    rate = RateLimit(settings)
    _routed(app)
    access.register(app, _doors_opened(app, at, rate) if settings.sign_in else None, rate)
    problems.register(app)
    if settings.policy_poll_seconds:
        at.policy.watch(settings.policy_poll_seconds)
    return app


def _now() -> datetime:
    return datetime.now(UTC)


def _services(settings: Settings, now: Callable[[], datetime]) -> Services:
    metrics, ledger = Metrics(), Ledger(settings.database_url)
    # Databases of their own: what is in force is asked for, and decisions are written, while others use the ledger's
    # connections.
    governing = Governing(PolicyRegister(Database(settings.database_url)), now)
    writer = GroupCommit(Ledger(settings.database_url))
    policy = policy_in_force(settings, governing, metrics)
    if settings.seal_seconds:
        _sealing(settings, metrics, now).watch(settings.seal_seconds)
    if settings.retention_days:
        Retaining(Retention(Database(settings.database_url)), settings.retention_days, now).watch()
    runs = ShadowRuns(Database(settings.database_url))
    shadow = Shadow(runs, policy.book, policy.opened.of, metrics, now)
    if settings.policy_poll_seconds:
        shadow.watch()
    beside, ends = Overrides(ledger.database), Outcomes(ledger.database)

    def decision(id: str) -> Entry | None:
        recorded = ledger.find(id)
        return recorded.entry if recorded else None

    def opened(version: str) -> Policy:
        return policy.opened.of(version).policy

    return Services(
        settings=settings,
        policy=policy,
        governing=governing,
        ledger=ledger,
        people=People(ledger.database),
        passwords=Passwords(),
        knowing=Knowing(Books(ledger.database), Giving(ledger.database)),
        recorder=Recorder(ledger, writer, metrics, now, shadow.offer),
        overriding=Overriding(decision, opened, beside),
        overrides=beside,
        endings=Ended(decision, ends),
        outcomes=ends,
        erasures=Erasures(ledger.database),
        shadow_runs=runs,
        rules_known=RulesKnown(governing.register, governing.editions),
        metrics=metrics,
        now=now,
    )


def _sealing(settings: Settings, metrics: Metrics, now: Callable[[], datetime]) -> Sealing:
    """Raises KeyRefused."""
    database = Database(settings.database_url)
    signer = signer_by(settings.ledger_key, settings.ledger_key_file, database, now())
    return Sealing(
        Sealer(database, signer, now), [publisher(target) for target in settings.checkpoint_publish], metrics
    )


def _routed(app: Flask) -> None:
    api = Api(app, spec_kwargs={"extra_plugins": [Roles(app)]})
    # Each endpoint documents its own errors.
    api.DEFAULT_ERROR_RESPONSE_NAME = None
    deciding = (evaluate, batch, searching, decisions, proof, replays, overrides, outcomes)
    for room in (
        *deciding,
        clients,
        clients_import,
        clients_lists,
        policies,
        policy_steps,
        shadow_runs,
        me,
        users,
        health,
    ):
        api.register_blueprint(room.blueprint)
    app.register_blueprint(docs_page.blueprint)
    pages = (preview, audit, decision_page, reports, clients_page, client_page, versions, version_steps, printed)
    for shown in (*pages, assets):
        app.register_blueprint(shown.blueprint)
    faults.register(app, frozenset(shown.blueprint.name for shown in pages))


def _doors_opened(app: Flask, at: Services, rate: RateLimit) -> Gate:
    """The pages by which people come in, and the gate that knows them again."""
    sessions = Sessions(app, at.settings, at.people, at.now)
    provider = Provider(app, at.settings) if at.settings.oidc_issuer else None
    app.extensions[sign_in.EXTENSION] = sign_in.Doors(sessions, rate, provider)
    app.register_blueprint(sign_in.blueprint)
    if provider:
        app.register_blueprint(sign_in_elsewhere.blueprint)
    return Gate(Bearers(at.people, at.now), sessions, rate)
