from __future__ import annotations

from service.domain.breakdown import included, line_shares
from service.domain.quote import Extra, Line


def line(description: str, fair_price: int, format: str | None = None, includes: tuple[str, ...] = ()) -> Line:
    return Line(
        description=description,
        kind="make",
        cost=0,
        fair_price=fair_price,
        performer="Anna" if description == "Design" else None,
        format=format,
        includes=includes,
    )


def test_shares_of_the_target_by_fair_price() -> None:
    # 1,000.01 over 2 : 1 is 666.67(3) and 333.33(6): the odd cent goes to the larger remainder.
    found = line_shares(100_001, [line("Design", 60_000), line("Code", 30_000)], [])
    assert [(share.description, share.performer, share.amount) for share in found] == [
        ("Design", "Anna", 66_667),
        ("Code", None, 33_334),
    ]


def test_charged_extras_have_a_share() -> None:
    found = line_shares(110_000, [line("Design", 90_000)], [Extra(description="Printing", cost=1, price=10_000)])
    assert [(share.description, share.amount) for share in found] == [("Design", 99_000), ("Printing", 11_000)]


def test_nothing_to_break_down() -> None:
    assert line_shares(0, [], []) == ()


def test_everything_included_is_named() -> None:
    lines = [line("Design", 1, "PDF", ("two drafts",)), line("Code", 1)]
    extras = [Extra(description="A favicon", cost=1, price=1)]
    assert included(lines, extras) == ("Design (PDF)", "two drafts", "Code", "A favicon")
