"""The questions asked of all clients at once, in SQL that DuckDB, PostgreSQL and Spark read alike.

They read two relations, `payments (client_id, day, day_number, amount)` and `services (client_id, day, day_number,
units, cost)`, in one currency and without rows that name no client; `day_number` counts days from 1970 on, since the
engines don't agree on what one day less another is. Every answer depends on the rows alone, never on their order: ranks
are equal where measures are, and what is listed is ordered by the client's id last. Whole numbers throughout.
"""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from service.domain.lists import Drawing, Measure, Ties, Union

_OF_A_MONTH = {
    Measure.MONEY: "sum(amount)",
    Measure.SERVICES: "sum(delivered)",
    Measure.UNITS: "sum(units)",
    Measure.PROFIT: "sum(amount) - sum(cost)",
}
_PAID = {
    Measure.MONEY: "sum(amount) > 0",
    Measure.SERVICES: "sum(delivered) > 0",
    Measure.UNITS: "sum(units) > 0",
    Measure.PROFIT: "sum(amount) > 0",
}
EPOCH = date(1970, 1, 1).toordinal()

HALF, MOST, REMINDED_DAYS = "0.5", "0.8", 14
"""Of waiting times the median. D8: the time in which four of five second purchases come, and how long before its end a
client is reminded."""


def monthly(drawing: Drawing) -> str:
    """`months (client_id, month, measure, second, payments, units)`: who paid in which month, what that month is
    measured by, and what decides between equals."""
    second = _OF_A_MONTH[drawing.second] if drawing.ties is Ties.SECOND else "0"
    return f"""
    rows AS (
        SELECT client_id, CAST(date_trunc('month', day) AS DATE) AS month,
               amount, 0 AS units, 0 AS delivered, 0 AS cost, 1 AS payments
        FROM payments WHERE day >= {_day(drawing.first_day)} AND day < {_day(drawing.end)}
        UNION ALL
        SELECT client_id, CAST(date_trunc('month', day) AS DATE), 0, units, 1, cost, 0
        FROM services WHERE day >= {_day(drawing.first_day)} AND day < {_day(drawing.end)}
    ),
    months AS (
        SELECT client_id, month, CAST({_OF_A_MONTH[drawing.measure]} AS BIGINT) AS measure,
               CAST({second} AS BIGINT) AS second, CAST(sum(payments) AS BIGINT) AS payments,
               CAST(sum(units) AS BIGINT) AS units
        FROM rows GROUP BY client_id, month HAVING {_PAID[drawing.measure]}
    )"""


def vip_months(drawing: Drawing) -> str:
    """`lists (client_id, month)`: the strongest of each month; of the whole period where one list is drawn of it."""
    span = "month" if drawing.union is Union.MONTHS else "CAST(NULL AS DATE)"
    return f"""
    spans AS (
        SELECT client_id, {span} AS month, CAST(sum(measure) AS BIGINT) AS measure,
               CAST(sum(second) AS BIGINT) AS second
        FROM months GROUP BY client_id, {span}
    ),
    ranked AS (
        SELECT client_id, month, measure,
               rank() OVER (PARTITION BY month ORDER BY measure DESC, second DESC) AS place,
               count(*) OVER (PARTITION BY month, measure, second) AS alike,
               count(*) OVER (PARTITION BY month) AS payers
        FROM spans
    ),
    lists AS (
        SELECT client_id, month FROM ranked
        WHERE measure > 0 AND payers >= {drawing.few} AND {_within(drawing, drawing.vip_share, "payers")}
    )"""


