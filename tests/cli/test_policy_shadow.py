"""`quotewright policy shadow`, `shadow-report` and `shadow-end`, without a service."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from service.domain.shadow import Trial
from service.ledger import Database
from service.ledger.shadow import ShadowRuns

from .test_policy import Run, changed, database, policy, released  # noqa: F401 - fixtures


def tried(run_id: str, number: int, candidate: str, target: int | None) -> Trial:
    return Trial(
        run_id=run_id,
        decision_id=f"d-{number}",
        tried_at=datetime(2026, 3, 2, 12, 0, tzinfo=UTC),
        version="sha256:released",
        released_outcome="quote",
        candidate_outcome=candidate,
        currency="EUR",
        released_target=300_000,
        candidate_target=target,
        fired_before=(),
        fired_after=("[red] alert",) if target != 300_000 else (),
        differs=target != 300_000,
    )


def test_a_trial_from_first_to_last(policy: Run, released: str, changed: Path, database: str) -> None:  # noqa: F811
    version = policy("ann", "draft", changed, "--note", "Less credit").stdout.strip()
    begun = policy("ann", "shadow", version[7:15], "--share", 25, "--note", "before spring").stdout
    run = begun.partition(":")[0]
    assert begun == f"{run}: {version} is being tried on 25 % of the requests.\n"
    assert "end that first" in policy("max", "shadow", released, code=1).stderr
    trials = [tried(run, 1, "quote", 300_000), tried(run, 2, "quote", 310_050), tried(run, 3, "decline", None)]
    ledger = Database(database)
    ShadowRuns(ledger).record(trials)
    ledger.close()
    lines = [" ".join(line.split()) for line in policy("ann", "shadow-report").stdout.splitlines()]
    assert "3 requests tried, 2 decided otherwise" in lines
    assert any(line.startswith(version) and line.endswith("and goes on (UTC)") for line in lines)
    assert "│ 2 │ 6,000.00 EUR │ 6,100.50 EUR │ 100.50 EUR │" in lines
    assert "│ quote │ decline │ 1 │" in lines
    assert "│ [red] alert │ 0 │ 2 │" in lines
    told = json.loads(policy("ann", "shadow-report", run, "--json").stdout)
    assert (told["run"]["share"], told["run"]["note"], told["tried"], told["differing"]) == (
        2_500, "before spring", 3, 2,
    )  # fmt: skip
    assert policy("max", "shadow-end").stdout == f"{run}: ended.\n"
    assert "No version is being tried" in policy("max", "shadow-end", code=1).stderr
    assert "until 20" in policy("ann", "shadow-report").stdout


def test_what_is_refused(policy: Run, released: str) -> None:  # noqa: F811
    assert "There is no such trial" in policy("ann", "shadow-report", code=1).stderr
    assert "There is no such trial" in policy("ann", "shadow-report", "nothing", code=1).stderr
    assert "There is no version abcdef" in policy("ann", "shadow", "abcdef", code=1).stderr
    for command in (("shadow", released), ("shadow-end",)):
        assert "needs the role manager" in policy("quinn", *command, code=1).stderr
    for share in (0, 101, "half"):
        assert "Usage: quotewright policy shadow" in policy("ann", "shadow", released, "--share", share, code=2).stderr
