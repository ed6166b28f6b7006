"""Strategies for expression texts. They know the grammar from CEL's specification, not from our parser."""

from hypothesis import strategies as st


def _joined(parts: st.SearchStrategy[str], operators: list[str]) -> st.SearchStrategy[str]:
    """Up to four parts with any operators between them, no parentheses: precedence decides."""
    rest = st.lists(st.tuples(st.sampled_from(operators), parts), max_size=3)
    return st.builds(lambda first, more: first + "".join(f" {op} {part}" for op, part in more), parts, rest)


def numbers(leaves: list[str], conditions: st.SearchStrategy[str], calls: list[str]) -> st.SearchStrategy[str]:
    def wider(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        grouped = inner.map(lambda text: f"({text})")
        options = [
            _joined(st.sampled_from(leaves) | grouped, ["+", "-"]),
            grouped,
            grouped.map(lambda text: "-" + text),
            st.builds(lambda c, a, b: f"(({c}) ? {a} : {b})", conditions, inner, inner),
        ]
        if calls:
            options.append(st.builds(lambda call, a, b: call.format(a=a, b=b), st.sampled_from(calls), inner, inner))
        return st.one_of(options)

    return st.recursive(st.sampled_from(leaves), wider, max_leaves=6)


def clauses(number: st.SearchStrategy[str], relations: list[str]) -> st.SearchStrategy[str]:
    return st.builds(lambda a, sign, b: f"{a} {sign} {b}", number, st.sampled_from(relations), number)


def conditions(leaves: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def wider(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        grouped = inner.map(lambda text: f"({text})")
        return st.one_of(
            _joined(leaves | grouped, ["&&", "||"]),
            grouped.map(lambda text: "!" + text),
            st.builds(lambda a, sign, b: f"{a} {sign} {b}", grouped, st.sampled_from(["==", "!="]), grouped),
            st.builds(lambda c, a, b: f"({c} ? {a} : {b})", leaves, leaves, inner),
        )

    return st.recursive(leaves, wider, max_leaves=6)


RELATIONS = ["==", "!=", "<", "<=", ">", ">="]
COUNTS = ["0", "1", "2", "3", "7", "client.orders", "client.scenes", "-client.orders", "-4", "client.orders * 3"]
SIMPLE = ["client.trusted", "deal.asked", "true", "false", "!deal.asked"]
CHOICES = [
    'client.category == "vip"',
    "'good' != client.category",
    'client.category in ["vip", "regular"]',
    "client.orders - 1 in [0, 1, -1, 3]",
]

COUNT_TEXTS = numbers(COUNTS, st.sampled_from(SIMPLE + CHOICES), [])
SHARED_WITH_CEL = conditions(st.sampled_from(SIMPLE + CHOICES) | clauses(COUNT_TEXTS, RELATIONS))

MONEYS = ["0", "50", "12.50", "job.cost", "params.late_fee", "decision.target", "client.orders * job.cost"]
MONEY_CALLS = [
    "min({a}, {b})",
    "max({a}, {b}, 5.05)",
    "percent({a}, params.share)",
    "percent_up({a}, 12.5)",
    "percent_down({a}, percent(params.share, 50))",
    "percent({a}, params.times)",
    "div_round({a} + {b}, 3)",
    "div_up({a}, 10000)",
    "div_down({a}, 2)",
]
GUARDED = ['"owner" in decision.approvals', "(has(deal.budget) && deal.budget < 50)", "client.months_active >= 6"]
MONEY_TEXTS = numbers(MONEYS, st.sampled_from(SIMPLE + CHOICES + GUARDED), MONEY_CALLS)
ALL_OF_IT = conditions(st.sampled_from(SIMPLE + CHOICES + GUARDED) | clauses(MONEY_TEXTS, RELATIONS))
"""Conditions over the whole language; a few compare literals alone, with decimals, and are refused."""

TOKENS = [
    *"()[],?:!+-*/%<>=&|'\"\\.", "==", "&&", "||", "<=", "in", "true", "and", "1", "2.50", "0x1", "'vip'", '"a',
    "client.orders", "client.category", "deal.budget", "job.cost", "has(", "min(", "percent(", "div_up(", "nowhere",
    "decision.approvals", "\n", "//", "é", "\u00a0", "\0", "9223372036854775808",
]  # fmt: skip
SOUP = st.lists(st.sampled_from(TOKENS), max_size=40).map(" ".join)