def listed(drawing: Drawing) -> str:
    """Every client who paid in the period: category, measure, months in lists, months paid, last month,
    payments, units."""
    strongest = "DESC" if drawing.approach == "B" else "ASC"
    second, others = ("good", "regular") if drawing.approach == "B" else ("other", "regular")
    return f"""WITH {monthly(drawing)}, {vip_months(drawing)},
    totals AS (
        SELECT client_id, CAST(sum(measure) AS BIGINT) AS measure, CAST(sum(second) AS BIGINT) AS second,
               CAST(sum(payments) AS BIGINT) AS payments, CAST(sum(units) AS BIGINT) AS units, count(*) AS paid_months,
               CAST(sum(CASE WHEN month = {_day(month_of_end(drawing))} THEN measure ELSE 0 END) AS BIGINT) AS last
        FROM months GROUP BY client_id
    ),
    vips AS (SELECT client_id, count(*) AS vip_months FROM lists GROUP BY client_id),
    marked AS (
        SELECT totals.*, coalesce(vip_months, 0) AS vip_months, count(*) OVER () AS clients,
               CASE WHEN vip_months IS NULL THEN 1 ELSE 0 END AS rest
        FROM totals LEFT JOIN vips ON totals.client_id = vips.client_id
    ),
    ranked_rest AS (
        SELECT marked.*,
               rank() OVER (PARTITION BY rest ORDER BY measure {strongest}, second {strongest}) AS place,
               count(*) OVER (PARTITION BY rest, measure, second) AS alike,
               count(*) OVER (PARTITION BY rest) AS remaining
        FROM marked
    )
    SELECT client_id,
           CASE WHEN rest = 0 THEN 'vip'
                WHEN clients >= {drawing.few}
                     AND {_within(drawing, drawing.second_share, _base(drawing))} THEN '{second}'
                ELSE '{others}' END AS category,
           measure, vip_months, paid_months, last, payments, units
    FROM ranked_rest ORDER BY measure DESC, client_id"""


def curve(drawing: Drawing) -> str:
    """At each whole percent of the clients, strongest first: how many they are, and what they bring together."""
    return f"""WITH {monthly(drawing)},
    totals AS (SELECT client_id, CAST(sum(measure) AS BIGINT) AS measure FROM months GROUP BY client_id),
    placed AS (
        SELECT measure, row_number() OVER (ORDER BY measure DESC) AS place, count(*) OVER () AS clients,
               CAST(sum(measure) OVER (ORDER BY measure DESC ROWS UNBOUNDED PRECEDING) AS BIGINT) AS together,
               CAST(sum(measure) OVER () AS BIGINT) AS whole
        FROM totals
    )
    SELECT place, clients, together, whole FROM placed
    WHERE floor(place * 100.0 / clients) > floor((place - 1) * 100.0 / clients) OR place = 1
    ORDER BY place"""


def by_month(drawing: Drawing) -> str:
    """Each month: payers, payments, measure, how many stand in its list and what they brought."""
    monthly_list = "lists.month = months.month" if drawing.union is Union.MONTHS else "1 = 1"
    return f"""WITH {monthly(drawing)}, {vip_months(drawing)}
    SELECT months.month, count(*), CAST(sum(payments) AS BIGINT), CAST(sum(measure) AS BIGINT), count(lists.client_id),
           CAST(sum(CASE WHEN lists.client_id IS NULL THEN 0 ELSE measure END) AS BIGINT)
    FROM months LEFT JOIN lists ON lists.client_id = months.client_id AND {monthly_list}
    GROUP BY months.month ORDER BY months.month"""


def activity(drawing: Drawing, year_before: date, quarters: tuple[date, date, date]) -> str:
    """Every client who bought in the year up to a day, or ever: recency, purchases, money, quarters, quintiles."""
    as_of = drawing.drawn_on
    year = f"day > {_day(year_before)}"
    bounds = (year_before, *quarters, as_of)
    sums = ", ".join(
        f"CAST(sum(CASE WHEN day > {_day(first)} AND day <= {_day(last)} THEN amount ELSE 0 END) AS BIGINT) AS q{n}"
        for n, (first, last) in enumerate(pairwise(bounds), 1)
    )
    return f"""WITH bought AS (
        SELECT client_id, max(day_number) AS latest, min(day_number) AS first, count(*) AS ever,
               CAST(sum(CASE WHEN {year} THEN 1 ELSE 0 END) AS BIGINT) AS purchases,
               CAST(sum(CASE WHEN {year} THEN amount ELSE 0 END) AS BIGINT) AS money, {sums}
        FROM payments WHERE amount > 0 AND day <= {_day(as_of)} GROUP BY client_id
    ),
    scored AS (
        SELECT bought.*, {_number(as_of)} - latest AS recency, {_number(as_of)} - first AS age,
               count(*) OVER () AS clients,
               rank() OVER (ORDER BY latest) AS by_recency, rank() OVER (ORDER BY purchases) AS by_purchases,
               rank() OVER (ORDER BY money) AS by_money
        FROM bought
    )
    SELECT client_id, recency, purchases, money, q1, q2, q3, q4,
           {_quintile("by_recency")}, {_quintile("by_purchases")}, {_quintile("by_money")},
           CASE WHEN recency > {drawing.lost_days} AND ever > 1 THEN 'lost'
                WHEN ever = 1 AND age <= {drawing.recent_days} THEN 'newcomer'
                WHEN ever = 1 THEN 'one_time'
                WHEN purchases >= {drawing.often} AND recency <= {drawing.recent_days} THEN 'champion'
                ELSE 'growing' END
    FROM scored ORDER BY money DESC, client_id"""


