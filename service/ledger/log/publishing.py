"""Checkpoints told to the world outside: what was published there, not even the owner of key and database can unsay."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol
from urllib.error import URLError
from urllib.request import Request, urlopen

PATIENCE_SECONDS = 5


class NotPublished(Exception):
    def __init__(self, target: str, reason: str) -> None:
        self.target, self.reason = target, reason
        super().__init__(f"the checkpoint could not be published to {target}: {reason}")


class Publisher(Protocol):
    def publish(self, note: str) -> None:
        """Raises NotPublished."""


class ToFile:
    """Appends to a file, best one on another machine or one that can only be added to; a blank line between notes."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def publish(self, note: str) -> None:
        try:
            with self._path.open("a") as file:
                file.write(note + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise NotPublished(str(self._path), error.strerror or "it can't be written") from error


class ToUrl:
    """Posts the note as text."""

    def __init__(self, url: str) -> None:
        self._url = url

    def publish(self, note: str) -> None:
        request = Request(self._url, note.encode(), {"Content-Type": "text/plain; charset=utf-8"}, method="POST")
        try:
            with urlopen(request, timeout=PATIENCE_SECONDS):
                pass
        except URLError as error:
            raise NotPublished(self._url, str(error.reason)) from error
        except OSError as error:
            raise NotPublished(self._url, error.strerror or "no answer") from error


def publisher(target: str) -> Publisher:
    """`target`: an http or https address, or the path of a file."""
    return ToUrl(target) if target.startswith(("http://", "https://")) else ToFile(Path(target))


def notes_in(text: str) -> list[str]:
    """The notes in a file that `ToFile` wrote, or a single one."""
    parts = [part for part in text.split("\n\n") if part.strip()]
    return [
        f"{head.strip(chr(10))}\n\n{lines.strip(chr(10))}\n"
        for head, lines in zip(parts[::2], parts[1::2], strict=False)
    ]
