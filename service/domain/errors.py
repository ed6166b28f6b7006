"""Faults of the core: states that a right book and a right service can't reach. An expected "no" is a value instead."""

from __future__ import annotations


class Inconsistent(Exception):
    """The amounts of a decision contradict each other. It must not be sent: `evaluation` holds it for a person."""

    def __init__(self, what: str, found: object, required: object) -> None:
        self.what, self.found, self.required = what, found, required
        super().__init__(f"{what}: {found}, where {required} is required")
