"""Where effects, facts, rates and texts stand in the files: a loaded book carries the places of rules alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from service.policy.findings import Place
from service.policy.loading.wording import FOLDER as MESSAGES
from service.policy.yaml_text import Document, Path, parse

_KEYED = (("book.yaml", "effects"), ("facts.yaml", "facts"), ("parameters.yaml", "rates"))


def places_of(files: Mapping[str, bytes]) -> dict[tuple[str, ...], Place]:
    """By ("effects", name), ("facts", name), ("rates", currency) and (file, key of a text)."""
    places: dict[tuple[str, ...], Place] = {}
    for file, key in _KEYED:
        for document in _parsed(files, file):
            for name in document.data.get(key) or ():
                places[key, str(name)] = document.key_place(key, name)
    for file in files:
        if file.startswith(MESSAGES):
            for document in _parsed(files, file):
                for path in _texts(document.data, ()):
                    places[file, ".".join(map(str, path))] = document.place(*path)
    return places


def _parsed(files: Mapping[str, bytes], file: str) -> Iterator[Document]:
    if file in files:
        document, _ = parse(file, files[file])
        if document is not None and isinstance(document.data, dict):
            yield document


def _texts(data: object, path: Path) -> Iterator[Path]:
    if isinstance(data, dict):
        for key, below in data.items():
            yield from _texts(below, (*path, key))
    else:
        yield path
