"""durable_rules by its C functions: rulesets that tell which rules hold. Knows neither facts' names nor effects.

No `Host`: it starts threads that never stop and swallows exceptions. Build after a fork, in the process that
evaluates: the engine's handles belong to it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from queue import Empty, SimpleQueue
from threading import Lock
from typing import Any

import durable_rules_engine as _c  # type: ignore[import-not-found,import-untyped,unused-ignore]

from service.matching.normal import Atom, Group
from service.matching.spread import Layout

MOST_LANES = 64
MOST_LANE_RULES = 40_000
"""A rule takes about 8 KB of every lane: all lanes together hold at most this many, or one lane's worth."""

_GROUP, _PRIME = "_q", "_p"
_OPERATORS = {"==": "$eq", "!=": "$neq", "<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte"}
_OWN_NAMES = (_GROUP, _PRIME, "sid", "id", "$s", "$i", "$forward")


class EngineFault(RuntimeError):
    """durable_rules reported an error that the layout of its rules should rule out."""

    def __init__(self, ruleset: str, cause: str) -> None:
        self.ruleset = ruleset
        super().__init__(f"durable_rules failed in ruleset {ruleset!r}: {cause}")


class EngineClosed(RuntimeError):
    """A decision was asked of an engine that was closed."""


class CollidingNames(ValueError):
    """Two property names have one 32-bit hash: the engine would read one for the other."""

    def __init__(self, first: str, second: str) -> None:
        self.names = (first, second)
        super().__init__(f"the engine can't tell the names {first!r} and {second!r} apart")


def name_hash(name: str) -> int:
    """FNV-1a in 32 bits, as the engine hashes names."""
    value = 0x811C9DC5
    for byte in name.encode("ascii"):
        value = ((value ^ byte) * 16777619) & 0xFFFFFFFF
    return value


def refuse_collisions(names: Iterable[str]) -> None:
    seen: dict[int, str] = {}
    for name in (*_OWN_NAMES, *names):
        if seen.setdefault(name_hash(name), name) != name:
            raise CollidingNames(seen[name_hash(name)], name)


def _written(condition: Atom | Group) -> dict[str, Any]:
    if isinstance(condition, Atom):
        return {_OPERATORS[condition.operator]: {condition.property: condition.number}}
    return {"$and" if condition.all else "$or": [_written(part) for part in condition.parts]}


class Ruleset:
    """One ruleset in the engine. Not closed by itself: the lanes that run through it must go first."""

    def __init__(self, name: str, layout: Layout) -> None:
        self.name = name
        self.rules = sum(len(group.rules) for group in layout.groups)
        refuse_collisions(layout.properties)
        numbers = [number for group in layout.groups for number, _ in group.rules]
        # Names of one length: to read one off a message is to cut it out.
        digits = len(str(max(numbers, default=0)))
        self._numbers = {f"{number:0{digits}}": number for number in numbers}
        self._name = slice(2, 2 + digits)
        definition: dict[str, Any] = {}
        for index, group in enumerate(layout.groups):
            mark = {"$neq": {_GROUP: -1 - index}}
            for number, condition in group.rules:
                when = {"m": {"$and": [mark, _written(condition)]}}
                definition[f"{number:0{digits}}"] = {"all": [when], "count": 1}
        definition["~"] = {"all": [{"m": {"$ex": {_PRIME: 1}}}], "count": 1}
        self._handle: int = _c.create_ruleset(name, json.dumps(definition, separators=(",", ":")))

    def open(self, sid: str) -> int:
        """Where the state of `sid` is. A state in which no rule ever fired can't be deleted safely: so one fires."""
        offset: int = _c.assert_fact(self._handle, f'{{"{_PRIME}":1,"sid":"{sid}","id":"p"}}')[1]
        message = _c.start_action_for_state(self._handle, offset)
        while message is not None:
            message = _c.complete_and_start_action(self._handle, offset)
        _c.retract_fact(self._handle, f'{{"sid":"{sid}","id":"p"}}')
        return offset

    def matched(self, offset: int, fact: str, retract: str) -> list[int]:
        """Numbers of the rules that hold, in no order, some twice."""
        handle = self._handle
        try:
            if _c.assert_fact(handle, fact)[0]:
                return []
            numbers: list[int] = []
            started = _c.start_action_for_state(handle, offset)
            if started is not None:
                message = started[1]
                complete, name, known = _c.complete_and_start_action, self._name, self._numbers
                while message is not None:
                    # The message is {"<name>":{...}}; a rule comes once for each of its true alternatives.
                    numbers.append(known[message[name]])
                    message = complete(handle, offset)
            _c.retract_fact(handle, retract)
        except _c.error as error:
            raise EngineFault(self.name, str(error)) from error
        return numbers

    def drop(self, sid: str) -> None:
        _c.delete_state(self._handle, sid)

    def delete(self) -> None:
        _c.delete_ruleset(self._handle)


