from __future__ import annotations

from service.domain.approvals import approvals


def test_roles_in_their_order_with_every_rule_that_asked() -> None:
    asked = [("concedes", "owner"), ("small-extra", "senior"), ("parts-with-vip", "owner")]
    why = {"concedes": "A concession", "small-extra": "5 % of the price", "parts-with-vip": "A VIP"}
    found = approvals(("senior", "owner"), asked, why)
    assert [(a.role, a.rules, a.why) for a in found] == [
        ("senior", ("small-extra",), ("5 % of the price",)),
        ("owner", ("concedes", "parts-with-vip"), ("A concession", "A VIP")),
    ]


def test_nobody_asked() -> None:
    assert approvals(("senior",), [], {}) == ()
