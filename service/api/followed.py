"""What is in force, as one process knows it at one moment: which version decides which day. Never changed, replaced."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from schemas.findings import Finding
from schemas.request import BookChecks, Members
from service.domain.timeline import Timeline
from service.governance.editions import Unusable
from service.opened_versions import OpenedVersions
from service.opening import InForce


@dataclass(frozen=True, slots=True)
class Followed:
    """As known after the book's step `newest`, seen on the day `today`. Take it once per decision.

    `passed_over`: versions in whose place `current` decides, because they can't be used. `ahead`: those to open before
    they are needed.
    """

    newest: int
    today: date
    timeline: Timeline
    current: InForce
    passed_over: frozenset[str]
    ahead: tuple[str, ...]
    opened: OpenedVersions

    @property
    def zone(self) -> tzinfo:
        return self.current.checks.zone

    def on(self, as_of: date, known_at: datetime | None) -> InForce | None:
        """Who decides on a day; None before the first release. Raises Unusable, LedgerUnavailable."""
        release = self.timeline.in_force(as_of, known_at)
        if release is None:
            return None
        if release.version == self.current.checks.version or release.version in self.passed_over:
            return self.current
        return self.opened.of(release.version)

    def deciding(self, members: Members, as_of: date) -> BookChecks | Finding:
        found = self.on(as_of, members.get("known_at"))
        return found.checks if found else too_early(members)


def too_early(members: Members) -> Finding:
    if members.get("known_at"):
        return Finding(
            "/known_at", "nothing-in-force", "No version of the policy was known then that holds on that day.",
            "Give a later moment, or a later day.",
        )  # fmt: skip
    return Finding(
        "/as_of", "nothing-in-force", "No version of the policy is in force on that day.",
        "Give a day from the first release on; GET /policies/timeline tells which that is.",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Named:
    """As `followed`, but a request may name any stored version, drafts too, and is then decided by it."""

    followed: Followed

    @property
    def zone(self) -> tzinfo:
        return self.followed.zone

    def on(self, version: str | None, as_of: date, known_at: datetime | None) -> InForce | None:
        """Raises Unusable, LedgerUnavailable."""
        return self.followed.opened.of(version) if version else self.followed.on(as_of, known_at)

    def deciding(self, members: Members, as_of: date) -> BookChecks | Finding:
        try:
            found = self.on(members.get("policy_version"), as_of, members.get("known_at"))
        except Unusable:
            return Finding(
                "/policy_version", "unknown-policy-version", "There is no such version, or it can't be used.",
                "Take one that GET /policies lists, or leave the field out.",
            )  # fmt: skip
        return found.checks if found else too_early(members)