class Lane:
    """A state in each ruleset, used by one evaluation at a time."""

    __slots__ = ("_begun", "_offsets", "_retract", "_rulesets", "_sid")

    def __init__(self, number: int, rulesets: tuple[Ruleset, ...]) -> None:
        self._sid = f"s{number}"
        self._begun = f'{{"{_GROUP}":1,"sid":"{self._sid}","id":"q"'
        self._retract = f'{{"sid":"{self._sid}","id":"q"}}'
        self._rulesets = rulesets
        self._offsets = [ruleset.open(self._sid) for ruleset in rulesets]

    def matched(self, position: int, properties: str) -> list[int]:
        """What holds in the ruleset at `position`. `properties`: members of a JSON object, a comma before each."""
        ruleset, held = self._rulesets[position], None
        try:
            held = ruleset.matched(self._offsets[position], f"{self._begun}{properties}}}", self._retract)
            return held
        finally:
            if held is None:
                # Half a firing may be left in the state: the next evaluation starts from a new one.
                ruleset.drop(self._sid)
                self._offsets[position] = ruleset.open(self._sid)

    def drop(self) -> None:
        for ruleset in self._rulesets:
            ruleset.drop(self._sid)


class Lanes:
    """All rulesets of a program and the states to evaluate in. Any number of threads may borrow; past the limit
    they wait for one another, which costs nothing while one interpreter lock lets one of them run."""

    def __init__(self, rulesets: Iterable[Ruleset]) -> None:
        self._rulesets = tuple(rulesets)
        self._most = max(1, min(MOST_LANES, MOST_LANE_RULES // (1 + sum(r.rules for r in self._rulesets))))
        self._free: SimpleQueue[Lane] = SimpleQueue()
        self._made = 0
        self._closed = False
        self.disposed = False
        self._lock = Lock()

    def borrow(self) -> Lane:
        try:
            lane = self._free.get_nowait()
        except Empty:
            lane = self._new() or self._free.get()
        if self._closed:
            self.give_back(lane)
            raise EngineClosed
        return lane

    def give_back(self, lane: Lane) -> None:
        self._free.put(lane)
        if self._closed:
            self._dispose()

    def close(self) -> None:
        """No more evaluations; what the engine holds is freed when those under way have ended."""
        self._closed = True
        self._dispose()

    def _new(self) -> Lane | None:
        with self._lock:
            if self._closed:
                raise EngineClosed
            if self._made == self._most:
                return None
            lane = Lane(self._made, self._rulesets)
            self._made += 1
            return lane

    def _dispose(self) -> None:
        with self._lock:
            if self.disposed:
                return
            lanes = []
            while not self._free.empty():
                try:
                    lanes.append(self._free.get_nowait())
                except Empty:
                    break
            if len(lanes) < self._made:
                # Some are borrowed; whoever gives the last one back comes here again.
                for lane in lanes:
                    self._free.put(lane)
                return
            self.disposed = True
            for lane in lanes:
                lane.drop()
            for ruleset in self._rulesets:
                ruleset.delete()
