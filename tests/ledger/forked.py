"""A process that forks in the middle of a commit; its child commits too. Exit status 0 where both have."""

from __future__ import annotations

import os
import sys
import threading

from service.ledger import Ledger
from service.ledger.group_commit import GroupCommit
from tests.ledger.conftest import an_entry
from tests.ledger.test_group_commit import Gated


def main(url: str) -> int:
    gated = Gated(Ledger(url).record)
    commits = GroupCommit(gated)  # type: ignore[arg-type]
    parents = threading.Thread(target=commits.record, args=([an_entry()],))
    parents.start()
    assert gated.entered.wait(30)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            status = 0 if commits.record([an_entry()])[0].replayed is False else 2
        finally:
            os._exit(status)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    gated.gate.set()
    parents.join(30)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
