"""`quotewright audit`: an auditor at the database itself, with a key and checkpoints of his own, or with none."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from schemas.vocabulary import declarations
from service.domain.people import Caller, Role
from service.ledger import Erasures, Ledger, migrate, new_decision_id
from service.ledger.log.keys import seed_in, signer_for
from service.ledger.log.leaves import KINDS
from service.ledger.log.sealing import Sealer
from service.ledger.log.waiting import await_seal
from service.policy.loader import load_book
from tests.agency.shipped import AGENCY
from tests.cli.conftest import Run
from tests.governance.conftest import replaced
from tests.governance.decided import NOW, recorded


class Kept:
    """A ledger with three decisions by the agency's book, sealed by a key file, and the auditor's folder."""

    def __init__(self, folder: Path) -> None:
        self.file, self.folder = folder / "ledger.db", folder
        self.url = f"sqlite:///{self.file}"
        migrate(self.url)
        self.ledger, book = Ledger(self.url), AGENCY.policy.book
        self.ledger.remember_version(book.name, book.version, book.content, NOW)
        made = [recorded(AGENCY.policy, change) for change in ({}, {"client": {"id": "c-2"}}, {"currency": "EUR"})]
        self.answers = []
        for entry in made:
            kept = _again_under_an_id_of_its_own(entry)
            (one,) = self.ledger.record([kept])
            self.answers.append(one)
        self.ids = [one.decision_id for one in self.answers]
        self.seed = seed_in(folder / "ledger.db.key", make=True)
        self.signer = signer_for(self.ledger.database, self.seed, "a test", NOW)
        self.seal()

    def seal(self) -> None:
        Sealer(self.ledger.database, self.signer, lambda: NOW).seal()

    def altered(self, statement: str, *values: object) -> None:
        with sqlite3.connect(self.file) as connection:
            connection.execute(statement, values)

    def written(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path


def _again_under_an_id_of_its_own(entry: Any) -> Any:
    id = new_decision_id(NOW)
    return replace(entry, id=id, answer=entry.answer.replace(b'"d-1"', f'"{id}"'.encode()))


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path)


@pytest.fixture
def audit(run: Run, kept: Kept) -> Run:
    def ran(command: str, *arguments: object) -> Any:
        return run("audit", command, *arguments, "--database", kept.url)

    return ran


def test_a_whole_ledger_is_proved_with_the_auditors_key(audit: Run, kept: Kept) -> None:
    key = kept.written("ledger.pub", audit("key").stdout)
    note = kept.written("notes", audit("checkpoint").stdout)
    proved = audit("verify", "--key", key, "--checkpoint", note)
    assert proved.exit_code == 0, proved.output
    assert proved.stdout.splitlines() == [
        f"Trusted: {kept.signer.verifier}",
        "4 records and 2 signed checkpoints proved.",
    ]
    told = json.loads(audit("verify", "--key", str(kept.signer.verifier), "--json").stdout)
    assert told == {
        "proved": True, "keys": [str(kept.signer.verifier)], "keys_given": True, "records": 4, "checkpoints": 1,
        "wordless": 0, "findings": [],
    }  # fmt: skip


def test_without_a_key_it_says_whom_it_trusts(audit: Run) -> None:
    proved = audit("verify")
    assert proved.exit_code == 0
    assert "the keys that the database names itself" in proved.stdout
    assert "give it with --key" in proved.stdout


ATTACKS = [
    ("UPDATE decisions SET target = 1 WHERE id = ?", "decision {id}, log position 1: edited:"),
    ("DELETE FROM decisions WHERE id = ?", "decision {id}, log position 1: deleted:"),
    ("DELETE FROM log WHERE record_id = ?", "log position 1: log-gap:"),
    ("UPDATE log SET position = position + 10 WHERE record_id = ?", "log position 1: log-gap:"),
    ("UPDATE checkpoints SET note = note || ?", "checkpoint 4: bad-checkpoint:"),
]


@pytest.mark.parametrize(("statement", "line"), ATTACKS)
def test_an_attack_is_told_with_its_place(audit: Run, kept: Kept, statement: str, line: str) -> None:
    kept.altered(statement, kept.ids[1])
    found = audit("verify", "--key", kept.signer.verifier)
    assert found.exit_code == 1
    assert line.format(id=kept.ids[1]) in found.stdout
    assert "NOT PROVED: " in found.stdout


def test_a_version_that_was_changed(audit: Run, kept: Kept) -> None:
    kept.altered("UPDATE policy_versions SET content = x'7b7d'")
    found = audit("verify")
    assert found.exit_code == 1
    assert f"policy version {AGENCY.policy.book.version}: version-changed:" in found.stdout


def test_a_history_rewritten_with_the_key_is_convicted_from_outside(audit: Run, kept: Kept) -> None:
    note = kept.written("notes", audit("checkpoint").stdout)
    for table in ("checkpoints", "log"):
        kept.altered(f"DELETE FROM {table}")
    kept.altered("DELETE FROM decisions WHERE id = ?", kept.ids[2])
    with kept.ledger.database.writes() as connection:
        for name in ("decision", "ledger-key"):
            rows = connection.execute(KINDS[name].table.select()).mappings().all()
            await_seal(connection, KINDS[name], rows, NOW)
    kept.seal()
    assert audit("verify").exit_code == 0
    found = audit("verify", "--key", kept.signer.verifier, "--checkpoint", note)
    assert found.exit_code == 1
    assert "log position 3: cut-off: the checkpoint given, number 1 covers 4 leaves" in found.stdout


def test_a_part_by_positions_or_days(audit: Run, kept: Kept) -> None:
    kept.altered("UPDATE decisions SET target = 1 WHERE id = ?", kept.ids[1])
    assert audit("verify", "--from", 2).exit_code == 0
    assert audit("verify", "--to", 0).exit_code == 0
    found = audit("verify", "--from", 1, "--to", 1)
    assert found.exit_code == 1
    assert "log position 1" in found.stdout
    assert audit("verify", "--from", "2026-03-02", "--to", "2026-03-02").exit_code == 1
    nothing = audit("verify", "--from", "2026-03-03")
    assert nothing.exit_code == 1
    assert "The log holds nothing there" in nothing.stderr


def test_a_receipt_alone(audit: Run, run: Run, kept: Kept) -> None:
    receipt = kept.written("receipt.json", audit("receipt", kept.ids[0]).stdout)
    answer = kept.written("answer.json", kept.answers[0].answer)
    kept.file.rename(kept.folder / "gone")
    asked = ("audit", "verify", "--receipt", receipt, "--key", kept.signer.verifier)
    proved = run(*asked, "--answer", answer)
    assert (proved.exit_code, proved.stdout) == (0, f"{receipt}: proved.\n")
    other = run(*asked, "--answer", kept.written("answer.json", kept.answers[1].answer))
    assert other.exit_code == 1
    assert "bad-receipt: the answer isn't the one that was recorded" in other.stdout
    for broken in ("{", "[]", '{"entry": 1}', receipt.read_text().replace('"position": 0', '"position": "0"')):
        kept.written("broken.json", broken)
        refused = run("audit", "verify", "--receipt", kept.folder / "broken.json", "--key", kept.signer.verifier)
        assert refused.exit_code == 1, broken
        assert "bad-receipt" in refused.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--from", "yesterday"), "neither a position nor a day"),
        (("--from", "2026-02-30"), "neither a position nor a day"),
        (("--key", "nonsense"), "the key is not an Ed25519 public key"),
        (("--answer", "README.md"), "--receipt FILE"),
        (("--receipt", "README.md"), "give it with --key"),
        (("--receipt", "README.md", "--from", "1"), "verified alone"),
        (("--checkpoint", "README.md", "--key", "nonsense"), "name+id+key"),
    ],
)
def test_wrong_usage(run: Run, root: Path, arguments: tuple[str, ...], told: str) -> None:
    result = run("audit", "verify", *(str(root / word) if word == "README.md" else word for word in arguments))
    assert result.exit_code == 2
    assert told in " ".join(result.stderr.split())


def test_erased_words_are_counted_and_no_finding(audit: Run, kept: Kept) -> None:
    Erasures(kept.ledger.database).erase("c-2", "u-ada", "asked for", NOW)
    kept.seal()
    assert audit("verify").exit_code == 0
    replayed = audit("replay", "--since", "2026-03-01")
    assert replayed.exit_code == 0
    assert replayed.stdout == "3 decisions: 2 the same to the byte, 0 not, 1 whose words were erased.\n"


def test_replays_find_what_the_policy_never_decided(audit: Run, kept: Kept) -> None:
    assert audit("replay").stdout == "3 decisions: 3 the same to the byte, 0 not, 0 whose words were erased.\n"
    forged = _again_under_an_id_of_its_own(recorded(AGENCY.policy))
    forged = replace(forged, answer=forged.answer.replace(b'"target":300000', b'"target":290000'))
    kept.ledger.record([forged])
    kept.seal()
    assert audit("verify").exit_code == 0
    found = audit("replay")
    assert found.exit_code == 1
    assert f"decision {forged.id}: differs: Target 2,900.00 EUR → 3,000.00 EUR (+100.00 EUR)" in found.stdout
    kept.altered("UPDATE decisions SET body = x'01' WHERE id = ?", kept.ids[0])
    told = json.loads(audit("replay", "--json").stdout)
    assert sorted(one["code"] for one in told["findings"]) == ["differs", "unreadable"]  # ids of one moment
    assert audit("replay", "--since", "2026-03-03").stdout.startswith("0 decisions")


def test_a_replay_holds_what_reports_sum_up_against_the_answers(audit: Run, kept: Kept) -> None:
    added = "INSERT INTO concessions VALUES (?, 'discount', 5, NULL, 'a')"
    kept.altered(added, kept.ids[1])
    told = json.loads(audit("replay", "--json").stdout)
    assert [(one["code"], one["place"]) for one in told["findings"]] == [
        ("concessions-differ", f"decision {kept.ids[1]}")
    ]


def test_a_replay_by_another_version(audit: Run, kept: Kept) -> None:
    hopeless = "hopeless_budget: {type: count, practice: P7, values: {2026-01-01: %d}"
    files = replaced(AGENCY.files, (hopeless % 3, hopeless % 4))
    book = load_book(files, declarations())
    kept.ledger.remember_version(book.name, book.version, book.content, NOW)
    told = audit("replay", "--by", book.version)
    assert told.exit_code == 0, told.output
    assert f"B: by {book.version[:19]}" in told.stdout
    assert "3 asked of both: 0 differ in outcome or price" in told.stdout
    as_json = json.loads(audit("replay", "--by", book.version[:20], "--json").stdout)
    assert as_json["behaviour"]["totals"][0]["priced_by_both"] == 3
    assert "There is no version" in audit("replay", "--by", "abcdef0").stderr


@pytest.mark.parametrize("format", ["csv", "jsonl", "xlsx", "parquet"])
def test_an_export_and_its_manifest(audit: Run, kept: Kept, format: str) -> None:
    out = kept.folder / "out"
    result = audit("export", "--format", format, "--out", out, "--client", "c-1", "--not-overridden")
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in out.iterdir()) == [f"decisions.{format}", "manifest.json"]
    manifest = json.loads((out / "manifest.json").read_text())
    content = (out / f"decisions.{format}").read_bytes()
    assert manifest["sha256"] == hashlib.sha256(content).hexdigest()
    assert (manifest["rows"], manifest["filters"]) == (2, {"client": "c-1", "overridden": "false"})
    assert manifest["checkpoint"] == audit("checkpoint").stdout


def test_an_export_that_can_not_be_written(audit: Run, kept: Kept) -> None:
    (kept.folder / "file").write_text("")
    assert audit("export", "--out", kept.folder / "file" / "below").exit_code == 1


def test_another_key_takes_over(audit: Run, run: Run, kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.cli.audit.acting_as", lambda database, role: Caller("u-ada", "Ada", Role.ADMIN))
    old = str(kept.signer.verifier)
    rotated = audit("rotate-key", kept.folder / "next.key")
    assert rotated.exit_code == 0, rotated.output
    new = rotated.stdout.strip()
    assert (kept.folder / "next.key").stat().st_mode & 0o777 == 0o600
    keys = audit("key").stdout
    assert [line for line in keys.splitlines() if not line.startswith("#")] == [old, new]
    assert "by u-ada" in keys
    for key in (old, new):
        assert audit("verify", "--key", key).exit_code == 0
    again = audit("rotate-key", kept.folder / "next.key")
    assert "it is there already" in again.stderr
    os.rename(kept.folder / "ledger.db.key", kept.folder / "old.key")
    unknown = audit("rotate-key", kept.folder / "third.key")
    assert "ledger.db.key is no file" in unknown.stderr
    assert not (kept.folder / "ledger.db.key").exists()
    assert not (kept.folder / "third.key").exists()


def test_somebody_must_answer_for_a_rotation(audit: Run, kept: Kept) -> None:
    assert "run `quotewright init` first" in audit("rotate-key", kept.folder / "next.key").stderr
    assert not (kept.folder / "next.key").exists()


def test_of_an_empty_ledger(run: Run, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/empty.db"
    migrate(url)
    assert "no key yet" in run("audit", "key", "--database", url).stderr
    assert "Nothing has been sealed" in run("audit", "checkpoint", "--database", url).stderr
    assert "no decision x" in run("audit", "receipt", "x", "--database", url).stderr
    assert run("audit", "verify", "--database", url).exit_code == 0
