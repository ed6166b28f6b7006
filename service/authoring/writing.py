"""From the parts of a YAML file to its one canonical text: order of keys, quotes, line breaks, empty lines.

The text depends on the values, the comments and the brackets that the author chose, so writing it twice changes
nothing.
"""

from __future__ import annotations

from service.authoring import scalars
from service.authoring.parts import Entry, Part
from service.authoring.reading import Source
from service.authoring.shapes import Shape

WIDTH = 120
_STEP = 2


def write(source: Source, shape: Shape) -> str:
    above, lines = _block(source.root, shape, 0, top=True)
    if not source.header:
        above = _without_first_blank(above)
    return "\n".join([*source.header, *above, *lines]).strip("\n") + "\n"


def _block(part: Part, shape: Shape, indent: int, top: bool = False) -> tuple[list[str], list[str]]:
    """What stands above the first entry, not indented, and then each entry on lines of its own."""
    first: list[str] = []
    lines: list[str] = []
    large = False
    for number, entry in enumerate(_ordered(part, shape)):
        above, written = _entry(entry, shape.under(entry.key), indent, part.listed)
        above = [line for line in above if line] if shape.close else above
        was_large, large = large, len(written) > 1
        if number == 0:
            first = above
        else:
            if (top or shape.apart) and (large or was_large) and above[:1] != [""]:
                above = ["", *above]
            lines += _placed(above, indent)
        lines += written
    return first, lines + _placed(part.foot, indent)


def _ordered(part: Part, shape: Shape) -> list[Entry]:
    entries = part.entries or []
    if part.listed:
        return entries
    if shape.by_key:
        return sorted(entries, key=lambda entry: entry.key or "")
    place = {key: number for number, key in enumerate(shape.order)}
    return sorted(entries, key=lambda entry: place.get(entry.key or "", len(place)))


def _placed(comments: list[str], indent: int) -> list[str]:
    return [" " * indent + comment if comment else "" for comment in comments]


def _without_first_blank(lines: list[str]) -> list[str]:
    return lines[1:] if lines[:1] == [""] else lines


def _entry(entry: Entry, shape: Shape, indent: int, listed: bool) -> tuple[list[str], list[str]]:
    """What stands above it, not indented, and its own lines."""
    prefix = " " * indent + ("-" if listed else scalars.key(entry.key or "") + ":")
    value = entry.value
    beside = f" {entry.trailing}" if entry.trailing else ""
    if value.entries is None:
        return entry.leading, _scalar(value, prefix, beside, indent, shape.expression)
    in_brackets = _in_brackets(value, shape, prefix, indent)
    if in_brackets is not None:
        return entry.leading, [*in_brackets[:-1], in_brackets[-1] + beside]
    above, below = _block(value, shape, indent + _STEP)
    above = _without_first_blank(above)
    if not listed:
        return entry.leading, [prefix + beside, *_placed(above, indent + _STEP), *below]
    # A dash and the first key share a line: comments have no place between them.
    beside_dash = [entry.trailing] if entry.trailing else []
    return [*entry.leading, *beside_dash, *above], [f"{prefix} {below[0].lstrip()}", *below[1:]]


def _scalar(value: Part, prefix: str, beside: str, indent: int, expression: bool) -> list[str]:
    text = value.scalar
    line = f"{prefix} {scalars.inline(text, flow=False)}"
    if isinstance(text, str) and ("\n" in text or len(line) > WIDTH):
        lines = scalars.folded(text, WIDTH - indent - _STEP, expression)
        if lines is not None and ("\n" in text or len(lines) > 2 or indent + _STEP + len(lines[1]) <= WIDTH):
            return [f"{prefix} {lines[0]}{beside}", *_placed(lines[1:], indent + _STEP)]
    return [line + beside]


def _in_brackets(value: Part, shape: Shape, prefix: str, indent: int) -> list[str] | None:
    """On one line, or filled over several; None where each entry needs lines of its own."""
    if value.entries and (not value.flow or value.commented()):
        return None
    pieces = [_inline_entry(entry, shape, value.listed) for entry in _ordered(value, shape)]
    opening, closing = "[]" if value.listed else "{}"
    lines = [f"{prefix} {opening}"]
    for number, piece in enumerate(pieces):
        text = piece + ("," if number + 1 < len(pieces) else closing)
        if number == 0:
            lines[-1] += text
        elif len(lines[-1]) + 1 + len(text) <= WIDTH:
            lines[-1] += " " + text
        else:
            lines.append(" " * (indent + _STEP) + text)
    if not pieces:
        lines[-1] += closing
    return lines if all(len(line) <= WIDTH for line in lines) else None


def _inline(value: Part, shape: Shape) -> str:
    if value.entries is None:
        return scalars.inline(value.scalar, flow=True)
    inside = ", ".join(_inline_entry(entry, shape, value.listed) for entry in _ordered(value, shape))
    return f"[{inside}]" if value.listed else f"{{{inside}}}"


def _inline_entry(entry: Entry, shape: Shape, listed: bool) -> str:
    text = _inline(entry.value, shape.under(entry.key))
    return text if listed else f"{scalars.key(entry.key or '')}: {text}"
