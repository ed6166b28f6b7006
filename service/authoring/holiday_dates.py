"""A country's public holidays as a book's calendar writes them: those of every year, and those that move."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from importlib.resources import files

import holidays

YEARS_WRITTEN = 3
_YEARS_COMPARED = 12
"""A holiday that stands on one day in so many years is taken for a fixed one."""


class NoSuchCountry(Exception):
    def __init__(self, country: str, suggestion: str) -> None:
        self.country, self.suggestion = country, suggestion
        super().__init__(f"no holidays are known for {country}{f': {suggestion}' if suggestion else ''}")


@dataclass(frozen=True, slots=True)
class Holidays:
    """Names by `12-25` and by day; `weekend`: Monday is 0."""

    every_year: Mapping[str, str]
    dates: Mapping[date, str]
    weekend: tuple[int, ...]


def public_holidays(country: str, first: int) -> Holidays:
    """From the year `first` on. `country`: `EE`, or `DE-BY` with its part. Raises NoSuchCountry."""
    years = range(first, first + _YEARS_COMPARED)
    found = _found(country, years)
    names = {day: found[day] for day in sorted(found)}
    fixed: dict[str, str] = {}
    for day, name in names.items():
        try:
            if all(day.replace(year=year) in names for year in years):
                fixed.setdefault(f"{day:%m-%d}", name)
        except ValueError:
            continue  # the 29th of February
    written = range(first, first + YEARS_WRITTEN)
    moving = {day: name for day, name in names.items() if day.year in written and f"{day:%m-%d}" not in fixed}
    return Holidays(dict(sorted(fixed.items())), moving, tuple(sorted(found.weekend)))


def _found(country: str, years: range) -> holidays.HolidayBase:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of moving days that aren't known so far ahead: fewer years are written
        return _asked(country, years)


def _asked(country: str, years: range) -> holidays.HolidayBase:
    code, _, part = country.partition("-")
    try:
        found = holidays.country_holidays(code, subdiv=part or None, years=years)
    except NotImplementedError as error:
        known = holidays.list_supported_countries()
        parts = [f"{code}-{each}" for each in known.get(code, ())]
        close = get_close_matches(country, [*known, *parts], 3) or ([f"{code} alone"] if code in known else [])
        raise NoSuchCountry(country, f"did you mean {', '.join(close)}?" if close else "") from error
    if "en_US" in found.supported_languages:
        return holidays.country_holidays(code, subdiv=part or None, years=years, language="en_US")
    return found


def time_zone_of(country: str) -> str:
    """The zone listed first for a country; empty where none is."""
    code = country.partition("-")[0]
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return next((row[2] for row in rows if row[0] == code), "")
