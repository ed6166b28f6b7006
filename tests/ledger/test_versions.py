"""A book's content is kept once, from when it was first seen."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import create_engine, select

from service.ledger.tables import policy_versions


def test_a_version_is_kept_as_first_seen(ledger, url, entry):
    seen = entry().recorded_at
    ledger.remember_version("agency", "sha256:2", b"second", seen)
    ledger.remember_version("agency", "sha256:2", b"ignored", seen + timedelta(days=1))
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = connection.execute(select(policy_versions).where(policy_versions.c.version == "sha256:2")).all()
    engine.dispose()
    assert [tuple(row) for row in rows] == [("sha256:2", "agency", b"second", seen)]
