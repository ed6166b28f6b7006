"""Which rules belong to a practice or ask for an approval, as the agency's files say."""

from __future__ import annotations

from service.governance.rules_known import RulesKnown
from service.governance.standing import Governing
from service.ledger import Ledger
from tests.agency.shipped import AGENCY
from tests.governance.conftest import NOON, edition, replaced


def test_of_every_version_that_is_kept(at: Governing) -> None:
    ledger, book = Ledger(at.register.database), AGENCY.policy.book
    ledger.remember_version(book.name, book.version, book.content, NOON)
    renamed = edition(replaced(AGENCY.files, ("compensation-by-a-senior", "senior-signs-compensation"))).book
    ledger.remember_version(renamed.name, renamed.version, renamed.content, NOON)
    ledger.remember_version("broken", "sha256:0", b"{}", NOON)
    known = RulesKnown(at.register, at.editions)
    assert known.among(None, None) is None
    assert known.among("D9", "senior") == {"compensation-by-a-senior", "senior-signs-compensation"}
    assert known.among("D9", "senior", book.version) == {"compensation-by-a-senior"}
    owners = known.among(None, "owner", book.version)
    assert owners is not None
    assert {"vip-concession-to-the-top", "squeezed-client-to-the-top", "contract-forbids-parting"} <= owners
    assert not owners & {"vip-served-by-seniors", "larger-extra-by-a-senior"}
    assert known.among("P99", None) == frozenset()
    assert known.among("D9", None, "sha256:0") == frozenset()
