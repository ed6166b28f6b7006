"""A process that writes to a ledger, for tests that race or kill it. Run as `writer.py MODE URL NAME`.

race:  waits for a line, records one entry under a key that all share, prints `new|replayed ID`.
asked: for each line [caller, key, digest] records an entry and prints what came of it, as JSON.
fork:  records an entry, forks three times, records twenty on each side, prints how the children ended.
batch: records batches of seven until killed, printing each batch's number once it is acknowledged.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime

from service.ledger import Entry, Ledger, Recorded, new_decision_id


def entry(caller: str, key: str | None, answer: bytes = b"{}", digest: str = "digest") -> Entry:
    now = datetime.now(UTC)
    return Entry(
        id=new_decision_id(now),
        recorded_at=now,
        caller=caller,
        idempotency_key=key,
        request_digest=digest,
        book="agency",
        version="sha256:1",
        as_of=now.date(),
        outcome="quote",
        client_id="c-1",
        currency="EUR",
        target=1,
        rules=("a",),
        request=b"{}",
        facts=b"{}",
        answer=answer,
    )


def race(ledger: Ledger, name: str) -> None:
    ledger.ready()
    print("ready", flush=True)
    for round_ in sys.stdin:
        keys = [f"{round_.strip()}-{n}" for n in range(5)]
        # The two run through the keys in opposite order: batches that took them as given would wait in a circle.
        results = ledger.record([entry("racers", key) for key in (keys if name == "a" else reversed(keys))])
        assert all(isinstance(result, Recorded) for result in results)
        told = sorted((r.entry.idempotency_key, r.decision_id, r.replayed) for r in results)
        print(*(f"{id_}:{'replayed' if replayed else 'new'}" for _, id_, replayed in told), flush=True)


def asked(ledger: Ledger, name: str) -> None:
    for line in sys.stdin:
        caller, key, digest = json.loads(line)
        (result,) = ledger.record([entry(caller, key, digest=digest)])
        told = {"told": "refused", "id": result.decision_id}
        if isinstance(result, Recorded):
            told |= {"told": "replayed" if result.replayed else "new", "answer": result.answer.decode()}
        print(json.dumps(told), flush=True)


def batch(ledger: Ledger, name: str) -> None:
    number = 0
    while True:
        number += 1
        ledger.record([entry(f"{name}-{number}", None, answer=b"x" * 5000) for _ in range(7)])
        print(number, flush=True)


def fork(ledger: Ledger, name: str) -> None:
    ledger.record([entry(name, None)])
    children = []
    for number in range(3):
        child = os.fork()
        if child == 0:
            _record_twenty(ledger, str(number))
            os._exit(0)
        children.append(child)
    _record_twenty(ledger, "parent")
    print([os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children], flush=True)


def _record_twenty(ledger: Ledger, caller: str) -> None:
    for number in range(20):
        ledger.record([entry(caller, str(number))])
    ledger.close()


if __name__ == "__main__":
    mode, url, own_name = sys.argv[1:]
    {"race": race, "batch": batch, "asked": asked, "fork": fork}[mode](Ledger(url), own_name)
