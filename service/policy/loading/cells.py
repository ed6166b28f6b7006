"""Values in the cells of a decision table, `15 %`, `50.00`, yes, vip. Knows one cell and its type, no table."""

from __future__ import annotations

import re

from service.domain.facts import Type, Unit
from service.policy.loading.amounts import amount
from service.policy.text import literal
from service.policy.unit_rules import called, decimals, nearest, numeric

TRUTHS = {"yes": True, "true": True, "no": False, "false": False}

COMMA = "1.50 is a decimal, `1, 50` a list, and nothing stands between thousands"
_COMMA_NUMBER = re.compile(r"-?[0-9][0-9.]*,[0-9][0-9.,]*\s*(?:%|x)?")
_NUMBER = re.compile(r"-?[0-9]+(?:\.([0-9]+))?\s*(?:%|x)?")
_FORMULA = re.compile(r"[=+@-]\s*(?:[A-Z]{1,3}\$?[0-9]|[A-Z]{2,}\s*\()|#[A-Z/0]+[?!]?")


class CellRefused(Exception):
    """What is wrong with a cell. `at`: where in it, counted from 0."""

    def __init__(self, code: str, message: str, suggestion: str = "", at: int = 0) -> None:
        self.code, self.message, self.suggestion, self.at = code, message, suggestion, at
        super().__init__(message)


def cell_value(text: str, type: Type, currency: str) -> int | bool | str:
    """A literal of a type as a cell holds it: `15 %`, `50.00`, yes, vip. Raises CellRefused."""
    if type.unit is Unit.ENUM:
        if text in type.values:
            return text
        hint = nearest(text, type.values) or f"one of {', '.join(type.values)}"
        raise CellRefused("not-a-member", f"'{text}' is not one of the values", hint)
    if type.unit is Unit.BOOL:
        truth = TRUTHS.get(text.lower())
        if truth is None:
            raise CellRefused("wrong-value", f"'{text}' is neither yes nor no", "yes or no")
        return truth
    number = _NUMBER.fullmatch(text)
    if number and number[1] and len(number[1]) > decimals(type, currency):
        # 1.000 is a thousand to half of the world's spreadsheets.
        fits = f"at most {decimals(type, currency)} decimals" if decimals(type, currency) else "whole numbers only"
        raise CellRefused("inexact-literal", f"{text} is too fine for {called(type)}", fits)
    try:
        return amount(text, type, currency)
    except ValueError as error:
        raise CellRefused("wrong-value", str(error)) from None


def output_source(cell: str, type: Type, currency: str) -> str:
    """An output cell as an expression: `15 %` is 15 where a percent is expected. Raises CellRefused."""
    if type.unit is Unit.BOOL and cell.lower() in TRUTHS:
        return "true" if TRUTHS[cell.lower()] else "false"
    if numeric(type) and _NUMBER.fullmatch(cell):
        return literal(cell_value(cell, type, currency), type, currency)
    if numeric(type) and _COMMA_NUMBER.fullmatch(cell):
        raise CellRefused("syntax-error", f"`{cell}` could mean several things", COMMA)
    if "," in cell and all(part.strip() in type.values for part in cell.split(",")):
        raise CellRefused("syntax-error", f"`{cell}`: a row gives one value", "write a row for each")
    refuse_formula(cell)
    return cell


def refuse_formula(cell: str) -> None:
    if _FORMULA.match(cell):
        raise CellRefused("syntax-error", f"`{cell[:40]}` is a formula, and formulas are not read", "write its value")
