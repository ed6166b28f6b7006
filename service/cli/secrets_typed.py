"""Passwords that a person types or a script pipes in. They never stand on a command line, where others read them."""

from __future__ import annotations

import sys

import click

from service.cli.refusals import Refusal
from service.people.passwords import weakness

FROM_STDIN = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input, instead of asking for it twice."
)


def new_password(name: str, from_stdin: bool) -> str:
    """Raises Refusal for a weak one."""
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt(f"Password for {name}", hide_input=True, confirmation_prompt=True, err=True)
    weak = weakness(password, name)
    if weak:
        raise Refusal(weak.detail)
    return password
