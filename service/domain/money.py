"""Exact arithmetic on money: integers of minor units, basis points, named roundings. Knows no policy and no locale."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

PERCENT_SCALE = 10_000
"""Basis points in the whole: 100 % and 1x."""


class Rounding(StrEnum):
    """Half modes settle ties away from zero (`half_up`) or to the even neighbour; `up` and `down` are towards
    plus and minus infinity, so that a range rounded outward never shrinks."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    UP = "up"
    DOWN = "down"


_UP, _DOWN, _HALF_UP = Rounding.UP, Rounding.DOWN, Rounding.HALF_UP


def divide(x: int, k: int, rounding: Rounding) -> int:
    """`x / k` for positive `k`, rounded once."""
    assert k > 0, k
    if rounding is _DOWN:
        return x // k
    if rounding is _UP:
        return -(-x // k)
    if rounding is _HALF_UP:
        return (2 * x + k) // (2 * k) if x >= 0 else -((k - 2 * x) // (2 * k))
    quotient, rest = divmod(x, k)
    return quotient + (2 * rest > k or (2 * rest == k and quotient % 2 == 1))


def percent_of(amount: int, bp: int, rounding: Rounding) -> int:
    """`bp`: basis points of a percentage (1 % = 100) or of a ratio (1x = 10,000)."""
    return divide(amount * bp, PERCENT_SCALE, rounding)


def shares(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """`total` split in proportion to `weights` by largest remainder: the parts sum to it exactly.

    Ties go to the earlier part. Weights that are all zero count as equal. `total` may be negative.
    """
    if not weights:
        raise ValueError(f"nobody to share {total} among")
    if min(weights) < 0:
        raise ValueError(f"negative weight in {list(weights)}")
    if len(weights) == 1:
        return (total,)
    whole, size = sum(weights), abs(total)
    if whole == 0:
        weights, whole = (1,) * len(weights), len(weights)
    parts = [size * weight // whole for weight in weights]
    missing = size - sum(parts)
    if missing:
        remainders = [size * weight % whole for weight in weights]
        # Sorting keeps equal ones in their order, the other way round too.
        for place in sorted(range(len(weights)), key=remainders.__getitem__, reverse=True)[:missing]:
            parts[place] += 1
    return tuple(parts) if total >= 0 else tuple([-part for part in parts])


_TWO_DIGITS = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP
COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR
JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN
NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL
THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG
"""
_NO_DIGITS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE_DIGITS = "BHD IQD JOD KWD LYD OMR TND"
_FOUR_DIGITS = "CLF UYW"

EXPONENTS: dict[str, int] = {
    code: digits
    for digits, codes in ((2, _TWO_DIGITS), (0, _NO_DIGITS), (3, _THREE_DIGITS), (4, _FOUR_DIGITS))
    for code in codes.split()
}
"""ISO 4217's active codes that have a minor unit, and its number of decimal digits."""


def exponent(currency: str) -> int:
    """Raises KeyError for a code that isn't an active currency."""
    return EXPONENTS[currency]


def text(amount: int, currency: str) -> str:
    """For managers and logs: `1,234.50 EUR`, whatever the client's language."""
    digits = EXPONENTS[currency]
    whole, minor = divmod(abs(amount), 10**digits)
    sign = "-" if amount < 0 else ""
    fraction = f".{minor:0{digits}}" if digits else ""
    return f"{sign}{whole:,}{fraction} {currency}"


_MAJOR = re.compile(r"(-?)([0-9]{1,18})(?:\.([0-9]{1,18}))?")


def parse_major(written: str, currency: str) -> int:
    """Minor units of an amount written in major units, `50.00`; ValueError unless it is exact."""
    match = _MAJOR.fullmatch(written)
    if match is None:
        raise ValueError(f"{written!r} is not an amount such as 1200 or 50.00")
    sign, whole, fraction = match.group(1), match.group(2), match.group(3) or ""
    digits = EXPONENTS[currency]
    if fraction[digits:].strip("0"):
        raise ValueError(f"{written} is finer than {currency} allows: {digits} decimal digits")
    minor: int = int(whole) * 10**digits + int(fraction[:digits].ljust(digits, "0") or "0")
    return -minor if sign else minor
