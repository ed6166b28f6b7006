"""Files of the firm's books over HTTP."""

from __future__ import annotations

import pytest

CSV = {"Content-Type": "text/csv"}
HEAD = "client_id,day,amount,currency\n"


def test_rows_come_in_and_refused_lines_are_told(client):
    answer = client.post(
        "/clients/imports/payments?source=bank.csv",
        data=HEAD + "c-1,2026-01-02,12.30,EUR\nc-2,2026-01-02,twelve,EUR\n",
        headers=CSV,
    )
    assert answer.status_code == 201
    told = answer.json
    assert told["taken"] == {"rows": 1, "sums": {"EUR": 1230}}
    assert told["refused"] == {"rows": 1, "sums": {}}
    assert told["refused_lines"] == [{"line": 3, "reason": "amount: 'twelve' is not a sum such as -1234.50"}]


def test_columns_and_manner_come_from_the_query(client):
    answer = client.post(
        "/clients/imports/payments?map=amount%3DBetrag&currency=EUR&decimal_comma=true&dates=%25d.%25m.%25Y",
        data="client_id;day;Betrag\nc-1;31.12.2025;1,50\n", headers=CSV,
    )  # fmt: skip
    assert answer.json["taken"] == {"rows": 1, "sums": {"EUR": 150}}


@pytest.mark.parametrize(
    ("path", "headers", "data", "status", "code"),
    [
        ("/clients/imports/orders", CSV, HEAD, 404, "no-such-kind"),
        ("/clients/imports/payments", CSV, "client_id,day\n", 400, "unreadable-file"),
        ("/clients/imports/payments?map=amount", CSV, HEAD, 400, "bad-query"),
        ("/clients/imports/payments?map=price%3DBetrag", CSV, HEAD, 400, "bad-query"),
        ("/clients/imports/payments?currency=XYZ", CSV, HEAD, 400, "bad-query"),
        ("/clients/imports/payments", {"Content-Type": "application/json"}, "{}", 415, "unsupported-media-type"),
    ],
)
def test_what_is_refused(client, path, headers, data, status, code):
    answer = client.post(path, data=data, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (status, code)
