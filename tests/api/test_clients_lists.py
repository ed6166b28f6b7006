"""Lists of all clients over HTTP, and the categories that were drawn of them in decisions."""

from __future__ import annotations

import shutil
from datetime import date

import pytest
from click.testing import CliRunner

from service.cli.command import quotewright
from service.ledger.books import Books

CSV = {"Content-Type": "text/csv"}
PAID = "client_id,day,amount,currency\n" + "".join(f"c{n},2026-02-10,{100 - n},EUR\n" for n in range(10))
ASKED = "as_of=2026-03-02&few=5"


@pytest.fixture
def paid(client):
    client.post("/clients/imports/payments", data=PAID, headers=CSV)
    return client


def test_a_list_as_json_and_csv(paid):
    rows = paid.get(f"/clients/lists/categories?{ASKED}&limit=3").json
    assert [(row["client_id"], row["category"], row["measure"]) for row in rows] == [
        ("c0", "vip", 10_000), ("c1", "vip", 9_900), ("c2", "regular", 9_800),
    ]  # fmt: skip
    text = paid.get(f"/clients/lists/pareto?{ASKED}&format=csv").text.splitlines()
    assert text[:2] == ["clients,share_of_clients,share_of_measure", "1,1000,1047"]


@pytest.mark.parametrize("name", ["months", "overlap", "attention", "activity", "due"])
def test_every_list_answers_empty_books(client, name):
    answer = client.get(f"/clients/lists/{name}")
    assert answer.status_code == 200
    assert isinstance(answer.json, list)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/clients/lists/everybody", 404, "no-such-list"),
        ("/clients/lists/pareto?measure=love", 400, "bad-query"),
        ("/clients/lists/pareto?currency=EU';--", 400, "bad-query"),
        ("/clients/lists/pareto?months=0", 400, "bad-query"),
    ],
)
def test_what_is_refused(client, path, status, code):
    answer = client.get(path)
    assert (answer.status_code, answer.json["code"]) == (status, code)


def test_the_policy_says_how_lists_are_drawn(book, request):
    """The tiny book with a third of those who paid as VIPs from March on; half a client is rounded up: 3 of 10."""
    parameters = book / "parameters.yaml"
    text = parameters.read_text().replace(
        "parameters:\n",
        "parameters:\n  list_vip_share: {type: percent, practice: C1, values: {2026-03-01: '33 %'}, meaning: VIPs.}\n"
        "  list_few: {type: count, practice: C1, values: {2026-01-01: 5}, meaning: A handful.}\n",
    )
    parameters.write_text(text)
    client = request.getfixturevalue("client")
    client.post("/clients/imports/payments", data=PAID, headers=CSV)

    def vips(asked):
        rows = client.get(f"/clients/lists/categories?{asked}").json
        return [row["client_id"] for row in rows if row["category"] == "vip"]

    assert vips("as_of=2026-03-02") == ["c0", "c1", "c2"]
    assert vips("as_of=2026-03-02&vip_share=1000") == ["c0"]
    assert vips("as_of=2026-03-02&few=11") == []
    assert client.get("/clients/lists/categories?as_of=2026-03-02&often=1").json["code"] == "bad-query"


def test_the_command_draws_by_its_book(paid, book, database):
    """33 % of ten who paid, half a client rounded up, are three; an option goes before the book."""
    parameters = book / "parameters.yaml"
    share = "{type: percent, practice: C1, values: {2026-01-01: '33 %'}, meaning: VIPs.}"
    parameters.write_text(parameters.read_text().replace("parameters:\n", f"parameters:\n  list_vip_share: {share}\n"))
    asked = ("clients", "draw", "--as-of", "2026-03-02", "--few", "5", "--book", str(book))
    for more, told in (((), "3 vip"), (("--vip-share", "10"), "1 vip")):
        ran = CliRunner().invoke(quotewright, [*asked, "--database", f"sqlite:///{database}", *more])
        assert ran.output.startswith(f"Drawn on 2026-03-02: {told}, ")


class TestFilesThatCanNotBeUsed:
    """They lie beside a SQLite ledger, and may be deleted at any time."""

    @pytest.fixture
    def folder(self, paid, database):
        return database.with_name(f"{database.name}.books")

    def refused(self, paid, path="/clients/lists/pareto", **headers):
        answer = paid.get(f"{path}?{ASKED}", headers=headers)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "1"
        return answer

    def test_a_file_stands_where_they_should_lie(self, paid, folder):
        folder.write_text("")
        told = self.refused(paid).json
        assert told["code"] == "lists-unavailable"
        assert str(folder) not in told["detail"]
        folder.unlink()
        assert paid.get(f"/clients/lists/pareto?{ASKED}").status_code == 200

    def test_one_is_damaged(self, paid, folder):
        assert paid.get(f"/clients/lists/pareto?{ASKED}").status_code == 200
        (file,) = folder.glob("payments-*.parquet")
        file.write_bytes(b"not a file of Parquet")
        page = self.refused(paid, "/clients", Accept="text/html")
        assert page.mimetype == "text/html"
        assert "can&#39;t be worked out just now" in page.text
        shutil.rmtree(folder)
        assert paid.get(f"/clients?{ASKED}").status_code == 200

    def test_the_command_says_which(self, paid, folder, database):
        folder.write_text("")
        ran = CliRunner().invoke(quotewright, ["clients", "list", "pareto", "--database", f"sqlite:///{database}"])
        assert ran.exit_code == 1
        assert ran.output == f"{folder}: File exists\n"


def test_a_decision_goes_by_the_newest_list_of_its_day(app, paid, body):
    books = Books(app.extensions["quotewright"].ledger.database)
    books.keep_categories(date(2026, 2, 1), [("c0", "regular")])
    books.keep_categories(date(2026, 3, 1), [("c0", "vip"), ("c1", "other")])
    books.keep_categories(date(2026, 3, 1), [("c0", "vip")])
    body["client"] = {"id": "c0"}
    for as_of, category in (("2026-02-20", "regular"), ("2026-03-02", "vip")):
        decision = paid.post("/evaluate", json={**body, "as_of": as_of}).json
        assert "client.category" in decision["from_books"]["taken"]
        entry = app.extensions["quotewright"].ledger.find(decision["decision_id"]).entry
        assert f'"client.category":"{category}"'.encode() in entry.facts
