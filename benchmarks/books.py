"""Books of any size, the same on every run, and requests to put to them. Knows nothing of how they are evaluated."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from random import Random

import yaml

from service.policy.loader import read_folder

ROOT = Path(__file__).parent.parent
AGENCY = ROOT / "policies" / "agency"
_SKELETON = ROOT / "tests" / "books" / "tiny"
_OWN_RULES = 10
"""How many rules the skeleton has by itself."""

_EFFECTS = {
    "accept": "approvals: senior",
    "price": "markup: 1",
    "concede": "discount: 2",
    "terms": "milestones: 3",
}
_NUMBERS = {
    "client.months_active": 40,
    "client.orders": 30,
    "firm.backlog_days": 30,
    "firm.clients": 60,
    "job.duration_days": 40,
    "job.line_count": 8,
    "hassle.recent.changed_decisions": 20,
}
_CHOICES = {
    "client.category": ("vip", "good", "regular", "other"),
    "client.relationship": ("unknown", "seeker", "loyal", "exploiter", "one_off"),
    "job.scope": ("complete", "detailed", "defined", "outline", "concept"),
    "deal.stage": ("inquiry", "negotiation", "ready"),
}


def agency() -> dict[str, bytes]:
    return read_folder(AGENCY)


def skeleton() -> dict[str, bytes]:
    return read_folder(_SKELETON)


def of_rules(conditions: Mapping[str, str]) -> dict[str, bytes]:
    """A book whose only rules are these: id -> condition, all in one stage."""
    others = ("cases/", "accept.yaml", "price.yaml", "concede.yaml", "terms.yaml")
    files = {name: text for name, text in read_folder(_SKELETON).items() if not name.startswith(others)}
    rules = [
        {"id": id, "practice": "P3", "when": when, "then": {"markup": 1}, "reason": id}
        for id, when in conditions.items()
    ]
    return files | {"rules.yaml": yaml.safe_dump({"stage": "price", "rules": rules}, width=10_000).encode()}


def generated(rules: int) -> dict[str, bytes]:
    """A book of `rules` rules: each a band of a number, a choice and now and then a sum or a flag."""
    files = {name: text for name, text in read_folder(_SKELETON).items() if not name.startswith("cases/")}
    random = Random(rules)
    stages = tuple(_EFFECTS)
    written: dict[str, list[str]] = {stage: [] for stage in stages}
    for number in range(rules - _OWN_RULES):
        stage = stages[number % len(stages)]
        written[stage].append(_rule(random, stage, number))
    for stage, texts in written.items():
        files[f"generated-{stage}.yaml"] = f"stage: {stage}\nrules:\n{''.join(texts)}".encode()
    return files


def _rule(random: Random, stage: str, number: int) -> str:
    fact = random.choice(tuple(_NUMBERS))
    least = random.randrange(_NUMBERS[fact])
    clauses = [f"{fact} >= {least}", f"{fact} < {least + random.randint(1, 6)}"]
    choice = random.choice(tuple(_CHOICES))
    clauses.append(f"{choice} == '{random.choice(_CHOICES[choice])}'")
    if random.random() < 0.3:
        clauses.append(f"job.cost >= {random.randrange(5000)}.00")
    if random.random() < 0.2:
        clauses.append("!deal.asked_discount")
    when = " && ".join(clauses)
    return (
        f'  - id: generated-{number}\n    practice: P3\n    when: "{when}"\n'
        f"    then: {{{_EFFECTS[stage]}}}\n    reason: Generated rule {number}\n"
    )


def requests() -> dict[str, bytes]:
    """The bodies of the sample requests, by name."""
    return {path.stem: path.read_bytes() for path in sorted((ROOT / "examples").glob("*.json"))}
