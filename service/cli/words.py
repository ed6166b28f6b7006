"""Text given on a command line, held to what the HTTP interface takes: one line, not blank, not too long."""

from __future__ import annotations

from typing import Any

import click
from marshmallow import ValidationError

from schemas.fields import Text


class Words(click.ParamType):
    """`needed`: False where nothing need be said."""

    name = "text"

    def __init__(self, longest: int, needed: bool = True) -> None:
        self._field = Text("", longest=longest)
        self._needed = needed

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value == "" and not self._needed:
            return ""
        try:
            text: str = self._field.deserialize(value)
        except ValidationError as refused:
            (fault,) = refused.messages
            self.fail(f"{fault.message} {fault.fix}", param, ctx)
        return text
