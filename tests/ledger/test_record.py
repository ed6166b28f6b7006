"""What is recorded is found again, a repetition is answered as the first time, a batch is all or nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from service.ledger import KeyReused, new_decision_id


def test_a_recorded_decision_is_found_as_it_was(ledger, entry):
    full = entry(
        recorded_at=datetime(2026, 3, 2, 9, 30, 15, 123456, tzinfo=UTC),
        idempotency_key="k-1",
        as_of=date(2026, 2, 28),
        client_id="Žaneta ☂",
        target=10**12,
        request=bytes(range(256)),
    )
    (made,) = ledger.record([full])
    assert (made.entry, made.replayed, made.kept) == (full, False, True)
    assert ledger.find(full.id) == made


def test_a_decision_without_a_price_has_no_target(ledger, entry):
    declined = entry(outcome="decline", target=None)
    ledger.record([declined])
    assert ledger.find(declined.id).entry.target is None


def test_moments_are_kept_in_utc(ledger, entry):
    local = entry(recorded_at=datetime(2026, 3, 2, 11, 0, tzinfo=timezone(timedelta(hours=2))))
    ledger.record([local])
    assert ledger.find(local.id).entry.recorded_at.isoformat() == "2026-03-02T09:00:00+00:00"


@pytest.mark.parametrize("unknown", ["", "nothing", "\0", "x" * 5000])
def test_an_unknown_id_is_none(ledger, unknown):
    assert ledger.find(unknown) is None


def test_results_come_in_the_order_of_the_entries(ledger, entry):
    entries = [entry(idempotency_key=key) for key in ("z", None, "a", "m", None)]
    assert [r.decision_id for r in ledger.record(entries)] == [e.id for e in entries]


def test_nothing_to_record(ledger, count):
    assert ledger.record([]) == ()
    assert count() == 0


def test_the_same_body_under_the_same_key_gets_the_first_answer(ledger, entry, count):
    first = entry(idempotency_key="k", answer=b'{"n":1}')
    (made,) = ledger.record([first])
    (again,) = ledger.record([entry(idempotency_key="k", answer=b'{"n":2}')])
    assert (again.replayed, again.decision_id, again.answer) == (True, first.id, made.answer)
    assert made.answer.startswith(b'{"n":1,"receipt":{"leaf":"')
    assert count() == 1


def test_another_body_under_the_same_key_is_refused(ledger, entry, count):
    first = entry(idempotency_key="k")
    ledger.record([first])
    (refused,) = ledger.record([entry(idempotency_key="k", request_digest="another")])
    assert refused == KeyReused("shop", "k", first.id)
    assert count() == 1


def test_a_key_belongs_to_its_caller(ledger, entry, count):
    results = ledger.record([entry(idempotency_key="k", caller="a"), entry(idempotency_key="k", caller="b")])
    assert [r.replayed for r in results] == [False, False]
    assert count() == 2


def test_without_a_key_nothing_is_a_repetition(ledger, entry, count):
    ledger.record([entry(), entry()])
    assert count() == 2


def test_repetitions_within_one_batch(ledger, entry, count):
    first = entry(idempotency_key="k")
    same, other = entry(idempotency_key="k"), entry(idempotency_key="k", request_digest="another")
    made, again, refused = ledger.record([first, same, other])
    assert (made.entry, made.replayed) == (first, False)
    assert again == replace(made, replayed=True)
    assert refused == KeyReused("shop", "k", first.id)
    assert count() == 1


def test_a_batch_larger_than_one_statement(ledger, entry, count):
    old = [entry(idempotency_key=f"k{n}") for n in range(0, 2500, 2)]
    ledger.record(old)
    results = ledger.record([entry(idempotency_key=f"k{n}") for n in range(2500)])
    assert [r.replayed for r in results] == [n % 2 == 0 for n in range(2500)]
    assert count() == 2500


def test_a_fault_in_one_entry_leaves_none_of_its_batch(ledger, entry, count):
    known = entry()
    ledger.record([known])
    with pytest.raises(IntegrityError):
        ledger.record([entry(), entry(id=known.id), entry()])
    with pytest.raises(IntegrityError):
        ledger.record([entry(id="twice"), entry(id="twice")])
    with pytest.raises(IntegrityError):
        ledger.record([entry(), entry(version="never remembered")])
    assert count() == 1
    assert ledger.record([entry()])[0].replayed is False


_REQUESTS = st.tuples(st.sampled_from("ab"), st.sampled_from("kl"), st.sampled_from("xy"))
_BATCHES = st.lists(st.lists(_REQUESTS, max_size=6))


@given(batches=_BATCHES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_of_batches_agrees_with_a_dictionary(ledger, entry, batches):
    run = new_decision_id(datetime.now(UTC))  # keys of one example must not meet those of another
    model: dict[tuple[str, str], tuple[str, str]] = {}
    for batch in batches:
        entries = [
            entry(caller=caller, idempotency_key=f"{run}-{key}", request_digest=digest) for caller, key, digest in batch
        ]
        expected = []
        for (caller, key, digest), made in zip(batch, entries, strict=True):
            first_digest, first_id = model.setdefault((caller, key), (digest, made.id))
            verdict = "new" if first_id == made.id else "replayed" if first_digest == digest else "refused"
            expected.append((verdict, first_id))
        assert [(_verdict(r), r.decision_id) for r in ledger.record(entries)] == expected


def _verdict(result):
    if isinstance(result, KeyReused):
        return "refused"
    return "replayed" if result.replayed else "new"


def test_the_latest_of_some_books_the_newest_first(ledger, entry):
    ledger.remember_version("bureau", "sha256:2", b"other", datetime(2026, 3, 2, tzinfo=UTC))
    names = [f"{number:032}" for number in range(4)]
    books = ["agency", "bureau", "agency", "agency"]
    ledger.record([entry(id=name, book=book) for name, book in zip(names, books, strict=True)])
    assert [found.id for found in ledger.latest(["agency"], 2)] == [names[3], names[2]]
    assert [found.id for found in ledger.latest(["bureau", "agency"], 9)] == names[::-1]
    assert ledger.latest([], 9) == ()


def test_the_content_of_a_version(ledger):
    assert (ledger.content("sha256:1"), ledger.content("sha256:9")) == (b"content", None)
