"""An export in any format, with its manifest. Knows where decisions are found, not who asks."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from service.exporting.binary_files import write_parquet, write_xlsx
from service.exporting.manifest import Tally
from service.exporting.text_files import csv_blocks, json_lines
from service.ledger import Database
from service.ledger.entries import Recorded
from service.ledger.log.receipts import Receipts
from service.ledger.search import Search, Wanted

STREAMED = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}
_WRITERS = {"xlsx": write_xlsx, "parquet": write_parquet}
FORMATS = {
    **STREAMED,
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}
"""Format, which is also how its file's name ends, to media type."""
_BLOCK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Export:
    """`filters`: what `wanted` means, in the words of whoever asked, for the manifest."""

    database: Database
    format: str
    wanted: Wanted
    filters: Mapping[str, str]
    now: datetime

    def tally(self) -> Tally:
        """Begins to count. Raises LedgerUnavailable, as the rest does."""
        return Tally(self.format, self.filters, Receipts(self.database).checkpoint(), self.now)

    def blocks(self, tally: Tally) -> Iterator[bytes]:
        """The file as it comes; only of a format that streams."""
        search = Search(self.database)
        if self.format == "jsonl":
            told = tally.counted(search.recorded(self.wanted), lambda row: _worded(row[1]))
            return tally.hashed(json_lines(told))
        return tally.hashed(csv_blocks(tally.counted(search.all(self.wanted), lambda row: row.kept)))

    def write(self, path: Path, tally: Tally) -> None:
        """The file at `path`, on the disk when this returns."""
        if self.format in STREAMED:
            with path.open("wb") as file:
                file.writelines(self.blocks(tally))
        else:
            rows = tally.counted(Search(self.database).all(self.wanted), lambda row: row.kept)
            _WRITERS[self.format](path, rows)
            with path.open("rb") as file:
                for _ in tally.hashed(iter(lambda: file.read(_BLOCK), b"")):
                    pass
        with path.open("rb") as file:
            os.fsync(file.fileno())


def write_whole(export: Export, folder: Path) -> Mapping[str, Any]:
    """`decisions.FORMAT` and `manifest.json` in the folder. Neither is there before it is whole, the manifest last."""
    folder.mkdir(parents=True, exist_ok=True)
    tally, path = export.tally(), folder / f"decisions.{export.format}"
    part, manifest_part = folder / f".{path.name}.part", folder / ".manifest.json.part"
    try:
        export.write(part, tally)
        manifest = {"file": path.name, **tally.manifest()}
        manifest_part.write_bytes(orjson.dumps(manifest, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        (folder / "manifest.json").unlink(missing_ok=True)
        part.replace(path)
        manifest_part.replace(folder / "manifest.json")
    finally:
        part.unlink(missing_ok=True)
        manifest_part.unlink(missing_ok=True)
    return manifest


def _worded(recorded: object) -> bool:
    return isinstance(recorded, Recorded) and recorded.kept
