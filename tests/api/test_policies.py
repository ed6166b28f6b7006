"""/policies: from draft to release by HTTP, what is told of each version, and every no with its code."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from service.policy.loader import read_folder

from .asking import Person, signed_in
from .conftest import service

Draft = dict[str, Any]


@pytest.fixture
def app(book: Path, database: Path) -> Flask:
    return signed_in(service(book, database))


@pytest.fixture
def ann(app: Flask) -> Person:
    return Person(app, "ann")


@pytest.fixture
def fiona(app: Flask) -> Person:
    return Person(app, "fiona")


@pytest.fixture
def files(book: Path) -> dict[str, str]:
    return {name: raw.decode() for name, raw in read_folder(book).items()}


def limited(files: dict[str, str], limit: str) -> dict[str, str]:
    """With another credit limit than 500.00."""
    return {name: text.replace('"500.00"', f'"{limit}"') for name, text in files.items()}


def approved(ann: Person, fiona: Person, files: dict[str, str]) -> str:
    version: str = ann.post("/policies", files=files, note="why").json["version"]
    assert ann.post(f"/policies/{version}/check").status_code == 200
    assert ann.post(f"/policies/{version}/submit").status_code == 200
    assert fiona.post(f"/policies/{version}/approve").status_code == 200
    return version


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]


def test_from_draft_to_release(
    app: Flask, ann: Person, fiona: Person, files: dict[str, str], body: dict[str, Any]
) -> None:
    first = ann.get("/policies/in-force").json["version"]
    drafted = ann.post("/policies", files=limited(files, "400.00"), note="Less credit")
    assert drafted.status_code == 201
    version = drafted.json["version"]
    assert drafted.headers["Location"] == f"/policies/{version}"
    assert (drafted.json["state"], drafted.json["author"], drafted.json["parent"]) == ("draft", "u-ann", first)
    again = ann.post("/policies", files=limited(files, "400.00"), note="Once more")
    assert (again.status_code, again.json) == (200, drafted.json)
    assert ann.post(f"/policies/{version}/check").json["state"] == "checked"
    submitted = ann.post(f"/policies/{version}/submit", note="please").json
    assert submitted["required"] == {
        "role": "finance",
        "against": first,
        "because": [{"subject": "parameter", "name": "credit_limit", "effect": "", "line": "", "role": "finance"}],
    }
    assert submitted["actions"] == [{"action": "approve", "role": "finance"}, {"action": "reject", "role": "manager"}]
    assert code(ann.post(f"/policies/{version}/approve")) == (403, "four-eyes")
    assert code(Person(app, "max").post(f"/policies/{version}/approve")) == (403, "role-too-low")
    assert fiona.post(f"/policies/{version}/approve", note="agreed").json["state"] == "approved"
    released = fiona.post(f"/policies/{version}/release")
    assert (released.status_code, released.json["state"]) == (200, "released")
    assert ann.get("/readyz").json["policy"]["version"] == version
    assert app.test_client().post("/evaluate", json=body).json["policy"]["version"] == version
    back = fiona.post(f"/policies/{first}/roll-back", note="Clients left")
    assert (back.status_code, back.json["state"]) == (200, "released")
    assert app.test_client().post("/evaluate", json=body).json["policy"]["version"] == first


def test_a_schedule(ann: Person, fiona: Person, files: dict[str, str]) -> None:
    version = approved(ann, fiona, limited(files, "400.00"))
    first = ann.get("/policies/in-force").json["version"]
    scheduled = fiona.post(f"/policies/{version}/release", effective_from="2026-04-01")
    assert scheduled.json["state"] == "scheduled"
    assert scheduled.json["actions"] == [{"action": "withdraw", "role": "finance"}]
    assert ann.get("/policies/in-force?as_of=2026-03-31").json["version"] == first
    assert ann.get("/policies/in-force?as_of=2026-04-01").json["version"] == version
    told = ann.get("/policies/timeline").json["timeline"]
    assert [(span["version"], span["effective_from"], span["until"]) for span in told] == [
        (first, "0001-01-01", "2026-04-01"), (version, "2026-04-01", None),
    ]  # fmt: skip
    assert code(ann.post(f"/policies/{version}/withdraw", note="no")) == (403, "role-too-low")
    assert fiona.post(f"/policies/{version}/withdraw", note="put off").json["state"] == "withdrawn"
    assert len(ann.get("/policies/timeline").json["timeline"]) == 1
    assert len(ann.get("/policies/timeline?known_at=2026-03-01T00:00:00Z").json["timeline"]) == 0


def test_a_rejection_has_a_reason(ann: Person, fiona: Person, files: dict[str, str]) -> None:
    version = ann.post("/policies", files=limited(files, "400.00"), note="x").json["version"]
    ann.post(f"/policies/{version}/check")
    ann.post(f"/policies/{version}/submit")
    assert code(fiona.post(f"/policies/{version}/reject")) == (422, "invalid-request")
    rejected = fiona.post(f"/policies/{version}/reject", note="Too little").json
    assert (rejected["state"], rejected["steps"][-1]["note"]) == ("rejected", "Too little")
    assert code(fiona.post(f"/policies/{version}/release")) == (409, "not-approved")
    assert ann.post(f"/policies/{version}/submit", note="Think again").json["state"] == "submitted"


def test_a_broken_draft_is_told_with_every_finding(ann: Person, files: dict[str, str]) -> None:
    files["accept.yaml"] = files["accept.yaml"].replace("job.line_count", "job.line_cuont")
    files["parameters.yaml"] = files["parameters.yaml"].replace('"500.00"', '"5 %"')
    answer = ann.post("/policies", files=files, note="x")
    assert code(answer) == (422, "book-refused")
    assert {(f["pointer"], f["code"]) for f in answer.json["findings"]} == {
        ("/files/accept.yaml", "unknown-name"), ("/files/parameters.yaml", "wrong-value"),
    }  # fmt: skip
    assert all(f["message"].startswith("line ") for f in answer.json["findings"])
    assert len(ann.get("/policies").json["versions"]) == 1


def test_a_failed_check_is_told_and_changes_nothing(ann: Person, files: dict[str, str]) -> None:
    files = {name: text.replace("outcome: quote", "outcome: decline") for name, text in files.items()}
    version = ann.post("/policies", files=files, note="x").json["version"]
    answer = ann.post(f"/policies/{version}/check")
    assert code(answer) == (422, "book-refused")
    assert {f["code"] for f in answer.json["findings"]} == {"case-differs"}
    assert ann.get(f"/policies/{version}").json["state"] == "draft"


@pytest.mark.parametrize(
    ("draft", "pointer", "finding"),
    [
        ({"files": {}, "note": " "}, "/note", "blank-text"),
        ({"files": {}}, "/note", "missing-field"),
        ({"note": "x"}, "/files", "missing-field"),
        ({"files": [], "note": "x"}, "/files", "wrong-type"),
        ({"files": {"../evil.yaml": ""}, "note": "x"}, "/files/..~1evil.yaml", "bad-file-name"),
        ({"files": {"book.txt": ""}, "note": "x"}, "/files/book.txt", "bad-file-name"),
        ({"files": {"book.yaml": 1}, "note": "x"}, "/files/book.yaml", "wrong-type"),
        ({"files": {}, "note": "x", "why": 1}, "/why", "unknown-field"),
    ],
)
def test_drafts_that_are_none(ann: Person, draft: Draft, pointer: str, finding: str) -> None:
    answer = ann.post("/policies", **draft)
    assert answer.status_code == 422
    assert (pointer, finding) in {(f["pointer"], f["code"]) for f in answer.json["findings"]}


def test_another_book(ann: Person, files: dict[str, str]) -> None:
    files["book.yaml"] = files["book.yaml"].replace("name: tiny", "name: other")
    assert code(ann.post("/policies", files=files, note="x")) == (409, "other-book")


def test_versions_in_pages(ann: Person, fiona: Person, files: dict[str, str]) -> None:
    drafted = [ann.post("/policies", files=limited(files, f"40{n}.00"), note="x").json["version"] for n in range(5)]
    every = ann.get("/policies").json
    assert [version["version"] for version in every["versions"]][:5] == drafted[::-1]
    assert every["next"] is None
    seen: list[str] = []
    before = ""
    while True:
        page = ann.get(f"/policies?limit=2&{before}").json
        seen += [version["version"] for version in page["versions"]]
        if page["next"] is None:
            break
        before = f"before={page['next']}"
    assert seen == [version["version"] for version in every["versions"]]
    assert [v["state"] for v in ann.get("/policies?state=released").json["versions"]] == ["released"]
    assert len(ann.get("/policies?state=draft&limit=3").json["versions"]) == 3
    for query in ("state=new", "limit=0", "limit=x", "before=-1", "limit=201"):
        assert code(ann.get(f"/policies?{query}")) == (400, "bad-query")


def test_the_files_come_back_as_they_were_written(ann: Person, files: dict[str, str]) -> None:
    files["accept.yaml"] = "# why we accept\n" + files["accept.yaml"].replace("Taught us", "They taught us")
    version = ann.post("/policies", files=files, note="x").json["version"]
    answer = ann.get(f"/policies/{version}/files")
    assert answer.content_type == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert {name: archive.read(name).decode() for name in archive.namelist()} == files


def test_what_a_version_changes(ann: Person, files: dict[str, str]) -> None:
    first = ann.get("/policies/in-force").json["version"]
    version = ann.post("/policies", files=limited(files, "400.00"), note="x").json["version"]
    told = ann.get(f"/policies/{version}/diff").json
    assert (told["before"]["version"], told["after"]["version"]) == (first, version)
    assert [change["name"] for change in told["changes"]] == ["credit_limit"]
    assert told["behaviour"] == []
    (behaviour,) = ann.get(f"/policies/{version}/diff?cases=true&against={first}").json["behaviour"]
    assert behaviour["asked"] == 2
    assert ann.get(f"/policies/{first}/diff").json["same"] is True
    assert code(ann.get(f"/policies/{version}/diff?against=sha256:0")) == (404, "no-such-version")


def test_a_version_that_there_is_not(ann: Person, fiona: Person) -> None:
    assert code(ann.get("/policies/sha256:0")) == (404, "no-such-version")
    assert code(ann.get("/policies/sha256:0/files")) == (404, "no-such-version")
    for step in ("check", "submit", "approve", "reject", "release", "withdraw", "roll-back"):
        assert code(fiona.post(f"/policies/sha256:0/{step}", note="x")) == (404, "no-such-version")


def test_bad_days(ann: Person) -> None:
    for query in ("as_of=yesterday", "known_at=2026-03-01", "as_of=2026-02-30"):
        assert code(ann.get(f"/policies/in-force?{query}")) == (400, "bad-query")


def test_who_may_look(app: Flask) -> None:
    for path in ("", "/in-force", "/timeline", "/sha256:0", "/sha256:0/files", "/sha256:0/diff"):
        assert Person(app, "quinn").get(f"/policies{path}").status_code == 403


def test_with_sign_in_off_drafts_may_be_tried_and_nothing_else(
    book: Path, database: Path, files: dict[str, str], body: dict[str, Any]
) -> None:
    client: FlaskClient = service(book, database).test_client()
    version = client.post("/policies", json={"files": limited(files, "400.00"), "note": "x"}).json["version"]
    assert client.post(f"/policies/{version}/check", json={}).json["state"] == "checked"
    for step in ("submit", "approve", "reject", "release", "withdraw", "roll-back"):
        assert code(client.post(f"/policies/{version}/{step}", json={"note": "x"})) == (403, "sign-in-off")
    tried = client.post("/preview", json={"request": {**body, "policy_version": version}})
    assert (tried.status_code, tried.json["policy"]["version"]) == (200, version)
    refused = client.post("/evaluate", json={**body, "policy_version": version})
    assert [f["code"] for f in refused.json["findings"]] == ["unknown-policy-version"]
    unknown = client.post("/preview", json={"request": {**body, "policy_version": "sha256:0"}})
    assert [f["pointer"] for f in unknown.json["findings"]] == ["/request/policy_version"]


def test_answers_are_as_documented(ann: Person, fiona: Person, files: dict[str, str]) -> None:
    document = ann.get("/openapi.json").json
    version = approved(ann, fiona, limited(files, "400.00"))
    for name, path in (
        ("Version", f"/policies/{version}"), ("Versions", "/policies"), ("Timeline", "/policies/timeline"),
        ("InForce", "/policies/in-force"),
    ):  # fmt: skip
        validator = Draft202012Validator({"$ref": f"#/components/schemas/{name}", **document})
        assert [error.message for error in validator.iter_errors(ann.get(path).json)] == []
    taking = [
        path["post"] for name, path in document["paths"].items() if name.startswith("/policies") and "post" in path
    ]
    assert len(taking) >= 8
    for operation in taking:
        media = operation["requestBody"]["content"]["application/json"]
        validator = Draft202012Validator({**media["schema"], **document})
        assert [error.message for error in validator.iter_errors(media["example"])] == [], operation["summary"]
