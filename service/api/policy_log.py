"""What is told, in log and metrics, when the policy in force changes or can't."""

from __future__ import annotations

import structlog

from service.governance.editions import Unusable
from service.ledger import LedgerUnavailable
from service.metrics import Metrics
from service.opening import InForce
from service.policy.findings import BookRefused


def swapped(metrics: Metrics, in_force: InForce) -> None:
    metrics.reloads.labels("loaded").inc()
    book = in_force.policy.book
    structlog.get_logger().info("policy in force", book=book.name, version=book.version)


def passed_over(metrics: Metrics, unusable: Unusable) -> None:
    metrics.reloads.labels("unusable").inc()
    structlog.get_logger().error("policy version unusable", version=unusable.version, reason=unusable.reason)


def refused(metrics: Metrics, refused: BookRefused, in_force: InForce | None) -> None:
    metrics.reloads.labels("refused").inc()
    version = in_force.policy.book.version if in_force else None
    structlog.get_logger().error("policy refused", findings=list(map(str, refused.findings)), in_force=version)


def unreadable(error: OSError) -> None:
    structlog.get_logger().warning("policy folder unreadable", reason=error.strerror)


def away(away: LedgerUnavailable) -> None:
    structlog.get_logger().error("ledger unavailable", database=away.database, reason=away.reason)