def window(as_of: date) -> str:
    """Days in which four of five second purchases came; null where none ever came."""
    return f"""WITH {_purchases(as_of)}
    SELECT percentile_disc({MOST}) WITHIN GROUP (ORDER BY second - first) FROM firsts WHERE second IS NOT NULL"""


def waiting(as_of: date, days: int) -> str:
    """Clients with one purchase, so long ago that the days end within the reminder's time: id, number of its day, days
    left."""
    left = f"{days} - ({_number(as_of)} - first)"
    return f"""WITH {_purchases(as_of)}
    SELECT client_id, first, {left} FROM firsts
    WHERE second IS NULL AND {left} BETWEEN 0 AND {REMINDED_DAYS} ORDER BY {left}, client_id"""


def expected(as_of: date) -> str:
    """Every client that is expected to buy again: id, number of its last day, its gaps, days that are usual between two
    purchases, and how many have passed beyond them. Of none where nobody ever came back."""
    late = f"{_number(as_of)} - latest - usual"
    return f"""WITH {_purchases(as_of)},
    firm AS (
        SELECT percentile_disc({HALF}) WITHIN GROUP (ORDER BY second - first) AS usual FROM firsts
        WHERE second IS NOT NULL
    ),
    spans AS (
        SELECT client_id, day_number - lag(day_number) OVER (PARTITION BY client_id ORDER BY day_number) AS gap
        FROM days
    ),
    own AS (
        SELECT client_id, count(*) AS gaps, percentile_disc({HALF}) WITHIN GROUP (ORDER BY gap) AS usual
        FROM spans WHERE gap IS NOT NULL GROUP BY client_id
    ),
    lasts AS (SELECT client_id, max(day_number) AS latest FROM days GROUP BY client_id),
    known AS (
        SELECT lasts.client_id, latest, coalesce(own.gaps, 0) AS gaps,
               CAST(coalesce(own.usual, firm.usual) AS BIGINT) AS usual
        FROM lasts LEFT JOIN own ON own.client_id = lasts.client_id CROSS JOIN firm
    )
    SELECT client_id, latest, gaps, usual, {late} FROM known WHERE usual IS NOT NULL
    ORDER BY {late} DESC, client_id"""


def month_of_end(drawing: Drawing) -> date:
    """The last month that counts, by its first day."""
    return date(drawing.end.year - (drawing.end.month == 1), (drawing.end.month - 2) % 12 + 1, 1)


def _purchases(as_of: date) -> str:
    """Purchases of one day are one."""
    return f"""days AS (
        SELECT client_id, day_number, rank() OVER (PARTITION BY client_id ORDER BY day_number) AS place
        FROM (SELECT DISTINCT client_id, day_number FROM payments WHERE amount > 0 AND day <= {_day(as_of)}) AS once
    ),
    firsts AS (
        SELECT client_id, min(day_number) AS first, max(CASE WHEN place = 2 THEN day_number END) AS second
        FROM days WHERE place <= 2 GROUP BY client_id
    )"""


def _within(drawing: Drawing, share: int, base: str) -> str:
    """Among the best `share` of `base`, half a client rounded up; ties as the drawing says."""
    cut = f"floor(({base} * {share} + 5000) / 10000.0)"
    return f"place + alike - 1 <= {cut}" if drawing.ties is Ties.OUT else f"place <= {cut}"


def _base(drawing: Drawing) -> str:
    """A's share is one of all clients, B's of those left (C1, C2)."""
    return "remaining" if drawing.approach == "B" else "clients"


def _quintile(rank: str) -> str:
    return f"CAST(1 + floor(5.0 * ({rank} - 1) / clients) AS BIGINT)"


def _number(day: date) -> str:
    return str(day.toordinal() - EPOCH)


def _day(day: date) -> str:
    return f"DATE '{day.isoformat()}'"
