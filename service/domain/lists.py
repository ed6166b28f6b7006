"""Lists of the firm's clients by what they bring (C1 to C12): what is asked, and what is found. Knows no SQL.

Money is in minor units of one currency, shares in basis points, days are calendar days of the firm.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from service.domain.facts import Unit

CATEGORIES = ("vip", "good", "regular", "other")


class Measure(StrEnum):
    """By what clients are ranked; it follows the strategy (C3)."""

    MONEY = "money"  # received: cash
    SERVICES = "services"  # delivered: growth
    UNITS = "units"  # of what the firm counts: growth
    PROFIT = "profit"  # money received less the cost of the work and of serving (C10)


class Approach(StrEnum):
    """A cuts a share of the weakest off as `other` (C1); B calls the next share of those left `good` (C2)."""

    A = "A"
    B = "B"


class Union(StrEnum):
    """Of lists month by month, or one list over all months (C4)."""

    MONTHS = "months"
    PERIOD = "period"


class Ties(StrEnum):
    """Of clients that bring just as much as the last one within the cut: all are in, none of them is, or a second
    measure decides, and who is equal in that too is in."""

    IN = "in"
    OUT = "out"
    SECOND = "second"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """How lists are drawn of the `months` whole months before the day `drawn_on`. `second`: what decides between equals
    where the tie rule leaves it to a second measure.

    `few`: with fewer clients than this who paid in a month there are no categories in it: the firm knows them all (C1).
    `recent_days`, `lost_days`, `often`: in the activity matrix, up to when a purchase is recent, beyond which a client
    that bought again is lost, and how many purchases in the year are many (C11); ours.
    """

    drawn_on: date
    currency: str
    measure: Measure = Measure.MONEY
    approach: Approach = Approach.A
    union: Union = Union.MONTHS
    ties: Ties = Ties.IN
    second: Measure = Measure.SERVICES
    months: int = 6
    vip_share: int = 2_000
    second_share: int = 2_000
    few: int = 20
    recent_days: int = 90
    lost_days: int = 180
    often: int = 6

    @property
    def first_day(self) -> date:
        return month_before(self.drawn_on, self.months)

    @property
    def end(self) -> date:
        """The first day that doesn't count any more."""
        return self.drawn_on.replace(day=1)


@dataclass(frozen=True, slots=True)
class Setting:
    """A number of a drawing that a policy book may set. `field`: of `Drawing`. Bounds are included, in stored units."""

    field: str
    unit: Unit
    least: int
    most: int


SETTINGS = {
    "list_vip_share": Setting("vip_share", Unit.PERCENT, 1, 9_999),
    "list_second_share": Setting("second_share", Unit.PERCENT, 1, 9_999),
    "list_months": Setting("months", Unit.COUNT, 1, 36),
    "list_few": Setting("few", Unit.COUNT, 1, 10_000),
    "activity_recent_days": Setting("recent_days", Unit.DAYS, 1, 3_650),
    "activity_lost_days": Setting("lost_days", Unit.DAYS, 1, 3_650),
    "activity_often": Setting("often", Unit.COUNT, 2, 1_000),
}
"""By the name of the book's parameter."""


def month_before(day: date, months: int) -> date:
    """The first day of the month so many before the day's own."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A client's place. `vip_months`: in how many months' lists it stands; `paid_months`: in how many it paid. `last`:
    what it brought in the last month; `average`: in a month of the whole period. `payments`, `units`: in the period."""

    client_id: str
    category: str
    measure: int
    vip_months: int
    paid_months: int
    last: int
    average: int
    payments: int
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Averages:
    """What a client of a category is like (C6): `payment`: what the measure comes to for each payment. `spending`: in a
    month. `units`: in the period."""

    category: str
    clients: int
    payment: int
    spending: int
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """How many clients went from one category to another within a month: `before` of the list drawn a month earlier,
    `after` of the one drawn on the day. Who is `new` came, who is `lapsed` paid nothing any more in the period."""

    drawn_on: date
    before: str
    after: str
    clients: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Of the Pareto curve (C5): so many of the strongest clients bring so much of the measure."""

    clients: int
    share_of_clients: int
    share_of_measure: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What a month brought: `payers` paid in it, `vips` stand in its list, `vip_share` is what they brought of it."""

    month: date
    payers: int
    payments: int
    measure: int
    vips: int
    vip_share: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pareto:
    """`months`: rising. `curve`: rising, from the strongest client to all of them."""

    clients: int
    measure: int
    curve: tuple[Point, ...]
    months: tuple[Month, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """How many clients are VIP by both of two measures, and by each (C3)."""

    one: Measure
    other: Measure
    both: int
    by_one: int
    by_other: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """A VIP who paid clearly less than usual in the last month (C7), or a client who reaches what VIPs bring (C6).
    `usual`: the average of the months before; of a candidate, that of the VIPs."""

    client_id: str
    why: str
    last: int
    usual: int


class Activity(StrEnum):
    """Where a client stands by recency and number of purchases (C11)."""

    NEWCOMER = "newcomer"
    ONE_TIME = "one_time"
    GROWING = "growing"
    CHAMPION = "champion"
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Active:
    """Over the year up to the day: `recency` in days, `purchases`, `money`, and the money by quarter, the latest last.

    The scores are quintiles, 5 the best; clients that are equal have equal ones.
    """

    client_id: str
    recency: int
    purchases: int
    money: int
    quarters: tuple[int, int, int, int]
    recency_score: int
    frequency_score: int
    money_score: int
    activity: Activity


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A client with one purchase, just before the time in which most make a second one runs out (D8)."""

    client_id: str
    first_purchase: date
    days_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """When a client is expected to buy next: `usual` days after its last purchase. That is the median of its own `gaps`
    between purchases; of a client with one purchase, that of all clients' times from the first to the second one.

    `late`: days since then; below zero while it is to come.
    """

    client_id: str
    last_purchase: date
    gaps: int
    usual: int
    expected_on: date
    late: int
