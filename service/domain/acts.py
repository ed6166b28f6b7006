"""What is done to the record itself, as opposed to with it: erasures on request, and the end of a retention time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from service.domain.record import record


class ActKind(StrEnum):
    ERASURE = "erasure"  # details: client_id, keys (ids), reason
    RETENTION = "retention"  # details: before (a moment: what was recorded until then is covered), days


@record
class Act:
    """`by`: the id of who answers for it. `details`: JSON."""

    number: int
    at: datetime
    kind: ActKind
    by: str
    details: Mapping[str, Any]


@record
class Erasure:
    """All that the client's records said in words until `erased_at` is gone. `repeated`: it was so before, and nothing
    had come since."""

    client_id: str
    erased_at: datetime
    by: str
    repeated: bool
