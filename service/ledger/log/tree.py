"""The log's tree as it is stored: leaves in `log`, and every eighth level of complete subtrees in `log_nodes`."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, func, insert, select

from service.domain.merkle import Hash, subtree
from service.ledger.tables import checkpoints, log, log_nodes

HEIGHT = 8
_WIDTH = 1 << HEIGHT
_LEAVES = (
    select(log.c.leaf)
    .where(log.c.position >= bindparam("first"), log.c.position < bindparam("end"))
    .order_by(log.c.position)
)
_NODES = (
    select(log_nodes.c.hash)
    .where(
        log_nodes.c.level == bindparam("level"),
        log_nodes.c.index >= bindparam("first"),
        log_nodes.c.index < bindparam("end"),
    )
    .order_by(log_nodes.c.index)
)
_SIZE = select(func.coalesce(func.max(checkpoints.c.size), 0))
_INSERT_NODES = insert(log_nodes)


class MissingNodes(Exception):
    """The stored tree lacks hashes that the log's size says it has: rows were deleted."""

    def __init__(self, level: int, first: int) -> None:
        self.level, self.first = level, first
        super().__init__(f"the log lacks hashes of level {level} from {first} on")


class Tiles:
    """Hashes of complete subtrees by level and index, for `service/domain/merkle.py`. Reads 256 at a time, and each
    tile once. Raises MissingNodes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._read: dict[tuple[int, int], list[Hash]] = {}

    def __call__(self, level: int, index: int) -> Hash:
        stored = level - level % HEIGHT
        first, count = index << (level - stored), 1 << (level - stored)
        within = first % _WIDTH
        hashes = self.tile(stored, first // _WIDTH)[within : within + count]
        if len(hashes) != count:
            raise MissingNodes(stored, first)
        return subtree(hashes)

    def tile(self, level: int, number: int) -> list[Hash]:
        """The hashes that the subtree `number`, eight levels higher, is made of; fewer while it isn't complete."""
        tile = self._read.get((level, number))
        if tile is None:
            first, end = number * _WIDTH, (number + 1) * _WIDTH
            tile = self._read[level, number] = stored_nodes(self._connection, level, first, end)
        return tile


def stored_nodes(connection: Connection, level: int, first: int, end: int) -> list[Hash]:
    """The hashes of a level from index `first` up to `end`, as far as they are there; those of level 0 are leaves."""
    asked = {"level": level, "first": first, "end": end}
    return [bytes(row) for row in connection.scalars(_NODES if level else _LEAVES, asked)]


def grow(connection: Connection, before: int, after: int) -> None:
    """Stores the subtrees that the leaves from `before` up to `after`, which are there, have completed."""
    level = HEIGHT
    while after >> level:
        tiles = Tiles(connection)
        rows = [
            {"level": level, "index": index, "hash": subtree(tiles.tile(level - HEIGHT, index))}
            for index in range(before >> level, after >> level)
        ]
        if rows:
            connection.execute(_INSERT_NODES, rows)
        level += HEIGHT


def sealed_size(connection: Connection) -> int:
    """How many leaves the newest checkpoint covers."""
    return connection.execute(_SIZE).scalar_one()
